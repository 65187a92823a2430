"""Pieces of the page that the server writes: HTML from templates that escape everything."""

from functools import cache
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("assistant.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def rendered(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A template of assistant/web/templates with its values escaped, as a reply that no cache keeps."""
    return HTMLResponse(_templates().get_template(template).render(**values), status, {"Cache-Control": "no-store"})


def same_site(request: Request) -> None:
    """Refuse what another site's page sends in a person's name: for every route that changes something."""
    origin = urlsplit(request.headers.get("origin") or "")
    elsewhere = origin.netloc and origin.netloc != request.headers.get("host")
    if elsewhere or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "This may only be asked from the page itself.")
