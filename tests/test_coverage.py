"""The Medicare Coverage Database: made-up files in its layouts, and every row of the real ones."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import need

from assistant.coverage_links import (
    articles_for,
    contractors_of,
    covering,
    group_of,
    jurisdiction_of,
    lcds_for,
    ncd_number,
    ncds_of,
    related_to,
    rows_of,
    states_of,
    text_of,
    versions_of,
)
from corpus.catalog import Catalog
from corpus.codes import ARTICLE, CPT, HCPCS, ICD10CM, LCD, NCD
from corpus.ingest import finished, read
from corpus.model import NOTE, PROSE, CorpusError, Document, Entry, Reading
from corpus.readers.coverage_rows import CODES, CONTRACTOR_NAMES, NCD_ID, table
from corpus.readers.coverage_text import plain, sections, with_marks

Rows = Sequence[Sequence[str]]

NCD_HEADER = (
    "NCD_id,NCD_vrsn_num,natl_cvrg_type,cvrg_lvl_cd,NCD_mnl_sect,NCD_mnl_sect_title,NCD_efctv_dt,NCD_impltn_dt,NCD_trmntn_dt,itm_srvc_desc,"
    "indctn_lmtn,xref_txt,othr_txt,trnsmtl_num,trnsmtl_issnc_dt,last_updt_tmstmp,last_clrnc_tmstmp"
).split(",")
COVERED = (
    "<p><strong>B. Nationally Covered Indications</strong></p>\r\n<p>Sunlight is covered:</p><ol type='a'><li>at dawn;<li>at dusk.</ol>"
)
LCD_HEADER = (
    "lcd_id,lcd_version,title,display_id,status,orig_det_eff_date,ent_det_end_date,rev_eff_date,rev_end_date,date_retired,indication,"
    "diagnoses_support,coding_guidelines,doc_reqs,bibliography,last_updated"
).split(",")
ARTICLE_HEADER = "article_id,article_version,title,status,article_eff_date,article_end_date,description,other_comments,last_updated".split(
    ","
)
LIST_HEADER = (
    "contractor_name_type,document_display_id,document_id,document_type,document_version,effective_date,note,retirement_date,title,updated_on,url"
).split(",")
VIEW = "https://www.cms.gov/medicare-coverage-database/view"


def _file(folder: Path, name: str, header: Sequence[str], rows: Rows, encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _ncd(section: str = "999.1", version: str = "1", **cells: str) -> list[str]:
    row = {
        "NCD_id": section.replace(".", ""),
        "NCD_vrsn_num": version,
        "natl_cvrg_type": "True",
        "cvrg_lvl_cd": "2",
        "NCD_mnl_sect": section,
        "NCD_mnl_sect_title": "Sunlight Therapy",
        "NCD_efctv_dt": "2020-02-01 00:00:00",
        "indctn_lmtn": COVERED,
        "last_updt_tmstmp": "2025-05-27 12:20:33",
    }
    return [(row | cells).get(name, "") for name in NCD_HEADER]


def _lcd(number: str = "99001", version: str = "3", **cells: str) -> list[str]:
    row = {
        "lcd_id": number,
        "lcd_version": version,
        "title": "Moonlight &reg; Testing",
        "status": "A",
        "orig_det_eff_date": "2015-10-01 00:00:00",
        "rev_eff_date": "2024-07-01 00:00:00",
        "indication": "<p>Moonlight is reasonable at night.</p>",
        "last_updated": "2025-06-01 10:00:00.123000000",
    }
    return [(row | cells).get(name, "") for name in LCD_HEADER]


def _card(number: str = "L99001", version: str = "4", **cells: str) -> list[str]:
    kind = "LCD" if number.startswith("L") else "Article"
    row = {
        "contractor_name_type": "Acme Administrators, LLC\n(MAC - Part A, MAC - Part B)",
        "document_display_id": number,
        "document_id": number[1:],
        "document_type": kind,
        "document_version": version,
        "effective_date": "08/14/2025",
        "retirement_date": "N/A",
        "title": "Moonlight Testing",
        "updated_on": "08/06/2025",
        "url": f"{VIEW}/{kind.lower()}.aspx?id={number[1:]}&ver={version}",
    }
    return [(row | cells).get(name, "") for name in LIST_HEADER]


def _ncds(folder: Path, *rows: list[str], encoding: str = "cp1252") -> Reading:
    return read(_file(folder, "ncd_trkg.csv", NCD_HEADER, rows, encoding))


def _told(entry: Entry) -> dict[str, str]:
    return dict(entry.cells)


def _texts(document: Document) -> list[tuple[str, str]]:
    return [(passage.locator, passage.text) for passage in document.passages]


# The texts


def test_marks_of_lists_are_written_out() -> None:
    markup = "<ol start='2'><li>one<ul><li>inner</li></ul></li><li>two</ol><ol type=i><li>x<li>y</ol>"
    markup += "<ul><li>(a) marked by its author</ul><li>loose"
    assert plain(markup).split("\n") == ["2. one", "• inner", "3. two", "i. x", "ii. y", "(a) marked by its author", "• loose"]


@pytest.mark.parametrize(("style", "number", "mark"), [("A", 27, "A."), ("a", 3, "c."), ("I", 4, "IV."), ("i", 21, "21."), ("1", 0, "1.")])
def test_a_list_begins_where_it_says(style: str, number: int, mark: str) -> None:
    assert with_marks(f'<ol type="{style}" start="{number}"><li>x').endswith(f"<li>{mark} x")


def test_sections_follow_headings_in_bold() -> None:
    markup = (
        "<p>Opening.</p><strong><p>B. Covered</p></strong><p><strong><u>1. Dawn</u></strong></p><p>Yes.</p>"
        "<p><b>2. Dusk</b></p><p>Also.</p><p><strong>C. Not covered</strong></p><p><strong>Limitations</strong></p><p>Noon.</p>"
        "<p><strong>The following are covered:</strong></p>"
    )
    found = [(section.locator, section.text) for section in sections("NCD 999.1", [("Indications", markup), ("Other", " <p>&nbsp;</p>")])]
    assert found == [
        ("NCD 999.1, Indications", "Opening."),
        ("NCD 999.1, Indications, B, 1", "Yes."),
        ("NCD 999.1, Indications, B, 2", "Also."),
        ("NCD 999.1, Indications", "C. Not covered"),
        ("NCD 999.1, Indications, Limitations", "Noon.\nThe following are covered:"),
    ]


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<strong>", "</strong>", "<h3>", "</h3>", "<li>", "<ol>", "</ol>", "word ", "B. Big "]), max_size=30
    )
)
def test_no_word_of_a_field_is_lost(parts: list[str]) -> None:
    markup = "".join(parts)
    found = list(sections("NCD 1.1", [("Text", markup)]))
    kept = " ".join(" ".join((*section.path[1:], section.text)) for section in found)
    assert kept.count("word") >= markup.count("word")
    assert kept.count("Big") >= markup.count("Big")


@given(st.text(alphabet="<>/ &;#pliohx1-![]CDAT\"'=?", max_size=60))
def test_any_markup_can_be_read(markup: str) -> None:
    assert all(section.text for section in sections("NCD 1.1", [("Text", markup)]))


# National coverage determinations


def test_an_ncd_becomes_a_document_a_code_and_entries(tmp_path: Path) -> None:
    reading = _ncds(tmp_path, _ncd(xref_txt="See NCD 999.2.", othr_txt="–", trnsmtl_num="12590", trnsmtl_issnc_dt="2020-01-05 00:00:00"))
    (document,) = reading.documents
    assert (document.title, document.kind, document.payer, document.jurisdiction) == (
        "NCD 999.1: Sunlight Therapy",
        "policy",
        "Medicare",
        "US",
    )
    assert document.url == f"{VIEW}/ncd.aspx?ncdid=9991&ncdver=1"
    assert (document.effective, document.ended) == (date(2020, 2, 1), None)
    assert _texts(document) == [
        ("NCD 999.1, Indications and limitations, B", "Sunlight is covered:\na. at dawn;\nb. at dusk."),
        ("NCD 999.1, Cross references", "See NCD 999.2."),
        ("NCD 999.1, Other", "–"),
    ]
    assert document.passages[0].section == "Indications and limitations › B. Nationally Covered Indications"
    (code,) = reading.codes
    assert (code.system, code.value, code.title, code.valid_from, code.valid_to) == (
        NCD,
        "999.1",
        "Sunlight Therapy",
        date(2020, 2, 1),
        None,
    )
    own, held = reading.entries
    assert (own.system, own.code, own.part) == (NCD, "999.1", "version 1")
    assert _told(own) == {
        "title": "Sunlight Therapy",
        "version": "1",
        "status": "active",
        "effective": "2020-02-01",
        "coverage": "restricted",
        "transmittal": "12590",
        "transmittal issued": "2020-01-05",
    }
    assert (held.system, held.code, _told(held)["NCD"]) == (NCD_ID, "9991", "999.1")
    assert (reading.source.edition, reading.source.effective) == ("last changed 2025-05-27", date(2025, 5, 27))
    assert not reading.remarks
    assert not reading.hints


def test_a_newer_version_ends_the_older_the_day_before(tmp_path: Path) -> None:
    reading = _ncds(tmp_path, _ncd(version="2", NCD_efctv_dt="2023-10-11"), _ncd(version="1"), _ncd("999.10", "4"))
    newer, older, _ = reading.documents
    assert (older.effective, older.ended, newer.effective, newer.ended) == (date(2020, 2, 1), date(2023, 10, 10), date(2023, 10, 11), None)
    codes = {code.value: code for code in reading.codes}
    assert dict(codes["999.1"].attributes) == {"version": "2", "status": "active", "effective": "2023-10-11"}
    assert codes["999.1"].valid_from == date(2020, 2, 1)
    assert codes["999.10"].valid_from is None  # three versions before it are not in the file
    assert _told(reading.entries[2])["status"] == "superseded"


def test_a_terminated_ncd_is_a_notice_from_its_termination_on(tmp_path: Path) -> None:
    notice = _ncd("999.2", "3", NCD_efctv_dt="2023-04-10 00:00:00", NCD_trmntn_dt="2021-01-01 00:00:00")
    marked = _ncd("999.3", "2", NCD_mnl_sect_title="Starlight - RETIRED")
    reading = _ncds(tmp_path, notice, marked)
    assert [(document.effective, document.ended) for document in reading.documents] == [
        (date(2021, 1, 1), None),
        (date(2020, 2, 1), None),
    ]
    assert [dict(code.attributes)["status"] for code in reading.codes] == ["terminated", "retired"]
    assert reading.codes[0].valid_to == date(2021, 1, 1)
    assert "coverage" not in _told(reading.entries[0])


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_encodings_entities_newlines_and_long_fields(tmp_path: Path, encoding: str) -> None:
    long = "<p>" + "Sixty thousand “characters”—at least. " * 1800 + "</p>"
    title = "Sun &amp; “Light”\nTherapy &reg;"
    (document,) = _ncds(tmp_path, _ncd(NCD_mnl_sect_title=title, indctn_lmtn=long), encoding=encoding).documents
    assert document.title == "NCD 999.1: Sun & “Light” Therapy ®"
    assert len(document.passages) > 60
    assert sum(passage.text.count("“characters”—at") for passage in document.passages) == 1800


def test_rows_that_cannot_be_read_are_told_one_by_one(tmp_path: Path) -> None:
    reading = _ncds(
        tmp_path,
        _ncd(),
        _ncd(),
        _ncd(indctn_lmtn="another text"),
        _ncd("999.2", NCD_efctv_dt="2024-02-30 00:00:00"),
        _ncd("none"),
        _ncd("999.4", "one"),
        _ncd("999.5", NCD_mnl_sect_title=""),
        _ncd("999.6")[:3],
    )
    assert [document.title for document in reading.documents] == ["NCD 999.1: Sunlight Therapy"]
    assert reading.remarks == (
        "row 4, NCD_vrsn_num: 999.1 version 1 stands in row 2 with another text",
        "row 5, NCD_efctv_dt: '2024-02-30 00:00:00' is not a date",
        "row 6, NCD_id: 'none' is not a number",
        "row 7, NCD_vrsn_num: 'one' is not a number",
        "row 8, NCD_mnl_sect_title: it is blank",
        "row 9, NCD_mnl_sect: '' is not a section of the NCD Manual",
    )


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = [[cell for name, cell in zip(NCD_HEADER, _ncd(), strict=True) if name != "indctn_lmtn"]]
    path = _file(tmp_path, "ncd.csv", [name for name in NCD_HEADER if name != "indctn_lmtn"], rows)
    with pytest.raises(CorpusError, match="but for “indctn lmtn”"):
        read(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "ncd_trkg.csv", NCD_HEADER, [_ncd(indctn_lmtn="a, quoted text " * 50)])
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(CorpusError, match="damaged at line"):
        read(path)


versions = st.lists(st.tuples(st.sampled_from(["999.1", "999.2", "x"]), st.sampled_from(["1", "2", "?"])), max_size=12)


@settings(max_examples=40, deadline=None)
@given(versions)
def test_no_version_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("ncds")
    made = [_ncd(section, version, NCD_id="7") for section, version in (("999.9", "9"), *rows)]
    reading = _ncds(folder, *made)
    read_rows = [("999.9", "9"), *((section, version) for section, version in rows if section != "x" and version != "?")]
    wanted = {f"{section}-v{version}" for section, version in read_rows}
    assert Counter(document.id for document in reading.documents) == Counter(wanted)
    assert len(reading.remarks) == 1 + len(rows) - len(read_rows)


# LCDs and articles


def test_an_lcd_becomes_a_document_by_sections(tmp_path: Path) -> None:
    rows = [
        _lcd(diagnoses_support="<ul><li>Insomnia</li></ul>", bibliography="Moon, A. 2020."),
        _lcd(version="2", rev_eff_date="2023-01-01"),
    ]
    reading = read(_file(tmp_path, "lcd.csv", LCD_HEADER, rows))
    document, older = reading.documents
    assert (document.title, document.url) == ("LCD L99001: Moonlight ® Testing", f"{VIEW}/lcd.aspx?lcdid=99001&ver=3")
    assert (document.effective, document.ended) == (date(2024, 7, 1), None)
    assert (older.effective, older.ended) == (date(2023, 1, 1), date(2024, 6, 30))
    assert _texts(document) == [
        ("LCD L99001, Coverage indications, limitations and medical necessity", "Moonlight is reasonable at night."),
        ("LCD L99001, Diagnoses that support medical necessity", "• Insomnia"),
        ("LCD L99001, Bibliography", "Moon, A. 2020."),
    ]
    assert [(code.system, code.value, dict(code.attributes)["status"]) for code in reading.codes] == [(LCD, "L99001", "active")]
    assert document.jurisdiction is None  # the tables of contractors and states tell
    assert "American Medical Association" in reading.source.licence


def test_what_is_not_in_force_at_a_known_time_is_not_searched(tmp_path: Path) -> None:
    proposed = _lcd("99002", "1", display_id="DL99002", status="P", rev_eff_date="", orig_det_eff_date="", ent_det_end_date="2030-01-01")
    retired = _lcd("99003", "5", status="R", date_retired="2025-03-13 00:00:00", rev_end_date="2025-04-01")
    undated = _lcd("99004", "5", status="R")
    reading = read(_file(tmp_path, "lcd.csv", LCD_HEADER, [proposed, retired, undated]))
    kinds = [(document.title[:12], document.ended, document.passages[0].kind) for document in reading.documents]
    assert kinds == [
        ("LCD DL99002:", date(2030, 1, 1), NOTE),
        ("LCD L99003: ", date(2025, 3, 13), PROSE),
        ("LCD L99004: ", None, NOTE),
    ]
    assert [dict(code.attributes)["status"] for code in reading.codes] == ["proposed", "retired", "retired"]
    assert reading.documents[0].passages[0].codes == ((LCD, "DL99002"),)


def test_an_article_becomes_a_document(tmp_path: Path) -> None:
    row = [
        "99501",
        "7",
        "Billing and Coding: Moonlight",
        "A",
        "2025-01-01 00:00:00",
        "",
        "<p>Bill at night.</p>",
        "Ask.",
        "2025-06-02 08:00:00",
    ]
    reading = read(_file(tmp_path, "article.csv", ARTICLE_HEADER, [row, [*row[:4], "2025-13-01", *row[5:]]]))
    (document,) = reading.documents
    assert (document.title, document.url) == ("Article A99501: Billing and Coding: Moonlight", f"{VIEW}/article.aspx?articleid=99501&ver=7")
    assert _texts(document) == [("Article A99501, Article text", "Bill at night."), ("Article A99501, Other comments", "Ask.")]
    assert reading.remarks == ("row 3, article_eff_date: '2025-13-01' is not a date",)


# The list of documents


def _listed(folder: Path, *rows: list[str], name: str = "document_list_2025-08.csv") -> Reading:
    return read(_file(folder, name, LIST_HEADER, rows))


def test_a_listed_document_is_a_card(tmp_path: Path) -> None:
    reading = _listed(tmp_path, _card(), _card("A99501", "2", retirement_date="03/13/2025", effective_date="01/01/2024", title="Stars:"))
    lcd, article = reading.documents
    assert _texts(lcd) == [
        (
            "LCD L99001, version 4",
            "LCD L99001, Moonlight Testing, version 4 is effective from 2025-08-14; contractor: Acme Administrators, LLC "
            "(MAC - Part A, MAC - Part B). The text is not in this file.",
        )
    ]
    assert article.passages[0].text == (
        "Article A99501, Stars, version 2, effective from 2024-01-01, was retired on 2025-03-13; contractor: Acme Administrators, LLC "
        "(MAC - Part A, MAC - Part B). The text is not in this file."
    )
    assert (lcd.effective, lcd.ended, article.effective, article.ended) == (date(2025, 8, 14), None, date(2024, 1, 1), date(2025, 3, 13))
    assert lcd.url == f"{VIEW}/lcd.aspx?id=99001&ver=4"
    assert lcd.jurisdiction == "Acme Administrators, LLC (MAC - Part A, MAC - Part B)"
    assert [(code.system, code.value, code.valid_to) for code in reading.codes] == [
        (LCD, "L99001", None),
        (ARTICLE, "A99501", date(2025, 3, 13)),
    ]
    assert (reading.source.id, reading.source.edition) == ("medicare-coverage-documents-list-2025-08", "August 2025")


def test_contractors_of_one_document_come_together(tmp_path: Path) -> None:
    both = _card(contractor_name_type="Acme, LLC\n(DME MAC)\n\nBeta, Inc.\n(DME MAC)")
    apart = [_card("L99002", contractor_name_type=f"{name}\n(DME MAC)") for name in ("Acme, LLC", "Beta, Inc.", "Acme, LLC")]
    reading = _listed(tmp_path, both, *apart)
    assert len(reading.documents) == len(reading.codes) == len(reading.entries) == 2
    for document in reading.documents:
        assert document.jurisdiction == "Acme, LLC (DME MAC); Beta, Inc. (DME MAC)"
        assert "contractors: Acme, LLC (DME MAC); Beta, Inc. (DME MAC)." in document.passages[0].text


def test_a_future_version_ends_the_present_one_and_does_not_name_the_code(tmp_path: Path) -> None:
    future = _card(version="9", effective_date="01/01/2026", title="Moonlight Renewed", note="Future(Notice Ends 12/31/2025)")
    present = _card(version="4", effective_date="04/01/2024")
    reading = _listed(tmp_path, future, present)
    ends = {document.id: (document.effective, document.ended) for document in reading.documents}
    assert ends == {"L99001-v9": (date(2026, 1, 1), None), "L99001-v4": (date(2024, 4, 1), date(2025, 12, 31))}
    assert [(code.title, dict(code.attributes)["version"]) for code in reading.codes] == [("Moonlight Testing", "4")]
    assert _told(reading.entries[0])["note"] == "Future(Notice Ends 12/31/2025)"


def test_cards_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    rows = [
        _card(),
        _card(title="Another"),
        _card("L99002", document_type="Memo"),
        _card("X1", document_type="LCD"),
        _card("L99003", effective_date="13/14/2025"),
        _card("L99004", title=" "),
        _card("L99005", url="javascript:alert(1)", effective_date="", contractor_name_type=""),
    ]
    reading = _listed(tmp_path, *rows)
    assert reading.remarks == (
        "row 3, document_display_id: L99001 version 4 stands in row 2 with other dates or another title",
        "row 4, document_type: 'Memo' is neither an LCD, an article nor an NCD",
        "row 5, document_display_id: 'X1' is not a number of its kind",
        "row 6, effective_date: '13/14/2025' is not a date",
        "row 7, title: it is blank",
    )
    assert reading.documents[1].url is None
    assert reading.documents[1].passages[0].text == (
        "LCD L99005, Moonlight Testing, version 4, no effective date given. The text is not in this file."
    )


cards = st.lists(
    st.tuples(st.sampled_from(["L99001", "A99001"]), st.sampled_from(["1", "2", ""]), st.sampled_from(["P", "Q"])), max_size=12
)


@settings(max_examples=40, deadline=None)
@given(cards)
def test_no_card_and_no_contractor_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]) -> None:
    rows = [("L99009", "9", "P"), *rows]
    folder = tmp_path_factory.mktemp("cards")
    reading = _listed(folder, *(_card(number, version, contractor_name_type=f"{who}\n(DME MAC)") for number, version, who in rows))
    wanted: dict[str, set[str]] = {}
    for number, version, who in rows:
        if version:
            wanted.setdefault(f"{number}-v{version}", set()).add(f"{who} (DME MAC)")
    found = {document.id: set((document.jurisdiction or "").split("; ")) for document in reading.documents}
    assert found == wanted
    assert len(reading.documents) == len(wanted) == len(reading.entries)
    assert len(reading.remarks) == sum(not version for _, version, _ in rows)


# The tables between them

HCPC = "lcd_id,lcd_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated,long_description,short_description".split(",")


def _linked(folder: Path, name: str, header: str, *rows: str) -> Reading:
    return read(_file(folder, name, header.split(","), [row.split("|") for row in rows]))


def test_codes_lead_to_lcds_and_descriptions_of_cpt_stay_out(tmp_path: Path) -> None:
    when = "2025-03-25 18:07:03"
    rows = [
        ["99001", "37", "J9901", "97", "4", "N", when, "MADE-UP DRUG", "Drug"],
        ["99001", "37", "90001", "97", "1", "B", when, "WORDS OF OTHERS", "Words"],
        ["99001", "37", "D9901", "97", "1", "E", when, "WORDS OF OTHERS", "Words"],
        ["99001", "37", "XX000", "97", "1", "N", when, "Not applicable", ""],
        ["99001", "37", "nonsense", "97", "1", "N", when, "", ""],
        ["", "37", "J9901", "97", "1", "N", when, "", ""],
        ["99001", "37", "J9902", "97", "1", "N", "2025-02-31", "", ""],
    ]
    reading = read(_file(tmp_path, "lcd_x_hcpc_code.csv", HCPC, rows))
    assert [(entry.system, entry.code, entry.part) for entry in reading.entries] == [
        (HCPCS, "J9901", "L99001"),
        (CPT, "90001", "L99001"),
        (HCPCS, "D9901", "L99001"),
    ]
    assert reading.entries[0].cells == (("document", "L99001"), ("version", "37"), ("group", "4"), ("description", "MADE-UP DRUG"))
    assert "WORDS" not in str(reading.entries)
    assert _told(reading.entries[1])["range"] == "first of a range"
    assert reading.remarks == (
        "row 6, hcpc_code_id: 'NONSENSE' is not a code of CPT or HCPCS",
        "row 7, lcd_id: '' is not a number",
        "row 8, last_updated: '2025-02-31' is not a date",
    )
    assert (reading.source.publication, reading.source.effective) == (table(LCD, CODES), date(2025, 3, 25))


ids = st.lists(st.tuples(st.sampled_from(["99001", "99002", "", "?"]), st.sampled_from(["139", "140", "none"])), max_size=15)


@settings(max_examples=40, deadline=None)
@given(ids)
def test_no_link_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    rows = [("99009", "1"), *rows]
    lines = [f"{lcd}|3|{who}|10|2|2025-01-0{at % 9 + 1}" for at, (lcd, who) in enumerate(rows)]
    reading = _linked(
        tmp_path_factory.mktemp("links"),
        "lcd_x_contractor.csv",
        "lcd_id,lcd_version,contractor_id,contractor_type_id,contractor_version,last_updated",
        *lines,
    )
    good = [(f"L{lcd}", f"contractor {who}") for lcd, who in rows if lcd.isdigit() and who.isdigit()]
    assert Counter((entry.code, entry.part) for entry in reading.entries) == Counter(set(good))
    assert len(reading.remarks) == len(rows) - len(good)


def _shelve(catalog: Catalog, *paths: Path) -> Catalog:
    for path in paths:
        reading = read(path)
        source = reading.source.id or path.stem
        catalog.put(finished(reading, source, catalog.knows_fast, f"digest of {path}", str(path)))
    return catalog


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Catalog]:
    """A made-up download: one LCD of two contractors, one of one, and an article."""

    def made(name: str, header: str, *rows: str) -> Path:
        return _file(tmp_path, name, header.split(","), [row.split("|") for row in rows])

    when = "2025-06-01 00:00:00"
    catalog = _shelve(
        Catalog(tmp_path / "catalog.db"),
        _file(tmp_path, "lcd_x_hcpc_code.csv", HCPC, [["99001", "37", "J9901", "97", "4", "N", when, "", ""]]),
        _file(tmp_path, "older_2024-01.csv", HCPC, [["99008", "1", "J9901", "97", "4", "N", "2024-01-05", "", ""]]),
        made(
            "article_x_hcpc_code.csv",
            "article_id,article_version,hcpc_code_id,hcpc_code_group,range,last_updated",
            f"99501|2|J9901|1|N|{when}",
        ),
        made(
            "article_x_icd10_covered.csv",
            "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,range,last_updated,description",
            f"99501|2|E1165|1|1|N|{when}|x",
            f"99501|2|XX000|1|2|N|{when}|x",
        ),
        made(
            "article_x_icd10_noncovered.csv",
            "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_group,range,last_updated,description",
            f"99501|2|Z00.00|1|1|N|{when}|x",
        ),
        made(
            "article_x_icd10_covered_group.csv",
            "article_id,article_version,icd10_covered_group,paragraph,last_updated",
            f"99501|2|1|<p>T</p>|{when}",
        ),
        made("lcd_x_hcpc_code_group.csv", "lcd_id,lcd_version,hcpc_code_group,paragraph,last_updated", f"99001|37|4|<p>Lamps:</p>|{when}"),
        made(
            "lcd_x_contractor.csv",
            "lcd_id,lcd_version,contractor_id,contractor_type_id,contractor_version,last_updated",
            f"99001|37|139|10|2|{when}",
            f"99001|37|140|10|2|{when}",
            f"99002|1|139|10|2|{when}",
        ),
        made(
            "contractor.csv",
            "contractor_id,contractor_type_id,contractor_version,contractor_bus_name,contractor_number,state_id,status,last_updated,contractor_subtype_id",
            f"139|10|2|Acme, LLC|19003|5|A|{when}|4",
        ),
        made(
            "contractor_jurisdiction.csv",
            "contractor_id,contractor_type_id,contractor_version,state_id,last_updated,active_date,term_date",
            f"139|10|2|1|{when}|1900-01-01 00:00:00|",
            f"139|10|2|2|{when}|1900-01-01 00:00:00|2009-07-31 00:00:00",
            f"140|10|2|1|{when}|2012-10-22 00:00:00|",
        ),
        made("state_lookup.csv", "state_id,state_abbrev,description", "1|AK|Alaska", "2|AL|Alabama"),
        made("lcd_x_primary_jurisdiction.csv", "lcd_id,lcd_version,state_id,last_updated", f"99002|1|2|{when}"),
        made(
            "lcd_related_documents.csv",
            "lcd_id,lcd_version,related_num,r_article_id,r_article_version,r_lcd_id,r_lcd_version,r_contractor_id,last_updated",
            f"99001|36|1|99500|1|||139|{when}",
            f"99001|37|1|99501|2|||139|{when}",
            f"99001|37|2|||99002|1|139|{when}",
            f"99001|37|3|99501|2|||140|{when}",
        ),
        made(
            "lcd_related_ncd_documents.csv",
            "lcd_id,lcd_version,related_num,r_ncd_id,r_ncd_version,last_updated",
            f"99001|37|1|9991|1|{when}",
            f"99001|37|2|777|1|{when}",
            f"99002|1|1|0|1|{when}",
        ),
        _file(tmp_path, "ncd_trkg.csv", NCD_HEADER, [_ncd()]),
    )
    yield catalog
    catalog.close()


def test_a_code_leads_to_documents_contractors_and_states(joined: Catalog) -> None:
    (lcd,) = lcds_for(joined, HCPCS, "J9901")  # the older edition of the table is silent
    assert (lcd.to, lcd["group"], lcd.row.source.edition) == ("L99001", "4", "last changed 2025-06-01")
    assert [link.to for link in lcds_for(joined, HCPCS, "J9901", among={"lcds-codes-2024-01"})] == ["L99008"]
    assert [link.to for link in articles_for(joined, HCPCS, "J9901")] == ["A99501"]
    assert [link.to for link in covering(joined, ICD10CM, "E11.65")] == ["A99501"]
    assert [link.to for link in covering(joined, ICD10CM, "Z00.00", covered=False)] == ["A99501"]
    named, unnamed = contractors_of(joined, lcd.to)
    assert (named.id, named.name, named.number, named.serves) == ("139", "Acme, LLC", "19003", "DME MAC")
    assert (unnamed.id, unnamed.name) == ("140", "")
    assert [state.abbreviation for state in states_of(joined, "139")] == ["AK", "AL"]
    assert [state.abbreviation for state in states_of(joined, "139", date(2025, 1, 1))] == ["AK"]
    assert [state.id for state in states_of(joined, "140", date(2010, 1, 1))] == []


def test_an_lcd_leads_to_its_states_articles_and_ncds(joined: Catalog) -> None:
    assert [state.name for state in jurisdiction_of(joined, "L99001", date(2025, 1, 1))] == ["Alaska"]
    assert [state.name for state in jurisdiction_of(joined, "L99002")] == ["Alabama"]  # its own, not its contractor's
    assert [link.to for link in related_to(joined, "L99001")] == ["A99501", "L99002"]  # of the latest version, each once
    assert [(link.to, link["NCD document"]) for link in ncds_of(joined, "L99001")] == [("999.1", "9991"), ("", "777")]
    assert ncds_of(joined, "L99002") == []
    assert ncd_number(joined, "9991") == "999.1"
    group = group_of(joined, "L99001", "4")
    assert group is not None
    assert _told(group.row)["text"] == "Lamps:"
    assert group_of(joined, "L99001", "5") is None
    assert rows_of(joined, "contractor", "140", CONTRACTOR_NAMES) == []


def test_a_number_leads_to_its_text(joined: Catalog) -> None:
    (version,) = versions_of(joined, NCD, "999.1")
    assert [placed.passage.locator for placed in joined.document(text_of(version))] == ["NCD 999.1, Indications and limitations, B"]
    assert joined.codes(NCD, "999.1")[0].code.title == "Sunlight Therapy"


def test_a_list_of_brands_is_no_list_of_codes(tmp_path: Path) -> None:
    header = "article_id,article_version,code_table_row,hcpc_code_id,hcpc_code_version,brand_name,eff_date,end_date,comments,last_updated"
    reading = _linked(tmp_path, "article_x_code_table.csv", header, "99501|2|1|J9901|1|Lumen&reg;|1/1/2020|||2025-06-01")
    assert reading.source.publication == table(ARTICLE, "tables of codes")
    assert _told(reading.entries[0]) | {"brand": "Lumen®", "effective": "2020-01-01"} == _told(reading.entries[0])


# The real files

LINKS = "coverage/mcd_lcd_2025_06"
COUNTS = {
    "contractor.csv": 120,
    "contractor_jurisdiction.csv": 291,
    "lcd_related_documents.csv": 4610,
    "lcd_related_ncd_documents.csv": 1900,  # of 1,902 rows two say again what another says
    "lcd_x_contractor.csv": 12758,
    "lcd_x_hcpc_code.csv": 2102,
    "lcd_x_hcpc_code_group.csv": 96,
    "lcd_x_primary_jurisdiction.csv": 241,
    "state_lookup.csv": 63,
}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_row_of_the_tables_is_read(name: str, count: int) -> None:
    reading = read(need(f"{LINKS}/{name}"))
    assert (len(reading.entries), reading.remarks) == (count, ())


@pytest.mark.parametrize(("name", "count"), [("ncd_bnft_ctgry_ref.csv", 78), ("ncd_pblctn_ref.csv", 42), ("ncd_trkg_bnft_xref.csv", 588)])
def test_every_row_beside_the_ncds_is_read(name: str, count: int) -> None:
    reading = read(need(f"coverage/{name}"))
    assert (len(reading.entries), reading.remarks) == (count, ())


@pytest.mark.parametrize("name", ["readme_first.txt", "mcd_lcd_2025_06/readme_first.txt"])
def test_the_readme_is_a_text(name: str) -> None:
    assert read(need(f"coverage/{name}")).source.kind == "text"


def test_every_ncd_is_read() -> None:
    reading = read(need("coverage/ncd_trkg.csv"))
    assert (len(reading.documents), len(reading.codes), reading.remarks) == (352, 352, ())
    assert sum(code.valid_to is not None for code in reading.codes) == 13
    assert sum(document.ended is not None for document in reading.documents) == 0
    assert all(document.passages for document in reading.documents)
    assert all(passage.locator.startswith("NCD ") for document in reading.documents for passage in document.passages)
    trials = next(document for document in reading.documents if document.id == "310.1-v3")
    assert trials.title == "NCD 310.1: Routine Costs in Clinical Trials"
    assert trials.passages[0].locator == "NCD 310.1, Indications and limitations"
    assert reading.source.effective == date(2025, 6, 9)


def test_every_listed_document_is_read() -> None:
    reading = read(need("coverage/lcd_article_document_list_2025-08.csv"))
    assert Counter(document.id[0] for document in reading.documents) == {"L": 972, "A": 2161}
    assert (len(reading.entries), len(reading.codes), reading.remarks) == (3133, 3121, ())  # twelve have a version to come
    assert all(len(document.passages) == 1 for document in reading.documents)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path_factory.mktemp("mcd") / "catalog.db")
    listed = need("coverage/lcd_article_document_list_2025-08.csv")
    _shelve(catalog, *(need(f"{LINKS}/{name}") for name in COUNTS), need("coverage/ncd_trkg.csv"), listed)
    yield catalog
    catalog.close()


def test_every_real_code_leads_to_its_lcds(real: Catalog) -> None:
    with need(f"{LINKS}/lcd_x_hcpc_code.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for code in {row["hcpc_code_id"] for row in rows[::7]}:
        wanted = Counter((f"L{row['lcd_id']}", row["hcpc_code_group"]) for row in rows if row["hcpc_code_id"] == code)
        assert Counter((link.to, link["group"]) for link in lcds_for(real, HCPCS, code)) == wanted


def test_what_contractors_serve_agrees_with_the_list(real: Catalog) -> None:
    """The list says in words what the tables say in numbers."""
    checked = 0
    with need("coverage/lcd_article_document_list_2025-08.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["document_type"] == "LCD" and (held := contractors_of(real, row["document_display_id"])):
                stated = {part.strip() for block in row["contractor_name_type"].split("(")[1:] for part in block.split(")")[0].split(",")}
                assert {contractor.serves for contractor in held} == stated
                assert all(contractor.name for contractor in held)
                checked += 1
    assert checked == 932


def test_a_real_lcd_leads_to_states_articles_and_ncds(real: Catalog) -> None:
    assert {contractor.name for contractor in contractors_of(real, "L33312")} == {
        "Noridian Healthcare Solutions, LLC",
        "CGS Administrators, LLC",
    }
    assert len(jurisdiction_of(real, "L33312", date(2025, 6, 1))) == 56
    assert len(jurisdiction_of(real, "L33942")) == 16
    assert [link.to for link in related_to(real, "L32553")] == ["A56424"]
    assert [link.to for link in ncds_of(real, "L32553")] == ["110.9", "110.11"]
    assert [row.row.part for row in versions_of(real, LCD, "L38367")] == ["version 31", "version 28"]


def test_every_id_of_an_ncd_in_the_links_has_a_number(real: Catalog) -> None:
    with need(f"{LINKS}/lcd_related_ncd_documents.csv").open(newline="") as file:
        ids = {row["r_ncd_id"] for row in csv.DictReader(file)} - {"0"}
    assert [held for held in ids if not ncd_number(real, held)] == []
