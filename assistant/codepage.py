"""The facts on file for one code, for the command line and for programs."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rich.table import Table

from assistant import edits
from assistant.answer import Evidence
from assistant.chat import nearest
from assistant.facts import best, in_force, notes
from assistant.output import visible
from corpus.codes import ICD10CM, dotted, mentions, ndc, system_of
from corpus.rows import Listed
from index.library import Library


def _package(value: str) -> list[str]:
    """A drug package's number as the catalog writes it, if it is one."""
    try:
        return [ndc(value)]
    except ValueError:
        return []


def systems_of(value: str, library: Library) -> list[tuple[str, str]]:
    """The systems on file that have a code as typed, each with how it writes it; the one that grammar names first."""
    named = [(m.system, m.value) for m in mentions(value, library.catalog.knows) if m.wellformed]
    bare = value.strip()
    spellings = dict.fromkeys((bare, bare.upper(), bare.lower(), dotted(bare), *_package(bare)))
    on_file = [(system, written) for written in spellings for system in library.catalog.tables.systems(written)]
    return [pair for pair in dict.fromkeys(named + on_file) if pair in on_file]


def system_and_value(value: str, library: Library, system: str | None = None) -> tuple[str | None, str]:
    """Which system a code as typed belongs to, and how that writes it: what is on file settles what grammar leaves open."""
    found = [pair for pair in systems_of(value, library) if system in (None, pair[0])]
    if found:
        return found[0]
    named = [(m.system, m.value) for m in mentions(value, library.catalog.knows) if m.wellformed]
    return named[0] if named else (system or system_of(value.strip()), value.strip().upper())


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
        "locator": code.value if code.system == ICD10CM else f"row {code.value}",
        "source_id": source.id,
        "source": source.title,
        "edition": source.edition,
        "licence": source.licence,
    }


def _row(item: Evidence) -> dict[str, Any]:
    return {"text": item.say or item.quote, "locator": item.locator, "source_id": item.source.id, "source": item.source.title}


def _entries(system: str, value: str, library: Library, current: frozenset[str]) -> list[dict[str, Any]]:
    """What the other tables say, the editions in force first."""
    found = library.catalog.tables.entries(system, value)
    return [
        {
            "source_id": item.source.id,
            "source": item.source.title,
            "locator": f"row {item.row.code}" + (f"-{item.row.part}" if item.row.part else ""),
            "part": item.row.part,
            "in_force": item.source.id in current,
            "cells": dict(item.row.cells),
        }
        for item in sorted(found, key=lambda item: item.source.id not in current)
    ]


def facts_of(value: str, library: Library, on: date, system: str | None = None) -> dict[str, Any]:
    """Every listing and every row of a code, what answers for the date first; where there is nothing, its nearest real codes."""
    system, normal = system_and_value(value, library, system)
    listings = library.catalog.codes(system, normal) if system else []
    first = best(listings, on)
    ordered = ([first] if first else []) + [listed for listed in listings if listed is not first]
    current = library.current(on)
    rows = _entries(system, normal, library, current) if system else []
    return {
        "system": system,
        "code": normal,
        "date": on.isoformat(),
        "listings": [_listing(listed, library, on) for listed in ordered],
        "units": [_row(item) for item in edits.units(library.catalog, normal, current, on)],
        "add_on": [_row(item) for item in edits.addons(library.catalog, normal, current, on)],
        "rows": rows,
        "named_in": [
            {"title": placed.document.title, "locator": placed.passage.locator, "page": placed.passage.page}
            for placed in (library.catalog.naming(system, normal, 10) if system else [])
            if placed.passage.kind == "prose"
        ],
        "also": [{"system": other, "code": written} for other, written in systems_of(value, library) if other != system],
        "nearest": [] if listings or rows else nearest(normal, library),
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
        yield "title", listing["title"] or "no description in this source", source
        yield "valid", f"{listing['valid_from'] or '…'} to {listing['valid_to'] or 'no end on file'}", source
        if listing["billable"] is not None:
            yield "billable", "yes" if listing["billable"] else "no", source
        yield from ((note["locator"], note["text"], source) for note in listing["notes"])
    for row in facts["units"] + facts["add_on"]:
        yield "edit", row["text"], f"{row['source']}, {row['locator']}"
    for row in facts["rows"]:
        told = " · ".join(f"{name}: {text}" for name, text in row["cells"].items())
        yield row["part"] or "row", told if row["in_force"] else f"(another edition) {told}", f"{row['source']}, {row['locator']}"
    for place in facts["named_in"]:
        yield "named in", place["title"], place["locator"] + (f", p. {place['page']}" if place["page"] else "")
