"""Compare what a sentence claims with what one place of a text says: who, how much, which side, must or may, only or all.

Words alone do not tell these apart: "up to 2 units" and "at least 2 units" share all but one of them.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from corpus.codes import MODIFIER, mentions
from corpus.payers import PAYERS

_NUMBERS = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True)) | {
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "twice": 2,
}  # fmt: skip
_WORDED = re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b", re.I)
_ONE = re.compile(r"\bone(?=\s+(?:units?|times?|days?|hours?|years?|months?|doses?|visits?|services?|lines?|percent)\b)|\bonce\b", re.I)
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")

_AT_LEAST = (
    r"at\s+least|no(?:t)?\s+(?:fewer|less)\s+than|(?:a\s+)?minimum\s+(?:of|is)|≥|on\s+or\s+after|more\s+than|greater\s+than|exceed\w*|over|above"
    r"|from|since|after|beginning(?:\s+on)?|starting(?:\s+on)?|begins?(?:\s+on)?|effective"
)
_AT_MOST = (
    r"at\s+most|no(?:t)?\s+more\s+than|up\s+to|(?:a\s+)?maximum\s+(?:of|is)|limit\s+(?:of|is)|≤|on\s+or\s+before|less\s+than|fewer\s+than|under|below"
    r"|within|before|until|through|to|by|ended(?:\s+on)?|ends?(?:\s+on)?"
)
_FIGURE = r"\$?(\d[\d,.-]*\d|\d)"
_BOUND = re.compile(
    rf"\b(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST}))\s+(?:the\s+)?{_FIGURE}".replace(r"\b(?:(?P", r"(?<!\w)(?:(?P"), re.I
)
_OR = re.compile(
    rf"{_FIGURE}(?:\s+\w+){{0,2}}\s+(?:or|and)\s+(?:(?P<least>more|over|older|greater|above|later)|(?P<most>less|fewer|younger|under|below|earlier))\b",
    re.I,
)
_LIMIT = re.compile(r"\b(max\w*|most|limit\w*|mues?|unlikely|up\s+to)\b", re.I)

_MUST = re.compile(r"\b(must|shall|requir\w+|mandatory|(?:has|have|needs?)\s+to|obligat\w+|always)\b", re.I)
_SHOULD = re.compile(r"\bshould\b", re.I)
_ORDER = re.compile(r"(?:^|[:;,]\s+)(?:report|append|use|code|assign|bill|add|submit|sequence|list|do|see)\b", re.I)
_MAY = re.compile(r"\b(may(?!\s+\d)|can(?!not)|could|might|optional\w*|allow\w*|permit\w*)\b", re.I)
_ONLY = re.compile(r"\b(only|solely|exclusively|nothing\s+but|limited\s+to|restricted\s+to)\b", re.I)
_EXCEPT = re.compile(r"\b(except\w*|unless|other\s+than|excluding|apart\s+from|but\s+not)\b", re.I)
_ALL = re.compile(r"\b(all|every|always|any|each|whenever|whatever|everybody|entire\w*)\b", re.I)
_PARTS = re.compile(r"[;,]|\band\b|\bbut\b|\bwhile\b|\bwhereas\b|\s·\s", re.I)
_ASYMMETRIC = re.compile(
    r"\b(column|into|includ\w*|component|bundl\w*|replac\w*|supersed\w*|primary|add-?on|instead|rather|before|after|than|to|first|by|with)\b",
    re.I,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been)\s+(?:\w+ly\s+)?\w+(?:ed|en)\s+(?:by|in|into|with)\b", re.I)
_JOINED = re.compile(r"^\W*(?:and|or|with|together\s+with|plus|/|,|&)\W*(?:CPT|HCPCS|code|codes)?\W*$", re.I)
_CONTRASTS = tuple(
    tuple(re.compile(rf"\b(?:{word})\b", re.I) for word in line.split())
    for line in r"""
    left(?:-sided)? right(?:-sided)? bilateral(?:ly)?
    inpatients? outpatients?
    non-?facility (?<!non-)(?<!non\s)facility
    practitioners?|physicians? dme|suppliers? hospitals?
    initial(?:ly)? subsequent(?:ly)? sequelae?
    new established
    males?|m[ae]n females?|wom[ae]n
    acute chronic
    primary secondary
    before|prior after|following during
    increas\w+|rais\w+ decreas\w+|reduc\w+|lower\w+
    first second third fourth fifth sixth seventh
    professional technical
    open closed
    upper lower
    adults? child\w*|pediatric|infants?
    hour(?:s|ly)? minutes? days?|daily weeks?|weekly months?|monthly years?|yearly|annual(?:ly)? lifetime|life
    mg ml mcg grams? units?
    diagnostic screening preventive|preventative
    same different|separate|distinct
    beg[iau]n\w*|start\w* end\w*|terminat\w*|delet\w*|discontinu\w*|expir\w* suspend\w*
    approv\w+|accept\w+|allow\w* den(?:y|ies|ied|ial)|reject\w+|refus\w+
    included? excluded?
    intramuscular(?:ly)? intravenous(?:ly)? subcutaneous(?:ly)? oral(?:ly)?|mouth
    part\sa part\sb part\sc part\sd
    national local
    column\s1 column\s2
    indicator\s0 indicator\s1 indicator\s9
    type\s1 type\s2
    vaccines? globulins?
    mother father
    emergency elective
    single multiple
    benign malignant
    odd even
    above below
    more|higher|greater less|fewer|lower
    payers? patients? providers?
    pays?|paid|payable|reimburs\w+ bill(?:s|ed)?|charg\w+
    """.strip().splitlines()
)


@lru_cache(maxsize=1024)
def figured(text: str) -> str:
    """A text with its numbers in figures, its dates as 2026-01-31, and bounds without a 'no'."""
    text = re.sub(
        r"\bno(?:t)?\s+more\s+than\b", "at most", re.sub(r"\bno(?:t)?\s+(?:fewer|less)\s+than\b", "at least", text, flags=re.I), flags=re.I
    )
    text = _ONE.sub("1", _WORDED.sub(lambda found: str(_NUMBERS[found[0].lower()]), text))
    text = _MONTH_FIRST.sub(lambda found: _iso(found[3], found[1], found[2]), text)
    text = _DAY_FIRST.sub(lambda found: _iso(found[3], found[2], found[1]), text)
    return _SLASHED.sub(lambda found: f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}", text)


def _iso(year: str, month: str, day: str) -> str:
    number = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(month[:3].lower()))
    return f"{year}-{number:02}-{int(day):02}"


def contradicts(claim: str, place: str, context: str) -> bool:
    """Whether a claim says something else than one sentence; `context` is what stands over it (titles, headings). Both in figures."""
    around = f"{place} {context}"
    return (
        not payers(claim) <= payers(around)
        or _bounds_differ(claim, place)
        or _force_differs(claim, place)
        or _scope_differs(claim, place)
        or _other_side(claim, around)
        or _bound_elsewhere(claim, place)
        or _turned_around(claim, place)
    )


@lru_cache(maxsize=4096)
def payers(text: str) -> frozenset[str]:
    """The payers a text names."""
    return frozenset(name for name, pattern in PAYERS.items() if re.search(rf"\b(?:{pattern})", text, re.I))


def _bounds(text: str) -> Iterator[tuple[str, str]]:
    """Figures and dates with the side on which they bound something."""
    for pattern in (_BOUND, _OR):
        for found in pattern.finditer(text):
            value = next(group for group in found.groups() if group and group[0].isdigit())
            yield value.replace(",", "").rstrip(".-"), "least" if found["least"] else "most"


def _bounds_differ(claim: str, place: str) -> bool:
    held: dict[str, set[str]] = {}
    for value, side in _bounds(place):
        held.setdefault(value, set()).add(side)
    for value, side in _bounds(claim):
        if value in held and side not in held[value]:
            return True
        if value not in held and re.search(rf"\b(?:{_AT_LEAST}|{_AT_MOST})\b", claim, re.I) and len(value) < 6:
            strong = re.search(
                rf"(?:at\s+least|at\s+most|more\s+than|less\s+than|fewer\s+than|minimum|maximum|exceed\w*|up\s+to)\D{{0,8}}{value}\b",
                claim,
                re.I,
            )
            if strong and not (side == "most" and _LIMIT.search(place)):
                return True
    return False


def _force_differs(claim: str, place: str) -> bool:
    """Must for may, may for must, or a fact for a possibility."""
    must, may = bool(_MUST.search(claim)), bool(_MAY.search(claim))
    bound = bool(_MUST.search(place) or _SHOULD.search(place) or _ORDER.search(place))
    possible = _MAY.search(place)
    free = bool(possible)
    if must and not bound:
        return True
    if may and not free and _MUST.search(place):
        return True
    return possible is not None and not (must or may or bound) and _repeated(place[possible.end() :], claim)


def _repeated(rest: str, claim: str) -> bool:
    """Whether the claim says what the text says may be done."""
    deeds = [word for word in re.findall(r"\w+", rest.lower())[:3] if len(word) > 3 and word != "only"]
    return any(deed[:5] in claim.lower() for deed in deeds)


def _scope_differs(claim: str, place: str) -> bool:
    """All or only where the text does not say so; a condition left out."""
    if _ALL.search(claim) and not _ALL.search(place):
        return True
    return any(bool(pattern.search(claim)) != bool(pattern.search(place)) for pattern in (_ONLY, _EXCEPT))


@lru_cache(maxsize=4096)
def _sides(text: str) -> tuple[frozenset[int], ...]:
    """The sides of each contrast that a text names."""
    return tuple(frozenset(at for at, side in enumerate(sides) if side.search(text)) for sides in _CONTRASTS)


def _other_side(claim: str, place: str) -> bool:
    """Whether a claim names a side of a contrast of which the text names only others."""
    return any(bool(said - there) and bool(there) for said, there in zip(_sides(claim), _sides(place), strict=True))


@lru_cache(maxsize=4096)
def _codes(text: str) -> tuple[str, ...]:
    return tuple(found.value for found in mentions(text) if found.system != MODIFIER)


@lru_cache(maxsize=4096)
def _figures(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![\w-])", text)) - set(_codes(text))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.split(text) if part.strip())


def _bound_elsewhere(claim: str, place: str) -> bool:
    """Whether a figure or code of the claim stands, in the text, with another code, payer or side than the claim says."""
    for mark in {*_figures(claim), *_codes(claim)}:
        with_it = [part for part in _parts(place) if mark in _figures(part) or mark in _codes(part)]
        for named in (_codes, payers):
            ours: Collection[str] = named(claim)
            theirs = [set(named(part)) for part in with_it]
            if ours and theirs and all(there and not there & set(ours) for there in theirs):
                return True
        if with_it and len(_codes(claim)) == 1 and all(_other_side(claim, part) for part in with_it):
            return True
    return False


def _turned_around(claim: str, place: str) -> bool:
    """Whether two codes stand the other way round in a relation that has a direction."""
    ours, theirs = list(dict.fromkeys(_codes(claim))), list(dict.fromkeys(_codes(place)))
    shared = [code for code in ours if code in theirs]
    if len(shared) < 2:
        return False
    first, second = sorted(shared[:2], key=theirs.index)
    said, stated = _between(claim, *shared[:2]), _between(place, first, second)
    if _JOINED.match(said) or not _ASYMMETRIC.search(stated):
        return False
    voices = bool(_PASSIVE.search(said)) != bool(_PASSIVE.search(stated))
    return (shared[0] != first) != voices


def _between(text: str, first: str, second: str) -> str:
    return text[text.find(first) + len(first) : text.find(second)]
