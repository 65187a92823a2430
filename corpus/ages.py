"""How old an edition is, counted in what its publication appears in: quarters, years, months."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from corpus.model import Source

LISTED = Path(__file__).with_name("sources.toml")
STALE = 2  # editions that must have appeared since one, from which what rests on it says so
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
def rhythms() -> Mapping[str, int]:
    """How many months apart a publication's editions appear, by the name readers give it.

    The list is the program's own and checked in its tests; what people write themselves is read by `publishers`, which costs more.
    """
    listed = tomllib.loads(LISTED.read_text(encoding="utf-8"))["sources"].values()
    named = ((entry["publication"], entry["months"]) for entry in listed)
    return {name: months for names, months in named for name in ([names] if isinstance(names, str) else names)}


def age(source: Source, on: date) -> Age | None:
    """How old a source is on a day; None where it has no date, its publication no known rhythm, or it is not out yet.

    Calendar periods are counted, not days: an edition of July is one quarter old from the first of October.
    """
    months = rhythms().get(source.publication)
    begins = source.effective
    if not months or not begins or begins > on:
        return None
    return Age((on.year * 12 + on.month - begins.year * 12 - begins.month) // months, months)
