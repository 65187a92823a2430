"""The values that flow out of the corpus: frozen, and whole before anything is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

PROSE = "prose"  # guidelines, policies, manuals, reference pages
TERM = "term"  # a short text that names one code: title, inclusion term, synonym
NOTE = "note"  # an instruction at a code (Excludes1, code first …): found by code, never by similarity


class CorpusError(Exception):
    """A file or a home folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One edition of a publication, as one file carried it."""

    id: str
    title: str
    publication: str  # editions of one publication share this
    licence: str
    kind: str  # what the reader took the file for
    publisher: str | None = None
    edition: str | None = None
    url: str | None = None
    payer: str | None = None
    jurisdiction: str | None = None
    effective: date | None = None
    ended: date | None = None
    file: str | None = None  # base name
    path: str | None = None  # where it was read; two paths are two sources
    digest: str = ""  # SHA-256 of the file's bytes


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a starter document's facts can be checked."""

    publication: str
    publisher: str
    section: str
    address: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is found, shown and cited."""

    id: str
    kind: str  # PROSE, TERM or NOTE
    text: str
    locator: str
    page: int | None = None  # 1-based page of the file
    start: int = 0  # character span in the page's (or the document's) text
    end: int = 0
    section: str = ""  # headings above it: searched with the text, never quoted
    codes: tuple[tuple[str, str], ...] = ()  # (system, value) it names


@dataclass(frozen=True, slots=True)
class Document:
    """A part of a source with a title and dates of its own."""

    id: str
    title: str
    kind: str  # code | guideline | policy | reference | table
    passages: tuple[Passage, ...]
    url: str | None = None
    payer: str | None = None
    jurisdiction: str | None = None
    effective: date | None = None
    ended: date | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one system, found exactly and never by similarity."""

    system: str
    value: str
    title: str
    valid_from: date | None = None
    valid_to: date | None = None
    billable: bool | None = None  # ICD-10-CM: complete to its last character
    parent: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a reader took from one file."""

    source: Source
    documents: tuple[Document, ...]
    codes: tuple[Code, ...] = ()
    remarks: tuple[str, ...] = field(default=())  # what was left out, one line each


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits that stand for these texts in this order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def with_ids(source_id: str, passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Give each passage an id made of its content, so that an unchanged passage keeps its vector."""
    seen: dict[str, int] = {}
    done = []
    for passage in passages:
        key = digest(source_id, passage.kind, passage.locator, passage.section, passage.text)
        seen[key] = seen.get(key, 0) + 1
        done.append(replace(passage, id=key if seen[key] == 1 else digest(key, str(seen[key]))))
    return tuple(done)
