"""Answers and conversations to take away: the text with numbered sources, dates, licences and the line an auditor needs."""

from collections.abc import Iterable, Iterator
from typing import Literal

from assistant.export import markdown, pdf, word
from assistant.export.paper import paper
from assistant.store import Store
from assistant.store.conversations import Exchange
from assistant.store.records import Kept

Format = Literal["md", "docx", "pdf"]
FORMATS = {"md": markdown.write, "docx": word.write, "pdf": pdf.write}


def export(title: str, said: Iterable[tuple[Exchange, Kept | None]], kind: Format, licensed: bool = False) -> bytes:
    """Answers with their records as a file; words licensed to this person alone are left out unless `licensed` allows them."""
    return FORMATS[kind](paper(title, said, licensed))


def export_answer(store: Store, user: str, turn_id: str, kind: Format, licensed: bool = False) -> bytes:
    """One answer of a person as a file."""
    return export("codecite", _recorded(store, user, [store.conversations.exchange(user, turn_id)]), kind, licensed)


def export_conversation(store: Store, user: str, conversation_id: str, kind: Format, licensed: bool = False) -> bytes:
    """A whole conversation of a person as a file."""
    title = store.conversations.page(user, conversation_id, limit=1).conversation.title
    return export(title, _recorded(store, user, store.conversations.whole(user, conversation_id)), kind, licensed)


def _recorded(store: Store, user: str, exchanges: Iterable[Exchange]) -> Iterator[tuple[Exchange, Kept | None]]:
    for exchange in exchanges:
        yield exchange, store.records.of(user, exchange.record_id) if exchange.record_id else None
