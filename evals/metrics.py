"""Figures over questions: proportions with Wilson intervals, means with bootstrap intervals, ranks. Pure functions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

Z = 1.959964  # of a 95 % interval
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and what it was taken over."""

    value: float
    low: float
    high: float
    n: int


def proportion(hits: int, n: int) -> Estimate:
    """A share with its Wilson score interval; of nothing, nothing is known."""
    if n == 0:
        return Estimate(math.nan, 0.0, 1.0, 0)
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), n)


def share(flags: Sequence[bool]) -> Estimate:
    """How many of some flags are set."""
    return proportion(sum(flags), len(flags))


def mean(values: Sequence[float], seed: int = 0) -> Estimate:
    """A mean with its bootstrap interval, the same on every run."""
    if not values:
        return Estimate(math.nan, math.nan, math.nan, 0)
    random = Random(seed)
    means = sorted(fmean(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Estimate(fmean(values), means[int(RESAMPLES * 0.025)], means[int(RESAMPLES * 0.975)], len(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of some values, not a number where there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def hit(relevant: Sequence[bool], k: int) -> bool:
    """Whether something relevant stands among the first k."""
    return any(relevant[:k])


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """One over the rank of the first relevant, 0 without one."""
    return next((1 / rank for rank, good in enumerate(relevant, 1) if good), 0.0)


def gain(relevant: Sequence[bool]) -> float:
    """nDCG where one right result is wanted: the discounted gain of the first relevant."""
    return next((1 / math.log2(rank + 1) for rank, good in enumerate(relevant, 1) if good), 0.0)


RANKED: dict[str, Callable[[Sequence[Sequence[bool]]], Estimate]] = {
    "hit@1": lambda rankings: share([hit(ranking, 1) for ranking in rankings]),
    "hit@3": lambda rankings: share([hit(ranking, 3) for ranking in rankings]),
    "hit@8": lambda rankings: share([hit(ranking, 8) for ranking in rankings]),
    "hit@10": lambda rankings: share([hit(ranking, 10) for ranking in rankings]),
    "MRR": lambda rankings: mean([reciprocal_rank(ranking[:10]) for ranking in rankings]),
    "nDCG@10": lambda rankings: mean([gain(ranking[:10]) for ranking in rankings]),
}


def ranked(rankings: Sequence[Sequence[bool]]) -> dict[str, Estimate]:
    """Every figure over the rankings of some questions, each a list of what was relevant, best first."""
    return {name: figure(rankings) for name, figure in RANKED.items()}
