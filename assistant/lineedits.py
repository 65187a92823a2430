"""NCCI edits on the lines of a claim: pairs and the modifiers that may bypass them, units, add-on codes, the same code twice."""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

from assistant import edits
from assistant.answer import Evidence
from assistant.findings import Claim, Finding, Line, Severity, resting
from corpus.model import AddOn, Pair, Unit
from corpus.tables import Filed, Tables

# NCCI Policy Manual for Medicare (2026), Chapter I, Section E: NCCI PTP-associated modifiers. 22, 76 and 77 are none of them.
ANATOMIC = frozenset("E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI".split())
GLOBAL_SURGERY = frozenset("24 25 57 58 78 79".split())
DISTINCT = frozenset("59 XE XS XP XU".split())
VISIT = frozenset("24 25 27 57".split())  # those of them that stand on E/M services
ASSOCIATED = ANATOMIC | GLOBAL_SURGERY | DISTINCT | {"27", "91"}
# The same, Chapter I, Section V: modifiers by which one code stands on separate lines; 26 and TC are parts of one service.
APART = ANATOMIC | DISTINCT | frozenset("76 77 91 26 TC 50 62 66 80 81 82 AS".split())

SHOWN = 12  # codes or pairs named in a sentence
Allowed = Callable[[date], frozenset[str]]  # a day → the ids of the sources that may judge its lines


def _named(modifiers: Iterable[str]) -> str:
    found = sorted(modifiers)
    return f"modifier{'s' * (len(found) > 1)} {' and '.join(found)}"


def _days(claim: Claim) -> dict[date, list[int]]:
    """The lines of each date of service, counted from 0."""
    found: dict[date, list[int]] = {}
    for at in range(len(claim.lines)):
        found.setdefault(claim.day(at), []).append(at)
    return found


def pairs(claim: Claim, tables: Tables, allowed: Allowed, among: Collection[str]) -> Iterator[Finding]:
    """Every pair on file among some codes of a day, in both orders, and whether a modifier on the claim may bypass it."""
    for day, places in _days(claim).items():
        judging = [source for source in edits.ordered(tables.holding("pairs")) if source.id in allowed(day)]
        apart: dict[str, list[tuple[str, str]]] = {source.id: [] for source in judging}
        billed = dict.fromkeys(code for at in places if (code := claim.lines[at].code) in among)
        for one, other in itertools.combinations(billed, 2):
            found = tables.pairs(one, other)
            for source in judging:
                rows = [row for row in found if row.source == source]
                rows = [row for row in rows if edits.in_force(row.row, day)] or rows[:1]  # a pair ended and revived stands twice
                yield from (_pair(claim, row, day, places) for row in rows)
                apart[source.id] += [] if rows else [(one, other)]
        for source in judging:
            if without := apart[source.id]:
                yield _no_pairs(without, edits.no_pair(*without[0], source, "detail"))


def _no_pairs(without: Sequence[tuple[str, str]], first: Evidence) -> Finding:
    """Say once of a table which codes it has no pair for; that is never a permission."""
    if len(without) == 1:
        return Finding("note", "no pair", first.say or "", first)
    shown = ", ".join(f"{one}/{other}" for one, other in without[:SHOWN])
    more = f" and {len(without) - SHOWN} more" if len(without) > SHOWN else ""
    text = (
        f"There is no pair for {shown}{more} in {first.source.title}, in either order; that is not a permission: "
        "other edits, payer rules and documentation still apply."
    )
    return resting("note", "no pair", text, first)


def _pair(claim: Claim, row: Filed[Pair], day: date, places: Sequence[int]) -> Finding:
    pair, says = row.row, edits.pair_row(row, day, "detail")
    first = [at for at in places if claim.lines[at].code == pair.column1]
    second = [at for at in places if claim.lines[at].code == pair.column2]
    severity, text = _judged(claim, row, day, first, second)
    reason = f" {says[1].say}" if len(says) > 1 else ""
    return resting(severity, "pair", f"{text or says[0].say}{reason}", says[0], [at + 1 for at in (*first, *second)])


def _judged(claim: Claim, row: Filed[Pair], day: date, first: Sequence[int], second: Sequence[int]) -> tuple[Severity, str]:
    """How bad a pair is on this claim, and the sentence; '' where the row's own sentence says it."""
    pair, lines = row.row, [claim.lines[at] for at in (*second, *first)]
    is_column_two = f"{pair.column2} is column 2 to {pair.column1} in {row.source.title}"
    carried = {mark for line in lines for mark in line.modifiers or ()}
    if not edits.in_force(pair, day) or pair.indicator == "9":
        return "note", ""
    if pair.indicator == "0":
        idle = f"; {_named(carried & ASSOCIATED)} on the claim does not change that" if carried & ASSOCIATED else ""
        return "error", f"Not together for the same session: {is_column_two}, and {edits.BYPASS['0']}{idle}."
    if any(line.modifiers is None for line in lines):
        return "warning", ""
    bypass = _bypass(lines, len(second))
    if not bypass:
        idle = f"; {_named(carried)} does not bypass it" if carried else ""
        return "error", f"Denied as written: {is_column_two}, and {_missing(lines)} (indicator 1){idle}."
    return "warning", f"{bypass}: {is_column_two} (indicator 1)."


def _missing(lines: Sequence[Line]) -> str:
    visits = [line.code for line in lines if _is_visit(line)]
    one = len(set(visits)) == 1 and len({line.code for line in lines}) > 1
    return f"no modifier such as 25 stands on {visits[0]}" if one else "neither line has an NCCI-associated modifier"


def _bypass(lines: Sequence[Line], second: int) -> str:
    """What the associated modifiers of a pair's lines are worth, '' where there is none; the first `second` lines are column two.

    NCCI Policy Manual for Medicare (2026), Chapter I, Section E: 59 and the X modifiers are not for E/M services, of which
    24, 25, 27 and 57 say that they are separate; an anatomic modifier tells two sites apart, or two sides.
    """
    marks = [(line, frozenset(line.modifiers or ()) & ASSOCIATED) for line in lines]
    visits = [line for line in lines if _is_visit(line)]
    if visits and len(visits) < len(lines):  # the side of a procedure does not make a visit a separate one
        marks = [(line, held & VISIT if _is_visit(line) else held - ANATOMIC) for line, held in marks]
        if any(not held and DISTINCT & set(line.modifiers or ()) for line, held in marks):
            return f"Modifiers 59 and X are not for an E/M service such as {visits[0].code}, where modifier 25 may bypass the pair"
    sites = [{mark for line in part for mark in line.modifiers or () if mark in ANATOMIC} for part in (lines[:second], lines[second:])]
    carried = frozenset(mark for _, held in marks for mark in held)
    if carried and carried <= ANATOMIC and sites[0] == sites[1]:
        return f"{_capital(_named(carried))} on both lines names one site, which by itself does not bypass the pair"
    return next(
        (f"{_capital(_named(held))} on {line.code} may bypass the pair if the record supports it" for line, held in marks if held), ""
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _is_visit(line: Line) -> bool:
    """Evaluation and management: 99202 to 99499 (CPT)."""
    return line.code.isdigit() and "99202" <= line.code <= "99499"


def units(claim: Claim, tables: Tables, allowed: Allowed) -> Iterator[Finding]:
    """Units over a medically unlikely edit: MAI 1 judges each line, 2 and 3 the sum of a day (NCCI Policy Manual, Chapter I, Section V)."""
    for day, places in _days(claim).items():
        for code in dict.fromkeys(claim.lines[at].code for at in places):
            same = [at for at in places if claim.lines[at].code == code]
            rows = {row.source.id: row for row in _judging([row for row in tables.units(code) if row.source.id in allowed(day)])}
            for source in edits.ordered(row.source for row in rows.values()):
                yield from _over(claim, rows[source.id], day, same)


def _judging(rows: Sequence[Filed[Unit]]) -> list[Filed[Unit]]:
    """Practitioners bill equipment as suppliers: where their own table pays none of a code, the suppliers' judges it, else their own."""
    paid = {row.source.setting for row in rows if row.row.units}
    left = "practitioner" if "DME supplier" in paid and "practitioner" not in paid else "DME supplier"
    return [row for row in rows if row.source.setting != left or len({other.source.setting for other in rows}) == 1]


def _over(claim: Claim, row: Filed[Unit], day: date, same: Sequence[int]) -> Iterator[Finding]:
    limit = row.row
    groups = [[at] for at in same] if limit.indicator == "1" else [list(same)]
    for group in groups:
        billed = sum(claim.lines[at].units for at in group)
        if billed > limit.units:
            counted = "on one line" if limit.indicator == "1" else f"on {day}"
            severity: Severity = "error" if limit.indicator in ("1", "2") or not limit.units else "warning"
            if not limit.units and claim.payer not in (None, "Medicare", "Medicaid"):
                severity = "note"  # what Medicare never pays, another payer may
            judged = edits.ADJUDICATION.get(limit.indicator, "no adjudication indicator in this table")
            text = f"{limit.code}: {billed} {_counted(billed)} {counted}, and at most {limit.units} in {row.source.title} ({judged})."
            yield resting(severity, "units", text, edits.unit_row(row, "detail"), [at + 1 for at in group])


def _counted(count: int) -> str:
    return "unit" if count == 1 else "units"


def addons(claim: Claim, tables: Tables, allowed: Allowed) -> Iterator[Finding]:
    """Add-on codes without a primary code on the same day (NCCI Policy Manual, Chapter I, Section R)."""
    for day, places in _days(claim).items():
        billed = {claim.lines[at].code for at in places}
        for code in sorted(billed):
            rows = [row for row in tables.addons(code) if row.source.id in allowed(day) and edits.in_force(row.row, day)]
            if rows and not any(row.row.primary in billed for row in rows):
                yield _alone(claim, code, rows, day, bool(billed - {code}))


def _alone(claim: Claim, code: str, rows: Sequence[Filed[AddOn]], day: date, others: bool) -> Finding:
    """An add-on whose listed primaries are not billed: wrong where they are listed in full, else for the contractor to accept."""
    (item, *_) = edits.addon_rows(code, rows, day)
    kinds = {row.row.type for row in rows}
    severity: Severity = "error" if kinds == {"1"} else "note" if kinds == {"2"} and others else "warning"
    listed = [row.row.primary for row in rows if row.row.primary != edits.CONTRACTOR]
    shown = f"{', '.join(listed[:SHOWN])}{f' and {len(listed) - SHOWN} more' if len(listed) > SHOWN else ''}"
    which = f"none of its primary codes is billed that day ({shown})" if listed else "no table lists its primary codes"
    text = f"{code} is an add-on code ({edits.TYPES[min(kinds)]}), and {which}, in {item.source.title}."
    return resting(severity, "add-on", text, item, claim.holding(code))


def twice(claim: Claim, tables: Tables, allowed: Allowed) -> Iterator[Finding]:
    """One code on several lines of a day with nothing that tells them apart (NCCI Policy Manual, Chapter I, Section V)."""
    for day, places in _days(claim).items():
        for code in dict.fromkeys(claim.lines[at].code for at in places):
            same = [at for at in places if claim.lines[at].code == code]
            marks = [frozenset(claim.lines[at].modifiers or ()) for at in same]
            if len(same) > 1 and any(not (one ^ other) & APART for one, other in itertools.combinations(marks, 2)):
                text = f"{code} is on {len(same)} lines of {day} with no modifier that tells them apart: it may be denied as a duplicate."
                rows = [row for row in tables.units(code) if row.source.id in allowed(day)]
                numbers = [at + 1 for at in same]
                item = edits.unit_row(rows[0], "detail") if rows else None
                yield (
                    resting("warning", "duplicate", text, item, numbers)
                    if item
                    else Finding("warning", "duplicate", text, None, tuple(numbers))
                )
