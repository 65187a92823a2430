"""Read the full texts of the Medicare Coverage Database: national and local determinations and coverage articles.

Source: CMS, Medicare Coverage Database downloads (ncd_trkg.csv, lcd.csv, article.csv): a row a version, texts in HTML.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from corpus.chunks import passages
from corpus.codes import LCD, NCD
from corpus.model import NOTE, Code, Document, Entry, Reading
from corpus.readers import coverage_links, coverage_list
from corpus.readers.coverage_fields import KINDS, Kind
from corpus.readers.coverage_rows import NCD_ID, Cells, Unreadable, cells, number, published
from corpus.readers.coverage_text import sections, words
from corpus.readers.editions import undated
from corpus.readers.sheets import Layout, Sheet

_LEVELS = {"1": "full", "2": "restricted", "3": "none"}  # how far an NCD covers
_STATES = {"A": "active", "R": "retired", "P": "proposed", "F": "future"}
_DAYS = ("effective", "began", "terminated", "ended", "retired", "implemented", "issued")
_VIEW = "https://www.cms.gov/medicare-coverage-database/view"


@dataclass(slots=True)
class _Version:
    """One version of a document: a row that can be read."""

    row: int
    number: str  # 310.1, L33312, A52500
    id: str
    version: int
    title: str
    days: Mapping[str, date | None]  # as the row states them
    effective: date | None
    ended: date | None
    aside: bool  # proposed, or over at a time that is not known: found by its number only
    record: Mapping[str, str]
    superseded: bool = False


def _version(sheet: Sheet, at: int, record: Mapping[str, str], kind: Kind) -> _Version:
    held, version, title = number(record, "id"), int(number(record, "version")), words(record["title"])
    if kind.system == NCD:
        named = record["section"]
        if not re.fullmatch(r"\d{1,3}(?:\.\d{1,3})+[A-Z]?", named):
            raise Unreadable("section", f"{named[:40]!r} is not a section of the NCD Manual")
    else:
        named = (record.get("display") or f"{'L' if kind.system == LCD else 'A'}{held}").upper()
        if not re.fullmatch(r"D?[LA]\d{1,9}", named):
            raise Unreadable("display", f"{named[:40]!r} is not the number of an {kind.system}")
    if not title:
        raise Unreadable("title", "it is blank")
    days = {column: sheet.day(at, record, column) for column in _DAYS}
    effective = days["effective"] or days["began"]
    ended = min(filter(None, (days["terminated"], days["ended"], days["retired"])), default=None)
    if effective and ended and ended < effective:
        effective = None  # the version only tells of the end: the text is not in force from its own date on
    status = record.get("status", "").upper()
    aside = status == "P" or (status == "R" and not ended)
    return _Version(at, named, held, version, title, days, effective, ended, aside, record)


def _versions(sheet: Sheet, kind: Kind) -> tuple[list[_Version], date | None]:
    """The rows that can be read, each version once, and the day the newest was changed."""
    found: dict[tuple[str, int], _Version] = {}
    newest: date | None = None
    for at, record in sheet.records():
        try:
            changed = [sheet.day(at, record, column) for column in ("updated", "cleared")]
            made = _version(sheet, at, record, kind)
            before = found.setdefault((made.number, made.version), made)
            if before.record != record:
                raise Unreadable("version", f"{made.number} version {made.version} stands in row {before.row} with another text")
        except Unreadable as why:
            sheet.refuse(at, why.column, why.why)
        except ValueError:
            continue  # the sheet has told of the date
        else:
            newest = max(filter(None, (newest, *changed)), default=None)
    return list(found.values()), newest


def _ordered(versions: list[_Version]) -> dict[str, list[_Version]]:
    """The versions of each document, oldest first, each ended the day before the next begins."""
    documents: dict[str, list[_Version]] = {}
    for held in versions:
        documents.setdefault(held.number, []).append(held)
    for line in documents.values():
        line.sort(key=lambda held: held.version)
        for held, after in pairwise(line):
            if not after.aside:
                held.superseded = True
                until = after.effective - timedelta(days=1) if after.effective else after.ended
                held.ended = min(filter(None, (held.ended, until)), default=None)
                held.aside |= held.ended is None
    return documents


def _url(held: _Version, kind: Kind) -> str:
    name = kind.system.lower()
    return f"{_VIEW}/{name}.aspx?{name}id={held.id}&{'ncdver' if kind.system == NCD else 'ver'}={held.version}"


def _document(held: _Version, kind: Kind) -> Document:
    name = f"{kind.name} {held.number}"
    fields = [(heading, held.record.get(column, "")) for column, heading in kind.texts.items()]
    cut = tuple(passages(sections(name, fields)))
    cut = tuple(replace(passage, kind=NOTE if held.aside else passage.kind, codes=((kind.system, held.number),)) for passage in cut)
    return Document(
        id=f"{held.number}-v{held.version}",
        title=f"{name}: {held.title}",
        kind="policy",
        passages=cut,
        url=_url(held, kind),
        payer="Medicare",
        jurisdiction="US" if kind.system == NCD else None,
        effective=_notice(held, kind) or held.effective,
        ended=None if _notice(held, kind) else held.ended,
    )


def _notice(held: _Version, kind: Kind) -> date | None:
    """The day from which a terminated NCD's text, a notice that there is none any more, holds."""
    return held.days["terminated"] if kind.system == NCD and not held.superseded else None


def _status(held: _Version) -> str:
    """Where a version stands; CMS marks some retired NCDs by their title alone."""
    if held.superseded:
        return "superseded"
    stated = held.record.get("status", "").upper()
    if not stated and held.days["terminated"]:
        return "terminated"
    if held.days["retired"] or re.search(r"\bRETIRED\b", held.title):
        return "retired"
    return _STATES.get(stated, "active")


def _told(held: _Version) -> Cells:
    record, days = held.record, {column: day.isoformat() for column, day in held.days.items() if day}
    status = _status(held)
    return cells(
        title=held.title,
        version=str(held.version),
        status=status,
        effective=days.get("effective") or days.get("began", ""),
        ended=str(held.ended or ""),
        implemented=days.get("implemented", ""),
        coverage=_LEVELS.get(record.get("level", ""), "") if status == "active" else "",
        change_request=record.get("change", ""),
        transmittal=record.get("transmittal", ""),
        transmittal_issued=days.get("issued", ""),
        transmittal_address=record.get("address", ""),
    )


def _entries(held: _Version, kind: Kind) -> Iterator[Entry]:
    yield Entry(kind.system, held.number, f"version {held.version}", _told(held))
    if kind.system == NCD:
        yield Entry(NCD_ID, held.id, f"version {held.version}", cells(NCD=held.number, version=str(held.version), title=held.title))


def _code(line: list[_Version], kind: Kind) -> Code:
    """A document's number: its newest version in force; only the first version says when the document itself began."""
    last = [held for held in line if not held.aside] or line
    told = dict(_told(last[-1]))
    attributes = tuple((name, told[name]) for name in ("version", "status", "effective") if name in told)
    began = line[0].effective if line[0].version == 1 else None
    return Code(kind.system, line[0].number, last[-1].title, began, last[-1].ended, attributes=attributes)


def _read(sheet: Sheet, kind: Kind) -> Reading:
    versions, newest = _versions(sheet, kind)
    documents = _ordered(versions)
    source = published(sheet, kind.publication, newest, licence=kind.licence)
    return Reading(
        source,
        tuple(_document(held, kind) for held in versions),
        tuple(_code(line, kind) for line in documents.values()),
        hints=undated(source),
        entries=tuple(entry for held in versions for entry in _entries(held, kind)),
    )


LAYOUTS: tuple[Layout, ...] = (
    *(Layout(kind.publication, kind.columns, kind.needed, partial(_read, kind=kind)) for kind in KINDS),
    *coverage_links.LAYOUTS,
    *coverage_list.LAYOUTS,
)
