"""Compare what a clause claims with what one clause of a text says: whether, who, what, which side, in which order.

Words alone do not tell these apart: "A is included in B" and "B is included in A" share all of them.
"""

import re
from functools import lru_cache

from assistant.grounds import Place
from assistant.reading import Reading
from assistant.strictness import other_strictness

_ASYMMETRIC = re.compile(
    r"\b(column|into|includ\w*|component|bundl\w*|replac\w*|supersed\w*|primary|add-?on|instead|rather|before|after|than|to|first|by|with|for)\b",
    re.I,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been)\s+(?:\w+ly\s+)?\w+(?:ed|en)\s+(?:by|in|into|with)\b|ed\s+by\b", re.I)
_JOINED = re.compile(r"^\W*(?:and|or|with|together\s+with|plus|/|,|&)\W*(?:CPT|HCPCS|code|codes)?\W*$", re.I)
_SAME_PEOPLE = tuple(
    line.split()
    for line in """
    patients? beneficiar(?:y|ies) members? enrollees?
    nurse\\spractitioners?
    practitioners? providers? physicians? clinicians? doctors?
    suppliers?
    hospitals? facilit(?:y|ies)
    contractors? macs? carriers?
    laborator(?:y|ies)
    pharmac(?:y|ies) pharmacists?
    therapists?
    assistants?
    dentists?
    payers? plans? insurers?
    clinics?
    hospices?
    agenc(?:y|ies)
    """.strip().splitlines()
)
_PATIENTS = _SAME_PEOPLE[0][0]  # whom everything is about, named or not
_PEOPLE = "|".join(name for line in _SAME_PEOPLE for name in line)
_ACTS = re.compile(r"\b(?:is|are|was|were|be|has|have|may|must|can|cannot|should|shall|will|does|do|\w+s)\s", re.I)
_SOMEBODY = re.compile(rf"\b({_PEOPLE})\b", re.I)
_BY = re.compile(rf"\bby\s+(?:the\s+|an?\s+)?(?:\w+\s+)??({_PEOPLE})\b", re.I)
_EACH_TIME = re.compile(r"\b(?:per|each|every)\s+(?:additional\s+|\d+\s+)*(\w+?)s?\b")
_COMMON = frozenset("report repres do sequenc".split())  # said of everything
_PIVOTS = frozenset("befor after instead than then".split())


def contradicts(claim: Reading, place: Place) -> bool:
    """Whether a claim says something else than the place of a text that it is held against."""
    return (
        _denies_otherwise(claim, place)
        or _replaces(claim, place.own)
        or _swaps(claim, place.own)
        or _other_side(claim, place)
        or _other_doer(claim.text, place)
        or _other_period(claim.text, place.own.text)
        or other_strictness(claim, place.own)
        or _turned_around(claim, place.own)
        or order_turned(claim, place.own)
        or _of_other_code(claim, place.own)
        or _says_otherwise(claim, place)
        or _of_another(claim, place)
    )


def _denies_otherwise(claim: Reading, place: Place) -> bool:
    """Whether one denies what the other says."""
    own = place.own
    ours, theirs = (frozenset[str]().union(*reading.denied) for reading in (claim, own))
    if len(claim.denied) == len(own.denied) == 1 and ours & own.undenied and theirs & claim.undenied:
        return False  # "no global period applies to it" and "it has no global period"
    if claim.denied and "instead" in own.spoken and not claim.undenied and ours <= {word for one in place.before for word in one.words}:
        return False  # "88323 instead", where "not 88321" is meant
    if len(claim.denied) > len(own.denied) > 0 and not place.entire:
        return True
    return any(not scope & theirs for scope in claim.denied) or any(scope & claim.spoken and not scope & ours for scope in own.denied)


def _replaces(claim: Reading, own: Reading) -> bool:
    """Whether the claim has another word in a place that the text fills: "test of the supplier" for "test of the laboratory"."""
    theirs = own.links - claim.links
    for first, how, second in claim.links - own.links:
        for one, joined, other in theirs:
            if how != joined and not ({how, joined} <= {"", "be"} and _kind(first) and _kind(second)):
                continue
            if (first == one and _instead(second, other, claim, own)) or (second == other and _instead(first, one, claim, own)):
                return True
    return bool(claim.main and own.main and _replaces(claim.main, own.main))


def _instead(word: str, other: str, claim: Reading, own: Reading) -> bool:
    """Whether a word of the claim stands instead of one of the text: a rival of it, or new there, and no mere other verb."""
    if _rivals(claim.sides.get(word, ()), own.sides.get(other, ())):
        return True
    if word == "both" and other not in own.sides:
        return _kind(other) == "number"
    if claim.order.count(other) >= own.order.count(other) > 0:
        return False
    if _kind(word) or _kind(other):
        return _kind(word) == _kind(other) or (_kind(word) != "" != _kind(other) and word not in own.words)
    if word.removeprefix("un").rstrip("e") == other.removeprefix("un").rstrip("e"):
        return True
    return word not in own.words and not (word in claim.verbs and other in own.verbs)


def _swaps(claim: Reading, own: Reading) -> bool:
    """Whether two words have changed places on the two sides of a third: "a member may see a nurse" for "a nurse may see a member"."""
    apart = [link for link in claim.links - own.links if not _kind(link[0]) and not _kind(link[2])]
    return any(
        middle == begins and (second, how, middle) in own.links and (middle, joined, first) in own.links
        for first, how, middle in apart
        for begins, joined, second in apart
    )


def _rivals(ours: tuple[tuple[int, int], ...], theirs: tuple[tuple[int, int], ...]) -> bool:
    return any(at == there and side != other for at, side in ours for there, other in theirs)


@lru_cache(maxsize=8192)
def _kind(word: str) -> str:
    """The kind of a value: its label, a number, a date, a code; "" for words."""
    if ":" in word:
        return word.split(":")[0]
    return (
        ""
        if word.islower()
        else "amount"
        if "$" in word
        else "date"
        if word.count("-") == 2
        else "number"
        if len(word) < 4 and word.isdigit()
        else "code"
    )


def _other_side(claim: Reading, place: Place) -> bool:
    """Whether a claim names a side of a contrast of which the text names only others."""
    around = [{pair for pairs in reading.sides.values() for pair in pairs} for reading in (place.own, *place.before[:3])]
    said = {pair for pairs in claim.sides.values() for pair in pairs}
    for at in {contrast for contrast, _ in said}:
        there = next((named for sides in around if (named := {pair for pair in sides if pair[0] == at})), set())
        if there and not {pair for pair in said if pair[0] == at} <= there:
            return True
    return False


def _other_period(claim: str, own: str) -> bool:
    ours, theirs = set(_EACH_TIME.findall(claim)), set(_EACH_TIME.findall(own))
    return bool(ours and theirs and not ours & theirs)


def order_turned(claim: Reading, own: Reading) -> bool:
    """Whether what stands before a word such as "before" stands behind it in the text, and the reverse."""
    for pivot in _PIVOTS & claim.spoken & own.spoken:
        (ours, behind), (theirs, beyond) = (_around(reading.order, pivot, reading.words) for reading in (claim, own))
        later, sooner = (ours - theirs) & (beyond - behind), (behind - beyond) & (theirs - ours)
        if sooner and (later or pivot == "then"):
            return True
    return False


def _around(order: tuple[str, ...], pivot: str, words: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    at = order.index(pivot)
    return words & frozenset(order[:at]), words & frozenset(order[at + 1 :])


@lru_cache(maxsize=8192)
def _doers(text: str) -> frozenset[str]:
    """Who does it: named before the verb, or by "by"."""
    verb = _ACTS.search(text)
    before = text[: verb.start()] if verb else ""
    named = [*_SOMEBODY.findall(before)[-1:], *(found[1] for found in _BY.finditer(text))]
    return frozenset(_person(name) for name in named)


def _person(name: str) -> str:
    return next(line[0] for line in _SAME_PEOPLE if re.fullmatch("|".join(line), name, re.I))


def _other_doer(claim: str, place: Place) -> bool:
    ours, theirs = _doers(claim), _doers(place.own.text)
    if theirs:
        return bool(ours) and not ours & theirs
    around = " ".join(one.text for one in (place.own, *place.before[:2], place.over))
    return any(
        who != _PATIENTS and not re.search(next("|".join(line) for line in _SAME_PEOPLE if line[0] == who), around, re.I) for who in ours
    )


def _turned_around(claim: Reading, own: Reading) -> bool:
    """Whether two codes stand the other way round in a relation that has a direction."""
    ours, theirs = ([word for word in dict.fromkeys(reading.order) if _kind(word) == "code"] for reading in (claim, own))
    shared = [code for code in ours if code in theirs]
    if len(shared) < 2:
        return False
    first, second = sorted(shared[:2], key=theirs.index)
    said, stated = _between(claim.text, *shared[:2]), _between(own.text, first, second)
    if _JOINED.match(said) or not _ASYMMETRIC.search(stated):
        return False
    voices = bool(_PASSIVE.search(said)) != bool(_PASSIVE.search(stated))
    return (shared[0] != first) != voices


def _of_other_code(claim: Reading, own: Reading) -> bool:
    """Whether a code is given what the text gives another: "R65.21 with shock"."""
    codes = {word for word in claim.words & own.words if _kind(word) == "code"}
    given = {(first, word) for first, how, word in own.links if how == "with" and _kind(first) == "code" and word in claim.words}
    return bool(codes) and any(first not in codes for first, _ in given) and not any(first in codes for first, _ in given)


def _says_otherwise(claim: Reading, place: Place) -> bool:
    """Whether the claim says of something what the text says of something else near by."""
    ours, theirs = claim.predicates - _COMMON, place.own.predicates - {"do"}
    return bool(theirs) and bool(ours & place.lends(claim)) and not ours & place.held and not theirs & claim.words


def _of_another(claim: Reading, place: Place) -> bool:
    """Whether all that the claim says of its subject stands elsewhere."""
    said = claim.words - claim.subject
    return bool(claim.subject and said) and not said & place.held


def _between(text: str, first: str, second: str) -> str:
    upper = text.upper()
    return text[upper.find(first) + len(first) : upper.find(second)]
