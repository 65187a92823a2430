"""The starter documents say only what the public tables say, in our own words."""

import pytest
import starter_facts

DOCUMENTS = sorted(starter_facts.STARTER.glob("*.md"))


def test_there_are_at_least_ninety() -> None:
    assert len(DOCUMENTS) >= 90


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_facts_codes_dates_and_wording(path) -> None:
    assert starter_facts.complaints(path) == []
