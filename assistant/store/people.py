"""The people of a store: their names, roles, passwords and tokens, and what each likes the page to be set to."""

import hashlib
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from assistant.roles import RIGHTS, ROLES, Right, Role
from assistant.store.database import Database, Missing, StoreError
from assistant.store.tables import LOCAL, SessionRow, UserRow, now

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1024  # characters of a password
_NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")


class Enough(StoreError):
    """A person has asked as many questions as they may today."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may use this home."""

    id: str
    name: str
    role: Role
    created: datetime

    def may(self, right: Right) -> bool:
        """Whether the person's role allows something."""
        return right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the page is set for a person before anything is asked; empty leaves it to the program."""

    theme: str = ""  # dark | light
    payer: str = ""
    state: str = ""
    setting: str = ""
    systems: tuple[str, ...] = ()
    model: str = ""


def digested(secret: str) -> str:
    """What is kept of a secret of 256 bits of chance: whoever reads it cannot use it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has: an unknown name takes as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe())


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise StoreError(f"A password has {SHORTEST} to {LONGEST:,} characters.")
    return _hasher().hash(password.encode("utf-8", "replace"))


def locked(session: Session, user: str) -> UserRow:
    """A person, whom no other transaction writes for until this one ends; Missing where there is none."""
    row = session.get(UserRow, user, with_for_update=True)
    if row is None:
        raise Missing("There is no such user.")
    return row


def counted(row: UserRow) -> None:
    """Count a question of a locked person; Enough where they may ask no more today."""
    today = now().date()
    asked = row.asked if row.asked_on == today else 0
    if row.daily is not None and asked >= row.daily:
        raise Enough(f"You have asked the {row.daily} questions of today; tomorrow (UTC) there are more.")
    row.asked, row.asked_on = asked + 1, today


def user_of(row: UserRow) -> User:
    """The person of a row."""
    return User(row.id, row.name, row.role, row.created)  # type: ignore[arg-type]


class People:
    """Who uses this home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role = "coder", password: str | None = None) -> User:
        """Take a person in; without a password a proxy logs them in. StoreError where the name is none or taken."""
        if not _NAME.fullmatch(name := name.casefold()):
            raise StoreError("A name has up to 64 letters, digits and . @ + - _, and begins with a letter or a digit.")
        if role not in ROLES:
            raise StoreError(f"{role!r} is no role; choose one of {', '.join(ROLES)}.")
        hashed = None if password is None else _hashed(password)
        with self._database.writing() as session:
            if session.scalar(select(UserRow.id).where(UserRow.name == name)):
                raise StoreError(f"There is a user {name} already.")
            session.add(row := UserRow(name=name, role=role, password=hashed))
            session.flush()
            return user_of(row)

    def guest(self, daily: int) -> User:
        """Take somebody in without a name, for so many questions a day; they go with their session."""
        with self._database.writing() as session:
            session.add(row := UserRow(name=f"guest-{secrets.token_hex(8)}", role="guest", daily=daily))
            session.flush()
            return user_of(row)

    def all(self) -> list[User]:
        """Everybody with a name of their own, in its order."""
        with self._database.reading() as session:
            return [
                user_of(row)
                for row in session.scalars(select(UserRow).where(UserRow.id != LOCAL, UserRow.role != "guest").order_by(UserRow.name))
            ]

    def anybody(self, by_proxy: bool) -> bool:
        """Whether there is somebody who can come in: by a password or a token, or at all where a proxy tells who it is."""
        wanted = select(UserRow.id).where(UserRow.id != LOCAL, UserRow.role != "guest")
        own = or_(UserRow.password.is_not(None), UserRow.token.is_not(None))
        with self._database.reading() as session:
            return session.scalar(wanted if by_proxy else wanted.where(own)) is not None

    def local(self) -> User:
        """The one who needs no log-in."""
        with self._database.reading() as session:
            return user_of(session.get_one(UserRow, LOCAL))

    def named(self, name: str) -> User | None:
        """The person of a name, as a proxy tells it."""
        with self._database.reading() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name.casefold(), UserRow.id != LOCAL))
            return user_of(row) if row else None

    def remove(self, name: str) -> None:
        """Take a person away with everything that is kept for them; Missing where there is none of this name."""
        with self._database.writing() as session:
            session.delete(_by_name(session, name))

    def set_password(self, name: str, password: str) -> None:
        """Give a person another password; whoever is logged in as them is logged out."""
        hashed = _hashed(password)
        with self._database.writing() as session:
            row = _by_name(session, name)
            row.password = hashed
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))

    def check(self, name: str, password: str) -> User | None:
        """The person whose name and password these are; an unknown name takes as long as a wrong password."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        nobodys = _nobodys()
        with self._database.reading() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == name.casefold()))
        held = row.password if row else None
        try:
            _hasher().verify(held or nobodys, password[:LONGEST].encode("utf-8", "replace"))
        except (Argon2Error, InvalidHashError):
            return None
        return user_of(row) if row and held else None

    def token(self, name: str) -> str:
        """A new token for a person's programs, in place of the one before: shown once, kept as a digest."""
        secret = f"codecite_{secrets.token_urlsafe(32)}"
        with self._database.writing() as session:
            _by_name(session, name).token = digested(secret)
        return secret

    def of_token(self, secret: str) -> User | None:
        """Whose programs hold this token."""
        with self._database.reading() as session:
            row = session.scalar(select(UserRow).where(UserRow.token == digested(secret)))
            return user_of(row) if row else None

    def preferences(self, user: str) -> Preferences:
        """How a person wants the page set."""
        with self._database.reading() as session:
            held = session.scalar(select(UserRow.preferences).where(UserRow.id == user)) or {}
        return TypeAdapter(Preferences).validate_python(held)

    def prefer(self, user: str, preferences: Preferences) -> None:
        """Keep how a person wants the page set."""
        with self._database.writing() as session:
            locked(session, user).preferences = asdict(preferences)


def _by_name(session: Session, name: str) -> UserRow:
    row = session.scalar(select(UserRow).where(UserRow.name == name.casefold(), UserRow.id != LOCAL))
    if row is None:
        raise Missing(f"There is no user {name}.")
    return row
