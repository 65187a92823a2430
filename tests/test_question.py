"""A message is understood by rule: what it names, when, whose rules, and what kind of answer it wants."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Question, Turn
from assistant.chat import PLAIN
from assistant.dates import date_in
from assistant.evidence import PLANS
from assistant.followups import standalone
from assistant.message import LIMIT, cleaned, english
from assistant.question import understand
from assistant.subjects import systems_in
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from corpus.payers import payer_in, payer_named

TODAY = date(2026, 11, 20)
ON_FILE = {(ICD10CM, "J44"), (ICD10CM, "E11"), (ICD10CM, "I10"), (ICD10CM, "I50"), (ICD10CM, "E11.65"), (CPT, "90389"), (HCPCS, "J1670")}


def known(system: str, value: str) -> bool:
    return (system, value) in ON_FILE


def read(text: str, *turns: Turn, **given: Any) -> Question:
    return understand(text, known, TODAY, turns, **given)


def named(question: Question) -> list[tuple[str, str]]:
    return [(mention.system, mention.value) for mention in question.mentions]


def talk(*contents: str) -> tuple[Turn, ...]:
    """User and assistant by turns."""
    return tuple(Turn(("user", "assistant")[at % 2], content) for at, content in enumerate(contents))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"not done in {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


INTENTS = {
    "addon": [
        "what are the primary codes for 99292?",
        "is 99292 an add-on code?",
        "add-on 99417",
        "which primary procedure goes with 22614",
    ],
    "definition": [
        "what is CPT 90389?",
        "what is cpt 90283",
        "what's 90714",
        "whats 99213",
        "define 99213",
        "99213",
        "A4253",
        "e11.65",
        "what does modifier 25 mean?",
        "modifier 59",
        "what is modifier JW",
        "tell me about J1670",
        "meaning of J44.9",
        "definition of CPT 99213 please",
        "what is the description of 99213?",
        "what are 90714 and 90715?",
        "Hi! what is CPT 90389?",
        "good morning, what is 99213",
        "look up J1670",
        "what is 90389 on 2020-01-01?",
        "what is CPT 98765432?",
        "what is ICD-10 XYZ123",
        "I10",
    ],
    "validity": [
        "Is 90703 still valid?",
        "is 90703 active",
        "was 99201 deleted?",
        "when was 99201 deleted",
        "has 99201 been discontinued",
        "is E11.65 billable",
        "E11.65 billable?",
        "is J1670 in force on 2020-01-01?",
        "is 90389 still in use",
        "does 99201 still exist?",
        "was 90703 valid on March 3, 2014?",
    ],
    "notes": [
        "excludes1 at J44",
        "excludes 2 note for J44",
        "code first notes for I50",
        "does E11 have a use additional code note?",
        "what is included in J44",
        "inclusion terms of E11.42",
        "7th character for S06.0X0",
        "seventh character of S72.001",
    ],
    "units": [
        "MUE for 20610",
        "how many units of J1670 can I bill?",
        "max units 96372",
        "medically unlikely edit 90389",
        "units limit for 96372",
    ],
    "fee": ["RVU for 99213", "how much does Medicare pay for 99213", "payment limit of J1670", "fee for 99214"],
    "pair": [
        "can I bill 45380 with 45378?",
        "is 93000 bundled with 93306",
        "can 99213 and 96372 be billed together",
        "45378 45380 same day",
        "NCCI edit 11042 97597",
    ],
    "comparison": [
        "difference between 90714 and 90715",
        "compare 99213 vs 99214",
        "modifier 25 vs 57",
        "difference between modifier 59 and XU",
        "90389 versus J1670",
        "how do 90714 and 90715 differ?",
    ],
    "range": ["99202-99215", "99202–99215", "codes 90281 through 90399", "what are codes 99202 to 99205"],
    "modifiers": ["list all modifiers", "list common modifiers", "show me all modifiers"],
    "coverage": [
        "is a tetanus booster without an injury covered by Medicare?",
        "does Aetna cover IVIG for CIDP?",
        "does UHC pay for 90389",
        "is prior authorization needed for J1569",
        "medical necessity of IVIG",
    ],
    "administration": [
        "which administration code goes with tetanus immune globulin?",
        "administration code for 90389",
        "what code is used to administer 90714",
        "code for administering hepatitis B vaccine",
        "how do I report administration of Tdap",
    ],
    "aspect": ["is 90389 a vaccine?", "where is 90389 given"],
    "modifier": ["when may modifier 59 be used?", "can modifier 50 be used with 20610?"],
    "reverse": [
        "code for type 2 diabetes with diabetic polyneuropathy",
        "what is the ICD-10 code for hypertension?",
        "which CPT code describes a knee injection",
        "hypertension icd 10 code",
        "how do you code sepsis",
        "dx code for COPD",
        "how to bill a flu shot",
    ],
    "guideline": [
        "What does an NCCI modifier indicator of 0 mean?",
        "how is sepsis sequenced?",
        "guidelines for E/M services",
        "who can bill incident to",
        "what is an excludes1 note?",
        "what is an MUE?",
        "can Excludes1 codes ever be reported together?",
    ],
    "claim": ["check this claim: 99213-25, 20610-RT, E11.65", "99213-25, 20610-RT x1, dx E11.65"],
    "history": ["when was E11.65 added?", "what changed for E11.65"],
    "crosswalk": ["ICD-9 250.00 in ICD-10", "what replaced 99201?", "HCC of E11.65", "NDC 12345-6789-01 HCPCS code"],
    "denial": ["CO-16", "why was it denied with N130", "RARC N130"],
    "sources": ["what sources do you have?", "how current are your NCCI edits?"],
    "advice": [
        "what dose of insulin should I give?",
        "can I be sued for a wrong code?",
        "how do I bill for services that were not performed?",
    ],
    "out of scope": ["what is the weather today?", "write me a poem"],
    "smalltalk": [
        "hi",
        "Hello there!",
        "good morning",
        "thanks",
        "thanks a lot",
        "thank you very much!",
        "bye",
        "OK",
        "help",
        "who are you",
        "what can you do?",
    ],
}


@pytest.mark.parametrize(("text", "intent"), [(text, intent) for intent, texts in INTENTS.items() for text in texts])
def test_intent(text: str, intent: str) -> None:
    assert read(text).intent == intent


def test_every_intent_but_small_talk_has_a_plan() -> None:
    assert set(INTENTS) - set(PLAIN) == {*PLANS, "advice"}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("on 2015-12-31", date(2015, 12, 31)),
        ("on 2015-1-3", date(2015, 1, 3)),
        ("DOS 3/1/24", date(2024, 3, 1)),
        ("DOS: 01/05/2024", date(2024, 1, 5)),
        ("2024/03/01", date(2024, 3, 1)),
        ("March 1, 2024", date(2024, 3, 1)),
        ("march 1st 2024", date(2024, 3, 1)),
        ("Mar. 3 2014", date(2014, 3, 3)),
        ("Jan 1,2026", date(2026, 1, 1)),
        ("Sept. 5, 2019", date(2019, 9, 5)),
        ("3 March 2014", date(2014, 3, 3)),
        ("September 2019", date(2019, 9, 1)),
        ("may 2024", date(2024, 5, 1)),
        ("february 29, 2024", date(2024, 2, 29)),
        ("was it valid in 2014?", date(2014, 7, 1)),
        ("during 2013", date(2013, 7, 1)),
        ("dos 2014", date(2014, 7, 1)),
    ],
)
def test_a_stated_date_is_the_date_of_service(text: str, stated: date) -> None:
    assert date_in(text, TODAY) == stated


@pytest.mark.parametrize(
    "text",
    [
        "what is 90389?",
        "february 29, 2023",
        "2024-02-30",
        "31/12/2015",
        "the 2026 NCCI manual",
        "what changed in the 2025 edition",
        "rules for 2025 guidelines",
        "J1569 for 2000 mg",
        "a dose of 2000 units",
        "on the market 2020",
        "Octagam 2020",
        "code range 1990-2000",
        "",
    ],
)
def test_what_is_no_date_of_service_is_not_taken_for_one(text: str) -> None:
    assert date_in(text, TODAY) is None


@pytest.mark.parametrize("style", ["%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%b %d %Y", "%b. %d, %Y"])
@given(st.dates(date(1980, 1, 1), date(2099, 12, 31)))
@settings(deadline=None, max_examples=50)
def test_any_date_is_read_back(style: str, day: date) -> None:
    assert date_in(f"is 90389 valid on {day.strftime(style)}?", TODAY) == day


def test_the_date_of_service_is_today_unless_stated() -> None:
    assert (read("what is 90389?").on, read("what is 90389?").dated) == (TODAY, False)
    assert (read("was 90703 valid in 2014?").on, read("was 90703 valid in 2014?").dated) == (date(2014, 7, 1), True)


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("covered by medicare?", "Medicare"),
        ("CMS rules", "Medicare"),
        ("under Part B", "Medicare"),
        ("Medicare Advantage from Aetna", "Aetna"),
        ("Medicaid and Medicare", "Medicaid"),
        ("uhc", "UnitedHealthcare"),
        ("United Healthcare", "UnitedHealthcare"),
        ("united health care", "UnitedHealthcare"),
        ("Optum", "UnitedHealthcare"),
        ("CIGNA", "Cigna"),
        ("aetna's policy", "Aetna"),
        ("BCBS of Texas", "Blue Cross Blue Shield"),
        ("Anthem", "Blue Cross Blue Shield"),
        ("humana", "Humana"),
        ("TRICARE", "Tricare"),
        ("is it covered?", None),
        ("in part because", None),
        ("", None),
    ],
)
def test_payer(text: str, payer: str | None) -> None:
    assert payer_in(text) == payer


@pytest.mark.parametrize(
    ("typed", "payer"), [("uhc", "UnitedHealthcare"), (" Acme Health ", "Acme Health"), ("", None), ("  ", None), (None, None), (7, None)]
)
def test_a_payer_typed_into_a_form_need_not_be_known(typed: object, payer: str | None) -> None:
    assert payer_named(typed) == payer


@pytest.mark.parametrize(
    ("text", "systems"),
    [
        ("icd-10 code for asthma", (ICD10CM,)),
        ("diagnosis code for asthma", (ICD10CM,)),
        ("dx codes for asthma", (ICD10CM,)),
        ("cpt for a visit", (CPT,)),
        ("procedure code for a visit", (CPT,)),
        ("hcpcs for a drug", (HCPCS,)),
        ("J-code for a drug", (HCPCS,)),
        ("cpt or hcpcs for a drug", (CPT, HCPCS)),
        ("code for asthma", ()),
    ],
)
def test_systems_asked_for(text: str, systems: tuple[str, ...]) -> None:
    assert systems_in(text) == systems


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("code for type 2 diabetes with polyneuropathy", "type 2 diabetes with polyneuropathy"),
        ("what is the ICD-10 code for a broken wrist?", "broken wrist"),
        ("what code is used for a tetanus shot", "tetanus shot"),
        ("which CPT code describes a knee injection?", "knee injection"),
        ("how do I code the removal of a splinter", "removal of a splinter"),
        ("hypertension icd 10 code", "hypertension"),
        ("what is the asthma dx code?", "asthma"),
        ("ICD-10 for asthma", "asthma"),
    ],
)
def test_a_reverse_lookup_is_for_the_words_that_describe(text: str, subject: str) -> None:
    question = read(text)
    assert (question.intent, question.subject) == ("reverse", subject)


@pytest.mark.parametrize("text", ["what is CPT 90389?", "how is sepsis sequenced?", "excludes1 at J44"])
def test_only_a_reverse_lookup_has_a_subject(text: str) -> None:
    assert read(text).subject == ""


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuál es el código para la vacuna?",
        "Quel est le code pour le vaccin contre le tétanos ?",
        "Welcher Code ist für die Impfung?",
        "Was ist der Code für Tetanus",
        "Qual é o código para uma vacina?",
        "Qual è il codice per la vaccinazione?",
        "o que são modificadores",
        "Какой код у прививки от столбняка?",
        "破伤风疫苗的代码是什么",
        "これは何ですか",
        "ما هو رمز لقاح الكزاز",
        "टीका कोड क्या है",
        "백신 코드는 무엇입니까",
    ],
)
def test_other_languages_are_told(text: str) -> None:
    assert not english(text)


@pytest.mark.parametrize(
    "text",
    [
        "what is CPT 90389?",
        "did the patient die",
        "café au lait spots",
        "Ménière's disease",
        "naïve patient",
        "Le Fort fracture",
        "code for La Crosse encephalitis",
        "MAC for Los Angeles",
        "El Tor cholera",
        "rotavirus vaccine per os",
        "de novo mutation",
        "tetanus",
        "90389",
        "?!",
        "",
    ],
)
def test_english_with_foreign_words_is_english(text: str) -> None:
    assert english(text)


FIRST = ("what is CPT 90389?", "**CPT 90389 is tetanus immune globulin, given with 96372.** [1]")


@pytest.mark.parametrize(
    ("before", "text", "codes", "intent"),
    [
        (talk(*FIRST), "And its administration code?", [(CPT, "90389")], "administration"),
        (talk(*FIRST), "is it covered by Medicare?", [(CPT, "90389")], "coverage"),
        (talk(*FIRST), "is this code valid?", [(CPT, "90389")], "validity"),
        (talk(*FIRST), "what about the MUE?", [(CPT, "90389")], "units"),
        (talk(*FIRST), "and with modifier 59?", [(MODIFIER, "59"), (CPT, "90389")], None),
        (talk(*FIRST, "is 90714 a vaccine?", "**90714 is.** [1]"), "is it valid?", [(CPT, "90714")], "validity"),
        (talk(*FIRST, "thanks", "You can ask more."), "is it valid?", [(CPT, "90389")], "validity"),
        (talk("code for polyneuropathy", "**E11.42: Polyneuropathy** [1]\n- E10.42 [2]"), "is it billable?", [(ICD10CM, "E11.42")], None),
        (talk("what is modifier 25?", "**Modifier 25 says…** [1]"), "when is it used?", [(MODIFIER, "25")], "modifier"),
        (
            talk("difference between 90714 and 90715", "**90714 is Td; 90715 is Tdap.** [1]"),
            "are they covered?",
            [(CPT, "90714"), (CPT, "90715")],
            "coverage",
        ),
    ],
)
def test_a_follow_up_names_what_it_is_about(before: tuple[Turn, ...], text: str, codes: list[tuple[str, str]], intent: str | None) -> None:
    question = read(text, *before)
    assert sorted(named(question)) == sorted(codes)
    assert question.text == text
    assert intent in (None, question.intent)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ((), "is it covered?"),
        (talk(*FIRST), "how is sepsis sequenced?"),
        (talk(*FIRST), "and what is J1670?"),
        (talk(*FIRST), "excludes1 at J44"),
        (talk("hello", "Ask about a code."), "is it covered?"),
        (talk("what is CPT 98765432?", "Not in my sources."), "is it covered?"),
    ],
)
def test_a_message_that_stands_alone_stays_as_it_is(before: tuple[Turn, ...], text: str) -> None:
    assert standalone(text, before, known, TODAY) == (text, ())


def test_a_follow_up_made_stand_alone_needs_no_more_turns() -> None:
    whole = standalone("And its administration code?", talk(*FIRST), known, TODAY).text
    assert standalone(whole, talk(*FIRST), known, TODAY).text == whole
    assert named(read(whole)) == [(CPT, "90389")]


def test_a_follow_up_may_bring_its_own_date() -> None:
    question = read("and in 2014?", *talk("is 90703 still valid?", "**No.** [1]"))
    assert (question.on, named(question)) == (date(2014, 7, 1), [(CPT, "90703")])


def test_what_is_set_apart_wins_over_the_message() -> None:
    question = read("was 90389 covered by Aetna in 2014?", on=date(2020, 5, 1), payer="uhc", state="TX", systems=(CPT,))
    assert (question.on, question.dated) == (date(2020, 5, 1), True)
    assert (question.payer, question.state, question.systems) == ("UnitedHealthcare", "TX", (CPT,))


@pytest.mark.parametrize("empty", [{}, {"on": None, "payer": "", "state": "", "systems": ()}, {"payer": "  "}])
def test_what_is_left_empty_is_read_from_the_message(empty: dict[str, Any]) -> None:
    question = read("was the cpt 90389 covered by Aetna in 2014?", **empty)
    assert (question.on, question.payer, question.state, question.systems) == (date(2014, 7, 1), "Aetna", None, (CPT,))


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  what   is\n90389\t? ", "what is 90389 ?"),
        ("what is 90389\x00\x07?", "what is 90389 ?"),
        ("９０３８９", "90389"),
        ("ﬁbrosis", "fibrosis"),
        ("\u202e90389\u200b", "90389"),
        ("\x1b[31mred", "[31mred"),
        ("", ""),
    ],
)
def test_a_message_is_cleaned(typed: str, plain: str) -> None:
    assert cleaned(typed) == plain


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_message_is_understood(text: str) -> None:
    question = read(text, *talk(*FIRST))
    assert cleaned(question.text) == question.text
    assert question.text.isprintable()
    assert question.intent in {*PLANS, *PLAIN, "advice"}
    for mention in question.mentions:
        written = question.standalone[mention.start : mention.end]
        assert re.sub(r"\W", "", written.upper()) == re.sub(r"\W", "", mention.value)


@pytest.mark.parametrize(
    "part", ["what is ", "what does ", "show me ", "cpt ", "25 and ", "AA,", "code for ", "which code ", "a ", "9", "E11."]
)
def test_no_message_of_the_longest_length_takes_long(part: str) -> None:
    text = f"90389 modifier {part * LIMIT}"[: LIMIT - 3] + "zz!"
    with at_most(1.0):
        read(text)
