"""A sentence is cut into what is said of one subject each; a piece that leaves its subject or its verb out has it from the piece before."""

import pytest

from assistant.clauses import clauses


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("Modifier 26 marks the one part and TC the other.", ["Modifier 26 marks the one part", "TC the other."]),
        ("Code 70001 is an add-on and is paid only with 70002.", ["Code 70001 is an add-on", "Code 70001 is paid only with 70002."]),
        ("The lamp is paid by Part D, not Part B.", ["The lamp is paid by Part D", "not Part B."]),
        ("The codes are 70001, 70002 and 70003.", ["The codes are 70001, 70002 and 70003."]),
        ("Start and stop times must be written.", ["Start and stop times must be written."]),
        ("Modifier KX is used with insulin and KS without.", ["Modifier KX is used with insulin", "KS without insulin."]),
        (
            "A visit is included unless it is separate; then modifier 25 is appended.",
            ["A visit is included unless it is separate", "if it is separate, modifier 25 is appended."],
        ),
        (
            "The service in an emergency is A0001; without an emergency it is A0002.",
            ["The service in an emergency is A0001", "without an emergency The service is A0002."],
        ),
        ("The note must carry a date and be signed.", ["The note must carry a date", "The note must be signed."]),
        ("The lamp is paid when it is lit and the form is signed.", ["The lamp is paid when it is lit and the form is signed."]),
        ("Because the lamp is lit, it is paid.", ["the lamp is lit", "the lamp is paid."]),
        (
            "If the test is done and the form is signed, report 70001.",
            ["If the test is done and the form is signed, report 70001."],
        ),
    ],
)
def test_each_clause_has_its_own_subject_verb_and_codes(sentence: str, pieces: list[str]) -> None:
    assert [clause.text for clause in clauses(sentence)] == pieces


def test_a_pronoun_is_what_the_sentence_before_speaks_of() -> None:
    (clause,) = clauses("It is not covered for snoring.", "The appliance is covered at night.")
    assert clause.text == "The appliance is not covered for snoring."
    assert clause.points


def test_a_clause_with_its_own_subject_points_nowhere() -> None:
    (clause,) = clauses("The lamp is rented.", "The appliance is covered at night.")
    assert clause.text == "The lamp is rented."
    assert not clause.points
