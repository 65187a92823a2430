"""The facts on file for one code, for the command line and for programs."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.table import Table

from assistant.chat import nearest
from assistant.facts import best, in_force, notes
from assistant.output import visible
from corpus.codes import ICD10CM, dotted, mentions, system_of
from corpus.rows import Listed
from index.library import Library


def _system(value: str, library: Library) -> tuple[str | None, str]:
    """Which system a code as typed belongs to: what is on file settles what grammar leaves open."""
    found = [mention for mention in mentions(value, library.catalog.knows) if mention.wellformed]
    if found:
        return found[0].system, found[0].value
    upper = value.strip().upper()
    if library.catalog.knows(ICD10CM, dotted(upper)):
        return ICD10CM, dotted(upper)
    return system_of(upper), upper


def _listing(listed: Listed, library: Library, on: date) -> dict[str, Any]:
    code, source = listed.code, listed.source
    return {
        "title": code.title,
        "billable": code.billable,
        "valid_from": code.valid_from.isoformat() if code.valid_from else None,
        "valid_to": code.valid_to.isoformat() if code.valid_to else None,
        "in_force": in_force(code, on),
        "parent": code.parent,
        "attributes": dict(code.attributes),
        "notes": [{"locator": item.locator, "text": item.quote} for item in notes(library.catalog, listed)],
        "source_id": source.id,
        "source": source.title,
        "edition": source.edition,
        "licence": source.licence,
    }


def facts_of(value: str, library: Library, on: date) -> dict[str, Any]:
    """Every listing of a code, the one that answers for the date first; where there is none, its nearest real codes."""
    system, normal = _system(value, library)
    listings = library.catalog.codes(system, normal) if system else []
    first = best(listings, on)
    ordered = ([first] if first else []) + [listed for listed in listings if listed is not first]
    return {
        "system": system,
        "code": normal,
        "date": on.isoformat(),
        "listings": [_listing(listed, library, on) for listed in ordered],
        "named_in": [
            {"title": placed.document.title, "locator": placed.passage.locator, "page": placed.passage.page}
            for placed in (library.catalog.naming(system, normal, 10) if system else [])
            if placed.passage.kind == "prose"
        ],
        "nearest": [] if listings else nearest(normal, library),
    }


def as_table(facts: dict[str, Any]) -> Table:
    """The same facts for a person."""
    table = Table("fact", "value", "source", title=visible(f"{facts['system']} {facts['code']} on {facts['date']}"))
    for row in _rows(facts):
        table.add_row(*map(visible, row))
    return table


def _rows(facts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for listing in facts["listings"]:
        source = listing["source"]
        yield "title", listing["title"], source
        yield "valid", f"{listing['valid_from'] or '…'} to {listing['valid_to'] or 'no end on file'}", source
        if listing["billable"] is not None:
            yield "billable", "yes" if listing["billable"] else "no", source
        yield from ((note["locator"], note["text"], source) for note in listing["notes"])
    for place in facts["named_in"]:
        yield "named in", place["title"], place["locator"] + (f", p. {place['page']}" if place["page"] else "")
