"""The values of a claim checked: what was billed, and what the sources on file say of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from assistant.answer import Citation, Evidence

Severity = Literal["error", "warning", "note"]
_RANK = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a claim: a CPT or HCPCS code and what stands beside it."""

    code: str
    units: int = 1
    modifiers: tuple[str, ...] | None = ()  # None: nobody said which
    diagnoses: tuple[str, ...] = ()  # ICD-10-CM, in their order
    on: date | None = None  # where it differs from the claim's


@dataclass(frozen=True, slots=True)
class Claim:
    """What one provider bills for one patient."""

    lines: tuple[Line, ...]
    on: date  # date of service
    id: str = ""
    diagnoses: tuple[str, ...] = ()  # of the whole claim, in their order; those of the lines follow them
    place: str = ""  # POS, two digits
    setting: str | None = None  # practitioner | outpatient hospital | DME supplier | inpatient hospital
    payer: str | None = None
    age: int | None = None  # of the patient, in years
    sex: str | None = None  # female | male

    def day(self, at: int) -> date:
        """The date of service of a line, counted from 0."""
        return self.lines[at].on or self.on

    def every_diagnosis(self) -> tuple[str, ...]:
        """The diagnoses of claim and lines, each once, in their order."""
        return tuple(dict.fromkeys((*self.diagnoses, *(dx for line in self.lines for dx in line.diagnoses))))

    def of_line(self, at: int) -> tuple[str, ...]:
        """The diagnoses a line rests on: its own, else the claim's."""
        return self.lines[at].diagnoses or self.diagnoses

    def holding(self, *values: str) -> tuple[int, ...]:
        """The lines, counted from 1, that bill one of these codes or rest on one of these diagnoses."""
        wanted = set(values)
        return tuple(at + 1 for at, line in enumerate(self.lines) if wanted & {line.code, *self.of_line(at)})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a claim, how much it matters, and the row or note it rests on.

    error: the claim as written breaks a rule on file; warning: it depends on the record or the contractor; note: to know.
    """

    severity: Severity
    kind: str  # unknown | validity | pair | no pair | add-on | units | Excludes1 | code first | …
    text: str
    evidence: Evidence | None = None
    lines: tuple[int, ...] = ()  # counted from 1

    def as_json(self, number: int) -> dict[str, Any]:
        """The finding for programs, with the citation every answer has."""
        cited = self.evidence and Citation(number, replace(self.evidence, number=number)).as_json()
        codes = [{"system": system, "code": code} for system, code in (self.evidence.codes if self.evidence else ())]
        told = {"severity": self.severity, "kind": self.kind, "text": self.text, "lines": list(self.lines)}
        return told | {"codes": codes, "citation": cited}


def resting(severity: Severity, kind: str, text: str, item: Evidence, lines: Iterable[int] = ()) -> Finding:
    """A finding that rests on a row or a note: the evidence offers the finding's own sentence beside its exact words."""
    return Finding(severity, kind, text, replace(item, text=f"{item.text}\n{text}", say=text, role="detail"), tuple(sorted(set(lines))))


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; within them in the order of the checks."""
    once = {(finding.severity, finding.kind, finding.text): finding for finding in found}
    return sorted(once.values(), key=lambda finding: _RANK[finding.severity])
