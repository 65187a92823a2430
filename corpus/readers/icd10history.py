"""Read how ICD-10 codes changed: the conversion table (new code, since when, coded as before) and the addenda of a year."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from corpus.codes import ICD10CM, ICD10PCS, dotted
from corpus.model import CorpusError, Entry, Reading
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

_URL = "https://www.cdc.gov/nchs/icd/icd-10-cm/files.html"
_VALUE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_CODE = re.compile(_VALUE)
_NAMED = re.compile(rf"\b({_VALUE})(?![\w.])(\s*-\s*{_VALUE}|-|\.-)?")  # a code, a range of codes, all codes below a category


def _effective(cell: str) -> date:
    """The day in a cell: a year means 1 October, as the title of the table says; a date has its year in two digits or four."""
    if re.fullmatch(r"(?:19|20)\d\d", cell):
        return date(int(cell), 10, 1)
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d\d", cell):
        return datetime.strptime(cell, "%m/%d/%y").date()
    return datetime.strptime(cell, "%m/%d/%Y").date()


def previous_codes(cell: str) -> list[str]:
    """The codes a cell names one by one or as the ends of a range; codes meant by their category alone are not named."""
    found: list[str] = []
    for match in _NAMED.finditer(cell):
        below = match[2] in ("-", ".-")
        ends = [match[1], *_CODE.findall(match[2] or "")]
        if not below and not (len(ends) == 2 and len(ends[0]) == 3):
            found += ends
    return list(dict.fromkeys(found))


def _conversions(sheet: Sheet) -> Iterator[tuple[str, date, str]]:
    for number, record in sheet.records():
        current, previous = record["current"].upper(), " ".join(record["previous"].split())
        if not _CODE.fullmatch(current):
            sheet.refuse(number, "current", f"{current[:40]!r} is not an ICD-10-CM code")
            continue
        if not previous:
            sheet.refuse(number, "previous", f"{current} has no previous assignment; write None where there was none")
            continue
        try:
            yield current, _effective(record["effective"]), previous
        except ValueError:
            sheet.refuse(number, "effective", f"{record['effective'][:40]!r} is neither a year nor a date")


def _entries(rows: Iterable[tuple[str, date, str]]) -> Iterator[Entry]:
    """A row under its current code, and again under each previous code that it names."""
    for current, begins, previous in rows:
        since = ("effective", begins.isoformat())
        yield Entry(ICD10CM, current, previous, (("current code", current), since, ("previous code", previous)))
        for value in previous_codes(previous):
            yield Entry(ICD10CM, value, current, (("previous code", previous), since, ("current code", current)))


def read_conversion(sheet: Sheet) -> Reading:
    """Read the conversion table; rows that stand twice count once.

    Source: NCHS, ICD-10-CM Conversion Table. Several previous codes in one cell stay as written: "and" joins codes once used together.
    """
    rows = dict.fromkeys(_conversions(sheet))
    edition = edition_in(sheet.path.stem, fiscal=True) or edition_in(sheet.above.partition("FY")[2][:12], fiscal=True)
    source = official(sheet.path, "ICD-10-CM conversion table", edition, _URL, publisher="NCHS")
    return Reading(source, hints=undated(source), entries=list(_entries(rows)))


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "the ICD-10-CM conversion table",
        {
            "current": ("current code assignment", "current code", "current code s assignment", "new code"),
            "effective": ("effective", "effective date", "year effective", "date effective"),
            "previous": ("previous code s assignment", "previous code assignment", "previous code", "previous codes"),
        },
        ("current", "effective", "previous"),
        read_conversion,
    ),
)

_LINE = re.compile(
    r"(?P<action>Add|Delete|Revise from|Revise to|No change):\s+"
    r"(?:\d{5}\s(?P<ordered>[A-Z0-9]{3,7})\s+[01]\s.{60}\s|(?P<bare>[A-Z0-9]{3,7})\s+)(?P<title>\S.*)",
    re.I,
)
_COUNTED = re.compile(r"(\d+) (additions?|deletions?|revisions?)")
_CHANGES = {"add": "new code", "delete": "deleted code"}


@dataclass(frozen=True, slots=True)
class _Change:
    """A line of the addenda."""

    action: str
    code: str
    title: str


def is_addenda(head: str, name: str) -> bool:
    """Whether a text begins with lines of addenda."""
    return any(_LINE.match(line) for line in head.lstrip().split("\n")[:3])


def _changes(lines: Iterable[tuple[int, str]], sheet: Sheet) -> Iterator[tuple[int, _Change]]:
    for number, line in lines:
        if found := _LINE.fullmatch(line.rstrip()):
            code = (found["ordered"] or found["bare"]).upper()
            yield number, _Change(found["action"].lower(), code, " ".join(found["title"].split()))
        elif ":" in line:
            sheet.refuse(number, "line", f"{line[:40]!r} is no line of addenda")


def _histories(changes: Iterable[tuple[int, _Change]], sheet: Sheet) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """(code, change, cells), the two lines of a revision as one."""
    pending: tuple[int, _Change] | None = None
    for number, change in itertools.chain(changes, [(0, _Change("", "", ""))]):
        if pending and (change.action, change.code) == ("revise to", pending[1].code):
            yield change.code, "revised title", (("title before", pending[1].title), ("title", change.title))
            pending = None
            continue
        if pending:
            sheet.refuse(pending[0], "Revise from", f"no revised title of {pending[1].code} follows")
        pending = (number, change) if change.action == "revise from" else None
        if change.action == "revise to":
            sheet.refuse(number, "Revise to", f"no earlier title of {change.code} stands before it")
        elif change.action in _CHANGES:
            yield change.code, _CHANGES[change.action], (("title", change.title),)


def _short(text: str, changes: Iterable[str]) -> Iterator[str]:
    """What the file's own count at its end says is missing."""
    held = list(changes)
    kinds = {"addition": "new code", "deletion": "deleted code", "revision": "revised title"}
    for found in _COUNTED.finditer(text[-1000:]):
        kind = kinds[found[2].rstrip("s")]
        if (count := held.count(kind)) != int(found[1]):
            yield f"its last lines count {found[1]} {found[2]}, but {count} could be read"


def read_addenda(path: Path, text: str) -> Reading:
    """Read the addenda of a fiscal year: codes new, deleted and revised since the edition before.

    Source: CMS and NCHS, ICD-10-CM and ICD-10-PCS code addenda (lines Add, Delete, Revise from, Revise to; codes without a dot).
    """
    sheet = Sheet(path, {}, {}, "", iter(()))
    changes = list(_changes(enumerate(text.split("\n"), 1), sheet))
    pcs = "pcs" in path.name.lower() or any(change.code[0].isdigit() for _, change in changes)
    system = ICD10PCS if pcs else ICD10CM
    edition = edition_in(path.stem, fiscal=True)
    since = (("effective", edition.begins.isoformat()),) if edition else ()
    part = edition.label if edition else ""
    histories = list(dict.fromkeys(_histories(changes, sheet)))
    entries = [
        Entry(system, code if pcs else dotted(code), part, (("change", change), *since, *cells)) for code, change, cells in histories
    ]
    if not entries:
        raise CorpusError("it has the lines of addenda but no change that can be read")
    source = official(path, f"{system} addenda", edition, _URL, publisher="NCHS and CMS")
    remarks = (*sheet.remarks, *_short(text, (change for _, change, _ in histories)))
    return Reading(source, remarks=remarks, hints=undated(source), entries=entries)
