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
        ("a maximum of 4 units", "4 units or less"),
        ("65 or older", "at least 65"),
        ("three hundred strips", "300 strips"),
        ("forty-five minutes", "45 minutes"),
        ("half an hour", "30 minutes"),
        ("2 weeks", "14 days"),
        ("every 24 months", "every two years"),
        ("at 60-day intervals", "every 60 days"),
        ("the 100th day", "day 100"),
        ("two, three or four cases", "2 to 4 cases"),
        ("90001 to 90003", "90001, 90002, 90003"),
        ("effective January 1, 2026", "as of 2026-01-01"),
        ("through the end of February 2024", "until 2024-02-29"),
        ("before July 2025", "before 2025-07-01"),
        ("it must not be billed", "it may not be billed"),
        ("it is not separately reportable with it", "it is included in it"),
        ("it is not billed if no form is signed", "it is only billed if form is signed"),
        ("it is not paid except when it heals", "it is only paid if it heals"),
        ("Without a form, it is not paid", "it is only paid with a form"),
        ("it remains the same", "it do not change"),
        ("a single test", "one test"),
        ("Under the Humana policy, it is paid", "under Humana, it is paid"),
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
        ("the first one", "the first 1"),
        ("3 weeks", "3 months"),
        ("until December 2025", "before December 2025"),
        ("it need not be billed", "it may not be billed"),
        ("on 13/45/2026", "on 2026-01-13"),
    ],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert figured(one) != figured(other)
