"""The record of an answer: what it was made of, so that it can be built again and held against what is said now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import metadata
from typing import Any

from assistant import chat
from assistant.answer import Answer, Question, Statement, Status, Turn
from assistant.followups import RECENT
from assistant.personal import withhold
from assistant.writing import Writer
from corpus.model import Source, digest
from index.library import Library


@dataclass(frozen=True, slots=True)
class Given:
    """What the person set beside the question."""

    on: date | None = None
    payer: str | None = None
    state: str | None = None
    setting: str | None = None
    systems: tuple[str, ...] = ()
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A piece of evidence an answer cites, by what tells it apart."""

    number: int
    source_id: str
    passage_id: str | None
    locator: str
    digest: str  # of the passage or row, and of the words quoted from it


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition an answer rests on."""

    source_id: str
    publication: str
    title: str
    edition: str | None
    effective: date | None
    ended: date | None
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything an answer was made of; personal data was left out before."""

    version: str  # of codecite
    question: str
    given: Given
    turns: tuple[Turn, ...]  # those a follow-up may look back upon
    today: date
    understood: Question
    status: Status
    statements: tuple[Statement, ...]  # each with its verdict
    cautions: tuple[str, ...]
    evidence: tuple[Used, ...]
    editions: tuple[Edition, ...]
    model: str  # who was to write
    writer: str  # who wrote
    prompt: str  # digest of what a language model was told; empty where none wrote
    index: str  # digest of the library
    vectors: str  # how many there were, of how many


Keep = Callable[[Record], str]  # keeps a record: its id, or nothing where it could not


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer may differ from an earlier one."""

    kind: str  # version | writer | prompt | gone | changed | newer | library | personal | model | unknown
    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer built again: what it says no more, what it says now, and what has changed meanwhile."""

    before: tuple[str, ...]
    now: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def same(self) -> bool:
        return not self.before and not self.now

    def as_json(self) -> dict[str, Any]:
        """The comparison for programs."""
        return {"same": self.same, "before": list(self.before), "now": list(self.now), "reasons": [asdict(item) for item in self.reasons]}


def recorded(
    answer: Answer, library: Library, turns: Sequence[Turn] = (), given: Mapping[str, Any] | None = None, model: str = "quote"
) -> Record:
    """The record of an answer just given; `turns`, `given` and the model are those it was asked with."""
    question, ready = answer.question, library.readiness
    sources = {citation.evidence.source.id: citation.evidence.source for citation in answer.citations}
    return Record(
        version=metadata.version("codecite"),
        question=question.standalone if question.withheld else question.text,
        given=Given(**{name: value for name, value in (given or {}).items() if value}),
        turns=() if question.withheld else tuple(Turn(turn.role, withhold(turn.content).text) for turn in turns[-RECENT:]),
        today=date.today() if question.dated else question.on,
        understood=question,
        status=answer.status,
        statements=answer.statements,
        cautions=_cautions(answer),
        evidence=_used(answer),
        editions=tuple(map(_edition, sources.values())),
        model=model,
        writer=answer.writer,
        prompt=answer.prompt,
        index=library.digest,
        vectors=f"{ready.done} of {ready.total}",
    )


def replay(record: Record, library: Library, write: Writer) -> Replay:
    """Build an answer again from its record and say what differs, and why it may."""
    given = {name: value for name, value in asdict(record.given).items() if value}
    answer = chat.ask(record.question, library, turns=record.turns, write=write, today=record.today, **given)
    before = _said(record.status, record.statements, record.cautions, record.evidence)
    now = _said(answer.status, answer.statements, _cautions(answer), _used(answer))
    gone, new = (tuple(line for line in one if line not in other) for one, other in ((before, now), (now, before)))
    reasons = _changes(record, answer, library)
    if gone or new:
        reasons += _chances(record) if not reasons else []
    return Replay(gone, new, tuple(reasons))


def _cautions(answer: Answer) -> tuple[str, ...]:
    return tuple(warning.text for warning in answer.warnings if warning.kind != "phi")


def _used(answer: Answer) -> tuple[Used, ...]:
    return tuple(
        Used(number, item.source.id, item.passage_id, item.locator, digest(item.text, item.quote))
        for number, item in ((citation.number, citation.evidence) for citation in answer.citations)
    )


def _edition(source: Source) -> Edition:
    named = (source.id, source.publication, source.title, source.edition)
    return Edition(*named, source.effective, source.ended, source.digest)


def _said(status: str, statements: Sequence[Statement], cautions: Sequence[str], evidence: Sequence[Used]) -> list[str]:
    """An answer as lines to be compared: its status, its sentences with their marks, its cautions, its sources."""
    marked = [f"{said.text} {''.join(f'[{n}]' for n in said.citations)} ({said.verdict})" for said in statements]
    sources = [f"[{used.number}] {used.source_id} · {used.locator} · {used.digest}" for used in evidence]
    return [f"status: {status}", *marked, *(f"⚠ {text}" for text in cautions), *sources]


def _changes(record: Record, answer: Answer, library: Library) -> list[Reason]:
    version = metadata.version("codecite")
    changed = {
        "version": ("codecite", record.version, version),
        "writer": ("writer", record.writer, answer.writer),
        "prompt": ("instructions of the writer", record.prompt, answer.prompt),
    }
    reasons = [
        Reason(kind, f"other {what}: {then or 'none'} then, {now or 'none'} now")
        for kind, (what, then, now) in changed.items()
        if then != now
    ]
    reasons += [reason for edition in record.editions if (reason := _moved(edition, library, record.understood.on))]
    if record.index != library.digest and not any(reason.kind in ("gone", "changed", "newer") for reason in reasons):
        reasons.append(Reason("library", "other sources are loaded than then, though none that the answer rests on"))
    return reasons


def _chances(record: Record) -> list[Reason]:
    """Why an answer may differ though nothing on record has changed."""
    if record.model != "quote":
        return [Reason("model", f"{record.model} writes: a language model seldom says the same twice")]
    if record.understood.withheld:
        return [Reason("personal", "personal data was left out of the question; an age may have been in it")]
    return [Reason("unknown", f"nothing on record has changed; there were {record.vectors} vectors when it was answered")]


def _moved(edition: Edition, library: Library, on: date) -> Reason | None:
    """What has become of an edition that an answer rests on; None where it still answers as it was."""
    held = next((source for source in library.sources if source.id == edition.source_id), None)
    current = library.current(on)
    newer = [source for source in library.sources if source.publication == edition.publication and source.id in current]
    named = f"{edition.title} ({edition.edition or 'no edition'})"
    if held and edition.source_id in current:
        return None if held.digest == edition.digest else Reason("changed", f"{named} was read from other content since")
    if newer:
        return Reason("newer", f"{named} gave way to {newer[0].title} ({newer[0].edition or 'no edition'})")
    return Reason("gone", f"{named} is no longer loaded")
