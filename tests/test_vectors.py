import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.client import SharedSystemClient
from fakes import BagEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, POS, REFERENCE
from corpus.model import NOTE, PROSE, TERM, Document, Passage, Reading, Source, digest, with_ids
from index import vectors
from index.encoders import Encoder, Vectors
from index.vectors import SHELVES, Cache, VectorStore

ROOT = Path(__file__).parents[1]
HALF = 2e-3  # what half precision may cost a cosine


def prose(text: str) -> Passage:
    return Passage("", PROSE, text, "p. 1")


def term(text: str, system: str = CPT) -> Passage:
    return Passage("", TERM, text, "X1", codes=((system, "X1"),))


def put(catalog: Catalog, source_id: str, *passages: Passage) -> list[str]:
    """Make a source hold exactly these passages; return the keys of their texts in order."""
    placed = with_ids(source_id, passages)
    content = digest(*(passage.id for passage in placed))
    source = Source(source_id, source_id, source_id, "made up", "text", digest=content)
    catalog.put(Reading(source, (Document(f"{source_id}/1", "Title", "reference", placed),)))
    keys = catalog.keys([passage.id for passage in placed])
    return [keys[passage.id] for passage in placed]


def fill(store: VectorStore, catalog: Catalog) -> list[int]:
    return list(store.fill(catalog))


def nearest(store: VectorStore, text: str, shelf: str = "prose", limit: int = 50) -> list[str]:
    return [key for key, _ in store.search(store.encode([text]), shelf, limit)]


class Other(BagEncoder):
    """Another encoder, of another width."""

    name = "other-words"

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.pad(super().encode(texts), ((0, 0), (0, 8)))


class Stopping(BagEncoder):
    """Someone presses Ctrl-C while the second batch is encoded."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.encoded:
            raise KeyboardInterrupt
        return super().encode(texts)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(vectors, "BATCH", 4)
    yield
    SharedSystemClient.clear_system_cache()  # or every store of every test stays open


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.sqlite")


@pytest.fixture
def encoder() -> BagEncoder:
    return BagEncoder()


@pytest.fixture
def store(tmp_path: Path, encoder: BagEncoder) -> VectorStore:
    return VectorStore(tmp_path / "vectors", encoder)


@pytest.fixture
def ten(catalog: Catalog) -> list[str]:
    """Ten passages of prose, no two alike."""
    return put(catalog, "s", *(prose(f"sentence {at}") for at in range(10)))


# Filling


def test_a_step_is_a_batch_and_progress_counts_every_passage(store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    told: list[tuple[int, int]] = []
    assert list(store.fill(catalog, lambda done, total: told.append((done, total)))) == [4, 8, 10]
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]
    assert store.count() == 10


def test_filling_twice_does_nothing_twice(store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str]) -> None:
    fill(store, catalog)
    assert fill(store, catalog) == []
    assert (encoder.encoded, store.count()) == (10, 10)


def test_prose_is_encoded_before_the_titles_of_codes(store: VectorStore, catalog: Catalog) -> None:
    put(catalog, "codes", *(term(f"title {at}", ICD10CM) for at in range(9)))
    (first,) = put(catalog, "manual", prose("a sentence"))
    assert next(iter(store.missing(catalog))) == (first, "prose", "Title. . a sentence")


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_stopped_after_any_step_it_goes_on_where_it_stopped(
    store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str], steps: int
) -> None:
    filling = store.fill(catalog)
    done = [next(filling) for _ in range(steps)][-1]
    filling.close()
    assert encoder.encoded == done
    fill(store, catalog)
    assert (encoder.encoded, store.count()) == (10, 10)


def test_ctrl_c_while_encoding_loses_the_batch_in_hand_only(tmp_path: Path, catalog: Catalog, ten: list[str]) -> None:
    stopping, going = Stopping(), BagEncoder()
    with pytest.raises(KeyboardInterrupt):
        fill(VectorStore(tmp_path / "vectors", stopping), catalog)
    store = VectorStore(tmp_path / "vectors", going)
    fill(store, catalog)
    assert (stopping.encoded, going.encoded, store.count()) == (4, 6, 10)


KILLED = """
import os, sys
from pathlib import Path
from fakes import BagEncoder
from corpus.catalog import Catalog
from index import vectors

vectors.BATCH = 4

class Dying(BagEncoder):
    def encode(self, texts):
        if self.encoded:
            os._exit(9)
        return super().encode(texts)

home = Path(sys.argv[1])
list(vectors.VectorStore(home / "vectors", Dying()).fill(Catalog(home / "catalog.sqlite")))
"""
QUIET = """
import sys
reached = []
sys.addaudithook(lambda event, arguments: reached.append(event) if event in ("socket.connect", "socket.getaddrinfo") else None)
from pathlib import Path
from fakes import BagEncoder
from corpus.catalog import Catalog
from index.vectors import VectorStore

home = Path(sys.argv[1])
store = VectorStore(home / "vectors", BagEncoder())
print(*store.fill(Catalog(home / "catalog.sqlite")), len(store.search(store.encode(["a"]), "prose", 5)), reached)
"""


def elsewhere(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    return subprocess.run([sys.executable, "-c", script, str(home)], env=environment, capture_output=True, text=True, timeout=60)


def test_killed_while_encoding_it_goes_on_where_it_was_killed(tmp_path: Path, catalog: Catalog, ten: list[str]) -> None:
    assert elsewhere(KILLED, tmp_path).returncode == 9
    going = BagEncoder()
    store = VectorStore(tmp_path / "vectors", going)
    fill(store, catalog)
    assert (going.encoded, store.count()) == (6, 10)
    assert sorted(nearest(store, "sentence")) == sorted(ten)


def test_filling_and_searching_reach_no_network(tmp_path: Path, catalog: Catalog, ten: list[str]) -> None:
    done = elsewhere(QUIET, tmp_path)
    assert (done.stdout, done.stderr) == ("10 5 []\n", "")


# The cache


def test_a_rebuild_encodes_nothing_twice(tmp_path: Path, store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str]) -> None:
    question = BagEncoder().encode(["sentence 7"])
    fill(store, catalog)
    before = dict(store.search(question, "prose", 10))
    shutil.rmtree(tmp_path / "vectors" / "chroma")
    store.reload()
    assert store.count() == 0
    assert fill(store, catalog)[-1] == 10
    assert encoder.encoded == 10
    assert dict(store.search(question, "prose", 10)) == pytest.approx(before, abs=1e-6)


def test_one_text_in_two_places_is_encoded_once(store: VectorStore, encoder: BagEncoder, catalog: Catalog) -> None:
    put(catalog, "codes", *(term("the same title", system) for system in (CPT, HCPCS, ICD10CM)), term("the same title"))
    fill(store, catalog)
    assert (encoder.encoded, store.count()) == (1, 3)  # one a shelf


def test_a_source_added_again_is_not_encoded_again(store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str]) -> None:
    fill(store, catalog)
    catalog.remove("s")
    fill(store, catalog)
    put(catalog, "s", *(prose(f"sentence {at}") for at in range(10)))
    fill(store, catalog)
    assert (encoder.encoded, store.count()) == (10, 10)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["fever", "rash", "hand", "é", ""]), max_size=3).map(" ".join), min_size=1, max_size=8))
def test_the_cache_gives_each_text_its_own_vector_in_order(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    cache, encoder = Cache(tmp_path_factory.mktemp("cache") / "cache.sqlite"), BagEncoder()
    half = cache.encode(encoder, texts[: len(texts) // 2 + 1])
    whole = cache.encode(encoder, texts)
    assert encoder.encoded == len(set(texts))
    assert np.allclose(whole, BagEncoder().encode(texts), atol=HALF)
    assert np.array_equal(half, whole[: len(half)])


def test_two_encoders_share_neither_cache_nor_shelves(tmp_path: Path, catalog: Catalog, ten: list[str]) -> None:
    stores = [VectorStore(tmp_path / "vectors", one) for one in (BagEncoder(), Other())]
    for number, store in enumerate(stores):
        assert store.count() == 0, number
        fill(store, catalog)
        assert store.count() == 10
    assert [nearest(store, "sentence 3", limit=1) for store in stores] == [[ten[3]], [ten[3]]]


# Kept equal to the catalog


def test_passages_the_catalog_no_longer_holds_go(store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    (kept,) = put(catalog, "kept", prose("sentence 3"))
    fill(store, catalog)
    catalog.remove("s")
    assert store.missing(catalog) == []
    assert (store.count(), nearest(store, "sentence 3")) == (1, [kept])
    assert set(store.similarities(store.encode(["sentence 3"]), "prose", [*ten, kept])) == {kept}


def test_of_a_changed_source_only_the_new_passages_are_encoded(
    store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str]
) -> None:
    fill(store, catalog)
    changed = put(catalog, "s", *(prose(f"sentence {at}") for at in range(9)), prose("another sentence"))
    assert [key for key, _, _ in store.missing(catalog)] == changed[9:]
    assert fill(store, catalog) == [1]
    assert (encoder.encoded, store.count()) == (11, 10)
    assert set(nearest(store, "sentence")) == set(changed)


def test_a_note_at_a_code_has_no_vector(store: VectorStore, catalog: Catalog) -> None:
    put(catalog, "s", Passage("", NOTE, "see elsewhere", "A11", codes=((ICD10CM, "A11"),)))
    assert fill(store, catalog) == []
    assert store.count() == 0


def test_emptied_it_is_empty_and_can_be_filled_again(store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    fill(store, catalog)
    catalog.remove("s")
    fill(store, catalog)
    assert nearest(store, "sentence") == []
    (again,) = put(catalog, "t", prose("sentence"))
    fill(store, catalog)
    assert nearest(store, "sentence") == [again]


def test_another_process_is_seen_after_reload(tmp_path: Path, store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    assert store.count() == 0
    assert elsewhere(QUIET, tmp_path).returncode == 0
    store.reload()
    assert (store.count(), nearest(store, "sentence 4", limit=1)) == (10, [ten[4]])


def test_reloading_one_home_leaves_another_as_it_is(tmp_path: Path, store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    other = VectorStore(tmp_path / "elsewhere", BagEncoder())
    fill(store, catalog)
    other.reload()
    assert (store.count(), other.count()) == (10, 0)
    assert nearest(store, "sentence 4", limit=1) == [ten[4]]


# Search


def test_each_shelf_gives_its_own_passages_only(store: VectorStore, catalog: Catalog) -> None:
    systems = (CPT, HCPCS, ICD10CM, MODIFIER)
    ids = put(catalog, "s", prose("test fever"), *(term("test fever", system) for system in systems))
    fill(store, catalog)
    assert set(SHELVES) == {"prose", REFERENCE, *systems}
    assert [nearest(store, "fever", shelf) for shelf in ("prose", *systems)] == [[key] for key in ids]


def test_small_systems_share_a_shelf(store: VectorStore, catalog: Catalog) -> None:
    ids = put(catalog, "s", term("test fever ward", POS), term("test fever refused", "CARC"))
    fill(store, catalog)
    assert sorted(nearest(store, "fever", REFERENCE, limit=5)) == sorted(ids)


def test_pcs_codes_have_no_vectors(store: VectorStore, catalog: Catalog) -> None:
    put(catalog, "s", term("test fever drained", "ICD-10-PCS"), term("test fever", CPT))
    fill(store, catalog)
    assert store.count() == 1


def test_the_nearest_comes_first_with_its_cosine(store: VectorStore, encoder: Encoder, catalog: Catalog) -> None:
    texts = ["rash of the hand", "rash of the left hand", "fever", "test of a fever after travel"]
    ids = put(catalog, "s", *(term(text) for text in texts))
    fill(store, catalog)
    vector = encoder.encode(["rash of the hand"])
    exact = dict(zip(ids, (encoder.encode(texts) @ vector[0]).tolist(), strict=True))
    found = store.search(vector, CPT, 10)
    assert [key for key, _ in found] == sorted(ids, key=lambda key: -exact[key])
    assert dict(found) == pytest.approx(exact, abs=HALF)


def test_headings_and_titles_of_prose_have_meaning_too(store: VectorStore, catalog: Catalog) -> None:
    ids = put(
        catalog,
        "s",
        Passage("", PROSE, "It is sequenced first.", "p. 1", section="laboratory fatigue"),
        Passage("", PROSE, "It is sequenced first.", "p. 2", section="travel rash"),
    )
    fill(store, catalog)
    assert nearest(store, "laboratory fatigue") == ids


@pytest.mark.parametrize(("limit", "found"), [(1, 1), (3, 3), (10, 10), (60, 10)])
def test_the_limit_may_be_more_than_there_is(store: VectorStore, catalog: Catalog, ten: list[str], limit: int, found: int) -> None:
    fill(store, catalog)
    assert len(nearest(store, "sentence 1", limit=limit)) == found


@pytest.mark.parametrize("shelf", list(SHELVES))
def test_an_empty_shelf_finds_nothing(store: VectorStore, shelf: str) -> None:
    assert nearest(store, "sentence", shelf) == []


def test_similarities_are_the_cosines_search_gives(store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    fill(store, catalog)
    vector = store.encode(["sentence 5"])
    assert store.similarities(vector, "prose", ten[:3]) == pytest.approx(
        {key: cosine for key, cosine in store.search(vector, "prose", 10) if key in ten[:3]}, abs=HALF
    )


def test_a_passage_not_stored_yet_has_no_similarity(store: VectorStore, catalog: Catalog, ten: list[str]) -> None:
    fill(store, catalog)
    later = put(catalog, "later", prose("sentence 5 again"))
    vector = store.encode(["sentence 5"])
    assert set(store.similarities(vector, "prose", [*later, *ten, *ten, "nobody"])) == set(ten)
    assert store.similarities(vector, "prose", ["nobody"]) == {}
    assert store.similarities(vector, CPT, ten) == {}


# Garbage


def test_a_shelf_is_made_anew_when_too_much_of_it_is_garbage(
    store: VectorStore, encoder: BagEncoder, catalog: Catalog, ten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "LITTER", 3)
    fill(store, catalog)
    for at in range(4):  # each replaces one sentence: the fourth is one too many
        before = store._collection("prose").id
        put(catalog, "s", *(prose(f"sentence {held}") for held in range(9)), prose(f"another sentence {at}"))
        fill(store, catalog)
        assert store.count() == 10
        assert (store._collection("prose").id == before) == (at < 3)
    assert encoder.encoded == 14
    assert nearest(store, "sentence 4", limit=1) == [ten[4]]


def test_what_was_dropped_is_remembered_when_a_home_is_opened_again(
    tmp_path: Path, store: VectorStore, catalog: Catalog, ten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "LITTER", 3)
    fill(store, catalog)
    put(catalog, "s", *(prose(f"sentence {at}") for at in range(7)))
    fill(store, catalog)
    opened = VectorStore(tmp_path / "vectors", BagEncoder())
    before = opened._collection("prose").id
    put(catalog, "s", *(prose(f"sentence {at}") for at in range(6)))
    fill(opened, catalog)
    assert (opened.count(), opened._collection("prose").id == before) == (6, False)
