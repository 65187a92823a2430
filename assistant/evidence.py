"""Gather the evidence for a question: exact facts first, then what search finds, each kind of question by its own plan."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from assistant import (
    claimplan,
    codeplans,
    comparison,
    coverageplan,
    crosswalk,
    denialplan,
    proseplans,
    reverse,
    statute,
    tableplans,
    validityplan,
)
from assistant.answer import Evidence, Question, Warning
from assistant.plan import Chosen, dated, known
from corpus.ages import STALE, age
from corpus.codes import icd9_mentions
from index.library import Library

PLANS: Mapping[str, Callable[[Question, Library], Chosen]] = {
    "definition": codeplans.definition,
    "validity": validityplan.validity,
    "notes": codeplans.notes,
    "comparison": comparison.comparison,
    "range": codeplans.span,
    "aspect": proseplans.aspect,
    "administration": proseplans.aspect,
    "units": tableplans.units,
    "addon": tableplans.addon,
    "fee": tableplans.fee,
    "pair": tableplans.pair,
    "coverage": coverageplan.coverage,
    "guideline": proseplans.guideline,
    "modifiers": codeplans.modifiers,
    "reverse": reverse.lookup,
    "claim": claimplan.claim,
    "history": validityplan.past,
    "crosswalk": crosswalk.crosswalk,
    "denial": denialplan.denial,
}


def choose(question: Question, library: Library) -> Chosen:
    """Pick and number the evidence; the same words of the same passage have one number."""
    chosen = statute.lookup(question, library) or PLANS[question.intent](question, library)
    numbers: dict[tuple[str, str], int] = {}
    numbered = []
    for item in chosen.evidence:
        key = (item.passage_id or f"{item.source.id} {item.locator}", item.quote)
        numbered.append(replace(item, number=numbers.setdefault(key, len(numbers) + 1)))
    return replace(chosen, evidence=tuple(numbered), warnings=(*chosen.warnings, *_warnings(question, library, numbered)))


def _warnings(question: Question, library: Library, evidence: list[Evidence]) -> tuple[Warning, ...]:
    """What the reader must know of the sources cited: an edition that is over, a policy without a date, ICD-9 codes."""
    found: dict[str, Warning] = {}
    for listed in known(question, library)[0]:
        found |= {f"{warning.kind} {listed.code.value}": warning for warning in dated(listed, question.on)}
    for item in evidence:
        source, document = item.source, item.document
        if source.ended and source.ended < question.on:
            text = f"{source.title} held until {source.ended}; for {question.on} check whether a newer edition says otherwise."
            found.setdefault(source.id, Warning("stale_source", text))
        elif (old := age(source, question.on)) and old.editions >= STALE:
            text = f"{source.title} is {old} on {question.on}: check the current edition."
            found.setdefault(source.id, Warning("stale_source", text))
        if document.kind == "policy" and not (document.effective or source.effective) and "undated" in item.text.lower():
            found.setdefault(document.id, Warning("undated_source", f"“{document.title}” carries no date: its current force is unknown."))
        if codes := icd9_mentions(item.quote):
            text = f"{', '.join(codes)} {'is' if len(codes) == 1 else 'are'} ICD-9-CM, which ended on 2015-09-30 for US claims."
            found.setdefault("icd9", Warning("icd9_code", text))
    return tuple(found.values())
