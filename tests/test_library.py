import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
from chromadb.api.client import SharedSystemClient
from conftest import HCPCS as HCPCS_RELEASE
from conftest import POLICY, STARTER_LIKE, TABULAR, open_library, write_corpus
from fakes import BagEncoder

from corpus import catalog as catalogs
from corpus import ingest
from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from corpus.model import CorpusError
from index import encoders, vectors
from index.keywords import Keywords
from index.library import STRIDE, Library, Readiness
from index.search import Filters, Hit
from index.vectors import VectorStore

ROOT = Path(__file__).parents[1]
ON = Filters(date(2026, 5, 1))
SHELVES = ("prose", CPT, HCPCS, ICD10CM, MODIFIER)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(vectors, "BATCH", 4)
    yield
    SharedSystemClient.clear_system_cache()  # or every home of every test stays open


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/dev/fd"))


@pytest.fixture
def nothing_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program carries no sources, so that preparing takes no time."""
    monkeypatch.setattr(ingest, "add_embedded", lambda catalog: [])


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    """The made-up files by the id their source gets."""
    (tmp_path / "in").mkdir()
    names = ("cpt-90001", "cpt-90009", "policy-acme", "hcpcs-2026-01", "icd-10-cm-2026-04", "guide")
    return dict(zip(names, write_corpus(tmp_path / "in"), strict=True))


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return open_library(home, monkeypatch)


@pytest.fixture
def full(library: Library, paths: dict[str, Path]) -> Library:
    """The whole made-up corpus, added and encoded."""
    for path in paths.values():
        library.add(path)
    fill(library)
    return library


def fill(library: Library) -> list[Readiness]:
    return list(library.fill())


def sources(library: Library) -> list[str]:
    return sorted(source.id for source in library.sources)


def found(library: Library, text: str, filters: Filters = ON, limit: int = 50) -> list[str]:
    return [hit.placed.source.id for hit in library.search(text, filters, limit)]


def ranks(hits: list[Hit]) -> dict[str, tuple[int | None, int | None]]:
    return {hit.placed.passage.id: (hit.by_keyword, hit.by_vector) for hit in hits}


def unencoded(library: Library) -> int:
    """Passages that search should find and that have no vector."""
    return sum(1 for _ in library.catalog.searchable()) - library.vectors.count()


def policy(name: str, text: str, **meta: str) -> str:
    fields = {"title": name, "kind": "policy", **meta}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + f"---\n{text}\n"


def stop(*args: object, **options: object) -> object:
    raise KeyboardInterrupt


def interrupted(action: Callable[[], object]) -> bool:
    """Whether Ctrl-C ended it; pytest.raises would keep the traceback and what it holds open."""
    try:
        action()
    except KeyboardInterrupt:
        return True
    return False


# Another process

PREAMBLE = """
import sys, time
from pathlib import Path
from fakes import BagEncoder
from index import encoders, vectors
from index.library import Library

encoders.load = lambda name, cache: BagEncoder()
vectors.BATCH = 4
library = Library(Path(sys.argv[1]), "bag-of-words")
given = sys.argv[2:]
"""
ADD_AND_FILL = "for path in given: assert library.add(Path(path)).source_id\nfor _ in library.fill(): pass"
REMOVE = "library.remove(given[0])"
ADD_HALFWAY = """
from corpus import ingest
with library._writes.taken():
    ingest.add(library.catalog, Path(given[0]))
    print("held", flush=True)
    sys.stdin.read()
"""
HOLD = "with library._writes.taken(): print('held', flush=True); sys.stdin.read()"
FILL_SLOWLY = "for now in library.fill(): print(now.done, flush=True); time.sleep(20)"


def start(script: str, home: Path, *given: object) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, "-c", PREAMBLE + script, str(home), *map(str, given)]
    return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def elsewhere(script: str, home: Path, *given: object) -> None:
    """Run a script on this home in a process of its own, to its end."""
    process = start(script, home, *given)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


@contextmanager
def running(script: str, home: Path, *given: object) -> Iterator["subprocess.Popen[str]"]:
    """Another process at work on the home, from its first line until it is killed."""
    process = start(script, home, *given)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.library.WAIT", 0.3)


def test_what_another_process_added_is_found_after_freshen(library: Library, home: Path, paths: dict[str, Path]) -> None:
    library.add(paths["guide"])
    fill(library)
    assert found(library, "travellers") == found(library, "nothing such")
    elsewhere(ADD_AND_FILL, home, paths["policy-acme"])
    library.freshen()
    assert sources(library) == ["guide", "policy-acme"]
    best = library.search("travellers", ON)[0]
    assert (best.placed.source.id, best.by_keyword, best.by_vector) == ("policy-acme", 1, 1)


def test_what_another_process_removed_is_never_found(full: Library, home: Path) -> None:
    assert "guide" in found(full, "sequenced first")
    elsewhere(REMOVE, home, "guide")
    assert "guide" not in found(full, "sequenced first")
    full.freshen()
    assert "guide" not in sources(full)
    assert "guide" not in found(full, "sequenced first")
    assert full.keywords.search(full.words("sequenced"), "prose", 5) == []
    assert unencoded(full) == 0


@pytest.mark.parametrize("filled_before", [False, True])
def test_vectors_another_process_made_are_used_after_freshen(
    library: Library, home: Path, paths: dict[str, Path], filled_before: bool
) -> None:
    if filled_before:
        library.add(paths["guide"])
        fill(library)
    library.add(paths["policy-acme"])
    (policy,) = (placed.passage.id for placed in library.catalog.shelf("policy-acme"))
    assert ranks(library.search("travellers", ON))[policy] == (1, None)
    elsewhere(ADD_AND_FILL, home)
    library.freshen()
    assert ranks(library.search("travellers", ON))[policy] == (1, 1)


WRITERS: dict[str, Callable[[Library, Path], object]] = {
    "prepare": lambda library, path: library.prepare(),
    "add": lambda library, path: library.add(path),
    "remove": lambda library, path: library.remove("policy-acme"),
}


@pytest.mark.usefixtures("impatient", "nothing_embedded")
def test_while_another_process_writes_every_writer_says_so_in_one_line(library: Library, paths: dict[str, Path]) -> None:
    library.add(paths["policy-acme"])
    with running(HOLD, library.home):
        for name, write in WRITERS.items():
            with pytest.raises(CorpusError) as error:
                write(library, paths["guide"])
            assert "\n" not in str(error.value), name
            assert str(library.home) in str(error.value), name
    assert sources(library) == ["policy-acme"]
    assert library.add(paths["guide"]).status == "added"


@pytest.mark.usefixtures("impatient")
def test_while_another_process_fills_another_fill_says_so_in_one_line(library: Library, paths: dict[str, Path]) -> None:
    library.add(paths["guide"])
    with running(FILL_SLOWLY, library.home), pytest.raises(CorpusError) as error:
        fill(library)
    assert "\n" not in str(error.value)
    fill(library)
    assert library.readiness.ready


@pytest.mark.usefixtures("impatient")
def test_while_another_process_fills_files_can_be_added(library: Library, paths: dict[str, Path]) -> None:
    library.add(paths["guide"])
    with running(FILL_SLOWLY, library.home):
        assert library.add(paths["policy-acme"]).status == "added"
        assert found(library, "travellers")[0] == "policy-acme"


@pytest.mark.usefixtures("impatient")
def test_while_another_process_fills_removing_is_done_or_refused_but_not_both(library: Library, paths: dict[str, Path]) -> None:
    library.add(paths["guide"])
    with running(FILL_SLOWLY, library.home):
        refused = False
        try:
            library.remove("guide")
        except CorpusError:
            refused = True
        assert sources(library) == ["guide"] * refused
        assert found(library, "sequenced first") == ["guide"] * refused


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("script", [HOLD, ADD_HALFWAY], ids=["between files", "within a file"])
def test_while_another_process_writes_a_reader_opens_and_reads(full: Library, paths: dict[str, Path], script: str) -> None:
    paths["guide"].write_text("# Guide\n\nNothing but elbows.\n", encoding="utf-8")
    with running(script, full.home, paths["guide"]):
        assert "policy-acme" in found(Library(full.home, "bag-of-words"), "vaccine for travellers")


@pytest.mark.parametrize("end", ["done", "killed"])
def test_when_the_other_process_has_ended_writing_goes_on(library: Library, paths: dict[str, Path], end: str) -> None:
    with running(HOLD, library.home) as holder:
        if end == "killed":
            holder.kill()
        holder.communicate(timeout=10)
        assert library.add(paths["guide"]).status == "added"


def test_ctrl_c_in_a_process_that_fills_leaves_a_home_that_goes_on(library: Library, home: Path, paths: dict[str, Path]) -> None:
    for path in paths.values():
        library.add(path)
    with running(FILL_SLOWLY, home) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
        assert "KeyboardInterrupt" in errors
    assert unencoded(library) > 0
    fill(library)
    assert (unencoded(library), library.readiness.ready) == (0, True)
    assert sources(library) == sorted(paths)


# Interrupted


def test_ctrl_c_while_filling_keeps_what_is_done(library: Library, paths: dict[str, Path]) -> None:
    for path in paths.values():
        library.add(path)

    def press(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    assert interrupted(lambda: list(library.fill(press)))
    assert 8 <= library.readiness.done < library.readiness.total
    assert not library.readiness.ready
    assert "guide" in found(library, "sequenced first")
    assert Library(library.home, "bag-of-words").add(paths["guide"]).status == "unchanged"
    fill(library)
    assert unencoded(library) == 0


def test_ctrl_c_in_the_encoder_frees_the_home(library: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    library.add(paths["guide"])
    with monkeypatch.context() as patch:
        patch.setattr(BagEncoder, "encode", stop)
        assert interrupted(lambda: fill(library))
    assert fill(Library(library.home, "bag-of-words"))[-1].ready


@pytest.mark.parametrize(
    ("owner", "step"),
    [(ingest, "read"), (ingest, "finished"), (catalogs, "_code_rows"), (Keywords, "sync"), (Keywords, "_write")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ctrl_c_while_adding_leaves_a_home_where_adding_again_works(
    library: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    library.add(paths["guide"])
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, stop)
        assert interrupted(lambda: library.add(paths["policy-acme"]))
    assert "guide" in found(library, "sequenced first")
    again = Library(library.home, "bag-of-words")
    assert again.add(paths["policy-acme"]).status in ("added", "unchanged")
    assert sources(again) == ["guide", "policy-acme"]
    assert found(again, "travellers")[0] == "policy-acme"


def test_what_was_written_before_ctrl_c_is_whole_or_not_there(
    library: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(catalogs, "_code_rows", stop)
        assert interrupted(lambda: library.add(paths["cpt-90001"]))
    assert list(library.catalog.searchable()) == []
    assert library.catalog.naming(CPT, "90001") == []


@pytest.mark.usefixtures("nothing_embedded")
@pytest.mark.parametrize(("owner", "step"), [(Keywords, "sync"), (VectorStore, "missing")], ids=["keywords", "vectors"])
def test_ctrl_c_while_removing_brings_nothing_back(full: Library, monkeypatch: pytest.MonkeyPatch, owner: object, step: str) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, stop)
        assert interrupted(lambda: full.remove("guide"))
    assert "guide" not in found(full, "sequenced first")
    again = Library(full.home, "bag-of-words")
    again.prepare()
    fill(again)
    assert again.keywords.search(again.words("sequenced"), "prose", 5) == []
    assert unencoded(again) == 0


# Derived, so that it can be lost


def test_opening_repairs_a_deleted_keyword_index(full: Library) -> None:
    shutil.rmtree(full.home / "keywords")
    again = Library(full.home, "bag-of-words")
    assert again.keywords.search(again.words("sequenced"), "prose", 5)


@pytest.mark.usefixtures("nothing_embedded")
def test_preparing_repairs_a_deleted_keyword_index(full: Library) -> None:
    before = {shelf: set(full.keywords.search(["fever"], shelf, 50)) for shelf in SHELVES}
    shutil.rmtree(full.home / "keywords")
    again = Library(full.home, "bag-of-words")
    again.prepare()
    after = {shelf: dict(again.keywords.search(["fever"], shelf, 50)) for shelf in SHELVES}
    assert {shelf: set(rows) for shelf, rows in after.items()} == {shelf: {key for key, _ in rows} for shelf, rows in before.items()}
    assert any(after.values())


def test_deleted_vectors_are_made_again(library: Library, home: Path, paths: dict[str, Path]) -> None:
    elsewhere(ADD_AND_FILL, home, *paths.values())
    shutil.rmtree(home / "vectors")
    library.freshen()
    assert {meaning for _, meaning in ranks(library.search("sequenced", ON)).values()} == {None}
    fill(library)
    assert library.readiness.ready
    assert unencoded(library) == 0
    assert library.search("sequenced first", ON)[0].by_vector is not None


def test_a_home_that_nobody_wrote_to_is_known_to_be_filled(full: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    searchable = Catalog.searchable
    monkeypatch.setattr(Catalog, "searchable", lambda catalog: looked.append(1) or searchable(catalog))
    fill(full)
    looked.clear()
    again = Library(full.home, "bag-of-words")
    fill(again)
    assert (looked, again.readiness) == ([], full.readiness)
    again.remove(sources(again)[0])
    fill(again)
    assert looked
    assert unencoded(again) == 0


@pytest.mark.usefixtures("nothing_embedded")
def test_a_home_that_lost_its_catalog_holds_nothing_whatever_the_indexes_say(full: Library) -> None:
    full.catalog.close()
    for path in full.home.glob("catalog.sqlite*"):
        path.unlink()
    again = Library(full.home, "bag-of-words")
    assert (sources(again), found(again, "test fever 90001")) == ([], [])
    again.prepare()
    fill(again)
    assert (again.keywords.search(["fever"], "prose", 5), again.vectors.count()) == ([], 0)


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: home.write_text("a file"),
        lambda home: (home.mkdir(), (home / "catalog.sqlite").write_text("no database " * 99)),
        lambda home: (home.mkdir(), (home / "keywords").write_text("a file")),
    ],
    ids=["home is a file", "catalog is no catalog", "keywords is a file"],
)
def test_a_home_that_cannot_be_used_is_one_line(home: Path, damage: Callable[[Path], object]) -> None:
    damage(home)
    with pytest.raises(CorpusError) as error:
        Library(home, "bag-of-words")
    assert "\n" not in str(error.value)
    assert str(home) in str(error.value)


def test_a_damaged_keyword_index_is_rebuilt_or_told(full: Library) -> None:
    for path in (full.home / "keywords").rglob("meta.json"):
        path.write_text("rubbish")
    with suppress(CorpusError):
        again = Library(full.home, "bag-of-words")
        assert again.keywords.search(again.words("sequenced"), "prose", 5)


# Adding and removing


def test_what_is_added_is_found_by_its_words_at_once(library: Library, paths: dict[str, Path]) -> None:
    assert found(library, "madeupumab") == []
    outcome = library.add(paths["hcpcs-2026-01"])
    assert (outcome.status, outcome.source_id) == ("added", "hcpcs-2026-01")
    assert set(found(library, "madeupumab")) == {"hcpcs-2026-01"}


def test_a_changed_file_is_found_by_its_new_words_only(full: Library, paths: dict[str, Path]) -> None:
    paths["guide"].write_text("# Guide\n\nNothing but elbows.\n", encoding="utf-8")
    assert full.add(paths["guide"]).status == "replaced"
    fill(full)
    assert full.search("elbows", ON)[0].placed.source.id == "guide"
    assert full.keywords.search(full.words("sequenced"), "prose", 5) == []
    assert unencoded(full) == 0


def test_what_is_refused_changes_nothing(full: Library, tmp_path: Path) -> None:
    before = (sources(full), full.vectors.count(), full.catalog.source_digests())
    (tmp_path / "empty.md").write_text("")
    assert full.add(tmp_path / "empty.md").status == "refused"
    assert (sources(full), full.vectors.count(), full.catalog.source_digests()) == before


@pytest.mark.parametrize("source_id", ["cpt-90001", "policy-acme", "hcpcs-2026-01", "icd-10-cm-2026-04", "guide"])
def test_remove_leaves_no_trace(full: Library, source_id: str) -> None:
    held = [placed.passage for placed in full.catalog.shelf(source_id)]
    codes = {pair for passage in held for pair in passage.codes}
    full.remove(source_id)
    assert source_id not in sources(full)
    assert full.catalog.passages([passage.id for passage in held]) == {}
    assert not [item for pair in codes for item in full.catalog.naming(*pair) if item.source.id == source_id]
    assert not [item for pair in codes for item in full.catalog.codes(*pair) if item.source.id == source_id]
    ids = {passage.id for passage in held}
    for shelf in SHELVES:
        words = [word for passage in held for word in full.keywords.analyzed(passage.text)]
        assert not ids & {key for key, _ in full.keywords.search(words, shelf, 500)}
        assert not ids & {key for key, _ in full.vectors.search(full.vectors.encode(["fever"]), shelf, 500)}
    assert unencoded(full) == 0
    assert source_id not in found(full, " ".join(passage.text for passage in held))


def test_a_source_that_is_not_there_cannot_be_removed(full: Library) -> None:
    with pytest.raises(CorpusError, match="nobody"):
        full.remove("nobody")
    assert len(sources(full)) == 6


def test_without_vectors_removing_loads_no_model(library: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "load", lambda name, cache: pytest.fail("a model was loaded"))
    library.add(paths["guide"])
    library.remove("guide")
    assert not (library.home / "vectors").exists()


def test_searching_without_vectors_loads_no_model(library: Library, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "load", lambda name, cache: pytest.fail("a model was loaded"))
    library.add(paths["guide"])
    assert found(library, "sequenced") == ["guide"]
    assert library.similarities("sequenced", [hit.placed.passage.id for hit in library.search("sequenced", ON)]) == {}


# Prepared and ready


@pytest.fixture
def little_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program carries a small Tabular List and one starter document."""
    (tmp_path / "starter").mkdir()
    (tmp_path / "starter" / "cpt-90001.md").write_text(STARTER_LIKE, encoding="utf-8")
    (tmp_path / "icd10c-tabular-April-1-2026.xml").write_text(TABULAR, encoding="utf-8")
    monkeypatch.setattr(ingest, "STARTER", tmp_path / "starter")
    monkeypatch.setattr(ingest, "embedded_icd10cm", lambda: tmp_path / "icd10c-tabular-April-1-2026.xml")


@pytest.mark.usefixtures("little_embedded")
def test_preparing_reads_the_embedded_sources_once(library: Library) -> None:
    assert not library.prepared
    assert [outcome.status for outcome in library.prepare()] == ["added", "added"]
    assert library.prepared
    assert Library(library.home, "bag-of-words").prepared
    assert library.prepare() == []
    assert {"starter", "icd-10-cm-2026-04"} == set(found(library, "test fever"))


@pytest.mark.usefixtures("little_embedded")
def test_a_home_where_preparing_was_stopped_is_not_prepared(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "read_starter", stop)
        assert interrupted(library.prepare)
    again = Library(library.home, "bag-of-words")
    assert not again.prepared
    assert [outcome.kind for outcome in again.prepare()] == ["starter"]
    assert again.prepared


def test_a_home_with_files_of_ones_own_only_is_not_prepared(library: Library, paths: dict[str, Path]) -> None:
    library.add(paths["guide"])
    assert not library.prepared


@pytest.mark.parametrize(("done", "total", "ready"), [(0, 0, False), (0, 9, False), (8, 9, False), (9, 9, True)])
def test_ready_is_every_passage_encoded_of_some(done: int, total: int, ready: bool) -> None:
    assert Readiness(done, total).ready is ready


def test_readiness_grows_with_every_step_to_the_whole(library: Library, paths: dict[str, Path]) -> None:
    for path in paths.values():
        library.add(path)
    total = sum(1 for _ in library.catalog.searchable())
    assert library.readiness == Readiness(0, 0)
    steps = [library.readiness for _ in library.fill()]
    assert [step.total for step in steps] == [total] * len(steps)
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    assert [step.ready for step in steps] == [False] * (len(steps) - 1) + [True]
    assert library.readiness == Readiness(total, total)


def test_readiness_counts_what_was_encoded_before(full: Library, paths: dict[str, Path]) -> None:
    paths["guide"].write_text("\n\n".join(f"## Part {at}\n\nElbow {at}." for at in range(6)), encoding="utf-8")
    full.add(paths["guide"])
    total = sum(1 for _ in full.catalog.searchable())
    assert fill(full) == [Readiness(total - 2, total), Readiness(total, total)]


def test_progress_ends_with_all_that_was_missing(full: Library, paths: dict[str, Path]) -> None:
    told: list[tuple[int, int]] = []
    paths["guide"].write_text("# Guide\n\nNothing but elbows.\n", encoding="utf-8")
    full.add(paths["guide"])
    assert [step.ready for step in full.fill(lambda done, total: told.append((done, total)))] == [True]
    assert told == [(0, 1), (1, 1)]


def test_nothing_missing_is_ready_without_a_step(full: Library) -> None:
    again = Library(full.home, "bag-of-words")
    assert fill(again) == []
    assert again.readiness.ready


def test_an_empty_home_is_filled_with_nothing_and_not_ready(library: Library) -> None:
    assert fill(library) == []
    assert not library.readiness.ready


# Threads


def test_threads_may_add_at_the_same_time(library: Library, tmp_path: Path) -> None:
    files = [tmp_path / f"part{at}.md" for at in range(9)]
    for at, path in enumerate(files):
        path.write_text(f"# Part {at}\n\nElbow number {at}. " * 20, encoding="utf-8")
    with ThreadPoolExecutor(3) as pool:
        statuses = [outcome.status for outcome in pool.map(library.add, files)]
    assert statuses == ["added"] * 9
    assert set(found(library, "elbow")) == {path.stem for path in files}


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_what_is_added_beside_a_fill_is_filled_too(library: Library, paths: dict[str, Path], steps: int) -> None:
    library.add(paths["icd-10-cm-2026-04"])
    filling = library.fill()
    for _ in range(steps):
        next(filling)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(library.add, paths["guide"]).result().status == "added"
    assert [step.ready for step in filling][-1]
    assert (unencoded(library), found(library, "sequenced first")[0]) == (0, "guide")


def test_threads_that_have_ended_leave_nothing_open(small_library: Library) -> None:
    def ask() -> None:
        thread = threading.Thread(target=small_library.search, args=("test fever", ON))
        thread.start()
        thread.join()

    ask()
    before = open_files()
    for _ in range(20):
        ask()
    assert open_files() < before + 20


def test_threads_get_the_answers_they_would_get_alone(small_library: Library) -> None:
    texts = ["test fever", "laboratory fatigue", "madeupumab", "vaccine for travellers", "modifier indicator", "rash", "90001", "A11.0"]
    alone = [ranks(small_library.search(text, ON)) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: ranks(small_library.search(text, ON)), texts * 5))
    assert together == alone * 5


# Search


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the code for tetanus?", ["tetanus"]),
        ("IS IT covered?", ["cover"]),
        ("45380/45378", ["45380", "45378"]),
        ("Please tell me about J9901, please!", ["j9901"]),
        ("“what” codes (CPT) for Sjögren's fevers", ["sjogren", "s", "fever"]),
        ("what is it?", []),
        ("", []),
    ],
)
def test_words_that_tell_nothing_are_not_searched(small_library: Library, text: str, words: list[str]) -> None:
    assert small_library.words(text) == words


@pytest.mark.parametrize(
    ("text", "source_id", "locator"),
    [
        ("which is sequenced first, fever or fatigue", "guide", "Sequencing"),
        ("madeupumab", "hcpcs-2026-01", "row J9901"),
        ("laboratory fatigue of the left hand", "icd-10-cm-2026-04", "A12.1"),
        ("vaccine for travellers", "policy-acme", "opening"),
        ("testvax", "cpt-90001", "90001"),
    ],
)
def test_each_kind_of_source_is_found(small_library: Library, text: str, source_id: str, locator: str) -> None:
    found = {(hit.placed.source.id, hit.placed.passage.locator): hit for hit in small_library.search(text, ON)[:3]}
    best = found[source_id, locator]
    assert (best.by_keyword, best.by_vector) != (None, None)


def test_passages_that_name_a_code_of_the_question_lead(small_library: Library) -> None:
    hits = small_library.search("is 90001 covered", ON, 30)
    naming = [(CPT, "90001") in hit.placed.passage.codes and hit.placed.passage.kind == "prose" for hit in hits]
    assert naming[0]
    assert naming == sorted(naming, reverse=True)
    assert len({hit.placed.passage.id for hit in hits}) == len(hits)


@pytest.mark.parametrize("system", [CPT, HCPCS, ICD10CM])
@pytest.mark.parametrize("text", ["test fever injection", "report 90001 with J9901 and A11.0"])
def test_a_search_in_one_system_gives_its_codes_only(small_library: Library, system: str, text: str) -> None:
    hits = small_library.search(text, Filters(ON.on, systems=(system,)), 30)
    assert hits
    assert [hit for hit in hits if system not in dict(hit.placed.passage.codes)] == []


@pytest.mark.parametrize("limit", [0, 1, 3, 10])
def test_no_more_hits_than_asked(small_library: Library, limit: int) -> None:
    assert len(small_library.search("test fever 90001", ON, limit)) == limit
    assert all(len(hits) <= limit for hits in small_library.shelves("test fever", SHELVES, ON, limit).values())


def test_shelves_are_searched_apart(small_library: Library) -> None:
    shelves = small_library.shelves("test fever", ("prose", ICD10CM), ON)
    assert list(shelves) == ["prose", ICD10CM]
    assert {hit.placed.passage.kind for hit in shelves["prose"]} == {"prose"}
    assert {hit.placed.passage.codes[0][0] for hit in shelves[ICD10CM]} == {ICD10CM}
    scores = [hit.score for hit in shelves[ICD10CM]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(("payer", "seen"), [(None, True), ("Aetna", True), ("Cigna", False)])
@pytest.mark.parametrize("text", ["vaccine for travellers", "90001"])
def test_another_payers_policy_is_not_shown(small_library: Library, text: str, payer: str | None, seen: bool) -> None:
    assert ("policy-acme" in found(small_library, text, Filters(ON.on, payer))) is seen


def test_what_is_filtered_out_does_not_use_up_the_search(library: Library, tmp_path: Path) -> None:
    for at in range(STRIDE + 4):
        (tmp_path / f"other{at}.md").write_text(policy(f"Elbow {at}", "Elbow, elbow and elbow.", payer="Cigna"), encoding="utf-8")
        library.add(tmp_path / f"other{at}.md")
    (tmp_path / "wanted.md").write_text(policy("Joint", "A long text of many words in which an elbow occurs once.", payer="Aetna"))
    library.add(tmp_path / "wanted.md")
    assert found(library, "elbow")[-1] == "wanted"
    assert found(library, "elbow", Filters(ON.on, "Aetna"), 1) == ["wanted"]


@pytest.mark.parametrize(
    ("on", "edition"), [("2025-01-01", "2025-10"), ("2025-12-31", "2025-10"), ("2026-01-01", "2026-01"), ("2030-01-01", "2026-01")]
)
def test_the_edition_of_the_date_answers(library: Library, tmp_path: Path, on: str, edition: str) -> None:
    for quarter in ("2025_OCT", "2026_JAN"):
        path = tmp_path / f"HCPC{quarter}_made_up.csv"
        path.write_text(HCPCS_RELEASE + f'J9909,"Injection, of {quarter}",Inj,D,20200101,\n')
        library.add(path)
    assert set(found(library, "injection", Filters(date.fromisoformat(on)))) == {f"hcpcs-{edition}"}
    assert library.current(date.fromisoformat(on)) == {f"hcpcs-{edition}"}


@pytest.mark.parametrize("text", ["90001", "elbow"])
@pytest.mark.parametrize(("on", "edition"), [("2024-06-30", "old"), ("2025-06-30", "new")])
def test_an_edition_replaced_is_not_shown_for_naming_the_code_either(
    library: Library, tmp_path: Path, text: str, on: str, edition: str
) -> None:
    for name, effective in {"old": "2024-01-01", "new": "2025-01-01"}.items():
        rules = policy("Elbow rules", f"The {name} rules let 90001 be reported for an elbow.", effective=effective)
        (tmp_path / f"{name}.md").write_text(rules, encoding="utf-8")
        library.add(tmp_path / f"{name}.md")
    assert found(library, text, Filters(date.fromisoformat(on))) == [edition]


@pytest.mark.parametrize(("on", "seen"), [("2019-12-31", False), ("2020-01-01", True), ("2021-12-31", True), ("2022-01-01", False)])
def test_a_policy_answers_in_its_time_only(library: Library, tmp_path: Path, on: str, seen: bool) -> None:
    dated = POLICY.replace("effective: null", "effective: 2020-01-01").replace("ended: null", "ended: 2021-12-31")
    (tmp_path / "dated.md").write_text(dated, encoding="utf-8")
    library.add(tmp_path / "dated.md")
    for text in ("travellers", "90001"):
        assert (found(library, text, Filters(date.fromisoformat(on))) == ["dated"]) is seen


def test_similarities_are_between_the_question_and_prose(small_library: Library) -> None:
    hits = small_library.shelves("test fever", ("prose",), ON)["prose"]
    near = small_library.similarities("test fever", [hit.placed.passage.id for hit in hits])
    assert near == pytest.approx({hit.placed.passage.id: hit.similarity for hit in hits}, abs=2e-3)
    assert small_library.similarities("test fever", []) == {}
    assert small_library.similarities("test fever", ["nobody"]) == {}


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00", '" OR fever:*', "x" * 5000, "発熱", "fever " * 400])
def test_no_text_breaks_a_search(small_library: Library, text: str) -> None:
    hits = small_library.search(text, ON)
    assert len(hits) <= 10
    assert all(0 <= hit.score <= 2 for hit in hits)


def test_a_catalog_another_opened_is_the_same_truth(full: Library) -> None:
    ids = [key for key, _, _ in Catalog(full.catalog.path).searchable()]
    assert sorted(ids) == sorted(key for key, _, _ in full.catalog.searchable())
    assert full.vectors.count() == len(ids)


def test_what_answers_on_a_day_is_known_anew_after_every_write(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, day = open_library(home, monkeypatch), date(2026, 11, 24)
    (tmp_path / "guide.md").write_text("# Guide\n\nWords of a guide.\n", encoding="utf-8")
    assert library.current(day) == frozenset()
    added = library.add(tmp_path / "guide.md").source_id
    assert library.current(day) == {added}
    library.remove(added)
    assert library.current(day) == frozenset()
