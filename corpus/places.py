"""The states and the Medicare contractors people name; which contractor serves a state, the coverage tables alone say."""

import re

from corpus.payers import Named

STATES = {  # United States Postal Service, Publication 28, Appendix B
    "alabama": "AL", "alaska": "AK", "american samoa": "AS", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "guam": "GU", "hawaii": "HI",
    "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME",
    "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT",
    "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "northern mariana islands": "MP", "ohio": "OH", "oklahoma": "OK", "oregon": "OR",
    "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN",
    "texas": "TX", "utah": "UT", "vermont": "VT", "virgin islands": "VI", "virginia": "VA", "washington": "WA", "west virginia": "WV",
    "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
CONTRACTORS = {  # how people write a Medicare contractor → the name the coverage tables carry
    "CGS Administrators, LLC": r"CGS\b|CGS\s+administrators",
    "First Coast Service Options, Inc.": r"first\s+coast\b|FCSO\b",
    "National Government Services, Inc.": r"NGS\b(?!\s+(?:panel|test|assay|sequencing))|national\s+government\s+services",
    "Noridian Healthcare Solutions, LLC": r"noridian",
    "Novitas Solutions, Inc.": r"novitas",
    "Palmetto GBA": r"palmetto",
    "Wisconsin Physicians Service Insurance Corporation": r"WPS\b|wisconsin\s+physicians?\s+service",
}
_FULL = re.compile(
    rf"\b(?:{'|'.join(sorted(STATES, key=len, reverse=True))})\b(?!,?\s+(?:physicians?\s+service|heart|catheter|pouch|tick|d\.?c)\b)", re.I
)
_SHORT = frozenset(STATES.values())
# Two letters are a state only in capitals and where a place stands. Many stand for something else in this field: OR the operating
# room, MI an infarction, MS a sclerosis, CA a carcinoma, PA an assistant, CO a group of denials, AK a keratosis.
_PLACED = re.compile(
    r"\b(?i:in|state\s+of|within)\s+([A-Z]{2})(?=\W*$|[?,.;)]|\s+(?i:on|for|under|by|with|from|as|in|is|and|or|state|medicaid|medicare)\b)"
    r"|\b[A-Z][a-z]+,\s*([A-Z]{2})\b"
    r"|\b(?i:for|of)\s+([A-Z]{2})(?=\W*$|[?,.;)])"
    r"|\b([A-Z]{2})(?=\s+(?i:state|medicaid|medicare|MAC|jurisdiction|BCBS|workers)\b)"
)
_CLINICAL = frozenset("AK AL AR AS CA CO DC DE GA ID IN LA MA MD ME MI MO MS ND NE OH OK OR PA PR SC VA".split())
_MATTERS = re.compile(
    r"\b(?:cover\w*|l?ncds?|lcds?|macs?|medicare|medicaid|fees?|pays?|paid|payment|rates?|allow\w*|locality|state|reimburse\w*)\b", re.I
)
_LONE = re.compile(r"\W*(?:(?:and|what\s+about|how\s+about|in|for)\s+)*([A-Za-z]{2})\W*", re.I)
_WORDS = frozenset("IN OR ME OK HI MA PA OH CO DE AL AS ID LA MS MI".split())
_CALLED = {name: re.compile(rf"\b(?:{pattern})", re.I) for name, pattern in CONTRACTORS.items()}


def states_in(text: str) -> list[Named]:
    """Every state a text names, in order: by name, or by two letters where a place stands."""
    found = [Named(STATES[match[0].lower()], *match.span()) for match in _FULL.finditer(text)]
    matters = bool(_MATTERS.search(text))
    for match in _PLACED.finditer(text):
        group = match.lastindex or 1
        if match[group] in _SHORT and (matters or group == 2 or match[group] not in _CLINICAL):
            found.append(Named(match[group], *match.span(group)))
    if not found and (lone := _LONE.fullmatch(text)) and lone[1].upper() in _SHORT and (lone[1].isupper() or lone[1].upper() not in _WORDS):
        found.append(Named(lone[1].upper(), *lone.span(1)))
    return sorted(found, key=lambda place: place.start)


def state_in(text: str) -> str | None:
    """The one state a text names, as two letters; None where it names none, or several."""
    states = {place.name for place in states_in(text)}
    return states.pop() if len(states) == 1 else None


def state_named(text: object) -> str | None:
    """The two letters of a state as typed into a form; what is no state as it stands, in capitals."""
    if not isinstance(text, str) or not text.strip():
        return None
    typed = " ".join(text.split())
    return STATES.get(typed.lower(), typed.upper())


def contractors_in(text: str) -> list[Named]:
    """Every Medicare contractor a text names, in order."""
    found = [Named(name, *match.span()) for name, pattern in _CALLED.items() for match in pattern.finditer(text)]
    return sorted(found, key=lambda contractor: contractor.start)


def contractor_in(text: str) -> str | None:
    """The Medicare contractor a text names, as the coverage tables write it."""
    return next((contractor.name for contractor in contractors_in(text)), None)
