"""Ask the last question again with one thing changed: 'and 90715?', 'in 2014?', 'for Aetna?', 'in Texas?', 'with modifier 59?'."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant import dates
from assistant.encounter import setting_in, units_in
from assistant.intents import intent_of
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, Known, Mention, named, ranges
from corpus.payers import payers_in
from corpus.places import STATES, contractors_in, states_in

_WITH = re.compile(
    r"^\W*(?:(?:and|what\s+about|how\s+about|or|but)\s+)*(?:if\s+)?(?:\w+\s+)?(?:with|together\s+with|plus|alongside)\b", re.I
)
_AGAINST = re.compile(r"^\W*(?:(?:and|what\s+about|how\s+about)\s+)*(?:vs\.?|versus|compared\s+(?:to|with)|or)\b", re.I)
_WHAT_IS = re.compile(r"\b(?:what(?:'?s|\s+is|\s+are|\s+does)|define|describe)\b", re.I)
_LED = re.compile(r"^\W*(?:and|what|how|or|but|also|vs|versus|compared|for|with|no|sorry|actually|same|i\s+meant?)\b|\?\W*$", re.I)
_FILLERS = frozenset(
    """
    and what about how for in on with under by of as the then also so or at plan plans state patients patient members case dos
    date service same but if it is was were code codes cpt icd 10 cm hcpcs modifier mod instead ok okay now per using from since
    during vs versus place together plus billed reported no sorry actually i meant mean rather make that a an to try compared do
    does did done thing question ones one claims claim when they them these this well hmm units unit setting effective lets let s
    say there
    """.split()
)
_MANY = ("pair", "comparison", "claim", "addon")  # intents that are about several codes
_NAME = {abbreviation: name.title() for name, abbreviation in STATES.items()}


@dataclass(frozen=True, slots=True)
class _Change:
    """Words of the last question to replace, where it has such words, and what is said instead or besides."""

    start: int
    end: int
    words: str


def _rest(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """The words outside some spans that are more than filling."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + " " + text[end:]
    return [word for word in re.findall(r"[a-z0-9']+", text.lower()) if word not in _FILLERS]


def _apply(before: str, change: _Change) -> str:
    if change.end > change.start:
        return before[: change.start] + change.words + before[change.end :]
    asked = before.rstrip(" ?.!")
    return f"{asked} {change.words}?"


def _at(before: str, spans: list[tuple[int, int]], words: str, besides: str) -> _Change:
    """Replace the first of some spans; say it besides where there is none."""
    return _Change(*spans[0], words) if spans else _Change(len(before), len(before), besides)


def _dated(text: str, before: str, today: date) -> _Change | None:
    new, old = dates.stated(text, today), dates.stated(before, today)
    if new is None or new.on is None:
        return None
    return _at(before, [(old.start, old.end)] if old else [], new.on.isoformat(), f"on {new.on.isoformat()}")


def _placed(text: str, before: str) -> _Change | None:
    """Another state or contractor in place of either."""
    states, contractors = states_in(text), contractors_in(text)
    old = [(found.start, found.end) for found in (*contractors_in(before), *states_in(before))]
    if contractors:
        words = text[contractors[0].start : contractors[0].end]
        return _at(before, old, words, f"under {words}")
    if states:
        name = _NAME[states[0].name]
        return _at(before, old, name, f"in {name}")
    return None


def _paid(text: str, before: str) -> _Change | None:
    new = payers_in(text)
    if not new:
        return None
    words = text[new[0].start : new[-1].end]
    return _at(before, [(found.start, found.end) for found in payers_in(before)], words, f"for {words}")


def _set(text: str, before: str) -> _Change | None:
    new = setting_in(text)
    return _at(before, [], "", f"in the {new} setting") if new else None


def _coded(text: str, before: str, found: list[Mention], known: Known) -> str | None:
    """The last question about other codes."""
    new = [mention for mention in found if mention.system != MODIFIER]
    old = [mention for mention in named(before, known) if mention.system != MODIFIER and mention.wellformed]
    words = " and ".join(text[mention.start : mention.end] for mention in new)
    intent = intent_of(before, named(before, known), ranges(before))
    if not old:
        return None if intent == "reverse" else _apply(before, _Change(len(before), len(before), f"for {words}"))
    if _AGAINST.search(text) and len(old) == 1:
        return f"difference between {old[0].value} and {words}?"
    if _WITH.search(text) and (len(old) == 1 or intent not in _MANY):
        return f"can {' and '.join(mention.value for mention in old)} be billed with {words}?"
    if intent in _MANY and len(old) > len(new):
        alike = [mention for mention in old if mention.system in _alike(new[0].system)] or old
        return _apply(before, _Change(alike[-1].start, alike[-1].end, words))
    return _apply(before, _Change(old[0].start, old[-1].end, words))


def _alike(system: str) -> tuple[str, ...]:
    return (CPT, HCPCS) if system in (CPT, HCPCS) else (system,)


def _modified(text: str, before: str, found: list[Mention], known: Known) -> _Change:
    new = [mention.value for mention in found if mention.system == MODIFIER]
    old = [(mention.start, mention.end) for mention in named(before, known) if mention.system == MODIFIER]
    return _at(before, old, new[0], f"with modifier {' and '.join(new)}")


def _bare(text: str, before: str, known: Known) -> str | None:
    """'and 59?' after a modifier, 'and 22?' after a place of service: a value of the system last named."""
    value = re.fullmatch(r"\W*(?:(?:and|what\s+about|how\s+about|or)\s+)*([A-Z]{0,2}\d{1,4}[A-Z]?|[A-Z]{2})\W*", text, re.I)
    last = next(iter(reversed(named(before, known))), None)
    if not value or last is None or last.system in (CPT, HCPCS, ICD10CM):
        return None
    within = re.search(r"[\w.]+$", before[last.start : last.end])
    start = last.start + (within.start() if within else 0)
    return before[:start] + value[1].upper() + before[last.end :]


def _united(text: str, before: str) -> _Change | None:
    count = units_in(text)
    if count is None:
        return None
    old = re.search(r"\b(\d{1,4})(?=\s*units?\b)|(?<=\bx)\d{1,3}\b", before, re.I)
    return _at(before, [old.span()] if old else [], str(count), f"{count} units")


def _only(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether a text says nothing beside some spans, a setting and a count of units."""
    setting, count = setting_in(text), units_in(text)
    said = set(
        f"{setting or ''} {'office physician professional facility opps department dme hospital outpatient' if setting else ''}".split()
    )
    rest = [word for word in _rest(text, spans) if word not in said and not (count and re.fullmatch(rf"x?{count}", word))]
    return not rest and bool(spans or setting or count)


def reasked(text: str, before: str, known: Known, today: date) -> str | None:
    """The last question with what a few words change in it; None where the words say more than that."""
    if bare := _bare(text, before, known):
        return bare
    found = [mention for mention in named(text, known) if mention.wellformed]
    when = dates.stated(text, today)
    spans = [(item.start, item.end) for item in found]
    spans += [(item.start, item.end) for item in (*payers_in(text), *states_in(text), *contractors_in(text))]
    if not _only(text, [*spans, (when.start, when.end)] if when else spans) or (found and _WHAT_IS.search(text)):
        return None
    codes = [mention for mention in found if mention.system != MODIFIER]
    if codes and not _LED.search(text):
        return None
    whole = _coded(text, before, found, known) if codes else before
    changes: tuple[Callable[[str], _Change | None], ...] = (
        lambda asked: _modified(text, asked, found, known) if found and not codes else None,
        lambda asked: _dated(text, asked, today),
        lambda asked: _placed(text, asked),
        lambda asked: _paid(text, asked),
        lambda asked: _set(text, asked) if {mention.system for mention in codes} <= {CPT, HCPCS} else None,
        lambda asked: _united(text, asked),
    )
    for change in changes:
        if whole and (made := change(whole)):
            whole = _apply(whole, made)
    return whole
