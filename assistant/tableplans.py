"""Plans for what tables settle: pairs, units, add-on codes and fees; without the table, sentences that state it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import codeplans, edits, feeplan
from assistant.answer import Evidence, Question
from assistant.plan import Chosen, known
from assistant.proseplans import aspect
from corpus.codes import ICD10CM
from index.library import Library


def _procedures(question: Question) -> list[str]:
    return list(dict.fromkeys(m.value for m in question.mentions if m.wellformed and m.system in edits.PROCEDURES))


def _led(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The first piece leads, the others follow."""
    return tuple(replace(item, role="detail" if at else "lead") for at, item in enumerate(evidence))


def _settled(question: Question, library: Library, rows: Sequence[Evidence], remedy: str) -> Chosen:
    """What rows settle, as an answer: the codes are those asked about."""
    found, missing = known(question, library)
    in_rows = {value for item in rows for _, value in item.codes}
    codes = tuple((item.code.system, item.code.value) for item in found)
    return Chosen(_led(rows), codes, unknown=tuple(value for value in missing if value not in in_rows), remedy=remedy)


def _stated(question: Question, library: Library, wanted: str, remedy: str) -> Chosen:
    """A figure whose table is not loaded: a sentence that states it where one does, else what to add."""
    chosen = aspect(question, library)
    values = [mention.value for mention in question.mentions if mention.wellformed]
    stated = [item for item in chosen.evidence if re.search(wanted, item.quote, re.I) and any(value in item.quote for value in values)]
    return Chosen(tuple(stated), chosen.codes, remedy=remedy, complete=bool(stated))


def units(question: Question, library: Library) -> Chosen:
    """Units allowed: the medically unlikely edit of each setting."""
    current = library.current(question.on)
    rows = [row for code in _procedures(question) for row in edits.units(library.catalog, code, current, question.on)]
    remedy = "the MUE table that lists the code"
    return _settled(question, library, rows, remedy) if rows else _stated(question, library, r"\bMUE\b", remedy)


def addon(question: Question, library: Library) -> Chosen:
    """What an add-on code is reported with."""
    current = library.current(question.on)
    rows = [row for code in _procedures(question) for row in edits.addons(library.catalog, code, current, question.on)]
    remedy = "the NCCI add-on code edits"
    return _settled(question, library, rows, remedy) if rows else aspect(question, library)


def pair(question: Question, library: Library) -> Chosen:
    """Codes together: the pairs on file, then sentences that name both; silence is never permission. Diagnoses pair by Excludes notes."""
    if all(mention.system == ICD10CM for mention in question.mentions):
        return codeplans.notes(question, library, ("excludes1", "excludes2"))
    remedy = "the NCCI PTP table of the quarter"
    rows = edits.pairs(library.catalog, _procedures(question), library.current(question.on), question.on)
    chosen = aspect(question, library)
    values = {mention.value for mention in question.mentions if mention.wellformed}
    both = [item for item in chosen.evidence if all(value in item.quote for value in values)]
    if rows:
        return _settled(question, library, [*rows, *both[:2]], remedy)
    return Chosen(tuple(both), chosen.codes, remedy=remedy, complete=bool(both))


def fee(question: Question, library: Library) -> Chosen:
    """A fee, RVU or payment limit: computed from the fee tables, else what a source states for the code."""
    remedy = "the fee schedule that lists the code"
    found = feeplan.rows(question, library)
    wanted = r"\b(RVU|payment limit|limit is|amount)\b"
    return _settled(question, library, found, remedy) if found else _stated(question, library, wanted, remedy)
