"""What to ask next: questions that the tables on file answer, about what an answer was about."""

from collections.abc import Iterator

from assistant.answer import Answer
from corpus.codes import CPT, HCPCS, ICD10CM
from index.library import Library

SHOWN = 3


def suggested(answer: Answer, library: Library) -> tuple[str, ...]:
    """Up to three further questions about the first code of an answer, none of the kind just asked."""
    if not answer.codes or answer.status == "declined":
        return ()
    found = (text for intent, text in _about(*answer.codes[0], library) if intent != answer.question.intent)
    return tuple(found)[:SHOWN]


def _about(system: str, code: str, library: Library) -> Iterator[tuple[str, str]]:
    """Questions about a code by what they ask, those that need a table only where it has the code."""
    if system == ICD10CM:
        yield "notes", f"Which notes hold for {code}?"
        yield "validity", f"Is {code} billable?"
        yield "history", f"When was {code} added or changed?"
    elif system in (CPT, HCPCS):
        if library.catalog.tables.units(code):
            yield "units", f"How many units of {code} may be billed per day?"
            yield "pair", f"Which codes are bundled into {code}?"
        if library.catalog.tables.entries(system, code):
            yield "fee", f"What does Medicare pay for {code}?"
        yield "coverage", f"Is {code} covered by Medicare?"
        yield "validity", f"Is {code} still valid?"
