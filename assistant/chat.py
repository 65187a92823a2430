"""One question, one path: understand → gather evidence → write → verify → answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from os.path import commonpath
from time import perf_counter
from typing import Any

import prompts
from assistant import cautions, quote
from assistant import evidence as gathering
from assistant.advice import DEEDS, declined
from assistant.answer import Answer, Citation, Question, Status, Turn, Warning
from assistant.briefing import first_of_each
from assistant.message import LIMIT, cleaned, english
from assistant.personal import Withheld, withhold
from assistant.plan import Chosen
from assistant.question import understand
from assistant.writing import Desk, Draft, Line, Restart, Writer, drafted
from corpus.codes import system_of
from corpus.model import CorpusError
from index.library import Library
from index.search import STOP, Filters

FIELD = 0.3  # similarity to some passage from which a question belongs to this field
PLAIN: Mapping[str, tuple[str, Status]] = {  # intents answered without evidence: the prompt, and what its answer is
    "smalltalk": ("capabilities", "answered"),
    "out of scope": ("out_of_scope", "declined"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on the way, in words."""

    text: str


Event = Step | Line | Restart | Answer


class _Clock:
    """Milliseconds spent in each stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._began = self._last = perf_counter()

    def stage(self, name: str) -> None:
        now = perf_counter()
        self.spent[name] = round(self.spent.get(name, 0.0) + (now - self._last) * 1000, 2)
        self._last = now

    def total(self) -> dict[str, float]:
        return self.spent | {"total": round((perf_counter() - self._began) * 1000, 2)}


def stream(
    text: str, library: Library, turns: Sequence[Turn] = (), write: Writer = quote.write, today: date | None = None, **given: object
) -> Iterator[Event]:
    """Answer one message, yielding steps, verified lines and at last the whole answer.

    `given` holds what the person set apart from the message: `on` (date of service), `payer`, `state`, `setting`, `systems`.
    """
    message = cleaned(text)
    left = withhold(message[:LIMIT])
    before = [replace(turn, content=withhold(turn.content).text) for turn in turns]
    for event in _answered(left, len(message), library, before, write, today or date.today(), **given):
        if left.kinds and isinstance(event, Answer):
            told = prompts.render("withheld", kinds=left.told())
            yield Line(f"\n⚠ {told}\n")
            yield _without(event, left, told)
        else:
            yield event


def _without(answer: Answer, left: Withheld, told: str) -> Answer:
    """An answer that says what of the message was left out."""
    question = replace(answer.question, text=left.marked, withheld=left.kinds)
    warnings = (*answer.warnings, Warning("phi", told))
    return replace(answer, question=question, text=f"{answer.text}\n⚠ {told}\n", warnings=warnings)


def _answered(
    left: Withheld, length: int, library: Library, turns: Sequence[Turn], write: Writer, today: date, **given: object
) -> Iterator[Event]:
    """Answer a message that holds no personal data; `length` is that of the whole message in characters."""
    clock = _Clock()
    library.freshen()
    if refused := _unreadable(left.text, length, today):
        yield from _said(refused, clock)
        return
    question = understand(left.text, library.catalog.knows, today, turns, **given)
    question = replace(question, age=left.age(question.on) if question.age is None else question.age)
    clock.stage("understand")
    if question.intent == "advice" and (kind := declined(question.standalone)):
        yield from _said(_plain(question, "advice", "declined", deed=DEEDS[kind]), clock)
        return
    yield Step(_understood(question))
    if plain := PLAIN.get(question.intent):
        yield from _said(_plain(question, *plain), clock)
        return
    chosen = gathering.choose(question, library)
    clock.stage("search")
    steps = [_understood(question), *chosen.steps, _found(chosen, library)]
    yield Step(steps[-1])
    head = _head(question, chosen, library)
    draft = yield from drafted(question, chosen, head, Desk(write, library.keywords.analyzed, clock.stage))
    for line in _tail(question, chosen, draft, library, bool(head)):
        draft.lines.append(line)
        yield Line(line)
    if draft.prompt:
        steps.append(f"Written by {draft.writer}, told {draft.prompt}: {len(draft.said)} of its sentences verified")
    yield replace(_answer(question, chosen, draft, steps), elapsed_ms=clock.total())


def _tail(question: Question, chosen: Chosen, draft: Draft, library: Library, headed: bool) -> list[str]:
    """What follows the verified lines: the warnings that stand beside none of them, or that nothing could be said."""
    if draft.said:
        return cautions.last(chosen.warnings, draft.said, draft.evidence, draft.warned)
    return [] if headed else [_nothing(question, replace(chosen, evidence=()), library) + "\n"]


def ask(text: str, library: Library, **options: object) -> Answer:
    """Answer one message at once; the options are those of `stream`."""
    *_, answer = stream(text, library, **options)  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    return answer


def _said(answer: Answer, clock: _Clock) -> Iterator[Event]:
    yield Line(answer.text)
    yield replace(answer, elapsed_ms=clock.total())


def _plain(question: Question, template: str, status: Status = "answered", **values: object) -> Answer:
    """The assistant speaking of itself: no claim about coding, so nothing to cite."""
    return Answer(question, status, prompts.render(template, **values), (), (), (), (), ())


def _unreadable(message: str, length: int, today: date) -> Answer | None:
    """Refuse what cannot be a question: nothing, too much, another language."""
    bare = Question(message, message, "unreadable", today, dated=False)
    if not message:
        return _plain(bare, "empty", "declined")
    if length > LIMIT:
        return _plain(bare, "too_long", "declined", length=f"{length:,}", limit=f"{LIMIT:,}")
    if not english(message) and not any(char.isdigit() for char in message):
        return _plain(bare, "not_english", "declined")
    return None


def _understood(question: Question) -> str:
    named = ", ".join(f"{mention.system} {mention.value}" for mention in question.mentions) or "no code"
    said = {"payer": question.payer, "state": question.state, "contractor": question.contractor, "setting": question.setting}
    counted = {"units": question.units, "age": question.age}
    limits = [f"date of service {question.on}"]
    limits += [f"{name} {value}" for name, value in (*said.items(), *counted.items()) if value is not None]
    limits += [f"looking for “{question.subject}”"] if question.subject else []
    rewritten = f"; read as “{question.standalone}”" if question.standalone != question.text else ""
    return f"Understood as {question.intent}: {named}; {', '.join(limits)}{rewritten}"


def _found(chosen: Chosen, library: Library) -> str:
    sources = len({item.source.id for item in chosen.evidence})
    vectors = (
        ""
        if library.readiness.ready or not library.readiness.total
        else f" (vectors {library.readiness.done:,} of {library.readiness.total:,})"
    )
    return f"Searched {len(library.sources)} sources: {len(chosen.evidence)} pieces of evidence from {sources}{vectors}"


def _head(question: Question, chosen: Chosen, library: Library) -> str:
    """What must be said before any evidence: an unknown code, or that nothing answers."""
    if chosen.unknown and not chosen.complete:
        return "\n\n".join(_unknown(value, library, bool(chosen.evidence)) for value in chosen.unknown) + "\n\n"
    if not chosen.complete:
        return _nothing(question, chosen, library) + "\n\n"
    if chosen.unknown:
        return f"*Not in my sources:* {', '.join(chosen.unknown)}.\n\n"
    return ""


def _nothing(question: Question, chosen: Chosen, library: Library) -> str:
    words = library.words(question.standalone)
    asked = [word.strip(".,;:?!()\"'") for word in question.standalone.split() if not re.search(r"\d{5}", word)]  # no record numbers
    if not chosen.evidence and not question.mentions and not question.payer and not _medical(question, words, library):
        return prompts.render("out_of_scope")
    searched = f"{len(library.sources)} sources for {question.on}" + (f", payer {question.payer}" if question.payer else "")
    near = " The nearest passages are below; they do not settle it." if chosen.evidence else ""
    return prompts.render(
        "nothing_found",
        searched=searched,
        words=quote.escaped(", ".join(dict.fromkeys(word for word in asked if word.lower() not in STOP)) or question.standalone),
        nearest=near,
        remedy=chosen.remedy or "a source about it",
    )


def _medical(question: Question, words: Sequence[str], library: Library) -> bool:
    """Whether a question is of this field: some passage is near it in meaning, or holds most of its words."""
    hits = library.shelves(question.standalone, ("prose",), Filters(question.on), 3)["prose"]
    near = max((hit.similarity or 0.0 for hit in hits), default=0.0)
    unseen = library.keywords.rarity(["\x00"])["\x00"]
    seen = sum(value < unseen for value in library.keywords.rarity(words).values())
    return near >= FIELD or (not near and seen > len(set(words)) / 2)


def _unknown(value: str, library: Library, named: bool) -> str:
    why = "" if system_of(value) or " " in value else f" {_malformed(value)}"  # with its system's name it is that system's
    near = nearest(value, library)
    listed = f" Nearest by spelling: {', '.join(near)}." if near else ""
    rest = "These passages only name it:" if named else prompts.render("unsupported")
    return prompts.render("unknown_code", code=quote.escaped(value), why=why, near=listed, rest=rest)


def _malformed(value: str) -> str:
    shape = "CPT and HCPCS codes have five characters" if value.isdigit() else "it has the form of no code system known here"
    return f"{shape[0].upper()}{shape[1:]}."


def nearest(value: str, library: Library, limit: int = 4) -> list[str]:
    """Real codes one keystroke away from a code nobody lists."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    cuts = [(value[:at], value[at:]) for at in range(len(value) + 1)]
    tried = [head + tail[1:] for head, tail in cuts if tail] + [head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1]
    tried += [head + sign + tail[1:] for head, tail in cuts if tail for sign in signs]
    tried += [head + sign + tail for head, tail in cuts for sign in signs]
    close = {
        near for near in tried if len(near) > 2 and near != value and (system := system_of(near)) and library.catalog.knows(system, near)
    }
    return sorted(close, key=lambda near: (len(near) != len(value), -len(commonpath([near, value])), near))[:limit]


def _answer(question: Question, chosen: Chosen, draft: Draft, steps: Sequence[str]) -> Answer:
    used = {number for judged in draft.said for number in judged.citations}
    first = first_of_each(draft.evidence)
    citations = tuple(Citation(number, first[number]) for number in sorted(used))
    whole = chosen.complete and not chosen.unknown
    status: Status = "declined" if not draft.said else "answered" if whole else "partial"
    codes = chosen.codes if draft.said else ()
    warnings = (*(cautions.holding(chosen.warnings, draft.said, draft.evidence) if draft.said else ()), *draft.warnings)
    text, statements = "".join(draft.lines), tuple(draft.statements)
    by: dict[str, Any] = {"writer": draft.writer, "prompt": draft.prompt}
    return Answer(question, status, text, statements, citations, codes, warnings, tuple(steps), **by)


def guard(error: Exception) -> str:
    """One line for a person in place of a traceback."""
    return (
        str(error)
        if isinstance(error, CorpusError)
        else f"Something went wrong inside ({type(error).__name__}); the question was not answered."
    )
