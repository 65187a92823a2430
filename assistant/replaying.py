"""The command that builds an answer again from its record."""

import typer

from assistant.home import kept, opened
from assistant.options import Json
from assistant.output import say, say_json


def replay(record_id: str, as_json: Json = False) -> None:
    """Build an answer again from its record and say what differs and why; the status is 1 where it does."""
    with opened() as library, kept() as store:
        from assistant.records import replay as replayed
        from assistant.writing import writer

        found = store.records.audited(record_id)
        again = replayed(found.record, library, writer(found.record.model))
    if as_json:
        say_json({"id": found.id, "made": found.made.isoformat(timespec="seconds"), "question": found.record.question} | again.as_json())
    else:
        say(f"{found.made:%Y-%m-%d %H:%M} UTC  {found.record.question}")
        for sign, lines in (("-", again.before), ("+", again.now)):
            for line in lines:
                say(f"  {sign} {line}")
        say("The same answer." if again.same else "The answer differs.")
        for reason in again.reasons:
            say(f"  {reason.kind}: {reason.text}")
    if not again.same:
        raise typer.Exit(1)
