"""The NCCI PTP pairs of one code, in both directions and every setting: found by the other code, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant import edits
from assistant.filed import begun
from assistant.sheet import Subject, missing
from corpus.model import Pair, Source
from index.library import Library

PAGE = 25  # pairs of a page
MEANING = {"0": "no modifier bypasses it", "1": "a modifier may bypass it", "9": "not applicable: deleted as of its first day"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A pair as it concerns one code."""

    other: str
    column: int  # which column the code itself stands in
    pair: Pair
    source: Source
    holds: bool  # on the date

    @property
    def meaning(self) -> str:
        return MEANING.get(self.pair.indicator, "")


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the pairs of a code, how many there are in all, and which tables were asked."""

    edits: tuple[Edit, ...]
    total: int
    number: int
    tables: tuple[Source, ...]
    absent: str

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


@lru_cache(maxsize=16)
def _pairs(library: Library, stamp: int, source_id: str, code: str) -> tuple[Pair, ...]:
    """Every pair of a code in one table, as the catalog held them at a stamp."""
    tables = library.catalog.tables
    return (*tables.under(source_id, code), *tables.over(source_id, code))


def _tables(subject: Subject) -> list[Source]:
    """The tables of pairs that speak for the date, the practitioner's first."""
    return [table for table in edits.tables(subject.catalog, "pairs", subject.current) if begun(table, subject.on)]


def settings(subject: Subject) -> tuple[str, ...]:
    """The settings of which pairs are on file."""
    return tuple(dict.fromkeys(table.setting for table in _tables(subject) if table.setting))


def page(subject: Subject, other: str = "", setting: str = "", number: int = 1) -> Page:
    """A page of the pairs of a code, those that hold first, then by the other code's number.

    `other` is the other code or its beginning; `setting` one of the tables', every one where it is empty.
    """
    asked = [table for table in _tables(subject) if setting in ("", table.setting)]
    found = [edit for table in asked for edit in _edits(subject, table) if edit.other.startswith(other.upper())]
    found.sort(key=lambda edit: (not edit.holds, edit.other, edits.by_setting(edit.source), edit.column))
    last = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), last)
    rows = tuple(found[(number - 1) * PAGE : number * PAGE])
    absent = "" if rows else missing(subject.catalog.tables.holding("pairs"), subject.on)
    return Page(rows, len(found), number, tuple(asked), absent)


def _edits(subject: Subject, table: Source) -> Sequence[Edit]:
    value = subject.value
    return [
        Edit(pair.column2 if pair.column1 == value else pair.column1, 1 if pair.column1 == value else 2, pair, table, _holds(pair, subject))
        for pair in _pairs(subject.library, subject.catalog.stamp, table.id, value)
    ]


def _holds(pair: Pair, subject: Subject) -> bool:
    return edits.in_force(pair, subject.on) and pair.indicator != "9"
