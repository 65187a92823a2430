"""Readers of Markdown, plain text, HTML and DOCX: headings become the path, the rest is cut into passages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.chunks import Section, passages
from corpus.model import NOTE, TERM, Code, CorpusError, Document, Passage, Reading, Reference, Source, with_ids
from corpus.readers.blocks import Block, docx_blocks, html_blocks

if TYPE_CHECKING:
    from frontmatter import Post

OWN = "not stated; supplied by you"
STARTER_EDITION = "checked November 2026"
STARTER_LICENCE = "codecite's own words, MIT"
GAPS = "Not in these sources"  # a section that says what a document lacks: shown with it, never found by search


def _markdown_sections(text: str) -> Iterator[Section]:
    from markdown_it import MarkdownIt

    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
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


def _block_sections(blocks: Iterable[Block]) -> Iterator[Section]:
    """Offsets count the text as it would be written out."""
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
    title = " ".join(unescape(found[1]).split()) if found else ""
    return _reading(path, title or path.stem, "html", _block_sections(html_blocks(text)))


def read_docx(path: Path) -> Reading:
    """Read a Word document, its tables row by row."""
    return _reading(path, path.stem.replace("_", " "), "docx", _block_sections(docx_blocks(path)))


def _front(text: str) -> "Post":
    """Part a text from its front matter; aliases are refused, for a few lines of them unfold without limit."""
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class Handler(YAMLHandler):
        def load(self, fm: str, **kwargs: object) -> dict[str, Any]:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(fm, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
                raise yaml.YAMLError("it refers to itself")
            found: dict[str, Any] = super().load(fm, **kwargs)
            return found

    try:
        return frontmatter.loads(text, handler=Handler())
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # ValueError: 2031-13-45
        raise CorpusError(f"its front matter is not valid YAML ({str(error).splitlines()[0]})") from None


def read_markdown(path: Path, text: str) -> Reading:
    """Read Markdown; front matter, where there is some, gives title, kind, codes, payer, dates and sources.

    Raises CorpusError where the front matter is not valid YAML or one of its fields cannot be what it says.
    """
    post = _front(text)
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
        if value is not None and (isinstance(value, datetime) or not isinstance(value, date)):
            raise CorpusError(f"`{key}` in its front matter is not a date (write YYYY-MM-DD)")
        found.append(value)
    return found[0], found[1]


def subject(meta: dict[str, object]) -> list[tuple[str, str]]:
    """The (system, value) pairs a document says it is about."""
    from corpus.codes import MODIFIER, system_of

    values = [str(value).upper() for value in _list(meta, "codes")]
    found = [(system, value) for value in values if (system := system_of(value))]
    return found + [(MODIFIER, str(value).upper()) for value in _list(meta, "modifiers")]


def _check_lists(meta: dict[str, object]) -> None:
    """Refuse what would be lost: a single value for a list, and a code that YAML has read as another number (00100 is 64)."""
    from corpus.codes import CPT, MODIFIER, system_of

    for key in ("codes", "modifiers", "names", "sources"):
        if meta.get(key) is not None and not isinstance(meta[key], list):
            raise CorpusError(f'`{key}` in its front matter is not a list (write {key}: ["…", "…"])')
    for key, system in (("codes", CPT), ("modifiers", MODIFIER)):
        for value in _list(meta, key):
            if not isinstance(value, str) and system_of(str(value)) != system:
                raise CorpusError(f"`{key}` in its front matter holds {value!r}, not a code: write codes in quotes")


def _list(meta: dict[str, object], key: str) -> list[object]:
    value = meta.get(key)
    return value if isinstance(value, list) else []


def own_title(title: str) -> str:
    """'CPT 90389 – human tetanus immune globulin' without the code in front."""
    return re.sub(r"^(?:CPT|HCPCS|Modifier)?\s*[A-Z0-9]{2,5}\s+[–—-]\s+", "", title)


def starter_document(key: str, meta: dict[str, object], content: str) -> Document:
    """Build the document a front matter and its text describe; each `##` section is a passage or more."""
    _check_lists(meta)
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
    documents: list[Document] = []
    codes: list[Code] = []
    for path in sorted(folder.glob("*.md")):
        post = _front(path.read_text(encoding="utf-8"))
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
