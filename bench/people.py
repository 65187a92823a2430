"""Fifty people ask a running program at once, and memory over ten thousand questions: `python -m bench.people HOME`."""

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

PEOPLE = 50
ROUNDS = 4  # questions of each person, the next as soon as the last is answered
LONG = 10_000  # questions while memory is watched
QUESTIONS = (
    "what is CPT 90389?",
    "Is 90703 still valid?",
    "code for type 2 diabetes with diabetic polyneuropathy",
    "is a tetanus booster without an injury covered by Medicare?",
    "difference between 90714 and 90715",
    "when may modifier 59 be used?",
    "what is J1815?",
    "can 99213 be billed with 90471?",
    "how many units of G0008 may be billed in a day?",
    "is E11.9 billable?",
)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(home: Path) -> Iterator[tuple[str, int]]:
    """`codecite chat` over a home in a process of its own: its address and its process id, once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "assistant.cli", "chat", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | {"CODECITE_HOME": str(home)}, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            if process.poll() is not None:
                raise SystemExit("The page did not start.")
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{address}/api/openapi.json", timeout=5)
                break
            time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory(process: int) -> float:
    """Memory that a process holds now, MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


async def asked(client: httpx.AsyncClient, question: str) -> tuple[float, bool]:
    """Seconds until an answer is whole, and whether there was one."""
    began = time.perf_counter()
    try:
        reply = await client.post("/api/ask", json={"question": question})
        answered = reply.status_code == 200
    except httpx.HTTPError:
        answered = False
    return time.perf_counter() - began, answered


async def person(client: httpx.AsyncClient, first: int, count: int) -> list[tuple[float, bool]]:
    """One person's questions, one after the other, another first question for each person."""
    return [await asked(client, QUESTIONS[(first + at) % len(QUESTIONS)]) for at in range(count)]


async def together(address: str, people: int, count: int) -> list[tuple[float, bool]]:
    """Some people asking at once."""
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        each = await asyncio.gather(*(person(client, first, count) for first in range(people)))
    return [one for answers in each for one in answers]


def told(name: str, times: Sequence[tuple[float, bool]], seconds: float) -> str:
    """Errors, median and 95th percentile in seconds, and answers a second."""
    took = sorted(second for second, _ in times)
    errors = sum(not answered for _, answered in times)
    late = took[int(len(took) * 0.95)]
    middle = statistics.median(took)
    return f"{name} ({len(took)}): {errors} errors; median {middle:.2f} s, 95th {late:.2f} s; {len(took) / seconds:.0f} a second"


def measured(address: str, people: int, count: int) -> str:
    """Let some people ask, and say how that went."""
    began = time.perf_counter()
    times = asyncio.run(together(address, people, count))
    return told(f"{people} at once", times, time.perf_counter() - began)


def main() -> None:
    """One person, fifty once each, fifty again and again, and memory every fifth of ten thousand questions."""
    with serving(Path(sys.argv[1])) as (address, process):
        asyncio.run(together(address, 1, len(QUESTIONS)))
        for people, count in ((1, 2 * len(QUESTIONS)), (PEOPLE, 1), (PEOPLE, ROUNDS)):
            print(measured(address, people, count), flush=True)
        print(f"memory before: {memory(process):.0f} MB", flush=True)
        for step in range(1, 6):
            asyncio.run(together(address, 4, LONG // 5 // 4))
            print(f"memory after {step * LONG // 5} questions: {memory(process):.0f} MB", flush=True)


if __name__ == "__main__":
    main()
