"""Bars for what takes longer than a moment: how much is done, how fast, how long still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

Show = Callable[[float, float | None], None]  # (done, of how much; None: as said before)


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def progress(what: str, total: float | None = None, in_bytes: bool = False) -> Iterator[Show]:
    """Show a bar with rate and time left to a terminal, and to nothing else."""
    count: tuple[ProgressColumn, ...] = (DownloadColumn(), TransferSpeedColumn()) if in_bytes else (MofNCompleteColumn(), _Rate())
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), *count, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def show(done: float, of: float | None = None) -> None:
            bar.update(task, completed=done, total=total if of is None else of)

        yield show
