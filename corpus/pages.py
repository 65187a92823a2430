"""Pages of a PDF to be looked at: their size, where quoted words stand on them, and their picture."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from corpus.highlights import Box, highlights
from corpus.model import CorpusError
from corpus.pdfium import LOCK, opened, turned

TALLEST = 4000  # pixels of a picture, however long the page says it is
HELD = 64  # pictures kept in memory, some 200 KB each


@dataclass(frozen=True, slots=True)
class Look:
    """A page as it is shown: how wide it is to its height, of how many pages, and the boxes around the words quoted."""

    width: float  # points
    height: float
    pages: int
    boxes: tuple[Box, ...]


def look(path: Path, number: int, quote: str = "", start: int = 0) -> Look:
    """Measure a page (from 1) and find a quote on it, at or soon after a character of its text.

    Raises CorpusError where there is no such page, or the file can be read no more.
    """
    with opened(path) as pdf:
        pages = _checked(number, len(pdf))
        with turned(pdf, number) as (page, text):
            return Look(*_size(page.get_width(), page.get_height()), pages, highlights(page, text, quote, start))


def picture(path: Path, number: int, width: int) -> bytes:
    """Draw a page (from 1) as PNG, at most `width` pixels wide; once, while it is remembered.

    Raises CorpusError where there is no such page, or the file can be read no more.
    """
    with LOCK:
        return _picture(path, number, width)


@lru_cache(HELD)
def _picture(path: Path, number: int, width: int) -> bytes:
    with opened(path) as pdf:
        _checked(number, len(pdf))
        page = pdf[number - 1]
        try:
            across, down = _size(page.get_width(), page.get_height())
            bitmap = page.render(scale=min(width / across, TALLEST / down))
            try:
                return _png(bitmap.to_pil())
            finally:
                bitmap.close()
        finally:
            page.close()


def _checked(number: int, pages: int) -> int:
    if not 1 <= number <= pages:
        raise CorpusError(f"it has {pages} pages, no page {number}")
    return pages


def _size(width: float, height: float) -> tuple[float, float]:
    """A page's size in points, never nothing."""
    return max(width, 1.0), max(height, 1.0)


def _png(image: "object") -> bytes:
    """A picture as PNG, in grey where it has no colour: a third of the size."""
    from PIL.Image import Image

    assert isinstance(image, Image)
    red, green, blue = (band.tobytes() for band in image.convert("RGB").split())
    out = BytesIO()
    (image.convert("L") if red == green == blue else image).save(out, "PNG", compress_level=1)
    return out.getvalue()
