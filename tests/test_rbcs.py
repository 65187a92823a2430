"""Lists of codes without descriptors: RBCS with its dates, codes seen in public files, codes eligible for risk adjustment."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import need

from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS
from corpus.ingest import add, read
from corpus.model import Code, CorpusError, Entry, Reading
from corpus.readers.rbcs import LAYOUTS
from corpus.readers.sheets import Layout, Sheet, find, text_rows

HEADER = (
    "hcpcs_code",
    "rbcs_procedure",
    "rbcs_category",
    "rbcs_subcategory",
    "rbcs_family",
    "hcpcs_date_added",
    "hcpcs_date_ended",
    "rbcs_date_effective",
)
VISIT = ("90001", "Non-Procedure", "Kind", "Made-up kind", "Made-up family", "2010-01-01", "9999-12-31", "2014-01-01")
ENDED = ("J9901", "Major", "Kind", "Made-up kind", "No RBCS Family", "2010-01-01", "2019-12-31", "2016-01-01")
Cells = Sequence[str]


def _open(rows: Sequence[Cells], name: str) -> tuple[Layout, Sheet]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    opened = find(Path(name), text_rows(text.getvalue()), LAYOUTS)
    assert opened
    return opened


def _rbcs(*rows: Cells) -> Reading:
    layout, sheet = _open([HEADER, *rows], "rbcs_2031.csv")
    return layout.read(sheet)


def test_a_code_has_its_dates_and_its_category_and_no_title() -> None:
    reading = _rbcs(VISIT, ENDED)
    assert reading.codes == (
        Code(CPT, "90001", "", date(2010, 1, 1), None, attributes=(("category", "Kind › Made-up kind › Made-up family"),)),
        Code(HCPCS, "J9901", "", date(2010, 1, 1), date(2019, 12, 31), attributes=(("category", "Kind › Made-up kind"),)),
    )
    assert (reading.source.id, reading.documents, reading.remarks, reading.hints) == ("rbcs-2031-01", (), (), ())


def test_a_row_says_what_it_says_in_words() -> None:
    assert _rbcs(ENDED).entries == [
        Entry(
            HCPCS,
            "J9901",
            "2016-01-01",
            (
                ("category", "Kind › Made-up kind"),
                ("procedure", "major"),
                ("code added", "2010-01-01"),
                ("code ended", "2019-12-31"),
                ("category since", "2016-01-01"),
            ),
        )
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_a_code_of_several_rows_has_the_newest_category_and_every_row(turned: bool) -> None:
    rows = [VISIT, (*VISIT[:4], "Newer family", *VISIT[5:7], "2017-01-01")]
    reading = _rbcs(*reversed(rows)) if turned else _rbcs(*rows)
    assert [dict(code.attributes)["category"] for code in reading.codes] == ["Kind › Made-up kind › Newer family"]
    assert sorted(entry.part for entry in reading.entries) == ["2014-01-01", "2017-01-01"]


def test_the_columns_of_cms_are_known() -> None:
    header = "HCPCS_Cd,RBCS_Id,RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,RBCS_Major_Ind,"
    header += "HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,RBCS_Latest_Assignment,RBCS_Analysis_Start_Dt,RBCS_Analysis_End_Dt"
    row = "90001,XX001N,X,Kind,XX,Made-up kind,000,No RBCS Family,M,01/01/2010,12/31/9999,1,01/01/2014,12/31/9999"
    layout, sheet = _open([header.split(","), row.split(",")], "RBCS_RY_2031.csv")
    reading = layout.read(sheet)
    assert (reading.codes[0].valid_from, reading.codes[0].valid_to) == (date(2010, 1, 1), None)
    assert reading.codes[0].attributes == (("category", "Kind › Made-up kind"),)
    assert dict(reading.entries[0].cells)["procedure"] == "major"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("9000", *VISIT[1:]), "row 3, hcpcs_code: '9000' is not a CPT or HCPCS code"),
        (("", *VISIT[1:]), "row 3, hcpcs_code: 'no code' is not a CPT or HCPCS code"),
        ((*VISIT[:5], "2010-02-30", *VISIT[6:]), "row 3, hcpcs_date_added: '2010-02-30' is not a date"),
        ((*VISIT[:6], "later", VISIT[7]), "row 3, hcpcs_date_ended: 'later' is not a date"),
        ((*VISIT[:7], "TBD"), "row 3, rbcs_date_effective: 'TBD' is not a date"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_rest_lands(row: Cells, why: str) -> None:
    reading = _rbcs(ENDED, row)
    assert ([code.value for code in reading.codes], reading.remarks) == (["J9901"], (why,))


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(CorpusError, match="RBCS but for “hcpcs date ended”"):
        _open([HEADER[:6], VISIT[:6]], "rbcs_2031.csv")


_cells = st.sampled_from(["", "90001", "J9901", "D9901", "x", "2010-01-01", "2010-02-30", "9999-12-31", "No RBCS Family"])


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(*[_cells] * 8), max_size=30))
def test_no_row_is_lost_or_counted_twice(rows: list[tuple[str, ...]]) -> None:
    layout, sheet = _open([HEADER, *rows], "rbcs_2031.csv")
    reading = layout.read(sheet)
    assert len(reading.entries) + sheet.unreadable == sum(any(row) for row in rows)
    assert {code.value for code in reading.codes} == {entry.code for entry in reading.entries}


def test_a_list_of_codes_seen_says_where_and_no_more() -> None:
    rows = [
        ("code", "kind", "sources"),
        ("90001", "CPT-PLA", "MUE_2031Q3;RBCS_2031"),
        ("D9901", "HCPCS-II", "MPFS_2031_Oct"),
        ("x", "", ""),
    ]
    layout, sheet = _open(rows, "codes_seen.csv")
    reading = layout.read(sheet)
    assert reading.codes == (
        Code(CPT, "90001", "", attributes=(("kind", "CPT proprietary laboratory analysis"), ("seen in", "MUE 2031Q3; RBCS 2031"))),
        Code(HCPCS, "D9901", "", attributes=(("kind", "HCPCS Level II"), ("seen in", "MPFS 2031 Oct"))),
    )
    assert (reading.source.publisher, reading.remarks) == (None, ("row 4, code: 'x' is not a CPT or HCPCS code",))


def test_a_code_that_counts_for_risk_adjustment_is_a_row() -> None:
    layout, sheet = _open([("cpt_hcpcs_code",), ("90001",), ("J9901",)], "ra_eligible_cpt_hcpcs_2031.csv")
    reading = layout.read(sheet)
    said = (("risk adjustment eligible 2031", "yes"),)
    assert reading.entries == [Entry(CPT, "90001", "", said), Entry(HCPCS, "J9901", "", said)]
    assert reading.source.edition == "2031"


def test_a_code_that_the_list_says_does_not_count_is_not_said_to() -> None:
    rows = [("CPT/HCPCS Code", "Included?"), ("90001", "no"), ("90002", "Yes")]
    layout, sheet = _open(rows, "2031 Medicare risk adjustment eligible codes.csv")
    assert [entry.cells[0][1] for entry in layout.read(sheet).entries] == ["no", "Yes"]


def test_one_column_of_codes_is_no_such_list_under_another_name() -> None:
    assert find(Path("mine.csv"), text_rows("cpt_hcpcs_code\n90001\n"), LAYOUTS) is None


# The real files


@pytest.mark.parametrize(
    ("path", "codes", "rows"),
    [
        ("codes_only/rbcs_categories_2024_nodesc.csv", 15_522, 17_033),
        ("codes_only/cpt_hcpcs_codes_seen_in_public_cms_files.csv", 20_654, 0),
        ("codes_only/ra_eligible_cpt_hcpcs_2027.csv", 0, 6_792),
    ],
)
def test_every_code_of_a_real_list_lands(tmp_path: Path, path: str, codes: int, rows: int) -> None:
    outcome = add(Catalog(tmp_path / "catalog.db"), need(path))
    assert (outcome.status, outcome.codes, outcome.rows, outcome.remarks) == ("added", codes, rows, ())


def test_each_real_row_is_found_again() -> None:
    path = need("codes_only/rbcs_categories_2024_nodesc.csv")
    reading = read(path)
    found = {(entry.code, entry.part): dict(entry.cells) for entry in reading.entries}
    codes = {code.value: code for code in reading.codes}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cells = found[row["hcpcs_code"], row["rbcs_date_effective"]]
            assert cells["category"].startswith(f"{row['rbcs_category']} › {row['rbcs_subcategory']}")
            assert (row["rbcs_family"] in cells["category"]) == (row["rbcs_family"] != "No RBCS Family")
            code = codes[row["hcpcs_code"]]
            assert (str(code.valid_from), str(code.valid_to or "9999-12-31")) == (row["hcpcs_date_added"], row["hcpcs_date_ended"])


def test_90703_is_known_to_have_ended() -> None:
    reading = read(need("codes_only/rbcs_categories_2024_nodesc.csv"))
    assert next(code.valid_to for code in reading.codes if code.value == "90703") == date(2015, 12, 31)
