"""Read JSON lines: the United States Code a record a subsection, or any passages whose fields a mapping file names."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from corpus.model import CorpusError, Reading
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.mapped import mapping_beside, passages_reading, unmapped
from corpus.readers.sheets import Sheet
from corpus.readers.statute import CITATION, Record, section_document

LONGEST = 2**24  # characters of a line
_SECTION = frozenset({"citation", "section_heading", "headings", "text"})
_ABOVE = 3  # headings above a subsection: title, chapter, section


def _lines(text: str) -> Iterator[str]:
    """Lines without their ends, one at a time."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _parsed(line: str) -> dict[str, object]:
    """The record of a line; ValueError where it holds none that can be kept."""
    if len(line) > LONGEST:
        raise ValueError(f"it has {len(line):,} characters; the limit is {LONGEST:,}")
    try:
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (an escaped surrogate)") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not whole ({error})") from None
    if not isinstance(record, dict):
        raise ValueError("it is no object with named fields")
    return record


def records(text: str, sheet: Sheet) -> Iterator[tuple[int, dict[str, object]]]:
    """The records of JSON lines with their line numbers; a line that cannot be read is refused, the rest lands."""
    for number, line in enumerate(_lines(text), 1):
        if line.strip():
            try:
                yield number, _parsed(line)
            except ValueError as error:
                sheet.refuse(number, "line", str(error))


def _record(fields: Mapping[str, object]) -> Record:
    """A record of the United States Code; ValueError naming the field that is not as it should be."""
    texts = {key: fields.get(key) for key in ("citation", "section_heading", "text")}
    for key, held in texts.items():
        if not isinstance(held, str) or not held.strip():
            raise ValueError(f"{key}: it is no text")
    citation, title, text = (" ".join(str(texts[key]).split()) if key != "text" else str(texts[key]).strip() for key in texts)
    headings = fields.get("headings")
    if not isinstance(headings, list) or not all(isinstance(heading, str) for heading in headings):
        raise ValueError("headings: it is no list of texts")
    if not CITATION.fullmatch(citation):
        raise ValueError(f"citation: {citation[:40]!r} is no section of the United States Code")
    return Record(citation, title, tuple(" ".join(heading.split()) for heading in headings[_ABOVE:]), text)


def _statute(path: Path, found: Iterable[tuple[int, dict[str, object]]], sheet: Sheet) -> Reading:
    sections: dict[str, list[Record]] = {}
    given: dict[Record, int] = {}
    for number, fields in found:
        try:
            record = _record(fields)
        except ValueError as error:
            column, _, why = str(error).partition(": ")
            sheet.refuse(number, column, why)
            continue
        if (before := given.setdefault(record, number)) != number:
            sheet.refuse(number, "text", f"the same stands in line {before} already")
            continue
        sections.setdefault(record.citation, []).append(record)
    if not sections:
        raise CorpusError(f"no line of it can be read ({sheet.remarks[0]})")
    title = next(iter(sections)).split(" ", 1)[0]
    url = f"https://uscode.house.gov/browse/prelim@title{title}&edition=prelim"
    edition = edition_in(path.name)
    source = official(path, f"United States Code, Title {title}", edition, url, publisher="Office of the Law Revision Counsel")
    return Reading(source, tuple(map(section_document, sections.values())), remarks=sheet.remarks, hints=undated(source))


def read_lines(path: Path, text: str) -> Reading:
    """Read JSON lines: sections of the United States Code, or passages as the mapping file beside them says (see `mapped`).

    Raises UnknownLayout naming the fields where there is no such file.
    """
    sheet = Sheet(path, {}, {}, "", iter(()))
    found = records(text, sheet)
    first = next(found, None)
    if first is None:
        raise CorpusError(f"it looks like JSON lines, but no line of it can be read ({sheet.remarks[0]})")
    found = itertools.chain([first], found)
    if mapping := mapping_beside(path):
        return passages_reading(path, found, mapping, sheet)
    if set(first[1]) >= _SECTION:
        return _statute(path, found, sheet)
    raise unmapped(path, first[1])
