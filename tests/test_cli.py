"""The command line's manners: what it prints where, what it ends with, and what a bad moment leaves behind."""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from click.testing import Result
from conftest import TABULAR, write_corpus
from fakes import BagEncoder
from typer.testing import CliRunner

from assistant import cli
from corpus import ingest
from corpus.readers.prose import read_starter
from index import encoders
from index.library import Library

ROOT = Path(__file__).parents[1]
BAG = ROOT / "tests" / "data" / "cli_bag.py"
PATH = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
PROGRAM: Any = typer.main.get_command(cli.app)


def leaves(group: Any, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its words, those of groups too."""
    for name, command in group.commands.items():
        yield from leaves(command, f"{above}{name} ") if hasattr(command, "commands") else [(f"{above}{name}", command)]


COMMANDS = dict(leaves(PROGRAM))
NEW = "# Ferrets\n\nFerrets are reported with 90001 in every case.\n"
SOURCES = {"cpt-90001", "cpt-90009", "guide", "hcpcs-2026-01", "icd-10-cm-2026-04", "policy-acme", "starter"}
SALVE = (
    '---\nid: cpt-90003\ntitle: CPT 90003 – made-up salve\nkind: code\ncodes: ["90003"]\n---\nCPT 90003 is a made-up salve for elbows.\n'
)
Run = Callable[..., Result]
Process = subprocess.CompletedProcess[str]


def starter(folder: Path) -> Path:
    """A starter document of our own in place of the packaged ones."""
    (folder / "starter").mkdir()
    (folder / "starter" / "cpt-90003.md").write_text(SALVE, encoding="utf-8")
    return folder / "starter"


def with_starter(library: Library, folder: Path) -> Library:
    """Give a home that document, so that the command line finds it prepared."""
    reading = ingest.finished(read_starter(starter(folder)), "starter", library.catalog.knows_fast, "0")
    library.catalog.put(reading)
    library.keywords.sync(library.catalog)
    return library


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the made-up corpus and no vectors yet, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    library = Library(folder / "home", "bag-of-words")
    for path in write_corpus(folder):
        assert library.add(path).status == "added"
    with_starter(library, folder).catalog.close()
    return folder / "home"


@pytest.fixture
def small_home(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "home"))


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A file that no home holds yet."""
    path = tmp_path / "ferrets.md"
    path.write_text(NEW, encoding="utf-8")
    return path


@pytest.fixture
def run(small_home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process, over the small home and with the bag of words."""
    monkeypatch.setenv("CODECITE_HOME", str(small_home))
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def first_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same over a home that is not there yet, with a small Tabular List and one starter document embedded."""
    tabular = tmp_path / "icd10c-tabular-April-1-2026.xml"
    tabular.write_text(TABULAR, encoding="utf-8")
    monkeypatch.setattr(ingest, "embedded_icd10cm", lambda: tabular)
    monkeypatch.setattr(ingest, "STARTER", starter(tmp_path))
    monkeypatch.setenv("CODECITE_HOME", str(tmp_path / "fresh"))
    return run


def spawned(home: Path, *words: object, script: Path | None = None, **options: Any) -> Process:
    """The command line in a process of its own."""
    program = [str(script)] if script else ["-m", "assistant.cli"]
    environment = os.environ | {"CODECITE_HOME": str(home), "PYTHONPATH": PATH, "PYTHONUNBUFFERED": ""} | options.pop("env", {})
    command = [sys.executable, *program, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, timeout=60, **({"capture_output": True} | options))


def dump(home: Path) -> list[str]:
    """Everything a catalog holds."""
    with sqlite3.connect(home / "catalog.sqlite") as db:
        return list(db.iterdump())


def the_line(text: str) -> str:
    """The one line a text is."""
    assert "Traceback" not in text
    assert text.endswith("\n")
    (line,) = text.splitlines()
    return line


def ids(run: Run) -> set[str]:
    return {row["source_id"] for row in json.loads(run("sources", "--json").stdout)["sources"]}


@pytest.mark.parametrize(
    ("words", "status", "named"),
    [
        (["add", "/no/such/file"], 1, "/no/such/file"),
        (["add", "/no/such/file", "/nor/this"], 1, None),
        (["ask", "is 90001 valid?", "--date", "2026-02-30"], 2, "2026-02-30"),
        (["ask", "is 90001 valid?", "--date", "yesterday"], 2, "yesterday"),
        (["ask", "is 90001 valid?", "--date", "1/2/2026"], 2, "1/2/2026"),
        (["search", "test fever", "--date", "2026-02-30"], 2, "2026-02-30"),
        (["code", "90001", "--date", "2026-02-30"], 2, "2026-02-30"),
        (["ask", "is 90001 valid?", "--model", "gpt"], 2, "gpt"),
        (["ask", "is 90001 valid?", "--model", "nobody:gpt"], 1, "nobody:gpt"),
        (["ask", "is 90001 valid?", "--model", "anthropic:claude"], 1, "pip install langchain-anthropic"),
        (["batch", "questions", "answers", "--model", "anthropic:claude"], 1, "pip install langchain-anthropic"),
        (["search", "test fever", "--system", "SNOMED"], 2, "SNOMED"),
        (["search", "test fever", "-k", "0"], 2, "-k"),
        (["search", "test fever", "-k", "51"], 2, "-k"),
        (["search", "test fever", "-k", "many"], 2, "-k"),
        (["remove", "no-such-source"], 1, "no-such-source"),
        (["code", "98765"], 1, "98765"),
        (["code", "98765432"], 1, "98765432"),
        (["code", ""], 1, None),
        (["batch", "/no/such/questions", "/tmp/answers"], 2, "/no/such/questions"),
        (["batch", "/tmp", "/tmp/answers"], 1, "/tmp"),
        (["chat", "--port", "http"], 2, "--port"),
        (["chat", "--port", "65536"], 2, "65536"),
        (["chat", "--port", "-1"], 2, "-1"),
        (["ask", "is 90001 valid?", "--colour", "red"], 2, "--colour"),
        (["--colour"], 2, "--colour"),
        (["sources", "--jsno"], 2, "--jsno"),
        (["ask"], 2, "question"),
        (["ask", "--json"], 2, "question"),
        (["ask", "one", "two"], 2, "two"),
        (["add"], 2, "paths"),
        (["batch", "one"], 2, "answers"),
        (["teach"], 2, "teach"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_error_is_one_line_on_standard_error(
    words: list[str], status: int, named: str | None, run: Run, small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "add_embedded", lambda catalog: [])
    before = dump(small_home)
    ended = run(*words)
    assert ended.exit_code == status
    assert ended.stdout == ""
    if words[0] == "add" and len(words) == 3:
        assert [line.split(":")[0] for line in ended.stderr.splitlines()] == words[1:]
    else:
        assert (named or "") in the_line(ended.stderr)
    assert dump(small_home) == before


@pytest.mark.parametrize("words", [["ask", "is 90001 valid?"], ["search", "test fever"], ["code", "90001"]], ids=lambda words: words[0])
def test_a_bad_date_is_told_before_any_work(words: list[str], first_run: Run, tmp_path: Path) -> None:
    ended = first_run(*words, "--date", "2026-02-30")
    assert ended.exit_code == 2
    assert "2026-02-30" in the_line(ended.stderr)
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize("port", ["http", "-1", "65536", "²"])
def test_a_bad_port_in_the_environment_is_one_line(port: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECITE_PORT", port)
    ended = run("sources")
    assert ended.exit_code in (1, 2)
    assert "CODECITE_PORT" in the_line(ended.stderr)


def test_a_port_that_is_taken_is_named_with_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "add_embedded", lambda catalog: [])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("chat", "--port", port)
    assert ended.exit_code == 1
    assert f"--port {port + 1}" in the_line(ended.stderr)


def a_file(home: Path) -> Path:
    home.write_text("not a folder", encoding="utf-8")
    return home


def under_a_file(home: Path) -> Path:
    return a_file(home) / "deeper"


def another_version(home: Path) -> Path:
    home.mkdir()
    with sqlite3.connect(home / "catalog.sqlite") as db:
        db.execute("CREATE TABLE things (name TEXT)")
        db.execute("PRAGMA user_version = 97")
    return home


def no_database(home: Path) -> Path:
    home.mkdir()
    (home / "catalog.sqlite").write_bytes(b"these are no pages of a database " * 300)
    return home


def a_folder_for_a_catalog(home: Path) -> Path:
    (home / "catalog.sqlite").mkdir(parents=True)
    return home


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (a_file, "exists"),
        (under_a_file, "directory"),
        (another_version, "another version of codecite (layout 97"),
        (no_database, "not a database"),
        (a_folder_for_a_catalog, "unable to open"),
    ],
)
@pytest.mark.parametrize(
    "words", [["sources"], ["ask", "is 90001 valid?", "--json"], ["add", "ferrets.md"], ["prepare"], ["chat"]], ids=str
)
def test_a_home_that_cannot_be_used_is_one_line_and_stays_as_it_is(
    make: Callable[[Path], Path], cause: str, words: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make(tmp_path / "odd")
    held = {path: path.read_bytes() for path in tmp_path.glob("odd*/**/*") if path.is_file()}
    monkeypatch.setenv("CODECITE_HOME", str(home))
    ended = run(*words)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert str(home) in the_line(ended.stderr)
    assert cause in ended.stderr
    assert {path: path.read_bytes() for path in held} == held


def test_the_module_runs_as_a_program_and_names_every_command(small_home: Path) -> None:
    ended = spawned(small_home, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {name for name in PROGRAM.commands if name not in ended.stdout} == set()


@pytest.mark.parametrize(
    ("words", "status"),
    [(["sources"], 0), (["code", "98765"], 1), (["add", "/no/such/file"], 1), (["code"], 2), (["teach"], 2)],
    ids=str,
)
def test_a_process_ends_with_the_status_of_its_command(words: list[str], status: int, small_home: Path) -> None:
    ended = spawned(small_home, *words, script=BAG)
    assert ended.returncode == status
    assert ended.stderr == "" if status == 0 else the_line(ended.stderr)


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = "{'torch', 'gradio', 'chromadb', 'sentence_transformers', 'langchain'}"
    code = f"import assistant.cli, sys; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("message", ["boom", "boom\nand more", "", "[red]boom[/red]"])
def test_a_fault_nobody_foresaw_is_one_line_too(message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise RuntimeError(message)

    monkeypatch.setattr(cli, "app", fails)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert message.split("\n")[0] in the_line(capsys.readouterr().err)


def test_the_first_run_says_that_it_prepares_and_the_second_does_not(first_run: Run) -> None:
    first, second = first_run("sources", "--json"), first_run("sources", "--json")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Preparing" in the_line(first.stderr)
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_prepare_encodes_everything_and_may_be_run_again(first_run: Run, tmp_path: Path) -> None:
    first, second = first_run("prepare"), first_run("prepare")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "starter: " in first.stdout
    assert second.stdout == f"Ready: 2 sources in {tmp_path / 'fresh'}\n"
    library = Library(tmp_path / "fresh", "bag-of-words")
    assert library.vectors.missing(library.catalog) == []


def test_people_read_an_answer_without_markup_and_where_it_rests(run: Run) -> None:
    ended = run("ask", "what is CPT 90001?")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "**" not in ended.stdout
    assert "\\" not in ended.stdout
    assert ended.stdout.startswith("CPT 90001 is a made-up vaccine against test fever, injected into a muscle. [1]\n")
    assert "\n[1] CPT 90001 – made-up vaccine for tests · opening\n" in ended.stdout


def test_people_who_ask_nothing_known_are_told_so_with_status_zero(run: Run) -> None:
    ended = run("ask", "what is CPT 98765?")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "98765 is not in my sources" in ended.stdout


def test_people_see_every_source_by_the_id_that_remove_takes(run: Run) -> None:
    shown = run("sources").stdout
    assert {source for source in SOURCES if source in shown} == SOURCES


def test_people_see_a_codes_facts_and_what_is_near_a_wrong_one(run: Run) -> None:
    shown = run("code", "J9901").stdout
    assert {"HCPCS J9901", "madeupumab", "2020-01-01"} <= {part for part in ("HCPCS J9901", "madeupumab", "2020-01-01") if part in shown}
    wrong = run("code", "J9903")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert {"J9901", "J9902"} <= set(the_line(wrong.stderr).replace(".", "").replace(",", "").split())


def test_people_see_hits_with_their_places(run: Run) -> None:
    shown = run("search", "laboratory fatigue sequenced", "-k", "1")
    assert shown.exit_code == 0
    assert "Sequencing" in shown.stdout.splitlines()[0]
    assert "test fever is sequenced first" in shown.stdout


def test_add_tells_every_file_in_a_line_of_its_own(run: Run, new: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / ".hidden.md").write_text("# Hidden\n\nNobody reads this.\n", encoding="utf-8")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "note.txt").write_text("A note on ferrets and 90001.", encoding="utf-8")
    ended = run("add", new, folder)
    assert ended.exit_code == 1
    taken, refused = ended.stdout.splitlines(), ended.stderr.splitlines()
    assert [line.split(": ")[0] for line in taken] == [str(new), str(folder / "note.txt")]
    assert taken[0].startswith(f"{new}: added as markdown (ferrets): 1 passages, 0 codes, ")
    assert [line.split(": ")[:2] for line in refused] == [[str(folder / name), "refused"] for name in ("empty.txt", "noise.bin")]
    assert run("search", "ferrets", "--json").stdout.count("Ferrets are reported") == 1


def test_add_says_what_was_unchanged_and_what_was_replaced(run: Run, new: Path) -> None:
    assert "added as markdown" in run("add", new).stdout
    assert run("add", new).stdout == f"{new}: unchanged (ferrets)\n"
    new.write_text(NEW.replace("every", "no"), encoding="utf-8")
    ended = run("add", new)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "replaced as markdown" in ended.stdout


def test_add_makes_a_file_findable_by_meaning_too(run: Run, new: Path, small_home: Path) -> None:
    assert run("add", new).exit_code == 0
    library = Library(small_home, "bag-of-words")
    assert library.vectors.missing(library.catalog) == []


def test_a_file_whose_name_is_no_text_ends_no_run(run: Run, new: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("# Coffee\n\nCoffee is not coded.\n", encoding="utf-8")
    shutil.copy(new, folder / "z.md")
    ended = run("add", folder)
    assert ended.exit_code in (0, 1)
    assert f"{folder / 'z.md'}: added" in ended.stdout


def test_a_document_has_no_power_over_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ferrets.md").write_text("# Ferrets\n\nFerrets \x1b[2J\x07 are reported with 90001.\n", encoding="utf-8")
    assert run("add", tmp_path / "ferrets.md").exit_code == 0
    shown = "".join(run(*words).stdout for words in (["ask", "which ferrets are reported?"], ["search", "ferrets"], ["sources"]))
    assert "are reported with 90001" in shown
    assert {char for char in shown if ord(char) < 32} == {"\n"}


def test_no_words_at_all_are_a_call_for_help(run: Run) -> None:
    ended = run()
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert {name for name in PROGRAM.commands if name not in ended.stdout} == set()


def test_the_writer_may_be_named(run: Run) -> None:
    assert json.loads(run("ask", "--json", "--model", "quote", "what is CPT 90001?").stdout)["writer"] == "quote"


def test_removing_says_so_once(run: Run) -> None:
    first, second = run("remove", "guide"), run("remove", "guide")
    assert (first.exit_code, first.stdout, first.stderr) == (0, "guide: removed\n", "")
    assert (second.exit_code, second.stdout) == (1, "")
    assert "'guide'" in the_line(second.stderr)


def interrupted(home: Path, step: str, *words: object, **environment: str) -> Process:
    """Run a command and press Ctrl-C once it stands in a step."""
    environment = os.environ | {"CODECITE_HOME": str(home), "PYTHONPATH": PATH, "CLI_PAUSE": step} | environment
    command = [sys.executable, str(BAG), *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        assert process.stdout is not None
        assert "paused\n" in process.stdout
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=30)
    return subprocess.CompletedProcess(command, process.returncode, said, wrong)


@pytest.mark.parametrize("step", ["read", "write"])
def test_ctrl_c_before_a_file_is_whole_leaves_the_catalog_as_it_was(step: str, small_home: Path, new: Path, run: Run) -> None:
    before = dump(small_home)
    ended = interrupted(small_home, step, "add", new)
    assert ended.returncode in (1, 130)
    the_line(ended.stderr)
    assert dump(small_home) == before
    assert run("add", new).stdout.startswith(f"{new}: added")


@pytest.mark.parametrize("step", ["index", "encode"])
def test_ctrl_c_after_a_file_is_whole_keeps_it_findable(step: str, small_home: Path, new: Path, run: Run) -> None:
    ended = interrupted(small_home, step, "add", new)
    assert ended.returncode in (1, 130)
    the_line(ended.stderr)
    assert ids(run) == SOURCES | {"ferrets"}
    assert "Ferrets are reported" in run("search", "ferrets", "--json").stdout


def test_ctrl_c_while_replacing_keeps_the_old_words(small_home: Path, new: Path, run: Run) -> None:
    assert run("add", new).exit_code == 0
    before = dump(small_home)
    new.write_text(NEW.replace("Ferrets", "Weasels"), encoding="utf-8")
    assert interrupted(small_home, "write", "add", new).returncode in (1, 130)
    assert dump(small_home) == before


@pytest.mark.parametrize("step", ["starter", "index"])
def test_ctrl_c_in_the_first_run_leaves_a_home_that_the_next_run_finishes(step: str, first_run: Run, tmp_path: Path) -> None:
    embedded = {"CLI_TABULAR": str(tmp_path / "icd10c-tabular-April-1-2026.xml"), "CLI_STARTER": str(tmp_path / "starter")}
    ended = interrupted(tmp_path / "fresh", step, "sources", **embedded)
    assert ended.returncode in (1, 130)
    assert ids(first_run) == {"icd-10-cm-2026-04", "starter"}
    assert json.loads(first_run("search", "salve", "--json").stdout)["hits"]


def room(home: Path, more: int) -> int:
    """The size of a home's largest file, and a little more."""
    return more + max(path.stat().st_size for path in home.rglob("*") if path.is_file())


def limited(size: int) -> Callable[[], None]:
    """Let no file of a process grow beyond a size, as a full disk does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file that fills more than a megabyte of a home."""
    path = tmp_path / "big.md"
    parts = (f"# Part {at}\n\nFerret number {at} is reported with 90001.\n\n" for at in range(1500))
    path.write_text("".join(parts), encoding="utf-8")
    return path


def test_a_full_disk_refuses_the_file_in_one_line_and_leaves_the_catalog_as_it_was(small_home: Path, big: Path, run: Run) -> None:
    before = dump(small_home)
    ended = spawned(small_home, "add", big, script=BAG, preexec_fn=limited(room(small_home, 65_536)))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(big) in the_line(ended.stderr)
    assert dump(small_home) == before
    assert run("add", big).stdout.startswith(f"{big}: added")


def test_a_disk_that_fills_up_later_is_one_line_and_the_next_run_goes_on(small_home: Path, big: Path, run: Run) -> None:
    ended = spawned(small_home, "add", big, script=BAG, preexec_fn=limited(room(small_home, 500_000)))
    assert ended.returncode == 1
    assert the_line(ended.stderr)
    assert ids(run) == SOURCES | {"big"}
    assert run("add", big).exit_code == 0
    assert "Ferret number 1499 " in run("search", "ferret number 1499", "--json").stdout


def test_a_disk_that_is_full_from_the_start_is_one_line(tmp_path: Path) -> None:
    ended = spawned(tmp_path / "fresh", "sources", preexec_fn=limited(0))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(tmp_path / "fresh") in the_line(ended.stderr)


def powerless() -> None:
    """Take from a process the right to write where permissions forbid it, which root has."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.fixture
def read_only(small_home: Path) -> Iterator[Path]:
    """A home whose permissions forbid writing; skipped where they bind nobody."""
    every = [small_home, *small_home.rglob("*")]
    for path in every:
        path.chmod(0o555 if path.is_dir() else 0o444)
    probe = f"open({str(small_home / 'probe')!r}, 'w')"
    if not subprocess.run([sys.executable, "-c", probe], capture_output=True, preexec_fn=powerless).returncode:
        pytest.skip("permissions bind nobody here")
    yield small_home
    for path in every:
        path.chmod(0o755)


@pytest.mark.parametrize("words", [["add", "FILE"], ["remove", "guide"], ["prepare"]], ids=str)
def test_writing_to_a_read_only_home_is_one_line(words: list[str], read_only: Path, new: Path) -> None:
    ended = spawned(read_only, *(new if word == "FILE" else word for word in words), script=BAG, preexec_fn=powerless)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert the_line(ended.stderr)


@pytest.mark.parametrize("words", [["sources", "--json"], ["ask", "what is CPT 90001?", "--json"]], ids=str)
def test_reading_a_read_only_home_works_or_is_one_line(words: list[str], read_only: Path) -> None:
    ended = spawned(read_only, *words, preexec_fn=powerless)
    if ended.returncode == 0:
        assert json.loads(ended.stdout)
        assert ended.stderr == ""
    else:
        assert (ended.returncode, ended.stdout) == (1, "")
        the_line(ended.stderr)


def test_a_home_where_none_can_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    ended = spawned(tmp_path / "locked" / "home", "sources", preexec_fn=powerless)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(tmp_path / "locked" / "home") in the_line(ended.stderr)


@pytest.mark.parametrize("words", [["sources", "--json"], ["ask", "what is CPT 90001?"], ["code", "90001"]], ids=str)
def test_a_pipe_that_is_closed_ends_quietly(words: list[str], small_home: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        ended = spawned(small_home, *words, stdout=closed, stderr=subprocess.PIPE, capture_output=False)
    assert ended.returncode in (0, 1)
    assert ended.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [["sources", "--json"], ["ask", "what is CPT 90001?"]], ids=str)
def test_output_that_finds_no_room_is_one_line(words: list[str], small_home: Path) -> None:
    with open("/dev/full", "w") as full:
        ended = spawned(small_home, *words, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert ended.returncode == 1
    assert "space" in the_line(ended.stderr)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("words", [[], ["--json"]], ids=str)
def test_a_terminal_that_knows_few_signs_still_gets_the_answer(words: list[str], encoding: str, small_home: Path) -> None:
    """Windows writes to a pipe in cp1252, which has no warning sign and no ≥."""
    signs = small_home.parent / "signs.md"
    signs.write_text("# Ferrets\n\nFerrets ≥ 3 kg — “jills” — are reported with 90001 ⚠.\n", encoding="utf-8")
    assert Library(small_home, "none").add(signs).status == "added"
    ended = spawned(small_home, "ask", "which ferrets are reported?", *words, env={"PYTHONIOENCODING": encoding}, errors="replace")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "are reported with 90001" in (json.loads(ended.stdout)["answer"] if words else ended.stdout)


def test_a_question_that_is_no_text_is_one_line_or_an_answer(small_home: Path) -> None:
    ended = spawned(small_home, "ask", "--json", os.fsdecode(b"what is CPT 90001 caf\xe9?"))
    assert ended.stderr == "" if ended.returncode == 0 else the_line(ended.stderr)
    assert ended.returncode in (0, 1, 2)


def documented() -> str:
    """What the README and the documentation say."""
    return "\n".join(path.read_text(encoding="utf-8") for path in [*ROOT.glob("README.md"), *sorted((ROOT / "docs").glob("*.md"))])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")}
    text = documented()
    assert f"codecite {name}" in text
    assert {option for option in options - {"--help"} if option not in text} == set()
