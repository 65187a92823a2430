"""What the benchmarks share: timing, the public files, questions as people ask them, the report and its comparison."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

DATA = Path(os.environ.get("CODECITE_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
MANUAL = DATA / "ncci" / "2026_ncci_medicare_policy_manual_all-chapters.pdf"
FOLDERS = ("codes_only", "coverage", "fees", "hcpcs", "icd10cm", "icd10pcs", "ncci", "reference", "statute", "vaccines")
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
    "coverage of home oxygen",
    "can 45380 and 45378 be billed together?",
    "what does Medicare pay for 99213?",
)
ROUNDS = 10
WORSE = 1.25  # a ratio this many times its reference fails the run
Figures = dict[str, float]


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def times(work: Callable[[str], object], asked: Sequence[str] = QUESTIONS, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of one call a question, in order, the first round left out: it loads what later ones use."""
    for question in asked:
        work(question)
    return sorted(seconds(lambda question=question: work(question)) * 1000 for _ in range(rounds) for question in asked)  # type: ignore[misc]


def spread(name: str, found: Sequence[float]) -> Figures:
    """Median and 95th percentile of some milliseconds."""
    return {f"{name}, median ms": statistics.median(found), f"{name}, 95th percentile ms": found[int(len(found) * 0.95)]}


def machine() -> str:
    """What the figures were taken on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def report(name: str, figures: Mapping[str, float]) -> None:
    """Print a table and write it as JSON beside the benchmarks."""
    table = Table("what", "figure", title=f"codecite on {machine()}, {date.today()}")
    for what, value in figures.items():
        table.add_row(what, f"{value:,.0f}" if value >= 1000 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}")
    Console(width=110).print(table)
    held = {"machine": machine(), "date": date.today().isoformat(), "figures": dict(figures)}
    Path(__file__).with_name(f"{name}.json").write_text(json.dumps(held, indent=2) + "\n")


def regressions(figures: Mapping[str, float]) -> list[str]:
    """The ratios that are worse than their reference by more than a quarter, or not taken at all; they hold from machine to machine."""
    wanted: dict[str, dict[str, float]] = json.loads(Path(__file__).with_name("reference.json").read_text())
    found = [f"{name}: not measured" for ratios in wanted.values() for name in ratios if name not in figures]
    for name, ratio in wanted["higher is better"].items():
        if name in figures and figures[name] * WORSE < ratio:
            found.append(f"{name}: {figures[name]:.2f}, reference {ratio:.2f}")
    for name, ratio in wanted["lower is better"].items():
        if name in figures and figures[name] > ratio * WORSE:
            found.append(f"{name}: {figures[name]:.2f}, reference {ratio:.2f}")
    return found
