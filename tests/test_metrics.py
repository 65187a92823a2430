"""Figures of the evaluation: shares, ranks and their intervals."""

import math

import pytest

from evals import metrics


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (81, 263, 0.255, 0.366)],  # Newcombe 1998, table I, for the last
)
def test_an_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    found = metrics.proportion(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))
    assert found.value == hits / n


def test_of_nothing_nothing_is_known() -> None:
    assert math.isnan(metrics.proportion(0, 0).value)
    assert math.isnan(metrics.mean([]).value)
    assert math.isnan(metrics.percentile([], 0.5))


def test_a_mean_has_the_same_interval_on_every_run() -> None:
    values = [0.0, 0.5, 1.0, 1.0, 0.25]
    found = metrics.mean(values)
    assert found == metrics.mean(values)
    assert found.value == pytest.approx(0.55)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("relevant", "hit1", "hit3", "reciprocal", "gain"),
    [
        ([True, False, False], True, True, 1.0, 1.0),
        ([False, False, True], False, True, 1 / 3, 0.5),
        ([False, False, False, True], False, False, 0.25, 1 / math.log2(5)),
        ([False, True, True], False, True, 0.5, 1 / math.log2(3)),
        ([], False, False, 0.0, 0.0),
    ],
)
def test_ranks(relevant: list[bool], hit1: bool, hit3: bool, reciprocal: float, gain: float) -> None:
    assert (metrics.hit(relevant, 1), metrics.hit(relevant, 3)) == (hit1, hit3)
    assert metrics.reciprocal_rank(relevant) == pytest.approx(reciprocal)
    assert metrics.gain(relevant) == pytest.approx(gain)


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.1, 1), (1.0, 10)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert metrics.percentile([float(n) for n in range(10, 0, -1)], share) == value


def test_rankings_are_told_whole() -> None:
    found = metrics.ranked([[True], [False, True], [False] * 9 + [True], []])
    assert [found[name].value for name in ("hit@1", "hit@3", "hit@8", "hit@10")] == [0.25, 0.5, 0.5, 0.75]
    assert found["MRR"].value == pytest.approx((1 + 0.5 + 0.1) / 4)
