"""What a person keeps of codes: favourites, notes, and what was looked at last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assistant.store.conversations import LISTED, NOTE, kept
from assistant.store.database import Database
from assistant.store.people import locked
from assistant.store.tables import MarkRow, now

RECENT = 20  # codes


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person keeps of one code."""

    system: str
    code: str
    favourite: bool = False
    note: str = ""
    seen: datetime | None = None


class Marks:
    """Favourites, notes and recent codes of a person; nobody sees another's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: str, system: str, code: str) -> Mark:
        """What a person keeps of a code."""
        with self._database.reading() as session:
            row = session.get(MarkRow, (user, system, code))
            return _mark(row) if row else Mark(system, code)

    def favourites(self, user: str) -> list[Mark]:
        """The favourite codes, in their order."""
        return self._marked(user, MarkRow.favourite, MarkRow.system, MarkRow.code)

    def noted(self, user: str) -> list[Mark]:
        """The codes with a note, in their order."""
        return self._marked(user, MarkRow.note != "", MarkRow.system, MarkRow.code)

    def recent(self, user: str) -> list[Mark]:
        """The codes looked at last, the last first."""
        return self._marked(user, MarkRow.seen.is_not(None), MarkRow.seen.desc())[:RECENT]

    def saw(self, user: str, system: str, code: str) -> None:
        """Keep that a person looks at a code now."""
        with self._database.writing() as session:
            _held(session, user, system, code).seen = now()

    def favour(self, user: str, system: str, code: str, favourite: bool = True) -> None:
        """Make a code a favourite, or one no more."""
        with self._database.writing() as session:
            _held(session, user, system, code).favourite = favourite

    def note(self, user: str, system: str, code: str, text: str) -> None:
        """Keep a note on a code; an empty one takes it away."""
        with self._database.writing() as session:
            _held(session, user, system, code).note = kept(text, NOTE)

    def forget_recent(self, user: str) -> None:
        """Forget which codes a person looked at."""
        with self._database.writing() as session:
            session.execute(update(MarkRow).where(MarkRow.user_id == user).values(seen=None))

    def _marked(self, user: str, which: Any, *order: Any) -> list[Mark]:
        wanted = select(MarkRow).where(MarkRow.user_id == user, which).order_by(*order).limit(LISTED)
        with self._database.reading() as session:
            return [_mark(row) for row in session.scalars(wanted)]


def _held(session: Session, user: str, system: str, code: str) -> MarkRow:
    """The row of a code, made where there is none yet."""
    locked(session, user)
    row = session.get(MarkRow, (user, system, code))
    if row is None:
        row = MarkRow(user_id=user, system=system, code=code)
        session.add(row)
    return row


def _mark(row: MarkRow) -> Mark:
    return Mark(row.system, row.code, row.favourite, row.note, row.seen)
