"""Bars: shown to a terminal, with count, rate and time left, and to nothing else."""

import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from assistant import progress as bars

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys, time
from assistant.progress import progress
with progress("Files", 10, in_bytes=sys.argv[1] == "bytes") as show:
    for done in range(11):
        show(done, None)
        time.sleep(0.02)
print("the answer")
"""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal in memory in place of standard error."""
    screen = io.StringIO()
    monkeypatch.setattr(bars, "Console", lambda stderr: Console(file=screen, force_terminal=True, width=100, color_system=None))
    return screen


def test_a_bar_says_what_is_done_of_how_much(terminal: io.StringIO) -> None:
    with bars.progress("Vectors", 200) as show:
        show(50, None)
    shown = terminal.getvalue()
    assert "Vectors" in shown
    assert " 50/200" in shown


def test_the_whole_may_become_known_later(terminal: io.StringIO) -> None:
    with bars.progress("Vectors") as show:
        show(0, None)
        show(30, 400)
    assert " 30/400" in terminal.getvalue()


def test_bytes_are_counted_as_bytes(terminal: io.StringIO) -> None:
    with bars.progress("Files", 4_000_000, in_bytes=True) as show:
        show(1_000_000, None)
    assert "1.0/4.0 MB" in terminal.getvalue()


def test_a_rate_is_shown_once_there_is_one(terminal: io.StringIO) -> None:
    with bars.progress("Vectors", 1000) as show:
        for done in range(0, 1000, 100):
            show(done, None)
            time.sleep(0.002)
    assert re.search(r" 900/1000 .*\d/s", terminal.getvalue())


def test_nothing_is_left_of_a_bar(terminal: io.StringIO) -> None:
    with bars.progress("Vectors", 2) as show:
        show(2, None)
    assert terminal.getvalue().rstrip("\n").endswith("\x1b[2K")  # the line is taken back


def test_a_fault_inside_is_not_swallowed(terminal: io.StringIO) -> None:
    with pytest.raises(ValueError, match="boom"), bars.progress("Vectors", 2):
        raise ValueError("boom")
    assert "\x1b[?25h" in terminal.getvalue()  # the cursor is there again


def test_nothing_but_a_terminal_sees_a_bar(capfd: pytest.CaptureFixture[str]) -> None:
    with bars.progress("Vectors", 200) as show:
        show(50, None)
        show(200, 200)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["count", "bytes"])
def test_a_bar_goes_to_standard_error_and_the_answer_to_standard_output(kind: str) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with os.fdopen(theirs, "w") as error:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, kind], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=error, text=True, timeout=60
        )
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert (ended.returncode, ended.stdout) == (0, "the answer\n")
    assert "Files" in shown
    assert ("bytes" in shown) == (kind == "bytes")
