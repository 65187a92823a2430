"""The plan for a claim told in a sentence: read its lines, check them, and say what was found, the verdict first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant import edits, facts
from assistant.answer import Evidence, Question, Warning
from assistant.claims import Scope, check_claim, system_of_line
from assistant.diagnoses import TABULAR
from assistant.findings import Claim, Finding, Line
from assistant.lineedits import APART, ASSOCIATED
from assistant.plan import Chosen
from corpus.codes import ICD10CM, MODIFIER, Mention
from index.library import Library

NOTES = 6  # notes told after errors and warnings
VERDICTS = {"error": "No, not as written:", "warning": "It depends:", "note": "No error found in the sources on file;"}
_APPENDED = re.compile(r"(?:-[A-Z0-9]{2}(?![A-Z0-9]))+", re.I)
_TIMES = re.compile(r"(?:^|[\s,(])(?:[x×*]\s*(\d{1,3})|(\d{1,3})\s*(?:units?|times|[x×])|units?\s*[:=]?\s*(\d{1,3}))(?![\w.])", re.I)
_BEFORE = re.compile(r"\b(\d{1,3})\s*(?:units?\s+(?:of\s+)?|[x×]\s*)$", re.I)
_ON_CODE = re.compile(r"\bmod(?:ifier)?s?\s+([A-Z0-9]{2})\s+(?:on|to|for|with)\s+(?:the\s+|line\s+)?(?:CPT\s+|HCPCS\s+)?(\w{5})\b", re.I)
_MARKS = re.compile(r"(?<![\w.$-])(" + "|".join(sorted(mark for mark in ASSOCIATED | APART if not mark.isdigit())) + r")(?![\w.])")
_PLACE = re.compile(r"\b(?:POS|place\s+of\s+service)\s*#?\s*(\d{2})\b", re.I)
_SEXES = (("female", r"\b(?:female|woman|girl)\b"), ("male", r"\b(?:male|man|boy)\b"))


def claim_in(question: Question) -> Claim:
    """The claim a question tells: each procedure with the units and modifiers told of it, the diagnoses, the patient.

    Where no modifier is named at all, nobody said that there is none.
    """
    text = question.standalone
    procedures = [mention for mention in question.mentions if mention.wellformed and mention.system in edits.PROCEDURES]
    lines = _lines(text, procedures, [mention for mention in question.mentions if mention.system == MODIFIER])
    if len(lines) == 1 and question.units and lines[0].units == 1:
        lines = [replace(lines[0], units=question.units)]
    if not any(line.modifiers for line in lines):
        lines = [replace(line, modifiers=None) for line in lines]
    return Claim(
        tuple(lines),
        question.on,
        diagnoses=tuple(dict.fromkeys(m.value for m in question.mentions if m.wellformed and m.system == ICD10CM)),
        place=found[1] if (found := _PLACE.search(text)) else "",
        setting=question.setting,
        payer=question.payer,
        age=question.age,
        sex=next((sex for sex, pattern in _SEXES if re.search(pattern, text, re.I)), None),
    )


def _lines(text: str, procedures: Sequence[Mention], modifiers: Sequence[Mention]) -> list[Line]:
    """A line a procedure; a code named again is another line only where something of its own stands beside it."""
    lines: list[Line] = []
    apart = {(found[2].upper(), found[1].upper()): found.span() for found in _ON_CODE.finditer(text)}
    for at, mention in enumerate(procedures):
        end = procedures[at + 1].start if at + 1 < len(procedures) else len(text)
        told = text[mention.end : end]
        count = _units(text[: mention.start], told)
        named = [m.value for m in modifiers if mention.end <= m.start < end and not any(a <= m.start < b for a, b in apart.values())]
        marks = [*re.findall(r"\w{2}", (_APPENDED.match(told) or [""])[0].upper()), *named, *_MARKS.findall(told)]
        marks += [mark for code, mark in apart if code == mention.value]
        if count or marks or mention.value not in {line.code for line in lines}:
            line = Line(mention.value, count or 1, tuple(dict.fromkeys(marks)))
            lines += (
                [] if any(line.code == other.code and not count and set(marks) <= set(other.modifiers or ()) for other in lines) else [line]
            )
    return lines


def _units(before: str, after: str) -> int:
    """The units told of a code right behind it, or right before it; 0 where none are."""
    if found := _TIMES.search(after):
        return int(next(filter(None, found.groups())))
    return int(found[1]) if (found := _BEFORE.search(before)) else 0


def claim(question: Question, library: Library) -> Chosen:
    """What is wrong with a claim, what depends on the record, what to know: each finding with its row or note."""
    told = claim_in(question)
    found = list(_once(told, check_claim(told, library)))
    resting = [finding for finding in found if finding.evidence and finding.kind != "stale source"]
    spoken = [finding for finding in resting if finding.severity != "note"]
    spoken += [finding for finding in resting if finding.severity == "note" and finding.kind != "edition"][:NOTES]
    evidence = [_said(finding.evidence, finding.text) for finding in spoken if finding.evidence]
    evidence += list(_measures(told, library, evidence))
    kinds = {"not checked", "payer"} | ({"edition"} if any(item.source.kind == TABULAR for item in evidence) else set())
    warnings = [Warning(finding.kind.replace(" ", "_"), finding.text) for finding in found if finding.kind in kinds]
    unknown = tuple(finding.text.split(":")[0] for finding in found if finding.kind == "unknown")
    if evidence:
        severity = spoken[0].severity if spoken else "note"
        said = evidence[0].say or evidence[0].quote
        evidence[0] = replace(_said(evidence[0], said if unknown and severity != "error" else _verdict(severity, said)), role="lead")
    codes = [*((system_of_line(line.code), line.code) for line in told.lines), *((ICD10CM, value) for value in told.diagnoses)]
    listed = tuple(dict.fromkeys(pair for pair in codes if pair[1] not in unknown))
    remedy = "the NCCI tables of the quarter, or the lines of the claim: code, units, modifiers, diagnoses"
    return Chosen(tuple(evidence), listed, tuple(warnings), unknown=unknown, remedy=remedy, complete=bool(evidence))


def _once(told: Claim, found: Sequence[Finding]) -> Iterator[Finding]:
    """Without what the table of a second setting says alike: most who tell no setting bill for practitioners, whose table comes first."""
    said = set()
    for finding in found:
        item = finding.evidence
        setting = item.source.setting if item else None
        key = (finding.severity, finding.kind, finding.lines, item.locator if item else finding.text)
        if not setting or (key not in said):
            yield finding
        said.add(key)


def _said(item: Evidence, text: str) -> Evidence:
    return replace(item, text=item.text if text in item.text else f"{item.text}\n{text}", say=text)


def _verdict(severity: str, text: str) -> str:
    opening = text[0].lower() + text[1:] if text[1:2].islower() else text
    return f"{VERDICTS[severity]} {opening}"


def _measures(told: Claim, library: Library, spoken: Sequence[Evidence]) -> Iterator[Evidence]:
    """For what nothing was said of: the units codes are measured against, and that diagnoses are billable."""
    scope, rows = Scope(told, library).on(told.on), {(item.source.id, item.locator) for item in spoken}
    for code in dict.fromkeys(line.code for line in told.lines):
        measured = edits.units(library.catalog, code, scope, told.on)[:1]
        yield from (item for item in measured if (item.source.id, item.locator) not in rows)
    named = {code for item in spoken for code in item.codes}
    for value in told.every_diagnosis():
        listed = facts.best(library.catalog.codes(ICD10CM, value), told.on)
        if listed and listed.code.billable and (ICD10CM, value) not in named:
            yield replace(facts.validity(library.catalog, listed, told.on), role="detail")
