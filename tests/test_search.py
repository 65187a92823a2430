import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.codes import SYSTEMS, shelf_of
from corpus.model import PROSE, Document, Passage, Source
from corpus.rows import Placed
from index.search import KEYWORD_SHARE, Filters, Ranked, allows, answering, fuse, merge, payer_of, speaks

Found = list[tuple[str, float]]
EARLY, ON, LATE = date(2020, 6, 30), date(2026, 1, 1), date(2026, 6, 30)


def ranked(pairs: dict[str, float]) -> Found:
    return sorted(pairs.items(), key=lambda pair: -pair[1])


def scores(rows: Sequence[Ranked]) -> dict[str, float]:
    return {row[0]: row[1] for row in rows}


# Fusion

found = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-40, 40).map(lambda n: n / 4), max_size=8).map(ranked)
some = found.filter(bool)
share = st.floats(0, 1)


@pytest.mark.parametrize(
    ("keywords", "vectors", "weight", "order"),
    [
        ([], [], 0.5, ""),
        ([("a", 9.0)], [], 0.5, "a"),
        ([], [("a", 0.2)], 0.5, "a"),
        ([("a", 9.0), ("b", 1.0)], [("b", 0.9), ("a", 0.1)], 0.6, "ab"),
        ([("a", 9.0), ("b", 1.0)], [("b", 0.9), ("a", 0.1)], 0.4, "ba"),
        ([("a", 9.0), ("b", 1.0)], [("b", 0.9), ("a", 0.1)], 0.5, "ab"),  # even: by name, so that it is the same each time
        ([("b", 3.0), ("a", 3.0)], [], 0.5, "ab"),
        ([("a", 9.0), ("b", 8.0), ("c", 1.0)], [("b", 0.9), ("c", 0.1)], 0.5, "bac"),
        ([("a", 9.0), ("b", 1.0)], [("c", 0.2)], 0.6, "acb"),
        ([("a", 9.0), ("b", 1.0)], [("c", 0.2)], 0.3, "cab"),
    ],
)
def test_what_both_engines_rate_high_leads(keywords: Found, vectors: Found, weight: float, order: str) -> None:
    assert "".join(key for key, *_ in fuse(keywords, vectors, weight)) == order


def test_each_row_tells_its_rank_in_either_engine() -> None:
    rows = fuse([("a", 9.0), ("b", 2.0)], [("c", 0.9), ("b", 0.8), ("d", 0.1)], 0.5)
    assert {row.passage: (row.by_keyword, row.by_vector) for row in rows} == {"a": (1, None), "b": (2, 2), "c": (None, 1), "d": (None, 3)}


@given(found, found, share)
def test_every_passage_found_stands_once_best_first(keywords: Found, vectors: Found, weight: float) -> None:
    rows = fuse(keywords, vectors, weight)
    assert sorted(key for key, *_ in rows) == sorted({key for key, _ in keywords + vectors})
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)


@given(found, found, share)
def test_scores_lie_between_nought_and_one(keywords: Found, vectors: Found, weight: float) -> None:
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in scores(fuse(keywords, vectors, weight)).values())


@given(found, found, share)
def test_first_in_both_is_a_full_score(keywords: Found, vectors: Found, weight: float) -> None:
    assert scores(fuse([("z", 99.0), *keywords], [("z", 99.0), *vectors], weight))["z"] == pytest.approx(1.0)


@given(some, share)
def test_without_vectors_keywords_alone_decide(keywords: Found, weight: float) -> None:
    assert fuse(keywords, [], weight) == fuse(keywords, [], 1.0)
    assert fuse(keywords, [], weight)[0].score == pytest.approx(1.0)


@given(some, some, share)
def test_the_engines_are_weighed_alike(keywords: Found, vectors: Found, weight: float) -> None:
    assert scores(fuse(keywords, vectors, weight)) == pytest.approx(scores(fuse(vectors, keywords, 1 - weight)))


@given(found, found, share, st.randoms(use_true_random=False))
def test_the_order_among_equal_scores_changes_nothing(keywords: Found, vectors: Found, weight: float, chance: random.Random) -> None:
    def shuffled(rows: Found) -> Found:
        return sorted(chance.sample(rows, len(rows)), key=lambda row: -row[1])

    one, other = fuse(shuffled(keywords), shuffled(vectors), weight), fuse(keywords, vectors, weight)
    assert [row[:2] for row in one] == [row[:2] for row in other]


@given(some, found, share, st.sampled_from([0.5, 2.0, 10.0]), st.integers(-5, 5))
def test_the_scale_of_an_engine_does_not_matter(keywords: Found, vectors: Found, weight: float, factor: float, shift: int) -> None:
    stretched = [(key, factor * score + shift) for key, score in keywords]
    assert scores(fuse(stretched, vectors, weight)) == pytest.approx(scores(fuse(keywords, vectors, weight)), abs=1e-4)


@given(some, some, share)
def test_a_passage_both_found_never_loses_by_it(keywords: Found, vectors: Found, weight: float) -> None:
    both = scores(fuse(keywords, vectors, weight))
    words, meanings = scores(fuse(keywords, [], 1.0)), scores(fuse(vectors, [], 1.0))
    for key, score in both.items():
        assert score >= max(weight * words.get(key, 0), (1 - weight) * meanings.get(key, 0)) - 1e-9


@given(found, found, share)
def test_fusing_leaves_what_it_was_given(keywords: Found, vectors: Found, weight: float) -> None:
    before = (list(keywords), list(vectors))
    fuse(keywords, vectors, weight)
    assert (keywords, vectors) == before


def test_every_shelf_has_a_share() -> None:
    assert set(KEYWORD_SHARE) == {"prose", *map(shelf_of, SYSTEMS)}
    assert all(0 < weight <= 1 for weight in KEYWORD_SHARE.values())


# Editions


def edition(name: str, effective: date | None = None, ended: date | None = None, publication: str = "manual") -> Source:
    return Source(name, name, publication, "made up", "text", effective=effective, ended=ended)


OLD = edition("old", date(2024, 1, 1))
MIDDLE = edition("middle", date(2025, 1, 1))
NEW = edition("new", date(2026, 1, 1))
TWIN = edition("twin", date(2026, 1, 1))
UNDATED = edition("undated")
ENDED = edition("ended", date(2025, 6, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("editions", "on", "answer"),
    [
        ([], date(2025, 5, 5), set()),
        ([OLD, MIDDLE, NEW], date(2025, 5, 5), {"middle"}),
        ([OLD, MIDDLE, NEW], date(2025, 12, 31), {"middle"}),
        ([OLD, MIDDLE, NEW], date(2026, 1, 1), {"new"}),
        ([OLD, MIDDLE, NEW], date(2040, 1, 1), {"new"}),
        ([OLD, MIDDLE, NEW], date(2019, 1, 1), {"old"}),
        ([MIDDLE, NEW], date(2024, 12, 31), {"middle"}),
        ([NEW, TWIN, OLD], date(2026, 2, 2), {"new", "twin"}),
        ([UNDATED], date(2026, 1, 1), {"undated"}),
        ([UNDATED, NEW], date(2025, 12, 31), {"undated"}),
        ([UNDATED, NEW], date(2026, 1, 1), {"new"}),
        ([ENDED], date(2026, 3, 1), {"ended"}),
        ([ENDED, NEW], date(2025, 7, 1), {"ended"}),
        ([ENDED, NEW], date(2026, 3, 1), {"new"}),
        ([MIDDLE, ENDED], date(2025, 12, 31), {"ended"}),
        ([MIDDLE, ENDED], date(2026, 1, 1), {"middle"}),
        ([UNDATED, ENDED], date(2026, 1, 1), {"undated"}),
    ],
    ids=lambda value: (
        "+".join(getattr(item, "id", item) for item in sorted(value, key=str)) if isinstance(value, list | set) else str(value)
    ),
)
def test_of_a_publication_the_edition_in_force_answers(editions: list[Source], on: date, answer: set[str]) -> None:
    assert answering(editions, on) == answer


def test_each_publication_answers_for_itself() -> None:
    other = edition("policy", date(2019, 1, 1), publication="policy")
    assert answering([OLD, NEW, other], date(2025, 5, 5)) == {"old", "policy"}


days = st.none() | st.sampled_from([date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)])
shelf = st.lists(st.tuples(st.sampled_from(["manual", "policy", "list"]), days), max_size=8).map(
    lambda rows: [edition(f"{at}", effective, publication=publication) for at, (publication, effective) in enumerate(rows)]
)


@given(shelf, st.dates(date(2023, 1, 1), date(2028, 1, 1)))
def test_every_publication_answers_with_one_edition(sources: list[Source], on: date) -> None:
    chosen = [source for source in sources if source.id in answering(sources, on)]
    editions = {(source.publication, source.effective) for source in chosen}
    assert {publication for publication, _ in editions} == {source.publication for source in sources}
    assert len(editions) == len({publication for publication, _ in editions})


@given(shelf, st.dates(date(2023, 1, 1), date(2028, 1, 1)))
def test_an_edition_to_come_answers_only_where_nothing_came_before(sources: list[Source], on: date) -> None:
    chosen = answering(sources, on)
    for source in sources:
        begun = [other for other in sources if other.publication == source.publication and (other.effective or date.min) <= on]
        assert source.id not in chosen or source in begun or not begun


@given(shelf, st.dates(date(2023, 1, 1), date(2028, 1, 1)), st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(sources: list[Source], on: date, chance: random.Random) -> None:
    assert answering(chance.sample(sources, len(sources)), on) == answering(iter(sources), on)


# What may answer


def placed(
    payer: str | None = None,
    effective: date | None = None,
    ended: date | None = None,
    kind: str = "policy",
    source_payer: str | None = None,
) -> Placed:
    source = Source("s", "s", "s", "made up", "text", payer=source_payer)
    return Placed(Passage("p", PROSE, "text", "p. 1"), Document("d", "d", kind, (), payer=payer, effective=effective, ended=ended), source)


@pytest.mark.parametrize(
    ("document", "source", "payer"),
    [(None, None, None), ("Aetna", None, "Aetna"), (None, "Cigna", "Cigna"), ("Aetna", "Cigna", "Aetna")],
)
def test_a_document_speaks_for_its_own_payer_else_its_sources(document: str | None, source: str | None, payer: str | None) -> None:
    assert payer_of(placed(payer=document, source_payer=source)) == payer


@pytest.mark.parametrize(("stated", "named", "payer"), [(None, "Aetna", "Aetna"), ("Cigna", "Aetna", "Cigna")])
def test_a_payer_a_first_page_names_counts_where_none_is_stated(stated: str | None, named: str, payer: str) -> None:
    item = placed(source_payer=stated)
    assert payer_of(replace(item, source=replace(item.source, names=named))) == payer


@pytest.mark.parametrize(
    ("asked", "document", "source", "allowed"),
    [
        (None, None, None, True),
        (None, "Aetna", None, True),
        ("Aetna", None, None, True),
        ("Aetna", "Aetna", None, True),
        ("Aetna", "Cigna", None, False),
        ("Aetna", None, "Cigna", False),
        ("Aetna", None, "Aetna", True),
        ("Aetna", "Aetna", "Cigna", True),
        ("Aetna", "Cigna", "Aetna", False),
    ],
)
def test_another_payers_text_never_answers(asked: str | None, document: str | None, source: str | None, allowed: bool) -> None:
    for kind in ("policy", "code", "guideline"):
        assert allows(Filters(ON, asked), placed(payer=document, source_payer=source, kind=kind)) is allowed


@pytest.mark.parametrize(
    ("effective", "ended", "allowed"),
    [
        (None, None, True),
        (EARLY, None, True),
        (None, LATE, True),
        (EARLY, LATE, True),
        (ON, None, True),
        (None, ON, True),
        (ON, ON, True),
        (LATE, None, False),
        (None, EARLY, False),
        (date(2026, 1, 2), None, False),
        (None, date(2025, 12, 31), False),
    ],
)
def test_a_document_answers_from_its_first_day_to_its_last(effective: date | None, ended: date | None, allowed: bool) -> None:
    assert allows(Filters(ON), placed(effective=effective, ended=ended)) is allowed


@pytest.mark.parametrize(("effective", "ended"), [(LATE, None), (None, EARLY)])
def test_a_page_of_a_code_answers_out_of_its_time_too(effective: date | None, ended: date | None) -> None:
    assert allows(Filters(ON), placed(effective=effective, ended=ended, kind="code"))


# Shelves merged


def test_the_shelf_whose_best_is_nearest_leads() -> None:
    near = [Ranked("a", 1.0, 1, 1, 0.9), Ranked("b", 0.4, 2, None)]
    far = [Ranked("c", 1.0, 1, 1, 0.3), Ranked("d", 0.9, 2, 2, 0.2)]
    assert [row.passage for row in merge([far, near])] == ["a", "b", "c", "d"]
    assert [row.score for row in merge([far, near])] == pytest.approx([1.0, 0.4, 1 / 3, 0.3])


def test_without_vectors_shelves_are_merged_by_their_scores() -> None:
    assert [row.passage for row in merge([[Ranked("a", 0.9, 1, None)], [Ranked("b", 1.0, 1, None)], []])] == ["b", "a"]


def test_nothing_merged_is_nothing() -> None:
    assert merge([]) == []


def filed(kind: str, payer: str | None = None, names: str | None = None) -> Source:
    return Source("s", "s", "s", "made up", kind, payer=payer, names=names)


@pytest.mark.parametrize(
    ("source", "filters", "asked"),
    [
        (filed("pdf"), Filters(ON), True),
        (filed("pdf", payer="Cigna"), Filters(ON, "Aetna"), False),
        (filed("pdf", names="Cigna"), Filters(ON, "Aetna"), False),
        (filed("pdf", names="Aetna"), Filters(ON, "Aetna", own=True), True),
        (filed("pdf"), Filters(ON, "Aetna"), True),
        (filed("pdf"), Filters(ON, "Aetna", own=True), False),
        (filed("starter"), Filters(ON, "Aetna", own=True), True),
        (filed("pdf"), Filters(ON, kinds=frozenset({"manual"})), False),
        (filed("manual"), Filters(ON, kinds=frozenset({"manual"})), True),
        (filed("statute"), Filters(ON, without=frozenset({"statute"})), False),
    ],
)
def test_a_source_is_asked_where_the_filters_let_it_speak(source: Source, filters: Filters, asked: bool) -> None:
    assert speaks(filters, source) is asked


def test_a_payers_own_text_is_asked_for_apart_from_what_holds_for_any() -> None:
    assert allows(Filters(ON, "Aetna"), placed())
    assert not allows(Filters(ON, "Aetna", own=True), placed())
    assert allows(Filters(ON, "Aetna", own=True), placed(payer="Aetna"))
