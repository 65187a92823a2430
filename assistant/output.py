"""How the command line speaks: answers on standard output, an error in one line on standard error, a status at the end."""

import json
import os
import re
import sys
from io import TextIOWrapper
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, and halves of characters


def visible(text: str) -> str:
    """A text without power over the terminal: what it holds beside characters, written out."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def say(text: str) -> None:
    """Print a text for people."""
    print(visible(text), flush=True)


def say_json(value: object) -> None:
    """Print an object for programs, in the characters that every terminal and pipe carries."""
    print(json.dumps(value), flush=True)


def show(table: Table) -> None:
    """Print a table for people."""
    Console(highlight=False, markup=False, emoji=False).print(table)


def warn(message: str) -> None:
    """Say one line on standard error."""
    print(visible(" ".join(message.splitlines())), file=sys.stderr, flush=True)


def fail(message: str, status: int = 1) -> typer.Exit:
    """Say one line on standard error and end with this status."""
    warn(message)
    return typer.Exit(status)


def hush() -> None:
    """Give up what standard output does not take, so that the end of the process does not try it again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Commands(TyperGroup):
    """The commands of a program whose usage errors are one line like every other error."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take no words at all for a call for help."""
        return super().parse_args(ctx, args or ["--help"])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and end with its status; signs that the terminal lacks are written out."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            status = super().main(*args, **extra | {"standalone_mode": False})
        except typer.TyperException as error:
            context = getattr(error, "ctx", None)
            warn(error.format_message().rstrip(".") + (f". See `{context.command_path} --help`." if context else "."))
            status = error.exit_code
        except typer.Abort:
            status = 1
        sys.exit(status)
