"""Questions that tables answer, made from the tables by a seed: `python -m evals.generate` writes evals/questions/tables.jsonl.

Only codes, dates, figures and a few telling words of titles are kept; the wording of the questions is our own.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from evals.fromtables import codes, edits, figures
from evals.records import QUESTIONS

SEED = 20261124
Made = dict[str, Any]
MAKERS: Sequence[Callable[[Random], Iterator[Made]]] = (*codes.MAKERS, *edits.MAKERS, *figures.MAKERS)


def questions(seed: int = SEED) -> list[Made]:
    """Every question the tables give, each maker with a seed of its own so that none shifts another."""
    return [made for maker in MAKERS for made in maker(Random(f"{seed} {maker.__name__}"))]


def lines() -> str:
    """The questions as the file holds them."""
    return "".join(json.dumps(made, ensure_ascii=False) + "\n" for made in questions())


def main() -> None:
    """Write the questions, one a line."""
    (QUESTIONS / "tables.jsonl").write_text(lines(), encoding="utf-8")


if __name__ == "__main__":
    main()
