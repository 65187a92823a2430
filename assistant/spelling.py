"""Mend the words that tell what is asked: one letter missing, too many, wrong or exchanged. Clinical words are left alone."""

import re
from collections.abc import Iterator
from functools import cache

_TELLING = tuple(
    """
    modifier modifiers billable covered coverage deleted discontinued difference definition together bundled unbundled medicare
    medicaid reimbursement diagnosis administration replaced replacement guideline guidelines crosswalk excludes procedure
    describe description authorization necessity units effective expired terminated compare primary meaning payment valid
    """.split()
)
_OTHERS = frozenset(
    "modified covert overage valise unite units unit excluded exclude payments procedures described describes replaces".split()
)
_LEAST = 5  # letters of a word that is mended


def _cuts(word: str) -> Iterator[str]:
    """The word with each letter left out."""
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


@cache
def _near() -> dict[str, str]:
    """Every telling word by itself and by what is left of it without one letter."""
    return {cut: word for word in _TELLING for cut in (*_cuts(word), word)}


def _right(found: re.Match[str]) -> str:
    word = found[0].lower()
    near = _near()
    if word in _TELLING or word in _OTHERS:
        return found[0]
    for cut in (word, *_cuts(word)):
        if (right := near.get(cut)) and abs(len(right) - len(word)) <= 1 and right[0] == word[0]:
            return right
    return found[0]


def mended(text: str) -> str:
    """The text with its telling words spelt right."""
    return re.sub(rf"\b[A-Za-z]{{{_LEAST},}}\b", _right, text)
