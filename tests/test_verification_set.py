"""The statements that verification is judged by are well formed, and its errors stay where they were measured."""

from collections import Counter
from pathlib import Path

import pytest

from evals import report
from evals.verification import TRUE, Claim, judged, load, rates

PASSAGES, CLAIMS = load()
ACCEPTED_AT_MOST = {"reporting": 0.02, "choosing": 0.012}  # of false statements; 0.010 and 0.006 were measured
REJECTED_AT_MOST = {"reporting": 0.09, "choosing": 0.23}  # of true ones; 0.079 and 0.215 were measured
OURS = (
    Path(__file__).with_name("data") / "statements.txt"
)  # made up beside the rules, about the same passages: passage|true or false|statement


def test_there_are_at_least_300_of_each_over_60_passages_and_both_in_each_half() -> None:
    held = Counter((claim.half, claim.kind == TRUE) for claim in CLAIMS)
    assert len(PASSAGES) >= 60
    assert sum(n for (_, true), n in held.items() if true) >= 300
    assert sum(n for (_, true), n in held.items() if not true) >= 300
    assert min(held.values()) >= 150
    assert len(held) == 4


def test_every_statement_has_an_id_of_its_own_and_says_something_once_about_a_passage() -> None:
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)
    assert len({(claim.cites, claim.text) for claim in CLAIMS}) == len(CLAIMS)


def test_every_passage_cited_exists_and_has_true_and_false_statements() -> None:
    assert {name for claim in CLAIMS for name in claim.cites} == set(PASSAGES)
    for true in (True, False):
        assert {name for claim in CLAIMS for name in claim.cites if (claim.kind == TRUE) is true} == set(PASSAGES)


def test_a_neighbour_cited_is_another_passage_of_the_same_document() -> None:
    homes = {claim.text: claim.cites[0] for claim in CLAIMS if claim.kind == TRUE and len(claim.cites) == 1}
    for claim in CLAIMS:
        if claim.kind == "neighbour cited":
            home, cited = homes[claim.text], claim.cites[0]
            assert home != cited
            assert PASSAGES[home].document == PASSAGES[cited].document


@pytest.mark.parametrize("half", ["reporting", "choosing"])
def test_verification_lets_no_more_through_and_stops_no_more_than_was_measured(half: str) -> None:
    found = rates(judged(claim for claim in CLAIMS if claim.half == half))
    assert found["false accepts"].value <= ACCEPTED_AT_MOST[half]
    assert found["false rejects"].value <= REJECTED_AT_MOST[half]


def test_the_statements_the_rules_were_written_with_are_judged_as_well_as_they_were() -> None:
    rows = [line.split("|") for line in OURS.read_text(encoding="utf-8").splitlines()]
    found = rates(
        judged(Claim(f"ours-{at}", (name,), TRUE if kind == "true" else kind, text) for at, (name, kind, text) in enumerate(rows))
    )
    assert found["false accepts"].value <= 0.01
    assert found["false rejects"].value <= 0.12


@pytest.mark.parametrize(("threshold", "taken"), [(0.0, 1), (1.0, 0)])
def test_the_threshold_asked_for_is_the_one_applied(threshold: float, taken: int) -> None:
    claim = next(claim for claim in CLAIMS if claim.text == "A pair that has been deleted has indicator 9.")
    worded = Claim(claim.id, claim.cites, TRUE, "A scrubbed pair shows indicator 9.")
    assert sum(judged([worded], threshold).values()) == taken


def test_what_is_written_replaces_what_stood_between_the_marks_and_nothing_else() -> None:
    page = "a\n<!-- figures -->\nold\n<!-- end -->\nb\n<!-- verification -->\nold\n<!-- end -->\nc\n"
    put = report.put(page, "new", "verification")
    assert put == "a\n<!-- figures -->\nold\n<!-- end -->\nb\n<!-- verification -->\n\nnew\n\n<!-- end -->\nc\n"
