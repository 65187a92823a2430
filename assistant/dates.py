"""The date of service a text states, in figures or in words."""

import re
from datetime import date, timedelta
from typing import NamedTuple

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(rf"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_NO_YEAR = r"[-/]|\s*(?:manual|edition|guidelines?|mg|ml|units?|mcg|iu|code\s+set|changes|updates?)\b"  # after a number that is no year
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_DAYS = {"day": 1, "week": 7}
_YEAR = r"(?:19|20)\d\d"


class Stated(NamedTuple):
    """A date and the words that state it; None where those words state no day there is."""

    on: date | None
    start: int
    end: int


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str) -> int:
    return next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(text[:3].lower()))


def _before(today: date, months: int) -> date | None:
    """The same day some months earlier, or the last of that month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return next(
        (day for last in range(today.day, 27, -1) if (day := _day(year, month + 1, last))), _day(year, month + 1, min(today.day, 28))
    )


def _ago(found: re.Match[str], today: date) -> date | None:
    number = _NUMBERS.get(found[1].lower()) or int(found[1])
    unit = found[2].lower()
    if unit in _DAYS:
        return today - timedelta(days=min(number, 36500) * _DAYS[unit])
    months = number * (12 if unit == "year" else 3 if unit == "quarter" else 1)
    return _before(today, months) if months < today.year * 12 - 12 else None


def _last(found: re.Match[str], today: date) -> date | None:
    """'last March' is the latest March that is over; 'last year' its first of July; 'last month' its first day."""
    word = found[1].lower()
    if word == "year":
        return date(today.year - 1, 7, 1)
    if word in ("month", "quarter", "week"):
        day = today - timedelta(days=7) if word == "week" else _before(today, 1 if word == "month" else 3)
        return (
            day.replace(day=1)
            if day and word == "month"
            else _quarter(day.year, (day.month + 2) // 3)
            if day and word == "quarter"
            else day
        )
    month = _month(word)
    return date(today.year - (month >= today.month), month, 1)


def _quarter(year: int, quarter: int) -> date:
    """The first day of a calendar quarter."""
    return date(year, quarter * 3 - 2, 1)


def _read(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text, re.I)


def _in_figures(text: str) -> Stated | None:
    """2015-12-31, 3/1/24 and 3-1-2024 (month first), 20240301 after 'DOS'."""
    if found := _read(rf"\b({_YEAR})[-/.](\d{{1,2}})[-/.](\d{{1,2}})\b(?!\.?\d)", text):
        return Stated(_day(int(found[1]), int(found[2]), int(found[3])), *found.span())
    if found := _read(r"(?<![\d/-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|(?<=/)\d{2})\b(?![/-]\d)", text):
        return Stated(_day(_year(found[4]), int(found[1]), int(found[3])), *found.span())
    if found := _read(r"\bdos\W*(\d{1,2})-(\d{1,2})-(\d\d)\b", text):
        return Stated(_day(_year(found[3]), int(found[1]), int(found[2])), *found.span())
    if found := _read(rf"\bdos\W*({_YEAR})(\d\d)(\d\d)\b", text):
        return Stated(_day(int(found[1]), int(found[2]), int(found[3])), *found.span())
    if found := _read(rf"\b(?:in|for|on|dos|since|effective|as\s+of)\W+(\d{{1,2}})/({_YEAR})\b", text):
        return Stated(_day(int(found[2]), int(found[1]), 1), found.start(1), found.end())
    return None


def _in_words(text: str) -> Stated | None:
    """March 1, 2024; 1 March 2024; March 2024; Q3 2024 or 2024Q3; FY2025, by its first day."""
    if found := _read(
        rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({_MONTH})\.?,?\s+(?:(\d{{1,2}})(?:st|nd|rd|th)?,?\s*)?({_YEAR})\b", text
    ):
        return Stated(_day(int(found[4]), _month(found[2]), int(found[1] or found[3] or 1)), *found.span())
    if found := _read(rf"\bQ([1-4])[\s/-]*(?:of\s+)?({_YEAR})\b|\b({_YEAR})[\s-]*Q([1-4])\b", text):
        return Stated(_quarter(int(found[2] or found[3]), int(found[1] or found[4])), *found.span())
    if found := _read(rf"\b(first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\s+(?:of\s+)?({_YEAR})\b", text):
        at = ("fi", "se", "th", "fo").index(found[1][:2].lower()) if found[1][0].isalpha() else int(found[1][0]) - 1
        return Stated(_quarter(int(found[2]), at + 1), *found.span())
    if found := _read(rf"\b(?:FY|fiscal\s+year)\s*'?({_YEAR}|\d\d)\b(?!{_NO_YEAR})", text):
        return Stated(date(_year(found[1]) - 1, 10, 1), *found.span())
    return None


def _by_today(text: str, today: date) -> Stated | None:
    """Yesterday, two years ago, last March, this year's start is today itself."""
    if found := _read(r"\b(today|yesterday|right\s+now)\b", text):
        return Stated(today - timedelta(days=found[1].lower() == "yesterday"), *found.span())
    if found := _read(r"\b(\d{1,3}|an?|one|two|three|four|five|six|ten)\s+(day|week|month|quarter|year)s?\s+(?:ago|back)\b", text):
        return Stated(_ago(found, today), *found.span())
    if found := _read(rf"\blast\s+(year|month|quarter|week|{_MONTH})\b", text):
        return Stated(_last(found, today), *found.span())
    return None


def _by_year(text: str) -> Stated | None:
    """'in 2014', 'as of 2015', 'DOS 2014', 'back in 2013', '2014 DOS': the first of July of that year, or of January where it begins."""
    if found := _read(rf"\b(?:effective|beginning|starting)\s+(?:in\s+)?({_YEAR})\b(?!{_NO_YEAR})", text):
        return Stated(date(int(found[1]), 1, 1), found.start(1), found.end())
    lead = r"in|during|since|dos|year|as\s+of|until|before|date\s+of\s+service|calendar\s+year|cy"
    if found := _read(rf"\b(?:{lead})\W{{1,2}}({_YEAR})\b(?!{_NO_YEAR})", text):
        return Stated(date(int(found[1]), 7, 1), found.start(1), found.end())
    if found := _read(
        rf"\bCY({_YEAR})\b|\b({_YEAR})(?=\s+(?:dos|dates?\s+of\s+service|claims?|rates?|fees?|fee\s+schedule|mpfs|rvus?)\b)", text
    ):
        return Stated(date(int(found[1] or found[2]), 7, 1), *found.span())
    return None


def stated(text: str, today: date) -> Stated | None:
    """The date a text states and where: an exact day before words, words before a year alone."""
    for found in (_in_figures(text), _in_words(text), _by_today(text, today), _by_year(text)):
        if found:
            return found
    return None


def date_in(text: str, today: date) -> date | None:
    """The date of service a text states.

    A month stands for its first day, a quarter for its first, a federal fiscal year for 1 October of the year before (ICD-10-CM, ICD-10-PCS
    and the IPPS change then), a year alone for 1 July. A day that does not exist is none.
    """
    found = stated(text, today)
    return found.on if found else None
