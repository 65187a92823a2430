"""Processes of the command line for tests: `codecite` with the bag encoder over a copy of the small home."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from index.library import Library

ROOT = Path(__file__).parents[1]
BAG = ROOT / "tests" / "data" / "cli_bag.py"
STARTER = "---\nid: start\ntitle: Made-up start\nkind: reference\n---\nA made-up text stands for the starter documents.\n"
TABULAR = "icd10c-tabular-April-1-2026.xml"


def environment(library: Library, folder: Path) -> dict[str, str]:
    """What a process must be told to work on a copy of a library's home; its embedded sources are small ones."""
    shutil.copytree(library.home, folder / "home")
    (folder / "starter").mkdir()
    (folder / "starter" / "start.md").write_text(STARTER, encoding="utf-8")
    return os.environ | {
        "CODECITE_HOME": str(folder / "home"),
        "CODECITE_ENCODER": "bag-of-words",
        "CLI_STARTER": str(folder / "starter"),
        "CLI_TABULAR": str(library.home.parent / "in" / TABULAR),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(told: dict[str, str], *words: str, scheme: str = "http", seconds: float = 120) -> Iterator[str]:
    """`codecite chat` in a process of its own: its address, once it answers."""
    port = free_port()
    process = subprocess.Popen([sys.executable, str(BAG), "chat", "--port", str(port), *words], env=told, stdout=subprocess.PIPE, text=True)
    address, until = f"{scheme}://127.0.0.1:{port}", time.monotonic() + seconds
    try:
        while True:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            assert time.monotonic() < until, f"{address} did not answer"
            try:
                httpx.get(f"{address}/api/openapi.json", timeout=5, verify=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)
