"""History, crosswalks, denials, coverage and the law: exact rows on made-up tables, each said in the direction asked."""

from dataclasses import replace
from datetime import date

import pytest
from conftest import open_library

from assistant import evidence, quote, verify
from assistant.question import understand
from assistant.statute import citation
from corpus.codes import CARC, CPT, HCPCS, ICD10CM, NCD, RARC
from corpus.model import PROSE, Code, Document, Entry, Passage, Reading, Source, Unit, with_ids
from index.library import Library

ON = date(2026, 11, 21)
BEGAN = date(2026, 1, 1)


def source(publication: str, begins: date | None = BEGAN, **more: str) -> Source:
    key = publication.lower().replace(" ", "-").replace(":", "")
    return Source(key, f"{publication}, 2026", publication, "made up", publication, effective=begins, digest=key, **more)  # type: ignore[arg-type]


def conversion(current: str, previous: str, since: str) -> list[Entry]:
    cells = (("effective", since), ("previous code", previous))
    return [
        Entry(ICD10CM, current, previous, (("current code", current), *cells)),
        Entry(ICD10CM, previous, current, (*cells, ("current code", current))),
    ]


def readings() -> list[Reading]:
    codes = (Code(ICD10CM, "A11.1", "Made-up fever", billable=True), Code(ICD10CM, "A11.2", "Made-up chill", billable=True))
    ended = Code(HCPCS, "J9902", "Injection, formerumab, 5 mg", date(2010, 1, 1), date(2019, 12, 31), attributes=(("see", "J9901"),))
    table, level2 = source("ICD-10-CM conversion table"), source("HCPCS Level II")
    denials = (Code(CARC, "16", "Made-up lack"), Code(RARC, "N130", "Made-up remark"), Code("group code", "CO", "Made-up duty"))
    guide = [Entry(CARC, "16", "RARC N130", (("reasons", "A made-up field is blank"), ("resolutions", "Fill the made-up field in")))]
    risk = [
        Entry(ICD10CM, "A11.1", model, (("model", model), ("category", hcc))) for model, hcc in (("Old V24", "HCC8"), ("New V28", "HCC7"))
    ]
    old = source("Made-up RBCS", date(2020, 1, 1))
    ncd = source("National Coverage Determinations", payer="Medicare")
    told = (("title", "Widget Therapy"), ("version", "2"), ("status", "active"), ("effective", "2020-01-01"))
    gone = (("title", "Gadget Therapy - RETIRED"), ("version", "1"), ("status", "terminated"), ("ended", "2021-01-01"))
    texts = (
        ("Item/service description", "A widget is a made-up device."),
        ("Indications and limitations", "Widget therapy is covered for test fever."),
    )
    passages = with_ids(
        ncd.id, [Passage("", PROSE, text, f"NCD 99.1, {where}", section=where, codes=((NCD, "99.1"),)) for where, text in texts]
    )
    document = Document(f"{ncd.id}/99.1-v2", "NCD 99.1: Widget Therapy", "policy", passages, payer="Medicare")
    determinations = [Entry(NCD, "99.1", "version 2", told), Entry(NCD, "99.2", "version 1", gone)]
    return [
        Reading(source("Made-up Tabular"), codes=codes),
        Reading(table, entries=conversion("A11.1", "A11.0", "2025-10-01") + conversion("A11.2", "A11.0", "2025-10-01")),
        Reading(level2, codes=(ended, Code(HCPCS, "J9901", "Injection, madeupumab, 10 mg", date(2020, 1, 1)))),
        Reading(source("Made-up denials"), codes=denials),
        Reading(source("Made-up guide"), entries=guide),
        Reading(source("HCC map"), entries=risk),
        Reading(old, codes=(Code(CPT, "90005", "", date(2001, 1, 1), attributes=(("category", "Test › Fever"),)),)),
        Reading(source("Made-up MUE", setting="practitioner", payer="Medicare"), units=(Unit("90005", 2, "3"), Unit("J9901", 0, "3"))),
        Reading(source("Medicaid MUE", setting="practitioner", payer="Medicaid"), units=(Unit("90005", 9, "1"),)),
        Reading(ncd, (document,), (Code(NCD, "99.1", "Widget Therapy"),), entries=determinations),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(tmp_path_factory.mktemp("facts") / "home", patch)
        for reading in readings():
            opened.catalog.put(reading)
        opened.freshen()
        list(opened.fill())
    return opened


def said(library: Library, text: str, intent: str, on: date = ON, **given: object) -> list[str]:
    """The answer's lines, every one of them verified."""
    question = replace(understand(text, library.catalog.knows, on, on=on), intent=intent, **given)  # type: ignore[arg-type]
    chosen = evidence.choose(question, library)
    offered = {item.number: item for item in reversed(chosen.evidence)}
    judged = [verify.statement(line, offered, question, library.keywords.analyzed) for line in quote.write(question, chosen.evidence)]
    assert [one.text for one in judged if one and one.verdict != "supported"] == []
    return [one.text for one in judged if one]


CASES = [
    ("what replaced A11.0", "crosswalk", "What was coded A11.0 is coded A11.1 or A11.2 since 2025-10-01"),
    ("previous code of A11.1", "crosswalk", "A11.1 began on 2025-10-01; ICD-10-CM conversion table, 2026 gives A11.0 as"),
    ("which code replaced J9902", "crosswalk", "HCPCS Level II, 2026 refers from J9902, which ended on 2019-12-31, to J9901."),
    ("what did J9901 replace, previous code", "crosswalk", "HCPCS Level II, 2026 refers from J9902, which ended on 2019-12-31, to J9901."),
    ("which code replaced J9901", "crosswalk", "HCPCS Level II, 2026 refers from J9902"),
    ("HCC of A11.1", "crosswalk", "A11.1 is in HCC7 of the New V28"),
    ("history of J9902", "history", "HCPCS J9902 was last valid on 2019-12-31"),
    ("is J9902 valid?", "validity", "HCPCS Level II, 2026 refers from J9902"),
    ("what does CO-16 N130 mean", "denial", "RARC N130: Made-up remark."),
    ("what does CO-16 N130 mean", "denial", "Group code CO: Made-up duty."),
    ("what does CO-16 N130 mean", "denial", "CARC 16, RARC N130, reasons: A made-up field is blank; resolutions: Fill"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent", "told"), CASES)
def test_a_row_answers_in_the_direction_asked(library: Library, text: str, intent: str, told: str) -> None:
    assert any(told in line for line in said(library, text, intent))


def test_risk_models_are_never_mixed(library: Library) -> None:
    assert said(library, "V24 HCC of A11.1", "crosswalk") == ["A11.1 is in HCC8 of the Old V24, in HCC map, 2026."]


def test_a_code_is_not_valid_before_the_day_the_conversion_table_gives(library: Library) -> None:
    assert said(library, "is A11.1 valid?", "validity", date(2025, 9, 30))[0].startswith(
        "No: A11.1 is not yet valid on 2025-09-30: it begins on 2025-10-01"
    )
    assert said(library, "is A11.1 valid?", "validity", date(2026, 2, 1))[0].startswith("Yes: A11.1")


def test_a_code_that_old_lists_alone_have_is_not_called_valid(library: Library) -> None:
    assert said(library, "is 90005 valid?", "validity")[0].startswith("Not settled for 2026-11-21: Made-up RBCS, 2026 lists CPT 90005")
    assert said(library, "is 90005 valid?", "validity", date(2021, 1, 1))[0].startswith("Yes: CPT 90005 is valid")


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [(2, "Within the limit: 2 units of 90005, at most 2 units in"), (3, "Not without documentation: 3 units of 90005 exceed the 2 units")],
)
def test_a_number_of_units_gets_a_verdict_first(library: Library, asked: int, verdict: str) -> None:
    lines = said(library, "can I bill 90005", "units", units=asked)
    assert len(lines) == 1
    assert lines[0].startswith(verdict)


def test_medicaid_and_medicare_never_answer_for_each_other(library: Library) -> None:
    assert all("Medicaid" not in line for line in said(library, "MUE of 90005", "units"))
    assert said(library, "MUE of 90005", "units", payer="Medicaid")[0].startswith("90005: at most 9 units in Medicaid MUE")


def test_no_unit_is_said_to_be_payable_where_none_is(library: Library) -> None:
    assert said(library, "MUE of J9901", "units")[0].startswith("J9901: 0 units, none is payable, in Made-up MUE, 2026 (MAI 3)")


def test_an_ncd_leads_with_what_it_concludes_and_not_with_what_the_item_is(library: Library) -> None:
    lines = said(library, "does Medicare cover widget therapy?", "coverage", payer="Medicare")
    assert lines[0] == "Widget therapy is covered for test fever."
    assert any(line.startswith("NCD 99.1, Widget Therapy, version 2, is in effect since 2020-01-01") for line in lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("42 USC 1395y(a)(1)(A)", ("1395y", ["a", "1", "A"])),
        ("42 U.S.C. § 1395w-4(b)", ("1395w–4", ["b"])),
        ("SSA 1862(a)", ("1395y", ["a"])),
        ("section 1848 of the Social Security Act", ("1395w–4", [])),
        ("is 1862 a code?", None),
        ("section 1395 of the plan", None),
    ],
)
def test_a_citation_of_the_law_is_read_from_either_numbering(text: str, found: object) -> None:
    assert citation(text) == found
