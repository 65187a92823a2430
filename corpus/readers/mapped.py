"""Read passages from a table or from JSON lines of any layout, as a small file beside it says.

The file is called like the data with `.toml` added (`rules.jsonl.toml` beside `rules.jsonl`) and names fields or columns:

    [passages]
    text = "body"        # what is searched and quoted
    locator = "cite"     # where a person finds it again: a citation, a paragraph's number
    title = "heading"    # optional: the heading above it
    document = "doc_id"  # optional: what tells documents apart; without it all of the file is one
    url = "link"         # optional: the address of its document
    page = "page"        # optional: a page number
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from corpus.chunks import Section, passages
from corpus.model import CorpusError, Document, Reading, Source, UnknownLayout
from corpus.readers.prose import OWN
from corpus.readers.sheets import Row, Sheet

_LARGEST = 2**16  # bytes of a mapping file
_SHOWN = 20  # fields named in a message


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What a mapping file says: the field each part of a passage stands in, '' for none."""

    text: str
    locator: str
    title: str = ""
    document: str = ""
    url: str = ""
    page: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The parts that have a field."""
        return {part.name: name for part in fields(self) if (name := getattr(self, part.name))}


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage's parts as a record has them, and the document it belongs to."""

    section: Section
    document: str
    url: str


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.toml")


def mapping_beside(path: Path) -> FieldNames | None:
    """What the mapping file beside a file says; None where there is none.

    Raises CorpusError where it cannot be used.
    """
    file = _beside(path)
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            table = tomllib.loads(stream.read(_LARGEST).decode("utf-8-sig")).get("passages")
    except (OSError, ValueError, RecursionError) as error:
        raise CorpusError(f"{file.name} beside it cannot be read ({error})") from None
    if not isinstance(table, dict) or not all(isinstance(name, str) and name for name in table.values()):
        raise CorpusError(f'{file.name} beside it must hold a table [passages] of texts in quotes, such as text = "body"')
    known = {part.name for part in fields(FieldNames)}
    if wrong := sorted(set(table) - known):
        raise CorpusError(f"{file.name} beside it names {', '.join(wrong)}: [passages] may name {', '.join(sorted(known))}")
    if lacking := sorted({"text", "locator"} - set(table)):
        raise CorpusError(f"{file.name} beside it does not say which field is {' and which is '.join(lacking)}")
    return FieldNames(**table)


def unmapped(path: Path, found: Iterable[str]) -> UnknownLayout:
    """What to say of a file whose fields nobody knows: their names, and what to write where."""
    names = [" ".join(name.split())[:40] for name in found]
    shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    return UnknownLayout(
        f"it has the fields {shown}: to read it as passages, write beside it {_beside(path).name} with the lines"
        f' [passages], text = "(the field to quote)", locator = "(the field to cite)" and, where there are such, title, document, url, page'
    )


class _Refused(Exception):
    """A record cannot be read: (field, why)."""


def _field(record: Mapping[str, object], name: str) -> str:
    held = record.get(name)
    if isinstance(held, list | dict | bool):
        raise _Refused(name, "it is no text")
    return "" if held is None else str(held).strip()


def _found(record: Mapping[str, object], names: FieldNames) -> _Found:
    """A passage with its place; _Refused where the record gives none."""
    parts = {part: _field(record, name) for part, name in names.given.items()}
    for part in ("text", "locator"):
        if not parts[part]:
            raise _Refused(names.given[part], "it is empty")
    page = parts.get("page", "")
    if page and not re.fullmatch(r"0*[1-9]\d{0,8}", page, re.A):
        raise _Refused(names.page, f"{page[:40]!r} is no page number")
    path = (parts["title"],) if parts.get("title") else ()
    section = Section(path, parts["text"], 0, int(page) if page else None, parts["locator"])
    return _Found(section, parts.get("document", ""), parts.get("url", ""))


def _placed(found: Sequence[_Found]) -> Iterator[Section]:
    """The sections of a document, each at its place in the document's text."""
    at = 0
    for item in found:
        section = item.section
        yield Section(section.path, section.text, at, section.page, section.locator)
        at += len(section.text) + 2


def passages_reading(path: Path, records: Iterable[tuple[int, Mapping[str, object]]], names: FieldNames, sheet: Sheet) -> Reading:
    """Build the reading of numbered records whose fields are known; what cannot be read is refused in `sheet`."""
    documents: dict[str, list[_Found]] = {}
    for number, record in records:
        try:
            found = _found(record, names)
        except _Refused as refused:
            sheet.refuse(number, *refused.args)
        else:
            documents.setdefault(found.document, []).append(found)
    if not documents:
        raise CorpusError(f"no record of it can be read{f' ({sheet.remarks[0]})' if sheet.remarks else ''}")
    source = Source("", path.stem, path.stem, OWN, "passages", file=path.name)
    made = tuple(
        Document(key, key or path.stem, "policy", tuple(passages(_placed(found))), url=next((item.url for item in found if item.url), None))
        for key, found in documents.items()
    )
    return Reading(source, made, remarks=sheet.remarks)


def read_mapped(path: Path, rows: Iterable[Row], names: FieldNames) -> Reading:
    """Read a table of passages whose columns a mapping file names; its first row that holds anything is the header.

    Raises CorpusError where a column that is named is not there.
    """
    numbered = iter(enumerate(rows, 1))
    header = next(([cell.strip() for cell in row] for _, row in numbered if any(cell.strip() for cell in row)), [])
    if missing := [name for name in names.given.values() if name not in header]:
        raise CorpusError(f"{_beside(path).name} names {', '.join(missing)}, but its columns are {', '.join(header[:_SHOWN])}")
    sheet = Sheet(path, {}, {}, "", iter(()))
    records = ((number, dict(zip(header, row, strict=False))) for number, row in numbered if any(cell.strip() for cell in row))
    return passages_reading(path, records, names, sheet)
