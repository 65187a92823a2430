"""Read modifiers with what contractors say of their use; the AMA's wording of its own modifiers is left in the file.

CPT's modifiers are those of two digits, P1–P6 and 1P–8P (AMA, CPT, Appendix A); all others are HCPCS Level II (CMS).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.codes import MODIFIER
from corpus.model import Code, Document, Entry, Passage, Reading
from corpus.readers.codelists import plain, prose, term, terms_document
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

LICENCE = "test input only: CPT modifier wording © AMA; contractor text: its owner's rights"
WITHHELD = "the AMA's wording of CPT modifiers is left out: their codes and the contractor's instructions are in"
_CPT = re.compile(r"\d[0-9A-Z]|P[1-6]")
_SHAPE = re.compile(r"[A-Z][A-Z0-9]?|\d[0-9A-Z]")  # one letter: half of an ambulance modifier, origin or destination
_NAME = re.compile(r"(?s)(.+?(?:[a-z)]\.|(?=\s*Note:)))\s*(?=[A-Z])")  # the first sentence, where more follows
_PARTS = {"information": "information", "instructions": "instructions for use", "correct": "correct use", "incorrect": "incorrect use"}


@dataclass(slots=True)
class _Modifier:
    title: str
    parts: dict[tuple[str, str], None]  # (heading, text), each once


def _is_cpt(value: str, record: Mapping[str, str]) -> bool:
    return bool(_CPT.fullmatch(value)) or record.get("kind", "").upper() == "CPT"


def _said(record: Mapping[str, str], cpt: bool) -> tuple[str, list[tuple[str, str]]]:
    """What may be kept of a row: its title, and the parts of its text."""
    title = "" if cpt else plain(record["title"])
    parts = [(heading, plain(record.get(field, ""))) for field, heading in _PARTS.items() if not (cpt and field == "information")]
    if found := _NAME.match(title):
        parts.insert(0, ("description", title))
        title = found[1].strip()
    return title, [(heading, text) for heading, text in parts if text]


def _cells(record: Mapping[str, str], title: str, cpt: bool) -> tuple[tuple[str, str], ...]:
    said = {
        "code set": "CPT" if cpt else "HCPCS Level II",
        "name": title,
        "category": record["category"],
        "references": plain(record.get("references", "")),
    }
    return tuple((name, text) for name, text in said.items() if text)


def _rows(sheet: Sheet, found: dict[str, _Modifier]) -> Iterator[Entry]:
    """An entry a row; rows about one modifier, under several categories, add up in `found`."""
    for number, record in sheet.records():
        value = record["code"].upper()
        if not _SHAPE.fullmatch(value):
            sheet.refuse(number, "code", f"{record['code'][:40]!r} is no modifier")
            continue
        cpt = _is_cpt(value, record)
        title, parts = _said(record, cpt)
        if len(value) == 2:
            modifier = found.setdefault(value, _Modifier("", {}))
            modifier.title = modifier.title or title
            modifier.parts |= dict.fromkeys(parts)
        yield Entry(MODIFIER, value, record["category"], _cells(record, title, cpt))


def _documents(found: Mapping[str, _Modifier]) -> Iterator[Document]:
    for value, modifier in found.items():
        passages: Iterable[Passage] = prose(modifier.parts, f"modifier {value}", ((MODIFIER, value),))
        if held := tuple(passages):
            yield Document(f"modifier-{value}", f"Modifier {value}, instructions for use", "reference", held)


def _read(sheet: Sheet, publication: str) -> Reading:
    found: dict[str, _Modifier] = {}
    entries = list(_rows(sheet, found))
    codes = tuple(Code(MODIFIER, value, modifier.title) for value, modifier in found.items())
    source = official(sheet.path, publication, edition_in(sheet.path.name), None, publisher=None, licence=LICENCE)
    names = terms_document(source, (term(code, code.title) for code in codes if code.title))
    withheld = (WITHHELD,) if any(_CPT.fullmatch(code.value) for code in codes) else ()
    return Reading(source, (*names, *_documents(found)), codes, sheet.remarks, (*undated(source), *withheld), entries=entries)


def read_modifiers(sheet: Sheet) -> Reading:
    """Read a contractor's table of modifiers: instructions, correct and incorrect use."""
    return _read(sheet, "Modifiers with instructions")


def read_additional(sheet: Sheet) -> Reading:
    """Read a contractor's list of modifiers by category, some with a description and references."""
    return _read(sheet, "Modifiers by category")


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "Modifiers with instructions",
        {
            "code": ("mod code", "modifier", "modifier code"),
            "kind": ("mod type", "modifier type"),
            "category": ("mod category", "category"),
            "title": ("mod description", "description"),
            "information": ("mod information", "information"),
            "instructions": ("mod instructions", "instructions"),
            "correct": ("mod correct use", "correct use"),
            "incorrect": ("mod incorrect use", "incorrect use"),
            "references": ("mod resources", "resources"),
        },
        ("code", "kind", "category", "title", "correct", "incorrect"),
        read_modifiers,
    ),
    Layout(
        "Modifiers by category",
        {"code": ("modifier",), "category": ("type",), "title": ("description",), "references": ("references",)},
        ("code", "category", "title", "references"),
        read_additional,
        named=r"modif",
    ),
)
