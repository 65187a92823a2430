"""What a code is paid, as evidence: amounts computed from the rows of Medicare's fee tables, or why there is none."""

import re
from collections.abc import Iterable

from assistant import fees, profile
from assistant.answer import Evidence, Question
from assistant.edits import PROCEDURES
from assistant.filed import cell, stated, told
from assistant.plan import known
from corpus.codes import MODIFIER
from corpus.model import Code, Document, Entry
from corpus.readers.fees import GPCI, LOCALITY
from corpus.tables import Filed
from index.library import Library

NAMED = 6  # payment localities that are named one by one


def _evidence(rows: fees.Rows, code: str, modifier: str, says: list[str]) -> list[Evidence]:
    """Rows as evidence: their cells, and the sentences computed from them, each a line of the answer."""
    first = rows[0]
    cells = " · ".join(f"{name} {text}" for filed in rows for name, text in filed.row.cells)
    locator = f"row {code}-{modifier}" if modifier else f"row {code}"
    document = Document(id=first.source.id, title=first.source.title, kind="table", passages=(), url=first.source.url)
    quote = f"{locator.removeprefix('row ')} · {cells}"
    text = "\n".join((quote, *dict.fromkeys(filed.source.title for filed in rows), *says))
    codes = ((first.row.system, first.row.code),)
    return [Evidence(0, "detail", text, quote, locator, document, first.source, say=say, codes=codes) for say in says]


def _unwarned(caveats: Iterable[str]) -> list[str]:
    """The caveats that the answer's own warnings leave out: they tell of an edition that is over, not of one begun after the date."""
    return [caveat for caveat in dict.fromkeys(caveats) if " held until " not in caveat]


def _schedule(code: str, modifier: str, question: Question, library: Library, locality: str) -> list[Evidence]:
    """The fee schedule's amounts in both settings, how they are computed, and what limits them."""
    found = fees.amounts(library.catalog, code, question.on, modifier, locality, library.sources)
    listed = bool(found) or not modifier
    found = found if listed else fees.amounts(library.catalog, code, question.on, "", locality, library.sources)
    if not found:
        return []
    lacking = [] if listed else [f"The schedule has no row for {code}-{modifier}: these are the amounts of {code} alone."]
    modifier = modifier if listed else ""
    called = f"{code}-{modifier}" if modifier else code
    rows, title = found[0].rows, found[0].rows[0].source.title
    priced = [amount for amount in found if amount.value is not None]
    if not priced:
        return _evidence(rows, code, modifier, [f"{title} gives no amount for {called}: {found[0].why}."])
    where = f"in {priced[0].locality}" if priced[0].locality else "nationally"
    told = " and ".join(f"${amount.value:,} ({amount.setting})" for amount in priced)
    says = [f"Medicare's fee schedule allows {told} for {called} {where}, before coinsurance."]
    totals = " and ".join(f"{sum(amount.rvus):.2f} ({amount.setting})" for amount in priced if amount.rvus)
    says += [f"Total RVUs of {called}: {totals}, in {title}."] if re.search(r"\brvus?\b", question.standalone, re.I) else []
    says += [f"{amount.setting.capitalize()}: {amount.working}, from {title}." for amount in priced]
    says += [f"No {amount.setting} amount: {amount.why}." for amount in found if amount.value is None]
    says += [*lacking, *_unwarned(caveat for amount in found for caveat in amount.caveats)]
    return _evidence(rows, code, modifier, says)


def _others(code: str, question: Question, library: Library) -> list[Evidence]:
    """The drug limit and the hospital outpatient rate of a code."""
    found = []
    if limit := fees.drug_limit(library.catalog, code, question.on, library.sources):
        title = limit.rows[0].source.title
        amount = f"${limit.value:,} for {limit.dosage}" if limit.value is not None else "no amount"
        found += _evidence(
            limit.rows, code, "", [f"Medicare Part B payment limit for {code}: {amount}, in {title}.", *_unwarned(limit.caveats)]
        )
    if paid := fees.opps(library.catalog, code, question.on, library.sources):
        title = paid.rows[0].source.title
        rate = f"; national unadjusted rate ${paid.rate:,}" if paid.rate is not None else ""
        meaning = f" ({paid.meaning})" if paid.meaning else ""
        told = f"Hospital outpatient, {code}: status indicator {paid.status}{meaning}{rate}, in {title}."
        found += _evidence(paid.rows, code, "", [told, *_unwarned(paid.caveats)])
    return found


def _places(question: Question, library: Library) -> dict[str, list[Code]]:
    """The places a question names, each with the payment localities it stands for."""
    words = re.findall(r"\b(?:in|for)\s+((?:[A-Z][\w.]*\s?){1,4})", question.standalone)
    found = {place.strip(" .?"): fees.localities(library.catalog, place.strip(" .?")) for place in words}
    if question.state and not any(found.values()):  # the state of a city is known where the city itself has no locality
        return {question.state: fees.localities(library.catalog, question.state)}
    return found


def locality_in(question: Question, library: Library) -> str:
    """The payment locality a question names: '… in Manhattan', 'for Texas'; empty where it names none, or more than one."""
    found = {locality.value for held in _places(question, library).values() for locality in held}
    return found.pop() if len(found) == 1 else ""


def _unplaced(question: Question, library: Library) -> list[Evidence]:
    """Say that a place stands for several payment localities, or for none on file: the amounts are then the national ones."""
    table = next((source for source in library.sources if source.publication == GPCI and source.id in library.current(question.on)), None)
    if table is None or locality_in(question, library):
        return []
    says = []
    for place, held in _places(question, library).items():
        names = "; ".join(code.title for code in held[:NAMED]) + (" and others" if len(held) > NAMED else "")
        if held:
            says.append(f"{place} has {len(held)} payment localities ({names}): the amounts are national until one is named.")
        elif place == question.state:
            says.append(f"No payment locality is on file for {place}: the amounts are national.")
    return told(table, "localities", table.title, says)


def _indices(locality: str, question: Question, library: Library) -> list[Evidence]:
    """The row of the geographic indices that an amount rests on."""
    rows = [row for row in library.catalog.tables.entries(LOCALITY, locality) if row.source.id in library.current(question.on)]
    return [item for row in rows[:1] for item in stated(row, _said(row))] if locality else []


def _said(row: Filed[Entry]) -> str:
    work, practice, malpractice = (cell(row, name) for name in ("work GPCI", "PE GPCI", "malpractice GPCI"))
    return (
        f"Geographic indices of {cell(row, 'locality name')}: work {work}, PE {practice}, malpractice {malpractice}, in {row.source.title}."
    )


def rows(question: Question, library: Library) -> list[Evidence]:
    """Everything the fee tables on file say of the codes asked about, the fee schedule first."""
    locality = locality_in(question, library)
    modifier = next((m.value for m in question.mentions if m.system == MODIFIER), "")
    codes = dict.fromkeys(m.value for m in question.mentions if m.wellformed and m.system in PROCEDURES)
    scheduled = [item for code in codes for item in _schedule(code, modifier, question, library, locality)]
    if any("allows" in (item.say or "") for item in scheduled):
        scheduled += _unplaced(question, library) + _indices(locality, question, library)
    others = [item for code in codes for item in _others(code, question, library)]
    return scheduled + others if any("allows" in (item.say or "") for item in scheduled) else others + scheduled


def indicators(question: Question, library: Library) -> list[Evidence]:
    """What the fee schedule says beside amounts, where that is asked: status, global days, components."""
    if not re.search(r"\bglobal\b", question.standalone, re.I):
        return []
    return [item for listed in known(question, library)[0] for item in profile.schedule(listed, question, library)]
