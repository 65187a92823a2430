"""How many calls of other programs are answered at once, so that they never stand in the way of the page."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import anyio
from anyio.to_thread import run_sync

from assistant.tools import Failed

AT_ONCE = 4  # calls in threads of their own
WAITING = 64  # calls in line; one more is sent away

P = ParamSpec("P")
T = TypeVar("T")


class Busy(Failed):
    """Too many calls are waiting."""


class Gate:
    """Run calls in threads, a few at once, the others in line, and no more of them than can be answered soon."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._threads = anyio.CapacityLimiter(at_once)
        self._waiting = waiting

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in its turn.

        Raises Busy where the line is full.
        """
        if self._threads.statistics().tasks_waiting >= self._waiting:
            raise Busy("too many calls at once: try again in a moment")
        return await run_sync(lambda: function(*args, **kwargs), limiter=self._threads)
