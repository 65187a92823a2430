"""Plans for what tables settle: pairs, units, add-on codes and fees; without the table, sentences that state it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import codeplans, edits, feeplan
from assistant.answer import Evidence, Question
from assistant.claimplan import claim
from assistant.filed import begins_after
from assistant.plan import Chosen, known
from assistant.proseplans import aspect
from assistant.sentences import split, whole
from corpus.codes import ICD10CM, MODIFIER
from index.library import Library
from index.search import payer_of

NO_ADDON = "No: {table} does not list {code} as an add-on code."
BUNDLED = 12  # column two codes that are named one by one
_WHICH = re.compile(r"\b(which|what)\s+modifiers?\b|\bmodifiers?\b.{0,30}\b(bypass|override|unbundle|allow\w*|use)\b|\bbypass\w*\b", re.I)
_LISTS = re.compile(r"^(?:Anatomic|Global surgery|Other) modifiers\s*:.*$", re.M)  # NCCI Policy Manual, Chapter I, section E

_NCCI = re.compile(r"\b(?:ncci|cci|ptp)\b|\bbypass\w*", re.I)
_ALONE = re.compile(r"\b(?:alone|by\s+itself|on\s+its\s+own|without)\b", re.I)
_IS = re.compile(r"^\W*(?:is|are)\b", re.I)
_MAI = re.compile(r"\(MAI (\d): [^)]*\)")
_SAID = ((r"\brvus?\b", "Total RVUs"), (r"\bglobal\b", "global days"))


def _procedures(question: Question) -> list[str]:
    return list(dict.fromkeys(m.value for m in question.mentions if m.wellformed and m.system in edits.PROCEDURES))


def _led(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The first piece leads, the others follow."""
    return tuple(replace(item, role="detail" if at else "lead") for at, item in enumerate(evidence))


def _settled(question: Question, library: Library, rows: Sequence[Evidence], remedy: str) -> Chosen:
    """What rows settle, as an answer: the codes are those asked about."""
    found, missing = known(question, library)
    in_rows = {value for item in rows for _, value in item.codes}
    codes = tuple((item.code.system, item.code.value) for item in found)
    return Chosen(_led(rows), codes, unknown=tuple(value for value in missing if value not in in_rows), remedy=remedy)


def _stated(question: Question, library: Library, wanted: str, remedy: str) -> Chosen:
    """A figure whose table is not loaded: a sentence that states it where one does, else what to add."""
    chosen = aspect(question, library)
    values = [mention.value for mention in question.mentions if mention.wellformed]
    stated = [item for item in chosen.evidence if re.search(wanted, item.quote, re.I) and any(value in item.quote for value in values)]
    return Chosen(tuple(stated), chosen.codes, remedy=remedy, complete=bool(stated))


def _lacking(question: Question, library: Library, kind: str, remedy: str) -> Chosen | None:
    """Where no table on file is of the payer, the setting or the time asked about: that is said, and nothing of the others."""
    catalog, within = library.catalog, edits.within(question, library)
    tables = edits.tables(catalog, kind, within)
    late = begins_after(tables, question.on)
    said = late if len(late) == len(tables) else None
    if not tables and question.payer == "Medicaid":
        said = []
    elif not tables and question.setting:
        said = edits.elsewhere(catalog, kind, question.setting, library.current(question.on))
    elif not tables:
        return None
    codes = tuple((item.code.system, item.code.value) for item in known(question, library)[0])
    return None if said is None else Chosen(_led(said), codes, remedy=remedy, complete=False)


def units(question: Question, library: Library) -> Chosen:
    """Units allowed: the medically unlikely edit of each setting; where a number of units is asked about, the verdict on it."""
    within, remedy = edits.within(question, library), "the MUE table that lists the code"
    codes = _procedures(question)
    rows = [row for code in codes for row in edits.units(library.catalog, code, within, question.on, question.units)]
    if rows:
        lacking = [row for code in codes for row in edits.no_units(library.catalog, code, within, question.on)]
        return _settled(question, library, [*_explained(rows, question, library), *lacking], remedy)
    return _lacking(question, library, "units", remedy) or _unlimited(question, library, remedy)


def _explained(rows: Sequence[Evidence], question: Question, library: Library) -> list[Evidence]:
    """The rows, and what their adjudication indicators mean in the NCCI manual's own words; in ours only where it is not loaded."""
    named = dict.fromkeys(found[1] for row in rows if (found := _MAI.search(row.say or "")))
    meanings = {indicator: item for indicator in named if (item := _indicator(indicator, question, library))}
    short = [
        replace(row, say=_MAI.sub(lambda found: f"(MAI {found[1]})" if found[1] in meanings else found[0], row.say or "")) for row in rows
    ]
    return [*short, *meanings.values()]


def _indicator(indicator: str, question: Question, library: Library) -> Evidence | None:
    """The manual's sentence on an MUE adjudication indicator (Chapter I, Section V)."""
    over = [source.id for source in library.sources if source.kind != "NCCI policy manual" or source.id not in library.current(question.on)]
    hits = library.keywords.search(library.words("MUE MAI DOS edits adjudication indicator"), "prose", 20, over)
    placed = library.catalog.passages([passage for passage, _ in hits])
    said = re.compile(rf"\bMAI of [“\"]{indicator}[”\"] (?:are|indicates)\b")
    found = ((item, text) for item in placed.values() for text in split(item.passage.text) if whole(text) and said.search(text))
    return next((Evidence.of(item, text, "detail") for item, text in found), None)


def _unlimited(question: Question, library: Library, remedy: str) -> Chosen:
    """A code without a row in the tables: a sentence that states its MUE where one does, else that the tables have none."""
    stated = _stated(question, library, r"\bMUE\b", remedy)
    within = edits.within(question, library)
    listed = [item.code.value for item in known(question, library)[0]]
    lacking = [row for code in listed for row in edits.no_units(library.catalog, code, within, question.on)]
    return stated if stated.complete or not lacking else _settled(question, library, lacking, remedy)


def addon(question: Question, library: Library) -> Chosen:
    """What an add-on code is reported with, what is an add-on to a primary code, and whether a code may stand alone."""
    within, on, catalog = edits.within(question, library), question.on, library.catalog
    alone, remedy = _ALONE.search(question.standalone), "the NCCI add-on code edits"
    codes = _procedures(question)[:1] if alone else _procedures(question)
    rows = [row for code in codes for row in edits.addons(catalog, code, within, on)]
    if rows and alone:
        rows = [replace(row, say=f"No, not alone: {row.say}") for row in rows]
    if not rows:
        say = "{table} does not list {code} as an add-on code, which would need its primary code beside it." if alone else NO_ADDON
        silent = [row for code in codes for row in edits.no_addon(catalog, code, within, on, say)]
        added = [] if alone else [row for code in codes for row in edits.added_to(catalog, code, within, on)]
        rows = [*silent, *added] if _IS.search(question.standalone) else added or silent
    return _settled(question, library, rows, remedy) if rows else aspect(question, library)


def pair(question: Question, library: Library) -> Chosen:
    """Codes together: the pairs on file, then sentences that name both; silence is no permission. Of diagnoses the Tabular List speaks."""
    if all(mention.system == ICD10CM for mention in question.mentions):
        return claim(question, library)
    codes, remedy = _procedures(question), "the NCCI PTP table of the quarter"
    if len(codes) == 1:
        return _bundled(codes[0], question, library)
    rows = edits.once(edits.pairs(library.catalog, codes, edits.within(question, library), question.on))
    if rows:
        how = _bypassing(library) if _WHICH.search(question.standalone) and any("indicator 1" in (row.say or "") for row in rows) else []
        return _settled(question, library, [*rows, *how, *_naming_all(codes, question, library)[:2]], remedy)
    if (lacking := _lacking(question, library, "pairs", remedy)) is not None:
        return lacking
    chosen = aspect(question, library)
    values = {mention.value for mention in question.mentions if mention.wellformed}
    both = [item for item in chosen.evidence if all(value in item.quote for value in values)]
    return Chosen(tuple(both), chosen.codes, remedy=remedy, complete=bool(both))


def _naming_all(codes: Sequence[str], question: Question, library: Library) -> list[Evidence]:
    """Sentences elsewhere that name every code of a question, those about a payer only where it is asked about."""
    found: dict[str, Evidence] = {}
    system = next(m.system for m in question.mentions if m.value == codes[0])
    for placed in library.catalog.naming(system, codes[0], limit=60):
        payer = payer_of(placed)
        if placed.source.id in library.current(question.on) and payer in (None, question.payer or "Medicare"):
            for text in split(placed.passage.text):
                if all(code in text for code in codes) and whole(text):
                    found.setdefault(text, Evidence.of(placed, text, "detail"))
    return list(found.values())


def _bundled(code: str, question: Question, library: Library) -> Chosen:
    """The pairs in which one code is column 1, table by table: how many, and the first of them."""
    rows = edits.bundled(library.catalog, code, edits.within(question, library), question.on, BUNDLED)
    return _settled(question, library, rows, "the NCCI PTP table of the quarter") if rows else aspect(question, library)


def _bypassing(library: Library) -> list[Evidence]:
    """The lists of modifiers that may bypass a pair of indicator 1, in the NCCI manual's words."""
    for placed in library.catalog.naming(MODIFIER, "XE", limit=200):
        if placed.source.kind == "NCCI policy manual" and len(found := _LISTS.findall(placed.passage.text)) > 1:
            says = (f"NCCI-associated modifiers, {line[0].lower()}{line[1:].rstrip('.')}." for line in found)
            return [Evidence.of(placed, line, "detail", say=say) for line, say in zip(found, says, strict=True)]
    return []


def modifiers(question: Question, library: Library) -> Chosen:
    """Every modifier on file; where NCCI is named, those that may bypass a pair, as its manual lists them."""
    listed = _bypassing(library) if _NCCI.search(question.standalone) else []
    return _settled(question, library, listed, "the NCCI policy manual") if listed else codeplans.modifiers(question, library)


def fee(question: Question, library: Library) -> Chosen:
    """A fee, RVU or payment limit: computed from Medicare's fee tables, for no other payer, else what a source states for the code."""
    remedy = "the fee schedule that lists the code"
    if question.payer not in (None, "Medicare"):
        stated = _stated(question, library, r"\b(rate|fee|pays)\b", f"the fee schedule of {question.payer}")
        own = tuple(item for item in stated.evidence if question.payer in (item.document.payer, item.source.payer, item.source.names))
        return replace(stated, evidence=own, complete=bool(own))
    found = _asked_first(question, [*feeplan.rows(question, library), *feeplan.indicators(question, library)])
    wanted = r"\b(RVU|payment limit|limit is|amount)\b"
    return _settled(question, library, found, remedy) if found else _stated(question, library, wanted, remedy)


def _asked_first(question: Question, rows: Sequence[Evidence]) -> list[Evidence]:
    """The row that says what is asked, RVUs or global days, before the amounts."""
    wanted = next((said for asked, said in _SAID if re.search(asked, question.standalone, re.I)), "")
    return sorted(rows, key=lambda item: not wanted or wanted not in (item.say or ""))
