"""An export as PDF, in the typefaces that ReportLab carries (Bitstream Vera: Latin with the signs of rules and figures)."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from assistant.export.paper import Block, Span

_FACES = {"Vera": "Vera.ttf", "VeraBd": "VeraBd.ttf", "VeraIt": "VeraIt.ttf", "VeraBI": "VeraBI.ttf"}
_SIZES = {"title": 16.0, "heading": 12.0, "subheading": 10.0, "text": 9.0, "bullet": 9.0, "small": 7.0}  # points
_NEAR = {"‑": "-", "‐": "-", "−": "-", "→": "->", "←": "<-", "⁄": "/", "●": "•", "○": "•", "■": "•", "⚠": "!"}
_MARGIN = 56.0  # points


def write(blocks: Iterable[Block]) -> bytes:
    """Write blocks on letter pages with numbers at their feet; a sign that the typeface lacks by its nearest, else as “?”."""
    from reportlab.lib.pagesizes import letter
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = {kind: _style(kind) for kind in _SIZES}
    story = [Paragraph("".join(map(_span, block.spans)), styles[block.kind], "•" if block.kind == "bullet" else None) for block in blocks]
    kept = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    SimpleDocTemplate(kept, pagesize=letter, title="codecite", author="codecite", **margins).build(
        story, onFirstPage=_foot, onLaterPages=_foot
    )
    return kept.getvalue()


def _style(kind: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    _glyphs()  # the faces must be known before a style names one
    size, head = _SIZES[kind], kind in ("title", "heading", "subheading")
    look: dict[str, Any] = {"fontName": "VeraBd" if head else "Vera", "fontSize": size, "leading": size * 1.4, "splitLongWords": 1}
    indent = {"leftIndent": 12.0, "bulletIndent": 2.0, "bulletFontName": "Vera", "bulletFontSize": size} if kind == "bullet" else {}
    return ParagraphStyle(kind, spaceBefore=size if head else 0.0, spaceAfter=size * 0.4, keepWithNext=int(head), **look, **indent)


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont("Vera", _SIZES["small"])
    canvas.drawCentredString(document.pagesize[0] / 2, _MARGIN / 2, str(document.page))


@cache
def _glyphs() -> frozenset[int]:
    """The signs of the typeface, once its faces are known to ReportLab."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, file))
    for name in _FACES:
        for bold, italic, face in ((0, 0, "Vera"), (1, 0, "VeraBd"), (0, 1, "VeraIt"), (1, 1, "VeraBI")):
            addMapping(name, bold, italic, face)
    return frozenset(pdfmetrics.getFont("Vera").face.charToGlyph)


def _shown(char: str) -> str:
    if ord(char) in _glyphs():
        return char
    near = "".join(_NEAR.get(part, part) for part in unicodedata.normalize("NFKD", _NEAR.get(char, char)))
    return "".join(part for part in near if ord(part) in _glyphs() and not unicodedata.combining(part)) or "?"


def _span(span: Span) -> str:
    """The words of a span in ReportLab's own mark-up, with every sign of that escaped."""
    words = escape("".join(map(_shown, span.text)))
    for tag, on in (("b", span.bold), ("i", span.italic), ("strike", span.struck)):
        words = f"<{tag}>{words}</{tag}>" if on else words
    return words
