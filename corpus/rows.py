"""How a row of the catalog becomes a value again."""

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from corpus.model import Code, Document, Passage, Reference, Source


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage with the document and the source it stands in."""

    passage: Passage
    document: Document  # without its passages
    source: Source


@dataclass(frozen=True, slots=True)
class Listed:
    """A code as one source lists it."""

    code: Code
    source: Source


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def source(row: sqlite3.Row) -> Source:
    """The source columns of a row."""
    return _source(*[row[column] for column in _SOURCE])


def document(row: sqlite3.Row) -> Document:
    """The document columns of a row, without passages."""
    return _document(*[row[column] for column in _DOCUMENT])


# A search reads hundreds of rows of a few sources and documents: each is made once.
@lru_cache(maxsize=4096)
def _source(*cells: Any) -> Source:
    held = dict(zip(_SOURCE, cells, strict=True))
    days = {"effective": _day(held["s_effective"]), "ended": _day(held["s_ended"])}
    return Source(**{column.removeprefix("s_"): cell for column, cell in held.items()} | days)


@lru_cache(maxsize=4096)
def _document(*cells: Any) -> Document:
    held = {column.removeprefix("d_"): cell for column, cell in zip(_DOCUMENT, cells, strict=True)}
    references = tuple(Reference(**item) for item in json.loads(held.pop("refs")))
    days = {"effective": _day(held["effective"]), "ended": _day(held["ended"])}
    return Document(**held | days, passages=(), references=references)


def passage(row: sqlite3.Row) -> Passage:
    """The passage columns of a row."""
    return Passage(
        id=row["p_id"],
        kind=row["p_kind"],
        text=row["p_text"],
        locator=row["p_locator"],
        page=row["p_page"],
        start=row["p_start"],
        end=row["p_end"],
        section=row["p_section"],
        codes=tuple((system, value) for system, value in json.loads(row["p_codes"])),
    )


def code(row: sqlite3.Row) -> Code:
    """The code columns of a row."""
    return Code(
        system=row["c_system"],
        value=row["c_value"],
        title=row["c_title"],
        valid_from=_day(row["c_from"]),
        valid_to=_day(row["c_to"]),
        billable=None if row["c_billable"] is None else bool(row["c_billable"]),
        parent=row["c_parent"],
        attributes=tuple((key, value) for key, value in json.loads(row["c_attributes"])),
    )


SOURCE = (
    "s.id s_id, s.title s_title, s.publication s_publication, s.licence s_licence, s.kind s_kind, s.publisher s_publisher,"
    " s.edition s_edition, s.url s_url, s.payer s_payer, s.names s_names, s.jurisdiction s_jurisdiction, s.setting s_setting,"
    " s.effective s_effective, s.ended s_ended, s.file s_file, s.path s_path, s.digest s_digest"
)
PASSAGE = (
    "p.id p_id, p.kind p_kind, p.text p_text, p.locator p_locator, p.page p_page, p.start p_start, p.end p_end,"
    " p.section p_section, p.codes p_codes, d.id d_id, d.title d_title, d.kind d_kind, d.url d_url, d.payer d_payer,"
    " d.jurisdiction d_jurisdiction, d.effective d_effective, d.ended d_ended, d.refs d_refs"
)
CODE = (
    "c.system c_system, c.value c_value, c.title c_title, c.valid_from c_from, c.valid_to c_to, c.billable c_billable,"
    " c.parent c_parent, c.attributes c_attributes"
)
_SOURCE, _DOCUMENT = (tuple(re.findall(rf"\b{letter}_\w+", columns)) for letter, columns in (("s", SOURCE), ("d", PASSAGE)))
PLACED = f"SELECT {PASSAGE}, {SOURCE} FROM passages p JOIN documents d ON d.id = p.document_id JOIN sources s ON s.id = d.source_id"
LISTED = f"SELECT {CODE}, {SOURCE} FROM codes c JOIN sources s ON s.id = c.source_id"


def placed(row: sqlite3.Row) -> Placed:
    """A row of PLACED."""
    return Placed(passage(row), document(row), source(row))


def listed(row: sqlite3.Row) -> Listed:
    """A row of LISTED."""
    return Listed(code(row), source(row))
