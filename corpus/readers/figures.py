"""Rows of Medicare's payment tables: checked one by one, figures kept as they are written."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from corpus.codes import CPT, HCPCS, system_of
from corpus.readers.editions import Edition, edition_in
from corpus.readers.sheets import Sheet

MEDICARE = "Medicare"
Record = dict[str, str]
Fault = tuple[str, str]  # the column to blame, and why
_FIGURE = re.compile(r"-?\$?(\d[\d,]*\.?\d*|\.\d+)%?", re.A)
_LEVEL_II = re.compile(r"[A-Z]\d{4}", re.A)
_RELEASE = re.compile(r"(20\d\d) national physician fee schedule.{0,60}?(january|april|july|october) release", re.I | re.S)


def figure(text: str) -> Decimal | None:
    """The number a cell holds, without its dollar sign and commas; None where it holds none (blank, 'N/A').

    Raises ValueError where what it holds is no number.
    """
    plain = text.strip()
    if plain in ("", "N/A"):
        return None
    if not _FIGURE.fullmatch(plain):
        raise ValueError(plain)
    return Decimal(plain.replace("$", "").replace(",", "").rstrip("%"))


def system(code: str) -> str | None:
    """CPT or HCPCS; the dental D codes stand in HCPCS Level II. None where a text is no such code."""
    return CPT if system_of(code) == CPT else HCPCS if _LEVEL_II.fullmatch(code) else None


def cells(record: Mapping[str, str], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a row says, by names a person can read; empty cells left out."""
    return tuple((name, record[field]) for field, name in names.items() if record.get(field))


def description(record: Mapping[str, str]) -> str:
    """CMS's short text of a HCPCS Level II code; that of CPT is the AMA's and that of D codes the ADA's, so neither is kept."""
    code = record["code"]
    return "" if system(code) != HCPCS or code.startswith("D") else record.get("description", "")


def edition(sheet: Sheet) -> Edition | None:
    """The edition that a file's name states, else the one that stands above its header."""
    if named := edition_in(sheet.path.name):
        return named
    if release := _RELEASE.search(sheet.above):
        return edition_in(f"{release[2]} {release[1]}")
    return edition_in(sheet.above.replace(",", ""))


def quarter_end(begins: date) -> date:
    """The last day of the quarter that a day is in."""
    return next(date(begins.year, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)) if begins.month <= month)


def records(
    sheet: Sheet,
    required: Sequence[str],
    figures: Sequence[str],
    key: Sequence[str] = ("code",),
    fault: Callable[[Record], Fault | None] = lambda record: None,
) -> Iterator[tuple[int, Record]]:
    """Rows that can be read, with their number in the file; footnotes are passed over, every other row refused with its reason."""
    seen: dict[tuple[str, ...], int] = {}
    for number, raw in sheet.records():
        record = {field: _plain(text) for field, text in raw.items()}
        if _footnote(record):
            continue
        natural = tuple(record.get(field, "") for field in key)
        found = _fault(record, required, figures) or fault(record)
        if not found and natural in seen:
            found = (key[0], f"{' '.join(natural).strip()} stands in row {seen[natural]} already")
        if found:
            sheet.refuse(number, *found)
            continue
        seen[natural] = number
        yield number, record


def _plain(text: str) -> str:
    """A cell on one line, without entities; SAS writes '.' where there is nothing."""
    line = " ".join((html.unescape(text) if "&" in text else text).split())
    return "" if line == "." else line


def _footnote(record: Record) -> bool:
    filled = [text for text in record.values() if text]
    return not filled or (len(filled) == 1 and " " in filled[0])


def _fault(record: Record, required: Sequence[str], figures: Sequence[str]) -> Fault | None:
    if "code" in record:
        record["code"] = record["code"].upper()
        if system(record["code"]) is None:
            return "code", f"{record['code'][:40]!r} is not a CPT or HCPCS code"
    for field in required:
        if not record.get(field):
            return field, "it is empty"
    for field in figures:
        try:
            figure(record.get(field, ""))
        except ValueError:
            return field, f"{record[field][:40]!r} is not a number"
    return None
