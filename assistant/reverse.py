"""The plan of a reverse lookup: the best code first, candidates after it, the question that would settle it last."""

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant import drugtable, facts, neoplasms, procedures
from assistant.answer import Evidence, Question
from assistant.plan import Chosen
from assistant.ranking import Candidate, Ranking, codes_for
from assistant.specific import completed, questions
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.model import Document
from index.library import Library

CANDIDATES = 8
OTHER = 2  # candidates of a system nobody asked for
TRAILING = 0.6  # share of the best score under which a candidate is not worth a line
WHOLE, SURE = 0.9, 1.5  # share of its words, and score, from which a code answers for a procedure
NEAR = 0.62  # least likeness in meaning of a code that shares no word with the phrase
BESIDE = 0.8  # share of the leading system's score from which another system is worth a line
ASKED = 0.3  # head start of the system asked for over the one that people take for it
SUPPLY = 0.15  # head start of HCPCS where the words are of drugs and equipment
_SUPPLIES = re.compile(
    r"\b(inject\w*|infus\w*|vaccin\w*|\d+\s*(?:mg|mcg|ml|cc|units?)|mg|mcg|wheelchair|walker|crutch\w*|cane|brace|orthosis|splint"
    r"|prosthe\w*|mask|tubing|catheter\w*|supply|supplies|kit|machine|pump|strips?|bag|ambulance|rental|device|bed|mattress|lens\w*"
    r"|hearing aid|stockings?|shot|drug|implant)\b",
    re.I,
)


def _shelves(question: Question) -> tuple[str, ...]:
    """The systems to rank; who says CPT or HCPCS may mean either."""
    systems = question.systems or (ICD10CM, HCPCS, CPT)
    return (CPT, HCPCS) if systems == (CPT,) else (HCPCS, CPT) if systems == (HCPCS,) else systems


def _worthy(ranking: Ranking) -> Ranking:
    """A ranking without the codes that share no word with the phrase and are not near it either."""
    kept = [item for item in ranking.candidates if (item.shared or item.meaning >= NEAR) and (item.listed.code.title or item.found)]
    return replace(ranking, candidates=tuple(kept))


def _ordered(rankings: Mapping[str, Ranking], question: Question) -> list[str]:
    """The systems in which the phrase has a code, the one that fits it best first, and any that comes near to that."""

    def fit(system: str) -> float:
        ahead = SUPPLY if system != ICD10CM and _SUPPLIES.search(question.subject) else 0.0
        asked = ASKED if system in question.systems else 0.0
        return rankings[system].candidates[0].score + ahead + asked

    held = sorted((system for system, ranking in rankings.items() if ranking.candidates), key=lambda system: -fit(system))
    return [system for system in held if fit(system) >= BESIDE * fit(held[0])]


def _evidence(candidate: Candidate, first: bool) -> Evidence:
    """A candidate as a line: its title, or where its source gives none the words that were found for it."""
    code, role = candidate.listed.code, "lead" if first else "candidate"
    why = f"matched: {', '.join(candidate.shared)}" if candidate.shared else "near in meaning"
    name = facts.name(code)[0].upper() + facts.name(code)[1:]
    if candidate.found and not code.title:
        passage = candidate.found.passage
        say = f"{name}: {passage.text.rstrip('.')}."
        bare = Evidence.of(candidate.found, passage.text, role, say=say, label=why)
        return replace(bare, text=f"{name}: {passage.text}", codes=((code.system, code.value),))
    flag = "" if code.billable is None else " (billable)" if code.billable else " (heading, not billable)"
    return facts.row(candidate.listed, role, f"{name}: {code.title.rstrip('.')}{flag}.", label=why)


def _whole(ranking: Ranking, candidate: Candidate, library: Library) -> Candidate:
    return replace(candidate, listed=completed(candidate.listed, ranking.asked, ranking.phrase, library))


def _lines(ranking: Ranking, library: Library, limit: int, first: bool) -> list[Evidence]:
    """The leading codes of a ranking, each with its 7th character."""
    best = [item for item in ranking.candidates if item.score > TRAILING * ranking.candidates[0].score][:limit]
    return [_evidence(_whole(ranking, item, library), first and at == 0) for at, item in enumerate(best)]


def _table_row(ranking: Ranking, question: Question, library: Library) -> list[Evidence]:
    """What the Table of Neoplasms gives for the phrase."""
    found = neoplasms.row(ranking.asked.text, library, question.on)
    if found is None:
        return []
    row, column, value = found
    cells = row.row.cells
    site = dict(cells).get("neoplasm", row.row.code)
    quote = " · ".join(f"{name}: {text}" for name, text in cells)
    say = f"Table of Neoplasms, {site}, {column.lower()}: {value}."
    document = Document(id=row.source.id, title=row.source.title, kind="table", passages=(), url=row.source.url)
    return [Evidence(0, "detail", quote, quote, f"Table of Neoplasms, {site}", document, row.source, say=say, codes=((ICD10CM, value),))]


def _is_procedure(question: Question) -> bool:
    """Whether a phrase is asked for as an operation, not as the status after one."""
    return question.systems == (CPT,) or (not question.systems and bool(procedures.OPERATION.search(question.subject)))


def _procedure(question: Question, library: Library) -> Chosen:
    """Codes of CMS's category for a procedure, where no source describes it: near the question, not an answer."""
    evidence = procedures.candidates(question.subject, library, question.on) if CPT in _shelves(question) else []
    codes = tuple(dict.fromkeys(pair for item in evidence for pair in item.codes))
    return Chosen(
        tuple(evidence), codes, complete=False, remedy=procedures.REMEDY if _is_procedure(question) else "a code list that holds it"
    )


def _described(rankings: Mapping[str, Ranking]) -> bool:
    """Whether a text of CPT or HCPCS, or a status of ICD-10-CM, holds a procedure's every word."""
    return any(
        ranking.candidates and ranking.candidates[0].held >= WHOLE and ranking.candidates[0].score >= SURE for ranking in rankings.values()
    )


def lookup(question: Question, library: Library) -> Chosen:
    """Rank codes for a description, in the systems asked for or in all; what the Table of Drugs settles is not ranked."""
    if ICD10CM in (question.systems or (ICD10CM,)) and (settled := drugtable.lookup(question, library)):
        return settled
    rankings = {system: _worthy(codes_for(question.subject, system, library, question.on)) for system in _shelves(question)}
    if _is_procedure(question) and not _described(rankings):
        return _procedure(question, library)
    ordered = _ordered(rankings, question)
    if not ordered:
        return _procedure(question, library)
    evidence = [
        item for at, system in enumerate(ordered) for item in _lines(rankings[system], library, OTHER if at else CANDIDATES, first=not at)
    ]
    codes = tuple(dict.fromkeys(pair for item in evidence for pair in item.codes))
    if ordered[0] == ICD10CM:
        ranking = rankings[ICD10CM]
        lead = completed(ranking.candidates[0].listed, ranking.asked, ranking.phrase, library)
        evidence += [*_table_row(ranking, question, library), *questions(lead, ranking.asked, library)]
    return Chosen(tuple(evidence), codes, near=max(ranking.near for ranking in rankings.values()))
