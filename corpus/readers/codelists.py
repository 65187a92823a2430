"""Read lists of codes with a name each: a line a list says what its codes look like and whose they are."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import unescape

from corpus.chunks import Section, passages
from corpus.model import TERM, Code, Document, Entry, Passage, Reading, Source
from corpus.readers.editions import PUBLIC, edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

_NAMELESS = frozenset({"unassigned", "reserved"})  # names of places in the list, not of codes: nobody searches for them
_BREAK = re.compile(r"</?(?:br|p|li|ul|ol|div)\b[^<>]*>", re.I)
_MARKUP = re.compile(r"</?(?:b|i|u|em|strong|span|a|font|sup|sub)\b[^<>]*>", re.I)
_SIGN = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});", re.I)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes as one table gives it."""

    system: str
    publication: str
    shape: str  # regular expression of a whole code, in capitals, zeros in front given back
    width: int  # digits of a code of digits: workbooks lose the zeros in front
    code: tuple[str, ...]  # headings of its columns
    title: tuple[str, ...]
    url: str
    publisher: str = "CMS"
    licence: str = PUBLIC
    long: tuple[str, ...] = ()  # headings of a text longer than the name
    more: Mapping[str, tuple[str, ...]] | None = None  # what else is said of a code, under the name it is shown by
    named: str = ""
    grouped: bool = False  # a code ending in 0 names what the other codes of its ten detail

    @property
    def layout(self) -> Layout:
        """The line of the table of readers that knows it."""
        columns = {"code": self.code, "title": self.title, **({"long": self.long} if self.long else {}), **(self.more or {})}
        return Layout(self.publication, columns, ("code", "title"), partial(read_list, self), self.named)


def plain(text: str) -> str:
    """A cell of a web page as plain text: breaks become lines, entities the signs they stand for."""
    if "<" in text:
        text = _MARKUP.sub("", _BREAK.sub("\n", text))
    return _SIGN.sub(lambda found: unescape(found[0]), text).strip() if "&" in text else text.strip()


def term(code: Code, text: str, locator: str = "") -> Passage:
    """A text that names a code, under its natural key."""
    return Passage("", TERM, text, locator or f"{code.system} {code.value}", codes=((code.system, code.value),))


def terms_document(source: Source, terms: Iterable[Passage]) -> tuple[Document, ...]:
    """The texts of a table that name codes, as one document; none where there are none."""
    found = tuple(dict.fromkeys(terms))
    return (Document("terms", source.title, "table", found, url=source.url),) if found else ()


def prose(parts: Iterable[tuple[str, str]], key: str, codes: tuple[tuple[str, str], ...]) -> Iterator[Passage]:
    """Passages of the parts (heading, text) of a row, under its key and the part's heading."""
    start = 0
    for heading, text in parts:
        section = Section((heading.capitalize(),), text, start, locator=f"{key}, {heading}")
        yield from (replace(passage, codes=codes) for passage in passages([section]))
        start += len(text) + 2


def _rows(kind: CodeList, sheet: Sheet) -> Iterator[tuple[str, dict[str, str]]]:
    shape, given = re.compile(kind.shape), dict[str, int]()
    for number, record in sheet.records():
        value = record["code"].upper()
        value = value.zfill(kind.width) if value.isdigit() else value
        if not shape.fullmatch(value):
            sheet.refuse(number, "code", f"{record['code'][:40]!r} is no {kind.system}")
        elif not record["title"]:
            sheet.refuse(number, "title", f"{value} has no name")
        elif value in given:
            sheet.refuse(number, "code", f"{value} stands in row {given[value]} already")
        else:
            given[value] = number
            yield value, record


def _code(kind: CodeList, value: str, record: Mapping[str, str], known: Mapping[str, object]) -> Code:
    above = value[:-1] + "0"
    parent = above if kind.grouped and above != value and above in known else None
    said = ((name, record.get(name, "").lower()) for name in kind.more or ())
    attributes = tuple((name, text) for name, text in said if text and text not in _NAMELESS)
    return Code(kind.system, value, plain(record["title"]), parent=parent, attributes=attributes)


def _name(code: Code, titles: Mapping[str, str]) -> str:
    """A detail's name says what it is a detail of: 'Other' alone names nothing."""
    return f"{titles[code.parent]}: {code.title}" if code.parent else code.title


def read_list(kind: CodeList, sheet: Sheet) -> Reading:
    """Read a list of codes: a code and a name a row, and an entry where it describes the code at length."""
    rows = dict(_rows(kind, sheet))
    codes = tuple(_code(kind, value, record, rows) for value, record in rows.items())
    titles = {code.value: code.title for code in codes}
    source = official(sheet.path, kind.publication, edition_in(sheet.path.name), kind.url, publisher=kind.publisher, licence=kind.licence)
    terms = (term(code, _name(code, titles)) for code in codes if code.title.lower() not in _NAMELESS)
    entries = [
        Entry(code.system, code.value, "", (("name", code.title), *code.attributes, ("description", text)))
        for code in codes
        if (text := plain(rows[code.value].get("long", "")))
    ]
    return Reading(source, terms_document(source, terms), codes, sheet.remarks, undated(source), entries=entries)
