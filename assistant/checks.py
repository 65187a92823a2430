"""Check codes typed together as if they were one claim, of which nothing else is known."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.table import Table

from assistant import edits
from assistant.claims import Scope, check_claim
from assistant.codepage import system_and_value
from assistant.findings import Claim, Finding, Line, worst_first
from assistant.output import visible
from corpus.codes import ICD10CM
from index.library import Library


def check(values: Sequence[str], library: Library, on: date) -> tuple[list[tuple[str, str]], list[Finding]]:
    """The codes as their systems write them, and what the sources in force on a date say of them together, worst first."""
    named = list(dict.fromkeys(system_and_value(value, library) for value in values))
    lines = tuple(Line(value, modifiers=None) for system, value in named if system in edits.PROCEDURES)
    claim = Claim(lines, on, diagnoses=tuple(value for system, value in named if system == ICD10CM))
    rest = [(system, value) for system, value in named if system not in (*edits.PROCEDURES, ICD10CM)]
    lost = [value for system, value in rest if not (system and library.catalog.codes(system, value))]
    unknown = [Finding("error", "unknown", f"{value}: not in these sources.") for value in lost]
    found = worst_first([*unknown, *check_claim(claim, library), *_told(claim, library)])
    return [(system or "", value) for system, value in named], found


def _told(claim: Claim, library: Library) -> Iterator[Finding]:
    """What a claim would be measured against: the units of each code, and the primary codes of each add-on that has one here."""
    catalog, scope = library.catalog, Scope(claim, library).on(claim.on)
    billed = {line.code for line in claim.lines}
    for at, code in enumerate((line.code for line in claim.lines), 1):
        rows = [row for row in catalog.tables.addons(code) if row.source.id in scope and edits.in_force(row.row, claim.on)]
        if any(row.row.primary in billed for row in rows):
            yield from (Finding("note", "add-on", item.say or "", item, (at,)) for item in edits.addon_rows(code, rows, claim.on))
        yield from (Finding("note", "units", item.say or "", item, (at,)) for item in edits.units(catalog, code, scope, claim.on))


def as_table(findings: Sequence[Finding], title: str) -> Table:
    """The findings for a person."""
    table = Table("severity", "lines", "finding", "source", title=visible(title))
    for finding in findings:
        item = finding.evidence
        lines = ", ".join(map(str, finding.lines))
        table.add_row(finding.severity, lines, visible(finding.text), visible(f"{item.source.title}, {item.locator}") if item else "–")
    return table
