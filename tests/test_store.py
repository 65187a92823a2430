"""What is kept is kept whole, given to its owner alone, and there after a kill; the same on SQLite and on PostgreSQL."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import select, text

from assistant.answer import Answer
from assistant.chat import ask
from assistant.records import Record, recorded
from assistant.store import LOCAL, Missing, Preferences, Store, StoreError
from assistant.store.database import Database
from assistant.store.tables import Base, ConversationRow, JudgementRow, MarkRow, RecordRow, TurnRow, UserRow
from index.library import Library

ROOT = Path(__file__).parents[1]
STORED = ROOT / "tests" / "data" / "stored_answer.json"
KILLED = """
import os, signal, sys
from pathlib import Path
from assistant.store import Store
store = Store.open(Path(sys.argv[1]), sys.argv[2])
turn = store.conversations.ask("local", "what is 90001?")
store.conversations.written("local", turn.id, "**The first line.** [1]\\n")
os.kill(os.getpid(), signal.SIGKILL)
"""
OPENED = """
import sys
from pathlib import Path
from assistant.store import Store
store = Store.open(Path(sys.argv[1]), sys.argv[2])
for at in range(10):
    store.conversations.ask("local", f"{sys.argv[3]}-{at}")
    store.marks.saw("local", "CPT", f"9000{at}")
"""


@pytest.fixture(scope="module")
def answer(small_library: Library) -> Answer:
    found = ask("what is CPT 90001?", small_library)
    assert found.citations
    return found


@pytest.fixture(scope="module")
def record(small_library: Library, answer: Answer) -> Record:
    return recorded(answer, small_library)


@pytest.fixture
def ann(store: Store) -> str:
    return store.people.add("ann").id


@pytest.fixture
def bob(store: Store) -> str:
    return store.people.add("bob").id


def titles(store: Store, user: str, search: str = "") -> list[str]:
    return [conversation.title for conversation in store.conversations.listed(user, search)]


def test_the_steps_make_the_tables_that_are_mapped(home: Path, database: str) -> None:
    Store.open(home, database).close()
    again = Database(database or f"sqlite:///{home / 'store.sqlite'}")
    with again.reading() as session:
        assert compare_metadata(MigrationContext.configure(session.connection(), opts={"compare_type": True}), Base.metadata) == []
        assert {row.name for row in session.scalars(select(UserRow))} == {"local"}
    again.close()


def test_an_answer_comes_back_whole_after_a_restart(home: Path, database: str, answer: Answer, record: Record) -> None:
    first = Store.open(home, database)
    turn = first.conversations.ask(LOCAL, "what is CPT 90001?", given={"payer": "Medicare", "on": answer.question.on, "state": None})
    assert turn.state == "asked"
    first.conversations.answered(LOCAL, turn.id, answer, record)
    first.close()
    again = Store.open(home, database)
    (conversation,) = again.conversations.listed(LOCAL)
    (kept,) = again.conversations.page(LOCAL, conversation.id).exchanges
    assert kept.answer == answer
    assert (kept.state, kept.text, kept.question) == ("answered", answer.text, "what is CPT 90001?")
    assert kept.given == {"payer": "Medicare", "on": answer.question.on.isoformat()}
    assert kept.record_id
    assert timedelta() <= datetime.now(UTC) - kept.asked < timedelta(minutes=1)
    again.close()


def test_an_answer_that_an_earlier_version_kept_can_be_read() -> None:
    kept = TypeAdapter(Answer).validate_json(STORED.read_bytes())
    assert (kept.status, kept.citations[0].evidence.source.kind, kept.question.on.year) == ("answered", "markdown", 2026)


def test_killed_in_the_middle_of_an_answer_what_was_written_before_is_there(home: Path, database: str) -> None:
    store = Store.open(home, database)
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), database], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    store.close()
    store = Store.open(home, database)
    (conversation,) = store.conversations.listed(LOCAL)
    (turn,) = store.conversations.page(LOCAL, conversation.id).exchanges
    assert (turn.question, turn.state, turn.text, turn.answer) == ("what is 90001?", "broken off", "**The first line.** [1]\n", None)
    store.close()


def test_an_answer_stopped_or_failed_says_so_with_what_stood(store: Store) -> None:
    turn = store.conversations.ask(LOCAL, "what is 90001?")
    assert store.conversations.exchange(LOCAL, turn.id).state == "asked"
    store.conversations.broke_off(LOCAL, turn.id, "Half a")
    kept = store.conversations.exchange(LOCAL, turn.id)
    assert (kept.state, kept.text) == ("broken off", "Half a")


def test_processes_that_open_and_write_at_once_lose_nothing(home: Path, database: str) -> None:
    command = [sys.executable, "-c", OPENED, str(home), database]
    writers = [subprocess.Popen([*command, str(name)], cwd=ROOT) for name in range(2)]
    assert [writer.wait(60) for writer in writers] == [0] * 2
    store = Store.open(home, database)
    assert sorted(titles(store, LOCAL)) == sorted(f"{name}-{at}" for name in range(2) for at in range(10))
    assert len(store.marks.recent(LOCAL)) == 10
    store.close()


def test_threads_that_ask_in_one_conversation_take_a_position_each(store: Store) -> None:
    first = store.conversations.ask(LOCAL, "first")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: store.conversations.ask(LOCAL, f"question {at}", first.conversation_id), range(24)))
    assert [turn.position for turn in store.conversations.whole(LOCAL, first.conversation_id)] == list(range(1, 26))


def test_conversations_are_listed_last_changed_first_searched_renamed_and_deleted(store: Store, ann: str, answer: Answer) -> None:
    old = store.conversations.ask(ann, "units of 20610 100%?")
    new = store.conversations.ask(ann, "is 90703 valid?")
    assert titles(store, ann) == ["is 90703 valid?", "units of 20610 100%?"]
    store.conversations.answered(ann, old.id, answer)
    assert titles(store, ann) == ["units of 20610 100%?", "is 90703 valid?"]
    assert titles(store, ann, "VALID") == ["is 90703 valid?"]
    assert titles(store, ann, "made-up vaccine") == ["units of 20610 100%?"]
    assert titles(store, ann, "100%") == ["units of 20610 100%?"]
    assert titles(store, ann, "_0703") == titles(store, ann, "'; --") == []
    store.conversations.rename(ann, new.conversation_id, "  Old\x00\ntoxoid  ")
    store.conversations.rename(ann, old.conversation_id, " ")
    assert titles(store, ann) == ["units of 20610 100%?", "Old toxoid"]
    store.conversations.delete(ann, old.conversation_id)
    assert titles(store, ann) == ["Old toxoid"]
    with pytest.raises(Missing):
        store.conversations.exchange(ann, old.id)


def test_a_turn_asked_anew_takes_the_place_of_itself_and_of_what_followed(store: Store) -> None:
    first = store.conversations.ask(LOCAL, "first")
    second = store.conversations.ask(LOCAL, "second", first.conversation_id)
    store.conversations.ask(LOCAL, "third", first.conversation_id)
    store.conversations.rewind(LOCAL, second.id)
    store.conversations.ask(LOCAL, "second, better", first.conversation_id)
    kept = [(turn.position, turn.question) for turn in store.conversations.whole(LOCAL, first.conversation_id)]
    assert kept == [(1, "first"), (2, "second, better")]


def test_personal_data_never_reaches_the_disk(store: Store) -> None:
    typed = "My patient John Smith, MRN 448812, had 90001"
    turn = store.conversations.ask(LOCAL, typed)
    store.conversations.note(LOCAL, turn.id, typed)
    store.conversations.rename(LOCAL, turn.conversation_id, typed)
    store.marks.note(LOCAL, "CPT", "90001", typed)
    store.judgements.judge(LOCAL, turn.id, False, typed)
    (judged,) = store.judgements.all()
    kept = store.conversations.exchange(LOCAL, turn.id)
    texts = [kept.question, kept.note, *titles(store, LOCAL), store.marks.of(LOCAL, "CPT", "90001").note, judged.reason, judged.question]
    assert [name for name in ("Smith", "448812") for found in texts if name in found] == []
    assert all("90001" in found for found in texts)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text(st.characters(), max_size=40))
def test_any_text_can_be_kept(store: Store, words: str) -> None:
    turn = store.conversations.ask(LOCAL, f"x{words}", given={"payer": words})
    store.conversations.broke_off(LOCAL, turn.id, words)
    store.conversations.note(LOCAL, turn.id, words)
    store.people.prefer(LOCAL, Preferences(model=words))
    whole = words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    assert store.conversations.exchange(LOCAL, turn.id).text == whole
    assert store.people.preferences(LOCAL).model == whole


def test_a_conversation_of_2000_messages_opens_at_its_end_within_a_second(store: Store, answer: Answer) -> None:
    turn = store.conversations.ask(LOCAL, "first")
    store.conversations.answered(LOCAL, turn.id, answer)
    with store.judgements._database.writing() as session:
        whole = session.get(TurnRow, turn.id)
        assert whole
        same = {name: getattr(whole, name) for name in ("conversation_id", "question", "answer", "text", "ended")}
        session.add_all(TurnRow(position=at, **same) for at in range(2, 1001))
    began = time.perf_counter()
    page = store.conversations.page(LOCAL, turn.conversation_id)
    assert time.perf_counter() - began < 1
    seen = []
    while True:
        seen = [exchange.position for exchange in page.exchanges] + seen
        if page.earlier is None:
            break
        page = store.conversations.page(LOCAL, turn.conversation_id, page.earlier)
    assert seen == list(range(1, 1001))


GUESSES: dict[str, Callable[[Store, str, str, str], object]] = {
    "page": lambda store, user, chat, turn: store.conversations.page(user, chat),
    "whole": lambda store, user, chat, turn: list(store.conversations.whole(user, chat)),
    "exchange": lambda store, user, chat, turn: store.conversations.exchange(user, turn),
    "ask": lambda store, user, chat, turn: store.conversations.ask(user, "mine now", chat),
    "written": lambda store, user, chat, turn: store.conversations.written(user, turn, "mine now"),
    "broke_off": lambda store, user, chat, turn: store.conversations.broke_off(user, turn, "mine now"),
    "answered": lambda store, user, chat, turn: store.conversations.answered(user, turn, ANSWER),
    "underway": lambda store, user, chat, turn: store.conversations.underway(user, chat),
    "stop": lambda store, user, chat, turn: store.conversations.stop(user, chat),
    "rewind": lambda store, user, chat, turn: store.conversations.rewind(user, turn),
    "rename": lambda store, user, chat, turn: store.conversations.rename(user, chat, "mine now"),
    "delete": lambda store, user, chat, turn: store.conversations.delete(user, chat),
    "star": lambda store, user, chat, turn: store.conversations.star(user, turn, False),
    "note": lambda store, user, chat, turn: store.conversations.note(user, turn, "mine now"),
    "judge": lambda store, user, chat, turn: store.judgements.judge(user, turn, False),
}
ANSWER = TypeAdapter(Answer).validate_json(STORED.read_bytes())


def contents(store: Store) -> list[object]:
    with store.judgements._database.reading() as session:
        tables = (ConversationRow, TurnRow, JudgementRow, MarkRow, RecordRow)
        return [tuple(row) for table in tables for row in session.execute(select(table.__table__))]


def test_whoever_guesses_an_id_neither_sees_nor_changes_what_is_anothers(
    store: Store, ann: str, bob: str, answer: Answer, record: Record
) -> None:
    turn = store.conversations.ask(ann, "what is 90001?")
    store.conversations.answered(ann, turn.id, answer, record)
    store.conversations.star(ann, turn.id)
    store.judgements.judge(ann, turn.id, True)
    store.marks.note(ann, "CPT", "90001", "ask the payer")
    before = contents(store)
    for name, guess in GUESSES.items():
        for user in (bob, LOCAL, "", "nobody"):
            with pytest.raises(Missing):
                guess(store, user, turn.conversation_id, turn.id)
        with pytest.raises(Missing) as none:
            guess(store, bob, "none", "none")
        with pytest.raises(Missing) as others:
            guess(store, bob, turn.conversation_id, turn.id)
        assert str(none.value) == str(others.value), name
    assert contents(store) == before
    assert store.conversations.listed(bob) == store.conversations.starred(bob) == store.conversations.listed(bob, "90001") == []
    assert store.judgements.of(bob, turn.id) is None
    assert store.marks.of(bob, "CPT", "90001").note == ""
    assert store.marks.noted(bob) == store.marks.favourites(bob) == store.marks.recent(bob) == []


def test_every_function_that_takes_an_id_is_guessed_at(store: Store) -> None:
    public = {name for part in (store.conversations, store.judgements) for name in dir(part) if not name.startswith("_")}
    assert public - set(GUESSES) == {"listed", "starred", "of", "all", "questions", "read_old"}


def test_ids_cannot_be_guessed(store: Store) -> None:
    ids = {store.conversations.ask(LOCAL, "again").id for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in ids)  # none begins with "-", which a command line takes for an option


def test_stars_and_notes_are_found_again(store: Store, ann: str) -> None:
    turns = [store.conversations.ask(ann, f"question {at}") for at in range(3)]
    store.conversations.star(ann, turns[0].id)
    store.conversations.note(ann, turns[2].id, "  to the manager  ")
    assert [(turn.question, turn.starred, turn.note) for turn in store.conversations.starred(ann)] == [
        ("question 2", False, "to the manager"),
        ("question 0", True, ""),
    ]
    store.conversations.star(ann, turns[0].id, False)
    store.conversations.note(ann, turns[2].id, " ")
    assert store.conversations.starred(ann) == []


def test_favourites_notes_and_recent_codes_are_kept_by_person(store: Store, ann: str) -> None:
    for code in ("90001", "90009", "90001"):
        store.marks.saw(ann, "CPT", code)
    store.marks.favour(ann, "HCPCS", "J9901")
    store.marks.note(ann, "CPT", "90001", "only after exposure")
    assert [mark.code for mark in store.marks.recent(ann)] == ["90001", "90009"]
    assert [mark.code for mark in store.marks.favourites(ann)] == ["J9901"]
    assert [(mark.code, mark.note) for mark in store.marks.noted(ann)] == [("90001", "only after exposure")]
    store.marks.favour(ann, "HCPCS", "J9901", False)
    store.marks.forget_recent(ann)
    assert store.marks.favourites(ann) == store.marks.recent(ann) == []
    with pytest.raises(Missing):
        store.marks.saw("nobody", "CPT", "90001")


def test_a_judgement_replaces_the_one_before_and_outlives_the_conversation(store: Store, ann: str, answer: Answer) -> None:
    turn = store.conversations.ask(ann, "what is 90001?")
    store.conversations.answered(ann, turn.id, answer)
    store.judgements.judge(ann, turn.id, True)
    store.judgements.judge(ann, turn.id, False, "the date is wrong")
    store.conversations.delete(ann, turn.conversation_id)
    (judged,) = store.judgements.all()
    assert (judged.user, judged.liked, judged.reason, judged.answer) == ("ann", False, "the date is wrong", answer.text)
    (question,) = store.judgements.questions()
    assert (question["question"], question["judged"]["reason"]) == ("what is 90001?", "the date is wrong")
    assert json.dumps(question)


def test_a_judgement_can_be_taken_back(store: Store) -> None:
    turn = store.conversations.ask(LOCAL, "what is 90001?")
    store.judgements.judge(LOCAL, turn.id, True)
    store.judgements.judge(LOCAL, turn.id, None)
    assert list(store.judgements.all()) == []


def test_judgements_of_an_earlier_version_are_read_in_once(home: Path, database: str) -> None:
    home.mkdir()
    old = [
        {"at": "2026-03-01T10:00:00+00:00", "liked": True, "question": "same", "answer": "**Yes.** [1]"},
        {"at": "2026-03-01T10:00:00+00:00", "liked": True, "question": "same", "answer": "**Yes.** [1]"},
        {"at": "2026-04-01T10:00:00+00:00", "liked": False, "question": "later", "answer": ""},
    ]
    lines = [json.dumps(row) for row in old] + ["", "{half a line", "[1]", '{"at": "never"}', "[" * 100_000]
    for _ in range(2):  # the second time as after a kill between reading in and setting aside
        (home / "feedback.jsonl").write_text("\n".join(lines), encoding="utf-8")
        Store.open(home, database).close()
        assert not (home / "feedback.jsonl").exists()
    store = Store.open(home, database)
    assert [(judged.question, judged.liked) for judged in store.judgements.all()] == [("later", False), ("same", True), ("same", True)]
    store.close()


def test_a_person_removed_leaves_nothing_behind(store: Store, ann: str, bob: str, answer: Answer, record: Record) -> None:
    for user in (ann, bob):
        turn = store.conversations.ask(user, "what is 90001?")
        store.conversations.answered(user, turn.id, answer, record)
        store.judgements.judge(user, turn.id, True)
        store.marks.saw(user, "CPT", "90001")
    held = len(contents(store))
    store.people.remove("ANN")
    assert len(contents(store)) == held / 2
    assert [user.name for user in store.people.all()] == ["bob"]
    with pytest.raises(Missing):
        store.conversations.ask(ann, "still there?")


def test_preferences_are_kept_by_person_and_unknown_ones_passed_over(store: Store, ann: str, bob: str) -> None:
    chosen = Preferences(theme="dark", payer="Medicare", state="NY", systems=("CPT", "HCPCS"), model="ollama:llama3.2")
    store.people.prefer(ann, chosen)
    assert (store.people.preferences(ann), store.people.preferences(bob)) == (chosen, Preferences())
    with store.people._database.writing() as session:
        row = session.get(UserRow, ann)
        assert row
        row.preferences = row.preferences | {"of a later version": 1}
    assert store.people.preferences(ann) == chosen
    store.people.prefer(ann, replace(chosen, theme="light"))
    assert store.people.preferences(ann).theme == "light"


@pytest.mark.parametrize("name", ["", "-x", "a b", "<b>", "x" * 65, "a\nb", "local", "ANN"])
def test_a_name_that_is_none_or_taken_is_refused(store: Store, ann: str, name: str) -> None:
    with pytest.raises(StoreError):
        store.people.add(name)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("not an address", "CODECITE_STORE"),
        ("mysql://host/name", "MySQL|mysql|CODECITE_STORE"),
        ("nosuch://host/name", "CODECITE_STORE"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/name?connect_timeout=2", "127.0.0.1"),
        ("sqlite:////proc/nowhere/store.sqlite", "nowhere"),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_line_without_the_password(address: str, told: str, home: Path) -> None:
    with pytest.raises(StoreError, match=told) as caught:
        Store.open(home, address)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_store_of_a_later_version_is_left_alone(home: Path, database: str) -> None:
    store = Store.open(home, database)
    with store.people._database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="newer"):
        Store.open(home, database)
