"""Read Medicare's fee tables: the Physician Fee Schedule, its geographic indices and OPPS Addendum B."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.codes import CPT
from corpus.model import Code, CorpusError, Entry, Reading
from corpus.readers import drugs
from corpus.readers.editions import official, undated
from corpus.readers.figures import MEDICARE, Fault, Record, cells, description, edition, figure, quarter_end, records, system
from corpus.readers.sheets import Layout, Sheet

PFS = "Medicare Physician Fee Schedule"
PFS_QP = f"{PFS} for Qualifying APM Participants"
GPCI = f"{PFS} Localities (GPCI)"
OPPS = "Medicare OPPS Addendum B"
LOCALITY = "locality"
_PFS_PAGE = "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files"
_OPPS_PAGE = "https://www.cms.gov/medicare/payment/prospective-payment-systems/hospital-outpatient-pps/quarterly-addenda-updates"
_YEARS = range(2010, 2041)

# Fields stand in the order of CMS's file: its headings run over several rows, and the last, read alone, says RVU twice,
# PE RVU twice and SURG four times, so that what a heading means is told by its turn.
_SCHEDULE: Mapping[str, tuple[str, ...]] = {
    "code": ("hcpcs", "hcpcs code", "hcpcs cd"),
    "modifier": ("mod", "modifier"),
    "description": ("description", "description hcpcs level2 only", "short description"),
    "status": ("status code", "status", "code"),
    "unused": ("not used for medicare payment", "not used mcr", "payment"),
    "work": ("work rvu", "rvu work", "rvu"),
    "nonfacility": ("non fac pe rvu", "nonfac pe rvu", "rvu non pe", "non facility pe rvu", "pe rvu"),
    "nonfacility_na": ("non fac na indicator", "nonfac na", "non na", "na indicator", "indicator"),
    "facility": ("facility pe rvu", "fac pe rvu", "rvu fac pe", "pe rvu"),
    "facility_na": ("facility na indicator", "fac na", "na indicator", "indicator"),
    "malpractice": ("mp rvu", "rvu mp", "rvu"),
    "nonfacility_total": ("non facility total", "nonfac total", "rvu non sum", "total"),
    "facility_total": ("facility total", "fac total", "rvu fac sum", "total"),
    "components": ("pctc ind", "pctc", "pc tc indicator", "ind"),
    "global": ("glob days", "glob", "global days", "days"),
    "before": ("pre op", "op"),
    "during": ("intra op", "op"),
    "after": ("post op", "op"),
    "multiple": ("mult proc", "proc"),
    "bilateral": ("bilat surg", "surg"),
    "assistant": ("asst surg", "surg"),
    "cosurgeons": ("co surg", "surg"),
    "team": ("team surg", "surg"),
    "endoscopy": ("endo base", "base"),
    "factor": ("conv factor", "conversion factor", "cf", "factor"),
    "supervision": ("phys superv diag", "phys diag pro", "physician supervision of diagnostic procedures", "procedures"),
    "flag": ("calc flag", "calculation flag", "flag"),
    "imaging": ("diag img family", "diag img fam", "diagnostic imaging family indicator", "indicator"),
    "nonfacility_capped": ("nonfac pe opps", "rvu opps non pe", "non facility pe used for opps payment amount", "amount"),
    "facility_capped": ("fac pe opps", "rvu opps fac pe", "facility pe used for opps payment amount", "amount"),
    "malpractice_capped": ("mp opps", "rvu opps mp", "mp used for opps payment amount", "amount"),
}
NAMES: Mapping[str, str] = {  # field → what its cell is called
    "description": "short description",
    "status": "status",
    "unused": "not used for Medicare payment",
    "work": "work RVU",
    "nonfacility": "non-facility PE RVU",
    "nonfacility_na": "non-facility NA indicator",
    "facility": "facility PE RVU",
    "facility_na": "facility NA indicator",
    "malpractice": "malpractice RVU",
    "nonfacility_total": "non-facility total RVU",
    "facility_total": "facility total RVU",
    "components": "PC/TC indicator",
    "global": "global days",
    "before": "preoperative share",
    "during": "intraoperative share",
    "after": "postoperative share",
    "multiple": "multiple procedure indicator",
    "bilateral": "bilateral surgery indicator",
    "assistant": "assistant at surgery indicator",
    "cosurgeons": "co-surgeons indicator",
    "team": "team surgery indicator",
    "endoscopy": "endoscopic base code",
    "factor": "conversion factor",
    "supervision": "physician supervision indicator",
    "flag": "calculation flag",
    "imaging": "diagnostic imaging family",
    "nonfacility_capped": "non-facility PE RVU for the OPPS cap",
    "facility_capped": "facility PE RVU for the OPPS cap",
    "malpractice_capped": "malpractice RVU for the OPPS cap",
}
_AMOUNTS = ("work", "nonfacility", "facility", "malpractice", "factor")
_FIGURES = (*_AMOUNTS, "nonfacility_total", "facility_total", "before", "during", "after")
_CAPPED = ("nonfacility_capped", "facility_capped", "malpractice_capped")


def _schedule_fault(record: Record) -> Fault | None:
    """What shows that a row was cut or its columns were mistaken: a status that is no letter, a total that is not its parts' sum."""
    if (status := record.get("status")) and not re.fullmatch("[A-Z]", status):
        return "status", f"{status[:40]!r} is not a status letter"
    for setting in ("nonfacility", "facility"):
        if total := record.get(f"{setting}_total"):
            parts = sum(figure(record.get(field, "")) or Decimal() for field in ("work", setting, "malpractice"))
            if abs((figure(total) or Decimal()) - parts) > Decimal("0.02"):
                return f"{setting}_total", f"{total} is not the sum of its parts, {parts}"
    return None


def _half(sheet: Sheet) -> str:
    """Which of the two tables a sheet is; empty for the whole file.

    Raises CorpusError where it is the whole file without one of its columns: read as half of it, no code would have an amount.
    """
    lacking = [field for field in ("status", *_AMOUNTS) if field not in sheet.at]
    if not lacking:
        return ""
    if lacking == ["status"] and "global" not in sheet.at:
        return "amounts"
    if lacking == [*_AMOUNTS]:
        return "indicators"
    wanted = "; ".join(f"“{NAMES[field]}”" for field in lacking)
    raise CorpusError(f"it has the columns of {PFS} but for {wanted}")


def _schedule(sheet: Sheet) -> Reading:
    """The relative value file (PPRRVU), or one of the two tables some split it in: amounts and indicators."""
    half = _half(sheet)
    required = ("status", *_AMOUNTS) if not half else _AMOUNTS if half == "amounts" else ("status",)
    entries, values = [], {}
    for _, record in records(sheet, required, (*_FIGURES, *_CAPPED), ("code", "modifier"), _schedule_fault):
        kind, code = system(record["code"]) or "", record["code"]
        record["description"] = description(record)
        entries.append(Entry(kind, code, record.get("modifier", "").upper(), cells(record, NAMES)))
        if kind == CPT:
            values[code] = Code(CPT, code, "")
    found = edition(sheet)
    name = sheet.path.name.lower()
    publication = PFS_QP if re.search(r"(?<!non)(?<!non[-_ ])qpp", name) else PFS  # from 2026 the factor differs
    until = date(found.begins.year, 12, 31) if found else None
    source = official(sheet.path, publication, found, _PFS_PAGE, payer=MEDICARE, ended=until)
    if half:  # both are the one edition, each a source of its own
        source = replace(source, id=re.sub(r"(-\d{4}-\d\d)$", rf"-{half}\1", source.id), title=f"{source.title}, {half}")
    return Reading(source, codes=tuple(values.values()), remarks=sheet.remarks, hints=undated(source), entries=entries)


_GPCI = {
    "mac": ("medicare administrative contractor mac", "mac", "contractor"),
    "state": ("state",),
    "locality": ("locality number", "locality"),
    "name": ("locality name",),
    "work": ("gpci work", "pw gpci", *(f"{year} pw gpci with 1 0 floor" for year in _YEARS), *(f"{year} pw gpci" for year in _YEARS)),
    "unfloored": tuple(f"{year} pw gpci without 1 0 floor" for year in _YEARS),
    "practice": ("gpci pe", "pe gpci", *(f"{year} pe gpci" for year in _YEARS)),
    "malpractice": ("gpci mp", "mp gpci", *(f"{year} mp gpci" for year in _YEARS)),
}
_GPCI_NAMES = {
    "name": "locality name",
    "mac": "MAC",
    "state": "state",
    "locality": "locality number",
    "work": "work GPCI",
    "unfloored": "work GPCI without the 1.0 floor",
    "practice": "PE GPCI",
    "malpractice": "malpractice GPCI",
}


def _localities(sheet: Sheet) -> Reading:
    """The geographic practice cost indices, a row a payment locality, under 'AL 00': its state and number.

    A column that sums the three is left out: CMS's geographic adjustment factor weights them by their share of cost.
    """
    indices = ("work", "practice", "malpractice")
    entries, codes = [], []
    for _, record in records(sheet, ("state", "locality", "name", *indices), (*indices, "unfloored"), ("state", "locality")):
        record |= {"locality": record["locality"].zfill(2), "name": record["name"].rstrip("* "), "state": record["state"].upper()}
        record["mac"] = record.get("mac", "").zfill(5)  # spreadsheets drop leading zeros
        key = f"{record['state']} {record['locality']}"
        entries.append(Entry(LOCALITY, key, "", cells(record, _GPCI_NAMES)))
        codes.append(Code(LOCALITY, key, record["name"], parent=record["state"]))
    found = edition(sheet)
    until = date(found.begins.year, 12, 31) if found else None
    source = official(sheet.path, GPCI, found, _PFS_PAGE, payer=MEDICARE, ended=until)
    return Reading(source, codes=tuple(codes), remarks=sheet.remarks, hints=undated(source), entries=entries)


_ADDENDUM_B = {
    "code": ("hcpcs code", "hcpcs"),
    "description": ("short descriptor", "short description"),
    "status": ("si", "status indicator"),
    "apc": ("apc",),
    "weight": ("relative weight",),
    "rate": ("payment rate",),
    "copayment": ("national unadjusted copayment",),
    "minimum": ("minimum unadjusted copayment",),
    "coinsurance": ("ira coinsurance percentage",),
    "adjusted": ("adjusted beneficiary copayment",),
    "expires": ("drug and device pass through expiration during calendar year",),
    "note": ("note*",),
    "changed": ("indicates a change",),
}
_ADDENDUM_B_NAMES = {
    "description": "short description",
    "status": "status indicator",
    "apc": "APC",
    "weight": "relative weight",
    "rate": "payment rate",
    "copayment": "national unadjusted copayment",
    "minimum": "minimum unadjusted copayment",
    "coinsurance": "IRA coinsurance percentage",
    "adjusted": "adjusted beneficiary copayment",
    "expires": "pass-through expires this year",
    "note": "note",
    "changed": "changed since the last edition",
}


def _outpatient(sheet: Sheet) -> Reading:
    """OPPS Addendum B: status indicator, APC and rate of every code; a CPT code only this table knows is on file by it."""
    entries, values = [], {}
    for _, record in records(sheet, ("status",), ("weight", "rate", "copayment", "minimum", "coinsurance", "adjusted")):
        kind, code = system(record["code"]) or "", record["code"]
        record["description"] = description(record)
        entries.append(Entry(kind, code, "", cells(record, _ADDENDUM_B_NAMES)))
        if kind == CPT:
            values[code] = Code(CPT, code, "")
    found = edition(sheet)
    until = quarter_end(found.begins) if found else None
    source = official(sheet.path, OPPS, found, _OPPS_PAGE, payer=MEDICARE, ended=until)
    return Reading(source, codes=tuple(values.values()), remarks=sheet.remarks, hints=undated(source), entries=entries)


LAYOUTS: tuple[Layout, ...] = (
    Layout(PFS, _SCHEDULE, ("code", "modifier", "status", *_AMOUNTS), _schedule),
    Layout(f"{PFS} (amounts)", _SCHEDULE, ("code", "modifier", *_AMOUNTS), _schedule),
    Layout(f"{PFS} (indicators)", _SCHEDULE, ("code", "modifier", "status", "components", "global"), _schedule),
    Layout(GPCI, _GPCI, ("state", "locality", "name", "work", "practice", "malpractice"), _localities),
    Layout(OPPS, _ADDENDUM_B, ("code", "status", "apc", "rate"), _outpatient),
    *drugs.LAYOUTS,
)
