"""The plan for how codes differ: what each is, since when, how it is paid and limited, its notes, and the pair between them."""

import re
from dataclasses import replace

from assistant import codeplans, edits, facts
from assistant.answer import Evidence, Question
from assistant.codeplans import pair_of
from assistant.plan import Chosen, about, alike, filters, known, pick, scored
from assistant.profile import profile
from corpus.codes import ICD10CM
from corpus.rows import Listed
from index.library import Library

TELLING = ("Medicare", "Dates", "When to use")  # sections that tell codes apart
LINES = 12


def comparison(question: Question, library: Library) -> Chosen:
    """How codes differ: the sentence that sets them side by side, then what each is, then what else tells them apart."""
    found, missing = known(question, library)
    own = [item for listed in found for item in _each(listed, question, library)]
    both = _side_by_side(found, question, library)
    evidence = [
        *both[:1],
        *own,
        *_between(found, question, library),
        *both[1:],
        *_apart(found, library),
        *_details(found, question, library),
    ]
    roles = (replace(item, role="lead" if both and at == 0 else "detail") for at, item in enumerate(_distinct(evidence)[:LINES]))
    return Chosen(tuple(roles), tuple(pair_of(listed) for listed in found), unknown=tuple(missing), complete=bool(found))


def _each(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """What one code is, and that it is over where it is."""
    page = codeplans.icd_page if listed.code.system == ICD10CM else codeplans.code_page
    ended = not facts.in_force(listed.code, question.on)
    return [replace(item, role="detail") for item in page(listed, question, library)[: 2 if ended else 1]]


def _between(found: list[Listed], question: Question, library: Library) -> list[Evidence]:
    """The NCCI pairs among the codes, the first table that may answer."""
    codes = [listed.code.value for listed in found if listed.code.system in edits.PROCEDURES]
    tables = edits.tables(library.catalog, "pairs", edits.within(question, library))[:1]
    return edits.pairs(library.catalog, codes, [table.id for table in tables], question.on)[:2] if len(codes) > 1 else []


def _apart(found: list[Listed], library: Library) -> list[Evidence]:
    """The notes of the Tabular List that hold for one of the diagnosis codes and not for the others."""
    by_code = [facts.notes(library.catalog, listed) for listed in found if listed.code.system == ICD10CM]
    shared = set.intersection(*({item.passage_id for item in notes} for notes in by_code)) if by_code else set()
    return [_named(item) for notes in by_code for item in notes if item.passage_id not in shared]


def _named(note: Evidence) -> Evidence:
    """A note with the code that it stands at."""
    said, at = note.say or note.quote, note.locator.split(",")[0]
    return note if said.startswith("At ") else replace(note, say=f"At {at}: {said}")


def _details(found: list[Listed], question: Question, library: Library) -> list[Evidence]:
    """How procedure codes are paid and limited, where that differs: their pages say it, else the tables do."""
    told = [_paid(listed, question, library) for listed in found if listed.code.system in edits.PROCEDURES]
    masked = [{_masked(item, listed) for item in items} for listed, items in zip(found, told, strict=False)]
    shared = set.intersection(*masked) if len(masked) > 1 else set()
    return [item for listed, items in zip(found, told, strict=False) for item in items if _masked(item, listed) not in shared]


def _masked(item: Evidence, listed: Listed) -> str:
    return (item.say or item.quote).replace(listed.code.value, "…")


def _paid(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    page = about(library, pair_of(listed))
    told = [item for item in codeplans.sections(page) if item.label in TELLING][:3]
    return told or profile(listed, question, library)[:6]


def _distinct(evidence: list[Evidence]) -> list[Evidence]:
    """Without sentences that say what an earlier one said."""
    kept: list[Evidence] = []
    for item in evidence:
        if not any(alike(item.say or item.quote, other.say or other.quote) and item.codes == other.codes for other in kept):
            kept.append(item)
    return kept


def _side_by_side(found: list[Listed], question: Question, library: Library) -> list[Evidence]:
    values = [listed.code.value for listed in found]
    if len(values) < 2:
        return []
    hits = library.shelves(question.standalone, ("prose",), filters(question), 20)["prose"]
    named = [placed for listed in found for placed in library.catalog.naming(*pair_of(listed), limit=60) if placed.passage.kind == "prose"]
    passages = {item.passage.id: (item, 0.0) for item in named} | {hit.placed.passage.id: (hit.placed, hit.score) for hit in hits}
    ranked = scored(question, library, list(passages.values()), library.words(question.standalone))
    telling = [item for item in ranked if all(re.search(rf"\b{re.escape(value)}\b", item.sentence) for value in values)]
    return [Evidence.of(item.placed, item.sentence, "detail") for item in pick(telling, 3)]
