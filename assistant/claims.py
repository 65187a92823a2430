"""Check a claim against everything on file: codes, NCCI edits, the Tabular List's notes, the patient, coverage documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from assistant import coverage_links, diagnoses, facts, lineedits, numbered, patient
from assistant.filed import begun
from assistant.findings import Claim, Finding, resting, worst_first
from corpus.ages import STALE, age
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.model import Source
from corpus.rows import Listed
from index.library import Library

_TABLES = {"pairs": "NCCI pairs", "units": "units (MUE)", "addons": "add-on codes"}
_NAMED = 4  # coverage documents named in a sentence
_BELOW = 12  # codes below a heading named in a sentence


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tables judge a claim: those of its payer's programme and its setting, in the edition of the day.

    Medicare's and Medicaid's NCCI edits are tables of their own (CMS, Medicaid NCCI) and never stand in for each other.
    """

    claim: Claim
    library: Library

    @property
    def setting(self) -> str | None:
        """A place of service is told on professional claims alone, which the practitioner tables judge (and those of surgical centers)."""
        return self.claim.setting or ("practitioner" if self.claim.place else None)

    @property
    def programme(self) -> str:
        return "Medicaid" if self.claim.payer == "Medicaid" else "Medicare"

    def on(self, day: date) -> frozenset[str]:
        """The sources that may judge a line of a day."""
        current = self.library.current(day)
        fits = (source for source in self.library.sources if source.id in current and begun(source, day))
        mine = (source for source in fits if (source.payer == "Medicaid") == (self.programme == "Medicaid"))
        supplied = {"DME supplier"} if self.claim.place and not self.claim.setting else set()
        settings = {None, self.setting, *supplied}
        return frozenset(source.id for source in mine if self.setting is None or source.setting in settings)

    def lacking(self) -> list[str]:
        """What no table on file judges on some day of the claim."""
        held = {table: {source.id for source in self.library.catalog.tables.holding(table)} for table in _TABLES}
        days = {self.claim.day(at) for at in range(len(self.claim.lines))}
        wanted = [table for table in _TABLES if table != "pairs" or len({line.code for line in self.claim.lines}) > 1]
        return [_TABLES[table] for table in wanted if any(not held[table] & self.on(day) for day in days)]

    def measured(self) -> dict[str, list[Source]]:
        """What judges the claim on some day of it, by table; an empty list where nothing on file does."""
        days = {self.claim.day(at) for at in range(len(self.claim.lines))}
        judging = {source_id for day in days for source_id in self.on(day)}
        held = {name: self.library.catalog.tables.holding(table) for table, name in _TABLES.items()}
        found = {name: [source for source in sources if source.id in judging] for name, sources in held.items()}
        if self.claim.every_diagnosis():
            current = self.library.current(self.claim.on)
            found[diagnoses.TABULAR] = [one for one in self.library.sources if one.kind == diagnoses.TABULAR and one.id in current]
        return found


def check_claim(claim: Claim, library: Library) -> list[Finding]:
    """Every finding on a claim, worst first; the same claim and the same sources give the same findings."""
    scope, tables, read = Scope(claim, library), library.catalog.tables, diagnoses.read(claim, library)
    allowed = cache(scope.on)
    codes = list(_codes(claim, library))
    found = [
        *codes,
        *lineedits.pairs(claim, tables, allowed, {line.code for line in claim.lines} - _unknown(codes)),
        *lineedits.addons(claim, tables, allowed),
        *lineedits.units(claim, tables, allowed),
        *lineedits.twice(claim, tables, allowed),
        *diagnoses.check(claim, read),
        *patient.check(claim, read),
        *_coverage(claim, library),
    ]
    return worst_first([*found, *_limits(scope), *_old(found, claim.on)])


def _unknown(found: Sequence[Finding]) -> set[str]:
    """The codes that no source lists: no table can be silent about what does not exist."""
    return {finding.text.split(":")[0] for finding in found if finding.kind == "unknown"}


def system_of_line(code: str) -> str:
    """The system of a procedure code: HCPCS Level II begins with a letter."""
    return HCPCS if code[:1].isalpha() else CPT


def _codes(claim: Claim, library: Library) -> Iterator[Finding]:
    """Codes that no source lists, those not valid on the day they were billed, and headings."""
    billed = [(system_of_line(line.code), line.code, claim.day(at)) for at, line in enumerate(claim.lines)]
    for system, value, day in dict.fromkeys([*billed, *((ICD10CM, value, claim.on) for value in claim.every_diagnosis())]):
        listed, lines = facts.best(library.catalog.codes(system, value), day), claim.holding(value)
        if listed is None:
            if system == ICD10CM or not library.catalog.tables.units(value):
                yield Finding("error", "unknown", f"{value}: not in these sources.", None, lines)
        elif not facts.in_force(listed.code, day):
            item = facts.validity(library.catalog, listed, day)
            yield resting("error", "validity", item.say or item.quote, item, lines)
        elif system == ICD10CM and (lists := _dropped_from(value, day, library)):
            text = f"{value}, {listed.code.title}, is in {listed.source.title} and no longer in {lists}."
            yield resting("error", "validity", text, facts.row(listed, "detail"), lines)
        elif listed.code.billable is False:
            yield _heading(claim, listed, library)


def _heading(claim: Claim, listed: Listed, library: Library) -> Finding:
    value = listed.code.value
    below = [child.code.value for child in library.catalog.children(ICD10CM, value, listed.source.id)]
    more = f" and {len(below) - _BELOW} more" if len(below) > _BELOW else ""
    text = f"{value}, {listed.code.title}, is not billable; more specific: {', '.join(below[:_BELOW])}{more}."
    return resting("error", "validity", text, facts.row(listed, "detail"), claim.holding(value))


def _dropped_from(value: str, day: date, library: Library) -> str:
    """The title of the Tabular List in force on a day that lacks a code; '' where it has it or none was in force."""
    current = library.current(day)
    lists = [source for source in library.sources if source.kind == diagnoses.TABULAR and source.id in current and begun(source, day)]
    return lists[0].title if lists and diagnoses.tabular(library, value, day) is None else ""


def _coverage(claim: Claim, library: Library) -> Iterator[Finding]:
    """The LCDs and articles that list a code of the claim: Medicare's, so for a claim to Medicare or to nobody named."""
    if claim.payer not in (None, "Medicare"):
        return
    for value in dict.fromkeys(line.code for line in claim.lines):
        among, system = library.current(claim.on), system_of_line(value)
        links = [find(library.catalog, system, value, among) for find in (coverage_links.lcds_for, coverage_links.articles_for)]
        named = {link.to: link for found in links for link in found}
        if named:
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            text = f"Coverage of {value} is the subject of {', '.join(list(named)[:_NAMED])}{more}."
            yield resting("note", "coverage", text, numbered.row(next(iter(named.values())).row, value), claim.holding(value))


def _limits(scope: Scope) -> Iterator[Finding]:
    """What was not checked, and whose rules the edits are."""
    claim = scope.claim
    if claim.lines and (lacking := scope.lacking()):
        whose = f"{scope.programme}, {scope.setting}" if scope.setting else scope.programme
        text = f"Not checked: {', '.join(lacking)}. No such table of {whose} is on file for {claim.on}."
        yield Finding("note", "not checked", text)
    if claim.lines and claim.payer not in (None, "Medicare", "Medicaid") and len(scope.lacking()) < len(_TABLES):
        yield Finding("note", "payer", f"The NCCI edits here are Medicare's; {claim.payer} may follow others.")


def _old(found: list[Finding], on: date) -> Iterator[Finding]:
    """The editions the findings rest on that newer ones must have followed."""
    for item in {finding.evidence.source.id: finding.evidence for finding in found if finding.evidence}.values():
        if (old := age(item.source, on)) and old.editions >= STALE:
            text = f"{item.source.title} is {old} on {on}: check the current edition."
            yield resting("note", "stale source", text, item)
