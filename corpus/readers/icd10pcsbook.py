"""Read what goes with the codes of ICD-10-PCS: the index, the guidelines and the definitions of root operations."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

from corpus.chunks import Section, passages
from corpus.codes import ICD10PCS
from corpus.model import TERM, Document, Entry, Passage, Reading, Source
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

PROCEDURE = "procedure"  # system of the index's entries
_SECTIONS = {
    "0": "Medical and Surgical",
    "1": "Obstetrics",
    "2": "Placement",
    "3": "Administration",
    "4": "Measurement and Monitoring",
    "5": "Extracorporeal or Systemic Assistance and Performance",
    "6": "Extracorporeal or Systemic Therapies",
    "7": "Osteopathic",
    "8": "Other Procedures",
    "9": "Chiropractic",
    "B": "Imaging",
    "C": "Nuclear Medicine",
    "D": "Radiation Therapy",
    "F": "Physical Rehabilitation and Diagnostic Audiology",
    "G": "Mental Health",
    "H": "Substance Abuse Treatment",
    "X": "New Technology",
}
_URL = "https://www.cms.gov/medicare/coding-billing/icd-10-codes"


def plain(text: str) -> str:
    """A cell's text on one line, its HTML entities read."""
    return " ".join((unescape(text) if "&" in text else text).split())


def pcs_source(path: Path, publication: str) -> Source:
    """A publication of ICD-10-PCS in the edition the file's name states; a year is a fiscal year."""
    return official(path, publication, edition_in(path.stem, fiscal=True), _URL)


# The index


def _index_lines(term: str, content: str) -> Iterator[tuple[tuple[str, ...], str, str, str]]:
    """(path, 'see' or 'use' or '', where to, code or how it begins) for each line that leads somewhere; tabs say what stands below what."""
    above: list[str] = []
    for line in content.split("\n"):
        words = line.strip()
        depth = len(line) - len(line.lstrip("\t"))
        code = re.search(r"\*\*([0-9A-Z]{3,7})\*\*$", words)
        words = words[: code.start()].rstrip() if code else words.removesuffix("(continued)").rstrip()
        label, verb, target = [*re.split(r"(?:^|(?<=\s))(see also|see|use)\s+(?=[A-Z0-9])", words, maxsplit=1), "", ""][:3]
        if label.strip():
            above = [*above[:depth], plain(label)]
        path = (term, *above) if label.strip() else (term, *above[:depth])
        if verb or code:
            yield path, verb, plain(target), code[1] if code else ""


def index_code(path: str) -> str:
    """The code of the entries for a term of the index, from its path: 'Bypass, Artery, Coronary'."""
    return " ".join(path.lower().split())


def _index_entry(path: tuple[str, ...], verb: str, target: str, code: str) -> Entry:
    cells = (("term", ", ".join(path)), (verb, target), ("code" if len(code) == 7 else "code begins", code))
    return Entry(PROCEDURE, index_code(", ".join(path)), target or code, tuple(cell for cell in cells if all(cell)))


def _index_passage(path: tuple[str, ...], verb: str, target: str, code: str) -> Passage:
    said = ", ".join(path)
    text = f"{said}, {verb} {target}" if verb else said
    return Passage(id="", kind=TERM, text=text, locator=f"ICD-10-PCS Index, {said}", codes=((ICD10PCS, code),))


def read_pcs_index(sheet: Sheet) -> Reading:
    """Read the index: an entry for every line that leads somewhere, and a passage for every line with a code or the table of one."""
    lines: list[tuple[tuple[str, ...], str, str, str]] = []
    for number, record in sheet.records():
        term = plain(record["term"].strip().removesuffix("(continued)"))
        if term and record["content"]:
            lines += _index_lines(term, record["content"])
        else:
            sheet.refuse(number, "content" if term else "term", f"nothing stands beside {term[:40]!r}" if term else "the row has no term")
    lines = list(dict.fromkeys(lines))
    source = pcs_source(sheet.path, "ICD-10-PCS Index")
    terms = tuple(_index_passage(*line) for line in lines if line[3])
    document = Document(id="", title=source.title, kind="table", passages=terms, url=source.url)
    return Reading(source, (document,), hints=undated(source), entries=[_index_entry(*line) for line in lines])


# Prose


def _prose(sheet: Sheet, publication: str, sections: Iterable[tuple[tuple[str, ...], str, str]]) -> Reading:
    """A document of (headings, locator, text)."""
    source = pcs_source(sheet.path, publication)
    placed, at = [], 0
    for path, locator, text in sections:
        placed.append(Section(path, text, at, locator=locator))
        at += len(text) + 2
    document = Document(id="", title=source.title, kind="guideline", passages=tuple(passages(placed)), url=source.url)
    return Reading(source, (document,) if placed else (), hints=undated(source))


def _unwrapped(text: str) -> str:
    """Lines that a page's width broke, joined; an example, an item of a list, a heading and a sentence stand on lines of their own."""
    lines: list[str] = []
    for line in map(plain, text.split("\n")):
        if lines and line and not re.match(r"Examples?:|•|\d+\. |[a-z]\. ", line) and not lines[-1].endswith((".", ":", "**")):
            lines[-1] += f" {line}"
        elif line:
            lines.append(line)
    return "\n".join(lines).replace("**", "")


def _guidelines(sheet: Sheet) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for number, record in sheet.records():
        if record["index"] and (text := _unwrapped(record["content"])):
            path = tuple(dict.fromkeys(filter(None, (plain(record["section"]), plain(record.get("type", ""))))))
            yield path, f"ICD-10-PCS Guideline {record['index']}", text
        else:
            sheet.refuse(number, "content" if record["index"] else "index", "it is empty")


def read_guidelines(sheet: Sheet) -> Reading:
    """Read the Official Guidelines for Coding and Reporting of ICD-10-PCS, a row a guideline."""
    return _prose(sheet, "ICD-10-PCS Official Guidelines", _guidelines(sheet))


def _operations(sheet: Sheet) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for number, record in sheet.records():
        name, definition = plain(record["name"]), plain(record["definition"])
        if not (name and definition):
            sheet.refuse(number, "definition" if name else "name", "it is empty")
            continue
        section = _SECTIONS.get(record["section"], f"section {record['section']}")
        more = (("Explanation", plain(record["explanation"])), ("Examples", plain(record.get("examples", ""))))
        said = [f"{name}: {definition}", *(f"{label}: {text}" for label, text in more if text)]
        path = (section, f"Root operation {name}, character value {record['code']}")
        yield path, f"ICD-10-PCS root operation {name}, {section}", "\n".join(f"{line.rstrip('.')}." for line in said)


def read_operations(sheet: Sheet) -> Reading:
    """Read the definitions of root operations; one that two sections share stands in each."""
    return _prose(sheet, "ICD-10-PCS root operations", _operations(sheet))


LAYOUTS: tuple[Layout, ...] = (
    Layout("the ICD-10-PCS Index", {"term": ("term",), "content": ("content",)}, ("term", "content"), read_pcs_index, named="pcs"),
    Layout(
        "the ICD-10-PCS guidelines",
        {"section": ("section",), "type": ("type",), "index": ("idx", "index", "guideline"), "content": ("content", "text")},
        ("section", "index", "content"),
        read_guidelines,
        named="pcs",
    ),
    Layout(
        "the ICD-10-PCS root operations",
        {
            "section": ("section",),
            "code": ("code",),
            "name": ("value", "root operation", "name"),
            "definition": ("definition",),
            "explanation": ("explanation",),
            "examples": ("examples", "includes examples"),
        },
        ("section", "code", "name", "definition", "explanation"),
        read_operations,
        named="pcs|root",
    ),
)
