"""Measure everything on a home and write it down: `make eval`.

The home is built from the public files where it is not there yet. Figures of both halves go to evals/results/COMMIT.json, those of the
test half and a chart to docs/evaluation.md.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from assistant.settings import quiet_libraries
from evals import chart, report, run
from evals.fromtables.sheets import DATA
from evals.report import Results
from index import encoders
from index.library import Library

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "evaluation.md"
CHART = PAGE.with_suffix(".svg")


def build(home: Path) -> None:
    """Take in every public file and fill the vectors; what is there already is left as it is."""
    library = Library(home, encoders.DEFAULT)
    library.prepare()
    for found, outcome in library.add_all([DATA]):
        if outcome.status in ("added", "replaced"):
            print(f"{found.path.name}: {outcome.status}", flush=True)
    for done in library.fill():
        print(f"vectors: {done:,}", end="\r", flush=True)


def commit() -> str:
    """The commit measured, marked where the tree differs from it."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no-commit"


def tables(results: Results, name: str) -> str:
    """The figures of one half as Markdown."""
    taken = f"Commit {name}, {date.today()}, {results.half} half, {len(results.outcomes)} questions; % with 95 % intervals."
    parts = [taken, report.markdown(results.answers)]
    for category, found in results.rankings.items():
        parts += [f"### Searching: {category}", report.markdown(found)]
    return "\n\n".join(parts)


def main() -> int:
    """Build, ask, print, write."""
    quiet_libraries()
    home = Path(sys.argv[1])
    if DATA.exists():
        build(home)
    halves = {half: run.measure(home, half) for half in ("dev", "test")}
    for results in halves.values():
        report.show(results)
    name = commit()
    held = {half: report.as_json(results) for half, results in halves.items()}
    path = ROOT / "evals" / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(report.put(PAGE.read_text(encoding="utf-8"), tables(halves["test"], name), "figures"), encoding="utf-8")
    shares = {category: found["right"] for category, found in halves["test"].answers.items() if "," not in category}
    CHART.write_text(chart.bars("Right answers on the test half, with 95 % intervals", shares), encoding="utf-8")
    print(f"Written: {path.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}, {CHART.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
