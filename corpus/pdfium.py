"""PDFium behind one lock: it is not thread-safe, and files are read and pages shown from several threads at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.model import CorpusError

Pdf = Any  # pypdfium2 ships no types
Page = Any
TextPage = Any
LOCK = threading.RLock()  # held for every call into PDFium, for as long as a page takes at most


@contextmanager
def opened(path: Path) -> Iterator[Pdf]:
    """Open a PDF; between its pages the lock is free for others.

    Raises CorpusError where it is encrypted or damaged.
    """
    import pypdfium2

    try:
        with LOCK:
            pdf = pypdfium2.PdfDocument(path)
        try:
            yield pdf
        finally:
            with LOCK:
                pdf.close()
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise CorpusError("it is encrypted: save a copy without a password" if locked else f"it is not a readable PDF ({error})") from None


@contextmanager
def turned(pdf: Pdf, number: int) -> Iterator[tuple[Page, TextPage]]:
    """Hold a page (from 1) with its text, and the lock."""
    with LOCK:
        page = pdf[number - 1]
        text = page.get_textpage()
        try:
            yield page, text
        finally:
            text.close()
            page.close()
