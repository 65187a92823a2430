"""Read CDC's vaccine codes (CVX): names, status, trade names and the CPT codes of each, as tables or as CDC's text between bars."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import unescape
from pathlib import Path

from corpus.codes import CPT, CVX, HCPCS, system_of
from corpus.model import TERM, Code, CorpusError, Document, Entry, Passage, Reading
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Row, Sheet

_URL = "https://www.cdc.gov/iis/code-sets/"
_STATUS = r"\s*(?:Active|Inactive|Never Active|Non-US|Pending)\s*"
_CELL = r"[^|\n]*\|"
Record = dict[str, str]
Pairs = list[tuple[str, str]]  # (system, value) of the codes that bill a vaccine


def _words(cell: str) -> str:
    return " ".join((unescape(cell) if "&" in cell and ";" in cell else cell).split())


def _each(texts: Iterable[str]) -> list[str]:
    """Texts on one line, each once however it is written, blank ones left out."""
    found: dict[str, str] = {}
    for text in map(_words, texts):
        found.setdefault(text.casefold(), text)
    return [text for text in found.values() if text]


def _parts(cell: str) -> list[str]:
    """What a cell lists between semicolons."""
    return _each((unescape(cell) if "&" in cell else cell).split(";"))


def _cvx(sheet: Sheet, number: int, record: Record) -> str | None:
    """A CVX code as CDC writes it, of two digits at least; None and the row refused where it is none."""
    if re.fullmatch(r"\d{1,3}", record["cvx"]):
        return record["cvx"].zfill(2)
    sheet.refuse(number, "cvx", f"{record['cvx'][:40] or 'no code'!r} is not a CVX code")
    return None


def _billed(sheet: Sheet, number: int, record: Record) -> Pairs | None:
    """The CPT and HCPCS codes of a row; None and the row refused where one of them is none."""
    values = [value.upper() for value in _parts(record.get("cpt", ""))]
    found = [(system, value) for value in values if (system := system_of(value)) in (CPT, HCPCS)]
    if len(found) == len(values):
        return [(system or "", value) for system, value in found]
    sheet.refuse(number, "cpt", f"{record['cpt'][:40]!r} is not a CPT or HCPCS code")
    return None


def _rows(sheet: Sheet) -> Iterator[tuple[int, Record, str, Pairs]]:
    """Rows with their CVX code ('' where they have none) and the codes that bill it."""
    for number, record in sheet.records():
        cvx = _cvx(sheet, number, record) if record["cvx"] else ""
        billed = _billed(sheet, number, record) if cvx is not None else None
        if cvx is not None and billed is not None:
            yield number, record, cvx, billed


def _terms(texts: Iterable[str], cvx: str, billed: Iterable[tuple[str, str]]) -> Iterator[Passage]:
    """Each name under the CVX code and under every code that bills it: people ask which CPT code a trade name has."""
    for text in _each(texts):
        if cvx:
            yield Passage(id="", kind=TERM, text=text, locator=f"CVX {cvx}", codes=((CVX, cvx),))
        for pair in billed:
            yield Passage(id="", kind=TERM, text=text, locator=f"CVX {cvx}, {pair[1]}" if cvx else pair[1], codes=(pair,))


def _filled(*cells: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in cells if text)


def _reading(sheet: Sheet, publication: str, terms: Sequence[Passage], codes: Sequence[Code], entries: Sequence[Entry]) -> Reading:
    source = official(sheet.path, publication, edition_in(sheet.path.name), _URL, publisher="CDC")
    document = Document(id="", title=source.title, kind="table", passages=tuple(terms), url=source.url)
    return Reading(source, (document,) * bool(terms), tuple(codes), sheet.remarks, undated(source), entries=entries)


def read_vaccines(sheet: Sheet) -> Reading:
    """Read CVX codes, with the CPT codes and trade names of each where the table has them.

    Source: CDC, IIS code sets, CVX: vaccines administered.
    """
    codes: dict[str, Code] = {}
    terms: list[Passage] = []
    entries: list[Entry] = []
    for number, record, cvx, billed in _rows(sheet):
        full = _words(record["full"] or record["short"])
        if not (cvx and full):
            sheet.refuse(number, "full" if cvx else "cvx", "it has no name" if cvx else "it has no CVX code")
            continue
        trade, groups, status = _parts(record.get("trade", "")), ", ".join(_parts(record.get("groups", ""))), record["status"]
        codes[cvx] = Code(CVX, cvx, full, attributes=_filled(("status", status), ("group", groups)))
        terms += _terms((full, record["short"], *trade), cvx, billed)
        about = (("status", status), ("vaccine groups", groups), ("trade names", "; ".join(trade)), ("note", record.get("note", "")))
        entries.append(Entry(CVX, cvx, "", _filled(("billed as", ", ".join(value for _, value in billed)), *about)))
        entries += [Entry(system, value, f"CVX {cvx}", _filled(("vaccine", full), ("CVX", cvx), *about)) for system, value in billed]
    return _reading(sheet, "CVX", terms, list(codes.values()), entries)


def read_billing(sheet: Sheet) -> Reading:
    """Read which CVX code a CPT code means; CDC's column of CPT descriptors, which are the AMA's, is left out.

    Source: CDC, IIS code sets, CPT codes mapped to CVX codes: of several vaccines the one of unspecified formulation.
    """
    terms: list[Passage] = []
    entries: list[Entry] = []
    for number, record, cvx, billed in _rows(sheet):
        if len(billed) != 1:
            sheet.refuse(number, "cpt", f"{record['cpt'][:40]!r} is not one code")
            continue
        name, (system, value) = _words(record["short"]), billed[0]
        terms += _terms((name,), cvx, billed)
        about = (("vaccine", name), ("status", record.get("status", "")), ("note", record.get("note", "")))
        entries.append(Entry(system, value, f"CVX {cvx}" if cvx else "", _filled(("CVX", cvx), *about)))
        entries += [Entry(CVX, cvx, value, _filled(("billed as", value), *about))] if cvx else []
    return _reading(sheet, "CPT codes mapped to CVX", terms, (), entries)


def read_trade_names(sheet: Sheet) -> Reading:
    """Read trade names with their CVX code and manufacturer.

    Source: CDC, IIS code sets, product names mapped to CVX and MVX codes.
    """
    terms: list[Passage] = []
    entries: list[Entry] = []
    for number, record in sheet.records():
        cvx, name = _cvx(sheet, number, record), _words(record["trade"])
        if cvx and not name:
            sheet.refuse(number, "trade", f"CVX {cvx} has no trade name")
        elif cvx:
            terms += _terms((name,), cvx, ())
            made = (("vaccine", record["short"]), ("manufacturer", record["maker"]), ("status", record.get("status", "")))
            entries.append(Entry(CVX, cvx, name, _filled(("trade name", name), *made)))
    return _reading(sheet, "Vaccine trade names", terms, (), entries)


_FIELDS = {
    "cvx": ("cvx code", "cvx"),
    "short": ("cvx short name", "cvx short description", "short description", "vaccine name"),
    "full": ("cvx full name", "full vaccine name"),
    "status": ("status", "vaccine status", "vaccinestatus", "cpt code status", "product name status"),
    "cpt": ("cpt codes", "cpt code", "cpt"),
    "groups": ("vaccine groups", "vaccine group"),
    "trade": ("trade names", "cdc product name", "product name"),
    "note": ("note", "notes", "comments"),
    "maker": ("manufacturer", "manufacturer name"),
}


def _layout(name: str, needed: tuple[str, ...], read: Callable[[Sheet], Reading]) -> Layout:
    return Layout(name, _FIELDS, needed, read)


LAYOUTS = (
    _layout("CVX", ("cvx", "short", "full", "status"), read_vaccines),
    _layout("CPT codes mapped to CVX", ("cpt", "cvx", "short"), read_billing),
    _layout("Vaccine trade names", ("trade", "cvx", "short", "maker"), read_trade_names),
)


def _barred(
    name: str, line: str, fields: Sequence[str], read: Callable[[Sheet], Reading]
) -> tuple[str, Callable[[str, str], bool], Callable[[Path, str], Reading]]:
    """A row of the table of texts: CDC's lines between bars have no header, so their first line tells what they are."""
    pattern = re.compile(line, re.I)
    at = {field: place for place, field in enumerate(fields) if field}

    def opened(path: Path, text: str) -> Reading:
        rows: Iterator[tuple[int, Row]] = ((number, row.split("|")) for number, row in enumerate(text.split("\n"), 1))
        sheet = Sheet(path, at, {field: f"column {place + 1}" for field, place in at.items()}, "", rows)
        reading = read(sheet)
        if not (reading.rows or reading.codes):
            why = f" ({sheet.remarks[0]})" if sheet.remarks else ""
            raise CorpusError(f"it has the lines of {name} but none that can be read{why}")
        return reading

    return name, lambda head, _: bool(pattern.match(head.lstrip("\n"))), opened


VACCINE_TEXTS = (  # cvx.txt, cpt.txt and TRADENAME.txt
    _barred(
        "CVX",
        rf"\s*\d{{2,3}}\s*\|{_CELL * 3}{_STATUS}\|\s*(?:True|False)\s*\|",
        ("cvx", "short", "full", "note", "status"),
        read_vaccines,
    ),
    _barred(
        "CPT codes mapped to CVX",
        rf"\s*\d{{4}}[0-9A-Z]\s*\|{_CELL * 3}\s*\d{{0,3}}\s*\|{_CELL * 2}\s*\d*\s*\|?\s*(?:\n|$)",
        ("cpt", "", "", "short", "cvx", "note"),
        read_billing,
    ),
    _barred(
        "Vaccine trade names",
        rf"{_CELL * 2}\s*\d{{2,3}}\s*\|{_CELL}\s*[A-Z]{{2,4}}\s*\|{_STATUS}\|{_STATUS}\|",
        ("trade", "short", "cvx", "maker", "", "", "status"),
        read_trade_names,
    ),
)
