"""The tables of the public files as rows, read straight from the publishers' layouts, and what the product should say of each row.

Nothing here uses the product's own readers. A template names columns of the file: "{code:dotted}" is the cell of column `code`, dotted.
"""

import csv
import gzip
import html
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl
from tables import need

Row = dict[str, str]


def plain(text: str) -> str:
    """A cell on one line, its entities read."""
    return " ".join(html.unescape(text).split())


def day(text: str) -> str:
    """A day as ISO writes it, however its publisher does; blank where it is none or no end is meant."""
    for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"):
        try:
            found = datetime.strptime(text.split(" ")[0], form).date()
        except ValueError:
            continue
        return "" if found.year == 9999 else found.isoformat()
    return ""


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "": plain,
    "day": day,
    "year": lambda text: f"{text}-10-01" if len(text) == 4 else datetime.strptime(text, "%m/%d/%y").date().isoformat(),
    "lower": lambda text: plain(text).lower(),
    "dotted": lambda text: text if len(text) <= 3 or "." in text else f"{text[:3]}.{text[3:]}",
    "system": lambda code: "CPT" if code[0].isdigit() else "HCPCS",
    "coverage": lambda kind: "LCD" if kind == "LCD" else "article",
    "digits": lambda text: text.replace("-", ""),
    "true": lambda text: str(text == "1"),
    "number": lambda text: str(int(text)),
    "list": lambda text: text.replace(";", ", "),
    "upper": lambda text: text.upper(),
    "article": lambda number: f"A{number}" if number else "",
    "lcd": lambda number: f"L{number}" if number else "",
    "denial": lambda kind: {"Group": "group code"}.get(kind, kind),
}


class Cell(str):
    """A cell that a template can write in another form."""

    def __format__(self, form: str) -> str:
        return _WRITTEN[form](self)


def told(template: str, row: Row) -> str:
    """A template with the cells of a row in it."""
    return template.format_map({column: Cell(text) for column, text in row.items()})


def sheet(file: str, encoding: str = "utf-8-sig", above: int = 0) -> Iterator[Row]:
    """The rows of a CSV file, packed or not, under a header that some lines stand above."""
    path = need(file)
    with gzip.open(path, "rt", encoding=encoding) if path.suffix == ".gz" else path.open(encoding=encoding, newline="") as lines:
        for _ in range(above):
            next(lines)
        yield from ({column: cell or "" for column, cell in row.items() if column} for row in csv.DictReader(lines))


def workbook(file: str) -> Iterator[Row]:
    header, *rows = openpyxl.load_workbook(need(file), read_only=True).active.iter_rows(values_only=True)
    return ({str(column): str(cell or "") for column, cell in zip_longest(header, row)} for row in rows)


def order(file: str) -> Iterator[Row]:
    with zipfile.ZipFile(need(file)) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    return ({"code": line[6:13].strip(), "billable": line[14], "title": line[77:].strip()} for line in text.splitlines())


def release(file: str) -> Iterator[Row]:
    """A parse of CMS's text: the first line of each code says 3, of each modifier 7; a full line runs over into the short text."""
    for row in sheet(file):
        code, kind = row["Code"][:-6], row["Code"][-1]
        if kind in "37" and len(row["Description1"]) < 79:
            yield {"code": code, "system": "modifier" if kind == "7" else "HCPCS", "short": row["Description2"][:28]}


def tabular(file: str) -> Iterator[Row]:
    for node in ElementTree.parse(need(file)).iter("diag"):
        yield {"code": node.findtext("name", ""), "title": node.findtext("desc", "")}


def addenda(file: str) -> Iterator[Row]:
    for line in need(file).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(Add|Delete|Revise to):\s+(\S+)\s+(.*)", line):
            change = {"Add": "new code", "Delete": "deleted code", "Revise to": "revised title"}[found[1]]
            yield {"change": change, "code": found[2], "title": found[3]}


def conversion(file: str) -> Iterator[Row]:
    return (row for row in sheet(file, above=2) if row["Effective"])


def index(file: str) -> Iterator[Row]:
    """The terms of an index, each under its path without what is not essential, with its cells by the names of their columns."""
    root = ElementTree.parse(need(file)).getroot()
    names = {head.get("col"): head.text or "" for head in root.iterfind("indexHeading/head")}
    for main in root.iterfind("letter/mainTerm"):
        yield from _terms(main, names, "", "Substance" not in names.values())


def _terms(node: ElementTree.Element, names: Mapping[str | None, str], above: str, inflected: bool) -> Iterator[Row]:
    title = node.find("title")
    assert title is not None
    bare = plain((title.text or "") + " ".join(part.tail or "" for part in title))
    words = bare.split(", ")
    if inflected and all(re.fullmatch(rf"{words[0][:3]}\w*", word, re.I) for word in words):
        bare = words[0]
    path = f"{above}{bare}"
    cells = {names.get(child.get("col"), child.tag): child.text or "" for child in node.iterfind("*")}
    told = {name: text for name, text in cells.items() if text.strip("- ")}
    aside = " ".join(part.text or "" for part in title)
    yield {**dict.fromkeys((*names.values(), "code", "see"), ""), **told, "path": re.sub(r" (NEC|NOS)(?=,|$)", "", path), "aside": aside}
    for below in node.iterfind("term"):
        yield from _terms(below, names, f"{path}, ", inflected)


class Table(NamedTuple):
    """Where a row of a file is found again, and which of its cells."""

    file: str
    system: str
    key: str
    cells: Mapping[str, str]  # what the product calls a figure → the row's own
    part: str = ""  # tells rows about one code apart
    read: Callable[[str], Iterator[Row]] = sheet
    listed: bool = False  # a listing of the code, else a row of a table
    held: str = ""  # the file's name as the catalog has it, where it is another

    @property
    def name(self) -> str:
        return self.held or Path(self.file).name.removesuffix(".gz")


def latin(file: str) -> Iterator[Row]:
    return sheet(file, "cp1252")


def remittances(file: str) -> Iterator[Row]:
    """Denials under the first of their codes, the others telling rows apart: (16, MA48 and N211), or CO-16."""
    for row in sheet(file):
        carc, rarc = row.get("carc", ""), row.get("rarc", "").replace(",", ", ").replace("  ", " ")
        if "adj_code" in row:
            *group, code = row["adj_code"].split("-")
            row |= {"first": code, "others": "".join(group), "system": "RARC" if code[0] in "MN" else "CARC"}
        else:
            row |= {"first": carc or rarc, "others": f"RARC {rarc}" if carc and rarc else "", "system": "CARC" if carc else "RARC"}
        yield row


_MCD = "coverage/mcd_lcd_2025_06"
_PFS = dict.fromkeys(("work RVU", "non-facility total RVU", "conversion factor", "status", "global days"), "")
_POISONING = ("Poisoning Accidental (unintentional)", "Poisoning Assault", "Adverse effect", "Underdosing", "see")
_BEHAVIOR = ("Malignant Primary", "Malignant Secondary", "Ca in situ", "Benign", "see")
_CHANGED = {"effective": "{Effective:year}", "previous code": "{Previous Code(s) Assignment}"}
_DRUG = {"drug name": "{Drug Name}", "NDC": "{NDC2}", "dosage": "{HCPCS dosage}", "billing units per package": "{BILLUNITSPKG}"}
_CVX = {"status": "{status}", "trade names": "{trade_names:names}"}


def _same(*names: str) -> dict[str, str]:
    return {name: f"{{{name}}}" for name in names}


def _coverage(table: str, part: str, **cells: str) -> Table:
    return Table(f"coverage/mcd_lcd_2025_06/{table}.csv", "LCD", "L{lcd_id}", {"version": "{lcd_version}", **cells}, part, latin)


def _named(table: str, system: str, key: str, name: str) -> Table:
    return Table(f"coverage/{table}.csv", system, key, {"name": name})


def _codes(file: str, system: str, key: str, title: str = "{description}", **cells: str) -> Table:
    return Table(f"reference/{file}.csv", system, key, {"title": title, **cells}, listed=True)


_DATED = {"valid_from": "{ADD DT:day}", "valid_to": "{TERM DT:day}", "coverage": "{COV}", "short": "{SHORT DESCRIPTION}"}
TABLES = (
    Table("hcpcs/HCPC2026_JAN_ANWEB.xlsx", "HCPCS", "{HCPC}", {"title": "{LONG DESCRIPTION}", **_DATED}, read=workbook, listed=True),
    Table("hcpcs/HCPC2026_JAN_ANWEB.xlsx", "HCPCS", "{HCPC}", {"BETOS": "{BETOS}", "multiple pricing indicator": "{MULT_PI}"}, read=workbook),
    Table("hcpcs/HCPC2025_OCT_ANWEB_a.csv", "{system}", "{code}", {"short": "{short}"}, read=release, listed=True),
    Table(
        "hcpcs/hcpcs_level2_attributes_2024.csv",
        "HCPCS",
        "{hcpcs_code}",
        {"BETOS": "{betos}", "cross reference": "{xref}", "added": "{date_added:day}", "ended": "{date_term:day}"},
    ),
    Table("hcpcs/hcpcs_noc_codes_2024.csv", "HCPCS", "{hcpcs}", {"description": "{long_description}", "added": "{add_date:day}"}),
    Table(
        "icd10cm/april-1-2025-code-descriptions-tabular-order.zip",
        "ICD-10-CM",
        "{code:dotted}",
        {"title": "{title}", "billable": "{billable:true}"},
        read=order,
        listed=True,
        held="icd10cm_order_2025_april.txt",
    ),
    Table("icd10cm/icd10c-tabular-April-1-2026.xml", "ICD-10-CM", "{code}", {"title": "{title}"}, read=tabular, listed=True),
    Table("icd10cm/icd10cm-drug-April-1-2026.xml", "drug", "{path:lower}", _same(*_POISONING), "{aside}", index),
    Table("icd10cm/icd10cm-neoplasm-April-1-2026.xml", "neoplasm", "{path:lower}", _same(*_BEHAVIOR), "{aside}", index),
    Table("icd10cm/icd10cm-eindex-April-1-2026.xml", "external cause", "{path:lower}", _same("code", "see"), "{aside}", index),
    Table("icd10cm/icd10cm_codes_addenda_2025.txt", "ICD-10-CM", "{code:dotted}", _same("change", "title"), "FY 2025", addenda),
    Table(
        "icd10cm/icd10cm_conversion_table_FY25.csv",
        "ICD-10-CM",
        "{Current code assignment}",
        _CHANGED,
        "{Previous Code(s) Assignment}",
        conversion,
    ),
    Table(
        "icd10pcs/icd10pcs_codes.csv.gz",
        "ICD-10-PCS",
        "{code}",
        {"title": "{long_name}", "billable": "{billable:true}"},
        listed=True,
    ),
    Table("coverage/ncd_trkg.csv", "NCD", "{NCD_mnl_sect}", {"title": "{NCD_mnl_sect_title}", "implemented": "{NCD_impltn_dt:day}"}, "version {NCD_vrsn_num}", latin),
    Table("coverage/ncd_trkg_bnft_xref.csv", "NCD document", "{NCD_id}", {"version": "{NCD_vrsn_num}"}, "benefit category {bnft_ctgry_cd}"),
    Table(
        "coverage/lcd_article_document_list_2025-08.csv",
        "{document_type:coverage}",
        "{document_display_id}",
        {"title": "{title}", "effective": "{effective_date:day}", "retired": "{retirement_date:day}", "url": "{url}"},
        "version {document_version}",
    ),
    _named("ncd_bnft_ctgry_ref", "benefit category", "{bnft_ctgry_cd}", "{bnft_ctgry_desc}"),
    _named("ncd_pblctn_ref", "CMS publication", "{pblctn_cd}", "{pblctn_title}"),
    _named("mcd_lcd_2025_06/contractor", "contractor", "{contractor_id}", "{contractor_bus_name}"),
    _named("mcd_lcd_2025_06/state_lookup", "state", "{state_id}", "{description}"),
    Table("coverage/mcd_lcd_2025_06/contractor_jurisdiction.csv", "contractor", "{contractor_id}", {"state": "{state_id}"}, "state {state_id}"),
    Table(
        "coverage/mcd_lcd_2025_06/lcd_x_hcpc_code.csv",
        "{hcpc_code_id:system}",
        "{hcpc_code_id}",
        {"version": "{lcd_version}", "group": "{hcpc_code_group}"},
        "L{lcd_id}",
    ),
    _coverage("lcd_x_hcpc_code_group", "group {hcpc_code_group}", text="{paragraph}"),
    _coverage("lcd_x_contractor", "contractor {contractor_id}"),
    _coverage("lcd_x_primary_jurisdiction", "state {state_id}"),
    _coverage("lcd_related_ncd_documents", "NCD document {r_ncd_id}"),
    _coverage("lcd_related_documents", "{r_article_id:article}{r_lcd_id:lcd}"),
    Table("fees/pprrvu2025_oct_nodesc.csv", "{hcpcs:system}", "{hcpcs}", {"work RVU": "{work_rvu}", "non-facility total RVU": "{nonfac_total}", "status": "{status_code}", "conversion factor": "{conv_factor}"}, "{mod}"),
    Table("fees/pfs_rvu_amounts_2024_nodesc.csv", "{hcpcs_code:system}", "{hcpcs_code}", {"work RVU": "{rvu_work}", "facility total RVU": "{rvu_fac_sum}", "conversion factor": "{cf}"}, "{mod}"),
    Table("fees/pfs_rvu_indicators_2024_nodesc.csv", "{hcpcs_code:system}", "{hcpcs_code}", {"status": "{status}", "global days": "{glob}", "PC/TC indicator": "{pctc}"}, "{mod}"),
    Table("fees/pfs_gpci_2024.csv", "locality", "{state} {locality}", {"locality name": "{locality_name}", "work GPCI": "{gpci_work}", "PE GPCI": "{gpci_pe}", "malpractice GPCI": "{gpci_mp}"}),
    Table("fees/opps_addendum_b_2025_oct_nodesc.csv", "{HCPCS Code:system}", "{HCPCS Code}", {"status indicator": "{SI}", "APC": "{APC}", "payment rate": "{Payment Rate}"}),
    Table("fees/asp_payment_limits_2026_jan_nodesc.csv", "{HCPCS Code:system}", "{HCPCS Code}", {"dosage": "{HCPCS Code Dosage}", "payment limit": "{Payment Limit}", "note": "{Notes}"}),
    Table("fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv", "{_2026_CODE:system}", "{_2026_CODE}", _DRUG, "{NDC2}"),
    Table("fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv", "NDC", "{NDC2:digits}", _DRUG, "{_2026_CODE}"),
    Table("codes_only/rbcs_categories_2024_nodesc.csv", "{hcpcs_code:system}", "{hcpcs_code}", {"code added": "{hcpcs_date_added:day}", "code ended": "{hcpcs_date_ended:day}"}, "{rbcs_date_effective}"),
    Table("codes_only/cpt_hcpcs_codes_seen_in_public_cms_files.csv", "{code:system}", "{code}", {"title": ""}, listed=True),
    Table("codes_only/ra_eligible_cpt_hcpcs_2027.csv", "{cpt_hcpcs_code:system}", "{cpt_hcpcs_code}", {"risk adjustment eligible 2027": "yes"}),
    Table("vaccines/cvx_to_cpt_codes_only_2026-01.csv", "CVX", "{cvx_code}", {"billed as": "{cpt_codes:list}", "status": "{status}"}),
    Table("vaccines/cvx_to_cpt_codes_only_2026-01.csv", "CVX", "{cvx_code}", {"title": "{cvx_full_name}", "status": "{status}"}, listed=True),
    Table("reference/place_of_service_codes.csv", "POS", "{pos_code}", {"name": "{pos_name}", "description": "{pos_description}"}),
    Table("reference/modifiers_northstar_2024.csv", "modifier", "{mod_code}", {"category": "{mod_category}"}, "{mod_category}"),
    Table("reference/modifiers_additional_northstar_2024.csv", "modifier", "{modifier}", {"category": "{type}"}, "{type}"),
    Table("reference/denial_resolutions_2.csv", "{system}", "{first}", _same("reasons", "resolutions"), "{others}", remittances),
    Table("reference/denial_resolutions_noridian_1.csv", "{system}", "{first}", {"denial": "{denial_reason}", "next steps": "{next_steps}"}, "{others}", remittances),
    Table("reference/hcc_dx_to_cc_2026.csv", "ICD-10-CM", "{diagnosis_code:dotted}", {"model": "{model_name}"}, "{model_name}"),
    Table("reference/hcc_labels_2026.csv", "HCC", "{cc:upper}", {"label": "{label}"}, "{model_domain} {model_version}"),
    _codes("carc_rarc_adjustment_codes_2024", "{adj_type:denial}", "{adj_code}", "{adj_description}", valid_from="{adj_start_date:day}", valid_to="{adj_end_date:day}"),
    _codes("place_of_service_codes", "POS", "{pos_code}", "{pos_name}"),
    _codes("tuva_place_of_service", "POS", "{place_of_service_code}"),
    _codes("tuva_ms_drg", "MS-DRG", "{ms_drg}"),
    _codes("tuva_revenue_center_code", "revenue code", "{revenue_center_code}"),
    _codes("tuva_admit_source", "admission source", "{code}"),
    _codes("tuva_admit_type", "admission type", "{admit_type_code}"),
    _codes("tuva_discharge_disposition", "discharge status", "{discharge_disposition_code}"),
    _codes("tuva_present_on_admission", "POA indicator", "{present_on_admit_code}"),
)
