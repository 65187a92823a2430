"""Turn the HTML in fields of the Medicare Coverage Database into text with its lists and headings."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from corpus.chunks import Section
from corpus.readers.blocks import Block, html_blocks

_LIST = re.compile(r"<(/?)(ol|ul|li)\b([^<>]*)>", re.I)
_STYLE = re.compile(r"\btype\s*=\s*[\"']?([1aAiI])")
_FIRST = re.compile(r"\bstart\s*=\s*[\"']?(\d{1,3})", re.I)
_MARKED = re.compile(r"\s*(?:<[^<>]*>\s*){0,4}(?:\(?[A-Za-z0-9]{1,3}[.)]|[•▪·–-])\s")  # the author has written the mark
_WEIGHT = r"(?:strong|b|u|em)"
_BOLD = re.compile(
    rf"<p\b[^<>]*>\s*(?:<{_WEIGHT}>\s*)+([^<>]{{2,160}})(?:</{_WEIGHT}>\s*)+</p>|<strong>\s*<p\b[^<>]*>([^<>]{{2,160}})</p>\s*</strong>",
    re.I,
)
_HEADING = re.compile(r"[A-Za-z0-9].*[^.:;,]", re.S)  # "B. Nationally Covered Indications"; no sentence, no lead of a list
_MARK = re.compile(r"\(?([A-Z]|[IVX]{1,4}|[a-z]|\d{1,2})[.)](?=\s|$)")
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()


def _mark(style: str, number: int) -> str:
    if style in "aA":
        letter = chr(ord("a") + (number - 1) % 26)
        return f"{letter if style == 'a' else letter.upper()}."
    if style in "iI" and number <= len(_ROMAN):
        return f"{_ROMAN[number - 1] if style == 'i' else _ROMAN[number - 1].upper()}."
    return f"{number}."


def with_marks(markup: str) -> str:
    """Write out the marks of list items, which a browser would draw: •, 1., a., ii."""
    lists: list[tuple[str, int]] = []  # style and next number of the lists that are open

    def mark(tag: re.Match[str]) -> str:
        closes, name = tag[1], tag[2].lower()
        if name != "li":
            if closes:
                del lists[-1:]
            else:
                style, first = _STYLE.search(tag[3]), _FIRST.search(tag[3])
                lists.append(("" if name == "ul" else style[1] if style else "1", max(int(first[1]), 1) if first else 1))
            return tag[0]
        if closes or _MARKED.match(tag.string, tag.end(), tag.end() + 120):
            return tag[0]
        drawn, at = lists[-1] if lists else ("", 0)
        lists[-1:] = [(drawn, at + 1)] if lists else []
        return f"{tag[0]}{_mark(drawn, at) if drawn else '•'} "

    return _LIST.sub(mark, markup)


def _headed(markup: str) -> str:
    """Make a heading of a paragraph in bold that is one to the eye."""

    def heading(found: re.Match[str]) -> str:
        text = words(found[1] or found[2])
        if not _HEADING.fullmatch(text):
            return found[0]
        level = "h4" if re.match(r"\(?\d", text) else "h3"
        return f"<{level}>{found[1] or found[2]}</{level}>"

    return _BOLD.sub(heading, markup)


def words(text: str) -> str:
    """A short text without entities, tags and spare spaces."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", text) if "<" in text else text).split())


def _blocks(markup: str) -> Iterator[Block]:
    return html_blocks(f"<div>{with_marks(markup)}</div>") if words(markup) else iter(())


def plain(markup: str) -> str:
    """A field as text, a line a paragraph, list item or row."""
    return "\n".join(text for _, text in _blocks(markup))


def _locator(number: str, path: Iterable[str]) -> str:
    heading, *below = path
    marks = [found[1] if (found := _MARK.match(text)) else text[:60] for text in below]
    return ", ".join((number, heading, *marks))


def sections(number: str, fields: Iterable[tuple[str, str]]) -> Iterator[Section]:
    """The sections of a determination from its fields (heading, HTML); a heading without text below it is text itself."""
    at = 0
    for name, markup in fields:
        path, held, start = [(0, name)], list[str](), at
        for level, text in (*_blocks(_headed(markup)), (1, "")):
            if level:
                deeper = len(path) > 1 and level > path[-1][0] and not held
                above = path if held else path[:-1]
                body = "\n".join(held) or ("" if deeper or len(path) == 1 else path[-1][1])
                if body:
                    titles = tuple(title for _, title in above)
                    yield Section(titles, body, start, locator=_locator(number, titles))
                path = [(depth, title) for depth, title in path if depth < level] + ([(level, text)] if text else [])
                held, start = [], at + len(text) + 1
            else:
                held.append(text)
            at += len(text) + 1
