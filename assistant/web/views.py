"""Pieces of the page that the server writes: HTML from templates that escape everything, for places of the page to fill."""

from functools import cache

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from index.library import Library


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("assistant.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def rendered(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A template of assistant/web/templates with its values escaped, as a reply that no cache keeps."""
    return HTMLResponse(_templates().get_template(template).render(**values), status, {"Cache-Control": "no-store"})


def views(library: Library) -> APIRouter:
    """Every view over one library, below /view."""
    return APIRouter()
