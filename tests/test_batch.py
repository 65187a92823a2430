"""A file of questions becomes a file of answers, a line for a line, whatever the lines hold."""

import json
import os
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import STARTER_LIKE, open_library, write_corpus
from fakes import BagEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from typer.testing import CliRunner

from assistant import batch, chat, cli
from corpus import ingest
from corpus.readers.prose import read_starter
from index import encoders
from index.library import Library

SCHEMA = json.loads((Path(__file__).parent / "data" / "answer.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
GOOD = {"question": "what is CPT 90001?"}
Line = bytes | str | dict[str, Any]
Answered = Callable[..., list[dict[str, Any]]]


def encoded(line: Line) -> bytes:
    return line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()


def ran(library: Library, folder: Path, content: bytes) -> tuple[int, list[dict[str, Any]]]:
    """What a file of these bytes is answered with: the lines that failed, and every line written."""
    (folder / "questions").write_bytes(content)
    failed = batch.run(folder / "questions", folder / "answers", library)
    written = (folder / "answers").read_text(encoding="utf-8")
    assert written == "" or written.endswith("\n")
    return failed, [json.loads(line) for line in written.split("\n")[:-1]]


@pytest.fixture
def answered(small_library: Library, tmp_path: Path) -> Answered:
    """Answer some lines; as many come back, each whole, and the count of failed lines is that of the errors."""

    def run(*lines: Line) -> list[dict[str, Any]]:
        failed, written = ran(small_library, tmp_path, b"".join(encoded(line) + b"\n" for line in lines))
        assert len(written) == len(lines)
        assert failed == sum("error" in row for row in written)
        for row in written:
            if "error" not in row:
                VALID.validate(row)
        return written

    return run


@pytest.fixture
def run_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`codecite batch` over a home that is prepared with one starter document of our own."""
    (tmp_path / "starter").mkdir()
    (tmp_path / "starter" / "cpt-90001.md").write_text(STARTER_LIKE, encoding="utf-8")
    library = Library(tmp_path / "home", "none")
    library.catalog.put(ingest.finished(read_starter(tmp_path / "starter"), "starter", library.catalog.knows_fast, "0"))
    monkeypatch.setenv("CODECITE_HOME", str(tmp_path / "home"))
    return lambda *paths: CliRunner().invoke(cli.app, ["batch", *map(str, paths)])


def timeless(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "elapsed_ms"}


def sources_of(row: dict[str, Any]) -> set[str]:
    return {citation["title"] for citation in row["citations"]}


def test_answers_keep_the_order_and_the_ids_of_the_questions(answered: Answered) -> None:
    codes = ["90001", "J9901", "A11.0", "90009", "A12", "J9902", "98765"] * 5
    rows = answered(*({"id": at, "question": f"what is {code}?"} for at, code in enumerate(codes)))
    assert [row["id"] for row in rows] == list(range(len(codes)))
    assert [row["question"] for row in rows] == [f"what is {code}?" for code in codes]


@pytest.mark.parametrize("name", [0, -1, 10**30, "", "00012", " a b ", 'q"1\n', "é\u2028😀", "1e3"])
def test_an_id_comes_back_as_it_was(name: object, answered: Answered) -> None:
    (row,) = answered(GOOD | {"id": name})
    assert row["id"] == name
    assert type(row["id"]) is type(name)


def test_a_question_without_an_id_gets_none(answered: Answered) -> None:
    assert "id" not in answered(GOOD)[0]


@pytest.mark.parametrize("name", [None, True, 1.5, [], {}, ["a"]])
def test_an_id_of_no_known_form_never_breaks_the_contract(name: object, answered: Answered) -> None:
    first, second = answered(GOOD | {"id": name}, GOOD | {"id": 2})
    assert "error" in first or VALID.is_valid(first)
    assert second["id"] == 2


def test_an_answer_is_the_one_a_person_gets(answered: Answered, small_library: Library) -> None:
    (row,) = answered(GOOD | {"date_of_service": "2015-06-01", "payer": "Aetna"})
    asked = chat.ask(GOOD["question"], small_library, on=date(2015, 6, 1), payer="Aetna")
    assert timeless(row) == timeless(json.loads(json.dumps(asked.as_json())))


def test_the_same_line_is_answered_the_same(answered: Answered) -> None:
    first, _, last = answered(GOOD, {"question": "Is 90009 valid?"}, GOOD)
    assert timeless(first) == timeless(last)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("not json", "JSON"),
        ("{", "JSON"),
        ('{"question": "what is CPT 90001?"', "JSON"),
        ('{"question": "what is CPT 90001?"} and more', "JSON"),
        ("{'question': 'what is CPT 90001?'}", "JSON"),
        ("[" * 100_000, ""),
        ("9" * 10_000, ""),
        ("[]", "question"),
        ('["what is CPT 90001?"]', "question"),
        ('"what is CPT 90001?"', "question"),
        ("null", "question"),
        ("7", "question"),
        ({}, "question"),
        ({"Question": "what is CPT 90001?"}, "question"),
        ({"question": None}, "question"),
        ({"question": 90001}, "question"),
        ({"question": ["what is CPT 90001?"]}, "question"),
        (GOOD | {"date_of_service": "2026-02-30"}, "date_of_service"),
        (GOOD | {"date_of_service": "31.01.2026"}, "date_of_service"),
        (GOOD | {"date_of_service": "soon"}, "date_of_service"),
        (GOOD | {"date_of_service": 20260131}, "date_of_service"),
        (GOOD | {"date_of_service": ["2026-01-31"]}, "date_of_service"),
        (GOOD | {"date_of_service": False}, "date_of_service"),
        (GOOD | {"history": "what is CPT 90001?"}, "history"),
        (GOOD | {"history": {}}, "history"),
        (GOOD | {"history": ["what is CPT 90001?"]}, "history"),
        (GOOD | {"history": [{"role": "user"}]}, "history"),
        (GOOD | {"history": [{"content": "what is CPT 90001?"}]}, "history"),
        (GOOD | {"payer": 7}, "payer"),
        (GOOD | {"payer": ["Aetna", "Cigna"]}, "payer"),
        (GOOD | {"state": ["TX"]}, "state"),
        (GOOD | {"setting": 7}, "setting"),
        (GOOD | {"history": [{"role": "user", "content": 7}]}, "content"),
    ],
    ids=lambda value: (value if isinstance(value, str) else json.dumps(value))[:60],
)
def test_a_line_that_cannot_be_read_is_an_error_that_says_why_and_the_run_goes_on(line: Line, names: str, answered: Answered) -> None:
    before, wrong, after = answered(GOOD | {"id": 1}, line, GOOD | {"id": 3})
    assert set(wrong) == {"error"}
    assert names in wrong["error"]
    assert len(wrong["error"].splitlines()) == 1
    assert (before["id"], before["status"], after["id"], after["status"]) == (1, "answered", 3, "answered")


@pytest.mark.parametrize("line", [{}, {"question": None}, GOOD | {"date_of_service": "soon"}, GOOD | {"history": 1}])
def test_an_error_keeps_the_id_of_its_line(line: dict[str, Any], answered: Answered) -> None:
    (row,) = answered(line | {"id": "q7"})
    assert (row["id"], "error" in row) == ("q7", True)


@pytest.mark.parametrize(
    "line",
    [
        b'{"question": "what is CPT 90001, caf\xe9?"}',
        b'{"id": "caf\xe9", "question": "what is CPT 90001?"}',
        b'{"question": "what is CPT 90001?", "payer": "\xff\xfe"}',
        b"\xff\xfe{\x00}\x00",
    ],
    ids=["question", "id", "payer", "UTF-16"],
)
def test_bytes_that_are_not_utf8_are_never_guessed_at(line: bytes, answered: Answered) -> None:
    before, wrong, after = answered(GOOD | {"id": 1}, line, GOOD | {"id": 3})
    assert "error" in wrong
    assert (before["status"], after["status"]) == ("answered", "answered")


@pytest.mark.parametrize("line", [{"question": "\ud800"}, {"question": "what is CPT 90001 \udcff?"}, GOOD | {"id": "\ud800"}])
def test_half_a_character_ends_no_run(line: dict[str, Any], answered: Answered) -> None:
    rows = answered(GOOD | {"id": 1}, line, GOOD | {"id": 3})
    assert (rows[0]["status"], rows[2]["status"]) == ("answered", "answered")


@pytest.mark.parametrize(
    ("question", "status", "intent"),
    [
        ("", "declined", "unreadable"),
        (" \t ", "declined", "unreadable"),
        ("\x00\x1b", "declined", "unreadable"),
        ("word " * 1000, "declined", "unreadable"),
        ("hello", "answered", "smalltalk"),
        ("what is CPT 98765?", "declined", "definition"),
        ("<script>alert(1)</script>", "declined", None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_refusal_is_an_answer_and_no_error(question: str, status: str, intent: str | None, answered: Answered) -> None:
    (row,) = answered({"question": question})
    assert row["status"] == status
    assert intent in (None, row["intent"])
    assert row["citations"] == []


def test_a_follow_up_is_read_in_its_history(answered: Answered) -> None:
    turns = [{"role": "user", "content": "what is CPT 90001?"}, {"role": "assistant", "content": "**A vaccine.** [1]"}]
    asked = {"question": "and its administration code?"}
    with_history, without = answered(asked | {"history": turns}, asked)
    assert "90001" in with_history["standalone"]
    assert with_history["question"] == asked["question"]
    assert {"system": "CPT", "code": "90001"} in with_history["codes"]
    assert "90002" in with_history["answer"]
    assert without["standalone"] == asked["question"]


def test_no_line_hears_of_the_line_before(answered: Answered) -> None:
    _, follow_up = answered(GOOD, {"question": "and its administration code?"})
    assert "90001" not in follow_up["standalone"]


@pytest.mark.parametrize("history", [None, []])
def test_an_empty_history_is_none(history: object, answered: Answered) -> None:
    with_none, without = answered(GOOD | {"history": history}, GOOD)
    assert timeless(with_none) == timeless(without)


@pytest.mark.parametrize(
    ("day", "warned"),
    [("2001-01-01", False), ("2010-12-31", False), ("2011-01-01", True), ("2000-12-31", True)],
)
def test_the_date_of_service_decides_what_is_in_force(day: str, warned: bool, answered: Answered) -> None:
    (row,) = answered({"question": "what is CPT 90009?", "date_of_service": day})
    assert row["date_of_service"] == day
    assert ("deleted_code" in {warning["kind"] for warning in row["warnings"]}) == warned


@pytest.mark.parametrize("day", [None, ""])
def test_no_date_means_today(day: object, answered: Answered) -> None:
    before = date.today()
    (row,) = answered(GOOD | {"date_of_service": day})
    assert date.fromisoformat(row["date_of_service"]) - before <= timedelta(days=1)


@pytest.mark.parametrize("payer", ["Medicare", "Cigna", "Some Local Plan"])
def test_one_payers_policy_never_answers_for_another(payer: str, answered: Answered) -> None:
    asked = {"question": "is the test fever vaccine covered for travellers?"}
    own, other = answered(asked | {"payer": "Aetna"}, asked | {"payer": payer})
    assert "Acme policy on test fever vaccine" in sources_of(own)
    assert "Acme policy on test fever vaccine" not in sources_of(other)


def test_every_key_of_the_contract_is_taken_and_others_are_passed_over(answered: Answered) -> None:
    every = {"id": 1, "history": [], "date_of_service": "2026-01-31", "payer": "Aetna", "state": "TX", "setting": "outpatient"}
    (row,) = answered(GOOD | every | {"weight": [1, 2], "note": None})
    assert row["status"] == "answered"


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n \t\n\n"])
def test_a_file_without_questions_is_answered_with_an_empty_file(content: bytes, small_library: Library, tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("old", encoding="utf-8")
    assert ran(small_library, tmp_path, content) == (0, [])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n \n"])
def test_lines_may_end_as_they_like_and_the_last_need_not(end: bytes, small_library: Library, tmp_path: Path) -> None:
    lines = [encoded(GOOD | {"id": at}) for at in range(3)]
    failed, rows = ran(small_library, tmp_path, end.join(lines))
    assert (failed, [row["id"] for row in rows]) == (0, [0, 1, 2])


def test_a_byte_order_mark_is_no_part_of_the_first_question(small_library: Library, tmp_path: Path) -> None:
    failed, rows = ran(small_library, tmp_path, b"\xef\xbb\xbf" + encoded(GOOD))
    assert (failed, rows[0].get("status")) == (0, "answered")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("id", "question", "history", "date_of_service", "payer", "state", "setting")
ASKED = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(ASKED | ASKED.map(lambda asked: asked | {"question": "Is 90009 valid?"}) | JSON, max_size=4))
def test_whatever_the_lines_hold_each_becomes_an_answer_or_an_error(
    lines: list[Any], small_library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    failed, rows = ran(small_library, tmp_path_factory.mktemp("any"), content)
    assert len(rows) == len(lines)
    assert failed == sum("error" in row for row in rows)
    assert all("error" in row or VALID.is_valid(row) for row in rows)


def test_the_models_are_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = open_library(tmp_path / "home", monkeypatch)
    (tmp_path / "in").mkdir()
    for path in write_corpus(tmp_path / "in"):
        library.add(path)
    list(library.fill())
    loads: list[str] = []
    monkeypatch.setattr(encoders, "load", lambda name, cache: loads.append(name) or BagEncoder())
    asked = {"question": "which is sequenced first, test fever or laboratory fatigue?"}
    failed, rows = ran(Library(library.home, "bag-of-words"), tmp_path, b"".join(encoded(asked) + b"\n" for _ in range(4)))
    assert (failed, len(rows), loads) == (0, 4, ["bag-of-words"])


def test_an_answer_is_written_before_the_next_question_is_read(small_library: Library, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "questions")
    answers = tmp_path / "answers"
    answers.touch()
    seen: list[int] = []

    def ask() -> None:
        with (tmp_path / "questions").open("wb", buffering=0) as pipe:
            for number in (1, 2, 3):
                pipe.write(encoded(GOOD) + b"\n")
                until = time.monotonic() + 5
                while answers.read_bytes().count(b"\n") < number and time.monotonic() < until:
                    time.sleep(0.01)
                seen.append(answers.read_bytes().count(b"\n"))

    asking = threading.Thread(target=ask)
    asking.start()
    batch.run(tmp_path / "questions", answers, small_library)
    asking.join()
    assert seen == [1, 2, 3]


def test_the_exit_status_is_zero_where_every_line_was_answered(run_cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "questions").write_bytes(encoded(GOOD) + b"\n" + encoded({"question": "what is CPT 98765?"}))
    ended = run_cli(tmp_path / "questions", tmp_path / "answers")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, "", "")


def test_the_exit_status_is_one_and_the_count_is_said_where_lines_were_not(run_cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "questions").write_bytes(b"\n".join([b"{", encoded(GOOD), b"{"]))
    ended = run_cli(tmp_path / "questions", tmp_path / "answers")
    assert ended.exit_code == 1
    (said,) = ended.stderr.splitlines()
    assert "2 line" in said
    assert (tmp_path / "answers").read_bytes().count(b"\n") == 3


def test_questions_that_are_not_there_are_named_and_old_answers_stay(run_cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("old", encoding="utf-8")
    ended = run_cli(tmp_path / "none.jsonl", tmp_path / "answers")
    assert ended.exit_code == 2
    (said,) = ended.stderr.splitlines()
    assert str(tmp_path / "none.jsonl") in said
    assert (tmp_path / "answers").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("answers", ["no/such/folder/answers", ".", "questions/answers"])
def test_a_place_for_answers_that_cannot_be_written_is_the_one_named(answers: str, run_cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "questions").write_bytes(encoded(GOOD))
    ended = run_cli(tmp_path / "questions", tmp_path / answers)
    assert ended.exit_code in (1, 2)
    (said,) = ended.stderr.splitlines()
    assert str(tmp_path / answers) in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_told_as_the_answers_own(run_cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "questions").write_bytes(encoded(GOOD))
    ended = run_cli(tmp_path / "questions", "/dev/full")
    assert ended.exit_code == 1
    (said,) = ended.stderr.splitlines()
    assert "space" in said
    assert "/dev/full" in said


def test_questions_are_never_overwritten_by_their_answers(run_cli: Callable[..., Any], tmp_path: Path) -> None:
    questions = tmp_path / "questions"
    questions.write_bytes(encoded(GOOD))
    os.link(questions, tmp_path / "same")
    for answers in (questions, tmp_path / "same"):
        ended = run_cli(questions, answers)
        assert ended.exit_code in (1, 2)
        assert len(ended.stderr.splitlines()) == 1
        assert questions.read_bytes() == encoded(GOOD)
