"""Passages become whole sentences, and the sentences that hold the question's rare words come first."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.sentences import LIST, LONGEST, Scored, items, lists, score, split, units, whole
from corpus.model import Document, Passage, Source
from corpus.rows import Placed
from index.keywords import Keywords

SOURCE = Source(id="s", title="Made-up source", publication="m", licence="none", kind="text")
MARKER = re.compile(r"^\s*(?:[-•▪◦·*:]|\[\s*\]|\(?[a-z0-9]{1,2}[.)])\s+")
PROSE = st.text(alphabet="abcAB 019.,?!()[]-•*\n:;\"'“”’E$%–é\u00a0\t", max_size=80)


def analyze(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def placed(text: str, title: str = "A page", section: str = "") -> Placed:
    passage = Passage(id=text[:20], kind="prose", text=text, locator="opening", section=section)
    return Placed(passage, Document("d", title, "policy", ()), SOURCE)


def ranked(question: str, *passages: tuple[Placed, float], rarity: float = 1.0) -> list[Scored]:
    words = analyze(question)
    return score(passages, words, dict.fromkeys(words, rarity), analyze)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One rule. Another rule.", ("One rule.", "Another rule.")),
        ("Is it on file? Yes! It is.", ("Is it on file?", "Yes!", "It is.")),
        ("Use E11.65. Then Z79.4.", ("Use E11.65.", "Then Z79.4.")),
        ("Codes at A00. are listed.", ("Codes at A00. are listed.",)),
        ("See J47.-. The end.", ("See J47.-.", "The end.")),
        ("Not here (see A00.) but there. The end.", ("Not here (see A00.) but there.", "The end.")),
        ("Use (e.g. 90001. or so) here. Next one.", ("Use (e.g. 90001. or so) here.", "Next one.")),
        ("Compare 90001 vs. 90002 here. Done.", ("Compare 90001 vs. 90002 here.", "Done.")),
        ("Bandages, gauze, etc. are included. Done.", ("Bandages, gauze, etc. are included.", "Done.")),
        ("See Sec. 50.4 of the text. Done.", ("See Sec. 50.4 of the text.", "Done.")),
        ("It is approx. 5 mL of it. Done.", ("It is approx. 5 mL of it.", "Done.")),
        ("Form No. 5 is used. Done.", ("Form No. 5 is used.", "Done.")),
        ("It costs $1.50 a unit. Done.", ("It costs $1.50 a unit.", "Done.")),
        ("U.S. claims end there. Done.", ("U.S. claims end there.", "Done.")),
        ("Section I.C.1.d.1.a says so. Done.", ("Section I.C.1.d.1.a says so.", "Done.")),
        ("42 C.F.R. 410.26 applies. Done.", ("42 C.F.R. 410.26 applies.", "Done.")),
        ("First line\nSecond line.", ("First line", "Second line.")),
        ("", ()),
        (" \n\t\n", ()),
    ],
)
def test_text_is_cut_where_sentences_end(text: str, sentences: tuple[str, ...]) -> None:
    assert split(text) == sentences


@pytest.mark.parametrize("marker", ["- ", "• ", "* ", "▪ ", "a. ", "(b) ", "c) ", "1. ", "12) ", "  - ", ": ", "[ ] "])
def test_list_markers_are_left_off(marker: str) -> None:
    assert split(f"{marker}An item of a list.") == ("An item of a list.",)


@pytest.mark.parametrize("text", ["90001. That is a code.", "-5 degrees.", "A. Introduction."])
def test_what_only_looks_like_a_marker_stays(text: str) -> None:
    assert " ".join(split(text)) == text


@given(PROSE)
@settings(deadline=None)
def test_sentences_are_pieces_of_the_text_in_their_order(text: str) -> None:
    at = 0
    for sentence in split(text):
        assert sentence
        assert sentence == sentence.strip()
        at = text.index(sentence, at) + len(sentence)


@given(PROSE)
@settings(deadline=None)
def test_cutting_loses_nothing_but_markers(text: str) -> None:
    unmarked = "".join(MARKER.sub("", line) for line in text.split("\n"))
    assert "".join("".join(split(text)).split()) == "".join(unmarked.split())


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u2029", "\u3000", "\u0085", "\u2009"])
def test_no_kind_of_space_breaks_the_cutting(space: str) -> None:
    text = f"It is part B{space}. Next{space}one."
    try:
        found = split(text)
    except BaseException as error:  # a panic of the Rust segmenter is no Exception
        pytest.fail(f"{space!r}: {type(error).__name__}: {error}")
    assert all(sentence in text for sentence in found)


@pytest.mark.parametrize(
    ("sentence", "is_whole"),
    [
        ("A rule.", True),
        ("90001 is listed.", True),
        ("“Zero” means no.", True),
        ("(See the table.)", True),
        ("Use one of these:", False),
        ("One of them;", False),
        ("Is it?", True),
        ("It ends with a “quote.”", True),
        ("and cut at the page's edge.", False),
        ("A heading without an end", False),
        ("- A bullet.", False),
        ("", False),
        ("A" * (LONGEST - 1) + ".", True),
        ("A" * LONGEST + ".", False),
    ],
)
def test_a_sentence_begins_and_ends_as_one(sentence: str, is_whole: bool) -> None:
    assert whole(sentence) is is_whole


CRITERIA = """A badger is approved when it meets all of the following:
1. It digs by night
-AND-
2. It is older than one year
Another paragraph begins here."""


def test_a_list_is_quoted_from_the_words_that_lead_to_it() -> None:
    (found,) = lists(CRITERIA)
    assert found == "A badger is approved when it meets all of the following:\n1. It digs by night\n-AND-\n2. It is older than one year"


@pytest.mark.parametrize(
    "text",
    [
        "Note:\n1. It digs.",
        "A badger is approved when it meets this:\nBy night.",
        "A badger is approved when it meets all of the following:",
    ],
    ids=["two words lead to nothing", "no items", "nothing follows"],
)
def test_what_leads_to_no_list_is_none(text: str) -> None:
    assert list(lists(text)) == []


def test_a_list_ends_where_it_grows_too_long() -> None:
    text = "A badger is approved when it meets all of these:\n" + "\n".join(f"{at}. {'dig ' * 30}" for at in range(9))
    (found,) = lists(text)
    assert len(found) <= LIST
    assert found.count("dig") == 30 * found.count("\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("• Food for a badger at home", ["Food for a badger at home"]),
        ("•\nFood for a badger at home\n•\nIts bed", ["Food for a badger at home"]),
        ("Food for a badger at home", []),
        ("• food that goes on from above", []),
    ],
)
def test_items_of_a_bulleted_list_are_quoted_as_they_stand(text: str, found: list[str]) -> None:
    assert list(items(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "Otter A, Badger B, et al. A study of digging. J Dig. 2019;12:3. Stoat C, et al. Another study.",
        "3/2023 Updated the criteria for badgers. 4/2023 Added otters. 5/2023 Removed the stoat.",
    ],
    ids=["literature", "log of changes"],
)
def test_nothing_is_quoted_of_a_bibliography_or_a_log_of_changes(text: str) -> None:
    assert units(text) == ()


@given(PROSE)
@settings(deadline=None)
def test_what_may_be_quoted_stands_in_the_text(text: str) -> None:
    assert all(unit in text for unit in units(text))


def test_more_of_the_question_is_better() -> None:
    page = placed("A rash is here. A rash with fever is here. A code is for a rash with fever.", section="Rules")
    found = ranked("rash fever code", (page, 0.0))
    assert [item.covers for item in found] == [{"rash", "fever", "code"}, {"rash", "fever"}, {"rash"}]
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_a_rare_word_outweighs_common_ones() -> None:
    page = placed("Opening words. The claim is for a visit. The claim is for anthrax.", section="Rules")
    words = ["visit", "anthrax"]
    found = score([(page, 0.0)], words, {"visit": 0.1, "anthrax": 5.0}, analyze)
    assert found[0].sentence == "The claim is for anthrax."


def test_headings_count_less_than_the_sentence_itself_and_more_than_nothing() -> None:
    inside = placed("The word fever is here.", section="Rules")
    above = placed("No such word here.", section="Fever")
    neither = placed("Nothing of it here.", section="Rules")
    found = ranked("fever", (neither, 0.0), (above, 0.0), (inside, 0.0))
    assert [item.placed for item in found] == [inside, above, neither]
    assert found[0].score > found[1].score > found[2].score == 0.0


def test_a_word_in_the_headings_is_covered() -> None:
    (found,) = ranked("fever rash", (placed("A rash is seen.", title="On fever"), 0.0))
    assert found.covers == {"fever", "rash"}


def test_the_passage_search_ranked_higher_leads_between_equals() -> None:
    first, second = placed("A fever rule stands here."), placed("A fever rule stands there.")
    assert [item.placed for item in ranked("fever", (first, 0.1), (second, 0.9))] == [second, first]


def test_the_opening_of_a_document_leads_between_equals() -> None:
    opening, later = placed("The fever is defined."), placed("The fever is defined.", section="Rules")
    assert [item.placed.passage.section for item in ranked("fever", (later, 0.0), (opening, 0.0))] == ["", "Rules"]


def test_fragments_are_never_offered() -> None:
    found = ranked("fever", (placed("fever cut at the edge. A fever heading\nA whole fever sentence."), 0.0))
    assert [item.sentence for item in found] == ["A whole fever sentence."]


def test_a_repeated_word_counts_once() -> None:
    once = ranked("fever rash", (placed("A fever is here."), 0.0))[0].score
    assert ranked("fever fever rash", (placed("A fever is here."), 0.0))[0].score == once


def test_no_words_and_no_passages_are_no_error() -> None:
    assert score([], ["fever"], {"fever": 1.0}, analyze) == []
    assert [item.covers for item in score([(placed("A rule."), 0.0)], [], {}, analyze)] == [frozenset()]


def test_words_meet_as_the_keyword_index_writes_them(tmp_path: Path) -> None:
    keywords = Keywords(tmp_path)
    words = keywords.analyzed("sequencing infections")
    (found,) = score([(placed("The infection is sequenced first."), 0.0)], words, dict.fromkeys(words, 1.0), keywords.analyzed)
    assert found.covers == set(words)


def test_an_item_of_a_list_of_what_is_not_covered_is_quoted_with_its_lead_alone() -> None:
    lead = "No payment may be made for the lamp in these conditions:"
    text = f"The lamp is covered for green skin.\n{lead}\n1. Blue skin of both arms.\n2. Red skin.\nPrices are elsewhere."
    assert units(text) == (
        "The lamp is covered for green skin.",
        "Prices are elsewhere.",
        f"{lead}\n1. Blue skin of both arms.\n2. Red skin.",
    )
    held = text.replace("No payment may", "Payment may")
    assert "Blue skin of both arms." in units(held)
