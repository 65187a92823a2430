"""Read the maps of risk adjustment: which hierarchical condition category (HCC) a diagnosis falls in, by model and version."""

import re
from collections.abc import Iterator, Mapping

from corpus.codes import HCC, ICD10CM, dotted
from corpus.model import Code, Entry, Passage, Reading, Source
from corpus.readers.codelists import plain, term, terms_document
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

URL = "https://www.cms.gov/medicare/payment/medicare-advantage-rates-statistics/risk-adjustment"
_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")
_CATEGORY = re.compile(r"(?:(RX)?HCC)?\s*(\d{1,3})", re.I)
_MODELS = {  # as CMS's workbook heads its columns, and as the long table calls the same models
    "CMS-HCC ESRD Model V21": "cms hcc esrd model category v21",
    "CMS-HCC ESRD Model V24": "cms hcc esrd model category v24",
    "CMS-HCC Model V22": "cms hcc model category v22",
    "CMS-HCC Model V24": "cms hcc model category v24",
    "CMS-HCC Model V28": "cms hcc model category v28",
    "RxHCC Model V05": "rxhcc model category v05",
    "RxHCC Model V08": "rxhcc model category v08",
}


def _source(sheet: Sheet, publication: str) -> Source:
    return official(sheet.path, publication, edition_in(sheet.path.name), URL)


def _category(cell: str, model: str) -> str | None:
    """'HCC37' or 'RXHCC30', whatever way the cell writes it; None where it names no category."""
    found = _CATEGORY.fullmatch(cell)
    return f"{'RX' if found[1] or model.upper().startswith('RX') else ''}HCC{int(found[2])}" if found else None


def _diagnosis(sheet: Sheet, number: int, record: Mapping[str, str]) -> str | None:
    bare = record["code"].upper().replace(".", "")
    if _DIAGNOSIS.fullmatch(bare):
        return dotted(bare)
    sheet.refuse(number, "code", f"{record['code'][:40]!r} is no ICD-10-CM code")
    return None


def _mapped(sheet: Sheet) -> Iterator[Entry]:
    cells: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}  # a few thousand that 55,000 rows repeat
    for number, record in sheet.records():
        if not (code := _diagnosis(sheet, number, record)):
            continue
        model = record["model"]
        if not model or not (category := _category(record["category"], model)):
            why = f"{record['category'][:40]!r} is no category" if model else f"{code} has no model"
            sheet.refuse(number, "category" if model else "model", why)
            continue
        yield Entry(ICD10CM, code, model, cells.setdefault((model, category), (("model", model), ("category", category))))


def read_map(sheet: Sheet) -> Reading:
    """Read a map of diagnoses to categories, a row a diagnosis, model and category."""
    source = _source(sheet, "HCC map")
    entries = list(_mapped(sheet))
    return Reading(source, remarks=sheet.remarks, hints=undated(source), entries=entries)


def _across(sheet: Sheet) -> Iterator[Entry]:
    for number, record in sheet.records():
        if not any(record.get(model) for model in _MODELS) and not record["title"]:
            continue  # a note below the table
        if not (code := _diagnosis(sheet, number, record)):
            continue
        for model in _MODELS:
            if cell := record.get(model):
                if category := _category(cell, model):
                    yield Entry(ICD10CM, code, model, (("model", model), ("category", category)))
                else:
                    sheet.refuse(number, model, f"{cell[:40]!r} is no category")


def read_workbook_map(sheet: Sheet) -> Reading:
    """Read the map as CMS ships it: a row a diagnosis, a column a model.

    Source: CMS, Risk Adjustment, Model Software/ICD-10 Mappings.
    """
    source = _source(sheet, "HCC map")
    entries = list(_across(sheet))
    return Reading(source, remarks=sheet.remarks, hints=undated(source), entries=entries)


def _labelled(sheet: Sheet) -> Iterator[tuple[str, str, Entry]]:
    for number, record in sheet.records():
        category = _category(record["code"], record["domain"])
        label, model = plain(record["title"]), f"{record['domain']} {record['version']}".strip()
        if not category or not label:
            why = "there is no label" if category else f"{record['code'][:40]!r} is no category"
            sheet.refuse(number, "title" if category else "code", why)
            continue
        yield category, label, Entry(HCC, category, model, (("model", model), ("label", label)))


def _version(model: str) -> tuple[bool, int]:
    """Community models before those of kidney failure, then by number: categories change their meaning between versions."""
    return not model.startswith("ESRD"), int("".join(re.findall(r"\d+", model)) or 0)


def read_labels(sheet: Sheet) -> Reading:
    """Read what categories are called: the code carries the newest version's label, the entries those of every version."""
    rows = list(_labelled(sheet))
    newest: dict[str, tuple[str, str]] = {}
    wordings: dict[tuple[str, str], list[str]] = {}
    for category, label, entry in sorted(rows, key=lambda row: _version(row[2].part), reverse=True):
        newest.setdefault(category, (label, entry.part))
        wordings.setdefault((category, label), []).append(entry.part)
    codes = {value: Code(HCC, value, label, attributes=(("model", model),)) for value, (label, model) in newest.items()}
    source = _source(sheet, "HCC labels")
    terms = (_term(codes[category], label, models) for (category, label), models in wordings.items())
    entries = [entry for _, _, entry in rows]
    return Reading(source, terms_document(source, terms), tuple(codes.values()), sheet.remarks, undated(source), entries=entries)


def _term(code: Code, label: str, models: list[str]) -> Passage:
    return term(code, label, f"{code.value} ({', '.join(models)})")


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "HCC map",
        {"code": ("diagnosis code", "icd 10 code", "icd10"), "category": ("cc", "hcc"), "model": ("model name", "model")},
        ("code", "category", "model"),
        read_map,
    ),
    Layout(
        "HCC map",
        {"code": ("diagnosis code",), "title": ("description",), **{model: (heading,) for model, heading in _MODELS.items()}},
        ("code", "title", "CMS-HCC Model V28"),
        read_workbook_map,
    ),
    Layout(
        "HCC labels",
        {"code": ("cc", "hcc"), "title": ("label",), "domain": ("model domain",), "version": ("model version",)},
        ("code", "title", "domain", "version"),
        read_labels,
    ),
)
