"""The people of a store, and what each likes the page to be set to."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.store.database import Database, Missing, StoreError
from assistant.store.tables import LOCAL, UserRow

Role = Literal["reader", "coder", "librarian", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class User:
    """A person who may use this home."""

    id: str
    name: str
    role: Role
    created: datetime


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the page is set for a person before anything is asked; empty leaves it to the program."""

    theme: str = ""  # dark | light
    payer: str = ""
    state: str = ""
    setting: str = ""
    systems: tuple[str, ...] = ()
    model: str = ""


def locked(session: Session, user: str) -> UserRow:
    """A person, whom no other transaction writes for until this one ends; Missing where there is none."""
    row = session.get(UserRow, user, with_for_update=True)
    if row is None:
        raise Missing("There is no such user.")
    return row


class People:
    """Who uses this home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role = "coder") -> User:
        """Take a person in; StoreError where the name is none or taken."""
        if not _NAME.fullmatch(name := name.casefold()):
            raise StoreError("A name has up to 64 letters, digits and . @ + - _, and begins with a letter or a digit.")
        if role not in ROLES:
            raise StoreError(f"{role!r} is no role; choose one of {', '.join(ROLES)}.")
        with self._database.writing() as session:
            if session.scalar(select(UserRow.id).where(UserRow.name == name)):
                raise StoreError(f"There is a user {name} already.")
            session.add(row := UserRow(name=name, role=role))
            session.flush()
            return _user(row)

    def all(self) -> list[User]:
        """Everybody but the one without log-in, by name."""
        with self._database.reading() as session:
            return [_user(row) for row in session.scalars(select(UserRow).where(UserRow.id != LOCAL).order_by(UserRow.name))]

    def remove(self, name: str) -> None:
        """Take a person away with everything that is kept for them; Missing where there is none of this name."""
        with self._database.writing() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name.casefold(), UserRow.id != LOCAL))
            if row is None:
                raise Missing(f"There is no user {name}.")
            session.delete(row)

    def preferences(self, user: str) -> Preferences:
        """How a person wants the page set."""
        with self._database.reading() as session:
            held = session.scalar(select(UserRow.preferences).where(UserRow.id == user)) or {}
        return TypeAdapter(Preferences).validate_python(held)

    def prefer(self, user: str, preferences: Preferences) -> None:
        """Keep how a person wants the page set."""
        with self._database.writing() as session:
            locked(session, user).preferences = asdict(preferences)


def _user(row: UserRow) -> User:
    return User(row.id, row.name, row.role, row.created)  # type: ignore[arg-type]
