"""What changed from one source to another: codes, pairs, units and add-on codes, compared row by row in the catalog."""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.catalog import Catalog
from corpus.model import CorpusError

ADDED, DELETED, REVISED = "added", "deleted", "revised"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new, gone or different: what it is about, and what each source says of it."""

    what: str  # code | pair | units | add-on
    change: str  # ADDED, DELETED or REVISED
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose rows can be compared; the last three are SQL over a row `t`."""

    what: str
    name: str
    owner: str  # whether a row is of source ?
    same: str  # whether it is the row `o` of the other source
    key: str
    says: str
    differs: str = ""  # whether the rows `t` and `o` contradict each other, where that is not to say something else


_NUMBER = "t.source = (SELECT number FROM sources WHERE id = {0})"
_TABLES = (
    _Table(
        "code",
        "codes",
        "t.source_id = {0}",
        "o.system = t.system AND o.value = t.value",
        "t.system || ' ' || t.value",
        "t.title || CASE t.billable WHEN 1 THEN ' · billable' WHEN 0 THEN ' · not billable' ELSE '' END"
        " || coalesce(' · from ' || t.valid_from, '') || coalesce(' · to ' || t.valid_to, '')",
        # what one source does not say at all is no revision: a list without dates or without descriptions
        "(o.title != t.title AND o.title != '' AND t.title != '') OR (o.billable != t.billable)"
        " OR (o.valid_from IS NOT NULL AND t.valid_from IS NOT NULL AND (o.valid_from != t.valid_from OR o.valid_to IS NOT t.valid_to))"
        " OR (o.valid_to != t.valid_to)",
    ),
    _Table(
        "pair",
        "pairs",
        _NUMBER,
        "o.column1 = t.column1 AND o.column2 = t.column2 AND o.effective = t.effective",
        "t.column1 || '/' || t.column2",
        "'indicator ' || t.indicator || CASE t.ended WHEN '' THEN '' ELSE ' · to ' || t.ended END",
    ),
    _Table("units", "units", _NUMBER, "o.code = t.code", "t.code", "'MUE ' || t.units || ' · MAI ' || t.indicator"),
    _Table(
        "add-on",
        "addons",
        _NUMBER,
        'o.code = t.code AND o."primary" = t."primary" AND o.effective = t.effective',
        "t.code || '/' || t.\"primary\"",
        "'type ' || t.type || CASE t.ended WHEN '' THEN '' ELSE ' · to ' || t.ended END",
    ),
)


def changes(catalog: Catalog, before: str, after: str) -> Iterator[Change]:
    """Everything that differs from one source to another, table by table, in the order of its keys.

    Raises CorpusError where there is no such source.
    """
    for source_id in (before, after):
        if not catalog.has_source(source_id):
            raise CorpusError(f"There is no source {source_id!r}. `codecite sources` lists them.")
    for table in _TABLES:
        for row in catalog.select(_comparing(table), (before, after)):
            change = ADDED if row["before"] is None else DELETED if row["after"] is None else REVISED
            yield Change(table.what, change, row["key"], row["before"], row["after"])


def _comparing(table: _Table) -> str:
    """Rows of ?1 that ?2 lacks or has differently, and rows of ?2 that ?1 lacks."""
    old, new = table.owner.format("?1"), table.owner.format("?2")
    other = f"{table.name} o ON {table.same} AND {{}}"
    there = other.format(new.replace("t.source", "o.source"))
    gone = other.format(old.replace("t.source", "o.source"))
    says_there = table.says.replace("t.", "o.")
    held = table.same.split(" ")[0]
    differs = f"({held} IS NULL OR {table.differs})" if table.differs else "after IS NOT before"
    return (
        f"SELECT {table.key} key, {table.says} before, CASE WHEN {held} IS NULL THEN NULL ELSE {says_there} END after"
        f" FROM {table.name} t LEFT JOIN {there} WHERE {old} AND {differs}"
        f" UNION ALL SELECT {table.key}, NULL, {table.says} FROM {table.name} t LEFT JOIN {gone} WHERE {new} AND {held} IS NULL"
        " ORDER BY 1"
    )
