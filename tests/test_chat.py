"""One question, one path: what is said is cited and borne out, what is not is declined, and a lying writer is caught."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import prompts
from assistant import chat, quote
from assistant.answer import Answer, Evidence, Question, Turn
from assistant.chat import Line, Step, ask, guard, nearest, stream
from assistant.evidence import choose
from assistant.message import LIMIT
from assistant.question import understand
from assistant.verify import marks
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.model import CorpusError
from index.library import Library

TODAY = date(2026, 11, 20)

ANSWERED = [  # question, codes it is about, places that must be cited
    ("what is CPT 90001?", [(CPT, "90001")], {"opening", "Administration", "Medicare", "Not in these sources"}),
    ("90001", [(CPT, "90001")], {"opening"}),
    ("what is 90009", [(CPT, "90009")], {"opening", "Dates"}),
    ("is 90009 still valid?", [(CPT, "90009")], {"Dates"}),
    ("is 90001 valid", [(CPT, "90001")], {"Dates"}),
    ("is 90001 valid on 1999-01-01?", [(CPT, "90001")], {"Dates"}),
    ("J9901", [(HCPCS, "J9901")], {"row J9901"}),
    ("is J9902 valid?", [(HCPCS, "J9902")], {"row J9902"}),
    ("what is A11?", [(ICD10CM, "A11")], {"A11", "A11, Excludes2", "A11, Use additional code", "A11.0", "A11.9"}),
    ("A11.0 billable?", [(ICD10CM, "A11.0")], {"A11.0", "A11, Use additional code"}),
    ("is A11 billable", [(ICD10CM, "A11")], {"A11", "A11.0", "A11.9"}),
    ("what is A12.1XXA", [(ICD10CM, "A12.1XXA")], {"A12.1XXA", "A12, Excludes1"}),
    ("excludes1 at A11", [(ICD10CM, "A11")], {"A11, notes", "A11, Excludes2"}),
    ("excludes1 at A12.1", [(ICD10CM, "A12.1")], {"A12, Excludes1"}),
    ("7th character for A12.1", [(ICD10CM, "A12.1")], {"A12, 7th character"}),
    ("use additional code at A11.9", [(ICD10CM, "A11.9")], {"A11, Use additional code"}),
    ("code for red test fever", [(ICD10CM, "A11.0")], {"A11.0"}),
    ("icd-10 code for test fever", [(ICD10CM, "A11.9")], {"A11.9"}),
    ("how is test fever sequenced?", [], {"Sequencing"}),
    ("What does a modifier indicator of 0 mean?", [], {"Reporting"}),
    ("does Medicare cover 90001?", [(CPT, "90001")], {"Medicare"}),
    ("does Aetna cover the test fever vaccine?", [(CPT, "90001")], {"opening"}),
    ("administration code for 90001", [(CPT, "90001"), (CPT, "90002")], {"Administration"}),
    ("can I bill 90001 with 90002?", [(CPT, "90001"), (CPT, "90002")], {"Administration"}),
    ("difference between 90001 and 90009", [(CPT, "90001"), (CPT, "90009")], {"opening", "Dates"}),
    ("difference between J9901 and J9902", [(HCPCS, "J9901"), (HCPCS, "J9902")], {"row J9901", "row J9902"}),
    ("J9901-J9902", [(HCPCS, "J9901"), (HCPCS, "J9902")], {"row J9901", "row J9902"}),
]
DECLINED = [
    "what is 12345?",
    "is 77777 valid?",
    "what is CPT 98765432?",
    "what is A11.99",
    "ICD-10 XYZ123",
    "MUE for 90001",
    "what is the fee for 90001",
    "can I bill J9901 with 90001?",
    "does Cigna cover the test fever vaccine?",
    "who won the world cup",
    "how do I bake bread",
]
QUESTIONS = [question for question, *_ in ANSWERED]


def told(text: str, library: Library, **options: object) -> Answer:
    return ask(text, library, **{"today": TODAY, **options})


def shown_codes(answer: Answer) -> set[str]:
    return {value for _, value in answer.codes}


@pytest.mark.parametrize(("question", "codes", "places"), ANSWERED, ids=QUESTIONS)
def test_a_question_is_answered_from_the_right_place(
    small_library: Library, question: str, codes: list[tuple[str, str]], places: set[str]
) -> None:
    answer = told(question, small_library)
    assert answer.status == "answered"
    assert set(codes) <= set(answer.codes)
    assert places <= {citation.evidence.locator for citation in answer.citations}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_is_supported_and_cites_what_was_offered(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    numbers = {citation.number for citation in answer.citations}
    assert answer.statements
    for said in answer.statements:
        assert said.verdict == "supported", said
        assert said.citations
        assert set(said.citations) <= numbers
    assert set(marks(answer.text)) == numbers


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_quotes_exact_words_of_what_it_opens(small_library: Library, question: str) -> None:
    for citation in told(question, small_library).citations:
        item = citation.evidence
        assert item.quote in item.text
        if item.passage_id:
            assert small_library.catalog.passages([item.passage_id])[item.passage_id].passage.text == item.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_said_twice(small_library: Library, question: str) -> None:
    said = [statement.text for statement in told(question, small_library).statements]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_code_an_answer_is_about_is_on_file_or_named_in_what_it_cites(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    cited = " ".join(citation.evidence.text for citation in answer.citations)
    for system, value in answer.codes:
        assert small_library.catalog.knows(system, value) or value in cited


@pytest.mark.parametrize("question", DECLINED)
def test_what_the_sources_do_not_answer_is_declined(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    assert answer.status == "declined"
    assert (answer.statements, answer.citations, answer.codes) == ((), (), ())
    assert answer.text


@pytest.mark.parametrize("question", ["what is 90001 and 77777?", "is 90001 or 77777 valid?", "does Medicare cover 90001 and 77777?"])
def test_an_unknown_code_beside_a_known_one_is_named_missing_and_never_stated(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    assert answer.status == "partial"
    assert shown_codes(answer) >= {"90001"}
    assert "77777" not in shown_codes(answer)
    assert "77777" in answer.text
    assert not any("77777" in said.text for said in answer.statements)


def test_a_code_that_passages_only_name_is_not_said_to_be_nowhere(small_library: Library) -> None:
    answer = told("what is CPT 90002?", small_library)
    assert answer.status == "partial"
    assert [citation.evidence.locator for citation in answer.citations] == ["Administration"] * len(answer.citations)
    assert prompts.render("unsupported") not in answer.text


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("does Cigna cover the test fever vaccine?", "a policy of Cigna"),
        ("MUE for 90001", "MUE"),
        ("what is the fee for 90001", "fee schedule"),
    ],
)
def test_a_decline_says_what_would_answer(small_library: Library, question: str, missing: str) -> None:
    assert missing in told(question, small_library).text


@pytest.mark.parametrize(
    ("question", "first", "kind"),
    [
        ("what is 90009", "CPT 90009 was last valid on 2010-12-31", "deleted_code"),
        ("is 90009 still valid?", "No: CPT 90009 was last valid on 2010-12-31", "deleted_code"),
        ("what is J9902?", "HCPCS J9902 was last valid on 2019-12-31", "deleted_code"),
        ("is J9902 valid on 2020-01-01?", "No: HCPCS J9902 was last valid on 2019-12-31", None),
        ("what is 90001 on 1999-01-01?", "CPT 90001 is not yet valid on 1999-01-01", None),
        ("is J9901 valid on 2019-05-05?", "No: HCPCS J9901 is not yet valid on 2019-05-05", None),
    ],
)
def test_a_code_not_in_force_is_said_first(small_library: Library, question: str, first: str, kind: str | None) -> None:
    answer = told(question, small_library)
    assert answer.statements[0].text.startswith(first)
    assert answer.warnings
    assert kind is None or kind in {warning.kind for warning in answer.warnings}


@pytest.mark.parametrize(
    "question",
    [
        "does Medicare cover 90009?",
        "administration code for 90009",
        "can I bill 90009 with 90002?",
        "difference between 90001 and 90009",
        "J9901-J9902",
        "where is 90009 given, in a muscle?",
    ],
)
def test_an_ended_code_is_never_used_without_a_warning(small_library: Library, question: str) -> None:
    assert "deleted_code" in {warning.kind for warning in told(question, small_library).warnings}


@pytest.mark.parametrize(
    ("question", "wrong"), [("was 90009 deleted?", "No"), ("has J9902 been discontinued?", "No"), ("is 90001 deleted?", "Yes")]
)
def test_asked_whether_a_code_ended_the_answer_has_the_right_sense(small_library: Library, question: str, wrong: str) -> None:
    assert not told(question, small_library).statements[0].text.startswith(wrong)


def test_a_comparison_says_what_an_ended_code_was(small_library: Library) -> None:
    said = [statement.text for statement in told("difference between J9901 and J9902", small_library).statements]
    assert any("formerumab" in text for text in said)
    assert any("2019-12-31" in text for text in said)


def test_a_code_in_force_on_an_earlier_date_is_said_to_be(small_library: Library) -> None:
    answer = told("is J9902 valid on 2015-01-01?", small_library)
    assert answer.statements[0].text.startswith("Yes: HCPCS J9902 was valid on 2015-01-01")
    assert answer.question.on == date(2015, 1, 1)


@pytest.mark.parametrize("question", ["is A11.0 billable on 2014-03-01?", "what is A11.0 on 2014-03-01?", "excludes2 at A11 in 2014"])
def test_an_answer_for_a_date_before_the_edition_says_so(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    assert answer.warnings
    assert not answer.statements[0].text.startswith("Yes")


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("does Medicare cover the test fever vaccine?", {}),
        ("is the test fever vaccine covered?", {"payer": "Cigna"}),
        ("is 90001 covered for travellers?", {"payer": "uhc"}),
        ("tell me the policy on test fever vaccine", {"payer": "Kaiser"}),
    ],
)
def test_another_payers_policy_never_answers(small_library: Library, question: str, given: dict[str, str]) -> None:
    answer = told(question, small_library, **given)
    assert "policy-acme" not in {citation.evidence.source.id for citation in answer.citations}


def test_a_policy_without_a_date_is_flagged(small_library: Library) -> None:
    answer = told("does Aetna cover the test fever vaccine?", small_library)
    assert [warning.kind for warning in answer.warnings] == ["undated_source"]


@pytest.mark.parametrize("greeting", ["hello", "Hi there!", "thank you very much", "what can you do?"])
def test_a_greeting_claims_nothing(small_library: Library, greeting: str) -> None:
    answer = told(greeting, small_library)
    assert (answer.status, answer.text) == ("answered", prompts.render("capabilities"))
    assert (answer.statements, answer.citations, answer.codes) == ((), (), ())


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\x00\x07\x1b", "empty"),
        ("¿Cuál es el código para la vacuna?", "not_english"),
        ("これは何ですか", "not_english"),
        ("Какой код у прививки?", "not_english"),
    ],
)
def test_what_cannot_be_a_question_is_declined(small_library: Library, question: str, says: str) -> None:
    answer = told(question, small_library)
    assert (answer.status, answer.text, answer.citations) == ("declined", prompts.render(says), ())


@pytest.mark.parametrize("length", [LIMIT + 1, 20_000, 1_000_000])
def test_a_question_too_long_is_declined_with_its_length(small_library: Library, length: int) -> None:
    answer = told("w" * length, small_library)
    assert (answer.status, f"{length:,}" in answer.text) == ("declined", True)
    assert len(json.dumps(answer.as_json())) < 4 * LIMIT


def test_the_longest_question_is_read(small_library: Library) -> None:
    assert told("what is CPT 90001?".ljust(LIMIT, "?"), small_library).question.intent != "unreadable"


def test_control_characters_change_nothing(small_library: Library) -> None:
    plain, dirty = (told(text, small_library) for text in ("what is CPT 90001?", "\x00what is\x07 CPT\x1b 90001?\x7f"))
    assert (dirty.text, dirty.status) == (plain.text, plain.status)


@pytest.mark.parametrize("question", ["¿Qué es el código 90001?", "Что такое код 90001", "Was ist der Code 90001?", "90001とは"])
def test_a_code_is_read_in_any_language(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    assert answer.status == "answered"
    assert shown_codes(answer) == {"90001"}


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=alert(1)> 77777",
        "[click](javascript:alert(1)) frobnicate",
        "`code` **bold** <script>x</script> zzz",
        "![p](https://example.org) zzz",
        "see [1] and [2] for frobnicating",
    ],
)
def test_a_question_has_no_power_over_the_page(small_library: Library, question: str) -> None:
    answer = told(question, small_library)
    children = [child for token in MarkdownIt("commonmark", {"html": True}).parse(answer.text) for child in token.children or [token]]
    assert not {"html_inline", "html_block", "link_open", "image"} & {token.type for token in children}
    assert set(marks(answer.text)) == {citation.number for citation in answer.citations}


def test_a_record_number_is_not_repeated(small_library: Library) -> None:
    answer = told("My patient Jane Roe, MRN 448812, needs 90001. What is 90001?", small_library)
    assert "448812" not in answer.text
    assert "90001" in shown_codes(answer)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=40)
def test_any_message_gets_an_answer(small_library: Library, text: str) -> None:
    answer = told(text, small_library)
    assert answer.text
    assert all(said.verdict == "supported" for said in answer.statements)
    assert set(marks(answer.text)) == {citation.number for citation in answer.citations}
    assert answer.status != "declined" or not answer.citations


def test_a_conversation_goes_on_about_its_code(small_library: Library) -> None:
    first = told("what is CPT 90001?", small_library)
    turns = [Turn("user", "what is CPT 90001?"), Turn("assistant", first.text)]
    answer = told("And its administration code?", small_library, turns=turns)
    assert answer.question.standalone == "And its administration code (CPT 90001)?"
    assert answer.statements[0].text == "Giving 90001 is reported with 90002."
    assert any("read as" in step for step in answer.steps)


def test_what_is_set_apart_reaches_the_answer(small_library: Library) -> None:
    answer = told("what is 90001?", small_library, on=date(1999, 1, 1), payer="uhc", state="TX")
    assert (answer.question.on, answer.question.payer, answer.question.state) == (date(1999, 1, 1), "UnitedHealthcare", "TX")
    assert answer.as_json()["date_of_service"] == "1999-01-01"


def test_today_is_the_date_of_service_where_none_is_given(small_library: Library) -> None:
    assert ask("what is 90001?", small_library).question.on == date.today()
    assert told("what is 90009?", small_library, today=date(2005, 5, 5)).warnings == ()


def only(*lines: str) -> chat.Writer:
    """A writer that says these lines, whatever it was offered."""

    def write(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
        yield from lines

    return write


def honest_and(*lies: str) -> chat.Writer:
    """The usual writer with lies put in front, between and behind."""

    def write(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
        for line in quote.write(question, evidence):
            yield from (f"- {lie}\n" for lie in lies)
            yield line
        yield from (f"- {lie}\n" for lie in lies)

    return write


LIES = {
    "invented code": "CPT 90777 is a made-up vaccine against test fever. [1]",
    "invented HCPCS code": "Giving 90001 is reported with J7777. [2]",
    "invented ICD-10-CM code": "Giving 90001 is reported with Z77.7. [2]",
    "invented category": "Giving the made-up vaccine against test fever, injected into a muscle, is for K77. [1]",
    "invented number": "90001 is injected into a muscle 7 times. [1]",
    "invented amount": "90001 costs $4,321. [5]",
    "invented modifier": "90001 is reported with modifier QQ. [2]",
    "a modifier out of the year": "CPT 90001 is a made-up vaccine with modifier 26. [1]",
    "a number out of the date": "CPT 90001 is a made-up vaccine of 20 units. [1]",
    "no citation": "CPT 90001 is a made-up vaccine against test fever.",
    "zero citation": "CPT 90001 is a made-up vaccine against test fever. [0]",
    "citation never offered": "CPT 90001 is a made-up vaccine against test fever. [42]",
    "right words of another passage": "Medicare covers 90001 only after exposure to test fever. [2]",
    "denial": "CPT 90001 is not a made-up vaccine against test fever. [1]",
    "invented words": "Aromatherapy soothes travellers and doctors everywhere. [1]",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_removed_and_the_truth_kept(small_library: Library, lie: str) -> None:
    truth = told("what is CPT 90001?", small_library)
    answer = told("what is CPT 90001?", small_library, write=honest_and(lie))
    assert answer.text == truth.text
    assert (answer.status, answer.codes, answer.citations) == (truth.status, truth.codes, truth.citations)
    assert {said.verdict for said in answer.statements if said not in truth.statements} == {"unsupported"}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_never_streamed(small_library: Library, lie: str) -> None:
    events = stream("what is CPT 90001?", small_library, write=honest_and(lie), today=TODAY)
    assert f"- {lie}\n" not in [event.text for event in events if isinstance(event, Line)]


def test_an_answer_of_lies_alone_is_declined(small_library: Library) -> None:
    answer = told("what is CPT 90001?", small_library, write=only(*(f"{lie}\n" for lie in LIES.values())))
    assert (answer.status, answer.citations, answer.codes) == ("declined", (), ())
    assert not any(lie in answer.text for lie in LIES.values())
    assert {said.verdict for said in answer.statements} == {"unsupported"}


@pytest.mark.parametrize(
    "text", ["Giving 90001 is reported with 90002. [2][42]\n", "[42]\n", "Giving 90001 is reported with 90002. [42][2]\n"]
)
def test_a_mark_that_opens_nothing_is_not_shown(small_library: Library, text: str) -> None:
    answer = told("what is CPT 90001?", small_library, write=only(text, "Giving 90001 is reported with 90002. [2]\n"))
    assert set(marks(answer.text)) == {citation.number for citation in answer.citations} == {2}


def test_a_lie_behind_a_true_sentence_is_not_carried_along(small_library: Library) -> None:
    line = "CPT 90001 is a made-up vaccine against test fever, injected into a muscle. Everybody gets it free. [1]\n"
    assert "free" not in told("what is CPT 90001?", small_library, write=only(line)).text


def test_a_writer_that_says_nothing_is_no_answer(small_library: Library) -> None:
    answer = told("what is CPT 90001?", small_library, write=only())
    assert (answer.status, answer.citations, answer.codes) == ("declined", (), ())
    assert answer.text


WRITERS = {
    "quote": quote.write,
    "lies between": honest_and(*LIES.values()),
    "lies alone": only("CPT 90777 is real. [1]\n"),
    "nothing": only(),
    "a gap first": only("\n*Not in my sources:* Prices of 90009. [5]\n", "\n\n"),
    "spaces around": only("\n\n  Giving 90009 is reported with 90002. [3]  \n\n"),
}


@pytest.mark.parametrize(
    "question", ["what is 90009?", "what is CPT 98765432?", "is 90001 or 77777 valid?", "hello", "", "who won the cup"]
)
@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS.keys())
def test_the_stream_is_steps_then_lines_then_one_answer_of_those_lines(small_library: Library, question: str, writer: chat.Writer) -> None:
    *events, answer = stream(question, small_library, write=writer, today=TODAY)
    assert isinstance(answer, Answer)
    assert [type(event) for event in events] == sorted((type(event) for event in events), key=[Step, Line].index)
    assert "".join(event.text for event in events if isinstance(event, Line)) == answer.text
    assert answer.elapsed_ms["total"] >= 0


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS.keys())
def test_a_warning_shown_is_a_warning_returned(small_library: Library, writer: chat.Writer) -> None:
    answer = told("what is 90009?", small_library, write=writer)
    assert ("⚠" in answer.text) == bool(answer.warnings)


def test_a_line_is_shown_before_the_next_is_written(small_library: Library) -> None:
    written: list[str] = []

    def slowly(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
        for line in quote.write(question, evidence):
            written.append(line)
            yield line

    events = stream("what is CPT 90001?", small_library, write=slowly, today=TODAY)
    first = next(event for event in events if isinstance(event, Line))
    assert [first.text] == written


def test_the_writer_sees_the_evidence_numbered_from_one(small_library: Library) -> None:
    seen: list[Evidence] = []

    def spy(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
        seen.extend(evidence)
        return iter(())

    told("what is 90009?", small_library, write=spy)
    numbers = list(dict.fromkeys(item.number for item in seen))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "question", [text for text in (*QUESTIONS, *DECLINED) if "world cup" not in text]
)  # of no field of ours: no evidence
def test_one_number_is_one_place_and_its_words(small_library: Library, question: str) -> None:
    known = small_library.catalog.knows
    evidence = choose(understand(question, known, TODAY), small_library).evidence
    places = {(item.passage_id or (item.source.id, item.locator), item.quote): item.number for item in evidence}
    assert len(set(places.values())) == len(places)
    assert all(places[item.passage_id or (item.source.id, item.locator), item.quote] == item.number for item in evidence)


@pytest.mark.parametrize("question", [*QUESTIONS, *DECLINED, "hello", ""])
def test_an_answer_can_be_sent_to_a_program(small_library: Library, question: str) -> None:
    sent = json.loads(json.dumps(told(question, small_library).as_json()))
    assert sent["status"] in ("answered", "partial", "declined")
    assert {citation["source_id"] for citation in sent["citations"]} <= {source.id for source in small_library.sources}


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("90011", ["90001"]),
        ("9001", ["90001"]),
        ("900001", ["90001"]),
        ("09001", ["90001"]),
        ("J9903", ["J9901", "J9902"]),
        ("A11.1", ["A11.0", "A11.9", "A12.1", "A11"]),
        ("77777", []),
        ("90001", ["90009"]),
    ],
)
def test_the_nearest_codes_are_real_and_one_keystroke_away(small_library: Library, value: str, near: list[str]) -> None:
    found = nearest(value, small_library)
    assert value not in found
    assert set(found) <= set(near)
    assert (near == []) == (found == [])
    assert found[:1] == near[:1]


@pytest.mark.parametrize(
    ("error", "said"),
    [(CorpusError("Set CODECITE_HOME."), "Set CODECITE_HOME."), (KeyError("secret"), "KeyError"), (OSError("x"), "OSError")],
)
def test_an_error_is_told_in_one_line(error: Exception, said: str) -> None:
    told_line = guard(error)
    assert said in told_line
    assert "\n" not in told_line
    assert "secret" not in told_line


def test_the_same_question_has_the_same_answer(small_library: Library) -> None:
    answer = told("what is CPT 90001?", small_library)
    assert replace(answer, elapsed_ms={}) == replace(told("what is CPT 90001?", small_library), elapsed_ms={})
