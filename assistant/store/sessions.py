"""Who has logged in: a browser holds a secret, the store its digest, and both end when unused or old."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, or_, select

from assistant.store.database import Database
from assistant.store.people import User, digested, user_of
from assistant.store.tables import SessionRow, UserRow, now

IDLE = timedelta(hours=8)  # unused
LONGEST = timedelta(days=7)  # in all
_STRIDE = timedelta(minutes=1)  # between two notes that a session is used


class Sessions:
    """Sessions of people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, user: str) -> str:
        """Begin a session of a person: the secret that their browser is to hold. What has ended is cleared away, guests too."""
        secret = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            over = or_(SessionRow.seen < now() - IDLE, SessionRow.begun < now() - LONGEST)
            session.execute(delete(SessionRow).where(over))
            gone = UserRow.id.not_in(select(SessionRow.user_id)), UserRow.created < now() - IDLE
            session.execute(delete(UserRow).where(UserRow.role == "guest", *gone))
            session.add(SessionRow(id=digested(secret), user_id=user))
        return secret

    def user(self, secret: str) -> User | None:
        """Whose session it is, if it has not ended."""
        wanted = select(SessionRow, UserRow).join(UserRow, UserRow.id == SessionRow.user_id).where(SessionRow.id == digested(secret))
        with self._database.reading() as session:
            found = session.execute(wanted).first()
        if found is None or found[0].seen < now() - IDLE or found[0].begun < now() - LONGEST:
            return None
        if found[0].seen < now() - _STRIDE:
            self._saw(found[0].id)
        return user_of(found[1])

    def _saw(self, session_id: str) -> None:
        with self._database.writing() as session:
            if row := session.get(SessionRow, session_id):
                row.seen = now()

    def end(self, secret: str) -> None:
        """End a session."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.id == digested(secret)))
