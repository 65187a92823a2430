import shutil
import string
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from corpus.model import NOTE, PROSE, TERM, Document, Passage, Reading, Source, digest, with_ids
from corpus.rows import Placed
from index.keywords import Keywords

SHELVES = ("prose", CPT, HCPCS, ICD10CM, MODIFIER)
WORDS = ("fever", "fatigue", "rash", "vaccine", "test")


def prose(text: str, section: str = "") -> Passage:
    return Passage("", PROSE, text, "p. 1", section=section)


def term(text: str, system: str = CPT, value: str = "90001") -> Passage:
    return Passage("", TERM, text, value, codes=((system, value),))


def put(catalog: Catalog, source_id: str, *passages: Passage) -> list[str]:
    """Make a source hold exactly these passages; return their ids in order."""
    placed = with_ids(source_id, passages)
    content = digest(*(passage.id for passage in placed))
    source = Source(source_id, source_id, source_id, "made up", "text", digest=content)
    catalog.put(Reading(source, (Document(f"{source_id}/1", "A title", "reference", placed),)))
    return [passage.id for passage in placed]


def found(keywords: Keywords, text: str, shelf: str = "prose", limit: int = 50) -> list[str]:
    return [key for key, _ in keywords.search(keywords.analyzed(text), shelf, limit)]


def everything(keywords: Keywords) -> dict[tuple[str, str], set[str]]:
    return {(shelf, word): set(found(keywords, word, shelf)) for shelf in SHELVES for word in WORDS}


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.sqlite")


@pytest.fixture
def keywords(tmp_path: Path) -> Keywords:
    return Keywords(tmp_path / "keywords")


# Words


@pytest.mark.parametrize("code", "90389 0042T 0001F 0241U J9901 E0100 G0008 A11 E1165 S72001A 59 AS GS XE".split())
def test_a_code_is_one_word(keywords: Keywords, code: str) -> None:
    assert keywords.analyzed(code) == [code.lower()]


@pytest.mark.parametrize("code", ["E11.65", "S72.001A"])
def test_half_of_a_dotted_code_is_not_the_code(catalog: Catalog, keywords: Keywords, code: str) -> None:
    named, *_ = put(catalog, "s", prose(f"report {code} for it"), *(prose(f"after {half} of them") for half in code.split(".")))
    keywords.sync(catalog)
    assert found(keywords, code) == [named]


@given(st.from_regex(r"[A-CEGHJ-MP-V][0-9]{4}|[0-9]{4}[0-9FTUM]", fullmatch=True, alphabet=string.ascii_letters + string.digits))
def test_no_code_is_cut_or_stemmed(tmp_path_factory: pytest.TempPathFactory, code: str) -> None:
    keywords = Keywords(tmp_path_factory.getbasetemp() / "grammar")
    assert keywords.analyzed(f"report {code}, once") == ["report", code.lower(), "onc"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("(90001)", ["90001"]),
        ("90001/90002", ["90001", "90002"]),
        ("90001–90002", ["90001", "90002"]),
        ("90001-59", ["90001", "59"]),
        ("90001,90002;J9901.", ["90001", "90002", "j9901"]),
        ("“90001”", ["90001"]),
    ],
)
def test_marks_around_a_code_are_no_part_of_it(keywords: Keywords, text: str, codes: list[str]) -> None:
    assert keywords.analyzed(text) == codes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sjögren", "SJOGREN"),
        ("Ménière", "meniere"),
        ("écran", "ecran"),
        ("naïve", "Naive"),
        ("injections", "injection"),
        ("covered", "covering"),
        ("vaccine", "vaccines"),
        ("reported", "reports"),
        ("LCDs", "LCD"),
        ("the MUEs of", "The MUE of"),
    ],
)
def test_accents_case_and_endings_make_no_other_word(keywords: Keywords, one: str, other: str) -> None:
    assert keywords.analyzed(one) == keywords.analyzed(other)


@pytest.mark.parametrize(("one", "other"), [("excludes1", "excludes2"), ("90001", "90002"), ("left", "right"), ("column1", "column2")])
def test_what_money_hangs_on_stays_apart(keywords: Keywords, one: str, other: str) -> None:
    assert keywords.analyzed(one) != keywords.analyzed(other)


@pytest.mark.parametrize("text", ["", "  \n", "–—…", "x" * 61])
def test_nothing_and_noise_are_no_words(keywords: Keywords, text: str) -> None:
    assert keywords.analyzed(text) == []


# Search


def test_the_passage_with_more_of_the_words_leads(catalog: Catalog, keywords: Keywords) -> None:
    fever, both, _ = put(catalog, "s", prose("test fever"), prose("test fever with a rash"), prose("fatigue of the left hand"))
    keywords.sync(catalog)
    ranked = keywords.search(keywords.analyzed("rash fever"), "prose", 10)
    assert [key for key, _ in ranked] == [both, fever]
    assert ranked[0][1] > ranked[1][1] > 0


def test_a_rare_word_counts_more_than_a_common_one(catalog: Catalog, keywords: Keywords) -> None:
    *_, rare = put(catalog, "s", *(prose(f"test of kind {at}") for at in "abcdefgh"), prose("rash of kind z"))
    keywords.sync(catalog)
    assert found(keywords, "test rash")[0] == rare


def test_headings_find_a_passage_but_text_finds_it_sooner(catalog: Catalog, keywords: Keywords) -> None:
    under, inside, _ = put(catalog, "s", prose("one plain sentence", "On fever"), prose("one fever sentence", "On plain"), prose("rash"))
    keywords.sync(catalog)
    assert found(keywords, "fever") == [inside, under]


@pytest.mark.parametrize(("words", "shelf"), [([], "prose"), (["unheard"], "prose"), (["fever"], "CPT")])
def test_what_is_not_there_is_not_found(catalog: Catalog, keywords: Keywords, words: list[str], shelf: str) -> None:
    put(catalog, "fever", prose("test fever"))
    keywords.sync(catalog)
    assert keywords.search(words, shelf, 10) == []


def test_the_limit_cuts_and_repeated_words_change_nothing(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "s", *(prose("fever " * at) for at in range(1, 8)))
    keywords.sync(catalog)
    assert keywords.search(["fever"], "prose", 3) == keywords.search(["fever"], "prose", 10)[:3]
    assert keywords.search(["fever", "fever"], "prose", 10) == keywords.search(["fever"], "prose", 10)


def test_each_shelf_gives_its_own_passages_only(catalog: Catalog, keywords: Keywords) -> None:
    systems = (CPT, HCPCS, ICD10CM, MODIFIER)
    ids = put(catalog, "s", prose("test fever"), *(term("test fever", system, "X1") for system in systems))
    keywords.sync(catalog)
    assert [found(keywords, "fever", shelf) for shelf in SHELVES] == [[key] for key in ids]


def test_a_note_at_a_code_is_never_found_by_words(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "s", Passage("", NOTE, "fever", "A11", codes=((ICD10CM, "A11"),)))
    keywords.sync(catalog)
    assert not any(everything(keywords).values())


@pytest.mark.parametrize("words", [['fever" OR *'], ["fever:", "+", "-"], ["\x00"], ["[fever TO rash]"]])
def test_words_are_words_and_no_query_language(catalog: Catalog, keywords: Keywords, words: list[str]) -> None:
    put(catalog, "s", prose("test fever"))
    keywords.sync(catalog)
    assert keywords.search(words, "prose", 5) == []


# Rarity


def test_the_rarer_the_word_the_greater_its_rarity(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "s", prose("test fever rash"), prose("test fever"), prose("test"), term("test of the hand"))
    keywords.sync(catalog)
    rarity = keywords.rarity(["rash", "test", "unheard", "fever", "rash"])
    assert sorted(rarity, key=rarity.__getitem__) == ["test", "fever", "rash", "unheard"]
    assert min(rarity.values()) >= 0


def test_an_empty_index_calls_no_word_telling(keywords: Keywords) -> None:
    assert keywords.rarity(["fever"]) == {"fever": 0.0}


def test_a_word_only_removed_sources_had_is_as_rare_as_one_never_seen(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "gone", *(prose(f"fever {at}") for at in range(20)))
    put(catalog, "kept", prose("rash"))
    keywords.sync(catalog)
    catalog.remove("gone")
    keywords.sync(catalog)
    rarity = keywords.rarity(["fever", "unheard"])
    assert rarity["fever"] == rarity["unheard"] >= 0


# Kept equal to the catalog


def test_sync_counts_the_sources_it_wrote_again(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "a", prose("test fever"))
    put(catalog, "b", prose("rash"))
    assert (keywords.sync(catalog), keywords.sync(catalog)) == (2, 0)
    put(catalog, "b", prose("fatigue"))
    assert (keywords.sync(catalog), keywords.sync(catalog)) == (1, 0)
    catalog.remove("a")
    assert (keywords.sync(catalog), keywords.sync(catalog)) == (1, 0)


def test_a_replaced_source_is_found_by_its_new_words_only(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "s", prose("test fever"), prose("a sentence that stays"))
    keywords.sync(catalog)
    new, stays = put(catalog, "s", prose("rash"), prose("a sentence that stays"))
    keywords.sync(catalog)
    assert (found(keywords, "fever"), found(keywords, "rash"), found(keywords, "sentence")) == ([], [new], [stays])


def test_a_removed_source_is_found_no_more_and_the_others_still_are(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "gone", prose("test fever"), term("test fever"))
    (kept,) = put(catalog, "kept", prose("test fever too"))
    keywords.sync(catalog)
    catalog.remove("gone")
    keywords.sync(catalog)
    assert (found(keywords, "fever"), found(keywords, "fever", CPT)) == ([kept], [])


def test_a_deleted_folder_is_written_again_from_the_catalog(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, "a", prose("test fever"), term("test vaccine"))
    put(catalog, "b", prose("rash", "On fatigue"))
    first = Keywords(tmp_path / "keywords")
    first.sync(catalog)
    before = everything(first)
    shutil.rmtree(tmp_path / "keywords")
    second = Keywords(tmp_path / "keywords")
    assert not any(everything(second).values())
    assert second.sync(catalog) == 2
    assert everything(second) == before
    assert any(before.values())


def test_a_folder_that_is_whole_is_opened_as_it_is(catalog: Catalog, tmp_path: Path) -> None:
    (key,) = put(catalog, "a", prose("test fever"))
    Keywords(tmp_path / "keywords").sync(catalog)
    again = Keywords(tmp_path / "keywords")
    assert found(again, "fever") == [key]
    assert again.sync(catalog) == 0


def test_a_reader_sees_what_another_wrote_once_it_reloads(catalog: Catalog, keywords: Keywords, tmp_path: Path) -> None:
    (key,) = put(catalog, "a", prose("test fever"))
    Keywords(tmp_path / "keywords").sync(catalog)
    keywords.reload()
    assert found(keywords, "fever") == [key]


class Interrupted(Catalog):
    """A catalog during whose second source someone presses Ctrl-C."""

    read = 0

    def shelf(self, source_id: str) -> list[Placed]:
        self.read += 1
        if self.read == 2:
            raise KeyboardInterrupt
        return super().shelf(source_id)


def test_a_sync_stopped_halfway_changes_nothing_and_the_next_one_finishes(catalog: Catalog, keywords: Keywords) -> None:
    put(catalog, "a", prose("test fever"))
    keywords.sync(catalog)
    put(catalog, "a", prose("rash"))
    put(catalog, "b", prose("fatigue"))
    before = everything(keywords)
    stopped = False
    try:  # pytest.raises would keep the traceback, and with it the writer that holds the lock
        keywords.sync(Interrupted(catalog.path))
    except KeyboardInterrupt:
        stopped = True
    assert stopped
    keywords.reload()
    assert everything(keywords) == before
    assert keywords.sync(catalog) == 2
    assert [len(found(keywords, word)) for word in ("fever", "rash", "fatigue")] == [0, 1, 1]


step = st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from(WORDS), max_size=3), st.booleans())


def changed(catalog: Catalog, steps: Sequence[tuple[str, list[str], bool]]) -> Iterator[None]:
    for source_id, words, away in steps:
        if away and catalog.has_source(source_id):
            catalog.remove(source_id)
        else:
            put(catalog, source_id, prose(" ".join(words) or "nothing"), *(term(word) for word in words))
        yield


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(step, min_size=1, max_size=5))
def test_whatever_happened_the_index_finds_what_one_built_anew_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[str], bool]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    catalog, kept, anew = Catalog(folder / "catalog.sqlite"), Keywords(folder / "kept"), Keywords(folder / "anew")
    for _ in changed(catalog, steps):
        kept.sync(catalog)
    anew.sync(catalog)
    assert everything(kept) == everything(anew)
