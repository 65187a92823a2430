"""Read the tables that tie the documents of the Medicare Coverage Database to codes, contractors, states and each other.

Every row is an Entry, found by (system, code); assistant/coverage_links.py follows them:
(CPT, HCPCS or ICD-10-CM, code): the LCDs and articles that list the code, with its group.
(LCD, "L33312"), (article, "A52500"): contractors, states, related documents and NCDs, the texts of groups of codes.
(CONTRACTOR, id): name and number, states. (STATE, id), (BENEFIT, id), (MANUAL, id): what an id stands for.
(NCD_ID, id): the NCD with that document id, its benefit categories.
"""

import re
from collections.abc import Callable
from functools import partial

from corpus.codes import ARTICLE, HCPCS, ICD10CM, ICD10PCS, LCD, dotted, system_of
from corpus.model import Entry
from corpus.readers import coverage_rows as rows
from corpus.readers.coverage_rows import Record, Unreadable, cells, layout, number
from corpus.readers.coverage_text import plain, words
from corpus.readers.sheets import Layout

SERVES = {"1": "MAC - Part A", "2": "MAC - Part B", "3": "HHH MAC", "4": "DME MAC"}  # contractor subtypes
_NO_CODE = ("XX000", "99999")  # "not applicable", where a group lists no code
_RANGE = {"B": "first of a range", "E": "last of a range"}


def _code(record: Record, prefix: str, system: str, grammar: str) -> Entry | None:
    """A code that a document lists. CPT descriptors are the AMA's and those of D codes the ADA's: left out."""
    code = record["code"].upper()
    if code in _NO_CODE:
        return None
    system = system or (HCPCS if code.startswith("D") else system_of(code) or "")
    if not re.fullmatch(grammar, code):
        raise Unreadable("code", f"{code[:40]!r} is not a code of {system or 'CPT or HCPCS'}")
    told = cells(
        document=(document := prefix + number(record, "document")),
        version=number(record, "version"),
        group=record["group"],
        range=_RANGE.get(record["range"], ""),
        brand=words(record["brand"]),
        effective=record["begins"],
        ended=record["ends"],
        description=record["description"] if system == HCPCS and code[0] != "D" else "",
    )
    return Entry(system, dotted(code) if system == ICD10CM else code, document, told)


_procedure = partial(_code, system="", grammar=r"\d{4}[0-9FTUM]|0\d{3}A|[A-EGHJ-MP-V]\d{4}")
_diagnosis = partial(_code, system=ICD10CM, grammar=r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_inpatient = partial(_code, system=ICD10PCS, grammar=r"[0-9A-HJ-NP-Z]{7}")


def _about(record: Record, prefix: str, part: str, **more: str) -> Entry:
    document = prefix + number(record, "document")
    return Entry(LCD if prefix == "L" else ARTICLE, document, part, cells(version=number(record, "version"), **more))


def _group(record: Record, prefix: str) -> Entry:
    group = number(record, "group")
    return _about(record, prefix, f"group {group}", group=group, text=plain(record["text"]))


def _contractor(record: Record, prefix: str) -> Entry:
    contractor = number(record, "contractor")
    return _about(record, prefix, f"contractor {contractor}", contractor=contractor)


def _state(record: Record, prefix: str) -> Entry:
    state = number(record, "state")
    return _about(record, prefix, f"state {state}", state=state)


def _related(record: Record, prefix: str) -> Entry:
    kind, column = ("L", "lcd") if record["lcd"] else ("A", "article")
    related = kind + number(record, column)
    version = record[f"{column}_version"]
    return _about(record, prefix, related, related_document=related, related_version=version, contractor=record["contractor"])


def _national(record: Record, prefix: str) -> Entry:
    """A related NCD by its document id; 0 says that there is none."""
    ncd = number(record, "ncd")
    return _about(record, prefix, f"NCD document {ncd}", NCD_document="none" if ncd == "0" else ncd, NCD_version=record["ncd_version"])


def _named(record: Record) -> Entry:
    contractor, serves = number(record, "contractor"), record["subtype"]
    told = cells(
        name=words(record["name"]),
        number=record["number"],
        serves=SERVES.get(serves, serves and f"contractor subtype {serves}"),
        website=record["website"],
        status={"A": "active"}.get(record["status"], record["status"]),
    )
    return Entry(rows.CONTRACTOR, contractor, "", told)


def _serving(record: Record) -> Entry:
    state, since = number(record, "state"), record["begins"]
    told = cells(state=state, effective="" if since.startswith("1900") else since, ended=record["ends"])
    return Entry(rows.CONTRACTOR, number(record, "contractor"), f"state {state}", told)


def _meaning(record: Record, system: str) -> Entry:
    if not record["name"]:
        raise Unreadable("name", "it is blank")
    told = cells(abbreviation=record["short"], number=record["number"], name=words(record["name"]))
    return Entry(system, number(record, "id"), "", told)


def _benefit(record: Record) -> Entry:
    benefit = number(record, "benefit")
    told = cells(version=number(record, "version"), benefit_category=benefit)
    return Entry(rows.NCD_ID, number(record, "ncd"), f"{rows.BENEFIT} {benefit}", told)


def _tables(system: str) -> tuple[Layout, ...]:
    """The tables that LCDs and articles have alike."""
    word, prefix = ("lcd", "L") if system == LCD else ("article", "A")
    own = {"document": f"{word} id", "version": f"{word} version"}

    def line(about: str, row: Callable[..., Entry | None], *needed: str, **columns: str | tuple[str, ...]) -> Layout:
        return layout(rows.table(system, about), ("document", *needed), partial(row, prefix=prefix), **own, **columns)

    codes = {"code": ("hcpc code id", "hcpcs code id"), "group": ("hcpc code group", "hcpcs code group")}
    covered, refused, groups = "icd10 covered group", "icd10 noncovered group", rows.GROUPS
    more = {"range": "range", "description": "long description"}
    brands = {"place": "code table row", "brand": "brand name", "begins": "eff date", "ends": "end date"}
    return (
        line(rows.CODES, _procedure, "code", **codes, **more),
        line("tables of codes", _procedure, "code", "place", **codes, **more, **brands),
        line(rows.DIAGNOSES, _diagnosis, "code", "group", code="icd10 code id", group=covered, range="range"),
        line(rows.REFUSED, _diagnosis, "code", "group", code="icd10 code id", group=refused, range="range"),
        line("inpatient procedures", _inpatient, "code", code="icd10 pcs code id", group="icd10 pcs code group", range="range"),
        line(groups, _group, "text", "group", text="paragraph", group=codes["group"]),
        line(f"{groups}, {rows.DIAGNOSES}", _group, "text", "group", text="paragraph", group=covered),
        line(f"{groups}, {rows.REFUSED}", _group, "text", "group", text="paragraph", group=refused),
        line(rows.CONTRACTORS, _contractor, "contractor", contractor="contractor id"),
        line(rows.STATES, _state, "state", state="state id"),
        line(
            rows.RELATED,
            _related,
            "lcd",
            article="r article id",
            article_version="r article version",
            lcd="r lcd id",
            lcd_version="r lcd version",
            contractor="r contractor id",
        ),
        line(rows.NATIONAL, _national, "ncd", ncd="r ncd id", ncd_version="r ncd version"),
    )


_WHO = {"contractor": "contractor id", "name": "contractor bus name", "number": "contractor number"}
_TERM = {"state": "state id", "begins": "active date", "ends": "term date"}
LAYOUTS: tuple[Layout, ...] = (
    *_tables(LCD),
    *_tables(ARTICLE),
    layout(rows.CONTRACTOR_NAMES, tuple(_WHO), _named, **_WHO, subtype="contractor subtype id", website="url", status="status"),
    layout(rows.CONTRACTOR_STATES, ("contractor", "state", "begins"), _serving, contractor="contractor id", **_TERM),
    layout(
        rows.STATE_NAMES,
        ("id", "short", "name"),
        partial(_meaning, system=rows.STATE),
        id="state id",
        short="state abbrev",
        name="description",
    ),
    layout(rows.BENEFIT_NAMES, ("id", "name"), partial(_meaning, system=rows.BENEFIT), id="bnft ctgry cd", name="bnft ctgry desc"),
    layout(
        rows.MANUAL_NAMES,
        ("id", "name"),
        partial(_meaning, system=rows.MANUAL),
        id="pblctn cd",
        number="pblctn num",
        name="pblctn title",
    ),
    layout(rows.BENEFITS, ("ncd", "benefit"), _benefit, ncd="ncd id", version="ncd vrsn num", benefit="bnft ctgry cd"),
)
