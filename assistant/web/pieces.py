"""Pieces of the page that the server writes, and what it takes from forms: HTML from templates that escape everything."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Body, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

FIELDS = 20_000  # fields a form may have
CHANGING: dict[str, Any] = {"status_code": 204}  # of a route that changes something and has nothing to tell
Text = Annotated[str, Body(embed=True, max_length=4000)]


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("assistant.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def rendered(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A template of assistant/web/templates with its values escaped, as a reply that no cache keeps."""
    return HTMLResponse(_templates().get_template(template).render(**values), status, {"Cache-Control": "no-store"})


async def blocks(request: Request, largest: int) -> AsyncIterator[bytes]:
    """What a request carries, as it comes.

    Raises HTTPException 413 where it is more than `largest` bytes: before the first of them where it says so.
    """
    told = request.headers.get("content-length", "")
    taken = int(told) if told.isdecimal() and len(told) < 16 else largest + 1 if told else 0
    if taken <= largest:
        taken = 0
        async for block in request.stream():
            if (taken := taken + len(block)) > largest:
                break
            yield block
    if taken > largest:
        raise HTTPException(413, f"It is larger than {largest / 2**20:,.1f} MB, the most that is taken.")


async def form(request: Request, largest: int = 2**18) -> dict[str, list[str]]:
    """The fields of a form, blank ones too.

    Raises HTTPException where they are too many or no form at all.
    """
    body = b"".join([block async for block in blocks(request, largest)])
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise HTTPException(422, "This is no form of this page, or one with too many fields.") from None
