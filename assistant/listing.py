"""Commands that say what is loaded: which editions, how old, and what changed from one to another."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assistant.home import opened
from assistant.options import Json
from assistant.output import say, say_json, show, visible
from corpus.ages import STALE, age
from corpus.catalog import Tally
from index.library import Library

SHOWN = 40  # changes of a kind told one by one


def _row(tally: Tally, today: date) -> dict[str, Any]:
    source = tally.source
    old = age(source, today)
    return {
        "source_id": source.id,
        "title": source.title,
        "kind": source.kind,
        "publisher": source.publisher,
        "edition": source.edition,
        "effective": source.effective.isoformat() if source.effective else None,
        "ended": source.ended.isoformat() if source.ended else None,
        "payer": source.payer,
        "setting": source.setting,
        "documents": tally.documents,
        "passages": tally.passages,
        "codes": tally.codes,
        "rows": tally.rows,
        "age": str(old) if old else None,
        "overdue": bool(old and old.editions >= STALE),
        "licence": source.licence,
        "url": source.url,
        "source_file": source.file,
        "digest": source.digest,
        "added": tally.added,
    }


def loaded(library: Library) -> list[dict[str, Any]]:
    """Every source on file as programs are told of it."""
    return [_row(tally, date.today()) for tally in library.catalog.sources()]


def sources(as_json: Json = False) -> None:
    """List what is loaded: edition, dates, counts, digest, age; what is older than its publication's rhythm is marked."""
    with opened() as library:
        rows = loaded(library)
    if as_json:
        say_json({"sources": rows})
        return
    names = ("title", "edition", "from", "passages", "codes", "rows", "age", "licence", "digest")
    table = Table(Column("source", no_wrap=True, overflow="fold"), *names)
    for row in rows:
        old = f"⚠ {row['age']}" if row["overdue"] else row["age"] or "–"
        counts = (f"{row[name]:,}" for name in ("passages", "codes", "rows"))
        held = (row["source_id"], row["title"], row["edition"] or "–", row["effective"] or "–")
        cells = (*held, *counts, old, row["licence"], row["digest"][:8])
        table.add_row(*map(visible, cells))
    show(table)


def diff(
    before: Annotated[str, typer.Argument(metavar="SOURCE_A")],
    after: Annotated[str, typer.Argument(metavar="SOURCE_B")],
    as_json: Json = False,
) -> None:
    """List what changed from one source to another: codes, pairs, units and add-on codes added, deleted or revised."""
    from corpus.differences import changes

    with opened() as library:
        found = list(changes(library.catalog, before, after))
    if as_json:
        fields = ("what", "change", "key", "before", "after")
        say_json({"before": before, "after": after, "changes": [{name: getattr(one, name) for name in fields} for one in found]})
        return
    counts = Counter((one.what, one.change) for one in found)
    table = Table("what", "change", "which", "before", "after", title=visible(f"{before} → {after}"))
    for (what, change), count in counts.items():
        listed = [one for one in found if (one.what, one.change) == (what, change)]
        for one in listed[:SHOWN]:
            table.add_row(what, change, visible(one.key), visible(one.before or "–"), visible(one.after or "–"))
        if count > SHOWN:
            table.add_row(what, change, f"… and {count - SHOWN:,} more (--json lists them all)", "", "")
    if found:
        show(table)
    say(", ".join(f"{count:,} {what} {change}" for (what, change), count in counts.items()) or "No difference in what both hold.")
