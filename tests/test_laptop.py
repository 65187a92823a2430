"""Every public file on one laptop: a home with all of them, whose counts are the publishers' and whose rows are found again.

It takes a minute and a half to build; CODECITE_LAPTOP_HOME names a folder to keep it in between runs. No vectors are filled: what is
searched here is found by its words.
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from laptop_rows import COUNTS, KINDS, TABLES, Row, Table, day, release, sheet, told, words, workbook
from tables import DATA, need

from assistant.checks import check
from assistant.codepage import facts_of
from corpus import tables
from corpus.differences import changes
from corpus.ingest import Outcome
from index import encoders
from index.library import Library
from index.search import Filters

FOLDERS = ("codes_only", "coverage", "fees", "hcpcs", "icd10cm", "icd10pcs", "ncci", "reference", "statute", "vaccines")
SEED = 3
QUARTER = date(2024, 8, 15)  # the NCCI tables on file are those of the third quarter of 2024
LATER = date(2026, 2, 1)


class Laptop(NamedTuple):
    library: Library
    outcomes: list[Outcome]
    ids: dict[str | None, str]  # file → source


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folders = [need(folder) for folder in FOLDERS]
    kept = os.environ.get("CODECITE_LAPTOP_HOME")
    library = Library(Path(kept) if kept else tmp_path_factory.mktemp("laptop"), encoders.DEFAULT)
    library.prepare()
    outcomes = [outcome for _, outcome in library.add_all(folders)]
    yield Laptop(library, outcomes, {tally.source.file: tally.source.id for tally in library.catalog.sources()})
    library.catalog.close()


@pytest.fixture(scope="module")
def library(laptop: Laptop) -> Library:
    return laptop.library


def ten(rows: list[Row]) -> list[Row]:
    return Random(SEED).sample(rows, min(10, len(rows)))


def lines(file: str, count: int) -> list[str]:
    """Ten random lines of a long file that holds so many below its header."""
    wanted = set(Random(SEED).sample(range(1, count + 1), 10))
    with gzip.open(need(file), "rt") as text:
        return [line.strip() for number, line in enumerate(text) if number in wanted]


# Every file is taken


def test_no_file_is_refused(laptop: Laptop) -> None:
    assert {str(outcome.path): outcome.reason for outcome in laptop.outcomes if outcome.status == "refused"} == {}
    assert {outcome.status for outcome in laptop.outcomes} <= {"added", "unchanged", "left out"}


def test_read_me_files_and_a_second_printing_are_left_out(laptop: Laptop) -> None:
    left = {outcome.path.resolve().relative_to(DATA.resolve()).as_posix(): outcome.reason for outcome in laptop.outcomes if outcome.reason}
    assert set(left) == {"coverage/readme_first.txt", "coverage/mcd_lcd_2025_06/readme_first.txt", "hcpcs/hcpcs_2026Q1_jan.csv"}
    assert "HCPC2026_JAN_ANWEB.xlsx holds the same edition" in left["hcpcs/hcpcs_2026Q1_jan.csv"]


def test_every_row_can_be_read(laptop: Laptop) -> None:
    assert {outcome.source_id: outcome.remarks for outcome in laptop.outcomes if outcome.remarks} == {}


def test_every_file_is_a_source(laptop: Laptop) -> None:
    taken = [outcome.source_id for outcome in laptop.outcomes if outcome.status != "left out"]
    files = [path for folder in FOLDERS for path in (DATA / folder).rglob("*") if path.is_file()]
    assert len(set(taken)) == len(taken) == len(files) - 3
    assert {*taken, "starter"} == set(laptop.ids.values())


def test_adding_a_folder_again_changes_nothing(library: Library) -> None:
    before = library.catalog.stamp
    again = [outcome for _, outcome in library.add_all([DATA / "hcpcs", DATA / "icd10cm", DATA / "coverage"])]
    assert {outcome.status for outcome in again} == {"unchanged", "left out"}
    assert library.catalog.stamp == before


# Counts are those of the publishers


@pytest.mark.parametrize("file", COUNTS)
def test_counts_are_those_of_the_data(library: Library, file: str) -> None:
    tally = next(tally for tally in library.catalog.sources() if tally.source.file == file)
    assert {name: getattr(tally, name) for name in COUNTS[file]} == COUNTS[file]


@pytest.mark.parametrize(("file", "table", "meant", "count"), KINDS)
def test_counts_of_a_kind_are_those_of_the_data(library: Library, file: str, table: str, meant: str, count: int) -> None:
    of = "t.source_id = s.id" if table == "codes" else "t.source = s.number"
    found = library.catalog.select(f"SELECT count(*) FROM {table} t JOIN sources s ON {of} WHERE s.file = ? AND {meant}", (file,))
    assert found[0][0] == count


# Ten random rows of every table are found again


def on_file(table: Table, facts: dict[str, Any], locator: str, source: str) -> Iterator[dict[str, Any]]:
    """What `codecite code` says of a code from one source, under one locator."""
    if table.shown == "list":
        yield from (listed | listed["attributes"] for listed in facts["listings"] if listed["source_id"] == source)
    else:
        yield from (row["cells"] for row in facts["rows"] if (row["source_id"], row["locator"]) == (source, locator))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.name}-{table.shown}-{table.system}")
def test_ten_random_rows_are_found_again(laptop: Laptop, table: Table) -> None:
    for row in ten(list(table.read(table.file))):
        key, system, part = (told(template, row) for template in (table.key, table.system, table.part))
        wanted = {name: words(told(template, row)) for name, template in table.cells.items()}
        locator = f"row {key}-{part}" if part else f"row {key}"
        found = on_file(table, facts_of(key, laptop.library, LATER, system), locator, laptop.ids[table.name])
        assert wanted in [{name: words(cells.get(name)) for name in wanted} for cells in found], locator


def citations(codes: list[str], kind: str, library: Library) -> list[dict[str, Any]]:
    """What `codecite check` cites for findings of a kind."""
    findings = check(codes, library, QUARTER)[1]
    return [finding.as_json(1)["citation"] for finding in findings if finding.kind == kind]


def quoted(found: list[dict[str, Any]], file: str, locator: str) -> str:
    return "\n".join(cited["quote"] for cited in found if (cited["source_file"], cited["locator"]) == (file, locator))


@pytest.mark.parametrize(("file", "count"), [("ptp_2024Q3_prac_active.csv", 1669820), ("ptp_2024Q3_out_active.csv", 1335857)])
def test_ten_random_pairs_are_found_again(library: Library, file: str, count: int) -> None:
    for line in lines(f"ncci/{file}.gz", count):
        one, two, indicator, rationale = line.split(",", 3)
        said = quoted(citations([two, one], "pair", library), file, f"row {one}/{two}")
        assert f"modifier indicator {indicator} " in said
        assert rationale.strip('"') in said


@pytest.mark.parametrize("file", ["mue_2024Q3_prac.csv", "mue_2024Q3_out.csv", "mue_2024Q3_dme.csv"])
def test_ten_random_units_are_found_again(laptop: Laptop, file: str) -> None:
    for row in ten(list(sheet(f"ncci/{file}"))):
        units = facts_of(row["hcpcs_code"], laptop.library, QUARTER)["units"]
        (found,) = [unit for unit in units if unit["source_id"] == laptop.ids[file]]
        assert found["locator"] == f"row {row['hcpcs_code']}"
        most = f"at most {row['mue_units']} unit" if int(row["mue_units"]) else "0 units, none is payable"
        assert most in found["text"]
        assert f"(MAI {row['mue_mai']}" in found["text"]


def test_ten_random_add_ons_are_found_again(laptop: Laptop) -> None:
    file = "addon_code_edits_2024.csv"
    for row in ten(list(sheet(f"ncci/{file}"))):
        code, primary = row["add_on_code"], row["primary_code"]
        told_alone = facts_of(code, laptop.library, QUARTER)["add_on"]
        said = quoted(citations([code, primary][: 1 if primary == "CCCCC" else 2], "add-on", laptop.library), file, f"row {code}")
        assert primary in said
        assert f"type {row['aoc_edit_type']}" in said
        assert {found["locator"] for found in told_alone} == {f"row {code}"}


def test_a_pair_is_found_in_either_order(library: Library) -> None:
    for line in lines("ncci/ptp_2024Q3_out_active.csv.gz", 1335857):
        one, two = line.split(",")[:2]
        found = library.catalog.tables.pairs(one, two)
        assert found == library.catalog.tables.pairs(two, one) != []
        assert {frozenset(held.row[:2]) for held in found} == {frozenset((one, two))}


def test_exact_lookups_read_no_table_through(library: Library) -> None:
    asked: list[tuple[str, Any]] = []
    exact = tables.Tables(lambda query, values: asked.append((query, values)) or library.catalog.select(query, values))
    assert exact.pairs("45380", "45378")
    assert exact.units("45380")
    assert exact.entries("CPT", "45380")
    assert exact.addons("0054T")
    plans = [step["detail"] for query, values in asked for step in library.catalog.select(f"EXPLAIN QUERY PLAN {query}", values)]
    assert {plan.split()[1] for plan in plans if plan.startswith("SCAN")} == {"s"}  # the few sources


def find_by_words(rows: list[Row], library: Library, query: str, locator: str) -> None:
    """Ten rows, each by what it says: prose with its locator comes up."""
    for row in ten(rows):
        hits = library.shelves(told(query, row), ("prose",), Filters(LATER))["prose"]
        assert [hit for hit in hits if hit.placed.passage.locator.startswith(told(locator, row))], told(query, row)


def test_national_determinations_are_found_by_title(library: Library) -> None:
    find_by_words(list(sheet("coverage/ncd_trkg.csv", "cp1252")), library, "{NCD_mnl_sect_title}", "NCD {NCD_mnl_sect}")


def test_documents_of_the_list_are_found_by_their_id(library: Library) -> None:
    for row in ten([row for row in sheet("coverage/lcd_article_document_list_2025-08.csv") if day(row["effective_date"])]):
        hits = library.search(row["document_display_id"], Filters(date.fromisoformat(day(row["effective_date"]))))
        assert hits[0].placed.passage.locator == told("{document_type} {document_display_id}, version {document_version}", row)


def test_the_statute_is_found_by_citation_and_words(library: Library) -> None:
    with need("statute/usc_title42_ssa_medicare_medicaid_2023.jsonl").open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    rows = [{name: " ".join(record[name].split()[:25]) for name in ("citation", "section_heading", "text")} for record in records]
    find_by_words(rows, library, "{citation} {section_heading} {text}", "{citation}")


def test_guidelines_and_root_operations_of_procedures_are_found(library: Library) -> None:
    root = "ICD-10-PCS root operation {value}"
    find_by_words(list(sheet("icd10pcs/pcs_guidelines.csv")), library, "ICD-10-PCS {idx} {content}", "ICD-10-PCS Guideline {idx}")
    find_by_words(list(sheet("icd10pcs/pcs_root_operation.csv")), library, root + " {definition}", root)


# Editions compared


def test_what_changed_between_editions_is_what_the_files_say(laptop: Laptop) -> None:
    held = {told("{system} {code}", row) for row in release("hcpcs/HCPC2025_OCT_ANWEB_a.csv")}
    now = {told("HCPCS {HCPC}", row) for row in workbook("hcpcs/HCPC2026_JAN_ANWEB.xlsx")}
    found: dict[str, list[str]] = {"added": [], "deleted": [], "revised": []}
    for change in changes(laptop.library.catalog, "hcpcs-2025-10", "hcpcs-2026-01"):
        found[change.change].append(change.key)
    assert found["added"] == sorted(now - held)
    assert found["deleted"] == sorted(held - now)  # the modifiers: the second edition's table has none
    assert set(found["revised"]) <= held & now
