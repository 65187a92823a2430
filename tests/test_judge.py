"""What an answer is worth beside its record."""

from typing import Any

import pytest

from evals.judge import codes_in, declines, holds, judge, same, worked_out
from evals.records import Place, Record, read

QUOTE = "11001 · work RVU 0.30 · non-facility PE RVU 0.48 · malpractice RVU 0.03 · conversion factor 32.3465"


def record(**expected: Any) -> Record:
    return Record("one", "fees", "What does Medicare pay for 11001?", **expected)


def answer(text: str, **more: Any) -> dict[str, Any]:
    cited = {"number": 1, "quote": QUOTE, "title": "Fee schedule", "locator": "row 11001", "page": None, "source_file": "fees.csv"}
    held = {"answer": text, "status": "answered", "intent": "fee", "standalone": "", "date_of_service": "2025-11-03", "codes": []}
    lines = [{"text": line.partition(" [")[0], "citations": [1], "verdict": "supported"} for line in text.splitlines()]
    return held | {"citations": [cited], "statements": lines, "elapsed_ms": {"total": 12.0}} | more


def knows(code: str) -> bool:
    return code == "99213"


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({"codes": ("11001",)}, ()),
        ({"codes": ("11042",)}, ("lacks code 11042",)),
        ({"facts": (r"work RVU is 0\.30",)}, ()),
        ({"facts": ("0.31",)}, ("lacks '0.31'",)),
        ({"forbidden": ("WORK RVU",)}, ("says 'WORK RVU'",)),
        ({"status": ("declined", "partial")}, ("status answered",)),
        ({"gold": ("11001", "11002")}, ()),
        ({"gold": ("11002",)}, ("lacks any of 11002",)),
    ],
)
def test_an_answer_is_right_where_it_holds_what_is_expected(expected: dict[str, Any], wrong: tuple[str, ...]) -> None:
    found = judge(record(**expected), answer("**11001: the work RVU is 0.30** [1]"), knows)
    assert found.wrong == wrong
    assert found.right == (not wrong)


@pytest.mark.parametrize(
    ("gold", "code", "alike"),
    [
        ("S93.401", "S93.401A", True),
        ("S02.2XXA", "S02.2XXD", True),
        ("O32.1XX0", "O32.1", True),
        ("E11.65", "E11.6", False),
        ("E11.3292", "E11.3291", False),  # there it tells the side
        ("J1885", "J1885", True),
        ("J1885", "J1886", False),
    ],
)
def test_a_seventh_character_does_not_count(gold: str, code: str, alike: bool) -> None:
    assert same(gold, code) is alike


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The work RVU of 11001 is 0.30", True),
        ("The work RVU of 11001 is 0.31", False),  # another figure
        ("The work RVU of 11042 is 0.30", False),  # another code
        ("Oxygen therapy at home needs hypoxemia", False),  # other words
    ],
)
def test_a_sentence_is_held_by_its_citation_or_not(text: str, held: bool) -> None:
    assert holds(text, QUOTE, "") is held
    assert judge(record(), answer(f"{text} [1]"), knows).backed == (held,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(0.30 + 0.48 + 0.03) × 32.3465 = $26.20", {"26.2"}),
        ("(0.30 + 0.48 + 0.03) × 32.3465 = $27.20", set()),  # does not come out
        ("(0.30 + 0.48 + 0.04) × 32.3465 = $26.52", set()),  # a figure that is not cited
    ],
)
def test_a_sum_counts_where_it_comes_out_of_cited_figures(text: str, found: set[str]) -> None:
    assert worked_out([(text, QUOTE)]) == found


def test_a_sentence_without_a_mark_is_not_backed_and_what_the_assistant_says_of_itself_is_none() -> None:
    made = answer("My sources do not answer this.\n- The work RVU is 0.30")
    made["statements"] = [{"text": "The work RVU is 0.30", "citations": [], "verdict": "unsupported"}]
    assert judge(record(), made, knows).backed == (False,)


@pytest.mark.parametrize(
    ("place", "right"),
    [
        (Place("fees.csv"), True),
        (Place("fees.csv", locator="row 11001"), True),
        (Place("fees.csv", locator="row 2"), False),
        (Place("fees.csv", pages=(3,)), False),
        (Place("other.csv"), False),
    ],
)
def test_the_right_place_is_cited(place: Place, right: bool) -> None:
    assert judge(record(cite=(place,)), answer("0.30 [1]"), knows).cited_right is right


def test_a_code_is_invented_where_no_citation_no_question_and_no_catalog_has_it() -> None:
    made = answer("11001 with 99213, 00007 and E99.99 [1]")
    assert judge(record(), made, knows).invented == ("00007", "E99.99")


def test_an_error_is_wrong() -> None:
    found = judge(record(cite=(Place("fees.csv"),)), {"id": "one", "error": "nothing came"}, knows)
    assert (found.right, found.cited_right, found.backed) == (False, False, ())


def test_declining_is_precise_where_it_was_due_and_complete_where_nothing_due_was_answered() -> None:
    due, either, not_due = record(status=("declined",)), record(status=("declined", "answered")), record()
    asked = [due, due, either, not_due]
    said = [{"status": status} for status in ("declined", "answered", "declined", "declined")]
    assert declines(asked, said) == ((2, 3), (1, 2))


@pytest.mark.parametrize(("text", "found"), [("E11.65, J1885 and 0054T cost $12345 or 1,234", {"E11.65", "J1885", "0054T"})])
def test_codes_by_their_form(text: str, found: set[str]) -> None:
    assert codes_in(text) == found


def test_a_record_is_read_from_its_line() -> None:
    line = '{"id":"a","category":"dialogue","question":"and 22?","history":[{"role":"user","content":"POS 11?"}],"facts":["x"]}'
    found = read(line)
    assert found.asked == {"id": "a", "question": "and 22?", "history": [{"role": "user", "content": "POS 11?"}]}
    assert (found.facts, found.status, found.half in ("dev", "test")) == (("x",), ("answered",), True)
