"""Whether diagnoses fit the patient and the line: age and sex where the Tabular List states them, sides against modifiers."""

import re
from collections.abc import Iterator, Sequence

from assistant import facts
from assistant.diagnoses import Note, notes, tabular
from assistant.findings import Claim, Finding, resting
from corpus.rows import Listed
from index.library import Library

_SEXES = re.compile(r"\b(female|male)s?\b", re.I)
_OTHERS = re.compile(r"Y07")  # of other people than the patient: perpetrators
_WORDS = re.compile(r"\b(newborn|child|adult)\b", re.I)
_TOLD_AGE = re.compile(r"(?:Z00|Z05|R62|T74|T76|N47\.0)")  # where such a word speaks of the patient, not of a disease
_BETWEEN = re.compile(r"(\w+) codes are for use for persons (\d+)(?:\s*-\s*(\d+))? years of age( or older)?")
_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.I)
_NO_SIDE = re.compile(r"ventric|heart|atri|bundle|quadrant|dominant|coronary|main artery|colon|flexure", re.I)
_LEFT = frozenset("LT E1 E2 FA F1 F2 F3 F4 TA T1 T2 T3 T4".split())  # HCPCS Level II modifiers: eyelids, fingers and toes of a side
_RIGHT = frozenset("RT E3 E4 F5 F6 F7 F8 F9 T5 T6 T7 T8 T9".split())


def check(claim: Claim, library: Library) -> Iterator[Finding]:
    """What does not fit: the patient's age and sex, newborn beside maternal codes, and the sides of lines."""
    ordered = [listed for value in claim.every_diagnosis() if (listed := tabular(library, value, claim.on))]
    for listed in ordered:
        yield from _sex(claim, listed, library)
        yield from _age(claim, listed, library)
    yield from _two_records(claim, ordered, library)
    for at in range(len(claim.lines)):
        yield from _side(claim, at, library)


def _sex(claim: Claim, listed: Listed, library: Library) -> Iterator[Finding]:
    if claim.sex is None or _OTHERS.match(listed.code.value):
        return
    value, lines = listed.code.value, claim.holding(listed.code.value)
    for place in facts.ancestors(library.catalog, listed):
        sexes = {word.lower() for word in _SEXES.findall(place.code.title)}
        if len(sexes) == 1 and claim.sex not in sexes:
            text = f"{value} stands under {place.code.value}, {place.code.title}; the patient is {claim.sex}."
            yield resting("warning", "sex", text, facts.row(place, "detail"), lines)
            return
    if claim.sex == "male" and (record := _record(library, listed, "maternal")):
        text = f"{value} is a code for maternal records, and the patient is male: {record[1]}."
        yield resting("warning", "sex", text, record[0].evidence(record[1]), lines)


def _record(library: Library, listed: Listed, kind: str) -> tuple[Note, str] | None:
    """The chapter's note that its codes are for maternal, or for newborn, records only, and the words that say so."""
    wanted = re.compile(rf"[^;]*(?:use only on {kind} records|use on {kind} records only)[^;]*", re.I)
    return next(((note, found[0].strip()) for note in notes(library, listed, "notes") if (found := wanted.search(note.text))), None)


def _age(claim: Claim, listed: Listed, library: Library) -> Iterator[Finding]:
    if claim.age is None:
        return
    value, lines = listed.code.value, claim.holding(listed.code.value)
    if claim.age >= 1 and (record := _record(library, listed, "newborn")):
        text = f"{value} is a code for newborn records, and the patient is {claim.age}: {record[1]}."
        yield resting("warning", "age", text, record[0].evidence(record[1]), lines)
    if value.startswith("Z68"):
        yield from _stated(claim, listed, library)
    word = _WORDS.search(listed.code.title)
    if word and _TOLD_AGE.match(value) and _unfit(word[1].lower(), claim.age):
        text = f"{value} is {listed.code.title}; the patient is {claim.age}."
        yield resting("warning", "age", text, facts.row(listed, "detail"), lines)


def _unfit(word: str, age: int) -> bool:
    """Whether nobody of an age in years is called that."""
    return {"newborn": age >= 1, "child": age >= 18, "adult": age < 15}[word]


def _stated(claim: Claim, listed: Listed, library: Library) -> Iterator[Finding]:
    """Ages that a note states in figures: the body mass index of adults and of children."""
    age = claim.age or 0
    for note in notes(library, listed, "notes"):
        for found in _BETWEEN.finditer(note.text):
            spoken_of = found[1].lower() in listed.code.title.lower()
            if spoken_of and not int(found[2]) <= age <= (int(found[3]) if found[3] else age if found[4] else int(found[2])):
                text = f"{listed.code.value} is for another age, and the patient is {age}: {found[0]}."
                yield resting("warning", "age", text, note.evidence(found[0]), claim.holding(listed.code.value))


def _two_records(claim: Claim, ordered: Sequence[Listed], library: Library) -> Iterator[Finding]:
    """Maternal and newborn codes never stand on one claim: each chapter's note says so."""
    mothers = [(listed.code.value, record) for listed in ordered if (record := _record(library, listed, "maternal"))]
    newborns = [listed.code.value for listed in ordered if _record(library, listed, "newborn")]
    if mothers and newborns:
        (mother, (note, words)), child = mothers[0], newborns[0]
        text = f"{mother} is for maternal records and {child} for newborn records: {words}."
        yield resting("error", "records", text, note.evidence(words), claim.holding(mother, child))


def _side(claim: Claim, at: int, library: Library) -> Iterator[Finding]:
    """A line on one side for diagnoses that are all of the other, or on both sides for diagnoses of one."""
    line = claim.lines[at]
    held = set(line.modifiers or ())
    billed = {side for side, marks in (("left", _LEFT), ("right", _RIGHT)) if held & marks} or ({"both"} if "50" in held else set())
    sided = [(listed, side) for listed in _diagnoses(claim, at, library) if (side := _side_of(listed.code.title))]
    if len(billed) != 1 or not sided:
        return
    (side,) = billed
    sides = {of for _, of in sided}
    listed = sided[0][0]
    named = ", ".join(sorted(held & (_LEFT | _RIGHT | {"50"})))
    clash = side != "both" and sides == {"left" if side == "right" else "right"}
    if clash or (side == "both" and len(sides) == 1 and "bilateral" not in sides):
        text = f"{line.code} has modifier {named} ({side} side{'s' * (side == 'both')}), and {listed.code.value} is {listed.code.title}."
        yield resting("error" if clash else "warning", "laterality", text, facts.row(listed, "detail"), [at + 1])


def _diagnoses(claim: Claim, at: int, library: Library) -> list[Listed]:
    return [listed for value in claim.of_line(at) if (listed := tabular(library, value, claim.on))]


def _side_of(title: str) -> str:
    """The one side a title speaks of; '' where it speaks of none, of several, or of what has no other side."""
    found = {word.lower() for word in _SIDE.findall(title)}
    return found.pop() if len(found) == 1 and not _NO_SIDE.search(title) else ""
