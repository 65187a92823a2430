"""Read a HCPCS Level II release: the CMS workbook or a CSV of it, whatever its columns are called."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from corpus.codes import HCPCS, MODIFIER
from corpus.model import TERM, Code, CorpusError, Document, Passage, Reading, Source, with_ids

_COLUMNS = {
    "code": ("hcpc", "hcpcs", "code", "hcpcs code"),
    "long": ("long description", "long_description"),
    "short": ("short description", "short_description"),
    "coverage": ("cov", "coverage", "coverage_code", "coverage code"),
    "added": ("add dt", "add_date", "add date", "code added date"),
    "acted": ("act eff dt", "action effective date", "eff date"),
    "ended": ("term dt", "term_date", "termination date"),
    "crossed": ("xref1", "xref", "cross reference"),
}
_QUARTERS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
COVERAGE = {  # CMS, HCPCS record layout, field "coverage code"
    "D": "special coverage instructions apply",
    "C": "carrier judgment",
    "I": "not payable by Medicare",
    "M": "non-covered by Medicare",
    "S": "non-covered by Medicare statute",
}
Row = Sequence[object]


def columns(header: Row) -> dict[str, int] | None:
    """Find the columns of a HCPCS release in a header, or None where this is no such header."""
    names = [" ".join(str(cell or "").lower().split()) for cell in header]
    found = {key: names.index(alias) for key, aliases in _COLUMNS.items() for alias in aliases if alias in names}
    return found if {"code", "long", "short"} <= set(found) else None


def _day(cell: object) -> date | None:
    """The day a cell holds, None where it is blank; ValueError where it cannot be read."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    stamp = str(cell or "").strip()
    return date.fromisoformat(stamp) if stamp else None


def _edition(path: Path, codes: Iterable[Code]) -> date | None:
    """The quarter a file's name states, else the latest one in which a code was added."""
    if named := re.search(r"(20\d\d)[ _-]*(?:Q\d)?[ _-]*(JAN|APR|JUL|OCT)", path.stem, re.I):
        return date(int(named[1]), _QUARTERS[named[2].upper()], 1)
    latest = max((code.valid_from for code in codes if code.valid_from), default=None)
    return date(latest.year, (latest.month - 1) // 3 * 3 + 1, 1) if latest else None


def _codes(rows: Iterable[tuple[int, Row]], at: dict[str, int], remarks: list[str]) -> Iterator[tuple[Code, str]]:
    """Codes with their short texts; a row with a date that cannot be read is left out, for without it the code would look valid."""
    for number, row in rows:
        cell = {key: row[index] for key, index in at.items() if index < len(row)}
        text = {key: str(held or "").strip() for key, held in cell.items()}
        value, title = text.get("code", "").upper(), " ".join(text.get("long", "").split())
        system = HCPCS if re.fullmatch(r"[A-Z]\d{4}", value) else MODIFIER if re.fullmatch(r"[A-Z][A-Z0-9]|\d[A-Z0-9]", value) else None
        if system is None or not title:
            if any(str(held or "").strip() for held in row):
                remarks.append(f"row {number}: {value or 'no code'!r} is not a HCPCS code with a description")
            continue
        try:
            first, last = _day(cell.get("added")), _day(cell.get("ended"))
        except ValueError:
            remarks.append(f"row {number}: {value!r} has a date that cannot be read (write YYYYMMDD); it is left out")
            continue
        extra = {"short": text.get("short"), "coverage": text.get("coverage"), "see": text.get("crossed")}
        attributes = tuple((key, held) for key, held in extra.items() if held)
        yield Code(system, value, title, first, last, attributes=attributes), text.get("short", "")


def _terms(code: Code, short: str) -> Iterator[Passage]:
    for text in dict.fromkeys((code.title, short)):
        if text:
            yield Passage(id="", kind=TERM, text=text, locator=f"row {code.value}", codes=((code.system, code.value),))


def _reading(path: Path, rows: Iterator[tuple[int, Row]]) -> Reading:
    """Read numbered rows, the first of them the header."""
    at = columns(next(rows, (0, ()))[1])
    if at is None:
        raise CorpusError("its first row does not name the columns of a HCPCS release (HCPC, LONG DESCRIPTION, SHORT DESCRIPTION)")
    remarks: list[str] = []
    pairs = list(_codes(rows, at, remarks))
    if not pairs:
        raise CorpusError("it has the columns of a HCPCS release but no codes" + (f" ({remarks[0]})" if remarks else ""))
    edition = _edition(path, (code for code, _ in pairs))
    label = f"{edition:%B %Y}" if edition else "undated"
    source = Source(
        id=f"hcpcs-{edition:%Y-%m}" if edition else "",
        title=f"HCPCS Level II, {label}",
        publication="HCPCS Level II",
        licence="public domain (US government)",
        kind="HCPCS Level II",
        publisher="CMS",
        edition=label,
        url="https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update",
        jurisdiction="US",
        effective=edition,
        file=path.name,
    )
    terms = with_ids("hcpcs", (term for code, short in pairs for term in _terms(code, short)))
    document = Document(id="", title=source.title, kind="table", passages=terms, url=source.url)
    return Reading(source, (document,), tuple(code for code, _ in pairs), tuple(remarks))


def sheet_rows(path: Path) -> Iterator[Row]:
    """Rows of a workbook's first sheet, values only.

    Raises CorpusError where the workbook is damaged.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except CorpusError:
        raise
    except Exception as error:  # openpyxl raises whatever its ZIP and XML layers raise
        raise CorpusError(f"the workbook is damaged ({' '.join(str(error).split())})") from None


def read_hcpcs_sheet(path: Path) -> Reading:
    """Read the release as CMS ships it, an Excel workbook; rows above the header are passed over."""
    rows = enumerate(sheet_rows(path), 1)
    for number, row in rows:
        if columns(row):
            return _reading(path, itertools.chain([(number, row)], rows))
    raise CorpusError("the workbook has no row that names the columns of a HCPCS release; no other workbook can be read yet")


def is_release(line: str) -> bool:
    """Whether a line of CSV is the header of a HCPCS release."""
    return columns(next(csv.reader([line]), [])) is not None


def read_hcpcs_csv(path: Path, text: str) -> Reading:
    """Read the release as a CSV with a header.

    Raises CorpusError where it is damaged: a quote left open would swallow the rows after it.
    """
    try:
        return _reading(path, enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1))
    except csv.Error as error:
        raise CorpusError(f"the CSV is damaged ({error})") from None
