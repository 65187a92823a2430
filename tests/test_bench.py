"""What decides whether `make bench` fails: ratios against their references, medians and percentiles, the exit status."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "bench" / "reference.json"
WANTED = {"higher is better": {"encoding, ratio to the tutorial way": 4.0}, "lower is better": {"search by payer, ratio to none": 1.2}}
FASTER, SLOWER = "encoding, ratio to the tutorial way", "search by payer, ratio to none"
Judge = Callable[..., list[str]]


def benchmark(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        return importlib.import_module(f"bench.{name}")


@pytest.fixture(scope="module")
def figures() -> ModuleType:
    return benchmark("figures")


@pytest.fixture
def beside(figures: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the benchmarks' own, with references of our own."""
    monkeypatch.setattr(figures, "__file__", str(tmp_path / "figures.py"))
    (tmp_path / "reference.json").write_text(json.dumps(WANTED), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("found", "worse"),
    [
        ({FASTER: 4.0, SLOWER: 1.2}, []),
        ({FASTER: 40.0, SLOWER: 0.1}, []),  # better is never worse
        ({FASTER: 3.2, SLOWER: 1.5}, []),  # a quarter is allowed: 4 / 1.25 and 1.2 × 1.25
        ({FASTER: 3.19}, [f"{FASTER}: 3.19, reference 4.00"]),
        ({SLOWER: 1.51}, [f"{SLOWER}: 1.51, reference 1.20"]),
        ({FASTER: 1.0, SLOWER: 9.0}, [f"{FASTER}: 1.00, reference 4.00", f"{SLOWER}: 9.00, reference 1.20"]),
        ({"laptop set from nothing, s": 9999.0, "answer, median ms": 9999.0}, []),  # times do not hold from one machine to another
        ({}, []),
    ],
)
def test_a_ratio_may_be_worse_than_its_reference_by_a_quarter(
    figures: ModuleType, beside: Path, found: dict[str, float], worse: list[str]
) -> None:
    missing = [f"{name}: not measured" for name in (FASTER, SLOWER) if name not in found]
    assert figures.regressions(found) == missing + worse


@given(st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_higher_and_lower_are_judged_each_in_its_direction(ratio: float, reference: float) -> None:
    module = benchmark("figures")
    with pytest.MonkeyPatch.context() as patch:
        for kind, fails in (("higher is better", ratio * 1.25 < reference), ("lower is better", ratio > reference * 1.25)):
            wanted = {"higher is better": {}, "lower is better": {}} | {kind: {"x": reference}}
            patch.setattr(module.Path, "read_text", lambda self, wanted=wanted: json.dumps(wanted))
            assert bool(module.regressions({"x": ratio})) == fails


@pytest.mark.skipif(not REFERENCE.exists(), reason="no references are kept yet")
def test_every_reference_is_a_ratio_that_the_run_takes() -> None:
    taken = {"encoding, ratio to the tutorial way", *(f"search by {name}, ratio to none" for name in benchmark("run").FILTERS)}
    wanted = json.loads(REFERENCE.read_text(encoding="utf-8"))
    assert set(wanted) == {"higher is better", "lower is better"}
    names = [name for ratios in wanted.values() for name in ratios]
    assert set(names) <= taken
    assert len(names) == len(set(names))


def test_a_spread_is_the_median_and_the_95th_percentile(figures: ModuleType) -> None:
    hundred = [float(at) for at in range(1, 101)]
    assert figures.spread("search", hundred) == {"search, median ms": 50.5, "search, 95th percentile ms": 96.0}
    assert figures.spread("one", [7.0]) == {"one, median ms": 7.0, "one, 95th percentile ms": 7.0}


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200).map(sorted))
def test_at_most_a_twentieth_lies_above_the_95th_percentile(found: list[float]) -> None:
    median, high = benchmark("figures").spread("x", found).values()
    assert found[0] <= median <= high <= found[-1]
    assert sum(value > high for value in found) <= len(found) * 0.05


def test_times_are_sorted_and_leave_the_first_round_out(figures: ModuleType) -> None:
    calls: list[str] = []
    found = figures.times(calls.append, ("one", "two"), rounds=3)
    assert calls == ["one", "two"] * 4
    assert len(found) == 6
    assert found == sorted(found)
    assert found[0] >= 0


def test_a_report_is_a_table_and_a_file(figures: ModuleType, beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures.report("latest", {"rows": 1234567.0, "search, median ms": 8.5, "exact code, median ms": 0.0123})
    shown = capsys.readouterr().out
    assert {text for text in ("1,234,567", "8.50", "0.0123") if text in shown} == {"1,234,567", "8.50", "0.0123"}
    held = json.loads((beside / "latest.json").read_text(encoding="utf-8"))
    assert held["figures"] == {"rows": 1234567.0, "search, median ms": 8.5, "exact code, median ms": 0.0123}
    assert set(held) == {"machine", "date", "figures"}


@pytest.mark.parametrize(("ratio", "status"), [(4.0, 0), (3.0, 1)])
def test_the_run_ends_with_1_where_a_ratio_has_fallen_off(
    ratio: float, status: int, beside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: Any = benchmark("run")
    monkeypatch.setattr(run, "MANUAL", Path(__file__))
    for name in ("pairs", "opening", "searching", "exact", "removing", "build", "laptop", "quiet_libraries", "Library"):
        monkeypatch.setattr(run, name, lambda *given: {})
    monkeypatch.setattr(run, "encoding", lambda *given: {FASTER: ratio, SLOWER: 1.0})
    assert run.main() == status
    captured = capsys.readouterr()
    assert json.loads((beside / "latest.json").read_text(encoding="utf-8"))["figures"] == {FASTER: ratio, SLOWER: 1.0}
    told = f"worse than its reference by more than a quarter: {FASTER}: 3.00, reference 4.00\n"
    assert captured.err == (told if status else "")


def test_a_run_without_the_public_files_says_where_they_were_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    run: Any = benchmark("run")
    monkeypatch.setattr(run, "MANUAL", Path("/no/such/manual.pdf"))
    with pytest.raises(SystemExit, match="CODECITE_TEST_DATA"):
        run.main()
