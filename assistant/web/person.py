"""Who asks: the person that the log-in found, else the one who sits at a page without it."""

from typing import Any

from assistant.store import LOCAL


def person(request: Any) -> str:
    """The id of the person a request of the page or of a view comes from."""
    return str(getattr(getattr(request, "state", None), "person", LOCAL))
