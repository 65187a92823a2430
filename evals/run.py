"""Ask the questions and say how many answers were right: `python -m evals.run HOME [--half dev|test] [--category NAME] [--show]`.

The questions go the way of `codecite batch`. Of the test half only totals are printed, so that nobody tunes on it, unless --show is given.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.batch import run as batch
from assistant.settings import quiet_libraries
from corpus.codes import system_of
from evals import metrics, rankers, report
from evals.judge import Answer, Verdict, declines, judge
from evals.metrics import Estimate
from evals.records import Record, chosen, load
from index import encoders
from index.library import Library

RANKED = ("reverse", "guideline", "coverage")  # a code asked by its code stands in none of the texts searched: it is looked up


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, its answer and what that is worth."""

    record: Record
    answer: Answer
    verdict: Verdict


def ask(records: Sequence[Record], library: Library) -> list[Outcome]:
    """Answer every question as `codecite batch` does, and judge the answers."""
    with tempfile.TemporaryDirectory() as folder:
        questions, answers = Path(folder) / "questions.jsonl", Path(folder) / "answers.jsonl"
        questions.write_text("".join(json.dumps(record.asked) + "\n" for record in records), encoding="utf-8")
        batch(questions, answers, library)
        written = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]

    def knows(code: str) -> bool:
        system = system_of(code)
        return system is not None and library.catalog.knows(system, code)

    return [Outcome(record, answer, judge(record, answer, knows)) for record, answer in zip(records, written, strict=True)]


def by_category(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each category, in the order of the alphabet; those of "coverage, local" count for "coverage" too."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        category = outcome.record.category
        for name in dict.fromkeys((category.split(",")[0], category)):
            found.setdefault(name, []).append(outcome)
    return dict(sorted(found.items()))


def answers(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """The figures of some answers, each with its interval."""
    verdicts = [outcome.verdict for outcome in outcomes]
    places = [verdict.cited_right for verdict in verdicts if verdict.cited_right is not None]
    precise, recalled = declines([outcome.record for outcome in outcomes], [outcome.answer for outcome in outcomes])
    times = [verdict.milliseconds for verdict in verdicts]
    return {
        "right": metrics.share([verdict.right for verdict in verdicts]),
        "right place cited": metrics.share(places),
        "citation precision": metrics.share([held for verdict in verdicts for held in verdict.held]),
        "citation recall": metrics.share([backed for verdict in verdicts for backed in verdict.backed]),
        "invented codes": metrics.share([bool(verdict.invented) for verdict in verdicts]),
        "decline precision": metrics.proportion(*precise),
        "decline recall": metrics.proportion(*recalled),
        "median ms": Estimate(metrics.percentile(times, 0.5), *(2 * (float("nan"),)), len(times)),
        "95th ms": Estimate(metrics.percentile(times, 0.95), *(2 * (float("nan"),)), len(times)),
    }


def rankings(outcomes: Sequence[Outcome], library: Library, ways: Mapping[str, rankers.Ranker]) -> dict[str, dict[str, Estimate]]:
    """Every way of searching on the questions that a ranking can answer."""
    asked = [outcome for outcome in outcomes if outcome.record.gold or outcome.record.cite]
    ours = [rankers.answered(outcome.record, outcome.answer, library) for outcome in asked]
    found = {"codecite": metrics.ranked(ours)}
    for name, way in ways.items():
        found[name] = metrics.ranked([rankers.relevant(outcome.record, way(outcome.record, library)) for outcome in asked])
    return found


def measure(home: Path, half: str = "", category: str = "", ways: Mapping[str, rankers.Ranker] = rankers.WAYS) -> report.Results:
    """Ask, judge and rank on a home."""
    library = Library(home, encoders.DEFAULT)
    library.warm()
    records = list(chosen(load(), half, category))
    outcomes = ask(records, library)
    kinds = by_category(outcomes)
    ranked = {name: rankings(found, library, ways) for name, found in kinds.items() if name in RANKED}
    tables = {name: answers(found) for name, found in kinds.items()} | {"all": answers(outcomes)}
    return report.Results(half or "both", tables, ranked, outcomes)


def main() -> int:
    """Run what the command line asks for; status 1 where nothing was asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--half", choices=("dev", "test"), default="")
    parser.add_argument("--category", default="", help="what the category's name begins with")
    parser.add_argument("--answers-only", action="store_true", help="leave the rankings out")
    parser.add_argument("--show", action="store_true", help="print what was wrong, of the test half too")
    parser.add_argument("--write", type=Path, help="a JSON file for the figures")
    asked = parser.parse_args()
    quiet_libraries()
    results = measure(asked.home, asked.half, asked.category, {} if asked.answers_only else rankers.WAYS)
    report.show(results, failures="all" if asked.show else "dev")
    if asked.write:
        report.write(results, asked.write)
    return 0 if results.outcomes else 1


if __name__ == "__main__":
    sys.exit(main())
