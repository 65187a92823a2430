"""Readers of Markdown, plain text, HTML and DOCX: headings become the path, the rest is cut into passages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from corpus.chunks import Section, passages
from corpus.model import NOTE, TERM, Code, CorpusError, Document, Passage, Reading, Reference, Source, with_ids

OWN = "not stated; supplied by you"
STARTER_EDITION = "checked November 2026"
STARTER_LICENCE = "codecite's own words, MIT"
GAPS = "Not in these sources"  # a section that says what a document lacks: shown with it, never found by search
_NOISE = ("script", "style", "noscript", "template", "svg", "nav", "header", "footer")


def _markdown_sections(text: str) -> Iterator[Section]:
    from markdown_it import MarkdownIt

    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    path: list[tuple[int, str]] = []
    begin = 0
    tokens = MarkdownIt("commonmark").parse(text)
    for at, token in enumerate(tokens):
        if token.type != "heading_open" or token.map is None or token.level:
            continue
        yield Section(tuple(title for _, title in path), text[offsets[begin] : offsets[token.map[0]]], offsets[begin])
        level = int(token.tag[1])
        path = [(depth, title) for depth, title in path if depth < level] + [(level, tokens[at + 1].content)]
        begin = token.map[1]
    yield Section(tuple(title for _, title in path), text[offsets[begin] :], offsets[begin])


def _block_sections(blocks: Iterable[tuple[int, str]]) -> Iterator[Section]:
    """Blocks are (heading level or 0, text); offsets count the text as it would be written out."""
    path: list[tuple[int, str]] = []
    held: list[str] = []
    at = start = 0
    for level, text in blocks:
        if level:
            if held:
                yield Section(tuple(title for _, title in path), "\n".join(held), start)
            path = [(depth, title) for depth, title in path if depth < level] + [(level, text)]
            held, start = [], at + len(text) + 1
        else:
            held.append(text)
        at += len(text) + 1
    if held:
        yield Section(tuple(title for _, title in path), "\n".join(held), start)


def _html_blocks(markup: str) -> Iterator[tuple[int, str]]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(markup, "lxml")
    for noise in soup(_NOISE):
        noise.decompose()
    blocks = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre", "blockquote", "dt", "dd", "div", "td")
    for node in (soup.body or soup).find_all(blocks):
        if node.find(blocks) is not None and node.name != "tr":
            continue
        if node.name == "td" or (node.name != "tr" and node.find_parent("tr")):
            continue
        text = " ".join(node.get_text(" ").split())
        if text:
            yield (int(node.name[1]) if re.fullmatch(r"h[1-6]", node.name) else 0), text


def _docx_blocks(path: Path) -> Iterator[tuple[int, str]]:
    import docx
    from docx.table import Table

    for item in docx.Document(str(path)).iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                yield 0, " | ".join(" ".join(cell.text.split()) for cell in row.cells)
        elif text := " ".join(item.text.split()):
            level = re.fullmatch(r"Heading (\d)", item.style.name or "") if item.style else None
            yield (int(level[1]) if level else 0), text


def _plain_source(path: Path, title: str, kind: str) -> Source:
    return Source(id="", title=title, publication=title, licence=OWN, kind=kind, file=path.name)


def _reading(path: Path, title: str, kind: str, sections: Iterable[Section]) -> Reading:
    cut = with_ids(str(path), passages(sections))
    if not cut:
        raise CorpusError("it holds no text")
    return Reading(_plain_source(path, title, kind), (Document(id="", title=title, kind="policy", passages=cut),))


def read_text(path: Path, text: str) -> Reading:
    """Read a plain text file as one document named after the file."""
    return _reading(path, path.stem.replace("_", " "), "text", [Section((), text, 0)])


def read_html(path: Path, text: str) -> Reading:
    """Read an HTML page: what a reader sees, without scripts, styles and navigation."""
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.S | re.I)
    from html import unescape

    title = " ".join(unescape(found[1]).split()) if found else ""
    return _reading(path, title or path.stem, "html", _block_sections(_html_blocks(text)))


def read_docx(path: Path) -> Reading:
    """Read a Word document, its tables row by row."""
    try:
        blocks = list(_docx_blocks(path))
    except Exception as error:  # python-docx raises whatever its ZIP and XML layers raise
        raise CorpusError(f"the Word file is damaged ({error})") from None
    return _reading(path, path.stem.replace("_", " "), "docx", _block_sections(blocks))


def read_markdown(path: Path, text: str) -> Reading:
    """Read Markdown; front matter, where there is some, gives title, kind, codes, payer, dates and sources.

    Raises CorpusError where the front matter is not valid YAML.
    """
    import frontmatter
    import yaml

    try:
        post = frontmatter.loads(text)
    except yaml.YAMLError as error:
        raise CorpusError(f"its front matter is not valid YAML ({str(error).splitlines()[0]})") from None
    if not post.metadata:
        return _reading(path, path.stem.replace("_", " ").replace("-", " "), "markdown", _markdown_sections(text))
    document = starter_document(str(path), post.metadata, post.content)
    if not document.passages:
        raise CorpusError("it holds no text")
    source = Source(
        id="",
        title=document.title,
        publication=document.title,
        licence=str(post.get("licence") or OWN),
        kind="markdown",
        publisher=str(post["publisher"]) if post.get("publisher") else None,
        url=document.url,
        payer=document.payer,
        jurisdiction=document.jurisdiction,
        effective=None if document.kind == "code" else document.effective,
        ended=None if document.kind == "code" else document.ended,
        file=path.name,
    )
    return Reading(source, (document,), _own_codes(document, post.metadata))


def _own_codes(document: Document, meta: dict[str, object]) -> tuple[Code, ...]:
    """The code a code page defines: its title in our or the author's own words, valid as long as the page says."""
    if document.kind != "code":
        return ()
    title = own_title(document.title)
    return tuple(Code(system, value, title, document.effective, document.ended) for system, value in subject(meta)[:1])


def _dates(meta: dict[str, object]) -> tuple[date | None, date | None]:
    found = []
    for key in ("effective", "ended"):
        value = meta.get(key)
        if value is not None and not isinstance(value, date):
            raise CorpusError(f"`{key}` in its front matter is not a date (write YYYY-MM-DD)")
        found.append(value)
    return found[0], found[1]


def subject(meta: dict[str, object]) -> list[tuple[str, str]]:
    """The (system, value) pairs a document says it is about."""
    from corpus.codes import MODIFIER, system_of

    values = [str(value).upper() for value in _list(meta, "codes")]
    found = [(system, value) for value in values if (system := system_of(value))]
    return found + [(MODIFIER, str(value).upper()) for value in _list(meta, "modifiers")]


def _list(meta: dict[str, object], key: str) -> list[object]:
    value = meta.get(key)
    return value if isinstance(value, list) else []


def own_title(title: str) -> str:
    """'CPT 90389 – human tetanus immune globulin' without the code in front."""
    return re.sub(r"^(?:CPT|HCPCS|Modifier)?\s*[A-Z0-9]{2,5}\s+[–—-]\s+", "", title)


def starter_document(key: str, meta: dict[str, object], content: str) -> Document:
    """Build the document a front matter and its text describe; each `##` section is a passage or more."""
    title = str(meta.get("title") or Path(key).stem)
    about = subject(meta)
    effective, ended = _dates(meta)
    prose = [replace(p, kind=NOTE) if p.section == GAPS else p for p in passages(_markdown_sections(content))]
    names = [own_title(title), *map(str, _list(meta, "names"))] if meta.get("kind") == "code" else []
    terms = [Passage(id="", kind=TERM, text=name, locator=value, codes=((system, value),)) for system, value in about[:1] for name in names]
    references = tuple(
        Reference(**{field: str(entry.get(field) or "") for field in ("publication", "publisher", "section", "address")})
        for entry in _list(meta, "sources")
        if isinstance(entry, dict)
    )
    return Document(
        id=str(meta.get("id") or ""),
        title=title,
        kind=str(meta.get("kind") or "policy"),
        passages=with_ids(key, [*prose, *terms]),
        url=references[0].address if references else None,
        payer=str(meta["payer"]) if meta.get("payer") else None,
        jurisdiction=str(meta["jurisdiction"]) if meta.get("jurisdiction") else None,
        effective=effective,
        ended=ended,
        references=references,
    )


def read_starter(folder: Path) -> Reading:
    """Read the starter documents that come with the program, as one source."""
    import frontmatter

    documents: list[Document] = []
    codes: list[Code] = []
    for path in sorted(folder.glob("*.md")):
        post = frontmatter.load(str(path))
        document = starter_document(f"starter/{path.stem}", post.metadata, post.content)
        documents.append(document)
        codes += _own_codes(document, post.metadata)
    source = Source(
        id="starter",
        title="codecite starter documents",
        publication="codecite starter documents",
        licence=STARTER_LICENCE,
        kind="starter",
        publisher="codecite",
        edition=STARTER_EDITION,
        jurisdiction="US",
        file="corpus/starter",
    )
    return Reading(source, tuple(documents), tuple(codes))
