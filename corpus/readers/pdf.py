"""Read a PDF: its pages' text without running heads, cut under the headings its own outline names."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.chunks import Section, passages
from corpus.model import CorpusError, Document, Reading, Source, with_ids

_ITEM = re.compile(r"^\s*(?:[•▪◦·\uf0b7●○■-]|\(?[a-z0-9]{1,3}[.)]|[A-Z]\.|[IVX]+\.)\s")
_LABEL = re.compile(r"(?:Page\s+)?(?:[IVXLC]+-|Intro-)?\d{1,4}(?:\s+of\s+\d+)?", re.I)
_ENTRY = re.compile(r"(?:\.{4,}\s*|\s)(?:[IVXLC]+-|Intro-)?\d{1,4}\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page with its span in the page's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the outline: level from 0, title, 0-based page."""

    level: int
    title: str
    page: int


def _open(path: Path) -> "tuple[list[str], list[Heading], dict[str, str]]":
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            pages = []
            for page in pdf:
                text = page.get_textpage()
                pages.append(text.get_text_range().replace("\r\n", "\n"))
                text.close()
                page.close()
            return pages, list(_outline(pdf)), pdf.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise CorpusError("it is encrypted: save a copy without a password" if locked else f"it is not a readable PDF ({error})") from None


def _outline(pdf: "object") -> Iterator[Heading]:
    for entry in pdf.get_toc():  # type: ignore[attr-defined]
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            yield Heading(entry.level, " ".join(entry.get_title().split()), page)


def _lines(text: str) -> list[Line]:
    found, at = [], 0
    for raw in text.split("\n"):
        if raw.strip():
            found.append(Line(" ".join(raw.replace("\ufffe", "-").split()), at, at + len(raw)))
        at += len(raw) + 1
    return found


def _shape(line: str) -> str:
    return re.sub(r"\d+|\b[IVX]+-", "#", line)


def furniture(pages: list[list[Line]]) -> set[str]:
    """Shapes of lines that stand at the top or bottom of many pages: running heads, page numbers."""
    edges = Counter(shape for lines in pages for shape in {_shape(line.text) for line in lines[:3] + lines[-2:]})
    return {shape for shape, count in edges.items() if count >= 4 and count >= len(pages) * 0.2}


def is_contents(lines: list[Line]) -> bool:
    """A page of a table of contents: most of its lines end in a page number."""
    return len(lines) > 8 and sum(bool(_ENTRY.search(line.text)) for line in lines) > len(lines) * 0.5


def _flat(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


class Outline:
    """Follow the outline through the pages: which headings stand above a line."""

    def __init__(self, headings: list[Heading]) -> None:
        self._ahead = [heading for heading in headings if not re.search(r"\bfinal$|table of contents", heading.title, re.I)]
        self._path: list[Heading] = []

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(heading.title for heading in self._path)

    def _enter(self, heading: Heading) -> None:
        self._path = [above for above in self._path if above.level < heading.level] + [heading]

    def page(self, number: int) -> None:
        """Enter the headings of earlier pages that no line matched."""
        while self._ahead and self._ahead[0].page < number:
            self._enter(self._ahead.pop(0))

    def match(self, line: str, following: str, number: int) -> int:
        """Enter the heading this line is and return how many lines it takes; 0 where it is none."""
        for at, heading in enumerate(self._ahead):
            if heading.page != number:
                return 0
            title = _flat(heading.title)
            for taken, text in ((1, line), (2, line + following)):
                if title and _flat(text) == title:
                    for skipped in self._ahead[: at + 1]:
                        self._enter(skipped)
                    del self._ahead[: at + 1]
                    return taken
        return 0


def numbering(path: tuple[str, ...]) -> str:
    """The section number a path of headings spells: ('Section I. …', 'C. …', '1. …') is 'Section I.C.1'."""
    head, rest = "", list[str]()
    for title in path:
        named = re.match(r"(Section|Chapter|Appendix|Part|Article)\s+([IVXLC]+|\d+|[A-Z])\b", title, re.I)
        if named and not rest and not head:
            head = f"{named[1].title()} {named[2].upper()}"
            continue
        if number := re.match(r"\(?([A-Z]|\d{1,2}|[a-z]|[ivx]+)[.)]\s", title):
            rest.append(number[1])
    if not head:
        return ""
    joint = ", " if head.startswith("Chapter") else "."
    return head + (joint + ".".join(rest) if rest else "")


def _joined(lines: list[Line]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Join wrapped lines into paragraphs with their anchors; list items and lines after a short line start anew."""
    width = max(len(line.text) for line in lines)
    text, anchors = lines[0].text, [(0, lines[0].start)]
    for before, line in itertools.pairwise(lines):
        ended = len(before.text) < width * (0.85 if before.text[-1] in ".:;?!" else 0.7)
        text += "\n" if ended or _ITEM.match(line.text) else " "
        anchors.append((len(text), line.start))
        text += line.text
    return text, tuple(anchors)


def _sections(pages: list[list[Line]], outline: Outline) -> Iterator[Section]:
    skip = furniture(pages)
    for number, lines in enumerate(pages):
        outline.page(number)
        if is_contents(lines):
            continue
        held: list[Line] = []
        body = [line for line in lines if _shape(line.text) not in skip and not _LABEL.fullmatch(line.text)]
        at = 0
        while at < len(body):
            before = outline.path
            taken = outline.match(body[at].text, body[at + 1].text if at + 1 < len(body) else "", number)
            if held and taken:
                yield _section(before, held, number)
                held = []
            if not taken:
                held.append(body[at])
            at += max(taken, 1)
        if held:
            yield _section(outline.path, held, number)


def _section(path: tuple[str, ...], lines: list[Line], number: int) -> Section:
    locator = numbering(path) or (path[-1] if path else f"p. {number + 1}")
    text, anchors = _joined(lines)
    return Section(path, text, lines[0].start, number + 1, locator, anchors)


def read_pdf(path: Path) -> Reading:
    """Read a PDF as one document, each passage with its page and section.

    Raises CorpusError where it is encrypted, damaged or holds no text (a scan).
    """
    texts, headings, meta = _open(path)
    if sum(len(text.strip()) for text in texts) < 20:
        raise CorpusError(f"its {len(texts)} pages hold images only, no text: run it through OCR first")
    pages = [_lines(text) for text in texts]
    source = _recognised(path, texts, meta)
    cut = with_ids(source.publication + (source.edition or path.name), passages(_sections(pages, Outline(headings))))
    document = Document(id="", title=source.title, kind="guideline" if source.publisher else "policy", passages=cut, url=source.url)
    return Reading(source, (document,))


def _recognised(path: Path, texts: list[str], meta: dict[str, str]) -> Source:
    """Know the official manuals by their first pages; anything else is the user's own file, undated."""
    opening = " ".join(" ".join(texts[:3]).split())
    if re.search(r"ICD-10-CM Official Guidelines for Coding and ?Reporting", opening):
        return _guidelines(path, opening)
    if re.search(r"Medicare NCCI Coding Policy Manual|NCCI Policy Manual for Medicare", opening):
        return _ncci_manual(path, texts, opening)
    title = meta.get("Title", "").strip() or path.stem.replace("_", " ")
    return Source(id="", title=title, publication=title, licence="not stated; supplied by you", kind="pdf", file=path.name)


def _guidelines(path: Path, opening: str) -> Source:
    year = re.search(r"FY\s*(20\d\d)", opening)
    fiscal = int(year[1]) if year else None
    return Source(
        id="",
        title="ICD-10-CM Official Guidelines for Coding and Reporting" + (f", FY {fiscal}" if fiscal else ""),
        publication="ICD-10-CM Official Guidelines",
        licence="public domain (US government)",
        kind="ICD-10-CM guidelines",
        publisher="CMS and NCHS",
        edition=f"FY {fiscal}" if fiscal else None,
        url="https://www.cms.gov/medicare/coding-billing/icd-10-codes",
        jurisdiction="US",
        effective=date(fiscal - 1, 10, 1) if fiscal else None,
        ended=date(fiscal, 9, 30) if fiscal else None,
        file=path.name,
    )


def _ncci_manual(path: Path, texts: list[str], opening: str) -> Source:
    year = re.search(r"January 1, (20\d\d)", opening) or re.search(r"1/1/(20\d\d)", " ".join(texts[:40]))
    edition = year[1] if year else None
    return Source(
        id="",
        title="NCCI Policy Manual for Medicare" + (f", {edition}" if edition else ""),
        publication="NCCI Policy Manual for Medicare",
        licence="public domain (US government); CPT quotations © AMA",
        kind="NCCI policy manual",
        publisher="CMS",
        edition=edition,
        url="https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-policy-manual",
        payer="Medicare",
        jurisdiction="US",
        effective=date(int(edition), 1, 1) if edition else None,
        ended=date(int(edition), 12, 31) if edition else None,
        file=path.name,
    )
