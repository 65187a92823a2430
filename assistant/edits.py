"""NCCI edits as evidence: pairs, units and add-on codes, each row a sentence; where there is no row, that is said of its table."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from assistant.answer import Evidence
from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS
from corpus.model import AddOn, Document, Pair, Source, Unit
from corpus.tables import Filed

PROCEDURES = (CPT, HCPCS)
BYPASS = {  # NCCI Policy Manual for Medicare, Chapter I, section on modifiers
    "0": "no modifier may bypass the pair (indicator 0)",
    "1": "an NCCI-associated modifier may bypass the pair where the record supports it (indicator 1)",
    "9": "the indicator is 9, not applicable: the edit was deleted as of the day it began",
}
ADJUDICATION = {  # CMS, Medicare NCCI MUE frequently asked questions, MUE adjudication indicators
    "1": "MAI 1: judged line by line; units above it on another line need a modifier that the record supports",
    "2": "MAI 2: an absolute limit for the date of service, from policy; units above it are not paid",
    "3": "MAI 3: a limit for the date of service, from clinical benchmarks; units above it need documentation",
}
TYPES = {  # CMS, NCCI add-on code edits, types
    "1": "type 1: the primary codes are listed in full",
    "2": "type 2: the contractor defines the primary codes",
    "3": "type 3: some primary codes are listed, the contractor may accept others",
}
CONTRACTOR = "CCCCC"  # stands for primary codes that the contractor defines


def _evidence(source: Source, role: str, locator: str, row: str, says: Sequence[str], codes: Sequence[str]) -> list[Evidence]:
    """A row as evidence: its cells, and the sentences that state them."""
    document = Document(id=source.id, title=source.title, kind="table", passages=(), url=source.url)
    named = tuple((_system(code), code) for code in codes)
    text = "\n".join((row, *says))
    roles = (role, *["detail"] * len(says))
    return [Evidence(0, role, text, row, locator, document, source, say=say, codes=named) for role, say in zip(roles, says, strict=False)]


_SETTINGS = ("practitioner", "outpatient hospital", "DME supplier")


def _by_setting(source: Source) -> int:
    """Practitioner tables come first: most claims are theirs."""
    return _SETTINGS.index(source.setting) if source.setting in _SETTINGS else len(_SETTINGS)


def _system(code: str) -> str:
    return HCPCS if code[:1].isalpha() else CPT


def in_force(row: Pair | AddOn, on: date) -> bool:
    """Whether an edit holds on a date, as far as its row has dates."""
    day = on.isoformat()
    return not (row.effective and row.effective > day) and not (row.ended and row.ended < day)


def ordered(tables: Iterable[Source]) -> list[Source]:
    """Tables by setting, those of practitioners first."""
    return sorted(tables, key=_by_setting)


def begun(source: Source, on: date) -> bool:
    """Whether an edition can speak for a date: the earliest one on file says nothing of the time before it."""
    return source.effective is None or source.effective <= on


def _where(source: Source) -> str:
    return f" ({source.setting})" if source.setting else ""


def pair_row(found: Filed[Pair], on: date, role: str) -> list[Evidence]:
    """A pair on file: who is column two, whether a modifier may bypass it, and the reason on file."""
    pair, source = found.row, found.source
    dates = [f"from {pair.effective}"] * bool(pair.effective) + [f"to {pair.ended}"] * bool(pair.ended)
    cells = [f"column 1 {pair.column1}", f"column 2 {pair.column2}", f"modifier indicator {pair.indicator}", *dates, pair.rationale]
    who = f"{pair.column2} is column 2 to {pair.column1} in {source.title}"
    if not in_force(pair, on):
        say = f"Not in force on {on}: the pair {pair.column1}/{pair.column2} in {source.title} holds {' '.join(dates)}."
    elif pair.indicator == "9":
        say = f"No edit in force: {who}, but {BYPASS['9']}."
    else:
        opening = "Not together for the same session" if pair.indicator == "0" else "Only with a modifier"
        say = f"{opening}: {who}, and {BYPASS[pair.indicator]}."
    reason = f"Reason on file for {pair.column1}/{pair.column2}{_where(source)}: {pair.rationale.rstrip('.')}."
    says = [say, reason] if pair.rationale else [say]
    locator = f"row {pair.column1}/{pair.column2}"
    return _evidence(source, role, locator, " · ".join(filter(None, cells)), says, (pair.column1, pair.column2))


def no_pair(one: str, other: str, table: Source, role: str) -> Evidence:
    """Say that a table holds no pair of two codes; that is never a permission."""
    row = f"no pair {one}/{other} or {other}/{one} in {table.title}"
    say = (
        f"There is no pair for {one} and {other} in {table.title}, in either order; that is not a permission: "
        "other edits, payer rules and documentation still apply."
    )
    return _evidence(table, role, f"no row {one}/{other}", row, [say], (one, other))[0]


def unit_row(found: Filed[Unit], role: str) -> Evidence:
    """The medically unlikely edit of a code in one setting."""
    unit, source = found.row, found.source
    row = f"{unit.code} · MUE {unit.units} · adjudication indicator {unit.indicator} · {unit.rationale}"
    count = f"{unit.units} {'unit' if unit.units == 1 else 'units'}"
    say = f"{unit.code}: at most {count} in {source.title} ({ADJUDICATION.get(unit.indicator, f'MAI {unit.indicator}')})."
    return _evidence(source, role, f"row {unit.code}", row, [say], (unit.code,))[0]


def addon_rows(code: str, rows: Sequence[Filed[AddOn]], on: date) -> Iterator[Evidence]:
    """What an add-on code may be reported with, one sentence an edit type."""
    held = [found for found in rows if in_force(found.row, on)]
    for (source_id, kind), group in itertools.groupby(sorted(held, key=_grouped), key=_grouped):
        found = list(group)
        source = next(item.source for item in found if item.source.id == source_id)
        primaries = [item.row.primary for item in found if item.row.primary != CONTRACTOR]
        row = f"{code} · add-on code, type {kind} · primary codes: {', '.join(primaries) or CONTRACTOR}"
        listed = f"the primary codes on file are {', '.join(primaries)}" if primaries else "no primary codes are on file"
        say = f"{code} is an add-on code ({TYPES.get(kind, f'type {kind}')}); {listed}, in {source.title}."
        yield from _evidence(source, "detail", f"row {code}", row, [say], (code, *primaries))


def _grouped(found: Filed[AddOn]) -> tuple[str, str]:
    return found.source.id, found.row.type


def pairs(catalog: Catalog, codes: Sequence[str], current: Iterable[str], on: date) -> list[Evidence]:
    """Every pair among some codes in every table in force, the pairs on file first."""
    tables = ordered(source for source in catalog.tables.holding("pairs") if source.id in set(current) and begun(source, on))
    rows: list[Evidence] = []
    missing: list[Evidence] = []
    for one, other in itertools.combinations(dict.fromkeys(codes), 2):
        on_file = [found for found in catalog.tables.pairs(one, other) if found.source in tables]
        for found in sorted(on_file, key=lambda found: (not in_force(found.row, on), tables.index(found.source))):
            rows += pair_row(found, on, "lead" if not rows else "detail")
        missing += [no_pair(one, other, table, "detail") for table in tables if all(found.source != table for found in on_file)]
    return rows + missing


def units(catalog: Catalog, code: str, current: Iterable[str], on: date) -> list[Evidence]:
    """The medically unlikely edits of a code in the tables in force, a sentence a setting."""
    allowed = set(current)
    found = [item for item in catalog.tables.units(code) if item.source.id in allowed and begun(item.source, on)]
    return [unit_row(item, "detail") for item in sorted(found, key=lambda item: _by_setting(item.source))]


def addons(catalog: Catalog, code: str, current: Iterable[str], on: date) -> list[Evidence]:
    """Whether a code is an add-on, and to what."""
    allowed = set(current)
    return list(
        addon_rows(code, [item for item in catalog.tables.addons(code) if item.source.id in allowed and begun(item.source, on)], on)
    )
