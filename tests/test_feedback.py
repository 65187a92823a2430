"""Opinions are kept a line each, whole, whoever writes beside."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.feedback import Feedback

ROOT = Path(__file__).parents[1]
LONG = "word " * 20_000  # more than any buffer holds
WRITER = """
import sys
from pathlib import Path
from assistant.web.feedback import Feedback
feedback = Feedback(Path(sys.argv[1]))
for at in range(20):
    feedback.keep(f"{sys.argv[2]}-{at}", "word " * 20_000, True)
"""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("liked", "good"),
    [(True, True), (False, False), ("Like", True), ("like", True), ("Dislike", False), ("wrong code", False), ("", False)],
)
def test_only_a_like_counts_as_one(liked: bool | str, good: bool, tmp_path: Path) -> None:
    Feedback(tmp_path / "kept").keep("question", "answer", liked)
    assert [row["liked"] for row in rows(tmp_path / "kept")] == [good]


def test_a_row_says_when_what_was_asked_and_what_was_answered(tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    Feedback(tmp_path / "kept").keep("is 90001 valid?", "**Yes.** [1]", True)
    (row,) = rows(tmp_path / "kept")
    assert set(row) == {"at", "liked", "question", "answer"}
    assert (row["question"], row["answer"]) == ("is 90001 valid?", "**Yes.** [1]")
    assert before <= datetime.fromisoformat(row["at"]) <= datetime.now(UTC)


def test_opinions_are_added_to_those_of_earlier_runs(tmp_path: Path) -> None:
    for question in ("first", "second", "third"):
        Feedback(tmp_path / "kept").keep(question, "answer", True)
    assert [row["question"] for row in rows(tmp_path / "kept")] == ["first", "second", "third"]


@given(question=st.text(st.characters(exclude_categories=["Cs"])), answer=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_one_line_and_comes_back_as_it_was(question: str, answer: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "kept"
    Feedback(path).keep(question, answer, False)
    assert path.read_bytes().count(b"\n") == 1
    row = json.loads(path.read_text(encoding="utf-8"))
    assert (row["question"], row["answer"]) == (question, answer)


@pytest.mark.parametrize("shared", [True, False], ids=["one object", "an object each"])
def test_concurrent_threads_keep_every_line_whole(shared: bool, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    one = Feedback(path)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda at: (one if shared else Feedback(path)).keep(str(at), LONG, at % 2 == 0), range(200)))
    kept = {row["question"]: row for row in rows(path)}
    assert set(kept) == {str(at) for at in range(200)}
    assert all(row["answer"] == LONG and row["liked"] == (int(at) % 2 == 0) for at, row in kept.items())


def test_concurrent_processes_keep_every_line_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(name)], cwd=ROOT) for name in range(4)]
    assert [writer.wait(30) for writer in writers] == [0] * 4
    assert sorted(row["question"] for row in rows(path)) == sorted(f"{name}-{at}" for name in range(4) for at in range(20))
