"""NCCI edits as evidence: pairs, units and add-on codes, each row a sentence; where there is no row, that is said of its table."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from assistant.answer import Evidence, Question
from assistant.filed import begun, told
from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS
from corpus.model import AddOn, Pair, Source, Unit
from corpus.tables import Filed
from index.library import Library

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
OVER = {"1": "Not on one claim line", "2": "No", "3": "Not without documentation"}  # the verdict on units above it, by that indicator
TYPES = {  # CMS, NCCI add-on code edits, types
    "1": "type 1: the primary codes are listed in full",
    "2": "type 2: the contractor defines the primary codes",
    "3": "type 3: some primary codes are listed, the contractor may accept others",
}
CONTRACTOR = "CCCCC"  # stands for primary codes that the contractor defines
NAMED = 40  # primary codes that a sentence names one by one


def _evidence(source: Source, role: str, locator: str, row: str, says: Sequence[str], codes: Sequence[str]) -> list[Evidence]:
    """A row as evidence: its cells, and the sentences that state them."""
    made = told(source, locator, row, says, tuple((_system(code), code) for code in codes))
    return [replace(made[0], role=role), *made[1:]]


_SETTINGS = ("practitioner", "outpatient hospital", "DME supplier")


def by_setting(source: Source) -> int:
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
    return sorted(tables, key=by_setting)


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


def unit_row(found: Filed[Unit], role: str, asked: int | None = None) -> Evidence:
    """The medically unlikely edit of a code in one setting; where a number of units is asked about, the verdict on it first."""
    unit, source = found.row, found.source
    row = f"{unit.code} · MUE {unit.units} · adjudication indicator {unit.indicator} · {unit.rationale}"
    meaning = ADJUDICATION.get(unit.indicator if unit.units else "", f"MAI {unit.indicator}")
    at_most = f"at most {_count(unit.units)}" if unit.units else "0 units, none is payable,"
    say = f"{unit.code}: {at_most} in {source.title} ({meaning})."
    if asked is not None and asked > unit.units:
        over = OVER.get(unit.indicator, "No") if unit.units else "No"
        say = f"{over}: {_count(asked)} of {unit.code} exceed the {_count(unit.units)} allowed in {source.title} ({meaning})."
    elif asked is not None:
        say = (
            f"Within the limit: {_count(asked)} of {unit.code}, {at_most} in {source.title} ({meaning});"
            " the limit is no permission, the record must support the units."
        )
    return _evidence(source, role, f"row {unit.code}", row, [say], (unit.code,))[0]


def _count(units: int) -> str:
    return f"{units} {'unit' if units == 1 else 'units'}"


def addon_rows(code: str, rows: Sequence[Filed[AddOn]], on: date) -> Iterator[Evidence]:
    """What an add-on code may be reported with, one sentence an edit type."""
    held = [found for found in rows if in_force(found.row, on)]
    for (source_id, kind), group in itertools.groupby(sorted(held, key=_grouped), key=_grouped):
        found = list(group)
        source = next(item.source for item in found if item.source.id == source_id)
        primaries = [item.row.primary for item in found if item.row.primary != CONTRACTOR]
        row = f"{code} · add-on code, type {kind} · primary codes: {', '.join(primaries) or CONTRACTOR}"
        named = ", ".join(primaries[:NAMED])
        more = f", the first {NAMED} of {len(primaries)} in the row" if len(primaries) > NAMED else ""
        listed = f"the primary codes on file are {named}{more}" if primaries else "no primary codes are on file"
        say = f"{code} is an add-on code ({TYPES.get(kind, f'type {kind}')}); {listed}, in {source.title}."
        yield from _evidence(source, "detail", f"row {code}", row, [say], (code, *primaries))


def _grouped(found: Filed[AddOn]) -> tuple[str, str]:
    return found.source.id, found.row.type


def within(question: Question, library: Library) -> frozenset[str]:
    """The sources that may answer: in force, of the setting asked about, and never Medicaid's in place of Medicare's or the reverse."""
    current = library.current(question.on)
    mine = [source for source in library.sources if source.id in current and question.setting in (None, source.setting or question.setting)]
    medicaid = {source.id for source in mine if source.payer == "Medicaid"}
    of_medicare = {source.id for source in mine if source.payer == "Medicare"}
    return frozenset(source.id for source in mine) - (of_medicare if question.payer == "Medicaid" else medicaid)


def tables(catalog: Catalog, kind: str, among: frozenset[str]) -> list[Source]:
    """The tables of a kind (pairs, units, addons) that may answer, the practitioner's first."""
    return ordered(source for source in catalog.tables.holding(kind) if source.id in among)


def pairs(catalog: Catalog, codes: Sequence[str], current: Iterable[str], on: date) -> list[Evidence]:
    """Every pair among some codes in every table in force, the pairs on file first."""
    held = [source for source in tables(catalog, "pairs", frozenset(current)) if begun(source, on)]
    rows: list[Evidence] = []
    missing: list[Evidence] = []
    for one, other in itertools.combinations(dict.fromkeys(codes), 2):
        on_file = [found for found in catalog.tables.pairs(one, other) if found.source in held]
        for found in sorted(on_file, key=lambda found: (not in_force(found.row, on), held.index(found.source))):
            rows += pair_row(found, on, "lead" if not rows else "detail")
        missing += [no_pair(one, other, table, "detail") for table in held if all(found.source != table for found in on_file)]
    return rows + missing


def once(rows: Sequence[Evidence]) -> list[Evidence]:
    """Pairs without a reason that an earlier line has told of the same pair."""
    kept: dict[tuple[str, str], Evidence] = {}
    for item in rows:
        said = item.say or ""
        reason = said.partition("): ")[2] if said.startswith("Reason on file") else ""
        kept.setdefault((item.locator, reason or said), item)
    return list(kept.values())


def bundled(catalog: Catalog, code: str, among: frozenset[str], on: date, limit: int) -> list[Evidence]:
    """The pairs in which a code is column 1, a sentence a table: how many there are, and the first of them by number."""
    found = []
    for table in tables(catalog, "pairs", among):
        rows = [row for row in catalog.tables.under(table.id, code) if in_force(row, on) and row.indicator != "9"]
        if rows and begun(table, on):
            found.append(_bundle(table, code, rows, limit))
    return found


def _bundle(table: Source, code: str, rows: Sequence[Pair], limit: int) -> Evidence:
    cells = f"column 1 {code} · column 2 " + ", ".join(f"{row.column2} (indicator {row.indicator})" for row in rows)
    hard = sum(row.indicator == "0" for row in rows)
    named = ", ".join(f"{row.column2} (indicator {row.indicator})" for row in rows[:limit])
    first = f"the first {limit} by number are {named}; name two codes to see a pair" if len(rows) > limit else f"they are {named}"
    say = (
        f"{len(rows)} codes are column 2 to {code} in {table.title}, {hard} of them with indicator 0, which no modifier bypasses; {first}."
    )
    codes = (code, *(row.column2 for row in rows[:limit]))
    return _evidence(table, "detail", f"rows {code}/…", cells, [say], codes)[0]


def units(catalog: Catalog, code: str, current: Iterable[str], on: date, asked: int | None = None) -> list[Evidence]:
    """The medically unlikely edits of a code in the tables in force, a sentence a setting."""
    allowed = set(current)
    found = [item for item in catalog.tables.units(code) if item.source.id in allowed and begun(item.source, on)]
    return [unit_row(item, "detail", asked) for item in sorted(found, key=lambda item: by_setting(item.source))]


def no_units(catalog: Catalog, code: str, among: frozenset[str], on: date) -> list[Evidence]:
    """Say of the practitioner and hospital tables that have no row for a code that they have none: no limit is published there."""
    listed = {item.source.id for item in catalog.tables.units(code)}
    lacking = [table for table in tables(catalog, "units", among) if table.id not in listed and begun(table, on)]
    says = (f"{table.title} has no MUE for {code}; that no limit is published is no permission." for table in lacking)
    return [
        told(table, f"no row {code}", f"no MUE {code}", [say], ((_system(code), code),))[0]
        for table, say in zip(lacking, says, strict=True)
        if table.setting != "DME supplier"
    ]


def no_addon(catalog: Catalog, code: str, among: frozenset[str], on: date, say: str) -> list[Evidence]:
    """Say of the tables of add-on codes that they do not list a code as one; `say` names {table} and {code}."""
    held = [table for table in tables(catalog, "addons", among) if begun(table, on)]
    said = ((table, say.format(table=table.title, code=code)) for table in held)
    return [told(table, f"no row {code}", f"no add-on {code}", [text])[0] for table, text in said]


def added_to(catalog: Catalog, code: str, among: frozenset[str], on: date) -> list[Evidence]:
    """The add-on codes that may be reported with a primary code, a sentence a table."""
    held = [item for item in catalog.tables.added_to(code) if item.source.id in among and begun(item.source, on) and in_force(item.row, on)]
    found = []
    for source, group in itertools.groupby(held, key=lambda item: item.source):
        codes = list(dict.fromkeys(item.row.code for item in group))
        named = f"The add-on codes on file for {code} are" if len(codes) > 1 else f"The add-on code on file for {code} is"
        say = f"{named} {', '.join(codes)}, in {source.title}."
        found += _evidence(
            source, "detail", f"rows with primary {code}", f"primary {code} · add-on codes: {', '.join(codes)}", [say], (code, *codes)
        )
    return found


def elsewhere(catalog: Catalog, kind: str, setting: str, current: frozenset[str]) -> list[Evidence]:
    """Say of which settings the tables on file are, where none is of the setting asked about."""
    held = tables(catalog, kind, current)
    says = (f"{table.title} is a table of the setting {table.setting}; none on file is of {setting}." for table in held)
    return [told(table, "setting", table.title, [say])[0] for table, say in zip(held, says, strict=True)]


def addons(catalog: Catalog, code: str, current: Iterable[str], on: date) -> list[Evidence]:
    """Whether a code is an add-on, and to what."""
    allowed = set(current)
    held = [item for item in catalog.tables.addons(code) if item.source.id in allowed and begun(item.source, on)]
    return list(addon_rows(code, held, on))
