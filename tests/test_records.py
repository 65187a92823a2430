"""An answer can be built again from its record, and what differs has its reason."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from conftest import POLICY, STARTER_LIKE, open_library, write_corpus
from sqlalchemy import text
from typer.testing import CliRunner

from assistant import cli
from assistant.answer import Turn
from assistant.chat import ask
from assistant.ledger import lay_down
from assistant.quote import write
from assistant.records import Record, Replay, recorded, replay
from assistant.store import LOCAL, Missing, Store
from assistant.tools import call
from index.library import Library


@pytest.fixture
def library(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """The made-up corpus by codes and keywords, to be changed as a test likes."""
    (tmp_path / "in").mkdir()
    made = open_library(home, monkeypatch)
    for path in write_corpus(tmp_path / "in"):
        assert made.add(path).status == "added"
    yield made
    made.catalog.close()


def record_of(question: str, library: Library, turns: tuple[Turn, ...] = (), **given: object) -> Record:
    return recorded(ask(question, library, turns=turns, **given), library, turns, given)


def kinds(again: Replay) -> set[str]:
    return {reason.kind for reason in again.reasons}


@pytest.mark.parametrize(
    ("question", "turns", "given"),
    [
        ("what is CPT 90001?", (), {}),
        ("is 90009 still valid?", (), {"on": date(2009, 5, 1)}),
        ("does Aetna cover the test fever vaccine?", (), {"payer": "Aetna", "systems": ("CPT",)}),
        ("what is 12345?", (), {}),
        ("thanks", (), {}),
        ("and its administration code?", (Turn("user", "what is 90001?"), Turn("assistant", "A made-up vaccine.")), {}),
        ("My patient John Smith, MRN 448812, had 90001: what is it?", (), {}),
    ],
)
def test_in_the_same_library_the_same_is_said(question: str, turns: tuple[Turn, ...], given: dict[str, object], library: Library) -> None:
    assert replay(record_of(question, library, turns, **given), library, write) == Replay((), (), ())


def test_a_record_says_what_the_answer_was_made_of(library: Library, store: Store) -> None:
    answer = ask("what is CPT 90001?", library)
    record = recorded(answer, library, given={"on": None, "payer": "Medicare"})
    turn = store.conversations.ask(LOCAL, "what is CPT 90001?")
    name = store.conversations.answered(LOCAL, turn.id, answer, record)
    assert name
    kept = store.records.of(LOCAL, name)
    assert kept.record == record == store.records.audited(name).record
    assert store.conversations.exchange(LOCAL, turn.id).record_id == name
    assert (record.statements, record.understood, record.writer) == (answer.statements, answer.question, "quote")
    assert [used.passage_id for used in record.evidence] == [cited.evidence.passage_id for cited in answer.citations]
    assert all(len(used.digest) == 16 for used in record.evidence)
    assert {edition.source_id for edition in record.editions} == {used.source_id for used in record.evidence}
    assert all(len(edition.digest) == 64 for edition in record.editions)
    assert record.index == library.digest
    with pytest.raises(Missing):
        store.records.of(store.people.add("bob").id, name)


def test_no_personal_data_is_in_a_record(library: Library) -> None:
    turns = (Turn("user", "My patient Jane Roe, MRN 551234, had 90009"), Turn("assistant", "It ended."))
    for question in ("My patient John Smith, MRN 448812, had 90001: what is it?", "what is 90001?"):
        record = str(record_of(question, library, turns))
        assert [name for name in ("Smith", "448812", "Roe", "551234") if name in record] == []
        assert "90001" in record


def test_a_source_that_is_gone_is_the_reason(library: Library) -> None:
    record = record_of("what is CPT 90001?", library)
    library.remove("cpt-90001")
    again = replay(record, library, write)
    assert "gone" in kinds(again)
    assert any("made-up vaccine" in line for line in again.before)
    assert not any("made-up vaccine" in line for line in again.now)


def test_a_source_read_from_other_content_is_the_reason(library: Library, tmp_path: Path) -> None:
    record = record_of("what is CPT 90001?", library)
    path = tmp_path / "in" / "cpt-90001.md"
    path.write_text(STARTER_LIKE.replace("reported with 90002", "reported with 90004"), encoding="utf-8")
    assert library.add(path).status == "replaced"
    again = replay(record, library, write)
    assert kinds(again) == {"changed"}
    assert [line for line in again.before if "90002" in line]
    assert [line for line in again.now if "90004" in line]


def test_a_newer_edition_is_the_reason(library: Library, tmp_path: Path) -> None:
    record = record_of("J9901", library)
    newer = tmp_path / "in" / "HCPC2026_APR_made_up.csv"
    text = (tmp_path / "in" / "HCPC2026_JAN_made_up.csv").read_text(encoding="utf-8")
    newer.write_text(text.replace("madeupumab, 10 mg", "madeupumab, 20 mg"), encoding="utf-8")
    assert library.add(newer).status == "added"
    again = replay(record, library, write)
    assert kinds(again) == {"newer"}
    assert not again.same


def test_another_source_that_changes_nothing_is_told_and_the_answer_is_the_same(library: Library, tmp_path: Path) -> None:
    record = record_of("J9901", library)
    (tmp_path / "other.md").write_text(POLICY.replace("policy-acme", "policy-other").replace("90001", "90009"), encoding="utf-8")
    assert library.add(tmp_path / "other.md").status == "added"
    again = replay(record, library, write)
    assert (again.same, kinds(again)) == (True, {"library"})


@pytest.mark.parametrize(
    ("changed", "kind"), [({"version": "0.0.1"}, "version"), ({"writer": "ollama:x"}, "writer"), ({"prompt": "ab"}, "prompt")]
)
def test_another_version_writer_or_instruction_is_told(changed: dict[str, str], kind: str, library: Library) -> None:
    record = replace(record_of("what is CPT 90001?", library), **changed)  # type: ignore[arg-type]
    again = replay(record, library, write)
    assert (again.same, kinds(again)) == (True, {kind})


@pytest.mark.parametrize(("model", "kind"), [("quote", "unknown"), ("ollama:x", "model")])
def test_a_difference_is_never_without_a_reason(model: str, kind: str, library: Library) -> None:
    record = record_of("what is CPT 90001?", library)
    forged = replace(record, model=model, statements=(replace(record.statements[0], text="90001 is free."), *record.statements[1:]))
    again = replay(forged, library, write)
    assert kinds(again) == {kind}
    assert [line for line in again.before if "free" in line]


def test_the_command_ends_with_0_for_the_same_and_with_1_otherwise(library: Library, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECITE_HOME", str(home))
    monkeypatch.setattr(Library, "prepared", True)
    store = Store.open(home)
    answer = ask("what is CPT 90001?", library)
    names = []
    for record in (recorded(answer, library), replace(recorded(answer, library), status="declined", index="other")):
        turn = store.conversations.ask(LOCAL, "what is CPT 90001?")
        names.append(str(store.conversations.answered(LOCAL, turn.id, answer, record)))
    store.close()
    same, other, none = (CliRunner().invoke(cli.app, ["replay", *words]) for words in ([names[0]], [names[1], "--json"], ["none"]))
    assert (same.exit_code, same.stdout.splitlines()[1]) == (0, "The same answer.")
    assert other.exit_code == 1
    assert (json.loads(other.stdout)["before"], json.loads(other.stdout)["now"]) == (["status: declined"], ["status: answered"])
    assert (none.exit_code, none.stdout, none.stderr) == (1, "", "There is no such record.\n")


@pytest.fixture
def command(library: Library, home: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the home of the library."""
    monkeypatch.setenv("CODECITE_HOME", str(home))
    monkeypatch.setattr(Library, "prepared", True)
    return CliRunner()


@pytest.mark.parametrize("personal", ["", "My patient John Smith, MRN 448812: "])
def test_an_answer_of_the_command_line_has_a_record_that_is_replayed(command: CliRunner, home: Path, personal: str) -> None:
    told = command.invoke(cli.app, ["ask", "--date", "2026-06-01", f"{personal}what is CPT 90001?"])
    name = told.stdout.splitlines()[-1].removeprefix("Record ")
    answer = json.loads(command.invoke(cli.app, ["ask", "--json", "what is CPT 90001?"]).stdout)
    laid = list((home / "records").iterdir())
    assert {path.name for path in laid} == {f"{name}.json", f"{answer['record']}.json"}
    assert not any(word in path.read_text(encoding="utf-8") for path in laid for word in ("Smith", "448812"))
    for record in (name, answer["record"]):
        again = command.invoke(cli.app, ["replay", record])
        assert (again.exit_code, "The same answer." in again.stdout) == (0, True), again.stdout
    assert list((home / "records").iterdir()) == []
    store = Store.open(home)
    assert store.records.of(LOCAL, name).record.given.on == date(2026, 6, 1)
    store.close()


def test_a_home_that_takes_no_record_stops_no_answer(command: CliRunner, home: Path) -> None:
    (home / "records").write_text("in the way", encoding="utf-8")
    told = command.invoke(cli.app, ["ask", "what is CPT 90001?"])
    assert (told.exit_code, told.stderr, "Record" in told.stdout) == (0, "", False)
    assert json.loads(command.invoke(cli.app, ["ask", "--json", "what is CPT 90001?"]).stdout)["record"] is None


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "[" * 100_000, '{"made": "today", "record": {}}', '{"made": "2026-01-01", "record": 1}']
)
def test_what_is_no_record_stops_no_store(damaged: str, library: Library, home: Path) -> None:
    (home / "records").mkdir()
    (home / "records" / "damaged.json").write_text(damaged, encoding="utf-8")
    name = lay_down(home, record_of("what is CPT 90001?", library))
    store = Store.open(home)
    assert store.records.of(LOCAL, name).record == record_of("what is CPT 90001?", library)
    assert [path.name for path in (home / "records").iterdir()] == ["damaged.json"]
    store.close()


def test_a_program_is_answered_though_the_store_takes_no_record(library: Library, store: Store) -> None:
    with store.records._database.writing() as session:
        session.execute(text("DROP TABLE records"))
    keep = partial(store.records.add, LOCAL)
    found = call(library, "ask", {"question": "what is CPT 90001?"}, keep)
    assert (found["status"], found["record"]) == ("answered", None)
