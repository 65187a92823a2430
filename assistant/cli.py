"""The command line: what a person or a program may ask of a home."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assistant.options import Day, Json, Model, Payer, Port, System
from assistant.output import Commands, fail, hush, say, say_json, show, visible, warn
from assistant.settings import Settings, quiet_libraries
from corpus.ingest import Outcome, files
from corpus.model import CorpusError
from index.library import Library
from index.search import Filters, Hit

app = typer.Typer(
    cls=Commands,
    help="Answers about US medical coding, every sentence backed by a passage.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@contextmanager
def opened(prepare: bool = True) -> Iterator[Library]:
    """Open the home the environment names, reading the embedded sources on its first use; errors become one line."""
    quiet_libraries()
    try:
        settings = Settings.from_environment()
        library = Library(settings.home, settings.encoder)
        if prepare and not library.prepared:
            warn(f"Preparing {settings.home}: codes and keywords, a few seconds. Vectors: `codecite prepare`.")
            library.prepare()
        yield library
    except (CorpusError, ValueError) as error:
        raise fail(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")) from None
    except KeyboardInterrupt:
        raise fail("Stopped. What was finished is kept; run the same command to go on.", 130) from None


def fill(library: Library) -> None:
    """Encode what has no vector yet; a terminal sees a bar, the count and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Vectors"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("vectors", total=None)
        for _ in library.fill(lambda done, total: bar.update(task, completed=done, total=total)):
            pass


@app.command()
def prepare() -> None:
    """Read the embedded sources and encode everything that has no vector yet; safe to stop and run again."""
    with opened(prepare=False) as library:
        for outcome in library.prepare():
            say(f"{outcome.kind}: {outcome.passages:,} passages, {outcome.codes:,} codes")
        fill(library)
        say(f"Ready: {len(library.sources)} sources in {library.home}")


@app.command()
def ask(
    question: str,
    as_json: Json = False,
    on: Day = None,
    payer: Payer = None,
    state: Annotated[str | None, typer.Option(help="Two letters, for local coverage.")] = None,
    model: Model = "quote",
) -> None:
    """Answer one question."""
    from assistant.chat import ask as answered
    from assistant.quote import unescaped

    given = {key: value for key, value in {"on": on, "payer": payer, "state": state}.items() if value}
    with opened() as library:
        answer = answered(question, library, **given)
    if as_json:
        say_json(answer.as_json())
        return
    say(unescaped(answer.text.replace("**", "")))
    for citation in answer.citations:
        place = f", p. {citation.evidence.page}" if citation.evidence.page else ""
        say(f"[{citation.number}] {citation.evidence.document.title} · {citation.evidence.locator}{place}")


@app.command()
def batch(questions: Path, answers: Path) -> None:
    """Answer a file of questions (JSON lines), in order, to a file of answers."""
    from assistant.batch import run

    with opened() as library:
        try:
            failed = run(questions, answers, library)
        except OSError as error:  # reading says which file, writing may not
            status = 2 if isinstance(error, FileNotFoundError) else 1
            raise fail(f"{error.filename or answers}: {error.strerror or error}", status) from None
    if failed:
        raise fail(f"{failed} line(s) could not be answered; each has an `error` in {answers}.")


@app.command()
def search(
    query: str,
    as_json: Json = False,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many hits.")] = 10,
    on: Day = None,
    payer: Payer = None,
    system: System = None,
) -> None:
    """Find passages and code texts, without composing an answer."""
    from assistant.question import payer_named

    filters = Filters(on or date.today(), payer_named(payer), (system,) if system else ())
    with opened() as library:
        began = perf_counter()
        hits = library.search(query, filters, k)
        elapsed = round((perf_counter() - began) * 1000, 2)
    if as_json:
        say_json({"hits": [_hit(hit) for hit in hits], "elapsed_ms": elapsed})
        return
    for hit in hits:
        passage = hit.placed.passage
        page = f" p. {passage.page}" if passage.page else ""
        say(f"{hit.score:.2f}  {hit.placed.document.title} · {passage.locator}{page}\n      {passage.text[:160]}")


def _hit(hit: Hit) -> dict[str, Any]:
    passage = hit.placed.passage
    return {
        "passage_id": passage.id,
        "source_id": hit.placed.source.id,
        "title": hit.placed.document.title,
        "locator": passage.locator,
        "page": passage.page,
        "text": passage.text,
        "score": round(hit.score, 4),
        "codes": [{"system": system, "code": value} for system, value in passage.codes],
        "ranks": {"keyword": hit.by_keyword, "vector": hit.by_vector},
    }


def _taken(path: Path, library: Library) -> Outcome:
    try:
        return library.add(path)
    except UnicodeEncodeError:
        return Outcome(path, "refused", reason="its name or its text holds bytes that are no characters: rename it, or save it as UTF-8")


def _tell(outcome: Outcome, seconds: float) -> None:
    match outcome.status:
        case "refused":
            warn(f"{outcome.path}: refused: {outcome.reason}")
        case "unchanged":
            say(f"{outcome.path}: unchanged ({outcome.source_id})")
        case status:
            counts = f"{outcome.passages:,} passages, {outcome.codes:,} codes, {seconds:.1f} s"
            say(f"{outcome.path}: {status} as {outcome.kind} ({outcome.source_id}): {counts}")
    for remark in outcome.remarks[:5]:
        warn(f"{outcome.path}: left out: {remark}")


@app.command()
def add(paths: list[Path]) -> None:
    """Take in files and folders; each file's kind is told by its content."""
    refused = taken = 0
    with opened() as library:
        for path in (inner for outer in paths for inner in files(outer)):
            began = perf_counter()
            outcome = _taken(path, library)
            _tell(outcome, perf_counter() - began)
            refused += outcome.status == "refused"
            taken += outcome.status != "refused"
        if taken:
            fill(library)
    if refused:
        raise typer.Exit(1)


@app.command()
def sources(as_json: Json = False) -> None:
    """List what is loaded: edition, dates, counts, digest."""
    with opened() as library:
        tallies = library.catalog.sources()
    rows: list[dict[str, Any]] = [
        {
            "source_id": tally.source.id,
            "title": tally.source.title,
            "kind": tally.source.kind,
            "publisher": tally.source.publisher,
            "edition": tally.source.edition,
            "effective": tally.source.effective.isoformat() if tally.source.effective else None,
            "ended": tally.source.ended.isoformat() if tally.source.ended else None,
            "payer": tally.source.payer,
            "documents": tally.documents,
            "passages": tally.passages,
            "codes": tally.codes,
            "licence": tally.source.licence,
            "url": tally.source.url,
            "source_file": tally.source.file,
            "digest": tally.source.digest,
            "added": tally.added,
        }
        for tally in tallies
    ]
    if as_json:
        say_json({"sources": rows})
        return
    table = Table(Column("source", no_wrap=True, overflow="fold"), "title", "edition", "passages", "codes", "licence")
    for row in rows:
        cells = (row["source_id"], row["title"], row["edition"] or "–", f"{row['passages']:,}", f"{row['codes']:,}", row["licence"])
        table.add_row(*map(visible, cells))
    show(table)


@app.command()
def remove(source_id: str) -> None:
    """Take a source away, with every trace of it in the indexes."""
    with opened() as library:
        library.remove(source_id)
    say(f"{source_id}: removed")


@app.command()
def code(value: str, as_json: Json = False, on: Day = None) -> None:
    """Show what the sources list for one code."""
    from assistant.codepage import as_table, facts_of

    with opened() as library:
        facts = facts_of(value, library, on or date.today())
    if as_json:
        say_json(facts)
    elif facts["listings"]:
        show(as_table(facts))
    if not facts["listings"]:
        near = f" Nearest by spelling: {', '.join(facts['nearest'])}." if facts["nearest"] else ""
        raise fail(f"{value}: not in these sources.{near}")


@app.command()
def chat(
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
) -> None:
    """Serve the web page."""
    with opened(prepare=False) as library:
        from assistant.web.server import serve

        settings = Settings.from_environment()
        serve(library, host or settings.host, port or settings.port, say)


def main() -> None:
    """Run the command line; a fault nobody foresaw ends in one line and status 1 too."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        warn(f"codecite stopped: {type(error).__name__}: {error}")
        sys.exit(1)
    finally:
        hush()


if __name__ == "__main__":
    main()
