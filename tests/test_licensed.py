"""CPT by licence: the layouts of the AMA's files, with descriptors that nobody ever wrote but this test."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import DATA, need

from assistant import procedures
from assistant.chat import ask
from corpus import ingest
from corpus.catalog import Catalog
from corpus.model import CorpusError, Reading
from corpus.readers.licensed import KIND, LAYOUTS, LICENSED_FIXED, NOTICE
from corpus.readers.sheets import find, text_rows
from index.library import Library

ABOVE = """Made-up notice. CPT is a trade mark of the American Medical
Association. To buy a made-up licence, write to 1 Nowhere Road,
60600 Nowhere, IL, or call 555 0100.

"""
LONG = "90001\tMade-up service, first kind, with a badger that is told at some length\n90002\tMade-up service, second kind\n"
MEDIUM = "90001 MADE-UP SERVICE FIRST KIND WITH BADGER\n90002 MADE-UP SERVICE SECOND KIND\n"
SHORT = "90001 MADE-UP SVC 1ST KIND\n90002 MADE-UP SVC 2ND KIND\n"
CONSUMER = "Concept Id\tCPT Code\tConsumer Friendly Descriptor\n1000001\t90001\tMade-up visit\n1000002\t90002\tMade-up call\n"
CLINICIAN = (
    "Concept Id\tCPT Code\tClinician Descriptor Id\tClinician Descriptor\n"
    "1000001\t90001\t10000001\tMade-up service with badger\n1000001\t90001\t10000002\tMade-up service without badger\n"
)
COMBINED = (
    "Concept Id\tCPT Code\tLong\tMedium\tShort\tConsumer\tSpanish Consumer\tCurrent Descriptor Effective Date\n"
    "1000001\t90001\tMade-up service, first kind\tMADE-UP SERVICE FIRST KIND\tMADE-UP SVC 1ST\tMade-up visit\tVisita\t20260101\n"
    "1000002\t0001F\tMade-up measure\tMADE-UP MEASURE\tMADE-UP MEASURE\t\t\t20260101\n"
)

((_, SHOWS, READ),) = LICENSED_FIXED
Read = Callable[[str, str], Reading]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Write a file of this name and text, and read it as `codecite add` does."""

    def written(name: str, text: str, encoding: str = "utf-8") -> Reading:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
        return ingest.read(path)

    return written


def titles(reading: Reading) -> dict[str, str]:
    return {code.value: code.title for code in reading.codes}


def terms(reading: Reading) -> list[tuple[str, str]]:
    return [(passage.locator, passage.text) for document in reading.documents for passage in document.passages]


@pytest.mark.parametrize(
    ("name", "text", "publication", "title"),
    [
        ("LONGULT.txt", LONG, "CPT long descriptors (licensed)", "Made-up service, second kind"),
        ("MEDU.txt", MEDIUM, "CPT medium descriptors (licensed)", "MADE-UP SERVICE SECOND KIND"),
        ("SHORTU.txt", SHORT, "CPT short descriptors (licensed)", "MADE-UP SVC 2ND KIND"),
        ("mine.txt", LONG, "CPT long descriptors (licensed)", "Made-up service, second kind"),
        ("mine.txt", MEDIUM, "CPT medium descriptors (licensed)", "MADE-UP SERVICE SECOND KIND"),
        ("mine.txt", SHORT, "CPT short descriptors (licensed)", "MADE-UP SVC 2ND KIND"),
    ],
)
def test_files_without_headings_are_known_by_their_pattern(name: str, text: str, publication: str, title: str, read: Read) -> None:
    reading = read(name, ABOVE + text)
    assert (reading.source.publication, reading.source.kind, reading.source.publisher) == (publication, KIND, "AMA")
    assert reading.source.licence == NOTICE
    assert list(titles(reading)) == ["90001", "90002"]
    assert titles(reading)["90002"] == title
    assert terms(reading)[1] == ("row 90002", title)
    assert reading.documents[0].passages[1].codes == (("CPT", "90002"),)
    assert reading.remarks == ()


def test_a_file_of_the_amas_name_needs_no_notice(read: Read) -> None:
    assert titles(read("SHORTU.txt", SHORT)).keys() == {"90001", "90002"}


def test_wordings_for_patients_and_clinicians_name_codes_but_do_not_title_them(read: Read) -> None:
    consumer, clinician = read("ConsumerDescriptor.txt", CONSUMER), read("ClinicianDescriptor.txt", CLINICIAN)
    assert consumer.source.publication == "CPT consumer descriptors (licensed)"
    assert titles(consumer) == {"90001": "", "90002": ""}
    assert terms(consumer) == [("row 90001", "Made-up visit"), ("row 90002", "Made-up call")]
    assert titles(clinician) == {"90001": ""}
    assert [locator for locator, _ in terms(clinician)] == ["row 90001, descriptor 10000001", "row 90001, descriptor 10000002"]


def test_a_column_of_descriptors_is_the_consumers_where_concepts_are_numbered(read: Read) -> None:
    consumer = read("mine.txt", CONSUMER.replace("Consumer Friendly Descriptor", "Descriptor"))
    assert consumer.source.publication == "CPT consumer descriptors (licensed)"
    assert titles(read("own.csv", "CPT Code,Descriptor\n90001,Made-up service\n")) == {"90001": "Made-up service"}


def test_a_combined_file_titles_a_code_with_its_fullest_descriptor(read: Read) -> None:
    reading = read("ConsolidatedCodeList.txt", ABOVE + COMBINED)
    assert reading.source.publication == "CPT descriptors (licensed)"
    assert titles(reading) == {"90001": "Made-up service, first kind", "0001F": "Made-up measure"}
    assert [text for locator, text in terms(reading) if locator == "row 0001F"] == ["Made-up measure", "MADE-UP MEASURE"]
    assert "Visita" not in {text for _, text in terms(reading)}


def test_a_code_of_several_wordings_has_one_title_and_says_nothing_twice(read: Read) -> None:
    rows = "90001\tMade-up service\tMade-up with badger\n90001\tMade-up service\tMade-up without badger\n"
    reading = read("mine.txt", f"CPT Code\tLong\tClinician Descriptor\n{rows}")
    assert titles(reading) == {"90001": "Made-up service"}
    assert [text for _, text in terms(reading)] == ["Made-up service", "Made-up with badger", "Made-up without badger"]


def test_a_workbook_is_read_like_a_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in CONSUMER.splitlines():
        book.worksheets[0].append([int(cell) if cell.isdecimal() else cell for cell in line.split("\t")])
    book.worksheets[0].append([1000003, 100, "Made-up sleep"])
    book.save(tmp_path / "ConsumerDescriptor.xlsx")
    reading = ingest.read(tmp_path / "ConsumerDescriptor.xlsx")
    assert titles(reading).keys() == {"90001", "90002"}
    assert reading.remarks[0].startswith("row 4, CPT Code: '100'")


@pytest.mark.parametrize(
    ("name", "above", "edition"),
    [
        ("LONGULT_2026.txt", ABOVE, "2026"),
        ("LONGULT.txt", "CPT® 2026 data of the American Medical Association\n", "2026"),
        ("LONGULT.txt", "The 2026 CPT made-up file\n", "2026"),
        ("2026 CPT Made-up Update/Current/LONGULT.txt", ABOVE, "2026"),
        ("cpt_2026/LONGULT.txt", ABOVE, "2026"),
        ("LONGULT.txt", "Copyright 2025 American Medical Association\n", None),
        ("LONGULT.txt", ABOVE, None),
    ],
)
def test_the_edition_is_what_name_folder_or_notice_say(name: str, above: str, edition: str | None, read: Read) -> None:
    reading = read(name, above + LONG)
    assert reading.source.edition == edition
    assert reading.source.effective == (date(int(edition), 1, 1) if edition else None)
    assert reading.source.id == ("cpt-long-descriptors-licensed-2026-01" if edition else "")
    assert bool(reading.hints) == (edition is None)


def test_a_copyright_proposes_the_year_after_it_and_no_more(read: Read) -> None:
    dated = read("LONGULT.txt", "Copyright 1995-2025 American Medical Association\n" + LONG)
    assert dated.hints[0].endswith("--edition 2026 --effective 2026-01-01")
    assert read("LONGULT.txt", ABOVE + LONG).hints[0].endswith("--edition YYYY --effective YYYY-01-01")


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("J9901\tMade-up drug\n", "row 7, CPT code: 'J9901' is not a CPT code"),
        ("9000\n", "row 7, CPT code: '9000' is not a CPT code"),
        ("90003\t\n", "row 7, long descriptor: 90003 has no descriptor"),
        ("90001\tMade-up service again\n", "row 7, CPT code: 90001 stands in a row above it already"),
        ("continued from the line above\n", "row 7, CPT code: 'CONTINUED' is not a CPT code"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_rest_lands(line: str, remark: str, read: Read) -> None:
    text = ABOVE + LONG + line + "90009\tMade-up service, last kind\n"
    reading = read("LONGULT.txt", text)
    assert list(titles(reading)) == ["90001", "90002", "90009"]
    assert len(reading.remarks) == 1
    assert reading.remarks[0].startswith(remark)


def test_a_missing_column_and_a_file_of_bad_rows_are_refused(read: Read) -> None:
    with pytest.raises(CorpusError):
        read("ConsumerDescriptor.csv", "Concept Id,CPT Code\n1000001,90001\n")
    with pytest.raises(CorpusError, match="no rows that can be read"):
        read("ConsumerDescriptor.csv", "Concept Id,CPT Code,Descriptor\n1000001,badger,Made-up\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_encodings_entities_and_long_texts(encoding: str, read: Read) -> None:
    long = "made-up " * 7500
    reading = read("LONGULT.txt", f"{ABOVE}{LONG}90003\tMade-up café &amp; bar&#8211;room\n90004\t{long}\n", encoding)
    assert titles(reading)["90003"] == "Made-up café & bar–room"
    assert titles(reading)["90004"] == long.strip()


def test_an_embedded_newline_stays_in_its_row(read: Read) -> None:
    reading = read("own.csv", 'CPT Code,Long Descriptor\n90001,"Made-up service,\nfirst kind"\n90002,Made-up\n')
    assert titles(reading) == {"90001": "Made-up service, first kind", "90002": "Made-up"}


@pytest.mark.parametrize(
    "text",
    [
        "CPT is owned by the American Medical Association.\n90001\t90002\t\t20250101\t*\t0\tMade-up rationale\n" * 3,
        "American Medical Association\n90001,3,2,Made-up rationale\n90002,1,1,Made-up rationale\n",
        "American Medical Association\n90001 is reported for badgers.\nIt is not reported for otters.\nNor for ferrets, says the policy.\n",
        "90001 Made-up service\n90002 Made-up service\n",
        "American Medical Association\n90001 90002\n90003 90004\n",
        "American Medical Association\n",
        "",
    ],
)
def test_other_texts_that_name_the_ama_are_not_taken_for_its_files(text: str) -> None:
    assert not SHOWS(text, "other.txt")


def test_no_public_file_is_taken_for_the_amas() -> None:
    need("hcpcs/hcpcs_2026Q1_jan.csv")
    for path in sorted(DATA.rglob("*")):
        if path.suffix.lower() in (".csv", ".txt", ".tsv", ".jsonl", ".md"):
            with path.open(encoding="cp1252", errors="replace") as file:
                head = file.read(4000)
            assert not SHOWS(head, path.name.lower()), path
            with suppress(CorpusError):  # a quoted field that the 4,000 characters cut in two
                assert find(path, text_rows(head), LAYOUTS) is None, path


def test_the_notice_stands_with_every_code_on_file(tmp_path: Path, read: Read) -> None:
    read("LONGULT.txt", "CPT 2026, American Medical Association\n" + LONG)
    catalog = Catalog(tmp_path / "catalog.sqlite")
    outcome = ingest.add(catalog, tmp_path / "LONGULT.txt")
    assert (outcome.status, outcome.kind, outcome.codes, outcome.passages) == ("added", KIND, 2, 2)
    (listed,) = catalog.codes("CPT", "90001")
    assert listed.source.licence == NOTICE
    assert {placed.source.licence for placed in catalog.shelf(outcome.source_id)} == {NOTICE}


codes = st.one_of(st.from_regex(r"[0-9]{4}[0-9FTUM]", fullmatch=True), st.sampled_from(["J9901", "9000", "badger", "9000X", "90001"]))
words = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Z"), exclude_characters='"'), max_size=30)


@given(st.lists(st.tuples(codes, words), max_size=40))
def test_no_row_of_a_file_without_headings_is_lost_or_doubled(rows: list[tuple[str, str]]) -> None:
    lines = ["90009\tMade-up service", *(f"{code}\t{text}" for code, text in rows)]
    reading = READ(Path("LONGULT.txt"), ABOVE + "\n".join(lines))
    told = len(reading.remarks)
    refused = told if told <= 20 else told - 1 + int(reading.remarks[-1].split()[0].replace(",", ""))
    assert len(reading.codes) + refused == len(lines)
    assert len(reading.codes) == len({code.value for code in reading.codes}) == len(terms(reading))


@given(st.lists(st.tuples(codes, words, words, words), max_size=30))
def test_no_row_of_a_table_is_lost_or_doubled(rows: list[tuple[str, str, str, str]]) -> None:
    header = "CPT Code\tLong\tShort\tConsumer"
    text = "\n".join([header, "90009\tMade-up\t\t", *("\t".join(row) for row in rows)])
    opened = find(Path("mine.txt"), text_rows(text), LAYOUTS)
    assert opened is not None
    layout, sheet = opened
    reading = layout.read(sheet)
    assert len(reading.codes) + sheet.unreadable == len(rows) + 1
    assert len(terms(reading)) == len(set(terms(reading))) >= len(reading.codes)
    assert {locator for locator, _ in terms(reading)} == {f"row {code}" for code in titles(reading)}


@given(st.lists(st.tuples(codes, st.integers(1, 5)), max_size=30))
def test_no_wording_of_a_clinicians_file_is_lost_or_doubled(rows: list[tuple[str, int]]) -> None:
    lines = [f"1\t{code}\t{number}\tMade-up wording {number}" for code, number in [("90009", 1), *rows]]
    opened = find(Path("mine.txt"), text_rows("\n".join([CLINICIAN.split("\n")[0], *lines])), LAYOUTS)
    assert opened is not None
    layout, sheet = opened
    assert len(terms(layout.read(sheet))) + sheet.unreadable == len(lines)


def test_who_asks_for_the_amas_own_words_hears_that_they_are_licensed(small_library: Library) -> None:
    answer = ask("give me the official descriptor of CPT 90001", small_library)
    assert answer.status == "partial"
    assert procedures.DESCRIPTORS in answer.text
    assert procedures.DESCRIPTORS not in ask("what is CPT 90001?", small_library).text
