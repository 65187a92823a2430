"""Who asks: the person that the guard let in; without log-in the one who sits at the page."""

from typing import Any

from assistant.roles import Right
from assistant.store.people import User


def user_of(request: Any) -> User:
    """The person a request of the page or of a view comes from, as the guard found it."""
    user: User = request.state.user
    return user


def person(request: Any) -> str:
    """The id of that person."""
    return user_of(request).id


def may(request: Any, right: Right) -> bool:
    """Whether that person's role allows something."""
    return user_of(request).may(right)
