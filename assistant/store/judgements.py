"""Likes and dislikes of answers, with their reasons; those of earlier versions are read in from their file once."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from assistant.store.conversations import NOTE, kept, turn_of
from assistant.store.database import Database
from assistant.store.people import locked
from assistant.store.tables import LOCAL, JudgementRow, UserRow
from corpus.model import digest

OLD = "feedback.jsonl"  # where earlier versions kept them, in the home


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person thinks of an answer."""

    id: str
    user: str  # by name
    turn_id: str | None
    at: datetime
    liked: bool
    reason: str
    question: str
    answer: str


class Judgements:
    """What people think of answers. Each gives their own; who reviews sees all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def judge(self, user: str, turn_id: str, liked: bool | None, reason: str = "") -> None:
        """Keep what a person thinks of an answer of theirs, in place of what they thought before; None takes it back."""
        with self._database.writing() as session:
            turn = turn_of(session, user, turn_id)
            session.execute(delete(JudgementRow).where(JudgementRow.turn_id == turn_id))
            if liked is not None:
                said: dict[str, Any] = {"liked": liked, "reason": kept(reason, NOTE), "question": turn.question, "answer": turn.text}
                session.add(JudgementRow(user_id=user, turn_id=turn_id, **said))

    def of(self, user: str, turn_id: str) -> Judgement | None:
        """What a person thinks of an answer of theirs."""
        return next(self._found(JudgementRow.turn_id == turn_id, JudgementRow.user_id == user), None)

    def all(self) -> Iterator[Judgement]:
        """Everybody's judgements, the newest first: for who reviews them."""
        return self._found()

    def questions(self) -> Iterator[dict[str, Any]]:
        """Everybody's judgements as questions of an evaluation, to be completed by who knows the answer."""
        for judged in self.all():
            comment = {"liked": judged.liked, "reason": judged.reason, "answer": judged.answer}
            yield {"id": f"judged-{judged.id}", "category": "judged", "question": judged.question, "judged": comment}

    def read_old(self, home: Path) -> int:
        """Take in the file of an earlier version and set it aside; returns how many there were. A line that is none is passed over."""
        path = home / OLD
        if not path.exists():
            return 0
        rows = [row for at, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines()) if (row := _old(at, line))]
        with self._database.writing() as session:
            locked(session, LOCAL)
            session.add_all([row for row in rows if session.get(JudgementRow, row.id) is None])
        with suppress(FileNotFoundError):  # another process was here at the same time
            path.replace(path.with_suffix(".read.jsonl"))
        return len(rows)

    def _found(self, *which: Any) -> Iterator[Judgement]:
        wanted = select(JudgementRow, UserRow.name).join(UserRow).where(*which).order_by(JudgementRow.at.desc(), JudgementRow.id)
        with self._database.reading() as session:
            for row, name in session.execute(wanted.execution_options(yield_per=100)):
                yield Judgement(row.id, name, row.turn_id, row.at, row.liked, row.reason, row.question, row.answer)


def _old(at: int, line: str) -> JudgementRow | None:
    """A line of the old file; its id is made of its content, so that reading it twice adds nothing."""
    try:
        held = json.loads(line)
        when = datetime.fromisoformat(held["at"])
        said = {"liked": bool(held["liked"]), "question": str(held["question"]), "answer": str(held["answer"])}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    moment = when if when.tzinfo else when.replace(tzinfo=UTC)
    return JudgementRow(id=digest(str(at), line), user_id=LOCAL, at=moment, reason="", **said)
