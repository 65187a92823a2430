"""Exact facts: the right listing for a date, said in a sentence that its own evidence bears out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import facts
from assistant.answer import Evidence, Question
from assistant.verify import supported
from corpus.catalog import Catalog, Listed
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from corpus.model import NOTE, PROSE, Code, Document, Passage, Reading, Source
from index.keywords import Keywords
from index.library import Library

TODAY = date(2026, 11, 20)
OLD, NEW, LATER = date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)


def source(key: str, effective: date | None = None, kind: str = "hcpcs") -> Source:
    return Source(id=key, title=f"Table {key}", publication="Table", licence="none", kind=kind, effective=effective)


def listed(code: Code, effective: date | None = NEW, kind: str = "hcpcs") -> Listed:
    return Listed(code, source("t", effective, kind))


def drug(value: str = "J9901", start: date | None = None, end: date | None = None, **more: object) -> Code:
    return Code(HCPCS, value, "Injection, madeupumab, 10 mg", start, end, **more)  # type: ignore[arg-type]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.sqlite")


@pytest.fixture(scope="module")
def analyze(tmp_path_factory: pytest.TempPathFactory) -> Keywords:
    return Keywords(tmp_path_factory.mktemp("words"))


def put(catalog: Catalog, key: str, codes: tuple[Code, ...], effective: date | None = None, kind: str = "hcpcs") -> Source:
    where = replace(source(key, effective, kind), digest=key)
    catalog.put(Reading(where, (), codes))
    return where


def stands(item: Evidence, analyze: Keywords, on: date = TODAY) -> bool:
    """Whether what a piece of evidence says is borne out by the evidence itself."""
    question = Question("q", "is it valid?", "validity", on, dated=True)
    return supported(" ".join((item.say or item.quote).split()), [item], question, analyze.analyzed)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (Code(CPT, "90001", "x"), "CPT 90001"),
        (Code(HCPCS, "J9901", "x"), "HCPCS J9901"),
        (Code(MODIFIER, "59", "x"), "modifier 59"),
        (Code(ICD10CM, "A11.0", "x"), "A11.0"),
    ],
)
def test_a_code_is_named_as_people_say_it(code: Code, said: str) -> None:
    assert facts.name(code) == said


@pytest.mark.parametrize(("on", "expected"), [(TODAY, "new"), (NEW, "new"), (NEW - timedelta(1), "old"), (OLD, "old"), (LATER, "later")])
def test_the_newest_edition_begun_by_the_date_answers(catalog: Catalog, on: date, expected: str) -> None:
    for key, effective in (("old", OLD), ("later", LATER), ("new", NEW)):
        put(catalog, key, (drug(),), effective)
    found = facts.best(catalog.codes(HCPCS, "J9901"), on)
    assert found is not None
    assert found.source.id == expected


def test_before_every_edition_the_earliest_answers(catalog: Catalog) -> None:
    for key, effective in (("old", OLD), ("later", LATER), ("new", NEW)):
        put(catalog, key, (drug(),), effective)
    found = facts.best(catalog.codes(HCPCS, "J9901"), date(2000, 1, 1))
    assert found is not None
    assert found.source.id == "old"


@pytest.mark.parametrize("on", [TODAY, date(2000, 1, 1)])
def test_own_words_answer_only_where_no_table_lists_the_code(catalog: Catalog, on: date) -> None:
    put(catalog, "starter", (drug(), drug("J9999")), kind="starter")
    put(catalog, "table", (drug(),), NEW)
    chosen = [facts.best(catalog.codes(HCPCS, value), on) for value in ("J9901", "J9999")]
    assert [item.source.id for item in chosen if item] == ["table", "starter"]


def test_a_code_nobody_lists_has_no_listing() -> None:
    assert facts.best([], TODAY) is None


@pytest.mark.parametrize(
    ("start", "end", "on", "valid"),
    [
        (None, None, TODAY, True),
        (OLD, None, OLD, True),
        (OLD, None, OLD - timedelta(1), False),
        (None, OLD, OLD, True),
        (None, OLD, OLD + timedelta(1), False),
        (OLD, NEW, date(2025, 6, 1), True),
    ],
)
def test_a_code_is_in_force_from_its_first_day_to_its_last(start: date | None, end: date | None, on: date, valid: bool) -> None:
    assert facts.in_force(drug(start=start, end=end), on) is valid


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (Code(CPT, "90001", "made-up vaccine"), "CPT 90001 · made-up vaccine"),
        (drug(start=OLD), "HCPCS J9901 · Injection, madeupumab, 10 mg · valid from 2025-01-01 · no end date on file"),
        (drug(start=OLD, end=NEW), "HCPCS J9901 · Injection, madeupumab, 10 mg · valid from 2025-01-01 · valid to 2026-01-01"),
        (drug(end=NEW), "HCPCS J9901 · Injection, madeupumab, 10 mg · valid to 2026-01-01"),
        (Code(ICD10CM, "A11.0", "Test fever", billable=True), "A11.0 · Test fever · billable"),
        (Code(ICD10CM, "A11", "Test fever", billable=False), "A11 · Test fever · not billable: a heading of more specific codes"),
        (
            drug(attributes=(("coverage", "D"), ("short", "Madeup"))),
            "HCPCS J9901 · Injection, madeupumab, 10 mg · coverage D: special coverage instructions apply · short: Madeup",
        ),
        (drug(attributes=(("coverage", "?"),)), "HCPCS J9901 · Injection, madeupumab, 10 mg · coverage ?: see the source"),
    ],
)
def test_a_row_is_rendered_whole(code: Code, text: str) -> None:
    assert facts.rendered(listed(code)) == text


@pytest.mark.parametrize(("code", "locator"), [(drug(), "row J9901"), (Code(ICD10CM, "A11.0", "Test fever"), "A11.0")])
def test_a_row_is_evidence_with_its_place(code: Code, locator: str) -> None:
    item = facts.row(listed(code), "lead")
    assert (item.locator, item.source.id, item.document.kind, item.codes) == (locator, "t", "table", ((code.system, code.value),))
    assert item.quote in item.text


@pytest.mark.parametrize(
    ("code", "on", "begins"),
    [
        (drug(start=OLD, end=NEW), TODAY, "HCPCS J9901 was last valid on 2026-01-01 and is not valid on 2026-11-20."),
        (drug(end=NEW), TODAY, "HCPCS J9901 was last valid on 2026-01-01"),
        (drug(start=LATER), TODAY, "HCPCS J9901 is not yet valid on 2026-11-20: it is valid from 2027-01-01."),
        (drug(start=OLD), TODAY, "HCPCS J9901 is valid on 2026-11-20"),
        (drug(start=OLD, end=LATER), TODAY, "HCPCS J9901"),
        (drug(), TODAY, "HCPCS J9901 is listed, with no start date and no end date on file."),
        (Code(MODIFIER, "XE", "separate encounter", OLD), TODAY, "Modifier XE is valid"),
        (Code(ICD10CM, "A11.0", "Test fever", billable=True), TODAY, "A11.0, Test fever, is billable."),
        (Code(ICD10CM, "A11", "Test fever", billable=False), TODAY, "A11, Test fever, is not billable"),
    ],
)
def test_validity_is_said_first_and_rests_on_its_row(catalog: Catalog, analyze: Keywords, code: Code, on: date, begins: str) -> None:
    item = facts.validity(catalog, listed(code), on)
    assert item.role == "lead"
    assert (item.say or "").startswith(begins)
    assert stands(item, analyze, on)


def test_an_edition_that_begins_later_does_not_say_yes(catalog: Catalog, analyze: Keywords) -> None:
    item = facts.validity(catalog, listed(Code(ICD10CM, "A11.0", "Test fever", billable=True)), date(2014, 3, 1))
    assert not (item.say or "").startswith("Yes")
    assert "2014-03-01" in (item.say or "")
    assert stands(item, analyze, date(2014, 3, 1))


DAYS = st.none() | st.dates(date(1980, 1, 1), date(2040, 1, 1))
SYSTEMS = st.sampled_from(
    [(CPT, "90001", None), (HCPCS, "J9901", None), (MODIFIER, "XE", None), (ICD10CM, "A11.0", True), (ICD10CM, "A11", False)]
)
TITLES = st.text(alphabet="abcdefghij ,.()-[]*/0123456789", min_size=1, max_size=60).filter(str.strip)


@given(SYSTEMS, TITLES, DAYS, DAYS, st.dates(date(1980, 1, 1), date(2040, 1, 1)))
@settings(deadline=None, max_examples=150)
def test_what_a_row_says_of_itself_is_always_supported(
    analyze: Keywords, kind: tuple[str, str, bool | None], title: str, start: date | None, end: date | None, on: date
) -> None:
    system, value, billable = kind
    item = listed(Code(system, value, title, start, end, billable), effective=None)
    empty = Catalog(Path(":memory:"))
    for said in (facts.validity(empty, item, on), facts.definition(item), *facts.row_details(item)):
        assert stands(said, analyze, on), said.say


def code_page(key: str, value: str, text: str, kind: str = "starter", about: str | None = None) -> Reading:
    passage = Passage(f"{key}-p", PROSE, text, "Dates", section="Dates", codes=((CPT, about or value), (CPT, value)))
    document = Document(f"{key}/d", f"CPT {value} – a made-up page", "code", (passage,))
    return Reading(replace(source(key, kind=kind), digest=key), (document,), ())


@pytest.mark.parametrize("kind", ["starter", "markdown"])
def test_validity_of_own_words_rests_on_the_sentence_that_dates_it(catalog: Catalog, kind: str) -> None:
    catalog.put(code_page("own", "90009", "90009 has a story. 90009 ended on 2010-12-31. That is all.", kind))
    code = Code(CPT, "90009", "old vaccine", date(2001, 1, 1), date(2010, 12, 31))
    item = facts.validity(catalog, listed(code, None, kind), TODAY)
    assert (item.quote, item.locator, item.passage_id) == ("90009 ended on 2010-12-31.", "Dates", "own-p")


@pytest.mark.parametrize(
    "text", ["90009 ended on 2011-12-31.", "It ended on 2010-12-31.", "90001 ended on 2010-12-31."], ids=["day", "no code", "other code"]
)
def test_a_sentence_that_does_not_date_the_code_is_no_ground(catalog: Catalog, text: str) -> None:
    catalog.put(code_page("own", "90009", text))
    code = Code(CPT, "90009", "old vaccine", date(2001, 1, 1), date(2010, 12, 31))
    assert facts.validity(catalog, listed(code, None, "starter"), TODAY).locator == "row 90009"


def test_another_codes_page_does_not_date_a_code(catalog: Catalog) -> None:
    catalog.put(code_page("own", "90009", "90009 ended on 2010-12-31.", about="90001"))
    code = Code(CPT, "90009", "old vaccine", date(2001, 1, 1), date(2010, 12, 31))
    assert facts.validity(catalog, listed(code, None, "starter"), TODAY).locator == "row 90009"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (Code(CPT, "90001", "made-up vaccine."), "CPT 90001: made-up vaccine."),
        (Code(MODIFIER, "XE", "separate encounter"), "Modifier XE: separate encounter."),
        (Code(ICD10CM, "A11.0", "Test fever", billable=True), "A11.0 is Test fever (billable)."),
        (Code(ICD10CM, "A11", "Test fever", billable=False), "A11 is Test fever (a heading, not billable)."),
    ],
)
def test_a_definition_is_the_sources_words(code: Code, said: str) -> None:
    assert facts.definition(listed(code)).say == said


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (drug(), []),
        (drug(start=OLD), ["HCPCS J9901: valid from 2025-01-01, no end date on file."]),
        (drug(start=OLD, end=NEW), ["HCPCS J9901: valid from 2025-01-01, valid to 2026-01-01."]),
        (
            drug(attributes=(("coverage", "M"), ("see", "J9902"), ("short", "x"))),
            ["Coverage M: non-covered by Medicare.", "See: J9902."],
        ),
    ],
)
def test_the_rest_of_a_row_is_said_line_by_line(analyze: Keywords, code: Code, says: list[str]) -> None:
    details = facts.row_details(listed(code))
    assert [item.say for item in details] == says
    assert all(stands(item, analyze) for item in details)


def tree(*values: str) -> tuple[Code, ...]:
    """Codes that stand below one another, the first on top."""
    return tuple(Code(ICD10CM, value, f"Title {value}", parent=above) for value, above in zip(values, (None, *values), strict=False))


def test_ancestors_are_nearest_first_and_of_the_same_source(catalog: Catalog) -> None:
    put(catalog, "one", tree("Chapter 1", "A11", "A11.0"), OLD, "icd")
    put(catalog, "two", tree("A11", "A11.0"), NEW, "icd")
    by_source = {item.source.id: item for item in catalog.codes(ICD10CM, "A11.0")}
    walked = {key: [place.code.value for place in facts.ancestors(catalog, item)] for key, item in by_source.items()}
    assert walked == {"one": ["A11.0", "A11", "Chapter 1"], "two": ["A11.0", "A11"]}


def test_a_code_whose_heading_is_missing_has_no_more_ancestors(catalog: Catalog) -> None:
    put(catalog, "one", (Code(ICD10CM, "A11.0", "x", parent="A11"),), kind="icd")
    (item,) = catalog.codes(ICD10CM, "A11.0")
    assert [place.code.value for place in facts.ancestors(catalog, item)] == ["A11.0"]


def note(value: str, tag: str, text: str) -> Passage:
    return Passage(f"{value}-{tag}", NOTE, text, f"{value}, {tag}", section=tag, codes=((ICD10CM, value),))


@pytest.fixture
def noted(catalog: Catalog) -> Catalog:
    passages = (
        note("A11", "includes", "Includes: red fever"),
        note("A11", "excludes1", "Excludes1: blue fever (A12.-)"),
        note("A11.0", "inclusionTerm", "Inclusion terms: rash fever"),
        note("A11.0", "codeFirst", "Code first: the cause."),
    )
    document = Document("icd/d", "Tabular", "table", passages)
    catalog.put(Reading(replace(source("icd", NEW, "icd"), digest="icd"), (document,), tree("A11", "A11.0")))
    return catalog


@pytest.mark.parametrize(
    ("value", "wanted", "says"),
    [
        ("A11.0", (), ["Inclusion terms: rash fever.", "Code first: the cause.", "At A11: Excludes1: blue fever (A12.-)."]),
        ("A11", (), ["Includes: red fever.", "Excludes1: blue fever (A12.-)."]),
        ("A11.0", ("excludes1",), ["At A11: Excludes1: blue fever (A12.-)."]),
        ("A11.0", ("includes",), ["At A11: Includes: red fever."]),
        ("A11", ("codeFirst",), []),
    ],
)
def test_notes_hold_at_the_code_and_below_it(
    noted: Catalog, analyze: Keywords, value: str, wanted: tuple[str, ...], says: list[str]
) -> None:
    (item,) = noted.codes(ICD10CM, value)
    found = facts.notes(noted, item, wanted)
    assert [each.say for each in found] == says
    assert all(each.quote in each.text and stands(each, analyze) for each in found)


def test_a_note_is_cited_where_it_stands(noted: Catalog) -> None:
    (item,) = noted.codes(ICD10CM, "A11.0")
    inherited = facts.notes(noted, item, ("excludes1",))[0]
    assert (inherited.locator, inherited.label, inherited.codes) == ("A11, excludes1", "Excludes1", ((ICD10CM, "A11"),))


@pytest.mark.parametrize(("others", "ends"), [([], "April."), (["Excludes2"], "what it has is Excludes2.")])
def test_a_missing_note_is_said_of_the_whole_list(analyze: Keywords, others: list[str], ends: str) -> None:
    where = replace(source("icd", NEW, "icd"), title="Tabular List, April")
    item = facts.no_note(Listed(Code(ICD10CM, "A11", "Test fever", billable=False), where), "excludes1", others)
    assert "no Excludes1 note" in (item.say or "")
    assert (item.say or "").endswith(ends)
    assert item.quote in item.text
    assert stands(item, analyze)


def test_the_made_up_library_lists_what_its_files_say(small_library: Library) -> None:
    (ended,) = small_library.catalog.codes(HCPCS, "J9902")
    (page,) = small_library.catalog.codes(CPT, "90009")
    assert (ended.code.valid_from, ended.code.valid_to) == (date(2010, 1, 1), date(2019, 12, 31))
    assert facts.validity(small_library.catalog, page, TODAY).quote == "90009 was valid from 2001-01-01 to 2010-12-31."
