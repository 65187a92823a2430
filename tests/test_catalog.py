"""The catalog is the truth: what is put is found again, whole or not at all, whatever dies meanwhile."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import VERSION, Catalog
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.model import NOTE, PROSE, TERM, Code, CorpusError, Document, Passage, Reading, Reference, Source, digest

ROOT = Path(__file__).parents[1]
LONG_AGO, TODAY = date(2020, 1, 1), date(2026, 1, 1)
NAMED = ((CPT, "90001"),)


def source(key: str, **changes: Any) -> Source:
    return replace(Source(key, f"Title of {key}", f"Publication {key}", "licence", "text", digest=f"digest-{key}"), **changes)


def passage(key: str, kind: str = PROSE, text: str = "made-up words", **changes: Any) -> Passage:
    return Passage(key, kind, text, "p. 1", **changes)


def document(key: str, *passages: Passage, kind: str = "policy", **changes: Any) -> Document:
    return Document(key, f"Title of {key}", kind, passages or (passage(f"{key}-p"),), **changes)


def reading(key: str, *documents: Document, codes: tuple[Code, ...] = (), **changes: Any) -> Reading:
    return Reading(source(key, **changes), documents or (document(f"{key}-d"),), codes)


def big(key: str, documents: int = 40, megabytes: int = 4) -> Reading:
    """More than SQLite keeps in memory, so that a part of it is on disk before the end."""
    words = "word " * (megabytes * 200_000 // documents)
    parts = (passage(f"{key}-{at}", text=words, codes=NAMED) for at in range(documents))
    return reading(key, *(document(f"{part.id}-d", part) for part in parts))


class Watched(tuple[Document, ...]):
    """Documents, with something that happens once the first of them have been written."""

    after: int
    happens: Callable[[], object]

    @classmethod
    def of(cls, documents: tuple[Document, ...], happens: Callable[[], object]) -> "Watched":
        made = cls(documents)
        made.after, made.happens = len(documents) - 1, happens
        return made

    def __iter__(self) -> Iterator[Document]:
        for at, item in enumerate(super().__iter__()):
            if at == self.after:
                self.happens()
            yield item


def interrupted(whole: Reading, happens: Callable[[], object]) -> Reading:
    return replace(whole, documents=Watched.of(whole.documents, happens))


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a catalog holds of its sources, read past the class under test."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    owned = [name for name in tables if name == "sources" or db.execute(f"PRAGMA foreign_key_list({name})").fetchall()]
    held = {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in owned}
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
    return held


def ids(placed: list[Any]) -> list[str]:
    return [item.passage.id for item in placed]


def source_ids(catalog: Catalog) -> list[str]:
    return sorted(tally.source.id for tally in catalog.sources())


@pytest.fixture
def path(home: Path) -> Path:
    return home / "catalog.sqlite"


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    opened = Catalog(path)
    yield opened
    opened.close()


@pytest.fixture
def other(catalog: Catalog) -> Iterator[Catalog]:
    """The same file by a connection of its own, as a second process has it."""
    opened = Catalog(catalog.path)
    yield opened
    opened.close()


# What is put is found again


texts = st.text(st.characters(codec="utf-8"), max_size=20)
days = st.none() | st.dates()
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
maybe = st.none() | texts
whole_numbers = st.integers(0, 2**40)
spans = (st.none() | whole_numbers, whole_numbers, whole_numbers)  # page, start, end
passage_values = st.builds(Passage, st.just(""), st.sampled_from((PROSE, TERM, NOTE)), texts, texts, *spans, texts, pairs)
document_values = st.builds(
    Document, st.just("d"), texts, texts, st.lists(passage_values, max_size=4).map(tuple), maybe, maybe, maybe, days, days,
    st.lists(st.builds(Reference, texts, texts, texts, texts), max_size=2).map(tuple),
)  # fmt: skip
code_values = st.builds(Code, texts, texts, texts, days, days, st.none() | st.booleans(), maybe, pairs)
source_values = st.builds(
    Source, st.just("s"), texts, texts, texts, texts, maybe, maybe, maybe, maybe, maybe, maybe, days, days, maybe, maybe, texts
)  # fmt: skip


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog(tmp_path_factory.mktemp("scratch") / "catalog.sqlite")


@given(made=source_values, held=document_values, codes=st.lists(code_values, max_size=3, unique_by=lambda code: (code.system, code.value)))
def test_every_value_comes_back_as_it_was_put(scratch: Catalog, made: Source, held: Document, codes: list[Code]) -> None:
    held = replace(held, passages=tuple(replace(item, id=str(at)) for at, item in enumerate(held.passages)))
    scratch.put(Reading(made, (held,), tuple(codes)))
    placed = scratch.document("d")
    assert tuple(item.passage for item in placed) == held.passages
    assert all((item.document, item.source) == (replace(held, passages=()), made) for item in placed)
    assert [tally.source for tally in scratch.sources()] == [made]
    for code in codes:
        assert [(repr(item.code), item.source) for item in scratch.codes(code.system, code.value)] == [(repr(code), made)]  # True is not 1


def test_a_closed_catalog_opens_with_all_it_held(path: Path) -> None:
    first = Catalog(path)
    first.put(reading("a", codes=(Code(CPT, "90001", "made-up"),)))
    held = rows(path)
    first.close()
    Catalog(path).close()
    assert rows(path) == held


def test_sources_are_tallied(catalog: Catalog) -> None:
    catalog.put(reading("a", document("d1", passage("1"), passage("2")), document("d2", passage("3")), codes=(Code(CPT, "90001", "t"),)))
    (tally,) = catalog.sources()
    assert (tally.source.id, tally.documents, tally.passages, tally.codes) == ("a", 2, 3, 1)


def test_sources_are_listed_oldest_first(catalog: Catalog) -> None:
    for key in ("c", "a", "b"):
        catalog.put(reading(key))
    assert [tally.source.id for tally in catalog.sources()] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"digest": "digest-a"}, "a"), ({"path": "/in/b"}, "b"), ({"digest": "none", "path": "/in/b"}, "b"), ({"digest": "none"}, None),
     ({"path": "/in/none"}, None), ({}, None)],
)  # fmt: skip
def test_a_source_is_known_by_its_bytes_or_by_its_path(catalog: Catalog, asked: dict[str, str], found: str | None) -> None:
    catalog.put(reading("a"))
    catalog.put(reading("b", path="/in/b"))
    assert getattr(catalog.find_source(**asked), "id", None) == found


def test_passages_asked_by_id_leave_out_what_is_not_held(catalog: Catalog) -> None:
    catalog.put(reading("a", document("d", passage("1"), passage("2"))))
    assert {key: placed.passage.id for key, placed in catalog.passages(["2", "none", "1"]).items()} == {"1": "1", "2": "2"}
    assert catalog.passages([]) == {}


def test_naming_finds_prose_and_notes_and_leads_with_pages_about_the_code(catalog: Catalog) -> None:
    policy = document("d1", passage("prose", codes=NAMED), passage("note", NOTE, codes=NAMED), passage("other", codes=((CPT, "90002"),)))
    catalog.put(reading("a", policy))
    catalog.put(reading("b", document("d2", passage("page", codes=NAMED), passage("term", TERM, codes=NAMED), kind="code")))
    assert ids(catalog.naming(CPT, "90001")) == ["page", "prose", "note"]
    assert ids(catalog.naming(CPT, "90001", limit=1)) == ["page"]
    assert catalog.naming(HCPCS, "90001") == []


def test_notes_are_those_of_one_source_in_its_order(catalog: Catalog) -> None:
    catalog.put(reading("a", document("d1", passage("9", NOTE, codes=NAMED), passage("1", NOTE, codes=NAMED), passage("2", codes=NAMED))))
    catalog.put(reading("b", document("d2", passage("3", NOTE, codes=NAMED))))
    assert ids(catalog.notes(CPT, "90001", "a")) == ["9", "1"]


def test_a_shelf_is_all_of_a_source_but_its_notes(catalog: Catalog) -> None:
    held = (document("d2", passage("4"), passage("1", NOTE)), document("d1", passage("3", TERM, codes=NAMED), passage("2")))
    catalog.put(reading("a", *held))
    catalog.put(reading("b"))
    assert ids(catalog.shelf("a")) == ["4", "3", "2"]


def test_searchable_begins_with_what_helps_most(catalog: Catalog) -> None:
    late = document("d1", passage("term", TERM, "a title", codes=NAMED), passage("prose", section="Head"), passage("note", NOTE))
    page = document("d2", passage("page", section="Top"), passage("name", TERM, "a name", codes=((HCPCS, "J9901"),)))
    catalog.put(reading("late", late))
    catalog.put(reading("starter", page, kind="starter"))
    wanted = [
        ("prose", "Title of d2. Top. made-up words"),
        (HCPCS, "a name"),
        ("prose", "Title of d1. Head. made-up words"),
        (CPT, "a title"),
    ]
    assert list(catalog.searchable()) == [(digest(text), shelf, text) for shelf, text in wanted]
    assert {source for text in ("a title", "a name") for *_, source in catalog.holders([digest(text)], CPT)} == {"late"}


def test_pages_come_from_the_newest_edition_first(catalog: Catalog) -> None:
    for key, effective in (("old", LONG_AGO), ("new", TODAY), ("undated", None)):
        held = document(f"d-{key}", *(passage(f"{key}-{page}", page=page) for page in (1, 2, 3, 4)))
        catalog.put(reading(key, held, publication="Manual", effective=effective))
    catalog.put(reading("stranger", document("d", passage("x", page=2))))
    assert ids(catalog.pages("Manual", 2, 3)) == ["new-2", "new-3", "old-2", "old-3", "undated-2", "undated-3"]


@pytest.fixture
def listed(catalog: Catalog) -> Catalog:
    """One code in three editions, with a family below it."""
    own = (Code(CPT, "90001", "own"), Code(CPT, "90009", "own"))
    new = (Code(CPT, "90001", "new"), Code(CPT, "90002", "new"), Code(HCPCS, "90001", "new"))
    family = tuple(Code(ICD10CM, value, value, parent=value[:-1].rstrip(".")) for value in ("A11.9", "A11.0", "A11.01", "A12.0"))
    catalog.put(reading("starter", kind="starter", effective=date(2030, 1, 1), codes=own))
    catalog.put(reading("new", effective=TODAY, codes=new + family))
    catalog.put(reading("old", effective=LONG_AGO, codes=(Code(CPT, "90001", "old"), Code(ICD10CM, "A11.5", "old", parent="A11"))))
    return catalog


def test_a_code_is_listed_newest_edition_first_and_starter_last(listed: Catalog) -> None:
    assert [item.code.title for item in listed.codes(CPT, "90001")] == ["new", "old", "own"]
    assert listed.codes(CPT, "90003") == []


def test_children_are_those_right_below_in_one_source(listed: Catalog) -> None:
    assert [item.code.value for item in listed.children(ICD10CM, "A11", "new")] == ["A11.0", "A11.9"]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("90001", "90009", ["new", "new", "own"]), ("90001", "90002", ["new", "new"]), ("90003", "90009", ["own"]), ("90009", "90001", [])],
)
def test_a_span_holds_both_its_ends_each_from_its_best_source(listed: Catalog, first: str, last: str, found: list[str]) -> None:
    assert [item.code.title for item in listed.span(CPT, first, last)] == found


@pytest.mark.parametrize(("system", "value", "answer"), [(CPT, "90001", True), (CPT, "90003", False), (ICD10CM, "90002", False)])
def test_knowing_from_memory_is_knowing(listed: Catalog, system: str, value: str, answer: bool) -> None:
    assert listed.knows(system, value) is listed.knows_fast(system, value) is answer


# Replacing and removing


def test_putting_a_source_again_replaces_all_it_held(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("b"))
    catalog.put(reading("a", document("d1", passage("1", codes=NAMED)), document("d2"), codes=(Code(CPT, "90001", "t"),)))
    catalog.put(reading("a", document("d1", passage("1", text="new words")), title="New"))
    assert [(tally.source.title, tally.passages, tally.codes) for tally in catalog.sources() if tally.source.id == "a"] == [("New", 1, 0)]
    assert [placed.passage.text for placed in catalog.document("d1")] == ["new words"]
    assert (catalog.document("d2"), catalog.naming(CPT, "90001"), catalog.knows(CPT, "90001")) == ([], [], False)
    assert catalog.has_source("b")


def test_removing_leaves_no_trace(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("b", document("d", passage("1", codes=NAMED)), codes=(Code(CPT, "90001", "t"),)))
    before = rows(path)
    catalog.put(reading("a", document("e", passage("2", codes=NAMED)), codes=(Code(CPT, "90001", "t"), Code(CPT, "90002", "t"))))
    catalog.remove("a")
    assert rows(path) == before
    assert not catalog.has_source("a")
    catalog.remove("b")
    assert not any(rows(path).values())


def test_removing_what_is_not_there_is_an_error_that_changes_nothing(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("a"))
    before = rows(path)
    with pytest.raises(CorpusError, match="none"):
        catalog.remove("none")
    assert rows(path) == before


def test_codes_known_follow_what_is_written(catalog: Catalog) -> None:
    assert not catalog.knows_fast(CPT, "90001")
    catalog.put(reading("a", codes=(Code(CPT, "90001", "t"),)))
    assert catalog.knows_fast(CPT, "90001")
    catalog.remove("a")
    assert not catalog.knows_fast(CPT, "90001")


# Whole or not at all


class Stop(BaseException):
    pass


def stop() -> None:
    raise Stop


@pytest.mark.parametrize(
    "bad",
    [
        reading("a", document("d1"), document("d1", passage("other"))),
        reading("a", document("d1", passage("1")), document("d2", passage("1"))),
        reading("a", document("d2"), document("d-of-b")),
        reading("a", codes=(Code(CPT, "90001", "t"), Code(CPT, None, "t"))),  # type: ignore[arg-type]
        reading("a", document("d2"), document("d3", passage("2", page="two"))),
        reading("a", document("d2"), document("d3", passage("2", text="half of a pair: \ud800"))),
        interrupted(reading("a", document("d1"), document("d2")), stop),
    ],
    ids=["document twice", "passage twice", "another's document", "a code without value", "a page that is no number", "no text", "stopped"],
)
def test_what_fails_halfway_leaves_the_catalog_as_it_was(catalog: Catalog, path: Path, bad: Reading) -> None:
    catalog.put(reading("a", codes=(Code(CPT, "90001", "t"),)))
    catalog.put(reading("b", document("d-of-b")))
    before = rows(path)
    with pytest.raises((CorpusError, UnicodeEncodeError, Stop)):
        catalog.put(bad)
    assert rows(path) == before
    catalog.put(reading("a", document("new")))
    assert catalog.document("new")


KILLED = """
import os, signal, sys
from pathlib import Path
import test_catalog as t
catalog = t.Catalog(Path(sys.argv[1]))
catalog.put(t.interrupted(t.big("a"), lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


def run(code: str, *arguments: object) -> int:
    """Run a piece of Python as a process of its own, with the tests and the program to import."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], env=environment, capture_output=True, timeout=60).returncode


def test_a_process_killed_in_the_middle_of_put_leaves_the_catalog_as_it_was(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("a", document("d", passage("1", codes=NAMED)), codes=(Code(CPT, "90001", "t"),)))
    before = rows(path)
    assert run(KILLED, path) == -signal.SIGKILL
    assert rows(path) == before
    catalog.put(big("a"))
    assert [tally.documents for tally in catalog.sources()] == [40]


FILLED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_DFL if sys.argv[3] == "killed" else signal.SIG_IGN)
import test_catalog as t
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    catalog = t.Catalog(Path(sys.argv[1]))
    catalog.put(t.big("big"))
except t.CorpusError:
    raise SystemExit(7)
"""
refused_or_killed = pytest.mark.parametrize(("manner", "status"), [("refused", 7), ("killed", -signal.SIGXFSZ)])


@refused_or_killed
def test_a_file_that_may_not_grow_is_an_error_that_changes_nothing(catalog: Catalog, path: Path, manner: str, status: int) -> None:
    catalog.put(reading("a"))
    before = rows(path)
    assert run(FILLED, path, 1_000_000, manner) == status
    assert rows(path) == before


@refused_or_killed
@pytest.mark.parametrize("limit", [0, 40_000, 80_000])
def test_a_home_whose_making_stopped_halfway_can_be_opened(path: Path, limit: int, manner: str, status: int) -> None:
    assert run(FILLED, path, limit, manner) == status
    opened = Catalog(path)
    opened.put(reading("a"))
    assert source_ids(opened) == ["a"]
    opened.close()


@pytest.mark.parametrize("more", [1, 40, 700], ids="{} pages".format)
def test_a_full_disk_is_an_error_that_changes_nothing(catalog: Catalog, path: Path, more: int) -> None:
    catalog.put(reading("a"))
    before = rows(path)
    pages = catalog._db.execute("PRAGMA page_count").fetchone()[0]
    catalog._db.execute(f"PRAGMA max_page_count = {pages + more}")
    with pytest.raises(CorpusError):
        catalog.put(big("b"))
    assert rows(path) == before
    catalog._db.execute("PRAGMA max_page_count = 1000000")
    catalog.put(big("b"))
    assert source_ids(catalog) == ["a", "b"]


# Several at once


def test_another_connection_sees_a_source_whole_or_not_at_all(catalog: Catalog, other: Catalog) -> None:
    seen: list[tuple[list[str], int]] = []

    def look() -> None:
        seen.append((source_ids(other), len(other.shelf("b"))))

    catalog.put(reading("a"))
    catalog.put(interrupted(big("b"), look))
    look()
    assert seen == [(["a"], 0), (["a", "b"], 40)]


def test_another_thread_sees_a_source_whole_or_not_at_all(catalog: Catalog) -> None:
    seen: list[tuple[list[str], int]] = []
    reader = threading.Thread(target=lambda: seen.append((source_ids(catalog), len(catalog.shelf("b")))))

    def begin() -> None:
        reader.start()
        reader.join(0.5)

    catalog.put(interrupted(big("b"), begin))
    reader.join(30)
    assert seen in ([([], 0)], [(["b"], 40)])  # from before, or from after having waited


@pytest.mark.parametrize("same", [True, False], ids=["one catalog, two threads", "two catalogs"])
def test_two_writers_take_turns(catalog: Catalog, other: Catalog, same: bool) -> None:
    failures: list[Exception] = []

    def write() -> None:
        try:
            (catalog if same else other).put(big("b"))
        except Exception as error:
            failures.append(error)

    second = threading.Thread(target=write)

    def begin() -> None:
        second.start()
        second.join(0.3)  # long enough to run into the first

    catalog.put(interrupted(big("a"), begin))
    second.join(30)
    assert failures == []
    assert [(tally.source.id, tally.documents) for tally in sorted(catalog.sources(), key=lambda t: t.source.id)] == [("a", 40), ("b", 40)]


def test_a_catalog_that_stays_locked_is_an_error_in_words(catalog: Catalog, path: Path) -> None:
    catalog._db.execute("PRAGMA busy_timeout = 20")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for write in (lambda: catalog.put(reading("a")), lambda: catalog.remove("a"), catalog.touch):
        with pytest.raises(CorpusError):
            write()
    holder.execute("ROLLBACK")
    catalog.put(reading("a"))
    assert source_ids(catalog) == ["a"]


def test_a_new_home_may_be_opened_by_several_at_once(path: Path) -> None:
    failures: list[Exception] = []
    together = threading.Barrier(4)

    def begin() -> None:
        together.wait()
        try:
            Catalog(path).close()
        except CorpusError as error:
            failures.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


WRITES = {
    "put": lambda one: one.put(reading("b")),
    "replace": lambda one: one.put(reading("a", title="New")),
    "remove": lambda one: one.remove("a"),
    "touch": lambda one: one.touch(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_the_stamp_grows_with_every_write_whoever_writes(catalog: Catalog, other: Catalog, write: Callable[[Catalog], None]) -> None:
    catalog.put(reading("a"))
    before = other.stamp
    assert other.stamp == before
    write(catalog)
    assert other.stamp == catalog.stamp == before + 1


def test_touching_changes_nothing_but_the_stamp(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("a"))
    before = rows(path)
    catalog.touch()
    assert rows(path) == before


def test_codes_known_follow_what_another_has_written(catalog: Catalog, other: Catalog) -> None:
    assert not other.knows_fast(CPT, "90001")
    catalog.put(reading("a", codes=(Code(CPT, "90001", "t"),)))
    assert other.knows_fast(CPT, "90001") is other.knows(CPT, "90001") is True


def test_a_source_read_anew_has_another_digest_for_what_is_derived(catalog: Catalog) -> None:
    catalog.put(reading("a"))
    catalog.put(reading("b"))
    before = catalog.source_digests()
    catalog.put(reading("a", digest="changed"))
    after = catalog.source_digests()
    assert before.keys() == after.keys() == {"a", "b"}
    assert [key for key in after if after[key] != before[key]] == ["a"]


# Homes that cannot be used


@pytest.mark.parametrize("version", [VERSION + 1, 99])
def test_another_versions_home_is_refused_and_left_alone(catalog: Catalog, path: Path, version: int) -> None:
    catalog.put(reading("a"))
    catalog.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    content = path.read_bytes()
    with pytest.raises(CorpusError, match=rf"{version}.*CODECITE_HOME"):
        Catalog(path)
    assert path.read_bytes() == content


def test_a_home_of_the_version_before_is_brought_up_to_this_one(catalog: Catalog, path: Path) -> None:
    catalog.put(reading("a", names="Aetna"))
    catalog.close()
    with sqlite3.connect(path) as db:
        db.executescript("ALTER TABLE sources DROP COLUMN names; PRAGMA user_version = 2")
    db.close()
    again = Catalog(path)
    assert [source.id for source in again.editions()] == ["a"]
    again.put(reading("b", names="Cigna"))
    assert [source.names for source in again.editions()] == [None, "Cigna"]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as someone whom permissions bind."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.parametrize("held", [False, True], ids=["empty folder", "folder with a catalog"])
def test_a_folder_that_cannot_be_written_is_refused(held: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if held:
            Catalog(folder / "catalog.sqlite").close()
        folder.chmod(0o555)
        with unprivileged(), pytest.raises(CorpusError, match="CODECITE_HOME"):
            Catalog(folder / "catalog.sqlite")
        folder.chmod(0o700)


def nothing_but_a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def a_file_for_a_home(path: Path) -> None:
    path.parent.write_bytes(b"")


def words_for_a_catalog(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("not a database " * 100)


def a_catalog_cut_short(path: Path) -> None:
    opened = Catalog(path)
    opened.put(big("a", megabytes=1))
    opened.close()
    path.write_bytes(path.read_bytes()[:5000])


def a_damaged_catalog(path: Path) -> None:
    """Sound in its first page, spoilt in all others."""
    opened = Catalog(path)
    opened.put(big("a", megabytes=1))
    opened.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))


SPOILT = (nothing_but_a_folder, a_file_for_a_home, words_for_a_catalog, a_catalog_cut_short, a_damaged_catalog)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_home_that_cannot_be_read_is_told_in_words(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    with pytest.raises(CorpusError):
        Catalog(path).sources()
