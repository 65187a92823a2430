"""What an export holds, once for every format: paragraphs of plain words, each with its weight."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.answer import Answer, Citation
from assistant.store.conversations import Exchange
from assistant.store.records import Kept
from assistant.verify import MARK
from corpus.readers.licensed import NOTICE

Kind = Literal["title", "heading", "subheading", "text", "bullet", "small"]
BROKEN = "This answer was broken off."
WITHHELD = f"Left out: {NOTICE}"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one weight."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph."""

    kind: Kind
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def paper(title: str, said: Iterable[tuple[Exchange, Kept | None]], licensed: bool) -> Iterator[Block]:
    """A conversation, or one answer of it, as blocks; without `licensed` no words of a file that its owner licensed to the person."""
    yield _block("title", title)
    for exchange, kept in said:
        yield _block("heading", exchange.question)
        yield from _answered(exchange, licensed)
        yield _block("small", _audit(exchange, kept))
    yield _block("small", "A reference, not legal, clinical or billing advice. Made by codecite.")


def _answered(exchange: Exchange, licensed: bool) -> Iterator[Block]:
    answer = exchange.answer
    if answer is None:
        yield from marked(exchange.text) if licensed else ()  # what it rests on is not known: it may be licensed words
        yield Block("text", (Span(BROKEN, italic=True),))
        return
    yield _block("small", _holds(answer))
    bound = frozenset() if licensed else frozenset(cited.number for cited in answer.citations if _bound(cited))
    yield from (_free(block, bound) for block in marked(answer.text))
    if answer.citations:
        yield _block("subheading", f"Sources ({len(answer.citations)})")
    told: set[str] = set()  # documents whose own sources have been said
    for cited in answer.citations:
        yield from _source(cited, cited.number in bound)
        if cited.evidence.document.id not in told:
            yield from _basis(cited)
        told.add(cited.evidence.document.id)


def _holds(answer: Answer) -> str:
    """The date an answer holds for, and for whom."""
    question = answer.question
    for_whom = [question.payer, question.state, question.setting]
    return " · ".join([f"Holds for date of service {question.on}", *(part for part in for_whom if part)])


def _bound(cited: Citation) -> bool:
    """Whether a passage is the copyright owner's, licensed to this person alone."""
    return cited.evidence.source.licence == NOTICE


def _free(block: Block, bound: frozenset[int]) -> Block:
    """A block of the answer without licensed words: those that cite them, and what was struck out where any were shown."""
    if not bound:
        return block
    marks = [f"[{number}]" for number in map(int, MARK.findall(block.text))]
    if bound & {int(mark[1:-1]) for mark in marks}:
        return Block(block.kind, (Span(WITHHELD, italic=True), Span(f" {''.join(marks)}")))
    return replace(block, spans=tuple(span for span in block.spans if not span.struck))


def _source(cited: Citation, bound: bool) -> Iterator[Block]:
    """A source by its number: title, publisher, edition, dates and place, the words used, address and licence."""
    facts = cited.as_json()
    dates = [f"from {facts['effective']}" if facts["effective"] else "", f"to {facts['ended']}" if facts["ended"] else ""]
    about = [facts["publisher"], facts["edition"], *dates, facts["locator"], f"p. {facts['page']}" if facts["page"] else ""]
    named = " · ".join(_line(part) for part in about if part)
    yield Block("text", (Span(f"[{cited.number}] "), Span(_line(facts["title"]), bold=True), Span(f" · {named}")))
    yield Block("text", (Span(WITHHELD if bound else f"“{_line(facts['quote'])}”", italic=True),))
    undated = "" if facts["edition"] or any(dates) else "undated"
    yield _block("small", " · ".join(part for part in (undated, _address(facts["url"]), facts["licence"]) if part))


def _basis(cited: Citation) -> Iterator[Block]:
    """What a document in our own words rests on."""
    rests = [f"{item.publication}, {item.section} ({item.publisher})" for item in cited.evidence.document.references]
    if rests:
        yield _block("small", f"Rests on {'; '.join(rests)}")


def _address(url: str | None) -> str:
    """An address that can be opened safely, as words."""
    return url if url and urlsplit(url).scheme in ("http", "https") else ""


def _audit(exchange: Exchange, kept: Kept | None) -> str:
    """What an auditor needs to build the answer again."""
    parts = [f"Asked {exchange.asked:%Y-%m-%d %H:%M} UTC"]
    if kept:
        record = kept.record
        parts += [f"record {kept.id}", f"library {record.index}", f"written by {record.writer}", f"codecite {record.version}"]
    return " · ".join(parts)


def _block(kind: Kind, text: str) -> Block:
    return Block(kind, (Span(_line(text)),))


def _line(text: str) -> str:
    """Words on one line, without the signs that steer a page: controls, directions, halves of characters."""
    kept = ("" if unicodedata.category(char) == "Cf" else char if char.isprintable() else " " for char in text)
    return " ".join("".join(kept).split())


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


def marked(text: str) -> Iterator[Block]:
    """An answer's Markdown as blocks; of links and pictures the words alone."""
    depth = 0
    kind: Kind = "text"
    for token in _markdown().parse(text):
        depth += token.nesting if token.type in ("list_item_open", "list_item_close") else 0
        kind = "subheading" if token.type == "heading_open" else kind if token.type == "inline" else "bullet" if depth else "text"
        if token.type == "inline":
            for line in _lines(token.children or []):
                yield Block(kind, line)
        elif token.type in ("fence", "code_block"):
            yield _block("text", token.content)


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[Span, ...]]:
    """The lines of a paragraph, each as spans."""
    weight = {"strong": 0, "em": 0, "s": 0}
    line: list[Span] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in weight:
            weight[name] += token.nesting
        elif token.type in ("softbreak", "hardbreak"):
            yield from _trimmed(line)
            line = []
        elif token.content:
            line.append(Span(token.content, bool(weight["strong"]), bool(weight["em"]), bool(weight["s"])))
    yield from _trimmed(line)


def _trimmed(line: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """A line if it says anything, its words as `_line` leaves them; the space between two spans stays."""
    if any(span.text.strip() for span in line):
        yield tuple(replace(span, text=_edged(span.text)) for span in line)


def _edged(text: str) -> str:
    words = _line(text)
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if words else " " * bool(text)
