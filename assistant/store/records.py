"""The records of answers, each its owner's; who holds the home itself may look at any."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.records import Record
from assistant.store.database import Database, Missing, StoreError
from assistant.store.tables import LOCAL, RecordRow


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


def _laid(path: Path) -> RecordRow | None:
    """A record from its file; None where it is none."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        record = _records().dump_python(_records().validate_python(held["record"]), mode="json")
        return RecordRow(id=path.stem, user_id=LOCAL, made=datetime.fromisoformat(held["made"]), record=record)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


class Records:
    """What answers were made of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: str, record: Record) -> str:
        """Keep the record of an answer given to a person's program; its id, or nothing where it cannot be: that stops no answer."""
        with suppress(StoreError), self._database.writing() as session:
            return keep(session, user, record)
        return ""

    def take_in(self, folder: Path) -> None:
        """Take in the records that were laid down while no store was open (`assistant.ledger`); what is none stays where it is."""
        laid = [(path, row) for path in folder.glob("*.json") if (row := _laid(path))]
        if laid:
            with self._database.writing() as session:
                for _, row in laid:
                    session.merge(row)
        for path, _ in laid:
            path.unlink(missing_ok=True)

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
