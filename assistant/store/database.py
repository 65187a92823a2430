"""One database opened: a SQLite file in the home, or a PostgreSQL by its address; its tables are brought up to date on the way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.store.tables import now, plain
from corpus.model import CorpusError

PATIENCE = 15  # seconds that one writer waits for another
_MIGRATING = 0x636F6465  # the PostgreSQL advisory lock of who migrates: "code"


class StoreError(CorpusError):
    """What people keep cannot be read or written."""


class Missing(StoreError):
    """There is no such thing, or it is another person's: nobody learns which."""


class Database:
    """Sessions over one database. Safe to use from several threads and processes.

    Raises StoreError where the address is none or nothing answers there.
    """

    def __init__(self, address: str | URL) -> None:
        self._url = _url(address)
        try:
            self._engine = _engine(self._url)
            with self.writing() as session:
                _migrate(session.connection())
        except ImportError as error:
            raise StoreError(f"{self}: {error}. PostgreSQL needs `pip install 'codecite[postgresql]'`.") from None
        self.opened = now()

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with self._told(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is one transaction: all of it is kept, or nothing."""
        engine = self._engine.execution_options(writing=True)
        with self._told(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            why = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
            raise StoreError(f"What you keep could not be read or written at {self}: {why}") from None

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _url(address: str | URL) -> URL:
    try:
        url = make_url(address)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise StoreError("CODECITE_STORE is no address of a database: write it as postgresql+psycopg://user@host/name.") from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"CODECITE_STORE names {url.get_backend_name()}: what you keep goes to SQLite or PostgreSQL.")
    return url


def _engine(url: URL) -> Engine:
    engine = create_engine(url, json_serializer=lambda value: json.dumps(plain(value)), pool_pre_ping=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite)
        event.listen(engine, "begin", _begun)
    return engine


def _sqlite(connection: Any, record: object) -> None:
    """Set a connection of SQLite up; transactions are begun by `_begun`, not by Python's driver, which begins none for DDL."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {PATIENCE * 1000}", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begun(connection: Connection) -> None:
    """Take the right to write at once where it will be needed: SQLite refuses to take it later when another wrote meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def _migrate(connection: Connection) -> None:
    """Bring the tables up to date; whoever opens at the same time waits."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "assistant.store:migrations")
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError("What you keep was written by a newer codecite: use that version.") from None
