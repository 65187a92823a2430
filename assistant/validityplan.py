"""Plans for whether a code is valid on a date, what became of it and what stands in its place."""

import re
from dataclasses import replace
from datetime import date

from assistant import codeplans, facts, history
from assistant.answer import Evidence, Question
from assistant.filed import cell, stated, told
from assistant.plan import Chosen, about, known
from assistant.sentences import split, whole
from assistant.standing import outdated
from corpus.codes import ICD10CM
from corpus.model import Entry
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

_ENDING = re.compile(r"\b(deleted?|discontinued|retired|terminated|expired?|ended|inactive|invalid|removed|obsolete)\b", re.I)


def validity(question: Question, library: Library) -> Chosen:
    """Whether a code is valid (for ICD-10-CM: billable) on the date, what stands in its place, and who still lists it."""
    found, missing = known(question, library)
    evidence = [item for listed in found for item in _validity(listed, question, library)]
    for value in missing:
        evidence += history.changes((ICD10CM, value), library) + history.successors((ICD10CM, value), library)
    told = {value for item in evidence for _, value in item.codes} | {item.locator.removeprefix("row ") for item in evidence}
    unknown = tuple(value for value in missing if value not in told and not any(value in item.quote for item in evidence))
    codes = tuple(codeplans.pair_of(listed) for listed in found)
    evidence = _one_lead(evidence) if evidence else codeplans.only_named(question, library)
    return Chosen(tuple(evidence), codes, unknown=unknown, complete=bool(found) or bool(told))


def _one_lead(evidence: list[Evidence]) -> list[Evidence]:
    rest = (replace(item, role="detail") if item.role == "lead" else item for item in evidence[1:])
    return [replace(evidence[0], role="lead"), *rest]


def _validity(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """The verdict on one code, then what follows from it."""
    pair, page = codeplans.pair_of(listed), about(library, codeplans.pair_of(listed))
    lead = verdict(listed, question, library)
    if listed.code.system == ICD10CM:
        more = history.successors(pair, library) if not listed.code.billable else []
        below = codeplans.children(listed, library) if not listed.code.billable else _instructions(listed, library)
        return [lead, *more, *below]
    if facts.in_force(listed.code, question.on):
        return [lead, *codeplans.opening(page)[:1], *history.successors(pair, library), *_newest(listed, question, library)]
    related = [item for item in codeplans.sections(page) if item.label == "Related codes"]
    return [
        lead,
        *codeplans.opening(page)[:1],
        *history.successors(pair, library),
        *related,
        *_still_listed(listed, question, library),
    ]


def verdict(listed: Listed, question: Question, library: Library) -> Evidence:
    """Yes or no where the sources settle it; where they do not, what they hold."""
    code, on = listed.code, question.on
    start = history.begins(codeplans.pair_of(listed), library) if code.system == ICD10CM else None
    if start and start[0] > on:
        return facts.verdict(_too_early(code.value, *start, on), yes=False)
    if outdated(listed, question.on, library):
        return _unsettled(listed, on)
    lead = facts.validity(library.catalog, listed, on)
    settled = facts.covers(listed, on) and (code.valid_from or code.valid_to or code.billable is not None)
    return facts.verdict(lead, _holds(listed, question)) if settled else lead


def _too_early(value: str, day: date, row: Filed[Entry], on: date) -> Evidence:
    previous = cell(row, "previous code")
    before = f" Before that day it was coded {previous}." if previous and previous != "None" else ""
    return stated(row, f"{value} is not yet valid on {on}: it begins on {day}, by {row.source.title}.{before}")[0]


def _unsettled(listed: Listed, on: date) -> Evidence:
    """A code that old lists alone have: they do not say that it is valid still."""
    code, title = listed.code, listed.source.title
    begins = f" from {code.valid_from}" if code.valid_from else ""
    say = f"Not settled for {on}: {title} lists {facts.name(code)}{begins} with no end date, and no newer list on file has it."
    cells = f"{facts.rendered(listed)} · listed{begins} with no end date"
    return told(listed.source, f"row {code.value}", cells, [say], (codeplans.pair_of(listed),))[0]


def _newest(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """The newest list that has the code, where the row with its dates is of an older one."""
    found = history.latest(codeplans.pair_of(listed), question, library)
    if outdated(listed, question.on, library):
        return history.unlisted(listed, question, library)
    return [item for item in found if item.source.effective != listed.source.effective]


def _holds(listed: Listed, question: Question) -> bool:
    """Whether 'yes' is the answer: valid and billable where that is asked, ended where the end is asked about."""
    stands = facts.in_force(listed.code, question.on) and listed.code.billable is not False
    return stands != bool(_ENDING.search(question.standalone))


def _instructions(listed: Listed, library: Library) -> list[Evidence]:
    return facts.notes(library.catalog, listed, ("useAdditionalCode", "codeFirst", "excludes1"))


def _still_listed(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """Policies that name a code after its end: said beside the answer, because people still work from them."""
    if not (listed.code.valid_to and question.on > listed.code.valid_to):
        return []
    found = []
    for placed in library.catalog.naming(*codeplans.pair_of(listed), limit=60):
        if placed.document.kind == "policy" and placed.passage.kind == "prose":
            texts = [text for text in split(placed.passage.text) if listed.code.value in text and whole(text)]
            found += [Evidence.of(placed, text, "aside") for text in texts[:1]]
    return list({item.document.id: item for item in reversed(found)}.values())[:2]


def past(question: Question, library: Library) -> Chosen:
    """The history of a code: when it was added, revised or deleted, what it was before and what it is now, by file and edition."""
    found, missing = known(question, library)
    evidence: list[Evidence] = []
    for listed in found:
        pair = codeplans.pair_of(listed)
        evidence += [
            _unsettled(listed, question.on)
            if outdated(listed, question.on, library)
            else facts.validity(library.catalog, listed, question.on),
            *history.predecessors(pair, library),
            *history.successors(pair, library),
            *history.changes(pair, library),
            *history.retitled(pair, library),
            *(item for item in codeplans.sections(about(library, pair)) if item.label == "Dates"),
            *_newest(listed, question, library),
        ]
    gone = [(ICD10CM, value) for value in missing]
    evidence += [item for pair in gone for item in history.changes(pair, library) + history.successors(pair, library)]
    told = [value for value in missing if not any(value in item.quote for item in evidence)]
    codes = tuple(codeplans.pair_of(listed) for listed in found)
    return Chosen(tuple(_one_lead(evidence)) if evidence else (), codes, unknown=tuple(told), complete=bool(evidence))
