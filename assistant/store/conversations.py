"""Conversations of a person: asked, answered, listed, searched, resumed, renamed and deleted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from assistant.answer import Answer
from assistant.message import LIMIT, cleaned
from assistant.personal import withhold
from assistant.records import Record
from assistant.store.database import Database, Missing
from assistant.store.people import counted, locked
from assistant.store.records import keep
from assistant.store.tables import ConversationRow, TurnRow, now

State = Literal["asked", "answered", "broken off"]
TITLE = 80  # characters
NOTE = 4000  # characters of a note, or of a reason
LISTED = 200  # conversations shown at once; a search finds the others
PAGE = 30  # turns of a conversation shown at once


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation by its title."""

    id: str
    title: str
    created: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a conversation and what came of it."""

    id: str
    conversation_id: str
    position: int  # in its conversation, from 1
    question: str  # without personal data
    given: dict[str, Any]  # what was set beside the question, in words of JSON
    asked: datetime
    state: State  # `broken off`: stopped, failed, or the program ended before the answer did
    text: str  # the answer as far as it was written, in Markdown
    answer: Answer | None  # whole, with everything its sources and steps were shown by
    record_id: str | None
    starred: bool
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a conversation, oldest first."""

    conversation: Conversation
    exchanges: tuple[Exchange, ...]
    earlier: int | None  # what to pass as `before` for the stretch above it; None where this is the beginning


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def kept(text: str, most: int) -> str:
    """A person's words as they may be kept: bounded, without personal data."""
    return withhold(text[:most]).marked.strip()


class Conversations:
    """What is said between a person and the assistant. Another person's is `Missing`, like one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, user: str, search: str = "") -> list[Conversation]:
        """The conversations of a person, the last changed first; with a search those with these words in title, questions or answers."""
        wanted = select(ConversationRow).where(ConversationRow.user_id == user)
        if search := search.strip():
            said = or_(TurnRow.question.icontains(search, autoescape=True), TurnRow.text.icontains(search, autoescape=True))
            within = exists().where(TurnRow.conversation_id == ConversationRow.id, said)
            wanted = wanted.where(or_(ConversationRow.title.icontains(search, autoescape=True), within))
        with self._database.reading() as session:
            rows = session.scalars(wanted.order_by(ConversationRow.changed.desc(), ConversationRow.id).limit(LISTED))
            return [_conversation(row) for row in rows]

    def page(self, user: str, conversation_id: str, before: int | None = None, limit: int = PAGE) -> Page:
        """The newest turns of a conversation, or those before a position."""
        wanted = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.position.desc()).limit(limit + 1)
        wanted = wanted if before is None else wanted.where(TurnRow.position < before)
        with self._database.reading() as session:
            row = _own(session, user, conversation_id)
            turns = session.scalars(wanted).all()
            shown = turns[:limit]
            earlier = shown[-1].position if len(turns) > limit else None
            return Page(_conversation(row), tuple(map(self._exchange, reversed(shown))), earlier)

    def whole(self, user: str, conversation_id: str) -> Iterator[Exchange]:
        """Every turn of a conversation, from the first to the last."""
        wanted = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.position)
        with self._database.reading() as session:
            _own(session, user, conversation_id)
            yield from map(self._exchange, session.scalars(wanted.execution_options(yield_per=PAGE)))

    def exchange(self, user: str, turn_id: str) -> Exchange:
        """One turn, by the id that its permanent link carries."""
        with self._database.reading() as session:
            return self._exchange(turn_of(session, user, turn_id))

    def starred(self, user: str) -> list[Exchange]:
        """The turns with a star or a note, the newest first."""
        marked = select(TurnRow).join(ConversationRow).where(ConversationRow.user_id == user, or_(TurnRow.starred, TurnRow.note != ""))
        with self._database.reading() as session:
            return [self._exchange(row) for row in session.scalars(marked.order_by(TurnRow.asked.desc()).limit(LISTED))]

    def ask(self, user: str, question: str, conversation_id: str | None = None, given: Mapping[str, object] | None = None) -> Exchange:
        """Keep a question before it is answered; without a conversation it begins one, which is called after it.

        Raises Enough where the person may ask no more today.
        """
        text = kept(cleaned(question), LIMIT)
        with self._database.writing() as session:
            person = locked(session, user)
            if conversation_id is None:
                conversation = ConversationRow(user_id=user, title=text[:TITLE] or "…")
                session.add(conversation)
                session.flush()
            else:
                conversation = _own(session, user, conversation_id)
                conversation.changed = now()
            counted(person)
            last = session.scalar(select(func.max(TurnRow.position)).where(TurnRow.conversation_id == conversation.id))
            row = TurnRow(conversation_id=conversation.id, position=(last or 0) + 1, question=text, given=_settled(given or {}))
            session.add(row)
            session.flush()
            return self._exchange(row)

    def written(self, user: str, turn_id: str, text: str) -> None:
        """Keep how far an answer is written."""
        with self._database.writing() as session:
            turn_of(session, user, turn_id).text = text

    def answered(self, user: str, turn_id: str, answer: Answer, record: Record | None = None) -> str | None:
        """Keep a whole answer and the record of what it was made of, whose id is returned."""
        with self._database.writing() as session:
            row = turn_of(session, user, turn_id)
            row.text, row.answer, row.ended = answer.text, _answers().dump_python(answer, mode="json"), now()
            row.conversation.changed = now()
            row.record_id = keep(session, user, record) if record else None
            return row.record_id

    def broke_off(self, user: str, turn_id: str, text: str) -> None:
        """Keep that an answer was stopped or failed, with what stood of it or why."""
        with self._database.writing() as session:
            row = turn_of(session, user, turn_id)
            row.text, row.ended = text, now()

    def underway(self, user: str, conversation_id: str) -> bool:
        """Whether the last question of a conversation is still being answered."""
        return any(turn.state == "asked" for turn in self.page(user, conversation_id, limit=1).exchanges)

    def stop(self, user: str, conversation_id: str) -> None:
        """Take what is being answered in a conversation for broken off."""
        with self._database.writing() as session:
            _own(session, user, conversation_id)
            open_ones = TurnRow.conversation_id == conversation_id, TurnRow.ended.is_(None)
            session.execute(update(TurnRow).where(*open_ones).values(ended=now()))

    def rewind(self, user: str, turn_id: str, keep: str = "") -> None:
        """Forget a turn and those after it but one: the question is asked anew, or another in its place."""
        with self._database.writing() as session:
            row = turn_of(session, user, turn_id)
            later = TurnRow.conversation_id == row.conversation_id, TurnRow.position >= row.position, TurnRow.id != keep
            session.execute(delete(TurnRow).where(*later))

    def rename(self, user: str, conversation_id: str, title: str) -> None:
        """Call a conversation otherwise; an empty title changes nothing."""
        with self._database.writing() as session:
            row = _own(session, user, conversation_id)
            row.title = kept(cleaned(title), TITLE) or row.title

    def delete(self, user: str, conversation_id: str) -> None:
        """Forget a conversation; the records of its answers stay."""
        with self._database.writing() as session:
            session.delete(_own(session, user, conversation_id))

    def star(self, user: str, turn_id: str, starred: bool = True) -> None:
        """Put a star on an answer, or take it off."""
        with self._database.writing() as session:
            turn_of(session, user, turn_id).starred = starred

    def note(self, user: str, turn_id: str, text: str) -> None:
        """Keep a note on an answer; an empty one takes it away."""
        with self._database.writing() as session:
            turn_of(session, user, turn_id).note = kept(text, NOTE)

    def _exchange(self, row: TurnRow) -> Exchange:
        answer = _answers().validate_python(row.answer) if row.answer is not None else None
        ended = row.ended is not None or row.asked < self._database.opened
        state: State = "answered" if answer else "broken off" if ended else "asked"
        kept_as = (row.id, row.conversation_id, row.position, row.question, row.given, row.asked)
        return Exchange(*kept_as, state, row.text, answer, row.record_id, row.starred, row.note)


def _settled(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items() if value}


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(row.id, row.title, row.created, row.changed)


def _own(session: Session, user: str, conversation_id: str) -> ConversationRow:
    """A person's own conversation; Missing where it is none of theirs."""
    row = session.get(ConversationRow, conversation_id)
    if row is None or row.user_id != user:
        raise Missing("There is no such conversation.")
    return row


def turn_of(session: Session, user: str, turn_id: str) -> TurnRow:
    """A turn of a person's own conversation; Missing where it is none of theirs."""
    row = session.get(TurnRow, turn_id, options=[joinedload(TurnRow.conversation)])
    if row is None or row.conversation.user_id != user:
        raise Missing("There is no such answer.")
    return row
