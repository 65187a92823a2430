"""What the Tabular List says of a claim's diagnoses together: headings, Excludes notes, which comes first, what is missing.

ICD-10-CM Official Guidelines, Section I.A.12 (Excludes), I.A.13 (etiology and manifestation), I.A.17 (code first), I.B.7.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
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
_OPEN = re.compile(r"such as", re.I)
_IF = re.compile(r"(?:if|when|where|as)\s+(?:applicable|known|present)", re.I)
_ANY = re.compile(r"\bany\b", re.I)


@dataclass(frozen=True, slots=True)
class Note:
    """An instructional note that holds for a diagnosis, at its code or at a heading above it."""

    code: Listed
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


def tabular(library: Library, value: str, on: date) -> Listed | None:
    """A code as the Tabular List that answers for a date has it: the list alone brings notes."""
    held = [item for item in library.catalog.codes(ICD10CM, value) if item.source.kind == TABULAR]
    current = library.current(on)
    return next((item for item in held if item.source.id in current), None)


def notes(library: Library, listed: Listed, tag: str) -> Iterator[Note]:
    """The notes of a kind at a code and above it, nearest first."""
    for place in facts.ancestors(library.catalog, listed):
        for placed in library.catalog.notes(ICD10CM, place.code.value, listed.source.id):
            if placed.passage.section == tag:
                yield Note(listed, place.code.value, placed)


def check(claim: Claim, library: Library) -> Iterator[Finding]:
    """Everything the Tabular List says of the diagnoses of a claim."""
    found = [(value, tabular(library, value, claim.on)) for value in claim.every_diagnosis()]
    ordered = [listed for _, listed in found if listed]
    early = next((listed for listed in ordered if not begun(listed.source, claim.on)), None)
    if early:
        text = f"The {early.source.title} began after {claim.on}: what it says of diagnoses may not have held then."
        yield resting("note", "edition", text, facts.row(early, "detail"))
    for one, other in itertools.combinations(ordered, 2):
        yield from _excluded(claim, one, other, library)
    for at, listed in enumerate(ordered):
        yield from _code_first(claim, ordered, at, library)
        yield from _additional(claim, ordered, listed, library)
    yield from _external_cause(claim, ordered, library)


def _excluded(claim: Claim, one: Listed, other: Listed, library: Library) -> Iterator[Finding]:
    """The nearest Excludes1 note between two diagnoses, in either direction; else an Excludes2 note at their categories."""
    for tag in ("excludes1", "excludes2"):
        for named_by, names in ((one, other), (other, one)):
            hit = next(_naming(library, named_by, names.code.value, tag), None)
            if hit:
                yield _conflict(claim, *hit, names.code.value, tag)
                return


def _naming(library: Library, listed: Listed, other: str, tag: str) -> Iterator[tuple[Note, Named]]:
    """Notes of a diagnosis that name another one, and not itself as well."""
    for note in notes(library, listed, tag):
        if tag == "excludes2" and not note.near:
            continue  # chapters exclude whole chapters: true of most claims and of no use
        for part in note.named():
            if part.holds(other) and not part.holds(listed.code.value):
                yield note, part


def _conflict(claim: Claim, note: Note, part: Named, other: str, tag: str) -> Finding:
    value, lines = note.code.code.value, claim.holding(note.code.code.value, other)
    where = "" if note.at == value else f" at {note.at}"
    if tag == "excludes1":
        text = f"{value} and {other} exclude each other (Excludes1{where}: {part.words}), unless the two conditions are unrelated."
        return resting("error", "Excludes1", text, note.evidence(part.words), lines)
    text = f"{value} does not include {other} (Excludes2{where}: {part.words}): both may be coded where the patient has both."
    return resting("note", "Excludes2", text, note.evidence(part.words), lines)


def _code_first(claim: Claim, ordered: Sequence[Listed], at: int, library: Library) -> Iterator[Finding]:
    """The note nearest to a diagnosis that wants another one before it."""
    listed = ordered[at]
    note = next((note for note in notes(library, listed, "codeFirst") if note.near), None)
    if note is None:
        return
    value, parts = listed.code.value, note.named()
    before = [item.code.value for item in ordered[:at]]
    if any(part.holds(code) for part in parts for code in before):
        return
    after = [(part, item.code.value) for item in ordered[at + 1 :] for part in parts if part.holds(item.code.value)]
    if after:
        part, code = after[0]
        text = f"{code} goes before {value} (code first at {note.at}: {part.words})."
        yield resting("warning", "code first", text, note.evidence(part.words), claim.holding(value, code))
    elif not _IF.search(note.text) and (not before or (parts and not _OPEN.search(note.text))):
        text = f"{value} wants another diagnosis before it, and none of the claim's is that ({note.text.rstrip('.')})."
        yield resting(_first_listed(listed, before), "code first", text, note.evidence(note.text), claim.holding(value))


def _first_listed(listed: Listed, before: Sequence[str]) -> Severity:
    """A manifestation is never listed first (Guidelines I.A.13); other code-first notes are for the coder to judge."""
    return "error" if not before and "classified elsewhere" in listed.code.title else "warning"


def _additional(claim: Claim, ordered: Sequence[Listed], listed: Listed, library: Library) -> Iterator[Finding]:
    """An unconditional "use additional code" note at the category or below of which the claim has no code."""
    value = listed.code.value
    for note in notes(library, listed, "useAdditionalCode"):
        parts = note.named()
        wanted = note.near and parts and not _IF.search(note.text) and not _ANY.search(note.text)
        if wanted and not any(part.holds(item.code.value) for part in parts for item in ordered):
            at = "" if note.at == value else f" (at {note.at})"
            text = f"{value}{at}: {note.text.rstrip('.')}; none of these is on the claim."
            yield resting("note", "use additional", text, note.evidence(note.text), claim.holding(value))


def _external_cause(claim: Claim, ordered: Sequence[Listed], library: Library) -> Iterator[Finding]:
    """Chapter 20: an external cause is secondary to a code of another chapter that tells the condition (note at the chapter)."""
    if not ordered or not re.match(r"[V-Y]", ordered[0].code.value):
        return
    note = next((note for note in notes(library, ordered[0], "notes") if note.at == "Chapter 20"), None)
    if note:
        words = next((part for part in split(note.text) if "secondary" in part), note.text)
        text = f"{ordered[0].code.value} is an external cause and is listed first: {words.rstrip('.')}."
        yield resting("error", "external cause", text, note.evidence(words), claim.holding(ordered[0].code.value))
