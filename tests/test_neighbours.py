"""What stands around a citation: the row in its table, the passage in its document."""

import pytest
from conftest import open_library

from corpus.neighbours import OWN, REACH, Excerpt, excerpts, passages
from index.library import Library

CODES = [f"9{number:04}" for number in range(10, 40)]
PAIRS = "\n".join(["column1,column2,modifier_indicator,rationale", *(f"90020,{code},1,Made up" for code in CODES if code != "90020")])
UNITS = "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n" + "\n".join(
    f"{code},{at},3 Date of Service Edit: Clinical,Clinical: Data" for at, code in enumerate(CODES, 1)
)
HCPCS = "code,long_description,short_description,coverage_code,add_date,term_date\n" + "\n".join(
    f'J99{at:02},"Injection, madeupumab, {at} mg",Made up,D,20200101,' for at in range(20)
)
DOCUMENT = "# Rules\n\n" + "\n\n".join(f"## Part {at}\nRule {at} of the laboratory." for at in range(12))
FILES = {
    "ptp_2026Q1_practitioner.csv": PAIRS,
    "mue_2026Q1_practitioner.csv": UNITS,
    "HCPC2026_JAN.csv": HCPCS,
    "rules.md": DOCUMENT,
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("neighbours")
    with pytest.MonkeyPatch.context() as patch:
        held = open_library(folder / "home", patch)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
            outcome = held.add(folder / name)
            assert outcome.status == "added", outcome
    return held


def around(library: Library, kind: str, codes: list[tuple[str, str]], locator: str) -> list[Excerpt]:
    source = next(source for source in library.sources if kind in source.title)
    return excerpts(library.catalog, source, codes, locator)


def own(excerpt: Excerpt) -> list[str]:
    return ["/".join(row[0][:2]) for row in excerpt.rows if row and row[1]]


def beside(excerpt: Excerpt) -> list[str]:
    return [row[0][0] for row in excerpt.rows if row and not row[1]]


@pytest.mark.parametrize("order", [("90020", "90025"), ("90025", "90020")])
def test_a_pair_is_shown_between_its_neighbours_whichever_code_comes_first(library: Library, order: tuple[str, str]) -> None:
    (found,) = around(library, "PTP", [("CPT", code) for code in order], "row 90020/90025")
    assert own(found) == ["90020/90025"]
    assert [row[0][1] for row in found.rows if row] == ["90022", "90023", "90024", "90025", "90026", "90027", "90028"]
    assert found.headings[:2] == ("Column 1", "Column 2")
    assert found.place == "row 15 of 29 with column 1 90020, in the order of codes"


def test_where_no_pair_is_the_place_is_shown_where_it_would_stand(library: Library) -> None:
    (found,) = around(library, "PTP", [("CPT", "90020"), ("CPT", "99213")], "no row 90020/99213")
    assert not found.held
    assert [row[0][1] for row in found.rows if row] == CODES[-REACH:]


def test_many_rows_of_a_code_are_cut_and_the_cut_is_shown(library: Library) -> None:
    (found,) = around(library, "PTP", [("CPT", "90020"), ("CPT", "90010")], "rows 90020/…")
    assert len(own(found)) == OWN
    assert None in found.rows
    assert found.place == "29 rows with column 1 90020, in the order of codes"


def test_units_are_headed_as_the_publisher_heads_them(library: Library) -> None:
    (found,) = around(library, "MUE", [("CPT", "90010")], "row 90010")
    assert found.headings[:3] == ("HCPCS/CPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator")
    assert own(found) == ["90010/1"]
    assert beside(found) == CODES[1 : REACH + 1]  # it is the first row
    assert found.place == "row 1 of 30, in the order of codes"


def test_a_code_is_shown_in_the_list_of_its_source(library: Library) -> None:
    (found,) = around(library, "HCPCS", [("HCPCS", "J9905")], "row J9905")
    assert own(found) == ["J9905/Injection, madeupumab, 5 mg"]
    assert beside(found) == ["J9902", "J9903", "J9904", "J9906", "J9907", "J9908"]


@pytest.mark.parametrize("locator", ["edition", "setting", "localities", "this source"])
def test_what_is_said_of_a_table_as_a_whole_shows_no_row(library: Library, locator: str) -> None:
    assert around(library, "PTP", [], locator) == []


def test_a_code_that_only_a_locator_names_is_found(library: Library) -> None:
    (found,) = around(library, "MUE", [], "no row 90055")
    assert not found.held
    assert beside(found) == CODES[-REACH:]


@pytest.mark.parametrize(("middle", "shown"), [(0, [0, 1, 2]), (5, [3, 4, 5, 6, 7]), (11, [9, 10, 11])])
def test_a_passage_is_shown_with_those_before_and_after_it(library: Library, middle: int, shown: list[int]) -> None:
    source = next(source for source in library.sources if source.file == "rules.md")
    held = library.catalog.shelf(source.id)
    found = passages(library.catalog, held[middle].passage.id, 2)
    assert [placed.passage.text for placed in found] == [f"Rule {at} of the laboratory." for at in shown]


def test_a_passage_there_is_not_has_no_neighbours(library: Library) -> None:
    assert passages(library.catalog, "nothing", 2) == []
