"""Read HCPCS Level II: the CMS release as a workbook, a CSV or the text of 320 columns, and the lists made of it."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from corpus.codes import HCPCS, MODIFIER
from corpus.model import TERM, Code, CorpusError, Document, Entry, Passage, Reading, Source
from corpus.readers.editions import Edition, edition_in, official, undated
from corpus.readers.hcpcsfields import explained, figures, iso, words
from corpus.readers.hcpcslines import SEVERAL, Record, lines, parsed, shows_lines, text_sheet, whole
from corpus.readers.sheets import Layout, Sheet

PUBLICATION = "HCPCS Level II"
_URL = "https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update"
_UNENDED = "this parse of the CMS text leaves out termination dates: it does not tell whether a code is still valid"


COVERAGE = {  # CMS, HCPCS Contractor Record, field "coverage code"
    "D": "special coverage instructions apply",
    "C": "carrier judgment",
    "I": "not payable by Medicare",
    "M": "non-covered by Medicare",
    "S": "non-covered by Medicare statute",
}


def _entry(code: str, cells: Iterable[tuple[str, str]]) -> Entry:
    return Entry(HCPCS if len(code) == 5 else MODIFIER, code, "", tuple(cell for cell in cells if cell[1]))


def _edition(path: Path, dates: Iterable[date]) -> Edition | None:
    """The quarter a file's name states, else the latest one in which a code was added, else the year of the name."""
    named, latest = edition_in(path.name), max(dates, default=None)
    if named and not named.label.isdigit():
        return Edition(f"{named.begins:%B %Y}", named.begins)
    if latest is None:
        return named
    begins = date(latest.year, (latest.month - 1) // 3 * 3 + 1, 1)
    return Edition(f"{begins:%B %Y}", begins)


def _source(path: Path, publication: str, edition: Edition | None) -> Source:
    if publication != PUBLICATION:
        return official(path, publication, edition, _URL)
    return official(path, publication, edition, _URL, id=f"hcpcs-{edition.begins:%Y-%m}" if edition else "")


def _system(sheet: Sheet, number: int, value: str) -> str | None:
    system = HCPCS if re.fullmatch(r"[A-Z]\d{4}", value) else MODIFIER if re.fullmatch(r"[A-Z][A-Z0-9]|\d[A-Z0-9]", value) else None
    if system is None:
        sheet.refuse(number, "code", f"{value or 'no code'!r} is not a HCPCS Level II code")
    return system


def _codes(sheet: Sheet, records: Iterable[tuple[int, Record]]) -> Iterator[tuple[Code, Record]]:
    """Codes with their records; a row with a date that cannot be read is left out, for without it the code would look valid."""
    for number, record in records:
        value, title, short = record["code"].upper(), words(record["long"]), words(record["short"])
        if (system := _system(sheet, number, value)) is None:
            continue
        if not title:
            sheet.refuse(number, "long", f"{value!r} has no description")
            continue
        try:
            first, last = sheet.day(number, record, "added"), sheet.day(number, record, "ended")
        except ValueError:
            continue
        if system == HCPCS and value.startswith("D"):  # dental: the descriptors are the American Dental Association's
            title = short = ""
        extra = {"short": short, "coverage": record.get("coverage"), "see": record["xref"]}
        yield Code(system, value, title, first, last, attributes=tuple((key, held) for key, held in extra.items() if held)), record


def _terms(code: Code) -> Iterator[Passage]:
    for text in dict.fromkeys((code.title, dict(code.attributes).get("short"))):
        if text:
            yield Passage(id="", kind=TERM, text=text, locator=f"row {code.value}", codes=((code.system, code.value),))


def _reading(sheet: Sheet, pairs: list[tuple[Code, Record]], edition: Edition | None) -> Reading:
    source = _source(sheet.path, PUBLICATION, edition)
    document = Document(
        id="", title=source.title, kind="table", passages=tuple(t for code, _ in pairs for t in _terms(code)), url=source.url
    )
    entries = [_entry(code.value, figures(record)) for code, record in pairs]
    codes = tuple(code for code, _ in pairs)
    return Reading(source, (document,) * bool(codes), codes, sheet.remarks, undated(source), entries=[e for e in entries if e.cells])


def _joined(record: Record) -> Record:
    """A record with its numbered columns (PRICE1, PRICE2 …) made one."""
    for field, times in SEVERAL.items():
        cells = (record.pop(f"{field}{at}", "") for at in range(1, times + 1))
        record[field] = ", ".join(cell for cell in cells if cell)
    return record


def read_release(sheet: Sheet) -> Reading:
    """Read the release in columns; rows that only go on with a description are put together."""
    records = ((number, _joined(record)) for number, record in sheet.records())
    pairs = list(_codes(sheet, whole(sheet, records)))
    return _reading(sheet, pairs, _edition(sheet.path, (code.valid_from for code, _ in pairs if code.valid_from)))


def read_text(path: Path, text: str) -> Reading:
    """Read the release as text of 320 columns.

    Raises CorpusError where it holds no code.
    """
    sheet = text_sheet(path)
    pairs = list(_codes(sheet, whole(sheet, lines(sheet, text))))
    if not pairs:
        why = f" ({sheet.remarks[0]})" if sheet.remarks else ""
        raise CorpusError(f"it has the columns of {PUBLICATION} but no lines that can be read{why}")
    return _reading(sheet, pairs, _edition(path, (code.valid_from for code, _ in pairs if code.valid_from)))


def read_parse(sheet: Sheet) -> Reading:
    """Read a CSV made of the text that lacks termination dates: its codes come without dates, none of them is said to be valid."""
    listed = list(_codes(sheet, whole(sheet, parsed(sheet))))
    edition = _edition(sheet.path, (code.valid_from for code, _ in listed if code.valid_from))
    pairs = [(_undated(code), record) for code, record in listed]
    reading = _reading(sheet, pairs, edition)
    return Reading(reading.source, reading.documents, reading.codes, reading.remarks, (*reading.hints, _UNENDED), entries=reading.entries)


def _undated(code: Code) -> Code:
    added = (("added", str(code.valid_from)),) if code.valid_from else ()
    return Code(code.system, code.value, code.title, attributes=code.attributes + added)


def _standing(record: Record) -> list[tuple[str, str]]:
    """What a record says about coverage and validity, in words."""
    return [
        ("coverage", explained(record.get("coverage", ""), COVERAGE)),
        ("cross reference", record.get("xref", "")),
        ("added", iso(record.get("added", ""))),
        ("ended", iso(record.get("ended", ""))),
    ]


def _listed(sheet: Sheet) -> Iterator[tuple[str, Record]]:
    """Rows of a list about codes, those with a code and dates that can be read."""
    for number, record in sheet.records():
        value = record["code"].upper()
        try:
            sheet.day(number, record, "added"), sheet.day(number, record, "ended")
        except ValueError:
            continue
        if _system(sheet, number, value):
            yield value, record


def _list(sheet: Sheet, publication: str, entries: list[Entry]) -> Reading:
    source = _source(sheet.path, publication, edition_in(sheet.path.name))
    return Reading(source, remarks=sheet.remarks, hints=undated(source), entries=entries)


def read_attributes(sheet: Sheet) -> Reading:
    """Read pricing, coverage, cross reference and dates of codes, without their descriptions."""
    entries = [_entry(value, _standing(record) + figures(record)) for value, record in _listed(sheet)]
    return _list(sheet, f"{PUBLICATION} attributes", entries)


def read_unclassified(sheet: Sheet) -> Reading:
    """Read the list of codes that name no item or service of their own: not otherwise classified, unlisted, miscellaneous."""
    entries = [
        _entry(value, [("status", "not otherwise classified"), ("description", words(record["long"])), *_standing(record)])
        for value, record in _listed(sheet)
    ]
    return _list(sheet, "HCPCS not otherwise classified codes", entries)


_CODE, _LONG = ("hcpc", "hcpcs", "code", "hcpcs code"), ("long description",)
_ADDED, _ENDED = ("add dt", "add date", "code added date"), ("term dt", "term date", "termination date")
_NUMBERED = {"price": "price", "issues": "cim", "manual": "mcm", "lab": "labcert", "xref": "xref", "tos": "tos"}
_BARE = {"xref1": ("xref", "cross reference"), "tos1": ("tos", "type of service")}
_RELEASE: dict[str, tuple[str, ...]] = {
    "code": _CODE,
    "record": ("recid",),
    "long": _LONG,
    "short": ("short description",),
    "coverage": ("cov", "coverage", "coverage code"),
    "added": _ADDED,
    "acted": ("act eff dt", "action effective date", "eff date"),
    "ended": _ENDED,
    "action": ("action cd", "action code"),
    "multiple": ("mult pi",),
    "statute": ("statute",),
    "asc": ("asc grp",),
    "asc_from": ("asc dt",),
    "note": ("procnote",),
    "betos": ("betos",),
    "anesthesia": ("anes bu",),
    **{
        f"{field}{at}": (f"{_NUMBERED[field]}{at}", *_BARE.get(f"{field}{at}", ()))
        for field, n in SEVERAL.items()
        for at in range(1, n + 1)
    },
}
_ATTRIBUTES = {
    "code": _CODE,
    "price": ("price",),
    "multiple": ("multi",),
    "coverage": ("cov",),
    "betos": ("betos",),
    "tos": ("tos",),
    "action": ("action",),
    "issues": ("cim",),
    "manual": ("mcm",),
    "statute": ("statute",),
    "lab": ("lab",),
    "xref": ("xref",),
    "asc": ("asc grp",),
    "note": ("proc",),
    "anesthesia": ("anes",),
    "ended": ("date term",),
    "added": ("date added",),
    "asc_from": ("date asc",),
    "acted": ("date action",),
}
_PARSE = {
    "key": ("code",),
    "long": ("description1",),
    "rest": ("description2",),
    "lab": ("type",),
    "xref": ("unknown1",),
    "coverage": ("unknown2",),
    "note": ("unknown3",),
    "dates": ("unknown4",),
}
LAYOUTS = (
    Layout(PUBLICATION, _RELEASE, ("code", "long", "short"), read_release),
    Layout(f"{PUBLICATION} (parsed text)", _PARSE, tuple(_PARSE), read_parse),
    Layout(f"{PUBLICATION} attributes", _ATTRIBUTES, ("code", "price", "multiple", "betos", "tos", "added", "ended"), read_attributes),
    Layout(
        "HCPCS not otherwise classified codes",
        {"code": _CODE, "long": _LONG, "added": _ADDED, "ended": _ENDED},
        ("code", "long", "added", "ended"),
        read_unclassified,
        named="noc",
    ),
)
HCPCS_FIXED = (PUBLICATION, shows_lines, read_text)
