"""Read lists that say of CPT and HCPCS codes when they held and what kind of service they are, without AMA descriptors."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from corpus.codes import CPT, HCPCS, system_of
from corpus.model import Code, Entry, Reading
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

_RBCS_URL = (
    "https://data.cms.gov/provider-summary-by-type-of-service/provider-service-classifications/restructured-betos-classification-system"
)
_RISK_URL = "https://www.cms.gov/medicare/payment/medicare-advantage-rates-statistics/risk-adjustment"
_LEVEL2 = re.compile(r"[A-V]\d{4}")  # dental codes (D) too: their numbers are facts, their descriptors the ADA's
_PROCEDURES = {"m": "major", "o": "other", "n": "", "non-procedure": ""}  # RBCS_Major_Ind
_KINDS = {
    "CPT-I": "CPT category I",
    "CPT-II": "CPT category II",
    "CPT-III": "CPT category III",
    "CPT-PLA": "CPT proprietary laboratory analysis",
    "CPT-MAAA": "CPT multianalyte assay with algorithmic analysis",
    "CPT-admin": "CPT vaccine administration",
    "HCPCS-II": "HCPCS Level II",
}
Record = dict[str, str]


def _coded(sheet: Sheet) -> Iterator[tuple[int, str, str, Record]]:
    """Rows with the system and the value of their code; those without a CPT or HCPCS code are refused."""
    for number, record in sheet.records():
        value = record["code"].upper()
        system = CPT if system_of(value) == CPT else HCPCS if _LEVEL2.fullmatch(value) else None
        if system:
            yield number, system, value, record
        else:
            sheet.refuse(number, "code", f"{record['code'][:40] or 'no code'!r} is not a CPT or HCPCS code")


def _category(record: Record) -> str:
    """Category, subcategory and family in CMS's words; a family that is none is left out."""
    family = record["family"] if record["family"].lower() != "no rbcs family" else ""
    return " › ".join(part for part in (record["category"], record["subcategory"], family) if part)


def _cells(record: Record, added: date | None, ended: date | None, since: date | None) -> tuple[tuple[str, str], ...]:
    major = record.get("procedure", "")
    cells = (
        ("category", _category(record)),
        ("procedure", _PROCEDURES.get(major.lower(), major.lower())),
        ("code added", str(added or "")),
        ("code ended", str(ended or "")),
        ("category since", str(since or "")),
    )
    return tuple(cell for cell in cells if cell[1])


def read_rbcs(sheet: Sheet) -> Reading:
    """Read the Restructured BETOS Classification System: a code once with its newest category, a row of the table for each it had.

    Source: CMS, RBCS Final Report: a category, a subcategory and a family for every code that Medicare Part B pays.
    """
    newest: dict[tuple[str, str], tuple[date, Code]] = {}
    entries = []
    for number, system, value, record in _coded(sheet):
        try:
            added, ended, since = (sheet.day(number, record, column) for column in ("added", "ended", "since"))
        except ValueError:
            continue
        entries.append(Entry(system, value, str(since or ""), _cells(record, added, ended, since)))
        code = Code(system, value, "", added, ended, attributes=(("category", _category(record)),))
        if since is None or since >= newest.get((system, value), (date.min,))[0]:
            newest[system, value] = since or date.min, code
    source = official(sheet.path, "RBCS", edition_in(sheet.path.name), _RBCS_URL)
    return Reading(source, codes=tuple(code for _, code in newest.values()), remarks=sheet.remarks, hints=undated(source), entries=entries)


def read_seen(sheet: Sheet) -> Reading:
    """Read a list of codes with the public files that hold them: that a code exists, without what it means or since when."""
    codes: dict[tuple[str, str], Code] = {}
    for _, system, value, record in _coded(sheet):
        seen = "; ".join(file.replace("_", " ").strip() for file in record["sources"].split(";"))
        cells = (("kind", _KINDS.get(record["kind"], record["kind"])), ("seen in", seen))
        codes[system, value] = Code(system, value, "", attributes=tuple(cell for cell in cells if cell[1]))
    source = official(sheet.path, "Codes seen in public CMS files", edition_in(sheet.path.name), "", publisher=None)
    return Reading(replace(source, url=None), codes=tuple(codes.values()), remarks=sheet.remarks)


def read_eligible(sheet: Sheet) -> Reading:
    """Read the codes of services whose diagnoses count for Medicare Advantage risk adjustment.

    Source: CMS, Medicare risk adjustment eligible CPT/HCPCS codes, a list a payment year.
    """
    edition = edition_in(sheet.path.name)
    named = f"risk adjustment eligible {edition.label}" if edition else "risk adjustment eligible"
    entries = [Entry(system, value, "", ((named, record.get("eligible") or "yes"),)) for _, system, value, record in _coded(sheet)]
    source = official(sheet.path, "Risk adjustment eligible codes", edition, _RISK_URL)
    return Reading(source, remarks=sheet.remarks, hints=undated(source), entries=entries)


LAYOUTS = (
    Layout(
        "RBCS",
        {
            "code": ("hcpcs code", "hcpcs cd", "hcpcs"),
            "procedure": ("rbcs procedure", "rbcs major ind"),
            "category": ("rbcs category", "rbcs cat desc"),
            "subcategory": ("rbcs subcategory", "rbcs subcat desc"),
            "family": ("rbcs family", "rbcs family desc"),
            "added": ("hcpcs date added", "hcpcs cd add dt"),
            "ended": ("hcpcs date ended", "hcpcs cd end dt"),
            "since": ("rbcs date effective", "rbcs assignment eff dt", "rbcs analysis start dt"),
        },
        ("code", "category", "subcategory", "family", "added", "ended"),
        read_rbcs,
    ),
    Layout(
        "Codes seen in public CMS files",
        {"code": ("code",), "kind": ("kind",), "sources": ("sources",)},
        ("code", "kind", "sources"),
        read_seen,
        named="seen",
    ),
    Layout(
        "Risk adjustment eligible codes",
        {"code": ("cpt hcpcs code", "cpt hcpcs codes", "hcpcs code", "cpt hcpcs"), "eligible": ("eligible*", "included*", "acceptable*")},
        ("code",),
        read_eligible,
        named=r"(?<![a-z])ra[_ -]*eligible|risk.?adjust",
    ),
)
