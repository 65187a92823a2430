"""The public files row by row, read straight from the publishers' layouts, and what the product should say of each row.

Nothing here uses the product's own readers. A template names columns of a file: "{code:dotted}" is the cell of column `code`, dotted.
"""

import csv
import gzip
import html
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl
from tables import need

Row = dict[str, str]


def words(value: object) -> str:
    """A cell without markup and entities, on one line."""
    return " ".join(html.unescape(re.sub(r"</?[a-zA-Z][^>]*>", " ", "" if value is None else str(value))).split())


def day(text: str) -> str:
    """A day as ISO writes it, however its publisher does; blank where it is none or no end is meant."""
    for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"):
        try:
            found = datetime.strptime(text.split(" ")[0], form).date()
        except ValueError:
            continue
        return "" if found.year == 9999 else found.isoformat()
    return ""


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "": words,
    "day": day,
    "lower": lambda text: words(text).lower(),
    "upper": str.upper,
    "dotted": lambda text: text if len(text) <= 3 or "." in text else f"{text[:3]}.{text[3:]}",
    "system": lambda code: "CPT" if code[0].isdigit() else "HCPCS",
    "digits": lambda text: text.replace("-", ""),
    "true": lambda text: str(text == "1"),
    "list": lambda text: text.replace(";", ", "),
    "A": lambda number: f"A{number}" if number else "",
    "L": lambda number: f"L{number}" if number else "",
    "kind": lambda kind: {"Article": "article", "Group": "group code"}.get(kind, kind),
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
    with gzip.open(path, "rt", encoding=encoding) if path.suffix == ".gz" else path.open(encoding=encoding, newline="") as text:
        for _ in range(above):
            next(text)
        rows = ({column: cell or "" for column, cell in row.items() if column} for row in csv.DictReader(text))
        yield from (row for row in rows if any(row.values()))


def workbook(file: str) -> Iterator[Row]:
    header, *rows = openpyxl.load_workbook(need(file), read_only=True).worksheets[0].iter_rows(values_only=True)
    return ({str(column): str(cell or "") for column, cell in zip_longest(header, row)} for row in rows)


def order(file: str) -> Iterator[Row]:
    with zipfile.ZipFile(need(file)) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    return ({"code": line[6:13].strip(), "billable": line[14], "title": line[77:].strip()} for line in text.splitlines())


def release(file: str) -> Iterator[Row]:
    """A parse of CMS's text: the first line of each code says 3, of each modifier 7."""
    for row in sheet(file):
        code, kind, long = row["Code"][:-6], row["Code"][-1], row["Description1"]
        if kind in "37":
            yield {"code": code, "system": "modifier" if kind == "7" else "HCPCS", "long": long, "short": row["Description2"][:28]}


def short(file: str) -> Iterator[Row]:
    """A full line of 79 letters runs over into the short text, so that this is not certain."""
    return (row for row in release(file) if len(row["long"]) < 79)


def tabular(file: str) -> Iterator[Row]:
    for node in ElementTree.parse(need(file)).iter("diag"):
        yield {"code": node.findtext("name", ""), "title": node.findtext("desc", "")}


def addenda(file: str) -> Iterator[Row]:
    kinds = {"Add": "new code", "Delete": "deleted code", "Revise to": "revised title"}
    for line in need(file).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(Add|Delete|Revise to):\s+(\S+)\s+(.*)", line):
            yield {"change": kinds[found[1]], "code": found[2], "title": found[3]}


def conversion(file: str) -> Iterator[Row]:
    """A code since when, and how it was coded before; a year means its first of October."""
    for row in sheet(file, above=2):
        code, since, before = row.values()
        yield {"code": code, "since": day(since) or f"{since}-10-01", "before": before}


def pointers(file: str) -> Iterator[Row]:
    """The terms of the procedure index that only say what to use."""
    for row in sheet(file):
        if row["content"].startswith("use ") and "\n" not in row["content"].strip():
            yield {"term": row["term"], "use": words(row["content"][4:].split("**")[0])}


def index(file: str) -> Iterator[Row]:
    """The terms of an index that lead somewhere: their path without what is not essential, their cells by the names of the columns."""
    root = ElementTree.parse(need(file)).getroot()
    names = {head.get("col"): head.text or "" for head in root.iterfind("indexHeading/head")}
    for main in root.iterfind("letter/mainTerm"):
        yield from _terms(main, names, "", "Substance" not in names.values())


def _terms(node: ElementTree.Element, names: Mapping[str | None, str], above: str, inflected: bool) -> Iterator[Row]:
    title = node.find("title")
    assert title is not None
    bare = words((title.text or "") + " ".join(part.tail or "" for part in title))
    several = bare.split(", ")  # "abdomen, abdominal"
    if inflected and all(re.fullmatch(rf"{several[0][:3]}\w*", word, re.I) for word in several):
        bare = several[0]
    cells = {names.get(child.get("col"), child.tag): child.text or "" for child in node.iterfind("*")}
    said = {name: text for name, text in cells.items() if text.strip("- ")}
    if said.keys() - {"title", "term"}:
        aside, path = " ".join(part.text or "" for part in title), re.sub(r" (NEC|NOS)(?=,|$)", "", above + bare)
        yield {**dict.fromkeys((*names.values(), "code", "see"), ""), **said, "path": path, "aside": aside}
    for below in node.iterfind("term"):
        yield from _terms(below, names, f"{above}{bare}, ", inflected)


def denials(file: str) -> Iterator[Row]:
    """Denials under the first of their codes: what the row 16 and MA48, N211 says stands under 16."""
    for row in sheet(file):
        carc, rarc = row["carc"], ", ".join(re.findall(r"\w+", row["rarc"]))
        yield row | {"first": carc or rarc, "others": f"RARC {rarc}" if carc and rarc else "", "system": "CARC" if carc else "RARC"}


def guide(file: str) -> Iterator[Row]:
    """Denials under a code with its group: CO-16, or a remark without one."""
    for row in sheet(file):
        group, _, code = row["adj_code"].rpartition("-")
        yield row | {"first": code, "others": group, "system": "RARC" if code[0] in "MN" else "CARC"}


class Table(NamedTuple):
    """Where a row of a file is found again, and which of its cells."""

    shown: str  # as a listing of a code, or as a row about one
    file: str
    read: Callable[[str], Iterator[Row]]
    system: str
    key: str
    part: str  # what tells rows about one code apart
    cells: Mapping[str, str]  # what the product calls a figure → the row's own

    @property
    def name(self) -> str:
        """The file's name as the catalog has it."""
        name = Path(self.file).name.removesuffix(".gz")
        return _HELD.get(name, name)


_HELD = {  # a file unpacked, and one that is left out for another printing of the same table
    "april-1-2025-code-descriptions-tabular-order.zip": "icd10cm_order_2025_april.txt",
    "hcpcs_2026Q1_jan.csv": "HCPC2026_JAN_ANWEB.xlsx",
}
_READERS: Mapping[str, Callable[[str], Iterator[Row]]] = {
    "": sheet,
    "latin": partial(sheet, encoding="cp1252"),
    **{reader.__name__: reader for reader in (workbook, order, short, tabular, addenda, conversion, pointers, index, denials, guide)},
}
_TABLES = """
list|hcpcs/HCPC2026_JAN_ANWEB.xlsx|workbook|HCPCS|{HCPC}||title={LONG DESCRIPTION};valid_from={ADD DT:day};valid_to={TERM DT:day}
row|hcpcs/HCPC2026_JAN_ANWEB.xlsx|workbook|HCPCS|{HCPC}||BETOS;multiple pricing indicator={MULT_PI}
list|hcpcs/hcpcs_2026Q1_jan.csv||HCPCS|{code}||title={long_description};valid_from={add_date:day};valid_to={term_date:day}
list|hcpcs/HCPC2025_OCT_ANWEB_a.csv|short|{system}|{code}||short
row|hcpcs/hcpcs_level2_attributes_2024.csv||HCPCS|{hcpcs_code}||BETOS={betos};cross reference={xref};added={date_added:day}
row|hcpcs/hcpcs_noc_codes_2024.csv||HCPCS|{hcpcs}||description={long_description};added={add_date:day}
list|icd10cm/april-1-2025-code-descriptions-tabular-order.zip|order|ICD-10-CM|{code:dotted}||title;billable={billable:true}
list|icd10cm/icd10c-tabular-April-1-2026.xml|tabular|ICD-10-CM|{code}||title
row|icd10cm/icd10cm-drug-April-1-2026.xml|index|drug|{path:lower}|{aside}|Poisoning Assault;Underdosing;see
row|icd10cm/icd10cm-neoplasm-April-1-2026.xml|index|neoplasm|{path:lower}|{aside}|Ca in situ;Benign;see
row|icd10cm/icd10cm-eindex-April-1-2026.xml|index|external cause|{path:lower}|{aside}|code;see
row|icd10cm/icd10cm_codes_addenda_2025.txt|addenda|ICD-10-CM|{code:dotted}|FY 2025|change;title
row|icd10cm/icd10cm_conversion_table_FY25.csv|conversion|ICD-10-CM|{code}|{before}|effective={since}
list|icd10pcs/icd10pcs_codes.csv.gz||ICD-10-PCS|{code}||title={long_name};billable={billable:true}
row|icd10pcs/pcs_index.csv|pointers|procedure|{term:lower}|{use}|use
row|coverage/ncd_trkg.csv|latin|NCD|{NCD_mnl_sect}|version {NCD_vrsn_num}|title={NCD_mnl_sect_title};implemented={NCD_impltn_dt:day}
row|coverage/ncd_trkg_bnft_xref.csv||NCD document|{NCD_id}|benefit category {bnft_ctgry_cd}|version={NCD_vrsn_num}
row|coverage/ncd_bnft_ctgry_ref.csv||benefit category|{bnft_ctgry_cd}||name={bnft_ctgry_desc}
row|coverage/ncd_pblctn_ref.csv||CMS publication|{pblctn_cd}||name={pblctn_title}
row|coverage/lcd_article_document_list_2025-08.csv||{document_type:kind}|{document_display_id}|version {document_version}|title;url
row|coverage/mcd_lcd_2025_06/contractor.csv||contractor|{contractor_id}||name={contractor_bus_name};number={contractor_number}
row|coverage/mcd_lcd_2025_06/contractor_jurisdiction.csv||contractor|{contractor_id}|state {state_id}|state={state_id}
row|coverage/mcd_lcd_2025_06/state_lookup.csv||state|{state_id}||name={description};abbreviation={state_abbrev}
row|coverage/mcd_lcd_2025_06/lcd_x_hcpc_code.csv||{hcpc_code_id:system}|{hcpc_code_id}|L{lcd_id}|group={hcpc_code_group}
row|coverage/mcd_lcd_2025_06/lcd_x_hcpc_code_group.csv|latin|LCD|L{lcd_id}|group {hcpc_code_group}|version={lcd_version};text={paragraph}
row|coverage/mcd_lcd_2025_06/lcd_x_contractor.csv||LCD|L{lcd_id}|contractor {contractor_id}|version={lcd_version}
row|coverage/mcd_lcd_2025_06/lcd_x_primary_jurisdiction.csv||LCD|L{lcd_id}|state {state_id}|version={lcd_version}
row|coverage/mcd_lcd_2025_06/lcd_related_ncd_documents.csv||LCD|L{lcd_id}|NCD document {r_ncd_id}|version={lcd_version}
row|coverage/mcd_lcd_2025_06/lcd_related_documents.csv||LCD|L{lcd_id}|{r_article_id:A}{r_lcd_id:L}|version={lcd_version}
row|fees/pprrvu2025_oct_nodesc.csv||{hcpcs:system}|{hcpcs}|{mod}|work RVU={work_rvu};facility total RVU={fac_total};status={status_code}
row|fees/pfs_rvu_amounts_2024_nodesc.csv||{hcpcs_code:system}|{hcpcs_code}|{mod}|facility total RVU={rvu_fac_sum};conversion factor={cf}
row|fees/pfs_rvu_indicators_2024_nodesc.csv||{hcpcs_code:system}|{hcpcs_code}|{mod}|status;global days={glob}
row|fees/pfs_gpci_2024.csv||locality|{state} {locality}||locality name={locality_name};work GPCI={gpci_work};PE GPCI={gpci_pe}
row|fees/opps_addendum_b_2025_oct_nodesc.csv||{HCPCS Code:system}|{HCPCS Code}||status indicator={SI};APC;payment rate={Payment Rate}
row|fees/asp_payment_limits_2026_jan_nodesc.csv||{HCPCS Code:system}|{HCPCS Code}||payment limit={Payment Limit};note={Notes}
row|fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv||{_2026_CODE:system}|{_2026_CODE}|{NDC2}|NDC={NDC2};billing units={BILLUNITS}
row|fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv||NDC|{NDC2:digits}|{_2026_CODE}|drug name={Drug Name};billing units={BILLUNITS}
row|codes_only/rbcs_categories_2024_nodesc.csv||{hcpcs_code:system}|{hcpcs_code}|{rbcs_date_effective}|code ended={hcpcs_date_ended:day}
list|codes_only/cpt_hcpcs_codes_seen_in_public_cms_files.csv||{code:system}|{code}||title=
row|codes_only/ra_eligible_cpt_hcpcs_2027.csv||{cpt_hcpcs_code:system}|{cpt_hcpcs_code}||risk adjustment eligible 2027=yes
row|vaccines/cvx_to_cpt_codes_only_2026-01.csv||CVX|{cvx_code}||billed as={cpt_codes:list};status
list|vaccines/cvx_to_cpt_codes_only_2026-01.csv||CVX|{cvx_code}||title={cvx_full_name};status
row|reference/place_of_service_codes.csv||POS|{pos_code}||name={pos_name};description={pos_description}
list|reference/tuva_place_of_service.csv||POS|{place_of_service_code}||title={description}
list|reference/tuva_ms_drg.csv||MS-DRG|{ms_drg}||title={description}
list|reference/tuva_revenue_center_code.csv||revenue code|{revenue_center_code}||title={description}
list|reference/tuva_admit_source.csv||admission source|{code}||title={description}
list|reference/tuva_admit_type.csv||admission type|{admit_type_code}||title={description}
list|reference/tuva_discharge_disposition.csv||discharge status|{discharge_disposition_code}||title={description}
list|reference/tuva_present_on_admission.csv||POA indicator|{present_on_admit_code}||title={description}
list|reference/carc_rarc_adjustment_codes_2024.csv||{adj_type:kind}|{adj_code}||title={adj_description};valid_from={adj_start_date:day}
row|reference/denial_resolutions_2.csv|denials|{system}|{first}|{others}|reasons;resolutions
row|reference/denial_resolutions_noridian_1.csv|guide|{system}|{first}|{others}|denial={denial_reason};next steps={next_steps}
row|reference/hcc_dx_to_cc_2026.csv||ICD-10-CM|{diagnosis_code:dotted}|{model_name}|model={model_name}
row|reference/hcc_labels_2026.csv||HCC|{cc:upper}|{model_domain} {model_version}|label
row|reference/modifiers_northstar_2024.csv||modifier|{mod_code}|{mod_category}|category={mod_category}
row|reference/modifiers_additional_northstar_2024.csv||modifier|{modifier}|{type}|category={type}
"""


def _table(line: str) -> Table:
    shown, file, read, system, key, part, cells = line.split("|")
    named = (cell.partition("=") for cell in cells.split(";"))
    return Table(shown, file, _READERS[read], system, key, part, {name: text if sign else f"{{{name}}}" for name, sign, text in named})


TABLES = tuple(map(_table, _TABLES.strip().splitlines()))

# What the data's own README counts

COUNTS: dict[str, dict[str, int]] = {
    "HCPC2026_JAN_ANWEB.xlsx": {"codes": 8623},
    "HCPC2025_OCT_ANWEB_a.csv": {"codes": 8846},
    "hcpcs_level2_attributes_2024.csv": {"rows": 8033},
    "hcpcs_noc_codes_2024.csv": {"rows": 161},
    "icd10cm_order_2025_april.txt": {"codes": 97584},
    "icd10cm-drug-April-1-2026.xml": {"rows": 7430},
    "icd10cm-eindex-April-1-2026.xml": {"rows": 8090},
    "icd10cm-neoplasm-April-1-2026.xml": {"rows": 1940},
    "icd10pcs_codes.csv": {"codes": 68367, "passages": 68367},
    "ptp_2024Q3_prac_active.csv": {"rows": 1669820},
    "ptp_2024Q3_out_active.csv": {"rows": 1335857},
    "mue_2024Q3_prac.csv": {"rows": 14677},
    "mue_2024Q3_out.csv": {"rows": 14628},
    "mue_2024Q3_dme.csv": {"rows": 2928},
    "addon_code_edits_2024.csv": {"rows": 7465},
    "ncd_trkg.csv": {"codes": 352, "documents": 352, "rows": 2 * 352},  # by number and by document id
    "lcd_article_document_list_2025-08.csv": {"documents": 972 + 2161},
    "lcd_x_hcpc_code.csv": {"rows": 2102},
    "pprrvu2025_oct_nodesc.csv": {"rows": 19090},
    "asp_payment_limits_2026_jan_nodesc.csv": {"rows": 877},
    "asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv": {"rows": 2 * 7125},  # by code and by NDC
    "opps_addendum_b_2025_oct_nodesc.csv": {"rows": 18797},
    "rbcs_categories_2024_nodesc.csv": {"rows": 17033},
    "cpt_hcpcs_codes_seen_in_public_cms_files.csv": {"codes": 20654},
    "cvx_to_cpt_codes_only_2026-01.csv": {"codes": 289},
    "place_of_service_codes.csv": {"codes": 99},
    "modifiers_northstar_2024.csv": {"rows": 433},
    "modifiers_additional_northstar_2024.csv": {"rows": 281},
}
KINDS = [  # file, table, what is counted, how many
    ("HCPC2026_JAN_ANWEB.xlsx", "codes", "t.valid_to IS NOT NULL", 1300),
    ("ncd_trkg.csv", "codes", """t.attributes LIKE '%"status", "terminated"%'""", 13),
    ("lcd_article_document_list_2025-08.csv", "entries", "t.system = 'LCD'", 972),
    ("lcd_article_document_list_2025-08.csv", "entries", "t.system = 'article'", 2161),
    ("asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv", "entries", "t.system = 'NDC'", 7125),
    ("icd10cm_conversion_table_FY25.csv", "entries", """t.cells LIKE '[["current code"%'""", 5397),  # of 5,405 rows eight stand twice
]
