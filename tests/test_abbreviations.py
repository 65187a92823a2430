"""Abbreviations are written out whole, in any case, and nothing else is touched."""

import pytest

from assistant.abbreviations import WRITTEN, written_out


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("COPD", "chronic obstructive pulmonary disease"),
        ("copd with UTI", "chronic obstructive pulmonary disease with urinary tract infection"),
        ("NSTEMI", "non-ST elevation myocardial infarction"),
        ("T2DM and CKD", "type 2 diabetes mellitus and chronic kidney disease"),
        ("administration of a drug", "administration of a drug"),
        ("", ""),
    ],
)
def test_abbreviations_are_written_out(text: str, written: str) -> None:
    assert written_out(text) == written


def test_writing_out_twice_changes_nothing() -> None:
    for short in WRITTEN:
        assert written_out(written_out(short)) == written_out(short)
