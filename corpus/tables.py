"""Rows of tables in the catalog: NCCI pairs, units and add-on codes, and what other tables say about one code."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus import rows
from corpus.model import AddOn, Entry, Pair, Reading, Source, Unit

Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True, slots=True)
class Filed(Generic[Item]):
    """A row of a table with the source it stands in."""

    row: Item
    source: Source


class _Rationales(dict[str, int]):
    """Numbers for the few texts that millions of rows repeat."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__((text, number) for number, text in db.execute("SELECT number, text FROM rationales"))
        self._db = db

    def __missing__(self, text: str) -> int:
        cursor = self._db.execute("INSERT INTO rationales (text) VALUES (?)", (text,))
        self[text] = number = int(cursor.lastrowid or 0)
        return number


def put(db: sqlite3.Connection, number: int, reading: Reading) -> int:
    """Write the tables of a reading under a source's number; return how many rows were there twice and stand once."""
    known = _Rationales(db)
    ordered = sorted(reading.pairs)  # in the order of the key a million rows are written in a third of the time
    pairs = ((number, one, two, begins, ends, indicator, known[why]) for one, two, indicator, why, begins, ends in ordered)
    units = ((number, u.code, u.units, u.indicator, known[u.rationale]) for u in reading.units)
    addons = ((number, a.code, a.primary, a.type, a.effective, a.ended) for a in reading.addons)
    written = [
        db.executemany("INSERT OR IGNORE INTO pairs VALUES (?,?,?,?,?,?,?)", pairs).rowcount,
        db.executemany("INSERT OR IGNORE INTO units VALUES (?,?,?,?,?)", units).rowcount,
        db.executemany("INSERT OR IGNORE INTO addons VALUES (?,?,?,?,?,?)", addons).rowcount,
        db.executemany("INSERT INTO entries VALUES (?,?,?,?,?)", _entry_rows(number, reading.entries)).rowcount,
    ]
    return reading.rows - sum(max(count, 0) for count in written)


def _entry_rows(number: int, entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    return ((number, e.code, e.system, e.part, json.dumps(e.cells, ensure_ascii=False)) for e in entries)


class Tables:
    """Exact lookups in the tables of a catalog; every row comes with its source, of whatever edition."""

    def __init__(self, select: Callable[[str, Sequence[object]], list[sqlite3.Row]]) -> None:
        self._select = select

    def holding(self, table: str) -> list[Source]:
        """The sources that have rows in a table (pairs, units, addons or entries), newest editions first."""
        found = self._select(
            f"SELECT {rows.SOURCE} FROM sources s WHERE EXISTS (SELECT 1 FROM {table} t WHERE t.source = s.number)"
            " ORDER BY s.effective DESC, s.number",
            (),
        )
        return [rows.source(row) for row in found]

    def pairs(self, one: str, other: str) -> list[Filed[Pair]]:
        """The edits between two codes, in both orders."""
        found = self._select(
            f"SELECT p.*, r.text reason, {rows.SOURCE} FROM sources s CROSS JOIN pairs p ON p.source = s.number"
            " AND p.column1 IN (?1, ?2) AND p.column2 IN (?1, ?2) AND p.column1 != p.column2"
            " JOIN rationales r ON r.number = p.rationale ORDER BY s.effective DESC, s.number",
            (one, other),
        )
        return _filed(found, _pair)

    def under(self, source_id: str, column1: str) -> list[Pair]:
        """The pairs of one source in which a code is column one, by the number of column two."""
        found = self._select(
            "SELECT p.*, r.text reason FROM pairs p JOIN rationales r ON r.number = p.rationale"
            " WHERE p.source = (SELECT number FROM sources WHERE id = ?) AND p.column1 = ? ORDER BY p.column2",
            (source_id, column1),
        )
        return [_pair(row) for row in found]

    def over(self, source_id: str, column2: str) -> list[Pair]:
        """The pairs of one source in which a code is column two, by the number of column one.

        The key begins with column one: each of its values is looked up with the code, which needs no index beside the key.
        """
        number = self._select("SELECT number FROM sources WHERE id = ?", (source_id,))
        found = self._select(
            "WITH RECURSIVE firsts(one) AS (SELECT min(column1) FROM pairs WHERE source = ?1 UNION ALL"
            " SELECT (SELECT min(column1) FROM pairs WHERE source = ?1 AND column1 > one) FROM firsts WHERE one IS NOT NULL)"
            " SELECT p.*, r.text reason FROM firsts CROSS JOIN pairs p ON p.source = ?1 AND p.column1 = one AND p.column2 = ?2"
            " JOIN rationales r ON r.number = p.rationale",
            (number[0][0] if number else None, column2),
        )
        return [_pair(row) for row in found]

    def units(self, code: str) -> list[Filed[Unit]]:
        """The medically unlikely edits of a code, a row a setting and edition."""
        found = self._select(
            f"SELECT u.*, r.text reason, {rows.SOURCE} FROM sources s CROSS JOIN units u ON u.source = s.number AND u.code = ?"
            " JOIN rationales r ON r.number = u.rationale ORDER BY s.effective DESC, s.number",
            (code,),
        )
        return _filed(found, lambda row: Unit(row["code"], row["units"], row["indicator"], row["reason"]))

    def addons(self, code: str) -> list[Filed[AddOn]]:
        """The rows in which a code is the add-on: its primary codes."""
        found = self._select(
            f"SELECT a.*, {rows.SOURCE} FROM sources s CROSS JOIN addons a ON a.source = s.number AND a.code = ?"
            ' ORDER BY s.effective DESC, s.number, a."primary"',
            (code,),
        )
        return _filed(found, _addon)

    def added_to(self, primary: str) -> list[Filed[AddOn]]:
        """The rows in which a code is the primary: its add-on codes."""
        found = self._select(
            f'SELECT a.*, {rows.SOURCE} FROM sources s CROSS JOIN addons a ON a.source = s.number AND a."primary" = ?'
            " ORDER BY s.effective DESC, s.number, a.code",
            (primary,),
        )
        return _filed(found, _addon)

    def entries(self, system: str, code: str) -> list[Filed[Entry]]:
        """What the other tables say about a code, newest editions first."""
        found = self._select(
            f"SELECT e.*, {rows.SOURCE} FROM entries e JOIN sources s ON s.number = e.source WHERE e.code = ? AND e.system = ?"
            " ORDER BY s.effective DESC, e.source, e.rowid",
            (code, system),
        )
        return _filed(found, _entry)

    def systems(self, value: str) -> list[str]:
        """The systems of which something on file has this code, listed or in a table."""
        found = self._select("SELECT system FROM codes WHERE value = ?1 UNION SELECT system FROM entries WHERE code = ?1", (value,))
        return [row["system"] for row in found]


def _filed(found: Sequence[sqlite3.Row], make: Callable[[sqlite3.Row], Item]) -> list[Filed[Item]]:
    sources: dict[str, Source] = {}  # hundreds of rows stand in a handful of sources
    for row in found:
        if row["s_id"] not in sources:
            sources[row["s_id"]] = rows.source(row)
    return [Filed(make(row), sources[row["s_id"]]) for row in found]


def _pair(row: sqlite3.Row) -> Pair:
    return Pair(*(row[key] for key in ("column1", "column2", "indicator", "reason", "effective", "ended")))


def _addon(row: sqlite3.Row) -> AddOn:
    return AddOn(*(row[key] for key in ("code", "primary", "type", "effective", "ended")))


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(row["system"], row["code"], row["part"], tuple((name, text) for name, text in json.loads(row["cells"])))
