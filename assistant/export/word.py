"""An export as a document for Word."""

from collections.abc import Iterable
from io import BytesIO

from assistant.export.paper import Block

_STYLES = {
    "title": "Title",
    "heading": "Heading 1",
    "subheading": "Heading 2",
    "text": "Normal",
    "bullet": "List Bullet",
    "small": "Normal",
}
_SMALL = 8  # points


def write(blocks: Iterable[Block]) -> bytes:
    """Write blocks as paragraphs of the styles that every copy of Word has."""
    import docx
    from docx.shared import Pt

    document = docx.Document()
    document.core_properties.author = "codecite"
    document.core_properties.comments = ""
    for block in blocks:
        paragraph = document.add_paragraph(style=_STYLES[block.kind])
        for span in block.spans:
            run = paragraph.add_run(span.text)
            run.bold, run.italic = span.bold or None, span.italic or None
            run.font.strike = span.struck or None
            run.font.size = Pt(_SMALL) if block.kind == "small" else None
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()
