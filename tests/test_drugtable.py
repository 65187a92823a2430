"""Poisoning, adverse effect and underdosing: a substance in words leads to its row, the words beside it to a column."""

from datetime import date
from pathlib import Path

import pytest
from conftest import open_library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import icd10cm, need
from test_indexes import _cells, _index, _term

from assistant.answer import Answer
from assistant.chat import ask
from index.library import Library

ON = date(2026, 5, 1)
HEADS = (
    "Substance",
    "Poisoning Accidental (unintentional)",
    "Poisoning Intentional (self-harm)",
    "Poisoning Assault",
    "Poisoning Undetermined",
    "Adverse effect",
    "Underdosing",
)
HEADING = "<diag><name>{0}</name><desc>{1}</desc>{2}</diag>"
TABULAR = f"""<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version>
<chapter><name>19</name><desc>Made-up injuries (T90-T99)</desc>
<section id="T90-T99"><desc>Made-up poisonings (T90-T99)</desc>
<diag><name>T99</name><desc>Poisoning by tests</desc>
  <sevenChrNote><note>The appropriate 7th character is to be added to each code from category T99</note></sevenChrNote>
  <sevenChrDef><extension char="A">initial encounter</extension><extension char="D">subsequent encounter</extension></sevenChrDef>
  {HEADING.format("T99.0X1", "Poisoning by testamol, accidental", "")}
  {HEADING.format("T99.0X5", "Adverse effect of testamol", "")}
</diag>
{HEADING.format("T96", "Toxic effect of widgetine", "")}
</section></chapter></ICD10CM.tabular>
"""


def row(name: str, stem: str, level: int = 0, below: str = "") -> str:
    """A substance whose six columns hold the stem and 1 to 6."""
    return _term(name, _cells(*(f"{stem}{at}" for at in range(1, 7))) + below, level)


BODY = (
    row("Testamol", "T99.0X")
    + row("Made-up oil", "T98.1X", below=row("tested, crude", "T98.2X", 1))
    + row("Milk of tests", "T98.3X")
    + row("Antitest drug", "T98.4X")
    + _term("Halfdrug", _cells("T97.1X1", "T97.1X2", "T97.1X3", "T97.1X4", "--", "--"))
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("drugs")
    texts = {"icd10c-tabular-April-1-2026.xml": TABULAR, "icd10cm-drug-April-1-2026.xml": _index(BODY, HEADS)}
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(folder / "home", patch)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
            assert opened.add(folder / name).status == "added"
        list(opened.fill())
    return opened


def asked(library: Library, text: str) -> Answer:
    answer = ask(text, library, on=ON, today=ON)
    assert [statement for statement in answer.statements if statement.verdict != "supported"] == []
    return answer


def by_table(answer: Answer) -> bool:
    return any(citation.evidence.locator.startswith("Table of Drugs, ") for citation in answer.citations)


def given_by_table(answer: Answer) -> tuple[str, str]:
    """The code the table gives: the last of the codes, after the one with its 7th character."""
    return answer.codes[-1]


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("accidental poisoning by testamol", 1),
        ("testamol poisoning", 1),
        ("unintentional overdose of testamol", 1),
        ("non-intentional overdose of testamol", 1),
        ("accidental overdose of testamol, not suicidal", 1),
        ("toxicity of testamol", 1),
        ("intentional overdose of testamol", 2),
        ("suicide attempt with testamol", 2),
        ("self-harm by testamol", 2),
        ("assault with testamol", 3),
        ("testamol poisoning, undetermined", 4),
        ("adverse effect of testamol", 5),
        ("adverse reaction to testamol", 5),
        ("side effects of testamol", 5),
        ("underdosing of testamol", 6),
        ("under-dosing of testamol", 6),
        ("not taking testamol", 6),
        ("noncompliance with testamol", 6),
    ],
)
def test_the_words_beside_a_substance_lead_to_its_column(library: Library, words: str, column: int) -> None:
    answer = asked(library, f"What is the ICD-10 code for {words}?")
    assert given_by_table(answer) == ("ICD-10-CM", f"T99.0X{column}")
    heading = HEADS[column][0].lower() + HEADS[column][1:]
    told = [statement.text for statement in answer.statements]
    assert f"T99.0X{column} is what the table gives for Testamol, {heading}." in told
    cited = next(item.as_json() for item in answer.citations if item.evidence.locator.startswith("Table of Drugs"))
    assert (cited["locator"], cited["edition"]) == ("Table of Drugs, Testamol", "April 2026")
    assert f"{HEADS[column]}: T99.0X{column}" in cited["quote"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("code for poisoning by made-up oil", "T98.1X1"),
        ("code for adverse effect of Made-up oil, tested, crude", "T98.2X5"),  # the row below, not the one above it
        ("code for milk of tests poisoning", "T98.3X1"),  # a small word inside a name
        ("ICD-10-CM code for the adverse effect of an antitest drug", "T98.4X5"),  # one at its end
        ("testamol poisoning", "T99.0X1"),  # a bare phrase
        ("what is the code for a child's accidental poisoning by testamol, initial encounter?", "T99.0X1"),
    ],
)
def test_a_substance_may_have_several_words_and_words_around_it(library: Library, text: str, value: str) -> None:
    answer = asked(library, text)
    assert given_by_table(answer) == ("ICD-10-CM", value)
    assert by_table(answer)


@pytest.mark.parametrize(("words", "value"), [("", "T99.0X5A"), (", subsequent encounter", "T99.0X5D")])
def test_the_seventh_character_is_the_one_said_else_the_initial_encounter(library: Library, words: str, value: str) -> None:
    answer = asked(library, f"code for adverse effect of testamol{words}")
    assert answer.codes == (("ICD-10-CM", value), ("ICD-10-CM", "T99.0X5"))
    asks = [statement.text for statement in answer.statements if "?" in statement.text]
    assert asks == (
        []
        if words
        else [
            "Initial encounter or subsequent encounter? T99.0X5A, Adverse effect of testamol, initial encounter; "
            "T99.0X5D, Adverse effect of testamol, subsequent encounter."
        ]
    )


def test_a_code_that_the_tabular_list_lacks_is_given_as_the_table_has_it(library: Library) -> None:
    assert len(asked(library, "code for underdosing of testamol").statements) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("code for toxic effect of widgetine", "T96"),  # no such substance
        ("code for testamol", "T99.0X1A"),  # no column asked for
    ],
)
def test_what_the_table_does_not_settle_is_looked_up_by_its_words(library: Library, text: str, value: str) -> None:
    answer = asked(library, text)
    assert answer.codes[0] == ("ICD-10-CM", value)
    assert not by_table(answer)


def test_a_column_of_dashes_is_no_answer_of_the_table(library: Library) -> None:
    assert asked(library, "code for poisoning by halfdrug").codes == (("ICD-10-CM", "T97.1X1"),)
    assert not by_table(asked(library, "code for adverse effect of halfdrug"))


def test_another_system_is_not_answered_from_the_table(library: Library) -> None:
    assert asked(library, "CPT code for poisoning by testamol").status == "declined"


@given(st.lists(st.text("bcdfgklmz", min_size=1, max_size=8), max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_words_that_are_no_substance_change_nothing(library: Library, words: list[str]) -> None:
    answer = asked(library, f"code for poisoning by {' '.join(words)} testamol {' '.join(words)}")
    assert given_by_table(answer) == ("ICD-10-CM", "T99.0X1")


def test_real_substances(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        library = open_library(tmp_path / "home", patch)
        assert library.add(need("icd10cm/icd10cm-drug-April-1-2026.xml")).status == "added"
    wanted = {"adverse effect of penicillin": "T36.0X5", "underdosing of insulin": "T38.3X6", "milk of magnesia poisoning": "T47.1X1"}
    for words, value in wanted.items():
        assert given_by_table(asked(library, f"ICD-10 code for {words}")) == ("ICD-10-CM", value)
        assert value in icd10cm()
