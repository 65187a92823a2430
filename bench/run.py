"""Time what a user waits for, on the public files, in one run: `make bench` prints a table and writes bench/latest.json.

A home is built from nothing with everything in the data folder but the payer booklets; the NCCI manual is added last, as one new
PDF is later. Ratios are taken in the same run, against the tutorial way (bench/baseline.py) and against itself; a ratio that is
worse than bench/reference.json by more than a quarter ends the run with status 1.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from assistant.chat import ask
from assistant.settings import quiet_libraries
from bench.baseline import Tutorial
from bench.figures import DATA, FOLDERS, MANUAL, Figures, regressions, report, seconds, spread, times
from index import encoders
from index.library import Library
from index.search import Filters

COMMAND = (sys.executable, "-m", "assistant.cli")
FILTERS = {
    "payer": Filters(date.today(), payer="Medicare"),
    "system": Filters(date.today(), systems=("ICD-10-CM",)),
    "date": Filters(date(2025, 6, 1)),
}


def run(home: Path, *words: str) -> float:
    """Seconds of a command as a whole process; what it says is kept out of the table."""
    environment = os.environ | {"CODECITE_HOME": str(home)}
    return seconds(lambda: subprocess.run([*COMMAND, *words], env=environment, capture_output=True, text=True, check=True))


def laptop(folder: Path) -> Path:
    """The laptop set as a folder of links, without the manual."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
        for file in (DATA / name).rglob("*"):
            if file.is_file() and file != MANUAL:
                link = folder / name / file.relative_to(DATA / name)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file)
    return folder


def build(home: Path, files: Path) -> Figures:
    """Build the home, then change it as a quarter does."""
    found = {"laptop set from nothing, s": run(home, "add", str(files))}
    found["its peak memory, MB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found["one new 287-page PDF, s"] = run(home, "add", str(MANUAL))
    found["everything again, unchanged, s"] = run(home, "add", str(files))
    found["disk, MB"] = sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 2**20
    library = Library(home, encoders.DEFAULT)
    tallies = library.catalog.sources()
    found["sources"] = len(tallies)
    found["passages"] = sum(tally.passages for tally in tallies)
    found["codes"] = sum(tally.codes for tally in tallies)
    found["rows of tables"] = sum(tally.rows for tally in tallies)
    found["vectors"] = library.vectors.count()
    return found


def pairs(home: Path) -> Figures:
    """The largest table into an empty home: read, checked, written."""
    library = Library(home, encoders.DEFAULT)
    took = seconds(lambda: library.add(DATA / "ncci" / "ptp_2024Q3_prac_active.csv.gz"))
    return {"pairs added a second": sum(tally.rows for tally in library.catalog.sources()) / took}


def opening(home: Path) -> Figures:
    """A home opened by a new process, alone and for a question."""
    code = "import sys; from pathlib import Path; from index.library import Library; Library(Path(sys.argv[1]), 'all-MiniLM-L6-v2')"
    bare = [seconds(lambda: subprocess.run([sys.executable, "-c", code, str(home)], check=True)) for _ in range(5)]
    found = {"open a home, process, s": statistics.median(bare)}
    for label, question in (("a code", "what is CPT 90389?"), ("words", "how is sepsis sequenced?")):
        found[f"`codecite ask`, {label}, process, s"] = statistics.median(run(home, "ask", "--json", question) for _ in range(5))
    return found


def searching(library: Library) -> Figures:
    """Search and answer; a filter against none, in turns."""
    plain = Filters(date.today())
    found = spread("search", bare := times(lambda question: library.search(question, plain)))
    for name, filters in FILTERS.items():
        filtered = times(lambda question, filters=filters: library.search(question, filters))  # type: ignore[misc]
        found[f"search by {name}, ratio to none"] = statistics.median(filtered) / statistics.median(bare)
    return found | spread("answer", times(lambda question: ask(question, library)))


def exact(library: Library) -> Figures:
    """Exact lookups, in milliseconds."""
    catalog, codes = library.catalog, ("45380", "99213", "90389", "20610", "J1670")
    lookups: dict[str, Callable[[str], object]] = {
        "code": lambda code: catalog.codes("CPT", code),
        "pair": lambda code: catalog.tables.pairs("45378", code),
        "units": catalog.tables.units,
        "rows of a code": lambda code: catalog.tables.entries("CPT", code),
    }
    return {f"exact {name}, median ms": statistics.median(times(work, codes, 40)) for name, work in lookups.items()}


def encoding(library: Library) -> Figures:
    """The same passages by the tutorial way and by ours, a third of them prose."""
    rows = list(library.catalog.searchable())
    prose = [text for _, shelf, text in rows if shelf == "prose"]
    short = [text for _, shelf, text in rows if shelf != "prose"]
    texts = prose[:: max(1, len(prose) // 500)][:500] + short[:: max(1, len(short) // 1000)][:1000]
    tutorial, ours = Tutorial(), encoders.load(encoders.DEFAULT, library.home / "models").for_passages()
    ours.encode(texts[-100:])
    tutorial.encode(texts[-100:])
    took = [(seconds(lambda: ours.encode(texts)), seconds(lambda: tutorial.encode(texts))) for _ in range(3)]  # in turn
    quick, slow = map(statistics.median, zip(*took, strict=True))
    return {
        "passages encoded a second": len(texts) / quick,
        "the tutorial way, a second": len(texts) / slow,
        "encoding, ratio to the tutorial way": slow / quick,
    }


def removing(home: Path, library: Library) -> Figures:
    """The largest sources taken away."""
    held = {tally.source.publication: tally.source.id for tally in library.catalog.sources()}
    pairs, prose = held["NCCI PTP edits, practitioner"], held["NCCI Policy Manual for Medicare"]
    return {"remove the manual, s": run(home, "remove", prose), "remove 1.67 million pairs, s": run(home, "remove", pairs)}


def main() -> int:
    """Run everything; the exit status says whether a ratio has fallen off."""
    quiet_libraries()
    if not MANUAL.exists():
        sys.exit(f"The public files are not in {DATA}; set CODECITE_TEST_DATA to their folder.")
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / "home"
        figures = build(home, laptop(Path(made) / "files")) | pairs(Path(made) / "pairs")
        library = Library(home, encoders.DEFAULT)
        figures |= opening(home) | searching(library) | exact(library) | encoding(library) | removing(home, library)
    report("latest", figures)
    worse = regressions(figures)
    for line in worse:
        print(f"worse than its reference by more than a quarter: {line}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
