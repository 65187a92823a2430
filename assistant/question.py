"""Understand a message by rule: what it names, when and whose rules are asked about, and what kind of answer it wants."""

from collections.abc import Sequence
from datetime import date

from assistant.answer import Question, Turn
from assistant.dates import date_in
from assistant.encounter import age_in, setting_in, setting_named, units_in
from assistant.followups import standalone
from assistant.intents import intent_of
from assistant.message import cleaned
from assistant.scope import greets
from assistant.subjects import subject_in, systems_in
from corpus.codes import Known, named, ranges
from corpus.payers import payer_in, payer_named
from corpus.places import contractor_in, state_in, state_named


def understand(text: str, known: Known, today: date, turns: Sequence[Turn] = (), **given: object) -> Question:
    """Read one message in its conversation; `given` holds what the person set apart: on, payer, state, setting, systems, intent."""
    message = cleaned(text)
    whole, also = standalone(message, turns, known, today)
    on = given.get("on") or date_in(whole, today)
    found, spans = tuple(named(whole, known)), tuple(ranges(whole))
    intent = str(given.get("intent") or ("smalltalk" if greets(message) else intent_of(whole, found, spans)))
    systems = given.get("systems") or systems_in(whole)
    return Question(
        text=message,
        standalone=whole,
        intent=intent,
        on=on if isinstance(on, date) else today,
        dated=isinstance(on, date),
        mentions=found,
        ranges=spans,
        payer=payer_named(given.get("payer")) or payer_in(whole),
        state=state_named(given.get("state")) or state_in(whole),
        systems=tuple(systems) if isinstance(systems, tuple | list) else (),
        subject=subject_in(whole) if intent == "reverse" else "",
        setting=setting_named(given.get("setting")) or setting_in(whole),
        contractor=contractor_in(whole),
        units=units_in(whole) if found else None,
        age=age_in(whole),
        also=also,
    )
