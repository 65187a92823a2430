"""Find on a document's first page the payer and the dates a person may want to state; nothing found is ever applied."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.model import PROSE, Reading
from corpus.payers import PAYERS, PROGRAMMES

_COVER = 600  # characters of a first page that is hardly more than a title: the second belongs to it
_OPENING = 4000  # characters of a document without pages
_YEAR = timedelta(days=300)  # what is shorter is no year of a plan: opening hours, an enrolment period
_SHOWN = 80  # characters of what is quoted

_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(rf"{name}|{name[:3]}\.?" for name in _MONTHS) + r"|sept\.?"
_DATE = (
    r"(?:(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[/.-]\d{1,2}[/.-](?:(?:19|20)\d\d|\d\d)|\d{1,2}/(?:19|20)\d\d"
    rf"|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:\d{{1,2}} )?(?:{_MONTH}),? (?:19|20)\d\d)(?!\d)"
)
_ANY = re.compile(rf"(?<![\d/.-]){_DATE}", re.I)
_BEGINS = re.compile(
    r"(?<!original )(?<!initial )(?<!next )\beffective"
    r"(?: (?:dates?|as of|on|from|beginning|starting|for dates of service(?: on or after)?))*"
    rf" ?[:–—-]? ?{_DATE}",
    re.I,
)
_REVIEWED = re.compile(
    r"(?<!next )(?<!next annual )\b(?:last |date )?(?:review(?:ed)?|revis(?:ed|ions?)|updated?)(?: dates?)?(?: on)?"
    rf" ?[:–—-]? ?{_DATE}(?:(?:,|;| and) ?{_DATE})*",
    re.I,
)
_PERIOD = re.compile(
    rf"\b({_MONTH}) (\d{{1,2}})(?:, ((?:19|20)\d\d))? ?(?:[-–—]|to|through) ?({_MONTH}) (\d{{1,2}}), ((?:19|20)\d\d)(?!\d)", re.I
)
_PLAN_YEAR = re.compile(r"\b(?:plan|benefit|contract) year:? ((?:19|20)\d\d)\b|\b((?:19|20)\d\d) (?:plan|benefit|contract) year\b", re.I)


@dataclass(frozen=True, slots=True)
class _Sign:
    """Words of the page and the days they seem to state."""

    words: str
    effective: date
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a first page seems to state of its document, for a person to confirm."""

    words: str = ""  # of the page, that the days are read from
    effective: date | None = None
    ended: date | None = None
    payer: str | None = None


def proposed(reading: Reading) -> Proposal:
    """What a person may want to state of a document of nobody in particular; empty where its dates are stated."""
    source = reading.source
    if source.effective or source.ended or not (text := _unstated(reading)):
        return Proposal()
    payer, sign = named_payer(reading), _sign(text)
    return Proposal(sign.words[:_SHOWN], sign.effective, sign.ended, payer) if sign else Proposal(payer=payer)


def proposals(reading: Reading) -> tuple[str, ...]:
    """A line for the person where a document of nobody in particular names its payer or its dates and neither is stated."""
    found = proposed(reading)
    return (_line(found),) if found.effective or found.payer else ()


def named_payer(reading: Reading) -> str | None:
    """The payer that the first page of a document of nobody in particular names; None where one is stated."""
    source, text = reading.source, _unstated(reading)
    if source.payer or not text:
        return None
    return _payer(f"{reading.documents[0].title} {(source.file or '').replace('_', ' ')}", text)


def _unstated(reading: Reading) -> str:
    """The first page of a document of which nobody said whose it is; empty for everything else."""
    if reading.source.publisher or reading.rows or len(reading.documents) != 1:
        return ""
    document = reading.documents[0]
    return "" if document.kind == "code" or document.effective or document.ended else _first_page(reading)


def _first_page(reading: Reading) -> str:
    """The words of the first page, and of the second where the first is a cover, on one line."""
    prose = [passage for passage in reading.documents[0].passages if passage.kind == PROSE]
    pages: dict[int, list[str]] = {}
    for passage in prose:
        pages.setdefault(passage.page or 0, []).append(f"{passage.section} {passage.text}")
        if len(pages) > 2:
            break
    texts = [" ".join(" ".join(held).split()) for held in pages.values()][:2]
    return "" if not texts else " ".join(texts if len(texts[0]) < _COVER else texts[:1])[:_OPENING]


def _line(found: Proposal) -> str:
    says = [f"says “{found.words}”"] if found.words else []
    names = [f"names {found.payer}"] if found.payer else []
    options = [f"--effective {found.effective}"] if found.effective else []
    options += [f"--ended {found.ended}"] if found.ended else []
    options += [f'--payer "{found.payer}"' if " " in found.payer else f"--payer {found.payer}"] if found.payer else []
    them = "them" if len(options) > 1 else "it"
    return f"its first page {' and '.join(says + names)}: state {them} with {' '.join(options)} if that is right"


def _payer(title: str, text: str) -> str | None:
    """The company a page names most; a public programme only where the title names it, for every page does."""
    counted = {name: len(re.findall(rf"\b(?:{PAYERS[name]})", f"{title} {text}", re.I)) for name in PAYERS if name not in PROGRAMMES}
    if counted[most := max(counted, key=lambda name: counted[name])]:
        return most
    return next((name for name in PROGRAMMES if re.search(rf"\b(?:{PAYERS[name]})", title, re.I)), None)


def _sign(text: str) -> _Sign | None:
    """The most telling words: the day it takes effect, the year it covers, the last day its words were looked at."""
    periods = list(_periods(text))
    for found in _BEGINS.finditer(text):
        if days := _days(found[0]):
            ended = next((period.ended for period in periods if period.effective == days[-1]), None)
            return _Sign(found[0], days[-1], ended)
    if periods:
        return periods[0]
    reviewed = [_Sign(found[0], max(days)) for found in _REVIEWED.finditer(text) if (days := _days(found[0]))]
    return max(reviewed, key=lambda sign: sign.effective, default=None)


def _periods(text: str) -> Iterator[_Sign]:
    for found in _PERIOD.finditer(text):
        first, last = _day(found[3] or found[6], found[1], found[2]), _day(found[6], found[4], found[5])
        if first and last and last - first >= _YEAR:
            yield _Sign(found[0], first, last)
    for found in _PLAN_YEAR.finditer(text):
        year = int(found[1] or found[2])
        yield _Sign(found[0], date(year, 1, 1), date(year, 12, 31))


def _days(text: str) -> list[date]:
    """The days a text names that exist, month before day; a month alone is its first day."""
    return [day for found in _ANY.finditer(text) if (day := _read(found[0]))]


def _read(text: str) -> date | None:
    parts = re.findall(r"\d+|[a-z]+", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.lower()))
    if len(parts) == 2:  # a month and a year
        return _day(parts[1], parts[0], "1")
    if len(parts[0]) == 4 and parts[0].isdecimal():
        return _day(*parts)
    day, month = (parts[0], parts[1]) if parts[1].isalpha() else (parts[1], parts[0])
    return _day(parts[2], month, day)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        at = int(month) if month.isdecimal() else next(at for name, at in _MONTHS.items() if name.startswith(month.lower()[:3]))
        return date(int(year) + (2000 if len(year) == 2 else 0), at, int(day))
    except ValueError:
        return None
