"""The records of answers, each its owner's; who holds the home itself may look at any."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.records import Record
from assistant.store.database import Database, Missing
from assistant.store.tables import RecordRow


@dataclass(frozen=True, slots=True)
class Kept:
    """A record, under the id that the answer carries."""

    id: str
    made: datetime
    record: Record


@cache
def _records() -> TypeAdapter[Record]:
    return TypeAdapter(Record)


def keep(session: Session, user: str, record: Record) -> str:
    """Write a record in the transaction of its answer; its id."""
    row = RecordRow(user_id=user, record=_records().dump_python(record, mode="json"))
    session.add(row)
    session.flush()
    return row.id


class Records:
    """What answers were made of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: str, record_id: str) -> Kept:
        """A record of a person's own answer; Missing where it is none of theirs."""
        return self._found(record_id, user)

    def audited(self, record_id: str) -> Kept:
        """A record, whoever's it is: for who holds the home, never for the page."""
        return self._found(record_id)

    def _found(self, record_id: str, user: str | None = None) -> Kept:
        wanted = select(RecordRow).where(RecordRow.id == record_id)
        with self._database.reading() as session:
            row = session.scalar(wanted if user is None else wanted.where(RecordRow.user_id == user))
            if row is None:
                raise Missing("There is no such record.")
            return Kept(row.id, row.made, _records().validate_python(row.record))
