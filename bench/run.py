"""Time what a user waits for, in one run on one home: `make bench` prints a table and writes bench/latest.json beside it.

The first part builds a home from nothing: the embedded default and, where the public files are there, the NCCI manual,
the ICD-10-CM guidelines and HCPCS Level II. Ratios are taken against sentence-transformers in the same run.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from assistant.chat import ask
from assistant.settings import quiet_libraries
from index import encoders
from index.library import Library
from index.search import Filters

DATA = Path(os.environ.get("CODECITE_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
FILES = (
    "ncci/2026_ncci_medicare_policy_manual_all-chapters.pdf",
    "icd10cm/fy-2025-icd-10-cm-coding-guidelines.pdf",
    "hcpcs/HCPC2026_JAN_ANWEB.xlsx",
)
QUESTIONS = (
    "what is CPT 90389?",
    "Is 90703 still valid?",
    "is a tetanus booster without an injury covered by Medicare?",
    "which administration code goes with tetanus immune globulin?",
    "what is J1670?",
    "E11.65 billable?",
    "excludes1 at J44",
    "code for type 2 diabetes with diabetic polyneuropathy",
    "What does an NCCI modifier indicator of 0 mean?",
    "when may modifier 59 be used?",
    "how is sepsis sequenced?",
    "difference between 90714 and 90715",
    "guidelines for E/M services",
    "code for wheelchair cushion",
    "may a lesion excision and its biopsy be reported together",
)
ROUNDS = 12


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def spread(name: str, work: Callable[[str], object]) -> dict[str, float]:
    """Milliseconds of one call a question, the first round left out: it loads what later ones use."""
    for question in QUESTIONS:
        work(question)
    times = sorted(seconds(lambda question=question: work(question)) * 1000 for _ in range(ROUNDS) for question in QUESTIONS)  # type: ignore[misc]
    return {f"{name}, median ms": statistics.median(times), f"{name}, 95th percentile ms": times[int(len(times) * 0.95)]}


def build(home: Path) -> dict[str, float]:
    """Build a home from nothing, each step timed."""
    library = Library(home, encoders.DEFAULT)
    found = {"prepare catalog and keywords, s": seconds(library.prepare)}
    present = [DATA / name for name in FILES if (DATA / name).exists()]
    found[f"add {len(present)} public files to catalog and keywords, s"] = seconds(lambda: [library.add(path) for path in present])
    found["load encoder, first time with its export, s"] = seconds(lambda: library.vectors)
    found["encode and store every vector, s"] = seconds(lambda: list(library.fill()))
    found["vectors stored"] = library.vectors.count()
    return found


def encoding(home: Path) -> dict[str, float]:
    """The export against sentence-transformers, the same texts, one after the other."""
    library = Library(home, encoders.DEFAULT)
    rows = list(library.catalog.searchable())
    texts = [text for _, shelf, text in rows if shelf == "prose"][:200] + [text for _, shelf, text in rows if shelf != "prose"][:800]
    fast, reference = encoders.load(encoders.DEFAULT, home / "models"), encoders.ReferenceEncoder()
    quick, slow = seconds(lambda: fast.encode(texts)), seconds(lambda: reference.encode(texts))
    return {"texts encoded a second": len(texts) / quick, "the same by sentence-transformers": len(texts) / slow, "ratio": slow / quick}


def process(home: Path) -> dict[str, float]:
    """`codecite ask` as a whole process."""
    environment = os.environ | {"CODECITE_HOME": str(home)}
    command = [sys.executable, "-m", "assistant.cli", "ask", "--json"]
    found = {}
    for label, question in (("a code", "what is CPT 90389?"), ("words", "how is sepsis sequenced?")):
        times = [
            seconds(lambda question=question: subprocess.run([*command, question], env=environment, check=True, capture_output=True))  # type: ignore[misc]
            for _ in range(5)
        ]
        found[f"`codecite ask` process, {label}, s"] = statistics.median(times)
    return found


def main() -> None:
    """Run everything, print the table, write the JSON."""
    quiet_libraries()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        figures = build(home)
        library = Library(home, encoders.DEFAULT)
        figures |= spread("search", lambda question: library.search(question, Filters(date.today())))
        figures |= spread("answer", lambda question: ask(question, library))
        figures |= encoding(home) | process(home)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table("what", "figure", title=f"codecite on {machine}, {date.today()}")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.0f}" if value >= 1000 else f"{value:.2f}")
    Console(width=100).print(table)
    report = {"machine": machine, "date": date.today().isoformat(), "figures": figures}
    Path(__file__).with_name("latest.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
