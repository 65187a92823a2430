"""How well the text of a code answers a phrase: its words by rarity, what it adds unasked, what it denies, side and kind."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.asked import Asked
from corpus.abbreviations import table
from index.library import Library
from index.search import STOP

_DENIAL = re.compile(r"\b(?:without(?:\s+mention\s+of)?|w/o|not|no|non)\b", re.I)
_ENDS = re.compile(r"[,;:()]|\b(?:with|and|in|of|due|but)\b", re.I)
_SIDE_WORDS = {"left", "right", "bilater", "unilater", "side", "both"}
_SILENT = {
    "unspecifi",
    "nos",
    "nec",
    "elsewher",
    "classifi",
    "part",
    "type",
    "initi",
    "encount",
    "diagnosi",
    "patient",
    "acquir",
    "primari",
}
_SIDED = re.compile(
    r"\b(right|left|bilateral)\b(?!\s+(?:ventric|anterior|circumflex|main|bundle|heart|atri|coronary|lower q|upper q))", re.I
)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s?(?:-|to)\s?(\d+(?:\.\d+)?)")
_OR_MORE = re.compile(r"(\d+(?:\.\d+)?)\s+or\s+(greater|more|less|fewer)", re.I)
_PLAIN = re.compile(
    r"\bunspecified\b|\buncomplicated\b|\bwithout (?:mention of )?complications?\b"
    r"|\bnot otherwise specified\b|\bNOS\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The stems of a text: said, and denied ('without …')."""

    said: frozenset[str]
    denied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A phrase made ready for comparing: its stems with their rarity, its numbers, its side."""

    text: str
    terms: Terms
    rarity: Mapping[str, float]
    total: float
    numbers: tuple[float, ...]
    side: str
    kinds: frozenset[int]  # of code that it asks for


def _split(text: str) -> tuple[str, str]:
    """What a text says, and what it denies."""
    said, denied, at = [], [], 0
    for match in _DENIAL.finditer(text):
        if match.start() < at:
            continue
        said.append(text[at : match.start()])
        ends = _ENDS.search(text, match.end())
        at = ends.start() if ends else len(text)
        denied.append(text[match.end() : at])
    return " ".join([*said, text[at:]]), " ".join(denied)


@lru_cache(maxsize=50_000)
def _terms(text: str, analyzed: Callable[[str], list[str]]) -> Terms:
    said, denied = _split(text)

    def stems(part: str) -> frozenset[str]:
        return frozenset(analyzed(part.replace("/", " "))) - STOP - _SIDE_WORDS - _SILENT

    return Terms(stems(said), stems(denied) if denied else frozenset())


def terms(text: str, library: Library) -> Terms:
    """The stems of a text, told apart by whether it denies them."""
    return _terms(text, library.keywords.analyzed)


def weighed(asked: Asked, library: Library) -> Weighed:
    """Make a phrase ready for comparing."""
    found = terms(asked.text, library)
    rarity = library.keywords.rarity(found.said | found.denied)
    numbers = tuple(float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", asked.text))
    kinds = frozenset(at for at, (_, said) in enumerate(_kinds_of_code()) if said.search(asked.text))
    return Weighed(asked.text, found, rarity, sum(rarity.values()) or 1.0, numbers, asked.side, kinds)


def _in_range(phrase: Weighed, title: str) -> frozenset[str]:
    """The numbers of a phrase that fall in a range the title gives: a body mass index of 42 in '40.0-44.9'."""
    if not phrase.numbers:
        return frozenset()
    spans = [(float(low), float(high)) for low, high in _RANGE.findall(title)]
    spans += [(float(n), 1e9) if more.lower() in ("greater", "more") else (0.0, float(n)) for n, more in _OR_MORE.findall(title)]
    inside = [number for number in phrase.numbers if any(low <= number <= high for low, high in spans)]
    return frozenset(part for number in inside for part in re.findall(r"\d+", f"{number:g}"))


def overlap(phrase: Weighed, parts: Iterable[Terms], title: str) -> tuple[float, float]:
    """The share of the phrase's words (by rarity) that these texts hold, and the weight of what the first adds."""
    own, *others = parts
    said = own.said.union(*(part.said for part in others)) | _in_range(phrase, title)
    denied = own.denied.union(*(part.denied for part in others))
    held = sum(phrase.rarity[word] for word in phrase.terms.said & said) + sum(phrase.rarity[word] for word in phrase.terms.denied & denied)
    against = sum(phrase.rarity[word] for word in (phrase.terms.said & (denied - said)) | (phrase.terms.denied & (own.said - denied)))
    added = own.said - phrase.terms.said - phrase.terms.denied
    weight = sum(1.6 if word == "other" else 1.0 for word in added) + 0.15 * len(own.denied - phrase.terms.denied - phrase.terms.said)
    return (held - against) / phrase.total, weight


@lru_cache(maxsize=50_000)
def sides(title: str) -> frozenset[str]:
    """The sides a title is for."""
    return frozenset(side.lower() for side in _SIDED.findall(title))


def side_fit(phrase: Weighed, title: str) -> float:
    """1 where the side asked for is the title's, -1 where it is another, -0.4 where only one of them states any."""
    of_title = sides(title)
    if not phrase.side:
        return -0.4 if of_title else 0.0
    if not of_title:
        return -0.4
    return 1.0 if of_title == {phrase.side} else -1.0


@cache
def _kinds_of_code() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = table("laywords")["kinds"]
    assert isinstance(rows, list)
    return tuple((re.compile(row["title"], re.I), re.compile(row["asked"], re.I)) for row in rows)


@lru_cache(maxsize=50_000)
def _kinds(title: str) -> frozenset[int]:
    return frozenset(at for at, (kind, _) in enumerate(_kinds_of_code()) if kind.search(title))


def misplaced(phrase: Weighed, title: str) -> int:
    """How many kinds of code the title is of that the phrase does not ask for."""
    return len(_kinds(title) - phrase.kinds)


@lru_cache(maxsize=50_000)
def unspecific(title: str) -> bool:
    """Whether a title says that nothing more was said."""
    return bool(_PLAIN.search(title))
