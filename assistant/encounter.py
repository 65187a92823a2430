"""What a question says of the encounter: the setting whose tables apply, the units billed, the patient's age."""

import re

PRACTITIONER, OUTPATIENT, DME, INPATIENT = "practitioner", "outpatient hospital", "DME supplier", "inpatient hospital"
_SETTINGS = (  # the more telling first
    (DME, r"\bDME(?:POS)?\b|\bdurable\s+medical\s+equipment\b|\bDME\s*MAC\b|\bsuppliers?\s+(?:claim|mue|edit|setting)"),
    (
        OUTPATIENT,
        r"\boutpatient\s+(?:hospital|facility|department|surgery|claim|setting|ncci|mue|ptp)|\bhospital[\s-]+outpatient|\bhospital\s+(?:mue|ptp|edit|ncci)"
        r"|\bOPPS\b|\bHOPD\b|\bAPCs?\b|\bUB-?04\b|\b837I\b|\bfacility\s+(?:claim|side|billing|coding|edits?|mue|ptp|setting)"
        r"|\bASCs?\b|\bambulatory\s+surg\w+",
    ),
    (INPATIENT, r"\binpatient\b(?!\s+(?:only|consult\w*|e/?m))|\bIPPS\b|\b(?:MS-?)?DRGs?\b|\bICD-10-PCS\b"),
    (
        PRACTITIONER,
        r"\bpractitioners?\b|\bphysicians?\s+(?:office|claim|side|billing|setting|mue|ptp|edit)|\bprofessional\s+(?:claim|side|billing|fee|setting)"
        r"|\b(?:in|at)\s+(?:the|an?|our|my)\s+(?:doctor'?s\s+|physician'?s?\s+)?office\b|\bin[\s-]office\b|\boffice\s+(?:setting|based)|\bCMS-?1500\b"
        r"|\b837P\b|\bPOS\s*11\b|\bpro[\s-]?fee\b",
    ),
    (OUTPATIENT, r"^\W*(?:(?:and|what\s+about|how\s+about|in|for|the|an?)\s+)*(?:outpatient|facility|hospital)\W*$"),
    (PRACTITIONER, r"^\W*(?:(?:and|what\s+about|how\s+about|in|for|the|an?)\s+)*(?:office|physicians?|professional)\W*$"),
)
_ALIASES = {
    PRACTITIONER: "practitioner physician professional office prac",
    OUTPATIENT: "outpatient opps facility hospital hopd",
    DME: "dme dmepos supplier",
    INPATIENT: "inpatient ipps",
}
_COUNT = r"(\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)"
_WORDS = {word: at for at, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_UNITS = (
    r"\b(\d{1,3})u\b",  # four digits and a U are a code
    rf"\b{_COUNT}(?:\s*units?|\s+u)\b(?!\s*(?:of\s+(?:insulin|heparin)|/|per\b))",
    r"(?<![A-Za-z])[x×]\s?(\d{1,3})(?![\w.])",
    r"\b(?:qty|quantity|units?)\s*(?:=|:|of\s+service\s*:?|billed\s*:?)?\s*(\d{1,4})\b",
    rf"\b{_COUNT}\s+times\b",
)
_AGED = (
    r"\b(\d{1,3})[\s-]*(?:years?|yrs?)[\s-]*olds?\b",
    r"\b(\d{1,3})[\s-]?(?:y/?o|yo)\b",
    r"\bage[ds]?\s*(?:of\s+|:\s*)?(\d{1,3})\b(?!\s*(?:and|or|to|-|–|through)\b)",
    r"\b(\d{1,3})\s*(?:year|yr)s?\s+of\s+age\b(?!\s+(?:and|or)\b)",
)
_INFANT = (
    r"\b\d{1,2}[\s-]*(?:months?|mos?|weeks?|wks?|days?)[\s-]*(?:olds?|of\s+age)\b|\b(?:newborn|neonate|infant)\s+(?:patient|boy|girl)\b"
)


def setting_in(text: str) -> str | None:
    """The setting a text names, in the words of the tables: practitioner, outpatient hospital, DME supplier; or inpatient hospital."""
    return next((setting for setting, pattern in _SETTINGS if re.search(pattern, text, re.I)), None)


def setting_named(text: object) -> str | None:
    """The setting as typed into a form; None where it is none that is known."""
    if not isinstance(text, str) or not (words := set(re.findall(r"[a-z]+", text.lower()))):
        return None
    return setting_in(text) or next(
        (setting for setting in (DME, INPATIENT, OUTPATIENT, PRACTITIONER) if words & set(_ALIASES[setting].split())), None
    )


def units_in(text: str) -> int | None:
    """The units a text says are billed."""
    for pattern in _UNITS:
        if found := re.search(pattern, text, re.I):
            return _WORDS.get(found[1].lower()) or int(found[1])
    return None


def age_in(text: str) -> int | None:
    """The patient's age in whole years; under one year 0."""
    for pattern in _AGED:
        if (found := re.search(pattern, text, re.I)) and int(found[1]) <= 120:
            return int(found[1])
    return 0 if re.search(_INFANT, text, re.I) else None
