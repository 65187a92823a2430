"""Read Medicare's Part B drug tables: ASP payment limits and the NDC–HCPCS crosswalk."""

from datetime import date

from corpus.codes import NDC, ndc
from corpus.model import TERM, Document, Entry, Passage, Reading, Source
from corpus.readers.editions import official, undated
from corpus.readers.figures import MEDICARE, Fault, Record, cells, description, edition, quarter_end, records, system
from corpus.readers.sheets import Layout, Sheet

ASP = "Medicare Part B Drug Payment Limits (ASP)"
CROSSWALK = "Medicare Part B ASP NDC-HCPCS Crosswalk"
_PAGE = "https://www.cms.gov/medicare/payment/part-b-drugs/asp-pricing-files"


def _source(sheet: Sheet, publication: str, payer: str | None) -> Source:
    found = edition(sheet)
    until: date | None = quarter_end(found.begins) if found else None
    return official(sheet.path, publication, found, _PAGE, payer=payer, ended=until)


_LIMITS = {
    "code": ("hcpcs code", "hcpcs"),
    "description": ("short description",),
    "dosage": ("hcpcs code dosage", "hcpcs dosage"),
    "limit": ("payment limit",),
    "coinsurance": ("co insurance percentage", "coinsurance percentage"),
    "vaccine_share": ("vaccine awp",),
    "vaccine": ("vaccine limit",),
    "blood_share": ("blood awp",),
    "blood": ("blood limit",),
    "clotting": ("clotting factor",),
    "note": ("notes", "note"),
}
_LIMIT_NAMES = {
    "description": "short description",
    "dosage": "dosage",
    "limit": "payment limit",
    "coinsurance": "coinsurance percentage",
    "vaccine_share": "vaccine AWP percentage",
    "vaccine": "vaccine limit",
    "blood_share": "blood AWP percentage",
    "blood": "blood limit",
    "clotting": "clotting factor",
    "note": "note",
}


def _limits(sheet: Sheet) -> Reading:
    entries = []
    for _, record in records(sheet, ("dosage",), ("limit", "coinsurance", "vaccine_share", "vaccine", "blood_share", "blood")):
        record["description"] = description(record)
        entries.append(Entry(system(record["code"]) or "", record["code"], "", cells(record, _LIMIT_NAMES)))
    source = _source(sheet, ASP, MEDICARE)
    return Reading(source, remarks=sheet.remarks, hints=undated(source), entries=entries)


_PRODUCTS = {
    "code": (*(f"{year} code" for year in range(2010, 2041)), "code", "hcpcs code", "hcpcs"),
    "description": ("short description",),
    "labeler": ("labeler name", "labeler"),
    "ndc": ("ndc2", "ndc"),
    "name": ("drug name",),
    "dosage": ("hcpcs dosage", "hcpcs code dosage"),
    "size": ("pkg size",),
    "quantity": ("pkg qty",),
    "units": ("billunits",),
    "package_units": ("billunitspkg",),
}
_PRODUCT_NAMES = {
    "name": "drug name",
    "labeler": "labeler",
    "ndc": "NDC",
    "description": "short description",
    "dosage": "dosage",
    "size": "package size",
    "quantity": "package quantity",
    "units": "billing units",
    "package_units": "billing units per package",
}


def _product_fault(record: Record) -> Fault | None:
    try:
        ndc(record["ndc"])
    except ValueError as error:
        return "ndc", str(error)
    return None


def _crosswalk(sheet: Sheet) -> Reading:
    """Each row under its code and under its NDC; the names drugs are sold by lead search to the code.

    No payer: which product a code stands for is asked whoever pays.
    """
    entries: list[Entry] = []
    terms: dict[tuple[str, str], Passage] = {}
    figures = ("size", "quantity", "units", "package_units")
    for _, record in records(sheet, ("ndc", "name"), figures, ("code", "ndc"), _product_fault):
        kind, code, product = system(record["code"]) or "", record["code"], ndc(record["ndc"])
        record["description"] = description(record)
        row = cells(record, _PRODUCT_NAMES)
        entries += [Entry(kind, code, record["ndc"], row), Entry(NDC, product, code, (("code", f"{kind} {code}"), *row))]
        term = Passage("", TERM, record["name"], f"row {code}/{record['ndc']}", codes=((kind, code),))
        terms.setdefault((code, record["name"].casefold()), term)
    source = _source(sheet, CROSSWALK, None)
    document = Document("", source.title, "table", tuple(terms.values()), url=source.url)
    return Reading(source, (document,), remarks=sheet.remarks, hints=undated(source), entries=entries)


LAYOUTS: tuple[Layout, ...] = (
    Layout(ASP, _LIMITS, ("code", "dosage", "limit"), _limits),
    Layout(CROSSWALK, _PRODUCTS, ("code", "ndc", "name", "units"), _crosswalk),
)
