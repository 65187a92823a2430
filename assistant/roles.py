"""What a person's role allows beside asking, looking up, checking claims and keeping what is their own."""

from collections.abc import Mapping
from typing import Literal

Role = Literal["guest", "reader", "coder", "librarian", "admin"]
Right = Literal["judge", "review", "library", "people"]
ROLES: tuple[Role, ...] = ("reader", "coder", "librarian", "admin")  # that a person can be given
RIGHTS: Mapping[Role, frozenset[Right]] = {
    "guest": frozenset(),  # who came in without a name, for so many questions a day
    "reader": frozenset(),
    "coder": frozenset({"judge"}),  # like and dislike answers
    "librarian": frozenset({"judge", "review", "library"}),  # see everybody's judgements, change the library
    "admin": frozenset({"judge", "review", "library", "people"}),  # manage users
}
