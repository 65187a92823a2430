"""What the readers of the Medicare Coverage Database share: ids, dates, editions, and rows that become entries."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from corpus.codes import LCD
from corpus.model import Entry, Reading, Source
from corpus.readers.editions import Edition, edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

ADDRESS = "https://www.cms.gov/medicare-coverage-database/downloads/downloads.aspx"
CONTRACTOR, STATE, BENEFIT, MANUAL, NCD_ID = "contractor", "state", "benefit category", "CMS publication", "NCD document"  # systems of ids
CODES, DIAGNOSES, REFUSED, GROUPS = "codes", "covered diagnoses", "non-covered diagnoses", "groups of codes"  # what tables are about
CONTRACTORS, STATES, RELATED, NATIONAL = "contractors", "states", "related documents", "related NCDs"
CONTRACTOR_NAMES, CONTRACTOR_STATES, STATE_NAMES = (
    "Medicare contractors",
    "Medicare contractors: states",
    "Medicare contractors: state names",
)
BENEFITS, BENEFIT_NAMES, MANUAL_NAMES = "NCDs: benefit categories", "NCDs: names of benefit categories", "NCDs: names of manuals"
_LOOKUPS = (STATE_NAMES, BENEFIT_NAMES, MANUAL_NAMES)  # they have no editions
Record = Mapping[str, str]
Cells = tuple[tuple[str, str], ...]
MakeEntry = Callable[[Record], Entry | None]


class Unreadable(Exception):
    """A row cannot be read: which column is to blame, and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def table(system: str, about: str) -> str:
    """The publication that a table about LCDs or articles is."""
    return f"{'LCDs' if system == LCD else 'Coverage articles'}: {about}"


def number(record: Record, column: str) -> str:
    """An id or a version: digits, without zeros before them."""
    found = record.get(column, "")
    if not re.fullmatch(r"[0-9]{1,9}", found):
        raise Unreadable(column, f"{found[:40]!r} is not a number")
    return str(int(found))


def cells(**named: str) -> Cells:
    """What a row says, blank cells left out; the names as people read them."""
    return tuple((name.replace("_", " "), text) for name, text in named.items() if text)


def published(sheet: Sheet, publication: str, newest: date | None, **more: str) -> Source:
    """The source of a table: its edition is what its name states, else the day its newest row was changed."""
    edition = edition_in(sheet.path.name) or (Edition(f"last changed {newest}", newest) if newest else None)
    return official(sheet.path, publication, edition, ADDRESS, payer="Medicare", **more)


def _read(sheet: Sheet, publication: str, entry: MakeEntry) -> Reading:
    """Read a table row by row; a row that stands twice stands once, one that lists no code is none."""
    found: dict[Entry, None] = {}
    newest: date | None = None
    dates = [column for column in ("updated", "begins", "ends") if column in sheet.at]
    for at, record in sheet.records():
        try:
            days = {column: sheet.day(at, record, column) for column in dates}
            stated = {column: day.isoformat() if day else "" for column, day in days.items()}
            made = entry(defaultdict(str, record | stated))
        except Unreadable as why:
            sheet.refuse(at, why.column, why.why)
        except ValueError:
            continue  # the sheet has told of the date
        else:
            newest = max(filter(None, (newest, days.get("updated"))), default=None)
            if made:
                found[made] = None
    source = published(sheet, publication, newest)
    return Reading(source, hints=() if publication in _LOOKUPS else undated(source), entries=tuple(found))


def layout(publication: str, needed: tuple[str, ...], entry: MakeEntry, **columns: str | tuple[str, ...]) -> Layout:
    """A line of the table of readers, for a table whose rows are entries."""
    known = {"updated": ("last updated", "last updt tmstmp"), **columns}
    aliases = {name: (found,) if isinstance(found, str) else found for name, found in known.items()}
    return Layout(publication, aliases, needed, partial(_read, publication=publication, entry=entry))
