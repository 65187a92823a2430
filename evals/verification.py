"""How often verification lets a false statement through and stops a true one: python -m evals.verification.

The passages and the statements are our own, made up for this; nothing they say about payers, codes or fees holds. Rules may be mended
after what is printed of the choosing half; of the reporting half only rates are shown.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from assistant import verify
from assistant.answer import Evidence, Question
from assistant.sentences import Analyze
from corpus.model import Document, Source
from evals import report
from evals.metrics import Estimate, share
from index.keywords import Keywords

FILE = Path(__file__).with_suffix(".jsonl")
PAGE = Path(__file__).parents[1] / "docs" / "evaluation.md"
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
TRUE = "true"
ASKED = Question("What is the rule?", "What is the rule?", "guideline", date(2025, 11, 20), dated=False)  # lends a statement no words


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with the passages it cites and whether it is true, or in which way it is false."""

    id: str
    cites: tuple[str, ...]
    kind: str
    text: str

    @property
    def half(self) -> Literal["choosing", "reporting"]:
        """The half it belongs to, settled by its id."""
        return "reporting" if hashlib.sha256(self.id.encode()).digest()[0] % 2 else "choosing"

    @property
    def marked(self) -> str:
        """The line of an answer that makes the statement."""
        return f"{self.text.removesuffix('.')} {''.join(f'[{n}]' for n in range(1, len(self.cites) + 1))}."


def load(path: Path = FILE) -> tuple[dict[str, Evidence], list[Claim]]:
    """The passages as evidence by their ids, and the statements."""
    held = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    passages = {row["passage"]: _evidence(row) for row in held if "passage" in row}
    return passages, [Claim(**row | {"cites": tuple(row["cites"])}) for row in held if "passage" not in row]


def _evidence(row: Mapping[str, str]) -> Evidence:
    source = Source(row["document"], row["document"], row["document"], "public", "policy", payer=row["payer"])
    document = Document(row["document"], row["document"], "policy", (), payer=row["payer"])
    return Evidence(0, "lead", row["text"], row["text"], row["locator"], document, source, passage_id=row["passage"])


def accepted(claim: Claim, passages: Mapping[str, Evidence], analyze: Analyze) -> bool:
    """Whether verification takes a statement as supported by what it cites."""
    offered = {number: replace(passages[name], number=number) for number, name in enumerate(claim.cites, 1)}
    judged = verify.statement(claim.marked, offered, ASKED, analyze)
    return judged is not None and judged.verdict == "supported"


def judged(claims: Iterable[Claim], threshold: float = verify.COVERED) -> dict[Claim, bool]:
    """Which statements are accepted where this share of their words must be covered."""
    passages, _ = load()
    shipped, verify.COVERED = verify.COVERED, threshold
    try:
        with TemporaryDirectory() as folder:
            analyze = Keywords(Path(folder)).analyzed
            return {claim: accepted(claim, passages, analyze) for claim in claims}
    finally:
        verify.COVERED = shipped


def rates(found: Mapping[Claim, bool]) -> dict[str, Estimate]:
    """The share of false statements accepted and of true ones rejected."""
    return {
        "false accepts": share([taken for claim, taken in found.items() if claim.kind != TRUE]),
        "false rejects": share([not taken for claim, taken in found.items() if claim.kind == TRUE]),
    }


def by_kind(found: Mapping[Claim, bool]) -> dict[str, Estimate]:
    """The share of wrong judgements by the kind of statement."""
    kinds = dict.fromkeys(claim.kind for claim in found)
    return {kind: share([taken is (kind != TRUE) for claim, taken in found.items() if claim.kind == kind]) for kind in kinds}


def table(head: Sequence[str], figures: Mapping[str, Sequence[Estimate]]) -> str:
    """Named rates with how many statements each was taken over, as Markdown."""
    lines = [[name, *(f"{report.written('', held)} of {held.n}" for held in row)] for name, row in figures.items()]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines])


def tables(claims: Sequence[Claim]) -> str:
    """Everything measured, as it goes to the page."""
    halves = {half: [claim for claim in claims if claim.half == half] for half in ("choosing", "reporting")}
    by_threshold = {f"{at:.0%}": tuple(rates(judged(halves["choosing"], at)).values()) for at in THRESHOLDS}
    reported = judged(halves["reporting"])
    kinds = sorted(by_kind(reported).items(), key=lambda item: (item[0] == TRUE, -item[1].value))
    columns = ("false accepted", "true rejected")
    return "\n\n".join([
        "Choosing half, by the share of a statement's words that what it cites must hold; % with 95 % intervals:",
        table(("words held", *columns), by_threshold),
        f"Reporting half, at the shipped {verify.COVERED:.0%}:",
        table(("", *columns), {"all": tuple(rates(reported).values())}),
        table(("kind", "judged wrongly"), {kind: (held,) for kind, held in kinds}),
    ])  # fmt: skip


def main() -> int:
    """Print what is judged wrongly on the choosing half and the rates; write the rates to docs/evaluation.md."""
    _, claims = load()
    for claim, taken in judged(claim for claim in claims if claim.half == "choosing").items():
        if taken is (claim.kind != TRUE):
            print(f"{'accepted' if taken else 'rejected'} | {claim.kind} | {', '.join(claim.cites)} | {claim.text}")
    made = tables(claims)
    print(made)
    PAGE.write_text(report.put(PAGE.read_text(encoding="utf-8"), made, "verification"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
