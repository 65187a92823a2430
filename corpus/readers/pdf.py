"""Read a PDF: its pages' text without running heads, cut under the headings its own outline names."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.chunks import Section, passages
from corpus.model import CorpusError, Document, Reading, with_ids
from corpus.pdfium import LOCK, Pdf, opened, turned
from corpus.readers.outline import Heading, Outline, numbering
from corpus.readers.publications import recognised

_ITEM = re.compile(r"^\s*(?:[•▪◦·\uf0b7●○■-]|\(?[a-z0-9]{1,3}[.)]|[A-Z]\.|[IVX]+\.)\s")
_LABEL = re.compile(r"(?:Page\s+)?(?:[IVXLC]+-|Intro-)?\d{1,4}(?:\s+of\s+\d+)?", re.I)
_ENTRY = re.compile(r"(?:(?P<dots>\.{4,}|…+)\.*\s*|\s)(?P<part>[IVXLC]+-|Intro-)?(?P<page>\d{1,4})\s*$")
_DANGLING = re.compile(  # words that no line of its own ends with
    r"\b(?:of|the|or|and|from|to|for|in|by|with|an?|your|our|their|its|through|at|on|is|are|be|not|that|which|who|than|as|each|every|any|per|if|when|this|these"
    r"|those)$",
    re.I,
)
_TITLE = 5  # words of a title without substance of its own
_DENSE = 10  # bookmarks a page: more of them are the paragraphs, not the headings
_TOP, _BOTTOM = 3, 2  # lines in which a running head or foot stands


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page with its span in the page's text."""

    text: str
    start: int
    end: int
    anchors: tuple[tuple[int, int], ...] = ()  # where white space was taken out: (offset in the text, offset in the page)


def _open(path: Path) -> "tuple[list[str], list[Heading], dict[str, str]]":
    with opened(path) as pdf:
        pages = [_text(pdf, number) for number in range(1, len(pdf) + 1)]
        with LOCK:
            return pages, list(_outline(pdf)), pdf.get_metadata_dict()


def _text(pdf: Pdf, number: int) -> str:
    with turned(pdf, number) as (_, text):
        return str(text.get_text_range()).replace("\r\n", "\n")


def _outline(pdf: Pdf) -> Iterator[Heading]:
    for entry in pdf.get_toc():
        target = entry.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            yield Heading(entry.level, " ".join(entry.get_title().split()), page)


def _lines(text: str) -> list[Line]:
    found, at = [], 0
    for raw in text.split("\n"):
        words = [(word[0].replace("\ufffe", "-"), at + word.start()) for word in re.finditer(r"\S+", raw)]
        if words:
            offsets = itertools.accumulate((len(word) + 1 for word, _ in words), initial=0)
            anchors = tuple((offset, place) for offset, (_, place) in zip(offsets, words, strict=False))
            found.append(Line(" ".join(word for word, _ in words), words[0][1], at + len(raw), anchors))
        at += len(raw) + 1
    return found


def _shape(line: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"\d+|\b[IVX]+-(?=\d)", "#", line))


def _runs(places: list[tuple[int, list[int]]]) -> bool:
    """Whether a line comes again on the next page or the one after, its numbers the same or grown by as many as the pages."""
    pairs = list(itertools.pairwise(places))
    near = sum(
        after - before <= 2 and len(old) == len(new) and all(b in (a, a + after - before) for a, b in zip(old, new, strict=True))
        for (before, old), (after, new) in pairs
    )
    return near >= len(pairs) * 0.8


def furniture(pages: list[list[Line]]) -> set[str]:
    """Shapes of lines that stand at one place of the top or bottom, page after page: running heads, page numbers."""
    found = defaultdict[tuple[int, str], list[tuple[int, list[int]]]](list)
    for number, lines in enumerate(pages):
        for at, line in [*enumerate(lines[:_TOP]), *enumerate(lines[: -_BOTTOM - 1 : -1], -_BOTTOM)]:
            found[at, _shape(line.text)].append((number, [int(digits) for digits in re.findall(r"\d{1,9}", line.text)]))
    often = max(4, len(pages) * 0.2)
    return {shape for (_, shape), places in found.items() if len(places) >= often and _runs(places)}


def _edges(lines: list[Line], skip: set[str]) -> set[int]:
    """Which lines of a page are running heads and page numbers at its edges."""
    within = {*range(_TOP), *range(len(lines) - _BOTTOM, len(lines))}
    return {at for at, line in enumerate(lines) if at in within and (_shape(line.text) in skip or _LABEL.fullmatch(line.text))}


def is_contents(lines: list[Line]) -> bool:
    """A page of a table of contents: most of its lines end in a page number, after dots or ever higher."""
    entries = [found for line in lines if (found := _ENTRY.search(line.text))]
    if len(lines) <= 8 or len(entries) <= len(lines) * 0.5:
        return False
    if sum(found["dots"] is not None for found in entries) > len(entries) * 0.5:
        return True
    pages = [(found["part"], int(found["page"])) for found in entries]
    steps = [after[1] >= before[1] for before, after in itertools.pairwise(pages) if before[0] == after[0]]
    return sum(steps) >= len(steps) * 0.9 and len(set(pages)) > len(pages) * 0.25


def _joined(lines: list[Line]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Join wrapped lines into paragraphs with their anchors; list items and lines after a short line start anew.

    A line that goes on in lower case, or whose last word asks for another, goes on: columns of a table are narrower than the page.
    """
    width = max(len(line.text) for line in lines)
    text, anchors = lines[0].text, list(lines[0].anchors)
    for before, line in itertools.pairwise(lines):
        ended = before.text[-1] in ".:;?!"
        short = len(before.text) < width * (0.85 if ended else 0.7)
        goes_on = not ended and (line.text[0].islower() or _DANGLING.search(before.text))
        text += "\n" if _ITEM.match(line.text) or (short and not goes_on) else " "
        anchors += ((len(text) + offset, place) for offset, place in line.anchors)
        text += line.text
    return text, tuple(anchors)


def _sections(pages: list[list[Line]], outline: Outline) -> Iterator[Section]:
    """Cut the pages under their headings; one of more than a title's words that nothing stands under is text itself."""
    skip = furniture(pages)
    lone: Section | None = None
    below: tuple[str, ...] = ()
    for number, lines in enumerate(pages):
        outline.page(number)
        if is_contents(lines):
            continue
        for path, heading, held in _parts(lines, _edges(lines, skip), outline, number):
            if lone and path[: len(below)] != below:
                yield lone
                lone = None
            if heading:
                below, lone = path, _section(path[:-1], heading, number) if _words(heading) > _TITLE else None
            if held:
                lone = None
                yield _section(path, held, number)
    if lone:
        yield lone


def _words(lines: list[Line]) -> int:
    return sum(len(line.text.split()) for line in lines)


def _parts(lines: list[Line], edges: set[int], outline: Outline, number: int) -> Iterator[tuple[tuple[str, ...], list[Line], list[Line]]]:
    """Part a page by its headings: (path, the heading's own lines, the lines under it), without what stands at its edges."""
    path, heading, held = outline.path, list[Line](), list[Line]()
    at = 0
    while at < len(lines):
        taken = outline.match(lines[at].text, lines[at + 1].text if at + 1 < len(lines) else "", number)
        if taken:
            yield path, heading, held
            path, heading, held = outline.path, lines[at : at + taken], []
        elif at not in edges:
            held.append(lines[at])
        at += max(taken, 1)
    yield path, heading, held


def _locator(path: tuple[str, ...], page: int) -> str:
    return numbering(path) or (path[-1] if path else f"p. {page}")


def _section(path: tuple[str, ...], lines: list[Line], number: int) -> Section:
    text, anchors = _joined(lines)
    return Section(path, text, lines[0].start, number + 1, _locator(path, number + 1), anchors)


def read_pdf(path: Path) -> Reading:
    """Read a PDF as one document, each passage with its page and section.

    Raises CorpusError where it is encrypted, damaged or holds no text (a scan).
    """
    texts, headings, meta = _open(path)
    pages = [_lines(text) for text in texts]
    source = recognised(path, texts, meta)
    outline = Outline(headings if len(headings) <= _DENSE * len(pages) else [])
    cut = with_ids(source.publication + (source.edition or path.name), passages(_sections(pages, outline)))
    if not cut:
        raise CorpusError(f"its {len(texts)} pages hold images only, no text: run it through OCR first")
    document = Document(id="", title=source.title, kind="guideline" if source.publisher else "policy", passages=cut, url=source.url)
    return Reading(source, (document,))
