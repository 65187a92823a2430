"""Read the codes of ICD-10-PCS with their titles: tables, the order file, the list of codes."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.codes import ICD10PCS
from corpus.model import TERM, Code, CorpusError, Document, Passage, Reading
from corpus.readers import icd10pcsbook
from corpus.readers.editions import undated
from corpus.readers.icd10pcsbook import pcs_source, plain
from corpus.readers.sheets import Layout, Sheet

_VALUE = r"[0-9B-DF-HX][0-9A-HJ-NP-Z]{6}"  # seven characters without I and O; the first names the section (Convention A2)
_CODE = re.compile(_VALUE)
_ORDER = re.compile(rf"\d{{5}} ({_VALUE}|[0-9B-DF-HX][0-9A-HJ-NP-Z]{{2}})\s+([01]) (.{{60}}) (.*?)\s*")
_LIST = re.compile(rf"({_VALUE})\s+(\S.*)")


def _codes(rows: Iterable[tuple[int, str, str, str, bool | None]], sheet: Sheet) -> list[Code]:
    """Codes from (row, value, long title, short title, billable), each once."""
    found: dict[str, Code] = {}
    for number, value, title, short, billable in rows:
        if not title:
            sheet.refuse(number, "long", f"{value} has no title")
        elif value not in found:
            attributes = (("short", short),) if short and short != title else ()
            found[value] = Code(ICD10PCS, value, title, None, None, billable, value[:3] if value[:3] in found else None, attributes)
        elif found[value].title != title:
            sheet.refuse(number, "code", f"{value} stands twice, with different titles; the first is kept")
    return list(found.values())


def _of_codes(path: Path, codes: list[Code], sheet: Sheet, publication: str = "ICD-10-PCS codes") -> Reading:
    if not codes:
        raise CorpusError("it is a list of ICD-10-PCS codes without a code" + (f" ({sheet.remarks[0]})" if sheet.remarks else ""))
    source = pcs_source(path, publication)
    terms = tuple(
        Passage(id="", kind=TERM, text=code.title, locator=code.value, codes=((ICD10PCS, code.value),))
        for code in codes
        if code.billable is not False
    )
    document = Document(id="", title=source.title, kind="table", passages=terms, url=source.url)
    return Reading(source, (document,), tuple(codes), sheet.remarks, undated(source))


def _sheet_rows(sheet: Sheet) -> Iterator[tuple[int, str, str, str, bool | None]]:
    for number, record in sheet.records():
        value = record["code"].upper()
        if _CODE.fullmatch(value):
            short, flag = plain(record.get("short", "")), record.get("billable", "")
            yield number, value, plain(record["long"]) or short, short, None if not flag else flag.lower() in ("1", "y", "yes", "true")
        else:
            sheet.refuse(number, "code", f"{value[:40]!r} is not an ICD-10-PCS code")


def read_codes(sheet: Sheet) -> Reading:
    """Read a table of codes with their titles."""
    return _of_codes(sheet.path, _codes(_sheet_rows(sheet), sheet), sheet)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _order_rows(text: str, sheet: Sheet) -> Iterator[tuple[int, str, str, str, bool | None]]:
    for number, line in _numbered(text):
        if found := _ORDER.fullmatch(line):
            yield number, found[1], plain(found[4]), plain(found[3]), found[2] == "1"
        else:
            sheet.refuse(number, "line", "it is not in the layout of the order file")


def is_order(head: str, name: str) -> bool:
    """Whether a text begins like the ICD-10-PCS order file."""
    return bool(_ORDER.fullmatch(head.split("\n", 1)[0]))


def read_order(path: Path, text: str) -> Reading:
    """Read the order file (CMS fixed width: order, code or table, flag, short title, long title)."""
    sheet = Sheet(path, {}, {"long": "long title"}, "", iter(()))
    return _of_codes(path, _codes(_order_rows(text, sheet), sheet), sheet, "ICD-10-PCS order file")


def _list_rows(text: str, sheet: Sheet) -> Iterator[tuple[int, str, str, str, bool | None]]:
    for number, line in _numbered(text):
        if found := _LIST.fullmatch(line.rstrip()):
            yield number, found[1], plain(found[2]), "", True
        else:
            sheet.refuse(number, "line", "it does not begin with an ICD-10-PCS code")


def is_list(head: str, name: str) -> bool:
    """Whether a text begins like the list of ICD-10-PCS codes, and is called so: numbers and words alone do not tell."""
    return "pcs" in name and all(_LIST.fullmatch(line.rstrip()) for line in head.split("\n")[:3] if line.strip())


def read_list(path: Path, text: str) -> Reading:
    """Read the list of codes (CMS: code, long title)."""
    sheet = Sheet(path, {}, {"long": "long title"}, "", iter(()))
    return _of_codes(path, _codes(_list_rows(text, sheet), sheet), sheet)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "the ICD-10-PCS codes",
        {
            "code": ("code", "icd 10 pcs code", "icd10pcs code", "pcs code", "procedure code"),
            "billable": ("billable", "valid", "flag"),
            "short": ("short name", "short title", "short description"),
            "long": ("long name", "long title", "long description", "description", "title"),
        },
        ("code", "long"),
        read_codes,
        named="pcs",
    ),
    *icd10pcsbook.LAYOUTS,
)
