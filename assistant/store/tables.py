"""The tables of what people keep, as SQLAlchemy maps them; migrations/ makes them."""

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

LOCAL = "local"  # who sits at a page without log-in


def named() -> str:
    """An id that nobody guesses: 128 bits of chance, in digits that a command line and Markdown take as they are."""
    return secrets.token_hex(16)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def plain(value: Any) -> Any:
    """A value that every database takes: texts without NUL and without halves of characters."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


class Plain(TypeDecorator[str]):
    """Text as `plain` leaves it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make a text fit to be kept."""
        return None if value is None else str(plain(value))


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write the moment in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read the moment as one in UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the store."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Plain, datetime: Moment, dict[str, Any]: JSON(none_as_null=True)}  # noqa: RUF012


def _belongs() -> Mapped[str]:
    return mapped_column(ForeignKey("users.id", ondelete="CASCADE"))


class UserRow(Base):
    """A person."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True, default=named)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password: Mapped[str | None]  # its argon2 hash
    token: Mapped[str | None] = mapped_column(unique=True)  # SHA-256 of the token of the person's programs
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    daily: Mapped[int | None]  # questions a day; None without bound
    asked: Mapped[int] = mapped_column(default=0, server_default="0")  # on the last day of asking
    asked_on: Mapped[date | None]
    created: Mapped[datetime] = mapped_column(default=now)


class ConversationRow(Base):
    """A conversation of one person."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "user_id", "changed"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=named)
    user_id: Mapped[str] = _belongs()
    title: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)
    changed: Mapped[datetime] = mapped_column(default=now)
    turns: Mapped[list["TurnRow"]] = relationship(back_populates="conversation", passive_deletes=True)


class TurnRow(Base):
    """A question and its answer, which comes later or never."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=named)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    question: Mapped[str]
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what was set beside the question
    asked: Mapped[datetime] = mapped_column(default=now)
    ended: Mapped[datetime | None]  # when it was answered, or broke off
    text: Mapped[str] = mapped_column(default="")  # the answer as far as it was written, in Markdown
    answer: Mapped[dict[str, Any] | None]
    record_id: Mapped[str | None]
    starred: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    conversation: Mapped[ConversationRow] = relationship(back_populates="turns")


class MarkRow(Base):
    """What a person keeps of a code."""

    __tablename__ = "marks"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    system: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    favourite: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    seen: Mapped[datetime | None]


class JudgementRow(Base):
    """What a person thinks of an answer; it outlives the conversation."""

    __tablename__ = "judgements"
    id: Mapped[str] = mapped_column(primary_key=True, default=named)
    user_id: Mapped[str] = _belongs()
    turn_id: Mapped[str | None] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(default=now)
    liked: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    question: Mapped[str]
    answer: Mapped[str]


class RecordRow(Base):
    """What an answer was made of, for an audit; it outlives the conversation."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "user_id", "made"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=named)
    user_id: Mapped[str] = _belongs()
    made: Mapped[datetime] = mapped_column(default=now)
    record: Mapped[dict[str, Any]]


class SessionRow(Base):
    """A person who has logged in somewhere."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of what the browser holds
    user_id: Mapped[str] = _belongs()
    begun: Mapped[datetime] = mapped_column(default=now)
    seen: Mapped[datetime] = mapped_column(default=now)
