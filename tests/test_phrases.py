"""What can be said in several ways is compared in one."""

import pytest

from assistant.phrases import figured


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no more than 4 units", "at most 4 units"),
        ("may not exceed 4 units", "at most 4 units"),
        ("no later than 10 days before", "at least 10 days before"),
        ("no sooner than 10 days before", "at most 10 days before"),
        ("no sooner than 8 years after", "at least 8 years after"),
        ("twice a year", "2 every 1 year"),
        ("once every 3 months", "quarterly"),
        ("on January 31, 2026", "on 1/31/2026"),
        ("on 31 January 2026", "on 2026-01-31"),
        ("is denied", "is not paid"),
        ("isn't covered", "is not covered"),
        ("noncovered items", "not covered items"),
        ("can't be paid without it", "can only be paid with it"),
        ("is not paid unless it heals", "is only paid if it heals"),
        ("Part D rather than Part B", "Part D, not Part B"),
        ("two periods of 90 days", "2 90 days periods"),
        ("paid in full", "paid at 100%"),
        ("it is no longer needed", "it is not needed"),
    ],
)
def test_the_same_thing_is_written_the_same_way(one: str, other: str) -> None:
    assert figured(one) == figured(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at least 4 units", "at most 4 units"),
        ("an advance notice of noncoverage", "an advance notice of coverage"),
        ("once 2 levels are exhausted", "1 2 levels are exhausted"),
        ("on 13/45/2026", "on 2026-01-13"),
    ],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert figured(one) != figured(other)
