"""Check codes of one claim against the tables: validity, pairs, add-on codes and units, each finding with its row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from rich.table import Table

from assistant import edits, facts
from assistant.answer import Citation, Evidence
from assistant.codepage import system_and_value
from assistant.output import visible
from corpus.codes import ICD10CM
from corpus.model import AddOn
from corpus.tables import Filed
from index.library import Library

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the codes together, how much it matters, and the row it rests on."""

    severity: Severity
    kind: str  # unknown | validity | pair | no pair | add-on | units
    text: str
    evidence: Evidence | None = None

    def as_json(self, number: int) -> dict[str, Any]:
        """The finding for programs, with the citation every answer has."""
        cited = self.evidence and Citation(number, replace(self.evidence, number=number)).as_json()
        codes = [{"system": system, "code": code} for system, code in (self.evidence.codes if self.evidence else ())]
        return {"severity": self.severity, "kind": self.kind, "text": self.text, "codes": codes, "citation": cited}


def check(values: Sequence[str], library: Library, on: date) -> tuple[list[tuple[str, str]], list[Finding]]:
    """The codes as their systems write them, and what the tables in force on a date say of them, worst first."""
    named = list(dict.fromkeys(system_and_value(value, library) for value in values))
    current = library.current(on)
    procedures = [value for system, value in named if system in edits.PROCEDURES]
    found = [finding for pair in named for finding in _one(pair, library, on)]
    for item in edits.pairs(library.catalog, procedures, current, on):
        if _said(item).startswith("Reason on file"):
            found[-1] = replace(found[-1], text=f"{found[-1].text} {_said(item)}")
        else:
            found.append(_paired(item))
    for code in procedures:
        found += _added_on(code, procedures, library, current, on)
        found += [Finding("note", "units", _said(item), item) for item in edits.units(library.catalog, code, current, on)]
    rank: dict[str, int] = {"error": 0, "warning": 1, "note": 2}
    return [(system or "", value) for system, value in named], sorted(found, key=lambda finding: rank[finding.severity])


def _said(item: Evidence) -> str:
    return item.say or item.quote


def _one(pair: tuple[str | None, str], library: Library, on: date) -> Iterator[Finding]:
    """What is wrong with a code by itself: nobody lists it, it is not valid on the date, it is a heading."""
    system, value = pair
    listed = facts.best(library.catalog.codes(system, value), on) if system else None
    if listed is None:
        yield Finding("error", "unknown", f"{value}: not in these sources.")
    elif not facts.in_force(listed.code, on) or (system == ICD10CM and listed.code.billable is False):
        item = facts.validity(library.catalog, listed, on)
        yield Finding("error", "validity", _said(item), item)


def _paired(item: Evidence) -> Finding:
    text = _said(item)
    if text.startswith("There is no pair"):
        return Finding("note", "no pair", text, item)
    barred, open_to = text.startswith("Not together"), text.startswith("Only with")
    return Finding("error" if barred else "warning" if open_to else "note", "pair", text, item)


def _added_on(code: str, procedures: Sequence[str], library: Library, current: frozenset[str], on: date) -> Iterator[Finding]:
    rows = [found for found in library.catalog.tables.addons(code) if found.source.id in current]
    if not rows:
        return
    fits = any(found.row.primary in procedures for found in rows)
    closed = all(_listed_in_full(found) for found in rows)
    for item in edits.addon_rows(code, rows, on):
        yield Finding("note" if fits else "error" if closed else "warning", "add-on", _said(item), item)


def _listed_in_full(found: Filed[AddOn]) -> bool:
    return found.row.type == "1"


def as_table(named: Sequence[tuple[str, str]], findings: Sequence[Finding], on: date) -> Table:
    """The findings for a person."""
    title = ", ".join(f"{system} {value}".strip() for system, value in named)
    table = Table("severity", "finding", "source", title=visible(f"{title} on {on}"))
    for finding in findings:
        item = finding.evidence
        table.add_row(finding.severity, visible(finding.text), visible(f"{item.source.title}, {item.locator}") if item else "–")
    return table
