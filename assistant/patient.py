"""Whether diagnoses fit the patient and the line: age and sex where the Tabular List states them, sides against modifiers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant import facts
from assistant.diagnoses import Diagnosis, Note
from assistant.findings import Claim, Finding, resting

_SEXES = re.compile(r"\b(female|male)s?\b", re.I)
_OTHERS = re.compile(r"Y07")  # of other people than the patient: perpetrators
_WORDS = re.compile(r"\b(newborn|child|adult)\b", re.I)
_TOLD_AGE = re.compile(r"(?:Z00|Z05|R62|T74|T76|N47\.0)")  # where such a word speaks of the patient, not of a disease
_BETWEEN = re.compile(r"(?:BMI )?(\w+) codes are for use for persons (\d+)(?:\s*-\s*(\d+))? years of age( or older)?")
_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.I)
_NO_SIDE = re.compile(r"ventric|heart|atri|bundle|quadrant|dominant|coronary|main artery|colon|flexure", re.I)
_LEFT = frozenset("LT E1 E2 FA F1 F2 F3 F4 TA T1 T2 T3 T4".split())  # HCPCS Level II modifiers: eyelids, fingers and toes of a side
_RIGHT = frozenset("RT E3 E4 F5 F6 F7 F8 F9 T5 T6 T7 T8 T9".split())


def check(claim: Claim, found: Mapping[str, Diagnosis]) -> Iterator[Finding]:
    """What does not fit: the patient's age and sex, newborn beside maternal codes, and the sides of lines."""
    for item in found.values():
        yield from _sex(claim, item)
        yield from _age(claim, item)
    yield from _two_records(claim, list(found.values()))
    for at in range(len(claim.lines)):
        yield from _side(claim, at, found)


def _sex(claim: Claim, item: Diagnosis) -> Iterator[Finding]:
    if claim.sex is None or _OTHERS.match(item.value):
        return
    value, lines = item.value, claim.holding(item.value)
    for place in item.above:
        sexes = {word.lower() for word in _SEXES.findall(place.code.title)}
        if len(sexes) == 1 and claim.sex not in sexes:
            text = f"{value} stands under {place.code.value}, {place.code.title}; the patient is {claim.sex}."
            yield resting("warning", "sex", text, facts.row(place, "detail"), lines)
            return
    if claim.sex == "male" and (record := _record(item, "maternal")):
        text = f"{value} is a code for maternal records, and the patient is male: {record[1]}."
        yield resting("warning", "sex", text, record[0].evidence(record[1]), lines)


def _record(item: Diagnosis, kind: str) -> tuple[Note, str] | None:
    """The chapter's note that its codes are for maternal, or for newborn, records only, and the words that say so."""
    wanted = re.compile(rf"[^;]*(?:use only on {kind} records|use on {kind} records only)[^;]*", re.I)
    return next(((note, found[0].strip()) for note in item.notes("notes") if (found := wanted.search(note.text))), None)


def _age(claim: Claim, item: Diagnosis) -> Iterator[Finding]:
    if claim.age is None:
        return
    value, lines = item.value, claim.holding(item.value)
    if claim.age >= 1 and (record := _record(item, "newborn")):
        text = f"{value} is a code for newborn records, and the patient is {claim.age}: {record[1]}."
        yield resting("warning", "age", text, record[0].evidence(record[1]), lines)
    if value.startswith("Z68"):
        yield from _stated(claim, item)
    word = _WORDS.search(item.listed.code.title)
    if word and _TOLD_AGE.match(value) and _unfit(word[1].lower(), claim.age):
        text = f"{value} is {item.listed.code.title}; the patient is {claim.age}."
        yield resting("warning", "age", text, facts.row(item.listed, "detail"), lines)


def _unfit(word: str, age: int) -> bool:
    """Whether nobody of an age in years is called that."""
    return {"newborn": age >= 1, "child": age >= 18, "adult": age < 15}[word]


def _stated(claim: Claim, item: Diagnosis) -> Iterator[Finding]:
    """Ages that a note states in figures: the body mass index of adults and of children."""
    age = claim.age or 0
    for note in item.notes("notes"):
        for found in _BETWEEN.finditer(note.text):
            spoken_of = found[1].lower() in item.listed.code.title.lower()
            if spoken_of and not int(found[2]) <= age <= (int(found[3]) if found[3] else age if found[4] else int(found[2])):
                text = f"{item.value} is for another age, and the patient is {age}: {found[0]}."
                yield resting("warning", "age", text, note.evidence(found[0]), claim.holding(item.value))


def _two_records(claim: Claim, ordered: Sequence[Diagnosis]) -> Iterator[Finding]:
    """Maternal and newborn codes never stand on one claim: each chapter's note says so."""
    mothers = [(item.value, record) for item in ordered if (record := _record(item, "maternal"))]
    newborns = [item.value for item in ordered if _record(item, "newborn")]
    if mothers and newborns:
        (mother, (note, words)), child = mothers[0], newborns[0]
        text = f"{mother} is for maternal records and {child} for newborn records: {words}."
        yield resting("error", "records", text, note.evidence(words), claim.holding(mother, child))


def _side(claim: Claim, at: int, found: Mapping[str, Diagnosis]) -> Iterator[Finding]:
    """A line on one side for diagnoses that are all of the other, or on both sides for diagnoses of one."""
    line = claim.lines[at]
    held = set(line.modifiers or ())
    billed = {side for side, marks in (("left", _LEFT), ("right", _RIGHT)) if held & marks} or ({"both"} if "50" in held else set())
    held_by = [found[value] for value in claim.of_line(at) if value in found]
    sided = [(item, side) for item in held_by if (side := _side_of(item.listed.code.title))]
    if len(billed) != 1 or not sided:
        return
    (side,) = billed
    sides = {of for _, of in sided}
    item = sided[0][0]
    named = ", ".join(sorted(held & (_LEFT | _RIGHT | {"50"})))
    clash = side != "both" and sides == {"left" if side == "right" else "right"}
    if clash or (side == "both" and len(sides) == 1 and "bilateral" not in sides):
        text = f"{line.code} has modifier {named} ({side} side{'s' * (side == 'both')}), and {item.value} is {item.listed.code.title}."
        yield resting("error" if clash else "warning", "laterality", text, facts.row(item.listed, "detail"), [at + 1])


def _side_of(title: str) -> str:
    """The one side a title speaks of; '' where it speaks of none, of several, or of what has no other side."""
    found = {word.lower() for word in _SIDE.findall(title)}
    return found.pop() if len(found) == 1 and not _NO_SIDE.search(title) else ""
