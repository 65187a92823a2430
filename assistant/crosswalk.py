"""The plan for what a code of one list is in another: one direction asked, answered in that direction, with the edition."""

import re
from dataclasses import replace

from assistant import facts, fees, history
from assistant.answer import Evidence, Question
from assistant.codeplans import definition
from assistant.edits import PROCEDURES
from assistant.filed import cell, stated, told
from assistant.plan import Chosen, known
from assistant.profile import entries, outpatient, vaccines
from corpus.codes import CVX, HCPCS, ICD9CM, ICD10CM
from corpus.model import Entry
from corpus.readers.hcpcs import PUBLICATION as LEVEL2
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

PRODUCTS = 8  # drug products that are named one by one
_NDC = re.compile(r"(?<![\w-])\d{4,5}-\d{3,4}-\d{1,2}(?![\w-])|\bNDC[\s#:]*(\d{10,11})\b", re.I)
_BACK = re.compile(r"\b(previous\w*|before|formerly|prior|old\s+code|used\s+to\s+be|did\s+\S+\s+replace|replaces)\b", re.I)
_HCC = re.compile(r"\b(hcc|risk\s+adjust\w*|raf)\b", re.I)
_MODEL = re.compile(r"V\d{2}", re.I)
_OUTPATIENT = re.compile(r"\b(apcs?|status\s+indicator|opps)\b", re.I)


def crosswalk(question: Question, library: Library) -> Chosen:
    """What a code is elsewhere: NDC and HCPCS, CVX and CPT, diagnosis and HCC, HCPCS and APC, a previous code and the current one."""
    found, missing = known(question, library)
    text = question.standalone
    numbers = [match[1] or match[0] for match in _NDC.finditer(text)]
    evidence = [item for number in numbers for item in _of_ndc(number, question, library)]
    if _HCC.search(text):  # V28 is a model, not a code
        found = [listed for listed in found if not _MODEL.fullmatch(listed.code.value)]
    for listed in found:
        evidence += _of_code(listed, question, library)
    gone = [(ICD10CM, value) for value in missing] if not numbers else []
    evidence += [item for pair in gone for item in _replaced(pair, question, library)]
    if not evidence and found:
        return definition(question, library)
    named = " ".join(f"{item.locator} {item.quote} {item.say}" for item in evidence)
    unknown = tuple(value for value in missing if value.split()[-1] not in named)
    codes = tuple((listed.code.system, listed.code.value) for listed in found)
    complete = any(not item.locator.startswith("no row") for item in evidence)
    return Chosen(_led(evidence), codes, unknown=unknown, remedy="a table that ties the codes", complete=complete)


def _led(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    return tuple(replace(item, role="detail" if at else "lead") for at, item in enumerate(evidence))


def _of_code(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """What a code is in the list that the question names, else what came before it and after it."""
    text, pair = question.standalone, (listed.code.system, listed.code.value)
    if listed.code.system == CVX:
        return [item for row in entries(listed, question, library) for item in _billed(row)]
    if listed.code.system == ICD10CM and _HCC.search(text):
        return _risk(listed, question, library)
    if listed.code.system in PROCEDURES and re.search(r"\bndcs?\b", text, re.I):
        return _products(listed, question, library)
    if listed.code.system in PROCEDURES and re.search(r"\bcvx\b|\btrade\s+names?\b", text, re.I):
        return list(vaccines(listed, question, library))
    if listed.code.system in PROCEDURES and _OUTPATIENT.search(text):
        return list(outpatient(listed, question, library))
    return _replaced(pair, question, library)


def _billed(row: Filed[Entry]) -> list[Evidence]:
    billed, names = cell(row, "billed as"), cell(row, "trade names")
    trade = f" (trade names {names})" if names else ""
    return stated(row, f"CVX {row.row.code}{trade} is billed as {billed}, in {row.source.title}.") if billed else []


def _of_ndc(number: str, question: Question, library: Library) -> list[Evidence]:
    """The code that a drug product is reported with."""
    found = []
    for product in fees.code_of_ndc(library.catalog, number, question.on, library.sources):
        row = product.rows[0]
        per = f", {units} billing units a package" if (units := product.cells.get("billing units per package")) else ""
        dose = f", dosage {dosage}" if (dosage := product.cells.get("dosage")) else ""
        found += stated(row, f"NDC {product.ndc}, {product.name}, is reported with {product.code}{dose}{per}, in {row.source.title}.")
    return found


def _products(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """How many drug products are reported with a code, and the first of them."""
    value = listed.code.value
    products = fees.ndcs_of(library.catalog, value, question.on, library.sources)
    if not products:
        return []
    source = products[0].rows[0].source
    more = f", the first {PRODUCTS} below" if len(products) > PRODUCTS else ""
    count = f"{len(products)} drug products are reported with {value} in {source.title}{more}."
    lead = told(source, f"rows {value}", ", ".join(product.ndc for product in products), [count], ((listed.code.system, value),))
    each = [item for product in products[:PRODUCTS] for item in stated(product.rows[0], f"NDC {product.ndc}: {product.name}.")]
    return lead + each


def _risk(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """The category of a diagnosis in each risk model, never one model for another."""
    asked = re.search(r"\bV\d{2}\b", question.standalone, re.I)
    rows = [row for row in entries(listed, question, library) if cell(row, "category") and cell(row, "model")]
    rows = [row for row in rows if not asked or asked[0].upper() in cell(row, "model")]
    rows.sort(key=lambda row: (cell(row, "model") != "CMS-HCC Model V28", cell(row, "model")))
    found = []
    for row in rows:
        category, model = cell(row, "category"), cell(row, "model")
        found += stated(row, f"{listed.code.value} is in {category} of the {model}, in {row.source.title}.")
        found += _label(category, model, library)
    return found or _not_in_map(listed, question, library)


def _label(category: str, model: str, library: Library) -> list[Evidence]:
    """The name of a category in that model, where the labels on file give one."""
    rows = [row for row in library.catalog.tables.entries("HCC", category) if cell(row, "model") == model.replace("Model ", "")]
    labels = {cell(row, "label") for row in rows}
    return stated(rows[0], f"{category} of {cell(rows[0], 'model')} is {labels.pop()}.") if len(labels) == 1 else []


def _not_in_map(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    maps = [source for source in library.sources if source.publication == "HCC map" and source.id in library.current(question.on)]
    value = listed.code.value
    says = [f"{source.title} ties {value} to no category of the model asked about." for source in maps]
    return [told(source, f"row {value}, none", f"no row {value}", [say])[0] for source, say in zip(maps, says, strict=True)]


def _standing(pair: tuple[str, str], question: Question, library: Library) -> list[Evidence]:
    """That a code whose successor is asked for is in force: nothing has replaced it."""
    listed = facts.best(library.catalog.codes(*pair), question.on)
    stands = listed is not None and listed.code.valid_from and not listed.code.valid_to and facts.in_force(listed.code, question.on)
    return [facts.validity(library.catalog, listed, question.on)] if listed and stands else []


def _replaced(pair: tuple[str, str], question: Question, library: Library) -> list[Evidence]:
    """What came after a code, or before it where that is asked; where no row says, that is said of the table."""
    before, after = history.predecessors(pair, library), history.successors(pair, library)
    if found := (before or after) if _BACK.search(question.standalone) else (after or before):
        return found
    value = pair[1]
    icd9 = any(mention.system == ICD9CM for mention in question.mentions) or re.search(r"\bicd-?\s?9\b", question.standalone, re.I)
    publication = history.CONVERSION if pair[0] in (ICD10CM, ICD9CM) else LEVEL2 if pair[0] == HCPCS else ""
    tables = [source for source in library.sources if source.publication == publication and source.id in library.current(question.on)]
    if pair[0] == HCPCS:
        say = "{} gives no code in place of {}: it refers from it to no other code."
        lacking = [told(table, f"no row {value}", f"no row {value}", [say.format(table.title, value)])[0] for table in tables]
        return [*_standing(pair, question, library), *lacking]
    why = "it gives previous ICD-10-CM codes, not ICD-9-CM codes" if icd9 else "it gives no code before or after it"
    return [told(table, f"no row {value}", f"no row {value}", [f"{table.title} has no row for {value}: {why}."])[0] for table in tables]
