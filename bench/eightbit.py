"""What encoding passages in 8 bits costs in retrieval: `python -m bench.eightbit HOME`, on the texts of a home.

Two tasks whose answers are known without anybody's judgement: an inclusion term of ICD-10-CM must find the title of its code among all
titles, and two thirds of the words of a sentence must find the passage it stands in among all prose. Questions are always in 32 bits.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.settings import quiet_libraries
from bench.figures import Figures, report
from index import encoders
from index.encoders import Encoder, Vectors
from index.library import Library

ASKED = 2000
PROSE = 4000  # passages of prose at most: they are encoded twice
BATCH = 512


def encoded(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Vectors of many texts."""
    return np.concatenate([encoder.encode(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])


def hits(stored: Vectors, asked: Vectors, names: Sequence[str], wanted: Sequence[str]) -> tuple[float, float]:
    """Percent of questions whose answer comes first, and among the first ten."""
    held, right = np.array(names), np.array(wanted)
    first = tenth = 0
    for at in range(0, len(asked), 200):
        likeness = asked[at : at + 200] @ stored.T
        best = np.argpartition(-likeness, 10, axis=1)[:, :10]
        first += int((held[likeness.argmax(axis=1)] == right[at : at + 200]).sum())
        tenth += int((held[best] == right[at : at + 200][:, None]).any(axis=1).sum())
    return 100 * first / len(asked), 100 * tenth / len(asked)


def titles(library: Library, chance: np.random.Generator) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(code, title) of ICD-10-CM, and (code, inclusion term) to ask with."""
    rows = library.catalog.select("SELECT text, locator, codes FROM passages WHERE kind = 'term' AND shelf = 'ICD-10-CM'")
    named = [(re.findall(r'"([^"]+)"\]\]', row["codes"])[-1], row["text"], row["locator"]) for row in rows]
    asked = [(code, text) for code, text, place in named if place.endswith("inclusion term")]
    picked = chance.choice(len(asked), min(ASKED, len(asked)), replace=False)
    return [(code, text) for code, text, place in named if place == code], [asked[at] for at in picked]


def prose(library: Library, chance: np.random.Generator) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(key, text) of prose, and (key, words of one of its sentences) to ask with."""
    every = [(key, text) for key, shelf, text in library.catalog.searchable() if shelf == "prose"]
    held = [every[at] for at in chance.permutation(len(every))[:PROSE]]
    asked = []
    for at in chance.permutation(len(held)):
        key, text = held[at]
        if sentences := [found for found in re.split(r"(?<=[.?!])\s", text) if 60 < len(found) < 250]:
            words = str(chance.choice(sentences)).split()
            asked.append((key, " ".join(word for word in words if chance.random() > 1 / 3)))
        if len(asked) == ASKED:
            break
    return held, asked


def main() -> None:
    """Ask both ways, print."""
    quiet_libraries()
    library, chance = Library(Path(sys.argv[1]), encoders.DEFAULT), np.random.default_rng(7)
    whole = encoders.load(encoders.DEFAULT, library.home / "models")
    figures: Figures = {}
    for name, task in (("code titles", titles), ("prose", prose)):
        held, asked = task(library, chance)
        questions = encoded(whole, [text for _, text in asked])
        for bits, encoder in (("32 bits", whole), ("8 bits", whole.for_passages())):
            stored = encoded(encoder, [text for _, text in held])
            first, tenth = hits(stored, questions, [key for key, _ in held], [key for key, _ in asked])
            figures |= {f"{name}, {bits}, hit@1 %": first, f"{name}, {bits}, hit@10 %": tenth}
    report("eightbit", figures)


if __name__ == "__main__":
    main()
