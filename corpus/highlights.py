"""Find the words of a quote on their PDF page: boxes that hold these words and no others, or none."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from ctypes import byref, c_int
from dataclasses import dataclass
from typing import NamedTuple

from corpus.pdfium import Page, TextPage

_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphens and joiners
_HYPHENS = ("\x02", "\ufffe")  # how PDFium writes a hyphen at the end of a line
_GRID = 1_000_000  # units a page is wide and high when a point of it is asked for


class Box(NamedTuple):
    """A part of a line, in percent of the page as it is shown, from its left and its top."""

    left: float
    top: float
    width: float
    height: float


class _Rect(NamedTuple):
    """A rectangle in points of the page, from its left and its bottom."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a page in PDFium's order, each with the number of the character it comes from."""

    text: str
    at: Sequence[int]


def letters(text: str) -> str:
    """A text as it is compared: without white space, soft hyphens and ligatures."""
    return "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character in _HYPHENS:
        return "-"
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not part.isspace() and part not in _UNSEEN and unicodedata.category(part) != "Cc")


def _written(text: TextPage) -> str:
    import pypdfium2.raw as pdfium

    return "".join(chr(pdfium.FPDFText_GetUnicode(text, at)) for at in range(text.count_chars()))


def _letters(written: str) -> _Letters:
    parts = [(part, at) for at, character in enumerate(written) for part in _plain(character)]
    return _Letters("".join(part for part, _ in parts), [at for _, at in parts])


def _occurrence(letters: str, quote: str, near: int) -> int:
    """Where a quote begins, the place nearest to the one expected; -1 where it stands nowhere."""
    found, best = letters.find(quote), -1
    while found >= 0:
        best = found if best < 0 or abs(found - near) < abs(best - near) else best
        found = letters.find(quote, found + 1)
    return best


def highlights(page: Page, text: TextPage, quote: str, start: int) -> tuple[Box, ...]:
    """The boxes around a quote that stands at or soon after a character of the page's text; none where they hold anything else."""
    written = _written(text)
    stream, wanted = _letters(written), letters(quote)
    begin = _occurrence(stream.text, wanted, len(letters(written.replace("\r\n", "\n")[:start]))) if wanted else -1
    if begin < 0:
        return ()
    characters = dict.fromkeys(stream.at[begin : begin + len(wanted)])
    lines = list(_lines(_Rect(*text.get_charbox(at, loose=True)) for at in characters))
    return tuple(_shown(page, line) for line in lines) if _read_back(text, stream, lines) == wanted else ()


def _lines(rects: Iterable[_Rect]) -> Iterator[_Rect]:
    """Join the boxes of characters that follow each other on a line."""
    line: _Rect | None = None
    for rect in rects:
        if line and _follows(line, rect):
            line = _Rect(min(line.left, rect.left), min(line.bottom, rect.bottom), max(line.right, rect.right), max(line.top, rect.top))
        else:
            if line:
                yield line
            line = rect
    if line:
        yield line


def _follows(line: _Rect, rect: _Rect) -> bool:
    shared = min(line.top, rect.top) - max(line.bottom, rect.bottom)
    height = min(line.top - line.bottom, rect.top - rect.bottom)
    return shared > height / 2 and rect.right > line.right - height


def _read_back(text: TextPage, stream: _Letters, lines: Sequence[_Rect]) -> str:
    """The letters of the page whose middle lies in one of the boxes, in PDFium's order."""
    inside: dict[int, bool] = {}
    for at in stream.at:
        if at not in inside:
            left, bottom, right, top = text.get_charbox(at)
            x, y = (left + right) / 2, (bottom + top) / 2
            inside[at] = any(line.left <= x <= line.right and line.bottom <= y <= line.top for line in lines)
    return "".join(letter for letter, at in zip(stream.text, stream.at, strict=True) if inside[at])


def _shown(page: Page, rect: _Rect) -> Box:
    """A rectangle as it lies on the page that is shown, which may be turned or cut."""
    import pypdfium2.raw as pdfium

    def point(x: float, y: float) -> tuple[float, float]:
        across, down = c_int(), c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, byref(across), byref(down))
        return across.value * 100 / _GRID, down.value * 100 / _GRID

    (x1, y1), (x2, y2) = point(rect.left, rect.bottom), point(rect.right, rect.top)
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
