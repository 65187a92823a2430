"""Read CPT by licence: the files the AMA delivers to who has bought them. Nothing of them is part of this program."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from corpus.codes import CPT, system_of
from corpus.model import TERM, Code, Document, Passage, Reading, with_ids
from corpus.readers.editions import Edition, edition_in, official
from corpus.readers.sheets import Layout, Row, Sheet

KIND = "CPT (licensed)"
NOTICE = "CPT © American Medical Association. All rights reserved. Licensed to you; not for redistribution."
_URL = "https://www.ama-assn.org/practice-management/cpt"
_OFFICIAL = ("long", "medium", "short")  # AMA, CPT data files: the descriptors of a code, the fullest first
_WORDINGS = (*_OFFICIAL, "consumer", "clinician")
_MEDIUM, _SHORT = 48, 28  # characters these descriptors have at most

_LINE = re.compile(r"(\d{4}[0-9A-Z])[ \t]+(?=.*[A-Za-z]{2})([^\t]+)")
_OWNER = re.compile(r"American\s+Medical\s+Association", re.I)
_NAMED = re.compile(r"(?<![a-z])(long|med|short)(?:u[lft]*|ium)?(?![a-z])", re.I)  # LONGULT.txt, MEDU.txt, SHORTU.txt
_COLUMNS = {
    "code": ("cpt code", "cpt codes", "cpt"),
    "long": ("long", "long descriptor", "long description", "cpt long descriptor", "cpt descriptor"),
    "medium": ("medium", "medium descriptor", "medium description", "cpt medium descriptor"),
    "short": ("short", "short descriptor", "short description", "cpt short descriptor"),
    "consumer": ("consumer", "consumer descriptor", "consumer friendly descriptor"),
    "clinician": ("clinician", "clinician descriptor"),
    "descriptor": ("descriptor",),
    "concept": ("concept id",),
    "number": ("clinician descriptor id",),
}


def read_licensed(sheet: Sheet) -> Reading:
    """Read descriptors of CPT, a row a code; of the clinician's wordings a code has several."""
    _name_descriptor(sheet)
    wordings = [name for name in _WORDINGS if name in sheet.at]
    which = f"{wordings[0]} " if len(wordings) == 1 else ""
    edition = edition_in(sheet.path.name) or _edition(" ".join([*reversed(sheet.path.parts[-4:-1]), sheet.above]))
    more = {"publisher": "AMA", "licence": NOTICE, "kind": KIND}
    source = official(sheet.path, f"CPT {which}descriptors (licensed)", edition, _URL, **more)
    codes: dict[str, Code] = {}
    terms: list[Passage] = []
    for code, passages in _rows(sheet, wordings):
        codes.setdefault(code.value, code)
        terms += passages
    document = Document(id="", title=source.title, kind="table", passages=with_ids("cpt", terms), url=_URL)
    hints = () if edition else (_unsure(sheet.above),)
    return Reading(source, (document,) if terms else (), tuple(codes.values()), sheet.remarks, hints)


def _name_descriptor(sheet: Sheet) -> None:
    """A column headed "Descriptor" is the consumer's where concepts are numbered, else the code's own."""
    name = "consumer" if "concept" in sheet.at else "long"
    if "descriptor" in sheet.at and name not in sheet.at:
        sheet.at = {name if field == "descriptor" else field: at for field, at in sheet.at.items()}


def _rows(sheet: Sheet, wordings: list[str]) -> Iterator[tuple[Code, list[Passage]]]:
    """A row's code and the texts that name it; a row that says again what one above it says is refused."""
    seen: set[tuple[str, ...]] = set()
    said: set[tuple[str, str]] = set()
    for number, record in sheet.records():
        value = record["code"].upper()
        texts = {name: _plain(record[name]) for name in wordings}
        key = (value, *texts.values()) if "clinician" in texts else (value,)
        if system_of(value) != CPT:
            sheet.refuse(number, "code", f"{value[:20]!r} is not a CPT code of five characters (a spreadsheet drops zeros in front)")
        elif not any(texts.values()):
            sheet.refuse(number, wordings[0], f"{value} has no descriptor")
        elif key in seen:
            sheet.refuse(number, "code", f"{value} stands in a row above it already")
        else:
            seen.add(key)
            locator = f"row {value}" + (f", descriptor {record['number']}" if record.get("number") else "")
            new = [text for text in dict.fromkeys(texts.values()) if text and (value, text) not in said]
            said.update((value, text) for text in new)
            yield _code(value, texts), [Passage("", TERM, text, locator, codes=((CPT, value),)) for text in new]


def _plain(cell: str) -> str:
    return " ".join((unescape(cell) if "&" in cell and ";" in cell else cell).split())


def _code(value: str, texts: dict[str, str]) -> Code:
    """A code with its fullest official descriptor; of a consumer's or a clinician's wording none is the code's title."""
    title = next((text for name in _OFFICIAL if (text := texts.get(name, ""))), "")
    return Code(CPT, value, title)


def _edition(above: str) -> Edition | None:
    """The year the folder or the notice gives the code set ("CPT 2026", "2026 CPT")."""
    found = re.search(r"\bCPT(?:®|\(R\))?[\s_-]+(20\d\d)\b|\b(20\d\d)[\s_-]+CPT(?![a-z])", above, re.I)
    year = int(found[1] or found[2]) if found else 0
    return edition_in(str(year)) if year else None


def _unsure(above: str) -> str:
    """The AMA's copyright is of the year before the one a code set is for: a sign of it, and no more than that."""
    years = [int(year) for year in re.findall(r"(?:copyright|©|\(c\))\s*(?:19\d\d\s*[-–]\s*)?(20\d\d)", above, re.I)]
    said = f"its notice is of {max(years)}, as that of CPT {max(years) + 1} would be" if years else "it states no edition"
    year = max(years) + 1 if years else "YYYY"
    return f"{said}: state it with --edition {year} --effective {year}-01-01"


def _needing(name: str) -> Layout:
    return Layout(f"CPT descriptors ({name})", _COLUMNS, ("code", name), read_licensed)


LAYOUTS: tuple[Layout, ...] = tuple(_needing(name) for name in (*_WORDINGS, "descriptor"))


def _shows(head: str, name: str) -> bool:
    """Whether a text is a notice of the AMA, or has the name of one of its files, and then code after code with its words."""
    lines = head.split("\n")[:-1] or [head]
    held = [line for line in lines[_first(lines) :] if line.strip()]
    coded = sum(bool(_LINE.fullmatch(line)) for line in held)
    return coded > len(held) * 0.5 and bool(_OWNER.search(head) or _NAMED.search(name))


def _first(lines: list[str]) -> int:
    """Where the codes begin: in the paragraph of an address a line may look like one, with words before it and no code after it."""
    coded = [bool(_LINE.fullmatch(line)) for line in lines]
    for at, here in enumerate(coded):
        if here and (at == 0 or not lines[at - 1].strip() or any(coded[at + 1 : at + 2])):
            return at
    return coded.index(True) if any(coded) else len(lines)


def _read(path: Path, text: str) -> Reading:
    """Read a code and its descriptor a line, below a notice, as LONGULT.txt, MEDU.txt and SHORTU.txt have them."""
    lines = text.split("\n")
    at = _first(lines)
    rows: list[tuple[int, Row]] = [(number, _parts(line)) for number, line in enumerate(lines[at:], at + 1) if line.strip()]
    wording = _wording(path.name, [row[1] for _, row in rows])
    headings = {"code": "CPT code", wording: f"{wording} descriptor"}
    return read_licensed(Sheet(path, {"code": 0, wording: 1}, headings, "\n".join(lines[:at]), iter(rows)))


def _parts(line: str) -> tuple[str, str]:
    found = re.match(r"(\S+)[ \t]*(.*)", line.strip())
    return (found[1], found[2]) if found else (line, "")


def _wording(name: str, texts: list[str]) -> str:
    """Which descriptors a file holds: its name says so, else how long they are."""
    if found := _NAMED.search(name):
        return {"long": "long", "med": "medium", "short": "short"}[found[1].lower()]
    longest = max(map(len, texts), default=0)
    return "long" if longest > _MEDIUM else "medium" if longest > _SHORT else "short"


LICENSED_FIXED = ((KIND, _shows, _read),)
