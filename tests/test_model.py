"""Values are whole and frozen; a passage's id is made of what it says and where it stands."""

import dataclasses
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import model
from corpus.model import NOTE, PROSE, TERM, Code, Document, Passage, Reading, Reference, Source, digest, with_ids

VALUES = (
    Source("s", "Title", "Publication", "licence", "text"),
    Reference("Publication", "Publisher", "row 1", "https://example.org"),
    Passage("p", PROSE, "text", "p. 1"),
    Document("d", "Title", "policy", ()),
    Code("CPT", "90001", "Title"),
    Reading(Source("s", "Title", "Publication", "licence", "text"), ()),
)
each_value = pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=12)
drafts = st.lists(st.builds(Passage, st.just(""), st.sampled_from((PROSE, TERM, NOTE)), words, words, section=words), max_size=8)


def ids(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.id for passage in passages]


@each_value
def test_a_value_cannot_be_changed(value) -> None:
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)


@each_value
def test_a_value_has_only_its_fields_and_can_be_a_key(value) -> None:
    assert not hasattr(value, "__dict__")
    assert value in {replace(value)}


def test_every_value_of_the_module_is_under_test() -> None:
    declared = {item for item in vars(model).values() if dataclasses.is_dataclass(item)}
    assert declared == {type(value) for value in VALUES}


@given(st.lists(words, min_size=1), st.lists(words, min_size=1))
def test_only_equal_texts_in_equal_order_share_a_digest(one: list[str], other: list[str]) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", digest(*one))
    assert (digest(*one) == digest(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"), [(("ab", ""), ("a", "b")), (("a", "b"), ("b", "a")), (("a",), ("a", "")), (("1", "23"), ("12", "3"))]
)
def test_a_digest_sees_where_one_text_ends(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert digest(*one) != digest(*other)


@given(drafts)
def test_ids_change_nothing_else_and_never_repeat(passages: list[Passage]) -> None:
    named = with_ids("source", passages)
    assert [replace(passage, id="") for passage in named] == passages
    assert len({*ids(named)}) == len(passages)


@given(drafts, drafts, drafts)
def test_an_unchanged_passage_keeps_its_id_among_others(before: list[Passage], kept: list[Passage], after: list[Passage]) -> None:
    first, last = ([passage for passage in others if passage not in kept] for others in (before, after))
    among = with_ids("source", first + kept + last)[len(first) : len(first) + len(kept)]
    assert among == with_ids("source", kept)


@pytest.mark.parametrize("change", [{"kind": NOTE}, {"text": "other"}, {"locator": "p. 2"}, {"section": "other"}])
def test_another_passage_has_another_id(change: dict[str, str]) -> None:
    passage = Passage("", PROSE, "text", "p. 1", section="head")
    assert ids(with_ids("source", [passage])) != ids(with_ids("source", [replace(passage, **change)]))


@pytest.mark.parametrize("change", [{"page": 3}, {"start": 10, "end": 14}, {"codes": (("CPT", "90001"),)}, {"id": "earlier"}])
def test_what_moves_or_is_named_anew_keeps_its_id(change: dict[str, object]) -> None:
    passage = Passage("", PROSE, "text", "p. 1")
    assert ids(with_ids("source", [passage])) == ids(with_ids("source", [replace(passage, **change)]))


def test_the_same_words_in_two_sources_are_two_passages() -> None:
    passage = Passage("", PROSE, "text", "p. 1")
    assert ids(with_ids("one", [passage])) != ids(with_ids("two", [passage]))
