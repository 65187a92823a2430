"""Rows of tables as evidence: their cells under a locator, and the sentences that state them."""

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.answer import Evidence
from corpus.model import Document, Entry, Source
from corpus.tables import Filed

Codes = tuple[tuple[str, str], ...]


def table(source: Source) -> Document:
    """The document that a table as a whole is."""
    return Document(id=source.id, title=source.title, kind="table", passages=(), url=source.url)


def told(source: Source, locator: str, cells: str, says: Sequence[str], codes: Codes = ()) -> list[Evidence]:
    """A row as evidence: one piece for each sentence that states it."""
    text = "\n".join((cells, *says))
    return [Evidence(0, "detail", text, cells, locator, table(source), source, say=say, codes=codes) for say in says]


def locator(entry: Entry) -> str:
    """Where a row stands: its code, and what tells it apart from other rows about that code."""
    return f"row {entry.code}" + (f", {entry.part}" if entry.part else "")


def stated(found: Filed[Entry], *says: str) -> list[Evidence]:
    """A row about one code as evidence, with the sentences that state it."""
    entry = found.row
    cells = " · ".join((entry.code, *(f"{name}: {text}" for name, text in entry.cells)))
    return told(found.source, locator(entry), cells, says, ((entry.system, entry.code),))


def cell(found: Filed[Entry], name: str) -> str:
    """What a row says under a name; empty where it says nothing."""
    return next((text for key, text in found.row.cells if key == name), "")


def begun(source: Source, on: date) -> bool:
    """Whether an edition can speak for a date: the earliest one on file says nothing of the time before it."""
    return source.effective is None or source.effective <= on


def begins_after(sources: Iterable[Source], on: date) -> list[Evidence]:
    """Say of tables that begin after a date that they do: what held before is not on file."""
    late = {source.id: source for source in sources if not begun(source, on)}
    says = {source.id: f"{source.title} begins on {source.effective}: it does not tell what held on {on}." for source in late.values()}
    return [item for source in late.values() for item in told(source, "edition", source.title, [says[source.id]])]
