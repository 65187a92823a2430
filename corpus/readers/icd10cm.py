"""Read ICD-10-CM: the Tabular List XML with its notes, and the order file with every code."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.codes import ICD10CM, dotted
from corpus.model import NOTE, TERM, Code, CorpusError, Document, Passage, Reading, Source, with_ids

if TYPE_CHECKING:
    Element = Any  # lxml ships no types

NOTES = {
    "includes": "Includes",
    "inclusionTerm": "Inclusion terms",
    "excludes1": "Excludes1",
    "excludes2": "Excludes2",
    "codeFirst": "Code first",
    "useAdditionalCode": "Use additional code",
    "codeAlso": "Code also",
    "sevenChrNote": "7th character",
    "notes": "Note",
}
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")


@dataclass
class _Tabular:
    """What a walk over the Tabular List has gathered so far."""

    codes: list[Code] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)


def edition_of(name: str, version: str | None = None) -> date | None:
    """The first day an edition holds: 'April-1-2026' and '2025_april' as named, a bare year from the October before."""
    lower = name.lower().replace("_", "-")
    if found := re.search(rf"({'|'.join(_MONTHS)})-?(?:1-)?(20\d\d)|(20\d\d)-?({'|'.join(_MONTHS)})", lower):
        month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return date(int(year), _MONTHS.index(month) + 1, 1)
    year_found = re.search(r"20\d\d", version or "") or re.search(r"20\d\d", lower)
    return date(int(year_found[0]) - 1, 10, 1) if year_found else None


def _source(path: Path, edition: date | None, kind: str, slug: str) -> Source:
    label = f"{edition:%B %Y}" if edition else "undated"
    return Source(
        id=f"{slug}-{edition:%Y-%m}" if edition else "",
        title=f"{kind}, {label}",
        publication=kind,
        licence="public domain (US government)",
        kind=kind,
        publisher="NCHS and CMS",
        edition=label,
        url="https://www.cdc.gov/nchs/icd/icd-10-cm/files.html",
        jurisdiction="US",
        effective=edition,
        file=path.name,
    )


def _texts(node: "Element", tag: str) -> list[str]:
    return [" ".join("".join(note.itertext()).split()) for part in node.findall(tag) for note in part.findall("note")]


def _note(tag: str, name: str, texts: list[str]) -> str:
    """Write a note as one line; a part that ends in a colon leads the parts after it."""
    body = texts[0]
    for before, text in itertools.pairwise(texts):
        body += (" " if before.endswith(":") else "; ") + text
    if tag in ("sevenChrNote", "notes"):
        return body
    if body.lower().startswith("code") and name.endswith(" code"):  # "Use additional" + "code to identify …"
        return f"{name.removesuffix(' code')} {body}"
    return f"{name}: {body}"


def _note_passages(node: "Element", value: str) -> Iterator[Passage]:
    """One passage for each kind of note, and one term for each phrase that is a synonym of the code."""
    for tag, name in NOTES.items():
        if texts := _texts(node, tag) + (_texts(node, "sevenChrDef") if tag == "sevenChrNote" else []):
            yield Passage(
                id="", kind=NOTE, text=_note(tag, name, texts), locator=f"{value}, {name}", section=tag, codes=((ICD10CM, value),)
            )
    for text in _texts(node, "inclusionTerm"):
        yield Passage(id="", kind=TERM, text=text, locator=f"{value}, inclusion term", codes=((ICD10CM, value),))
    for text in _texts(node, "includes") if node.find("diag") is None else []:  # of a heading they describe many codes
        yield Passage(id="", kind=TERM, text=text, locator=f"{value}, Includes", codes=((ICD10CM, value),))
        if (bare := _essential(text)) != text:
            yield Passage(id="", kind=TERM, text=bare, locator=f"{value}, Includes", codes=((ICD10CM, value),))


def _essential(text: str) -> str:
    """A term without its nonessential modifiers, the words in parentheses (Guidelines I.A.7)."""
    return " ".join(re.sub(r"\([^)]*\)", " ", text).split())


def _walk(node: "Element", parent: str | None, sevenths: dict[str, str], out: _Tabular) -> None:
    """Gather a `diag` and all below it; a 7th-character definition holds for every code under it (Guidelines I.A.5)."""
    value, title = node.findtext("name", "").strip(), " ".join(node.findtext("desc", "").split())
    own = {item.get("char", ""): " ".join((item.text or "").split()) for item in node.findall("sevenChrDef/extension")}
    sevenths = own or sevenths
    below = node.findall("diag")
    complete = not below and not sevenths
    out.codes.append(Code(ICD10CM, value, title, billable=complete, parent=parent))
    out.passages.append(Passage(id="", kind=TERM, text=title, locator=value, codes=((ICD10CM, value),)))
    out.passages += _note_passages(node, value)
    for child in below:
        _walk(child, value, sevenths, out)
    if not below:
        padded = dotted(value.replace(".", "").ljust(6, "X"))
        out.codes += [
            Code(ICD10CM, padded + char, f"{title}, {text}", billable=True, parent=value)
            for char, text in sevenths.items()
            if _takes(padded, char)
        ]


def _takes(stem: str, char: str) -> bool:
    """Tabular List, note at S06: with 6th character 7 or 8 (death) only the initial encounter exists."""
    return not (stem.startswith("S06") and stem[-1] in "78" and char in "DS")


def _tabular(root: "Element") -> _Tabular:
    out = _Tabular()
    for chapter in root.iter("chapter"):
        name, title = f"Chapter {chapter.findtext('name', '')}", chapter.findtext("desc", "")
        out.codes.append(Code(ICD10CM, name, title, billable=False))
        out.passages += (note for note in _note_passages(chapter, name) if note.kind == NOTE)
        for block in chapter.iter("section"):
            value = block.get("id", "")
            below = block.findall("diag")
            alone = any(node.findtext("name", "").strip() == value for node in below)  # a block of one category is that category
            if not alone:
                out.codes.append(Code(ICD10CM, value, block.findtext("desc", ""), billable=False, parent=name))
            out.passages += (note for note in _note_passages(block, value) if note.kind == NOTE)
            for node in below:
                _walk(node, name if alone else value, {}, out)
    return out


def parsed(path: Path) -> "Element":
    """The root of an XML file of NCHS.

    Raises CorpusError where the XML is damaged or declares a document type, in which entities can hide.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise CorpusError(f"the XML is damaged ({error})") from None
    if root.getroottree().docinfo.doctype:
        raise CorpusError("the XML declares a document type, which no file of ICD-10-CM does: download it again from its publisher")
    return root


def read_tabular(path: Path) -> Reading:
    """Read the Tabular List XML: codes to the 7th character, titles, inclusion terms and every instructional note.

    Raises CorpusError where it cannot be trusted or holds no code.
    """
    root = parsed(path)
    found = _tabular(root)
    if not found.codes:
        raise CorpusError("it is a Tabular List without a single code")
    source = _source(path, edition_of(path.stem, root.findtext("version")), "ICD-10-CM Tabular List", "icd-10-cm")
    document = Document(id="", title=source.title, kind="table", passages=with_ids("icd-10-cm", found.passages), url=source.url)
    return Reading(source, (document,), tuple(found.codes))


ORDER_LINE = re.compile(r"^(\d{5}) ([A-Z]\w{2,6})\s+([01]) (.{60}) (.*?)\s*$")


def _order_codes(lines: Iterable[str], remarks: list[str]) -> Iterator[Code]:
    category = ""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = ORDER_LINE.match(line)
        if not found:
            remarks.append(f"line {number} is not in the layout of the order file")
            continue
        bare = found[2]
        category = bare if len(bare) == 3 else category
        parent = None if len(bare) == 3 else dotted(bare[:-1].rstrip("X") if len(bare) == 7 else bare[:-1])
        yield Code(ICD10CM, dotted(bare), found[5], billable=found[3] == "1", parent=parent)


def read_order(path: Path, text: str) -> Reading:
    """Read the order file (CMS fixed width: order, code, billable flag, short title, long title): codes as they held in its year.

    Its titles are those of the Tabular List, which is always there and is what search looks through.
    """
    remarks: list[str] = []
    codes = tuple(_order_codes(text.split("\n"), remarks))
    if not codes:
        raise CorpusError("it holds no line in the layout of the ICD-10-CM order file")
    source = _source(path, edition_of(path.stem), "ICD-10-CM order file", "icd-10-cm-order")
    return Reading(source, codes=codes, remarks=tuple(remarks))
