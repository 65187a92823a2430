"""A sentence counts only if what it cites bears it out: lies of every kind fall, faithful sentences stand."""

from collections.abc import Callable, Mapping
from datetime import date
from time import perf_counter

import lies
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.answer import Evidence, Question
from assistant.verify import marks, plain, statement, supported
from corpus.model import Document, Source
from index.keywords import Keywords

Judge = Callable[..., bool]

SOURCE = Source(id="s", title="Made-up manual", publication="m", licence="none", kind="text")
DOCUMENT = Document("d", "Rules on test fever", "policy", ())
ASKED = Question("q", "what is said of test fever?", "guideline", date(2026, 11, 20), dated=False)
PASSAGE = (
    "Medicare covers vaccine 90001 at 80 percent, up to 250 units a day, from 2015-10-01 to 2019-12-31. "
    "It does not cover the booster 90002 for travellers. "
    "Report fever with rash as J44.1 under category J44, append modifier 59 to the second line, and charge $1,300.50 for J9901."
)
OTHER = "The gadget 70001 is repaired once in 5 years under the warranty of its maker."


def offer(text: str, number: int = 1, say: str | None = None, document: Document = DOCUMENT) -> Evidence:
    return Evidence(number, "lead", text, text, "row 1", document, SOURCE, say=say)


@pytest.fixture(scope="module")
def keywords(tmp_path_factory: pytest.TempPathFactory) -> Keywords:
    return Keywords(tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="module")
def judge(keywords: Keywords) -> Judge:
    """Whether a sentence stands on these texts."""

    def judged(sentence: str, *texts: str, question: Question = ASKED, say: str | None = None) -> bool:
        return supported(sentence, [offer(text, at, say) for at, text in enumerate(texts, 1)], question, keywords.analyzed)

    return judged


TRUE = {
    "the words themselves": "It does not cover the booster 90002 for travellers.",
    "a part of them": "Medicare covers vaccine 90001 at 80 percent.",
    "another order": "Up to 250 units a day of vaccine 90001 are what Medicare covers.",
    "other forms of the words": "The vaccine 90001 is covered by Medicare.",
    "a figure without its comma": "The charge for J9901 is $1300.50.",
    "a whole date": "Medicare covers vaccine 90001 up to 2019-12-31.",
    "the title of the document": "Rules on test fever cover vaccine 90001.",
    "small words of its own": "Yes: the vaccine 90001 is covered by Medicare.",
    "a category and its code": "Fever with rash is J44.1 under category J44.",
    "a modifier that stands there": "Append modifier 59 to the second line.",
}
FALSE = {
    "wrong number": "Medicare covers vaccine 90001 up to 300 units a day.",
    "a digit more": "Medicare covers vaccine 90001 up to 2500 units a day.",
    "a digit less": "Medicare covers vaccine 90001 up to 25 units a day.",
    "wrong percentage": "Medicare covers vaccine 90001 at 90 percent.",
    "wrong amount": "The charge for J9901 is $1,300.75.",
    "an amount for a percentage": "Medicare covers vaccine 90001 at $80.",
    "a percentage for a count": "Medicare covers vaccine 90001 up to 250%.",
    "a number that only the date of service holds": "Medicare covers vaccine 90001 up to 20 units a day.",
    "wrong year": "Medicare covers vaccine 90001 from 2014-10-01.",
    "a date of parts of other dates": "Medicare covers vaccine 90001 from 2019-10-01.",
    "swapped code": "Medicare covers vaccine 90003 at 80 percent.",
    "swapped HCPCS letter": "Charge $1,300.50 for Q9901.",
    "swapped ICD-10-CM letter": "Report fever with rash as K44.1 under category J44.",
    "swapped category": "Report fever with rash as J44.1 under category K44.",
    "a longer code": "Report fever with rash as J44.12 under category J44.",
    "a shorter code": "Report fever with rash as J44.1 under category J4.",
    "a code cut out of a longer one": "Report fever with rash as J44.0 under category J44.",
    "swapped modifier": "Append modifier 25 to the second line.",
    "a modifier that only the year holds": "Append modifier 26 to the second line.",
    "a modifier that only a code holds": "Append modifier 90 to the second line.",
    "a modifier in letters": "Append modifier XU to the second line.",
    "added negation": "Medicare does not cover vaccine 90001.",
    "added 'never'": "Medicare never covers vaccine 90001.",
    "dropped negation": "It covers the booster 90002 for travellers.",
    "words of no source": "Medicare covers aromatherapy and massage with 90001.",
    "right figures, wrong words": "Acupuncture is refunded 80 percent with 250 needles.",
}


@pytest.mark.parametrize("sentence", TRUE.values(), ids=TRUE.keys())
def test_a_faithful_sentence_stands(judge: Judge, sentence: str) -> None:
    assert judge(sentence, PASSAGE)


@pytest.mark.parametrize("sentence", FALSE.values(), ids=FALSE.keys())
def test_a_lie_falls(judge: Judge, sentence: str) -> None:
    assert not judge(sentence, PASSAGE)


@pytest.mark.parametrize("sentence", [*TRUE.values(), *FALSE.values()])
def test_nothing_stands_on_nothing(judge: Judge, sentence: str) -> None:
    assert not judge(sentence)


@pytest.mark.parametrize("sentence", [text for text in TRUE.values() if "fever" not in text])
def test_right_words_of_an_uncited_passage_do_not_count(judge: Judge, sentence: str) -> None:
    assert not judge(sentence, OTHER)


def test_two_passages_may_bear_one_sentence_together(judge: Judge) -> None:
    sentence = "Medicare covers vaccine 90001 and the gadget 70001 is repaired once in 5 years."
    assert judge(sentence, PASSAGE, OTHER)
    assert not judge(sentence, PASSAGE)


@pytest.mark.parametrize(
    ("sentence", "text", "stands"),
    [
        ("The MUE of 90001 is 2 units.", "The MUE of 90001 is 2 units.", True),
        ("The MUE of 90001 is 2 units.", "The MUE of 90001 is 12 units.", False),
        ("The MUE of 90001 is 0 units.", "The MUE of 90001 is 10 units.", False),
        ("The rate of 90001 is 1.5.", "The rate of 90001 is 1.50.", True),
        ("The rate of 90001 is 1.5.", "The rate of 90001 is 15.", False),
        ("Codes 90001–90009 are vaccines.", "Codes 90001–90009 are vaccines.", True),
        ("Code E11.65 is billable.", "E11.65 · Made-up title · billable", True),
        ("Code E11.65 is billable.", "E1165 · Made-up title · billable", True),
        ("Code 90001 is a vaccine.", "Code 190001 is a vaccine.", False),
        ("Code E11.6 is billable.", "E11.65 · Made-up title · billable", False),
        ("Code Z9001 is a vaccine.", "Code 90001 is a vaccine.", False),
        ("90001 is a vaccine and no drug.", "90001 is a vaccine. No drug is named.", True),
    ],
)
def test_figures_and_codes_are_compared_whole(judge: Judge, sentence: str, text: str, stands: bool) -> None:
    assert judge(sentence, text) is stands


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("Medicare covers the vaccine.", True),
        ("Medicare does not cover the booster.", True),
        ("Medicare does not cover the vaccine.", False),
        ("Medicare covers the booster.", False),
    ],
)
def test_a_denial_is_held_against_the_sentence_that_it_rests_on(judge: Judge, sentence: str, stands: bool) -> None:
    assert judge(sentence, "Medicare covers the vaccine. Medicare does not cover the booster.") is stands


@pytest.mark.parametrize(
    ("sentence", "text", "stands"),
    [
        ("The lamp is paid at 20 dollars.", "If the lamp is broken by a storm, the lamp is paid at 20 dollars.", False),
        (
            "The lamp is paid if the bulb is lit or the form is signed.",
            "The lamp is paid if the bulb is lit and the form is signed.",
            False,
        ),
        ("Only members are treated at home.", "Members are treated only at home.", False),
        ("The lamp with shock is Q9902.", "The lamp is Q9902, or Q9903 with shock.", False),
        ("The chart must be signed by the ordering nurse.", "The chart must be signed by the charting nurse.", False),
        ("The form is signed first, then the lamp is lit.", "The lamp is lit first, then the form is signed.", False),
        ("The lamp is counted in the bill.", "The bulb is counted in the bill. The lamp is subtracted.", False),
        ("A lamp needs at least one bulb.", "A lamp needs 2 or more bulbs.", False),
        ("A repeat lamp is reported in addition to the bulb.", "A repeat lamp is included in the bulb.", False),
        ("A repeat lamp is not separately billable with the bulb.", "A repeat lamp is included in the bulb.", True),
        ("Renewing the lamp at night is not allowed.", "The lamp may not be renewed at night.", True),
        ("The bulb must be renewed every week.", "The bulb is renewed every 7 days.", True),
        ("The lamp can be lit by a nurse practitioner.", "The lamp may be lit by a nurse practitioner.", True),
        ("Lamps without a shade are not covered.", "Lamps are covered only with a shade.", True),
    ],
)
def test_what_is_said_otherwise_falls_and_what_is_worded_otherwise_stands(judge: Judge, sentence: str, text: str, stands: bool) -> None:
    assert judge(sentence, text) is stands


@pytest.mark.parametrize("word", ["listed", "named", "sources", "source", "difference", "nearby", "also", "both", "file"])
def test_words_the_assistant_adds_of_its_own_need_no_support(judge: Judge, word: str) -> None:
    assert judge(f"Yes: 90001 {word}.", "90001")


def test_the_question_may_be_repeated(judge: Judge) -> None:
    question = Question("q", "is 90077 paid with 3 units?", "units", date(2026, 11, 20), dated=False)
    sentence = "For 90077 with 3 units, vaccine 90001 is covered by Medicare."
    assert judge(sentence, PASSAGE, question=question)
    assert not judge(sentence, PASSAGE)


def test_a_table_row_may_deny_what_its_dates_deny(judge: Judge) -> None:
    said = "No. HCPCS J9902 was last valid on 2019-12-31 and is not valid on 2026-11-20."
    row = "J9902 · Injection · valid from 2010-01-01 · valid to 2019-12-31"
    assert judge(said, row, say=said)
    assert not judge(said, row)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A rule [1].", (1,)),
        ("A rule [2][1] and [2] more [12].", (2, 1, 12)),
        ("A rule [0].", ()),
        ("A rule [000].", ()),
        ("A rule [007].", (7,)),
        ("A rule [-1] [1.5] [a] [] [1234] (1) 1.", ()),
        ("", ()),
    ],
)
def test_zero_is_not_a_citation(text: str, numbers: tuple[int, ...]) -> None:
    assert marks(text) == numbers


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("**A rule.** [1]\n", "A rule."),
        ("- A rule [1][2].\n", "A rule."),
        ("1. A rule.", "A rule."),
        ("*Not in my sources:* prices. [3]", "Not in my sources: prices."),
        ("  A *rule*  , with [1] a mark [2] ; here.", "A rule, with  a mark; here."),
        ("\n", ""),
        ("[1]", ""),
    ],
)
def test_a_line_is_judged_without_its_dress(line: str, text: str) -> None:
    assert plain(line) == text


def offered(*texts: str) -> Mapping[int, Evidence]:
    return {at: offer(text, at) for at, text in enumerate(texts, 1)}


@pytest.mark.parametrize(
    ("line", "citations", "verdict"),
    [
        ("- Medicare covers vaccine 90001. [1]\n", (1,), "supported"),
        ("- The gadget 70001 is repaired once in 5 years. [2]\n", (2,), "supported"),
        ("- Medicare covers vaccine 90001. [1][2]\n", (1, 2), "supported"),
        ("- Medicare covers vaccine 90001. [2]\n", (2,), "unsupported"),
        ("- Medicare covers vaccine 90001.\n", (), "unsupported"),
        ("- Medicare covers vaccine 90001. [0]\n", (), "unsupported"),
        ("- Medicare covers vaccine 90001. [3]\n", (), "unsupported"),
        ("- Medicare covers vaccine 90001. [99][1]\n", (1,), "supported"),
        ("**Medicare covers vaccine 90003.** [1]\n", (1,), "unsupported"),
        (". [1]\n", (1,), "unsupported"),
    ],
)
def test_a_line_is_judged_by_what_it_cites_and_was_offered(keywords: Keywords, line: str, citations: tuple[int, ...], verdict: str) -> None:
    judged = statement(line, offered(PASSAGE, OTHER), ASKED, keywords.analyzed)
    assert judged is not None
    assert (judged.citations, judged.verdict) == (citations, verdict)


@pytest.mark.parametrize("line", ["", "\n", "   ", "[1]", "**"])
def test_a_line_without_words_claims_nothing(keywords: Keywords, line: str) -> None:
    assert statement(line, offered(PASSAGE), ASKED, keywords.analyzed) is None


def test_a_second_sentence_is_not_carried_by_the_first(keywords: Keywords) -> None:
    line = f"{PASSAGE.split('. ')[0]}. Everybody gets it free. [1]"
    judged = statement(line, offered(PASSAGE), ASKED, keywords.analyzed)
    assert judged is not None
    assert judged.verdict == "unsupported"


WORDS = st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9), min_size=3, max_size=12, unique=True)


@given(WORDS, st.integers(10000, 99999), st.integers(0, 5000))
@settings(deadline=None)
def test_a_quotation_always_stands(judge: Judge, words: list[str], code: int, count: int) -> None:
    sentence = f"The {' '.join(words)} of {code} has {count} units."
    assert judge(sentence, f"Before it. {sentence} After it.")


@given(WORDS, st.integers(100, 999_999), st.integers(100, 999_999))
@settings(deadline=None)
def test_no_other_number_ever_stands(judge: Judge, words: list[str], there: int, said: int) -> None:
    assume(there != said)
    assume(said != 2026)
    text = f"The {' '.join(words)} has {there} units."
    assert not judge(text.replace(str(there), str(said)), text)


@given(st.text(max_size=80), st.lists(st.integers(0, 120), max_size=4))
@settings(deadline=None)
def test_nothing_unoffered_is_cited(keywords: Keywords, text: str, numbers: list[int]) -> None:
    judged = statement(text + "".join(f"[{number}]" for number in numbers), offered(PASSAGE, OTHER), ASKED, keywords.analyzed)
    assert judged is None or set(judged.citations) <= {1, 2}
    assert judged is None or judged.citations or judged.verdict == "unsupported"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


SAID = [(passage, line) for passage, text in lies.TRUE.items() for line in lines(text)]
LIED = [(passage, *line.split(": ", 1)) for passage, text in lies.FALSE.items() for line in lines(text)]


def test_of_a_hundred_lies_all_but_two_fall(judge: Judge) -> None:
    assert len(LIED) >= 100
    stood = [(kind, lie) for passage, kind, lie in LIED if judge(lie, lies.PASSAGES[passage])]
    assert len(stood) <= 2, stood


def test_of_a_hundred_true_sentences_all_but_two_stand(judge: Judge) -> None:
    assert len(SAID) >= 100
    fell = [line for passage, line in SAID if not judge(line, lies.PASSAGES[passage])]
    assert len(fell) <= 2, fell


@pytest.mark.parametrize("passage", lies.TRUE)
def test_nothing_true_stands_on_a_neighbour(judge: Judge, passage: str) -> None:
    others = [text for name, text in lies.PASSAGES.items() if name != passage]
    assert [line for line in lines(lies.TRUE[passage]) for text in others if judge(line, text)] == []


def test_a_sentence_is_judged_within_a_millisecond(judge: Judge) -> None:
    took = []
    for passage, line in SAID:
        judge(line, lies.PASSAGES[passage])
        began = perf_counter()
        judge(line, lies.PASSAGES[passage])
        took.append(perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.001


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("Medicare covers vaccine 90001. [1] The gadget 70001 is repaired once in 5 years. [2]", "supported"),
        ("Medicare covers vaccine 90001 [1]. The gadget 70001 is repaired once in 5 years [2].", "supported"),
        ("Medicare covers vaccine 90001. [2] The gadget 70001 is repaired once in 5 years. [1]", "unsupported"),
        ("Medicare covers vaccine 90001 [2]. The gadget 70001 is repaired once in 5 years [1].", "unsupported"),
        ("Medicare covers vaccine 90001. [1] The gadget 70001 is repaired once in 6 years. [2]", "unsupported"),
        ("Medicare covers vaccine 90001 at ninety percent. [1]", "unsupported"),
    ],
)
def test_each_sentence_of_a_line_is_held_against_its_own_marks(keywords: Keywords, line: str, verdict: str) -> None:
    judged = statement(line, offered(PASSAGE, OTHER), ASKED, keywords.analyzed)
    assert judged is not None
    assert judged.verdict == verdict
