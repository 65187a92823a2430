"""Write numbers, dates and lengths of time one way: "three hundred" as 300, January 31, 2026 as 2026-01-31, two weeks as 14 days."""

import calendar
import re

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {
    **{word: at for at, word in enumerate([*_UNITS[1:], *_TEENS], 2)},
    **{f"{ten}{sign}{one}": 10 * tens + at for tens, ten in enumerate(_TENS, 2) for at, one in enumerate(_UNITS, 1) for sign in "- "},
    **{ten: 10 * tens for tens, ten in enumerate(_TENS, 2)},
    **{f"{one} hundred": 100 * at for at, one in enumerate(_UNITS, 1)},
    "twice": 2,
}
_WORDED = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b", re.I)
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_EDGE = re.compile(rf"\b(before|until|since|from|(?:the\s+)?end\s+of)\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)  # of a month
_FROM = re.compile(r"\b(?:effective|beginning|starting|as\s+of|since)(?:\s+(?:on|from|as\s+of))?\s+(?=\d{4}-\d\d-\d\d)", re.I)
_EFFECT = re.compile(r"\b(?:(?:took|takes?|taken|went|goes|go|comes?|came)\s+(?:into\s+)?effect|became\s+effective)\b", re.I)
_UNTIL = re.compile(r"\b(?:through|up\s+to(?:\s+and\s+including)?|to)\s+(?=\d{4}-\d\d-\d\d)", re.I)
_LASTING = re.compile(r"\b([a-z]+)\s+of\s+(\d+)\s+((?:day|week|month|year|minute|hour)s?)\b(?!\s+or\b)")  # periods of 90 days
_SPAN = re.compile(r"\b(?:(1?\d)([\s-])week|([1-5])([\s-])year)(?=s?\b(?!\s+(?:old|of\s+age)))")
_ORDINAL = re.compile(r"\b(?:the\s+)?(\d+)(?:st|nd|rd|th)\s+(day|week|month|year|visit|unit)\b", re.I)
_CONSECUTIVE = re.compile(r"\b(\d+),\s+(\d+),?\s+or\s+(\d+)\b")
_CODES = re.compile(r"\b(\d{4})(\d)(?:\s+(?:to|through)\s+|[-–])\1(\d)\b")


def amounts(text: str) -> str:
    """A text with its numbers in figures, its dates as 2026-01-31."""
    text = _EFFECT.sub("was effective", text)
    text = _WORDED.sub(lambda found: str(_NUMBERS[found[0].lower()]), text)
    text = re.sub(r"\bhalf(?:\s+of)?\s+an\s+hour\b", "30 minutes", text)
    text = re.sub(r"\b(?:a\s+)?quarter\s+of\s+an\s+hour\b", "15 minutes", text)
    text = re.sub(r"\bhalf\b", "50 percent", text)
    if not any(sign.isdigit() for sign in text):
        return text
    text = _ORDINAL.sub(r"\2 \1", re.sub(r"(?<=\d)\s+times\b", "", text))
    text = _LASTING.sub(r"\2 \3 \1", text)
    text = _CONSECUTIVE.sub(_run, _CODES.sub(_codes, text))
    return _dated(text)


def spans(text: str) -> str:
    """A text with weeks as days and years as months, while they are few."""
    return _SPAN.sub(lambda found: f"{7 * int(found[1])}{found[2]}day" if found[1] else f"{12 * int(found[3])}{found[4]}month", text)


def _dated(text: str) -> str:
    text = _MONTH_FIRST.sub(lambda found: _iso(found[3], found[1], found[2]), text)
    text = _DAY_FIRST.sub(lambda found: _iso(found[3], found[2], found[1]), text)
    text = _SLASHED.sub(lambda found: _iso(found[3], _MONTHS[int(found[1]) - 1], found[2]) if 0 < int(found[1]) < 13 else found[0], text)
    return _UNTIL.sub("until ", _FROM.sub("from ", _EDGE.sub(_edge, text)))


def _edge(found: re.Match[str]) -> str:
    """The first day of a month, or its last after "until" and "end of"."""
    lead = found[1].lower()
    last = lead.endswith("of") or lead == "until"
    day = calendar.monthrange(int(found[3]), _month(found[2]))[1] if last else 1
    return f"{'' if lead.endswith('of') else lead + ' '}{_iso(found[3], found[2], str(day))}"


def _run(found: re.Match[str]) -> str:
    """ "2, 3 or 4" as "2 to 4"."""
    first, middle, last = (int(value) for value in found.groups())
    return f"{first} to {last}" if first + 1 == middle == last - 1 else found[0]


def _codes(found: re.Match[str]) -> str:
    """ "90960 to 90962" with the code between."""
    first, last = int(found[2]), int(found[3])
    return ", ".join(f"{found[1]}{digit}" for digit in range(first, last + 1)) if first < last < first + 5 else found[0]


def _month(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{_month(month):02}-{int(day):02}"
