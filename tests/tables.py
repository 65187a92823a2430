"""The public files that facts are checked against, read straight from the publishers' layouts.

Nothing here uses the product's own readers: a fact is checked by other code than the code that reads it for answers.
"""

import csv
import gzip
import os
import re
from functools import cache
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CODECITE_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
SEEDS = DATA.parent / "seeds"


def need(relative: str) -> Path:
    """Return a data file's path; skip the test without it, or fail where CODECITE_REQUIRE_DATA is set."""
    path = DATA / relative
    if not path.exists():
        if os.environ.get("CODECITE_REQUIRE_DATA"):
            pytest.fail(f"{relative} is missing and CODECITE_REQUIRE_DATA is set")
        pytest.skip(f"{relative} is not on this machine")
    return path


def _rows(relative: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with need(relative).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@cache
def rbcs() -> dict[str, dict[str, str]]:
    return {row["hcpcs_code"]: row for row in _rows("codes_only/rbcs_categories_2024_nodesc.csv")}


@cache
def seen_codes() -> frozenset[str]:
    seen = {row["code"] for row in _rows("codes_only/cpt_hcpcs_codes_seen_in_public_cms_files.csv")}
    return frozenset(seen | set(rbcs()) | set(hcpcs()) | {c for row in cvx().values() for c in row["cpt_codes"].split(";")})


@cache
def mue(setting: str) -> dict[str, dict[str, str]]:
    short = {"practitioner": "prac", "outpatient": "out", "dme": "dme"}[setting]
    return {row["hcpcs_code"]: row for row in _rows(f"ncci/mue_2024Q3_{short}.csv")}


@cache
def pfs() -> dict[str, dict[str, str]]:
    return {row["hcpcs"]: row for row in _rows("fees/pprrvu2025_oct_nodesc.csv") if not row["mod"]}


@cache
def asp() -> dict[str, dict[str, str]]:
    return {row["HCPCS Code"]: row for row in _rows("fees/asp_payment_limits_2026_jan_nodesc.csv")}


@cache
def cvx() -> dict[str, dict[str, str]]:
    return {row["cvx_code"]: row for row in _rows("vaccines/cvx_to_cpt_codes_only_2026-01.csv")}


@cache
def hcpcs() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in _rows("hcpcs/hcpcs_2026Q1_jan.csv")}


@cache
def pos() -> dict[str, dict[str, str]]:
    return {row["pos_code"]: row for row in _rows("reference/place_of_service_codes.csv")}


@cache
def ncds() -> dict[str, dict[str, str]]:
    return {row["NCD_mnl_sect"]: row for row in _rows("coverage/ncd_trkg.csv", "cp1252")}


@cache
def addons() -> frozenset[tuple[str, str, str]]:
    return frozenset((row["primary_code"], row["add_on_code"], row["aoc_edit_type"]) for row in _rows("ncci/addon_code_edits_2024.csv"))


@cache
def pair_indicator(setting: str, column1: str, column2: str) -> str | None:
    short = {"practitioner": "prac", "outpatient": "out"}[setting]
    with gzip.open(need(f"ncci/ptp_2024Q3_{short}_active.csv.gz"), "rt") as file:
        for line in file:
            if line.startswith(f"{column1},{column2},"):
                return line.split(",")[2]
    return None


@cache
def icd10cm() -> frozenset[str]:
    """Every code and category of the Tabular List, dotted, without 7th-character extensions."""
    text = need("icd10cm/icd10c-tabular-April-1-2026.xml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"<name>([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?)</name>", text))


PDFS = {
    "ncci_manual": "ncci/2026_ncci_medicare_policy_manual_all-chapters.pdf",
    "guidelines": "icd10cm/fy-2025-icd-10-cm-coding-guidelines.pdf",
}


@cache
def pdf_pages(name: str) -> tuple[str, ...]:
    import pypdfium2

    document = pypdfium2.PdfDocument(need(PDFS[name]))
    return tuple(page.get_textpage().get_text_range() for page in document)


@cache
def statute() -> str:
    return need("statute/usc_title42_ssa_medicare_medicaid_2023.jsonl").read_text(encoding="utf-8")
