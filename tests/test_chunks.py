"""Cutting loses no text, and every passage stands where it says it does."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.chunks import SIZE, Section, passages, pieces
from corpus.model import PROSE

LONG = SIZE * 3
BLOCKS = ("word ", "Sentence. ", "line\n", "paragraph\n\n", "x", " ", "\n", "\t", "é", "𝔘", "\u00a0", "\u2028", ". ", "a.b ", "\r\n")
long_texts = st.lists(st.tuples(st.sampled_from(BLOCKS) | st.text(max_size=9), st.integers(1, 400)), max_size=9).map(
    lambda runs: "".join(block * times for block, times in runs)[:LONG]
)
lines = st.builds(str.__mul__, st.sampled_from(("word ", "End. ", "x")), st.integers(1, 80)).map(str.strip)
headings = st.lists(st.text(max_size=8), max_size=3).map(tuple)

long = settings(deadline=None, max_examples=300)


def cut(text: str, **place: object) -> list:
    return list(passages([Section(**{"path": (), "text": text, "start": 0} | place)]))


@long
@given(long_texts)
@example("")
@example("x" * SIZE)
@example("x" * (SIZE + 1))
@example(" " * LONG)
@example("\n\n" * SIZE)
@example("word " * SIZE + "\n" + "y" * LONG)
def test_pieces_joined_are_the_text_and_none_is_too_long(text: str) -> None:
    found = pieces(text)
    assert "".join(found) == text
    assert all(len(piece) <= SIZE for piece in found)


@long
@given(long_texts, st.integers(0, 10_000))
def test_passages_hold_every_word_at_its_place(text: str, start: int) -> None:
    found = cut(text, start=start)
    for passage in found:
        assert passage.text == text[passage.start - start : passage.end - start] == passage.text.strip() != ""
        assert len(passage.text) <= SIZE
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    kept = {at for passage in found for at in range(passage.start - start, passage.end - start)}
    assert not "".join(char for at, char in enumerate(text) if at not in kept).strip()


@long
@given(st.lists(st.tuples(lines, st.text("\n \t", min_size=1, max_size=5)), min_size=1, max_size=12))
def test_text_joined_from_lines_is_traced_back_to_its_page(rows: list[tuple[str, str]]) -> None:
    page = text = ""
    anchors = []
    for line, gap in rows:
        text += "\n" if text else ""
        anchors.append((len(text), len(page)))
        text, page = text + line, page + line + gap
    for passage in cut(text, anchors=tuple(anchors), page=1):
        assert "".join(page[passage.start : passage.end].split()) == "".join(passage.text.split())
        assert (page[passage.start], page[passage.end - 1]) == (passage.text[0], passage.text[-1])


@pytest.mark.parametrize(("offset", "place"), [(0, 100), (4, 104), (5, 200), (9, 204), (10, 50), (99, 139)])
def test_a_place_counts_from_the_last_anchor_before_it(offset: int, place: int) -> None:
    assert Section((), "", 7, anchors=((0, 100), (5, 200), (10, 50))).place(offset) == place


@pytest.mark.parametrize(("offset", "place"), [(0, 7), (2, 9), (3, 40), (5, 42)])
def test_before_the_first_anchor_a_place_counts_from_the_start(offset: int, place: int) -> None:
    assert Section((), "", 7, anchors=((3, 40),)).place(offset) == place


@pytest.mark.parametrize(
    ("parts", "sizes"),
    [
        ([SIZE], [SIZE]),
        ([SIZE - 10, "\n\n", 300], [SIZE - 10, 300]),
        ([SIZE - 10, "\n", 300], [SIZE - 10, 300]),
        ([SIZE - 10, ". ", 300], [SIZE - 9, 300]),
        ([SIZE - 10, " ", 300], [SIZE - 10, 300]),
        ([SIZE - 300, ". ", 200, " ", 200], [SIZE - 299, 401]),
        ([SIZE - 300, "\n", 200, ". ", 200], [SIZE - 300, 402]),
        ([SIZE - 300, "\n\n", 200, "\n", 200], [SIZE - 300, 401]),
        ([SIZE + 300], [SIZE, 300]),
    ],
)
def test_a_long_text_is_cut_at_its_widest_gap(parts: list[int | str], sizes: list[int]) -> None:
    text = "".join("x" * part if isinstance(part, int) else part for part in parts)
    assert [len(passage.text) for passage in cut(text)] == sizes


@pytest.mark.parametrize(
    ("place", "locator"),
    [
        ({}, "opening"),
        ({"page": 4}, "p. 4"),
        ({"path": ("Chapter I", "E. Modifiers")}, "E. Modifiers"),
        ({"path": ("Chapter I",), "page": 4}, "Chapter I"),
        ({"path": ("Chapter I",), "page": 4, "locator": "Chapter I, E.1"}, "Chapter I, E.1"),
    ],
)
def test_a_passage_is_located_by_what_is_most_exact(place: dict[str, object], locator: str) -> None:
    assert [passage.locator for passage in cut("some words", **place)] == [locator]


@given(headings, st.none() | st.integers(1, 999))
def test_headings_and_page_are_kept_beside_the_text(path: tuple[str, ...], page: int | None) -> None:
    (passage,) = cut("some words", path=path, page=page)
    assert (passage.section, passage.page, passage.kind) == (" › ".join(path), page, PROSE)
    assert (passage.id, passage.codes) == ("", ())


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u00a0"])
def test_blank_sections_yield_nothing(text: str) -> None:
    assert cut(text) == []


def test_sections_keep_their_order_and_never_share_a_passage() -> None:
    sections = [Section((name,), f"{name} words", at * 100) for at, name in enumerate("abc")]
    assert [(passage.section, passage.text, passage.start) for passage in passages(sections)] == [
        ("a", "a words", 0),
        ("b", "b words", 100),
        ("c", "c words", 200),
    ]
