"""What a web page or a Word file shows, block by block: (heading level or 0, text), each word once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.model import CorpusError

if TYPE_CHECKING:
    from docx.table import Table

Block = tuple[int, str]
_NOISE = ("head", "script", "style", "noscript", "template", "svg", "nav", "header", "footer")
_BREAKING = """html body h1 h2 h3 h4 h5 h6 p li tr td th pre blockquote dt dd div br hr section article main aside caption summary details
figure figcaption table ul ol dl form fieldset legend address center""".split()


def html_blocks(markup: str) -> Iterator[Block]:
    """Cut a page where a block of it begins or ends; a row of a table stays in one line."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(markup.encode(), parser)
    if root is None:
        return
    walk = etree.iterwalk(root, events=("start", "end"))
    level, rows, held = 0, 0, list[str]()
    for event, node in walk:
        begins = event == "start"
        hidden = node.tag in _NOISE
        if begins and hidden:
            walk.skip_subtree()
        rows += (1 if begins else -1) * (node.tag == "tr")
        if node.tag == "tr" or (node.tag in _BREAKING and not rows):
            if text := " ".join("".join(held).split()):
                yield level, text
            level, held = int(node.tag[1]) if begins and re.fullmatch(r"h[1-6]", node.tag) else 0, []
        elif node.tag in _BREAKING:
            held.append(" ")
        held.append(((not hidden and node.text) if begins else node.tail) or "")


def docx_blocks(path: Path) -> list[Block]:
    """Read a Word file's paragraphs and the rows of its tables in their order.

    Raises CorpusError where the file is damaged.
    """
    import docx
    from docx.table import Table

    found: list[Block] = []
    try:
        for item in docx.Document(str(path)).iter_inner_content():
            if isinstance(item, Table):
                found += ((0, row) for row in _rows(item))
            elif text := " ".join(item.text.split()):
                level = re.fullmatch(r"Heading (\d)", item.style.name or "") if item.style else None
                found.append((int(level[1]) if level else 0, text))
    except Exception as error:  # python-docx raises whatever its ZIP and XML layers raise
        raise CorpusError(f"the Word file is damaged ({' '.join(str(error).split())})") from None
    return found


def _rows(table: "Table") -> Iterator[str]:
    """Rows that hold text; a merged cell is read once a row, a table inside a cell after the row it stands in."""
    for row in table.rows:
        cells = list({id(cell._tc): cell for cell in row.cells}.values())
        words = [" ".join(" ".join(part.text for part in cell.paragraphs).split()) for cell in cells]
        if any(words):
            yield " | ".join(words)
        for cell in cells:
            for inner in cell.tables:
                yield from _rows(inner)
