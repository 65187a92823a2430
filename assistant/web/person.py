"""Who asks: the person that the guard let in; without log-in the one who sits at the page."""

from typing import Any

from assistant.roles import Right
from assistant.store import LOCAL
from assistant.store.people import User


def _user(request: Any) -> User | None:
    return getattr(getattr(request, "state", None), "user", None)


def person(request: Any) -> str:
    """The id of the person a request of the page or of a view comes from."""
    user = _user(request)
    return user.id if user else LOCAL


def may(request: Any, right: Right) -> bool:
    """Whether the person's role allows something; who sits at a page without log-in may do everything."""
    user = _user(request)
    return user.may(right) if user else True
