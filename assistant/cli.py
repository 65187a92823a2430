"""The command line: what a person or a program may ask of a home."""

import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from assistant import checking, fetching, listing, replaying, serving, shelving, users
from assistant.home import opened
from assistant.options import AnySystem, Day, Json, Model, Payer, System
from assistant.output import Commands, fail, hush, say, say_json, show, warn
from assistant.settings import Settings
from index.search import Filters

app = typer.Typer(
    cls=Commands,
    help="Answers about US medical coding, every sentence backed by a passage.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    shelving.prepare,
    shelving.add,
    fetching.fetch,
    shelving.remove,
    listing.sources,
    listing.diff,
    checking.check,
    checking.claim,
    replaying.replay,
    serving.chat,
):
    app.command()(command)
app.add_typer(users.commands, name="user")


@app.command()
def ask(
    question: str,
    as_json: Json = False,
    on: Day = None,
    payer: Payer = None,
    state: Annotated[str | None, typer.Option(help="Two letters, for local coverage.")] = None,
    model: Model = None,
    agent: Annotated[bool, typer.Option("--agent", help="Let the language model look things up before it answers.")] = False,
) -> None:
    """Answer one question."""
    from assistant.chat import ask as answered
    from assistant.ledger import lay_down
    from assistant.quote import unescaped
    from assistant.records import recorded
    from assistant.writing import writer

    given = {key: value for key, value in {"on": on, "payer": payer, "state": state}.items() if value}
    model = model or Settings.from_environment().model
    with opened() as library:
        answer = answered(question, library, write=writer(model, library if agent else None), **given)
        record = lay_down(library.home, recorded(answer, library, given=given, model=model))
    if as_json:
        say_json(answer.as_json() | {"record": record or None})
        return
    say(unescaped(answer.text.replace("**", "")))
    for citation in answer.citations:
        place = f", p. {citation.evidence.page}" if citation.evidence.page else ""
        say(f"[{citation.number}] {citation.evidence.document.title} · {citation.evidence.locator}{place}")
    if record:
        say(f"Record {record}")


@app.command()
def batch(questions: Path, answers: Path, model: Model = None) -> None:
    """Answer a file of questions (JSON lines), in order, to a file of answers."""
    from assistant.batch import run
    from assistant.writing import writer

    with opened() as library:
        write = writer(model or Settings.from_environment().model)
        try:
            failed = run(questions, answers, library, write)
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
    from corpus.payers import payer_named

    filters = Filters(on or date.today(), payer_named(payer), (system,) if system else ())
    with opened() as library:
        began = perf_counter()
        hits = library.search(query, filters, k)
        elapsed = round((perf_counter() - began) * 1000, 2)
    if as_json:
        say_json({"hits": [hit.as_json() for hit in hits], "elapsed_ms": elapsed})
        return
    for hit in hits:
        passage = hit.placed.passage
        page = f" p. {passage.page}" if passage.page else ""
        say(f"{hit.score:.2f}  {hit.placed.document.title} · {passage.locator}{page}\n      {passage.text[:160]}")


@app.command()
def code(value: str, as_json: Json = False, on: Day = None, system: AnySystem = None) -> None:
    """Show what the sources hold on one code: listings, units, add-on edits, rows of tables."""
    from assistant.codepage import as_table, facts_of

    with opened() as library:
        facts = facts_of(value, library, on or date.today(), system)
    on_file = facts["listings"] or facts["rows"]
    if as_json:
        say_json(facts)
    elif on_file:
        show(as_table(facts))
    if facts["also"] and not as_json:
        say("Also: " + ", ".join(f"{other['system']} {other['code']} (--system {other['system']!r})" for other in facts["also"]))
    if not on_file:
        near = f" Nearest by spelling: {', '.join(facts['nearest'])}." if facts["nearest"] else ""
        raise fail(f"{value}: not in these sources.{near}")


@app.command()
def mcp() -> None:
    """Offer the tools to another program over standard input and output (Model Context Protocol)."""
    with opened() as library:
        from assistant.mcp_server import serve_stdio

        serve_stdio(library)


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
