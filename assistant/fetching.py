"""The command that downloads publications from their publishers, and lists which can be had."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from assistant import shelving
from assistant.home import opened
from assistant.options import Json
from assistant.output import fail, say, say_json, show, visible, warn
from corpus.model import CorpusError
from index.library import Library

if TYPE_CHECKING:
    from corpus.publishers import Offer

Names = Annotated[list[str] | None, typer.Argument(help="What to download; nothing lists what there is.", show_default=False)]
Accept = Annotated[bool, typer.Option("--accept", help="Accept the licence that the publisher shows before the file.")]
From = Annotated[Path | None, typer.Option("--from", metavar="FILE.toml", help="A list of sources of your own, such as a mirror's.")]


def fetch(names: Names = None, accept: Accept = False, listed: From = None, as_json: Json = False) -> None:
    """Download publications from their publishers and take them in; without names, list what there is."""
    from corpus.publishers import offers

    paths: list[Path] = []
    with opened(prepare=False) as library:
        known = offers(listed)
        if not names:
            _list(offered(known, library), as_json)
            return
        if unknown := [name for name in names if name not in known]:
            raise fail(f"{', '.join(unknown)}: no such source; there are {', '.join(known)}.", 2)
        wanted = [known[name] for name in dict.fromkeys(names)]
        for licence in {offer.accept.title: offer.accept for offer in wanted if offer.accept}.values():
            say(f"{licence.title}\n{licence.summary.strip()}\n{licence.address}")
        failed = sum(not _brought(offer, library.home / "downloads" / offer.name, accept, paths) for offer in wanted)
    if paths:
        shelving.add(paths)
    if failed:
        raise typer.Exit(1)


def _brought(offer: "Offer", folder: Path, accept: bool, paths: list[Path]) -> bool:
    """Download a publication and note its files, all of them or none; False, and a line that says why, where that fails."""
    from assistant.progress import progress
    from corpus.fetch import fetch as fetched

    if offer.accept and not accept:
        warn(f"{offer.name}: its licence must be accepted first: `codecite fetch --accept {offer.name}`. Its page: {offer.page}")
        return False
    try:
        with progress(offer.name, in_bytes=True) as show:
            found = list(fetched(offer, folder, lambda file, done, whole: show(done, whole)))
    except CorpusError as error:
        warn(str(error))
        return False
    for each in found:
        became = f"downloaded, {each.size / 2**20:,.1f} MB" if each.new else "not changed since it was downloaded"
        say(f"{offer.name}: {each.path.name}: {became}")
        paths.extend(each.parts)
    return True


def offered(known: Mapping[str, "Offer"], library: Library) -> list[dict[str, Any]]:
    """Every publication that can be had, with its rhythm, its licence, the newest edition loaded, and how it is brought."""
    held: dict[str, tuple[date, str]] = {}
    for tally in library.catalog.sources():
        if tally.source.effective:
            newest = (tally.source.effective, tally.source.edition or f"{tally.source.effective:%Y-%m-%d}")
            held[tally.source.publication] = max(held.get(tally.source.publication, newest), newest)
    return [
        {
            "name": offer.name,
            "title": offer.title,
            "months": offer.months,
            "licence": offer.licence,
            "edition": max((held[each] for each in offer.publication if each in held), default=(None, None))[1],
            "how": "by hand" if offer.by_hand else "fetch --accept" if offer.accept else "fetch",
            "page": offer.page,
        }
        for offer in known.values()
    ]


def _list(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        say_json({"sources": rows})
        return
    table = Table(Column("name", no_wrap=True, overflow="fold"), "title", "appears", "licence", "in the library", "how")
    for row in rows:
        appears = "monthly or more often" if row["months"] == 1 else f"every {row['months']} months"
        cells = (row["name"], row["title"], appears, row["licence"], row["edition"] or "–", row["how"])
        table.add_row(*map(visible, cells))
    show(table)
