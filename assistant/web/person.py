"""Who asks: the person that the guard let in; without log-in the one who sits at the page."""

from typing import Any

from assistant.roles import Right
from assistant.store import LOCAL
from assistant.store.people import User


def user_of(request: Any) -> User | None:
    """The person that the guard let in."""
    return getattr(getattr(request, "state", None), "user", None)


def person(request: Any) -> str:
    """The id of the person a request of the page or of a view comes from."""
    user = user_of(request)
    return user.id if user else LOCAL


def may(request: Any, right: Right) -> bool:
    """Whether the person's role allows something; who sits at a page without log-in may do everything."""
    user = user_of(request)
    return user.may(right) if user else True
