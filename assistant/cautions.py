"""What a reader must know of the sources an answer rests on, said beside the sentence concerned."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant import coverage_links, quote
from assistant.answer import Evidence, Question, Statement, Warning
from assistant.plan import alike, dated, known
from corpus.ages import STALE, age
from corpus.codes import icd9_mentions
from corpus.model import Source
from index.library import Library

_LOCAL = re.compile(r"\b(D?L\d{5}|A5\d{4})\b")  # numbers of LCDs and articles
_RIVALS = {"Medicare": "Medicaid", "Medicaid": "Medicare"}


def about(question: Question, library: Library, evidence: Sequence[Evidence], told: Sequence[Warning]) -> tuple[Warning, ...]:
    """Warn of the codes asked about and of the evidence offered: each once, and nothing that was `told` already."""
    found = [warning for listed in known(question, library)[0] for warning in dated(listed, question.on)]
    for item in evidence:
        found += _of(item, question, library)
    found += _mixed(evidence)
    seen = {(warning.kind, warning.about) for warning in told}
    first: dict[tuple[str, tuple[str, ...]], Warning] = {}
    for warning in found:
        if (warning.kind, warning.about) not in seen:
            first.setdefault((warning.kind, warning.about), warning)
    return tuple({warning.text: warning for warning in first.values()}.values())


def _of(item: Evidence, question: Question, library: Library) -> Iterator[Warning]:
    source, document, on = item.source, item.document, question.on
    yield from _age(source, on)
    if document.kind == "policy" and not (document.effective or source.effective) and "undated" in item.text.lower():
        yield Warning("undated_source", f"“{document.title}” carries no date: its current force is unknown.", (document.id,))
    if source.names and not (document.payer or source.payer):
        yield Warning("undated_source", _unstated(source, document.title), (source.id,))
    if codes := icd9_mentions(item.quote):
        verb = "is" if len(codes) == 1 else "are"
        text = f"{', '.join(codes)} {verb} ICD-9-CM, which ended on 2015-09-30 for US claims."
        yield Warning("icd9_code", text, (item.passage_id or source.id,))
    if (payer := document.payer or source.payer) and payer == _RIVALS.get(question.payer or ""):
        text = f"{source.title} states the rules of {payer}; the question is about {question.payer}."
        yield Warning("jurisdiction", text, (source.id,))
    if question.state and (number := _LOCAL.search(f"{document.title} {item.locator}")):
        yield from _elsewhere(number[1], item, question, library)


def _unstated(source: Source, title: str) -> str:
    """What is not known of a document that its reader took for a payer's by its first page."""
    lacks = "its payer is" if source.effective else "its payer and its dates are"
    return f"“{title}” ({source.file}) names {source.names}; {lacks} not stated: state them with `codecite add`."


def _age(source: Source, on: date) -> Iterator[Warning]:
    """An edition that is over, that is old, or that had not begun."""
    if source.ended and source.ended < on:
        text = f"{source.title} held until {source.ended}; for {on} check whether a newer edition says otherwise."
        yield Warning("stale_source", text, (source.id,))
    elif (old := age(source, on)) and old.editions >= STALE:
        yield Warning("stale_source", f"{source.title} is {old} on {on}: check the current edition.", (source.id,))
    elif source.effective and source.effective > on:
        text = f"{source.title} began on {source.effective}, after the date of service {on}."
        yield Warning("edition", text, (source.id,))


def _elsewhere(number: str, item: Evidence, question: Question, library: Library) -> Iterator[Warning]:
    """A local policy of a contractor that does not serve the state asked about."""
    states = coverage_links.jurisdiction_of(library.catalog, number, question.on)
    named = {name.lower() for state in states for name in (state.abbreviation, state.name) if name}
    if named and question.state and question.state.lower() not in named:
        text = f"{number} does not hold in {question.state}: it is of a contractor of other states."
        yield Warning("jurisdiction", text, (item.document.id,))


def _mixed(evidence: Sequence[Evidence]) -> Iterator[Warning]:
    """Two editions of one publication in one answer."""
    editions: dict[tuple[str, str | None], dict[date, Source]] = {}
    for source in (item.source for item in evidence if item.source.effective):
        assert source.effective
        editions.setdefault((source.publication, source.setting), {})[source.effective] = source
    for held in editions.values():
        if len(held) > 1:
            old, new = held[min(held)], held[max(held)]
            text = f"This answer cites two editions: {old.title}, of {old.effective}, and {new.title}, of {new.effective}."
            yield Warning("edition", text, (old.id, new.id))


def _named(item: Evidence) -> set[str]:
    return {item.source.id, item.document.id, item.passage_id or item.source.id}


def _cited(said: Sequence[Statement], evidence: Sequence[Evidence]) -> set[str]:
    """What the sentences so far name: sources and documents by their citations, codes by their words."""
    numbers = {number for judged in said for number in judged.citations}
    named = {name for item in evidence if item.number in numbers for name in _named(item)}
    return named | {word.rstrip(".") for judged in said for word in re.findall(r"[A-Z0-9][\w.]+", judged.text)}


def line(warning: Warning) -> str:
    """A warning as a line of the answer."""
    return f"\n⚠ {quote.escaped(warning.text)}\n"


def due(warnings: Sequence[Warning], said: Sequence[Statement], evidence: Sequence[Evidence], shown: Sequence[Warning]) -> list[Warning]:
    """The warnings to be shown now: all they are about has been named, and no sentence says the same."""
    cited = _cited(said, evidence)
    told = [warning for warning in warnings if warning.about and set(warning.about) <= cited and warning not in shown]
    return [warning for warning in told if not any(alike(warning.text, judged.text) for judged in said)]


def holding(warnings: Sequence[Warning], said: Sequence[Statement], evidence: Sequence[Evidence]) -> tuple[Warning, ...]:
    """The warnings that concern an answer: none about sources that were offered and not cited."""
    cited = _cited(said, evidence)
    uncited = {name for item in evidence for name in _named(item)} - cited
    return tuple(warning for warning in warnings if not set(warning.about) & uncited)


def last(warnings: Sequence[Warning], said: Sequence[Statement], evidence: Sequence[Evidence], shown: Sequence[Warning]) -> list[str]:
    """The lines of warnings that stand beside no sentence."""
    new = [warning for warning in holding(warnings, said, evidence) if warning not in shown]
    return [line(warning) for warning in new if not any(alike(warning.text, judged.text) for judged in said)]
