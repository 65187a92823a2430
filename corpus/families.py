"""Many codes at once: listings of a set of codes, and what stands below headings, read light for ranking."""

from collections.abc import Sequence
from typing import NamedTuple

from corpus import rows
from corpus.catalog import Catalog
from corpus.model import Source
from corpus.rows import Listed

BROAD = 60  # codes right below a heading from which it is too broad to look through
WHOLE = 8  # characters of an ICD-10-CM code with its 7th, the dot counted: chosen when its stem is


class Entry(NamedTuple):
    """A code in its place in the book."""

    value: str
    title: str
    billable: bool | None
    parent: str | None


def listings(catalog: Catalog, system: str, values: Sequence[str]) -> dict[str, list[Listed]]:
    """Each of these codes as every source lists it, the newest edition first."""
    found = catalog.select(
        f"{rows.LISTED} WHERE c.value IN ({','.join('?' * len(values))}) AND c.system = ? ORDER BY s.kind = 'starter', c.title = '',"
        " s.effective DESC, length(c.title) DESC, s.number DESC",
        [*values, system],
    )
    sources: dict[str, Source] = {}
    listed: dict[str, list[Listed]] = {}
    for row in found:
        if row["s_id"] not in sources:
            sources[row["s_id"]] = rows.source(row)
        listed.setdefault(row["c_value"], []).append(Listed(rows.code(row), sources[row["s_id"]]))
    return listed


def below(catalog: Catalog, system: str, headings: Sequence[str], source_id: str) -> list[Entry]:
    """The codes right below these headings in a source, those of a 7th character aside; none of a heading that is too broad."""
    marks = ",".join("?" * len(headings))
    found = catalog.select(
        f"SELECT value, title, billable, parent FROM codes WHERE source_id = ? AND system = ? AND parent IN ({marks})"
        f" AND length(value) < {WHOLE} ORDER BY value",
        [source_id, system, *headings],
    )
    children: dict[str, list[Entry]] = {}
    for row in found:
        flag = None if row["billable"] is None else bool(row["billable"])
        children.setdefault(row["parent"], []).append(Entry(row["value"], row["title"], flag, row["parent"]))
    return [entry for entries in children.values() if len(entries) <= BROAD for entry in entries]
