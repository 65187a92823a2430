"""What a person's role allows beside asking, looking up, checking claims and keeping what is their own."""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["reader", "coder", "librarian", "admin"]
Right = Literal["judge", "review", "library", "people"]
ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: Mapping[Role, frozenset[Right]] = {
    "reader": frozenset(),
    "coder": frozenset({"judge"}),  # like and dislike answers
    "librarian": frozenset({"judge", "review", "library"}),  # see everybody's judgements, change the library
    "admin": frozenset({"judge", "review", "library", "people"}),  # manage users
}
