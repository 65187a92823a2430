"""The options that commands share, each read and refused before any work begins."""

from datetime import date
from typing import Annotated

import typer

from assistant.settings import port_of
from corpus.codes import SYSTEMS


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write it as YYYY-MM-DD.") from None


def _system(text: str) -> str:
    known = {system.casefold(): system for system in SYSTEMS}
    if text.casefold() not in known:
        raise typer.BadParameter(f"{text!r} is not known; choose one of {', '.join(SYSTEMS)}.")
    return known[text.casefold()]


def _model(name: str) -> str:
    provider, _, model = name.partition(":")
    if name != "quote" and not (provider and model):
        raise typer.BadParameter(f"{name!r} is no model: write provider:name, such as ollama:llama3.2, or `quote` for none.")
    return name


def _port(text: str) -> int:
    try:
        return port_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]
Day = Annotated[date | None, typer.Option("--date", parser=_day, metavar="YYYY-MM-DD", help="Date of service; today if not given.")]
Payer = Annotated[str | None, typer.Option(help="Payer whose rules are asked about.")]
System = Annotated[str | None, typer.Option(parser=_system, metavar="SYSTEM", help="CPT, HCPCS, ICD-10-CM or modifier.")]
AnySystem = Annotated[str | None, typer.Option("--system", metavar="SYSTEM", help="Where a code stands in several: CPT, POS, MS-DRG …")]
Model = Annotated[
    str | None, typer.Option(parser=_model, metavar="PROVIDER:NAME", help="Language model that writes the answer; `quote` for none.")
]
Port = Annotated[int | None, typer.Option(parser=_port, metavar="PORT", help="Port of the page.")]
