"""How old an edition is, in what its publication appears in."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.ages import age
from corpus.model import Source

PTP = Source("ptp", "NCCI PTP", "NCCI PTP edits, practitioner", "public", "PTP", effective=date(2024, 7, 1))


@pytest.mark.parametrize(
    ("on", "editions", "text"),
    [
        (date(2024, 7, 1), 0, "0 quarters old"),
        (date(2024, 9, 30), 0, "0 quarters old"),
        (date(2024, 10, 1), 1, "1 quarter old"),
        (date(2026, 7, 1), 8, "8 quarters old"),
        (date(2026, 11, 21), 9, "9 quarters old"),
    ],
)
def test_quarters_are_counted_by_the_calendar(on: date, editions: int, text: str) -> None:
    found = age(PTP, on)
    assert found is not None
    assert (found.editions, str(found)) == (editions, text)


def test_years_are_counted_where_a_publication_is_yearly() -> None:
    manual = replace(PTP, publication="NCCI Policy Manual for Medicare", effective=date(2024, 1, 1))
    assert str(age(manual, date(2026, 2, 1))) == "2 years old"


@pytest.mark.parametrize(
    "source", [replace(PTP, effective=None), replace(PTP, publication="Somebody's policy"), replace(PTP, effective=date(2027, 1, 1))]
)
def test_without_a_date_or_a_rhythm_there_is_no_age(source: Source) -> None:
    assert age(source, date(2026, 11, 21)) is None
