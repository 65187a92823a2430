"""The commands that manage who may use this home."""

import sys
from getpass import getpass
from typing import Annotated

import typer
from rich.table import Table

from assistant.home import kept
from assistant.options import Json
from assistant.output import Commands, fail, say, say_json, show
from assistant.roles import ROLES, Role

commands = typer.Typer(cls=Commands, help="Manage who may use this home.", add_completion=False, pretty_exceptions_enable=False)


def _role(text: str) -> Role:
    if (role := next((role for role in ROLES if role == text), None)) is None:
        raise typer.BadParameter(f"{text!r} is no role; choose one of {', '.join(ROLES)}.")
    return role


def _password() -> str:
    """A password, asked for twice, or the first line of standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise fail("The two passwords differ: nothing was changed.")
    return password


@commands.command()
def add(
    name: str,
    role: Annotated[Role, typer.Option(parser=_role, metavar="ROLE", help="reader, coder, librarian or admin.")] = "coder",
    no_password: Annotated[bool, typer.Option("--no-password", help="A proxy logs the person in.")] = False,
) -> None:
    """Take a person in; the password is asked for, or read from standard input."""
    with kept() as store:
        user = store.people.add(name, role, None if no_password else _password())
    say(f"{user.name} ({user.role}) may come in.")


@commands.command(name="list")
def listed(as_json: Json = False) -> None:
    """List everybody."""
    with kept() as store:
        users = store.people.all()
    if as_json:
        say_json(
            {"users": [{"name": user.name, "role": user.role, "created": user.created.isoformat(timespec="seconds")} for user in users]}
        )
        return
    table = Table("name", "role", "since")
    for user in users:
        table.add_row(user.name, user.role, f"{user.created:%Y-%m-%d}")
    show(table)


@commands.command()
def remove(name: str) -> None:
    """Take a person away, with everything that is kept for them."""
    with kept() as store:
        store.people.remove(name)
    say(f"{name} is gone, with conversations, notes and records.")


@commands.command()
def password(name: str) -> None:
    """Give a person another password; whoever is logged in as them is logged out."""
    with kept() as store:
        store.people.set_password(name, _password())
    say(f"{name} has another password.")


@commands.command()
def token(name: str) -> None:
    """Show a new token for a person's programs, once; the one before is void."""
    with kept() as store:
        say(store.people.token(name))
