"""Figures as tables for a terminal and for docs/evaluation.md, as JSON, and as a small chart."""

import json
import math
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.metrics import Estimate

if TYPE_CHECKING:
    from evals.run import Outcome

Figures = Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Results:
    """What one run found."""

    half: str
    answers: Figures  # category → figure
    rankings: Mapping[str, Figures]  # category → way of searching → figure
    outcomes: Sequence["Outcome"]


def written(name: str, found: Estimate) -> str:
    """A figure as a reader wants it: percent with its interval, milliseconds, or a dash where there is none."""
    if not found.n or math.isnan(found.value):
        return "–"
    if name.endswith("ms"):
        return f"{found.value:.0f}"
    if name in ("MRR", "nDCG@10"):
        return f"{found.value:.2f} ({found.low:.2f}–{found.high:.2f})"
    return f"{100 * found.value:.1f} ({100 * found.low:.0f}–{100 * found.high:.0f})"


def rows(found: Figures) -> list[list[str]]:
    """A header and a line a name."""
    names = list(next(iter(found.values())))
    return [["", "n", *names]] + [
        [name, str(next(iter(figures.values())).n), *(written(column, figures[column]) for column in names)]
        for name, figures in found.items()
    ]


def show(results: Results, failures: str = "dev") -> None:
    """Print what was wrong and the tables."""
    console = Console(width=190)
    for outcome in results.outcomes:
        if not outcome.verdict.right and failures in ("all", outcome.record.half):
            record, wrong = outcome.record, "; ".join(outcome.verdict.wrong)
            console.print(f"[bold]{escape(record.id)}[/] {escape(record.question[:110])} → {escape(wrong)}", soft_wrap=True)
    for title, found in {"answers": results.answers, **results.rankings}.items():
        header, *lines = rows(found)
        table = Table(*header, title=f"{title}, {results.half}, % (95 %)")
        for line in lines:
            table.add_row(*line)
        console.print(table)


def markdown(found: Figures) -> str:
    """A table of figures in Markdown."""
    header, *lines = rows(found)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *lines])


def put(page: str, made: str, mark: str) -> str:
    """A page with what stands between a mark and the end after it replaced."""
    return re.sub(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", lambda found: f"{found[1]}\n{made}\n\n{found[2]}", page, flags=re.S)


def as_json(results: Results) -> dict[str, Any]:
    """The figures, and which questions of the development half failed."""

    def told(found: Figures) -> dict[str, Any]:
        return {
            name: {
                column: {"value": _number(held.value), "low": _number(held.low), "high": _number(held.high), "n": held.n}
                for column, held in figures.items()
            }
            for name, figures in found.items()
        }

    return {
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "half": results.half,
        "answers": told(results.answers),
        "rankings": {name: told(found) for name, found in results.rankings.items()},
        "failed": [outcome.record.id for outcome in results.outcomes if outcome.record.half == "dev" and not outcome.verdict.right],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def write(results: Results, path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(results), indent=1) + "\n", encoding="utf-8")
