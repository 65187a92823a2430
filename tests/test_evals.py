"""A part of the evaluation on every change: no category falls under its floor, whatever is gained elsewhere.

The real library is copied and given tables; of the pairs those that the questions name. What the tables add has no vectors, so it is found
by its words. Floors stand a little under what was measured; `make eval` measures everything.
"""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tables import need

from evals import generate, records, run
from evals.records import Record
from index import encoders
from index.library import Library

pytestmark = pytest.mark.slow

MOST = 30  # questions a category
TABLES = """
codes_only/rbcs_categories_2024_nodesc.csv
fees/asp_payment_limits_2026_jan_nodesc.csv fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv
fees/opps_addendum_b_2025_oct_nodesc.csv fees/pprrvu2025_oct_nodesc.csv
icd10cm/april-1-2025-code-descriptions-tabular-order.zip icd10cm/icd10cm_conversion_table_FY25.csv
ncci/addon_code_edits_2024.csv ncci/mue_2024Q3_dme.csv ncci/mue_2024Q3_out.csv ncci/mue_2024Q3_prac.csv
reference/carc_rarc_adjustment_codes_2024.csv reference/hcc_dx_to_cc_2026.csv reference/modifiers_northstar_2024.csv
reference/place_of_service_codes.csv reference/tuva_admit_source.csv reference/tuva_admit_type.csv
reference/tuva_discharge_disposition.csv reference/tuva_ms_drg.csv reference/tuva_revenue_center_code.csv
vaccines/cvx_to_cpt_codes_only_2026-01.csv coverage
"""
PAIRS = ("ncci/ptp_2024Q3_prac_active.csv.gz", "ncci/ptp_2024Q3_out_active.csv.gz")
FLOORS = {
    "add-on": 0.85,
    "claims": 0.75,
    "code lookup": 0.7,
    "comparison": 0.75,
    "coverage": 0.5,
    "crosswalk": 0.1,
    "decline": 0.7,
    "dialogue": 0.55,
    "fees": 0.45,
    "guideline": 0.75,
    "injection": 0.5,
    "near miss": 0.7,
    "pairs": 0.9,
    "personal data": 0.7,
    "reverse": 0.55,
    "stale source": 0.8,
    "units": 0.9,
    "validity": 0.85,
}


def chosen() -> list[Record]:
    """Some questions of each category of the development half, evenly spread; payers' booklets are not in this home."""
    kept: dict[str, list[Record]] = {}
    for record in records.chosen(records.load(), "dev"):
        if record.category != "coverage, payer":
            kept.setdefault(record.category.split(",")[0], []).append(record)
    return [record for found in kept.values() for record in found[:: -(-len(found) // MOST)]]


def cut(file: str, codes: set[str], folder: Path) -> Path:
    """The pairs of a table that have both codes among some, laid out as in the table."""
    made = folder / file.rsplit("/", 1)[1].removesuffix(".gz")
    with gzip.open(need(file), "rt") as table:
        header = next(table)
        made.write_text(header + "".join(line for line in table if set(line.split(",", 2)[:2]) <= codes), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def library(real_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("evals")
    shutil.copytree(real_library.home, folder / "home")
    library = Library(folder / "home", encoders.DEFAULT)
    asked = {code for record in chosen() for code in record.codes}
    for _, outcome in library.add_all([need(name) for name in TABLES.split()] + [cut(name, asked, folder) for name in PAIRS]):
        assert outcome.status in ("added", "left out"), outcome.reason
    yield library
    library.catalog.close()


@pytest.fixture(scope="module")
def outcomes(library: Library) -> dict[str, list[run.Outcome]]:
    return {name: found for name, found in run.by_category(run.ask(chosen(), library)).items() if "," not in name}


def test_every_category_has_a_floor(outcomes: dict[str, list[run.Outcome]]) -> None:
    assert set(outcomes) == set(FLOORS)


@pytest.mark.parametrize("category", FLOORS)
def test_no_category_falls_under_its_floor(outcomes: dict[str, list[run.Outcome]], category: str) -> None:
    right = [outcome.verdict.right for outcome in outcomes[category]]
    wrong = [(outcome.record.question, outcome.verdict.wrong) for outcome in outcomes[category] if not outcome.verdict.right]
    assert sum(right) / len(right) >= FLOORS[category], wrong


def test_no_code_is_invented(outcomes: dict[str, list[run.Outcome]]) -> None:
    assert [(o.record.id, o.verdict.invented) for found in outcomes.values() for o in found if o.verdict.invented] == []


def test_every_citation_of_a_sentence_opens_something_that_holds_it(outcomes: dict[str, list[run.Outcome]]) -> None:
    held = [held for found in outcomes.values() for outcome in found for held in outcome.verdict.held]
    assert sum(held) / len(held) >= 0.94


def test_the_questions_of_tables_are_those_the_tables_give() -> None:
    need("hcpcs/hcpcs_2026Q1_jan.csv")
    written = (records.QUESTIONS / "tables.jsonl").read_text(encoding="utf-8")
    assert written == generate.lines()


def test_every_question_can_be_judged() -> None:
    found = records.load()
    assert len({record.id for record in found}) == len(found) >= 500
    assert [
        record.id
        for record in found
        if not (record.codes or record.gold or record.facts or record.cite or record.declines or record.forbidden)
    ] == []
    assert {record.half for record in found} == {"dev", "test"}
