"""The values that flow out of the corpus: frozen, and whole before anything is written."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

PROSE = "prose"  # guidelines, policies, manuals, reference pages
TERM = "term"  # a short text that names one code: title, inclusion term, synonym
NOTE = "note"  # an instruction at a code (Excludes1, code first …): found by code, never by similarity


class CorpusError(Exception):
    """A file or a home folder cannot be used; the message says why and what to do."""


class UnknownLayout(CorpusError):
    """A file is whole, but in a layout that no reader knows."""


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
    payer: str | None = None  # as a person or the publication states it
    jurisdiction: str | None = None
    setting: str | None = None  # of NCCI edits: practitioner | outpatient hospital | DME supplier
    effective: date | None = None
    ended: date | None = None
    file: str | None = None  # base name
    path: str | None = None  # where it was read; two paths are two sources
    digest: str = ""  # SHA-256 of the file's bytes
    names: str | None = None  # the payer its first page names, where nobody stated one


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


class Pair(NamedTuple):
    """A procedure-to-procedure edit: column two is not paid beside column one, unless a modifier may bypass it.

    Source: CMS, NCCI Policy Manual for Medicare, Chapter I. Indicator 0: no modifier bypasses it; 1: one may; 9: not applicable.
    """

    column1: str
    column2: str
    indicator: str
    rationale: str = ""
    effective: str = ""  # ISO dates; empty where the source gives none
    ended: str = ""


class Unit(NamedTuple):
    """A medically unlikely edit: the most units of a code for one patient on one date of service.

    Source: CMS, Medicare NCCI MUE tables. Adjudication indicator (MAI) 1: by claim line; 2: by date of service, policy; 3: by date of
    service, clinical.
    """

    code: str
    units: int
    indicator: str
    rationale: str = ""


class AddOn(NamedTuple):
    """An add-on code and a primary code it may be reported with; CCCCC: the contractor defines the primary codes.

    Source: CMS, NCCI add-on code edits. Type 1: primaries listed in full; 2: none listed; 3: some listed.
    """

    code: str
    primary: str
    type: str
    effective: str = ""
    ended: str = ""


class Entry(NamedTuple):
    """A row of a table about one code: its cells by name, in the words a reader of the answer can follow.

    `part` is what tells rows about one code apart (a modifier, a locality, an NDC); empty where nothing does.
    """

    system: str
    code: str
    part: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a reader took from one file."""

    source: Source
    documents: tuple[Document, ...] = ()
    codes: tuple[Code, ...] = ()
    remarks: tuple[str, ...] = ()  # rows that could not be read, one line each: the rest lands, the exit status says so
    hints: tuple[str, ...] = ()  # what the person may want to state: a date found but not trusted, an edition not given
    pairs: Sequence[Pair] = ()
    units: Sequence[Unit] = ()
    addons: Sequence[AddOn] = ()
    entries: Sequence[Entry] = ()

    @property
    def rows(self) -> int:
        """How many rows of tables it brings."""
        return len(self.pairs) + len(self.units) + len(self.addons) + len(self.entries)


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits that stand for these texts in this order."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def searched(title: str, passage: Passage) -> str:
    """The text that stands for a passage in search: prose with the document's title and the headings above it, a term by itself."""
    return f"{title}. {passage.section}. {passage.text}" if passage.kind == PROSE else passage.text


def with_ids(source_id: str, passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Give each passage an id made of its content, so that an unchanged passage keeps its vector."""
    seen: dict[str, int] = {}
    done = []
    for passage in passages:
        key = digest(source_id, passage.kind, passage.locator, passage.section, passage.text)
        seen[key] = seen.get(key, 0) + 1
        done.append(replace(passage, id=key if seen[key] == 1 else digest(key, str(seen[key]))))
    return tuple(done)
