"""Read the ICD-10-CM Table of Drugs, Table of Neoplasms, index of external causes and Alphabetic Index."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from corpus.codes import ICD10CM
from corpus.model import TERM, CorpusError, Document, Entry, Passage, Reading, Source, UnknownLayout
from corpus.readers.editions import Edition, official, undated
from corpus.readers.icd10cm import edition_of, parsed
from corpus.readers.sheets import Sheet

if TYPE_CHECKING:
    Element = Any  # lxml ships no types

DRUG, NEOPLASM, EXTERNAL_CAUSE, INDEX = "drug", "neoplasm", "external cause", "index"  # systems of their entries
_URL = "https://www.cdc.gov/nchs/icd/icd-10-cm/files.html"
_CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{0,4})?-?")  # a dash: characters must follow (Guidelines I.A.4)
_SWALLOWED = re.compile(r"(.*\S)\s+([A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4})")  # a code printed as part of the words before it
_INFLECTED = re.compile(r"(?:(?<=, )|^)((\w{3})\w*)(?:, \2\w*)+$", re.I)  # "abdomen, abdominal": cross references name the first
_ELSEWHERE = re.compile(r" (?:nec|nos)(?=,|$)")
_POINTERS = {"see": "see", "seeAlso": "see also", "seecat": "see category"}
_CODED = {"cell", "code", "subcat"}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the indexes: how it is known, named and cited."""

    shows: str  # in the first heading of its columns, or in its title
    system: str
    publication: str
    cited: str


_KINDS = (
    _Kind("substance", DRUG, "ICD-10-CM Table of Drugs and Chemicals", "Table of Drugs"),
    _Kind("neoplasm", NEOPLASM, "ICD-10-CM Table of Neoplasms", "Table of Neoplasms"),
    _Kind("external cause", EXTERNAL_CAUSE, "ICD-10-CM External Cause of Injuries Index", "External Cause Index"),
    _Kind("disease", INDEX, "ICD-10-CM Index to Diseases and Injuries", "Alphabetic Index"),
)


@dataclass(frozen=True, slots=True)
class _Title:
    """A term's own words: as printed, without nonessential modifiers, and as cross references name it."""

    printed: str
    essential: str
    said: str
    modifiers: str


@dataclass(frozen=True, slots=True)
class _Term:
    """A term under its path: what it is called, and the cells beside it."""

    titles: tuple[_Title, ...]
    cells: tuple[tuple[str, str], ...]
    leads: tuple[str, str] | None  # the first column that holds a code, and the code without its dash

    @property
    def said(self) -> str:
        return ", ".join(title.said for title in self.titles)

    @property
    def text(self) -> str:
        return ", ".join([*(title.said for title in self.titles[:-1]), self.titles[-1].essential])

    @property
    def printed(self) -> str:
        return ", ".join(title.printed for title in self.titles)


class _Walk:
    """A walk over one index: every term once, and what could not be read."""

    def __init__(self, path: Path, root: "Element", kind: _Kind) -> None:
        self.kind = kind
        self.refused = Sheet(path, {}, {}, "", iter(()))
        self._heads: Mapping[str, str] = {head.get("col", ""): _words(head) for head in root.findall("indexHeading/head")}
        self._first = self._heads.get("1", "term").lower()

    def terms(self, node: "Element", above: tuple[_Title, ...] = ()) -> Iterator[_Term]:
        """A term and all below it; one with a cell that cannot be read is refused, and those below it stand."""
        title, swallowed = self._title(node)
        path = (*above, title)
        try:
            if not title.printed:
                self._refuse(node, "title", "the term has none")
            cells = [*self._cells(node), *([("code", swallowed)] if swallowed else [])]
            leads = next(((name, _bare(text)) for name, text in cells if name not in _POINTERS.values() and _CODE.fullmatch(text)), None)
            yield _Term(path, ((self._first, ", ".join(each.printed for each in path)), *cells), leads)
        except ValueError:
            pass  # said why
        for below in node.findall("term"):
            yield from self.terms(below, path)

    def _title(self, node: "Element") -> tuple[_Title, str]:
        """A term's title, and the code that its words swallowed where a misprint left none beside it."""
        element = node.find("title")
        printed, essential, modifiers = ("", "", "") if element is None else _spelled(element)
        misprint = None if node.xpath("cell|code|see|seeAlso|term") else _SWALLOWED.fullmatch(essential)
        if misprint:
            printed, essential = printed.removesuffix(misprint[2]).rstrip(), misprint[1]
        said = essential if self.kind.system == DRUG else _INFLECTED.sub(r"\1", essential)
        return _Title(printed, essential, said, modifiers), misprint[2] if misprint else ""

    def _cells(self, node: "Element") -> Iterator[tuple[str, str]]:
        """What stands beside a term; ValueError, the term refused, where a code is none."""
        for child in node.iterchildren(*_CODED, *_POINTERS, "manif"):
            name, text = self._name(child), _words(child)
            if not text.strip("-"):
                continue  # the table has no code for it
            if child.tag in _CODED and not _CODE.fullmatch(text):
                self._refuse(child, name, f"{text[:40]!r} is not an ICD-10-CM code")
            yield name, text

    def _refuse(self, element: "Element", column: str, why: str) -> NoReturn:
        self.refused.refuse(element.sourceline, column, why)
        raise ValueError(why)

    def _name(self, child: "Element") -> str:
        if child.tag == "cell":
            return self._heads.get(child.get("col", ""), f"column {child.get('col')}")
        if child.tag == "manif":  # the Alphabetic Index prints the code of a manifestation in brackets (Guidelines I.A.7)
            return "manifestation code" if _CODE.fullmatch(_words(child)) else "in brackets"
        return {"code": "code", "subcat": "subcategory"}.get(child.tag) or _POINTERS[child.tag]


def _words(element: "Element") -> str:
    return " ".join("".join(element.itertext()).split())


def _bare(code: str) -> str:
    return code.rstrip("-").rstrip(".")


def _spelled(title: "Element") -> tuple[str, str, str]:
    """A title as printed, without its nonessential modifiers (Guidelines I.A.7), and those alone."""
    printed = essential = title.text or ""
    modifiers = []
    for part in title:
        held, tail = _words(part), part.tail or ""
        if part.tag == "nemod":
            modifiers.append(held)
            printed += f"{held}{tail}" if re.fullmatch(r"\(e?s\)", held) else f" {held}{tail}"
            essential += f" {tail}"
        else:
            printed, essential = printed + held + tail, essential + held + tail
    tidy = [re.sub(r" (?=[,;])", "", " ".join(text.split())) for text in (printed, essential)]
    return tidy[0], tidy[1] or tidy[0].strip("()"), " ".join(modifiers)


def entry_code(path: str) -> str:
    """The code of a term's entry, from its path: 'Neoplasm, skin NOS, ear' and the cross reference to 'Neoplasm, skin, ear' are one."""
    return _ELSEWHERE.sub("", " ".join(path.lower().split()))


def _entry(term: _Term, kind: _Kind) -> Entry:
    """A term's row; a note in the place of a term belongs to the term above it."""
    note, above = term.titles[-1].printed, ", ".join(title.said for title in term.titles[:-1])
    if above and note.startswith("Note:"):
        return Entry(kind.system, entry_code(above), "note", (("note", note.removeprefix("Note:").strip()),))
    return Entry(kind.system, entry_code(term.said), term.titles[-1].modifiers, term.cells)


def _passage(term: _Term, leads: tuple[str, str], kind: _Kind) -> Passage:
    column, value = leads
    above = (term.printed if term.printed != term.text else "", column if column not in ("code", "subcategory") else "")
    return Passage(
        id="",
        kind=TERM,
        text=term.text,
        locator=f"{kind.cited}, {term.said}",
        section=" › ".join(part for part in above if part),
        codes=((ICD10CM, value),),
    )


def _source(path: Path, root: "Element", kind: _Kind) -> Source:
    begins = edition_of(path.stem, root.findtext("version"))
    edition = Edition(f"{begins:%B %Y}", begins) if begins else None
    return official(path, kind.publication, edition, _URL, publisher="NCHS")


def read_index(path: Path) -> Reading:
    """Read an index XML: an entry for every term with all its columns, and a passage for every term that leads to a code.

    `entry_code` gives an entry's code from a term's path or from a cross reference.
    Raises CorpusError where the XML is damaged, and UnknownLayout where it is none of the known indexes.
    """
    root = parsed(path)
    name = f"{root.findtext('indexHeading/head') or ''} {root.findtext('title') or ''}".strip()
    kind = next((kind for kind in _KINDS if kind.shows in name.lower()), None)
    if kind is None:
        raise UnknownLayout(f"it is an index of ICD-10-CM that cannot be read yet ({name[:60] or 'without a title'})")
    walk = _Walk(path, root, kind)
    terms = [term for main in root.iterfind("letter/mainTerm") for term in walk.terms(main)]
    if not terms:
        why = f" ({walk.refused.remarks[0]})" if walk.refused.remarks else ""
        raise CorpusError(f"it is an index without a single term that can be read{why}")
    source = _source(path, root, kind)
    passages = tuple(_passage(term, term.leads, kind) for term in terms if term.leads)
    document = Document(id="", title=source.title, kind="table", passages=passages, url=source.url)
    entries = [_entry(term, kind) for term in terms]
    return Reading(source, (document,), remarks=walk.refused.remarks, hints=undated(source), entries=entries)
