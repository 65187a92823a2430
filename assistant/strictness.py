"""Compare how much, how strictly and how widely two clauses say something: bounds, must and may, only and all.

Words alone do not tell these apart: "up to 2 units" and "at least 2 units" share all but one of them.
"""

import re
from collections.abc import Iterator

from assistant.reading import Reading

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
_LIMIT = re.compile(r"\b(max\w*|most|limit\w*|mues?|unlikely|up\s+to|every|per)\b", re.I)

_AT = re.compile(r"\bat (?:least|most) \d")
_MUST = re.compile(r"\b(must|shall|requir(?:es?|ed|ing)|mandatory|(?:has|have)\s+to|needs?|needed|obligat\w+)\b", re.I)
_ORDER = re.compile(
    r"(?:^|[:;,]\s+)(?:report|append|use|code|assign|bill|add|submit|sequence|list|do|see|attach|include|document|enter|place|apply|select|choose"
    r"|indicate|record|write|keep|send|obtain|count)\b",
    re.I,
)
_SHOULD = re.compile(r"\b(?:should|recommend\w*|encourag\w*)\b", re.I)
_STATED = re.compile(r"\b(?:is|are|takes?|carries|carry|begins?)\b", re.I)  # a rule in plain words binds
_UNNEEDED = re.compile(r"\b(?:no|not)\b[^.;,]*\b(?:need(?:s|ed)?|requir(?:es?|ed))\b", re.I)
_MAY = re.compile(
    r"\b(may(?!\s+\d)|can(?!\s*not)|could|might|optional\w*|(?<!not )allow\w*|(?<!not )permit\w*|acceptable|have\s+\d+\s+\w+)\b", re.I
)
_ONLY = re.compile(r"\b(only|solely|exclusively|nothing\s+but|limited\s+to|restricted\s+to)\b", re.I)
_EXCEPT = re.compile(r"\b(except\w*|unless|other\s+than|excluding|apart\s+from|but\s+not)\b", re.I)
_ALL = re.compile(r"\b(all|every(?!\s+\d)|always|any|whenever|whatever|everybody|entire\w*)\b", re.I)
_ANY = re.compile(rf"{_ALL.pattern}|\b(each|regardless|an?y\w+)\b", re.I)
_JOINED = re.compile(r"([a-z]{3,})(?:\s+the|\s+an?|\s+is|\s+are)?,?\s+(and|or)\s+(?:then\s+|the\s+|an?\s+|is\s+|are\s+)?([a-z]{3,})", re.I)
_DENIES = re.compile(r"\b(?:not|no|never|neither|nor|without)\b", re.I)
_CONDITION = re.compile(r"\b(?:if|only|once|when|where|whose|unless)\b", re.I)


def other_strictness(claim: Reading, own: Reading) -> bool:
    """Whether a claim bounds, binds or restricts more or less than a text does."""
    return _bounds_differ(claim.text, own.text) or _force_differs(claim.text, own.text) or _scope_differs(claim, own)


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
    free = bool(_UNNEEDED.search(claim))
    only = bool(_ONLY.search(claim))
    must, may = bool(_MUST.search(claim)) and not free, (bool(_may(claim)) and not only) or free
    possible = _may(place) or _UNNEEDED.search(place)
    bound = bool(
        (_MUST.search(place) and not _UNNEEDED.search(place)) or _ORDER.search(place) or (_CONDITION.search(place) and not possible)
    )
    if must and not bound and (possible or _SHOULD.search(place) or not _STATED.search(place)):
        return True
    if may and not possible and not free and _MUST.search(place):
        return True
    if _AT.search(claim) and _AT.search(place):
        return False
    return possible is not None and not (must or may or only or bound) and _repeated(place[possible.end() :], claim)


def _may(text: str) -> re.Match[str] | None:
    """What says that something may be; "no appeal can raise it" does not."""
    found = _MAY.search(text)
    return found if found and not re.search(r"\b(?:no|nor|neither|none|nobody|nothing)\b[^;,]*$", text[: found.start()], re.I) else None


def _repeated(rest: str, claim: str) -> bool:
    """Whether the claim says what the text says may be done."""
    deeds = [word for word in re.findall(r"\w+", rest.lower())[:3] if len(word) > 3 and word != "only"]
    return any(deed[:5] in claim.lower() for deed in deeds)


def _scope_differs(claim: Reading, own: Reading) -> bool:
    """All or only where the text does not say so; a condition left out."""
    said, there = claim.text, own.text
    if _narrows_other(claim, own) or _drops_condition(claim, own) or _joins_otherwise(said, there):
        return True
    if _ALL.search(said) and not _ANY.search(there):
        return True
    if _ONLY.search(said) and not (_ONLY.search(there) or _MUST.search(there)):
        return True
    if _ONLY.search(there) and not (_ONLY.search(said) or _MUST.search(said) or _keeps_restriction(claim, own)):
        return True
    if _EXCEPT.search(said):
        return not _EXCEPT.search(there)
    return bool(_EXCEPT.search(re.sub(r"\bexceptions?\b", "", there)))


def _keeps_restriction(claim: Reading, own: Reading) -> bool:
    """Whether a claim without "only" keeps what the text restricts to."""
    at = own.order.index("onli") if "onli" in own.order else len(own.order)
    restricted = [word for word in own.order[at + 1 :] if word in own.words][:3]
    return bool(restricted) and set(restricted) <= claim.words


def _narrows_other(claim: Reading, own: Reading) -> bool:
    """Whether "only" stands before the doer in the claim and behind it in the text: "only adults are covered at home"."""
    said, there = (
        re.match(r"only\s+(?:the\s+|an?\s+)?(\w+)\s+(?:\w+\s+)?(?:is|are|may|can|must)\b", claim.text, re.I),
        _ONLY.search(own.text),
    )
    return bool(said and there and re.search(rf"\b{said[1]}\b", own.text[: there.start()], re.I))


def _drops_condition(claim: Reading, own: Reading) -> bool:
    """Whether the text sets a condition of which the claim holds no word."""
    if own.main is None:
        return False
    words = {word for word in own.words if word not in own.main.words}
    return bool(words) and not words & claim.words


def _joins_otherwise(claim: str, own: str) -> bool:
    """Whether conditions, or the same two words, are joined by "and" in the one and by "or" in the other."""
    if not _DENIES.search(claim) and any(_joined(own).get(pair, how) != how for pair, how in _joined(claim).items()):
        return True
    condition, set_there = (re.search(r"\b(?:if|when|where|only|unless)\b(.*)$", text, re.I) for text in (claim, own))
    if not condition or not set_there:
        return False
    said, there = (frozenset(re.findall(r"\b(?:and|or)\b", found[1].lower())) for found in (condition, set_there))
    return {said, there} == {frozenset({"and"}), frozenset({"or"})}


def _joined(text: str) -> dict[tuple[str, str], str]:
    """Two words, and whether "and" or "or" joins them."""
    return {(found[1], found[3]): found[2] for found in _JOINED.finditer(text.lower())}
