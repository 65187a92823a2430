"""An export as Markdown."""

import re
from collections.abc import Iterable

from assistant.export.paper import Block, Span
from assistant.quote import escaped

_MARK = re.compile(r"\\\[(\d{1,3})\\\]")
_BEFORE = {"title": "# ", "heading": "## ", "subheading": "### ", "bullet": "- "}


def write(blocks: Iterable[Block]) -> bytes:
    """Write blocks, every sign that Markdown or HTML would take for its own escaped."""
    return "".join(f"{_BEFORE.get(block.kind, '')}{''.join(map(_span, block.spans)).strip()}\n\n" for block in blocks).encode()


def _span(span: Span) -> str:
    """The words of a span between the signs of its weight, which must touch them."""
    words = span.text.strip()
    if not words:
        return span.text
    sign = "~~" * span.struck + "**" * span.bold + "*" * span.italic
    before, after = span.text[: span.text.index(words)], span.text[span.text.index(words) + len(words) :]
    shown = _MARK.sub(lambda found: f"[{found[1]}]", escaped(words))  # nothing defines [1], so it links to nothing
    return f"{before}{sign}{shown}{sign[::-1]}{after}"
