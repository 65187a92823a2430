"""Gather the evidence for a question: exact facts first, then what search finds, each kind of question by its own plan."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from assistant import (
    cautions,
    claimplan,
    codeplans,
    comparison,
    coverageplan,
    crosswalk,
    denialplan,
    procedures,
    proseplans,
    sourceplan,
    statute,
    tableplans,
    validityplan,
)
from assistant.answer import Question
from assistant.plan import Chosen
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
    "modifiers": tableplans.modifiers,
    "reverse": proseplans.described,
    "claim": claimplan.claim,
    "history": validityplan.past,
    "crosswalk": crosswalk.crosswalk,
    "denial": denialplan.denial,
    "modifier": proseplans.aspect,
    "sources": sourceplan.sources,
}


def choose(question: Question, library: Library) -> Chosen:
    """Pick and number the evidence; the same words of the same passage have one number."""
    chosen = statute.lookup(question, library) or PLANS[question.intent](question, library)
    if chosen.evidence and not chosen.unknown and procedures.wants_descriptor(question, library):
        chosen = replace(chosen, unknown=(procedures.DESCRIPTORS,), complete=True)
    numbers: dict[tuple[str, str], int] = {}
    numbered = []
    for item in chosen.evidence:
        key = (item.passage_id or f"{item.source.id} {item.locator}", item.quote)
        numbered.append(replace(item, number=numbers.setdefault(key, len(numbers) + 1)))
    return replace(
        chosen, evidence=tuple(numbered), warnings=(*chosen.warnings, *cautions.about(question, library, numbered, chosen.warnings))
    )
