"""The word that is being typed, written out: words of code texts by how many texts have them."""

import re
from bisect import bisect_left
from collections import Counter
from functools import lru_cache

from corpus.codes import ICD10PCS
from index.library import Library

LEAST = 3  # letters from which a word is completed
RARER = 5  # how many times rarer a word may be and still stand: "diab" is an abbreviation in some short titles
_WORD = re.compile(r"[a-z][a-z'-]{2,}")


@lru_cache(maxsize=4)
def _vocabulary(library: Library, stamp: int) -> tuple[list[str], Counter[str]]:
    """The words of every code's texts, sorted, as the catalog held them at a stamp."""
    found = library.catalog.select("SELECT text FROM passages WHERE kind = 'term' AND shelf != ?", (ICD10PCS,))
    counts: Counter[str] = Counter()
    for row in found:
        counts.update(set(_WORD.findall(row["text"].lower())))
    return sorted(counts), counts


def warm(library: Library) -> None:
    """Read the words before the first one is typed."""
    _vocabulary(library, library.catalog.stamp)


def completed(text: str, library: Library) -> str:
    """The text with its last word as the commonest word that begins with it, unless it is a word about as common itself."""
    head, _, last = text.rpartition(" ")
    start = last.lower()
    if len(start) < LEAST or not _WORD.fullmatch(start):
        return text
    words, counts = _vocabulary(library, library.catalog.stamp)
    at = bisect_left(words, start)
    run = [word for word in words[at : at + 200] if word.startswith(start)]
    best = max(run, key=lambda word: counts[word], default=start)
    return f"{head} {best}".strip() if counts[best] > RARER * counts[start] else text
