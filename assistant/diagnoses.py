"""What the Tabular List says of a claim's diagnoses together: headings, Excludes notes, which comes first, what is missing.

ICD-10-CM Official Guidelines, Section I.A.12 (Excludes), I.A.13 (etiology and manifestation), I.A.17 (code first), I.B.7.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant import facts
from assistant.answer import Evidence
from assistant.filed import begun
from assistant.findings import Claim, Finding, Severity, resting
from assistant.instructions import Named, named
from assistant.sentences import split
from corpus.codes import ICD10CM
from corpus.rows import Listed, Placed
from index.library import Library

TABULAR = "ICD-10-CM Tabular List"
_IF = re.compile(r"(?:if|when|where|as)\s+(?:applicable|known|present)|\bany\b", re.I)  # a note that may be of no concern here
_TOBACCO = re.compile(r"tobacco", re.I)  # asked for at a hundred categories, and not to be known from a claim


@dataclass(frozen=True, slots=True)
class Note:
    """An instructional note that holds for a diagnosis, at its code or at a heading above it."""

    at: str  # where it stands: a code, a block such as I20-I25, or Chapter 9
    placed: Placed

    @property
    def near(self) -> bool:
        """Whether it stands at the category or below, not at a block or a chapter."""
        return not re.match(r"Chapter|\w+-\w+$", self.at)

    @property
    def text(self) -> str:
        return self.placed.passage.text

    def named(self) -> list[Named]:
        """The parts of the note that name codes."""
        return list(named(self.text))

    def evidence(self, words: str) -> Evidence:
        """The note as evidence, resting on some of its words."""
        return Evidence.of(self.placed, words if words in self.text else self.text, "detail")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis as the Tabular List has it: with what stands above it, and every note that holds for it."""

    listed: Listed
    above: tuple[Listed, ...]  # itself, then its headings, nearest first
    every: tuple[Note, ...]

    @property
    def value(self) -> str:
        return self.listed.code.value

    def notes(self, tag: str) -> list[Note]:
        """Its notes of a kind, nearest first."""
        return [note for note in self.every if note.placed.passage.section == tag]


def tabular(library: Library, value: str, on: date) -> Listed | None:
    """A code as the Tabular List that answers for a date has it: the list alone brings notes."""
    held = [item for item in library.catalog.codes(ICD10CM, value) if item.source.kind == TABULAR]
    current = library.current(on)
    return next((item for item in held if item.source.id in current), None)


def read(claim: Claim, library: Library) -> dict[str, Diagnosis]:
    """The diagnoses of a claim that the Tabular List has, by code, in their order."""
    found = {}
    for value in claim.every_diagnosis():
        if listed := tabular(library, value, claim.on):
            above = tuple(facts.ancestors(library.catalog, listed))
            held = [(place, library.catalog.notes(ICD10CM, place.code.value, listed.source.id)) for place in above]
            found[value] = Diagnosis(listed, above, tuple(Note(place.code.value, placed) for place, notes in held for placed in notes))
    return found


def check(claim: Claim, found: Mapping[str, Diagnosis]) -> Iterator[Finding]:
    """Everything the Tabular List says of the diagnoses of a claim beside each other."""
    ordered = list(found.values())
    early = next((item.listed for item in ordered if not begun(item.listed.source, claim.on)), None)
    if early:
        text = f"The {early.source.title} began after {claim.on}: what it says of diagnoses may not have held then."
        yield resting("note", "edition", text, facts.row(early, "detail"))
    conflicts = [found for one, other in itertools.combinations(ordered, 2) for found in _excluded(claim, one, other)]
    yield from conflicts
    if len(ordered) > 1 and not claim.lines and not any(found.kind == "Excludes1" for found in conflicts):
        yield _compatible(ordered)
    for at, item in enumerate(ordered):
        yield from _code_first(claim, ordered, at)
        yield from _additional(claim, ordered, item)
    yield from _external_cause(claim, ordered)


def _excluded(claim: Claim, one: Diagnosis, other: Diagnosis) -> Iterator[Finding]:
    """The nearest Excludes1 note between two diagnoses, in either direction; else an Excludes2 note at their categories."""
    for tag in ("excludes1", "excludes2"):
        for item, names in ((one, other), (other, one)):
            if hit := next(_naming(item, names.value, tag), None):
                yield _conflict(claim, item.value, *hit, names.value, tag)
                return


def _compatible(ordered: Sequence[Diagnosis]) -> Finding:
    """That no Excludes1 note of the edition stands between the diagnoses: a fact about the whole list."""
    values, listed = " and ".join(item.value for item in ordered), ordered[0].listed
    text = f"No Excludes1 note in the {listed.source.title} stands between {values}, at the codes or the headings above them."
    return resting("note", "no Excludes1", text, facts.row(listed, "detail"))


def _naming(item: Diagnosis, other: str, tag: str) -> Iterator[tuple[Note, Named]]:
    """Notes of a diagnosis that name another one, and not itself as well."""
    for note in item.notes(tag):
        if tag == "excludes2" and not note.near:
            continue  # chapters exclude whole chapters: true of most claims and of no use
        for part in note.named():
            if part.holds(other) and not part.holds(item.value):
                yield note, part


def _conflict(claim: Claim, value: str, note: Note, part: Named, other: str, tag: str) -> Finding:
    lines = claim.holding(value, other)
    where = "" if note.at == value else f" at {note.at}"
    if tag == "excludes1":
        text = f"{value} and {other} exclude each other (Excludes1{where}: {part.words}), unless the two conditions are unrelated."
        return resting("error", "Excludes1", text, note.evidence(part.words), lines)
    text = f"{value} does not include {other} (Excludes2{where}: {part.words}): both may be coded where the patient has both."
    return resting("note", "Excludes2", text, note.evidence(part.words), lines)


def _code_first(claim: Claim, ordered: Sequence[Diagnosis], at: int) -> Iterator[Finding]:
    """The note nearest to a diagnosis that wants another one before it."""
    note = next((note for note in ordered[at].notes("codeFirst") if note.near), None)
    if note is None:
        return
    value, parts, before = ordered[at].value, note.named(), [item.value for item in ordered[:at]]
    if any(part.holds(code) for part in parts for code in before):
        return
    after = [(part, item.value) for item in ordered[at + 1 :] for part in parts if part.holds(item.value)]
    if after:
        part, code = after[0]
        text = f"{code} goes before {value} (code first at {note.at}: {part.words})."
        yield resting("warning", "code first", text, note.evidence(part.words), claim.holding(value, code))
    elif severity := _wanted(ordered[at].listed, note, before):
        text = f"{value} wants another diagnosis before it, and none of the claim's is that ({note.text.rstrip('.')})."
        yield resting(severity, "code first", text, note.evidence(note.text), claim.holding(value))


def _wanted(listed: Listed, note: Note, before: Sequence[str]) -> Severity | None:
    """How much it matters that nothing a code-first note names stands before a diagnosis.

    A manifestation is never listed first (Guidelines I.A.13), and an underlying disease has to be told; a list of conditions by
    itself ("due to hypertension (I11.0)") speaks only of patients who have them.
    """
    manifestation = "classified elsewhere" in listed.code.title
    if _IF.search(note.text) or (before and ("such as" in note.text or not note.named())):
        return None
    if manifestation or "underlying" in note.text:
        return "error" if manifestation and not before else "warning"
    return "note" if len(note.named()) == 1 else None


def _additional(claim: Claim, ordered: Sequence[Diagnosis], item: Diagnosis) -> Iterator[Finding]:
    """An unconditional "use additional code" note at the category or below of which the claim has no code."""
    for note in item.notes("useAdditionalCode"):
        parts = note.named()
        wanted = note.near and parts and not _IF.search(note.text) and not _TOBACCO.search(note.text)
        if wanted and not any(part.holds(other.value) for part in parts for other in ordered):
            at = "" if note.at == item.value else f" (at {note.at})"
            text = f"{item.value}{at}: {note.text.rstrip('.')}; none of these is on the claim."
            yield resting("note", "use additional", text, note.evidence(note.text), claim.holding(item.value))


def _external_cause(claim: Claim, ordered: Sequence[Diagnosis]) -> Iterator[Finding]:
    """Chapter 20: an external cause is secondary to a code of another chapter that tells the condition (note at the chapter)."""
    first = ordered[0] if ordered and re.match(r"[V-Y]", ordered[0].value) else None
    note = next((note for note in first.notes("notes") if note.at == "Chapter 20"), None) if first else None
    if first and note:
        words = next((part for part in split(note.text) if "secondary" in part), note.text)
        text = f"{first.value} is an external cause and is listed first: {words.rstrip('.')}."
        yield resting("error", "external cause", text, note.evidence(words), claim.holding(first.value))
