"""Codes and passages that stand in a run: those that begin alike, those of a range, the neighbours of one, the parts of a section."""

from collections.abc import Sequence

from corpus import rows
from corpus.catalog import Catalog
from corpus.rows import Placed

Pair = tuple[str, str]  # system and value
_LAST = "\U0010ffff"  # sorts after every character of a code
_ODD = ("locality",)  # kept as codes, and none that anybody reports


def _within(catalog: Catalog, first: str, last: str, systems: Sequence[str], limit: int) -> list[Pair]:
    """The codes from `first` up to, not including, `last`, read along the key, so that a limit ends the reading."""
    wanted = f"system IN ({','.join('?' * len(systems))})" if systems else f"system NOT IN ({','.join('?' * len(_ODD))})"
    found = catalog.select(
        f"SELECT DISTINCT system, value FROM codes WHERE value >= ? AND value < ? AND {wanted} ORDER BY value, system LIMIT ?",
        [first, last, *(systems or _ODD), limit],
    )
    return [(row["system"], row["value"]) for row in found]


def beginning(catalog: Catalog, start: str, systems: Sequence[str] = (), limit: int = 50) -> list[Pair]:
    """The codes that begin with some characters, by number."""
    return _within(catalog, start, start + _LAST, systems, limit)


def between(catalog: Catalog, first: str, last: str, systems: Sequence[str] = (), limit: int = 50) -> list[Pair]:
    """The codes of a range, what stands below its last one included."""
    return _within(catalog, first, last + _LAST, systems, limit)


def neighbours(catalog: Catalog, pair: Pair) -> tuple[str | None, str | None]:
    """The codes before and after one in its system, by number."""
    system, value = pair
    before = catalog.select("SELECT value FROM codes WHERE system = ? AND value < ? ORDER BY value DESC LIMIT 1", (system, value))
    after = catalog.select("SELECT value FROM codes WHERE system = ? AND value > ? ORDER BY value LIMIT 1", (system, value))
    return (before[0][0] if before else None), (after[0][0] if after else None)


def terms(catalog: Catalog, pair: Pair) -> dict[Pair, str]:
    """(source id, text) → the id of the passage in which a source has that text for a code."""
    found = catalog.select(
        "SELECT d.source_id, p.text, p.id FROM mentions m JOIN passages p ON p.id = m.passage_id JOIN documents d ON d.id = p.document_id"
        " WHERE m.value = ? AND m.system = ? AND p.kind = 'term'",
        (pair[1], pair[0]),
    )
    return {(row[0], row[1]): row[2] for row in found}


def section(catalog: Catalog, kinds: Sequence[str], locator: str, limit: int = 50) -> list[Placed]:
    """The passages of publications whose place is this one or below it: 'Section I.C.4.a', 'Chapter IX, D'."""
    below = (f"{locator}{sign}%" for sign in (".", ",", "§"))
    found = catalog.select(
        f"{rows.PLACED} WHERE d.source_id IN (SELECT id FROM sources WHERE kind IN ({','.join('?' * len(kinds))}))"
        " AND p.kind = 'prose' AND (p.locator = ? OR p.locator LIKE ? OR p.locator LIKE ? OR p.locator LIKE ?)"
        " ORDER BY s.effective DESC, d.ordinal, p.ordinal LIMIT ?",
        [*kinds, locator, *below, limit],
    )
    return [rows.placed(row) for row in found]
