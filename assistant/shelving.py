"""Commands about what is loaded: take files in, list them, take them away."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.home import fill, opened
from assistant.output import fail, say, warn
from corpus.archives import Found, files
from corpus.model import CorpusError
from index.library import Library

if TYPE_CHECKING:
    from corpus.ingest import Outcome
    from corpus.stated import Stated


def prepare() -> None:
    """Read the embedded sources and encode everything that has no vector yet; safe to stop and run again."""
    with opened(prepare=False) as library:
        for outcome in library.prepare():
            say(f"{outcome.kind}: {outcome.passages:,} passages, {outcome.codes:,} codes")
        fill(library)
        say(f"Ready: {len(library.sources)} sources in {library.home}")


def _tell(found: Found, outcome: "Outcome", seconds: float) -> None:
    match outcome.status:
        case "refused" | "left out" as status:
            warn(f"{found.name}: {status}: {outcome.reason}")
        case "unchanged":
            say(f"{found.name}: unchanged ({outcome.source_id})")
        case status:
            rows = f", {outcome.rows:,} rows" if outcome.rows else ""
            counts = f"{outcome.passages:,} passages, {outcome.codes:,} codes{rows}, {seconds:.1f} s"
            say(f"{found.name}: {status} as {outcome.kind} ({outcome.source_id}): {counts}")
    for remark in outcome.remarks:
        warn(f"{found.name}: not read: {remark}")
    for hint in outcome.hints:
        warn(f"{found.name}: note: {hint}")


def _stated(**options: str | None) -> "Stated":
    """What the options state; one that cannot be ends the command before any work begins."""
    from corpus.stated import stated

    try:
        return stated(options)
    except CorpusError as error:
        raise fail(f"--{error}", 2) from None


def add(
    paths: list[Path],
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    payer: Annotated[str | None, typer.Option(help="Payer whose rules it states.")] = None,
    state: Annotated[str | None, typer.Option(help="State it holds in, in two letters.")] = None,
    effective: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First day it is in force.")] = None,
    ended: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day it is in force.")] = None,
    edition: Annotated[str | None, typer.Option(help="What its publisher calls the edition.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    licence: Annotated[str | None, typer.Option(help="Terms it may be used under.")] = None,
    url: Annotated[str | None, typer.Option(help="Address it can be read at.")] = None,
) -> None:
    """Take in files, folders and archives; each file's kind is told by its content.

    What an option states holds for every file given; FILE.toml beside a file states the same of that file alone.
    """
    told = _stated(
        title=title,
        payer=payer,
        state=state,
        effective=effective,
        ended=ended,
        edition=edition,
        publisher=publisher,
        licence=licence,
        url=url,
    )
    with opened() as library:
        outcomes = list(_taken(library, paths, told))
        if any(outcome.status in ("added", "replaced", "unchanged") for outcome in outcomes):
            fill(library)
    if any(outcome.status == "refused" or outcome.remarks for outcome in outcomes):
        raise typer.Exit(1)


def _taken(library: Library, paths: list[Path], told: "Stated") -> "Iterator[Outcome]":
    """Take files in, telling of each; the bar counts the bytes of files as they lie, whatever is packed in them."""
    from assistant.progress import progress

    sizes = {str(file): file.stat().st_size for path in paths for file in files(path) if file.is_file()}
    with progress("Files", sum(sizes.values()), in_bytes=True) as show:
        began, done = perf_counter(), set[str]()
        for found, outcome in library.add_all(paths, told):
            _tell(found, outcome, perf_counter() - began)
            done.add(found.name.split("!")[0])
            show(sum(sizes.get(name, 0) for name in done), None)
            yield outcome
            began = perf_counter()


def remove(source_id: str) -> None:
    """Take a source away, with every trace of it in the indexes."""
    with opened() as library:
        library.remove(source_id)
    say(f"{source_id}: removed")
