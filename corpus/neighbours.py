"""What stands around a passage in its document, and around a row in its table."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus import rows
from corpus.catalog import Catalog
from corpus.model import Source
from corpus.rows import Placed

REACH = 3  # rows before and after
OWN = 12  # rows about one code that are shown
WHOLE = 400  # passages of a document that is shown whole

Codes = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a table: its headings, and rows with whether each is the one that was cited; None where rows are left out."""

    headings: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], bool] | None, ...]
    place: str  # "row 31 of 62 with column 1 45380, in the order of codes"

    @property
    def held(self) -> bool:
        """Whether the row that was cited stands in it."""
        return any(row and row[1] for row in self.rows)


def passages(catalog: Catalog, passage_id: str, reach: int) -> list[Placed]:
    """A passage with up to `reach` others before and after it in its document; what search alone needs is left out."""
    found = catalog.passages([passage_id]).get(passage_id)
    if found is None:
        return []
    kinds = "p.kind = 'term'" if found.passage.kind == "term" else "p.kind != 'term'"
    here = "(SELECT ordinal FROM passages WHERE id = ?2)"
    part = f"{rows.PLACED} WHERE p.document_id = ?1 AND {kinds} AND p.ordinal"
    values = (found.document.id, passage_id, reach)
    before = catalog.select(f"{part} < {here} ORDER BY p.ordinal DESC LIMIT ?3", values)
    after = catalog.select(f"{part} >= {here} ORDER BY p.ordinal LIMIT ?3 + 1", values)
    return [rows.placed(row) for row in (*reversed(before), *after)]


def on_page(catalog: Catalog, document_id: str, page: int) -> list[Placed]:
    """A document's passages on one page, in their order."""
    found = catalog.select(f"{rows.PLACED} WHERE p.document_id = ? AND p.page = ? ORDER BY p.ordinal", (document_id, page))
    return [rows.placed(row) for row in found]


def excerpts(catalog: Catalog, source: Source, codes: Codes, locator: str) -> list[Excerpt]:
    """The parts of a source's tables in which rows about some codes stand; where none do, the part in which they would."""
    number = catalog.select("SELECT number FROM sources WHERE id = ?", (source.id,))[0][0]
    values = [value for _, value in codes] or re.findall(r"\b[A-Z0-9]{5}\b", locator)[:2]
    pair = values[:1] if locator.startswith("rows ") else values[:2]
    parts = (
        *(_around(catalog, _PAIRS, (number,), key) for key in dict.fromkeys((tuple(pair), tuple(reversed(pair)))) if key),
        *(_around(catalog, table, (number,), (value,)) for table in (_units(source), _ADDONS) for value in values[:1]),
        _entries(catalog, number, codes, locator),
        *(_around(catalog, _CODES, (source.id, system), (value,)) for system, value in codes[:1]),
    )
    found = [_said(excerpt) for excerpt in parts if excerpt]
    held = [excerpt for excerpt in found if excerpt.held]
    telling = [excerpt for excerpt in held if len(excerpt.headings) > 1]  # some tables bring a bare list of their codes
    return telling or held or found[:1]


def _said(excerpt: Excerpt) -> Excerpt:
    """The same without the columns that are empty in every row shown."""
    full = [at for at in range(len(excerpt.headings)) if any(row and row[0][at] for row in excerpt.rows)]
    shown = tuple(row and (tuple(row[0][at] for at in full), row[1]) for row in excerpt.rows)
    return Excerpt(tuple(excerpt.headings[at] for at in full), shown, excerpt.place)


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows in the order of their codes: where they are, which are of one table, by what they are ordered, and what a row says."""

    rows: str
    scope: str
    key: tuple[str, ...]
    headings: tuple[str, ...]
    cells: Callable[[sqlite3.Row], tuple[str, ...]]


def _plain(*names: str) -> Callable[[sqlite3.Row], tuple[str, ...]]:
    return lambda row: tuple("" if row[name] is None else str(row[name]) for name in names)


def _code(row: sqlite3.Row) -> tuple[str, ...]:
    billable = {None: "", 0: "no", 1: "yes"}[row["billable"]]
    more = " · ".join(f"{name}: {text}" for name, text in json.loads(row["attributes"]))
    return (row["value"], row["title"], billable, row["valid_from"] or "", row["valid_to"] or "", more)


_PAIRS = _Table(
    "pairs t CROSS JOIN rationales r ON r.number = t.rationale",
    "source = ?",
    ("column1", "column2"),
    ("Column 1", "Column 2", "Modifier (0 = not allowed, 1 = allowed, 9 = not applicable)", "PTP Edit Rationale", "Effective", "Deletion"),
    _plain("column1", "column2", "indicator", "text", "effective", "ended"),
)
_ADDONS = _Table(
    "addons",
    "source = ?",
    ("code",),
    ("Add-on Code", "Primary Code", "AOC Edit Type", "AOC Edit Effective Date", "AOC Edit Deletion Date"),
    _plain("code", "primary", "type", "effective", "ended"),
)
_CODES = _Table(  # plus: by their key, for another index would have to be sorted
    "codes",
    "+source_id = ? AND +system = ?",
    ("value",),
    ("Code", "Title", "Billable", "Valid from", "Valid to", "More"),
    _code,
)
_MUE = {  # CMS, Medicare NCCI MUE tables: how each of the three heads its units
    "practitioner": "Practitioner Services MUE Values",
    "outpatient hospital": "Outpatient Hospital Services MUE Values",
    "DME supplier": "DME Supplier Services MUE Values",
}


def _units(source: Source) -> _Table:
    return _Table(
        "units t CROSS JOIN rationales r ON r.number = t.rationale",
        "source = ?",
        ("code",),
        ("HCPCS/CPT Code", _MUE.get(source.setting or "", "MUE Values"), "MUE Adjudication Indicator", "MUE Rationale"),
        _plain("code", "units", "indicator", "text"),
    )


def _around(catalog: Catalog, table: _Table, scope: tuple[object, ...], key: tuple[str, ...]) -> Excerpt | None:
    """The rows of a key with those before and after it; None where the source has no rows in this table."""
    names, marks = ", ".join(table.key[: len(key)]), ", ".join("?" * len(key))

    def part(sign: str, order: str, limit: int) -> list[tuple[str, ...]]:
        by = ", ".join(f"{name} {order}" for name in table.key)
        query = f"SELECT * FROM {table.rows} WHERE {table.scope} AND ({names}) {sign} ({marks}) ORDER BY {by} LIMIT {limit}"
        return [table.cells(row) for row in catalog.select(query, (*scope, *key))]

    before, own, after = part("<", "DESC", REACH), part("=", "ASC", OWN + 1), part(">", "ASC", REACH)
    if not (before or own or after):
        return None
    shown = (*((cells, False) for cells in reversed(before)), *((cells, True) for cells in own[:OWN]))
    left = (None,) if len(own) > OWN else ()
    return Excerpt(table.headings, (*shown, *left, *((cells, False) for cells in after)), _standing(catalog, table, scope, key))


def _standing(catalog: Catalog, table: _Table, scope: tuple[object, ...], key: tuple[str, ...]) -> str:
    """Which row it is, of how many: of the whole table, or of those with the same code in column 1."""
    whole = len(key) == len(table.key)
    same = key[:-1] if whole else key
    held = " AND ".join((table.scope.replace("+", ""), *(f"{name} = ?" for name in table.key[: len(same)])))
    query = f"SELECT count(*), total({table.key[-1]} < ?) FROM {table.rows.split()[0]} WHERE {held}"
    total, before = catalog.select(query, (key[-1], *scope, *same))[0]
    row = f"row {int(before) + 1:,} of {total:,}" if whole else f"{total:,} rows"
    return f"{row}{f' with column 1 {same[0]}' if same else ''}, in the order of codes"


def _entries(catalog: Catalog, number: int, codes: Codes, locator: str) -> Excerpt | None:
    """The rows about the codes that a locator names, among those the file has before and after them."""
    own = _own_entries(catalog, number, codes, locator)
    if not own:
        return None
    first, total = catalog.select("SELECT min(rowid), count(*) FROM entries WHERE source = ?", (number,))[0]
    wanted = sorted({at for middle in own[:OWN] for at in range(middle - REACH, middle + REACH + 1)})
    query = f"SELECT rowid, * FROM entries WHERE source = ? AND rowid IN ({','.join('?' * len(wanted))}) ORDER BY rowid"
    found = catalog.select(query, (number, *wanted))
    cells = [dict(json.loads(row["cells"])) for row in found]
    names = list(dict.fromkeys(name for row in cells for name in row))
    apart = any(row["part"] and row["part"] not in said.values() for row, said in zip(found, cells, strict=True))
    headings = ("Code", *(["Part"] if apart else []), *names)
    shown = [
        (row["rowid"], (row["code"], *([row["part"]] if apart else []), *(said.get(name, "") for name in names)))
        for row, said in zip(found, cells, strict=True)
    ]
    place = f"entry {own[0] - first + 1:,} of {total:,}, in the order of the file"
    return Excerpt(headings, tuple(_with_gaps(shown, set(own))), place)


def _with_gaps(shown: Sequence[tuple[int, tuple[str, ...]]], own: set[int]) -> Iterator[tuple[tuple[str, ...], bool] | None]:
    before = None
    for at, cells in shown:
        if before is not None and at > before + 1:
            yield None
        yield cells, at in own
        before = at


def _own_entries(catalog: Catalog, number: int, codes: Codes, locator: str) -> list[int]:
    """The row ids of the entries cited: by code and part, else by code, else by the words that a locator closes with."""
    query = "SELECT rowid, code, part FROM entries WHERE code = ? AND system = ? AND source = ?"
    found = [row for system, value in codes[:2] for row in catalog.select(query, (value, system, number))]
    exact = [row["rowid"] for row in found if re.fullmatch(rf"row {re.escape(row['code'])}(?:[-,] ?)?{re.escape(row['part'])}", locator)]
    if exact or found:
        return exact or [row["rowid"] for row in found]
    words = json.dumps(locator.partition(", ")[2], ensure_ascii=False)
    query = "SELECT rowid FROM entries WHERE source = ? AND instr(cells, ?) LIMIT 1"
    return [row["rowid"] for row in catalog.select(query, (number, words))] if len(words) > 2 else []
