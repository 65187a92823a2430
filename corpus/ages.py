"""How old an edition is, counted in what its publication appears in: quarters, years, months."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from corpus.model import Source
from corpus.publishers import rhythms

_UNITS = {1: "month", 3: "quarter", 12: "year"}


@dataclass(frozen=True, slots=True)
class Age:
    """How many editions must have appeared since this one began."""

    editions: int
    months: int  # from one edition to the next

    def __str__(self) -> str:
        unit = _UNITS.get(self.months, "edition")
        return f"{self.editions} {unit}{'' if self.editions == 1 else 's'} old"


@cache
def _rhythms() -> dict[str, int]:
    return dict(rhythms())


def age(source: Source, on: date) -> Age | None:
    """How old a source is on a day; None where it has no date, its publication no known rhythm, or it is not out yet.

    Calendar periods are counted, not days: an edition of July is one quarter old from the first of October.
    """
    months = _rhythms().get(source.publication)
    begins = source.effective
    if not months or not begins or begins > on:
        return None
    return Age((on.year * 12 + on.month - begins.year * 12 - begins.month) // months, months)
