"""From words to a code: ranked candidates, each with the words that led to it."""

from dataclasses import dataclass

from assistant import drugtable, facts
from assistant.abbreviations import written_out
from assistant.answer import Evidence, Question
from assistant.plan import Chosen, filters
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.rows import Listed
from index.library import Library
from index.search import STOP, Hit

_PLAIN = {"unspecifi", "without", "complic", "mention", "initi", "encount", "close"}  # stems of titles that add nothing to a heading
CANDIDATES = 8
TRAILING = 0.45  # share of the best score under which a candidate is not worth a line
FAR = 0.42  # least similarity of a candidate that shares no word with the question


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code, its best hit and the words they share."""

    listed: Listed
    score: float
    shared: tuple[str, ...]


def _candidates(question: Question, library: Library, hits: list[Hit], words: list[str]) -> list[Candidate]:
    """One candidate a code, from its best text; codes not in force on the date are left out."""
    best: dict[tuple[str, str], Candidate] = {}
    rarity = library.keywords.rarity(words)
    total = sum(rarity.values()) or 1.0
    for hit in hits:
        pair = hit.placed.passage.codes[0]
        listed = facts.best(library.catalog.codes(*pair), question.on)
        if pair in best or listed is None or not facts.in_force(listed.code, question.on):
            continue
        inside = set(library.keywords.analyzed(f"{hit.placed.passage.text} {listed.code.title}"))
        shared = tuple(word for word in dict.fromkeys(words) if word in inside)
        if not shared and (hit.similarity or 0.0) < FAR:
            continue
        overlap = sum(rarity[word] for word in shared) / total - _beside(listed.code.title, words, library)
        best[pair] = Candidate(listed, hit.score * (0.4 + (hit.similarity or 0.3)) + 0.3 * overlap, shared)
    ranked = sorted(best.values(), key=lambda item: -item.score)
    return [item for item in ranked if item.score > TRAILING * ranked[0].score]


def _beside(title: str, words: list[str], library: Library) -> float:
    """What a title adds that was not asked for: 'other' counts in full, 'unspecified' not at all, the rest a little."""
    extra = set(library.keywords.analyzed(title)) - set(words) - STOP - {"unspecifi"}
    return 0.5 * ("other" in extra) + min(0.5, 0.04 * len(extra))


def _billable_first(found: list[Candidate], question: Question, library: Library) -> list[Candidate]:
    """Walk down from a leading heading: its billable child that adds fewest words unasked for, else the unspecified one."""
    if not found or found[0].listed.code.billable is not False:
        return found
    head = found[0]
    below = _leaves(head.listed, library)
    asked = set(library.keywords.analyzed(written_out(question.subject)))
    held = {item.listed.code.value for item in found}
    if not below:
        return found

    def fit(child: Listed) -> tuple[int, int, int, str]:
        words = set(library.keywords.analyzed(child.code.title))
        bare = 0 if "without" in words else 1 if "unspecifi" in words else 2
        return -len(words & asked), len(words - STOP - asked - _PLAIN), bare, child.code.value

    chosen = min(below, key=fit)
    rest = [item for item in found if item.listed.code.value != chosen.code.value]
    return [Candidate(chosen, head.score, head.shared), *rest] if chosen.code.value not in held or rest else found


def _leaves(listed: Listed, library: Library, depth: int = 3) -> list[Listed]:
    """The billable codes below a heading, 7th-character variants aside."""
    if depth == 0:
        return []
    found = []
    for child in library.catalog.children(listed.code.system, listed.code.value, listed.source.id):
        found += [child] if child.code.billable else _leaves(child, library, depth - 1)
    return found


def _evidence(candidate: Candidate, first: bool) -> Evidence:
    code = candidate.listed.code
    flag = "" if code.billable is None else " (billable)" if code.billable else " (heading, not billable)"
    say = f"{facts.name(code)}: {code.title.rstrip('.')}{flag}."
    why = f"matched: {', '.join(candidate.shared)}" if candidate.shared else "near in meaning"
    return facts.row(candidate.listed, "lead" if first else "candidate", say[0].upper() + say[1:], label=why)


def lookup(question: Question, library: Library) -> Chosen:
    """Rank codes for a description, in the systems asked for or in all; what the Table of Drugs settles is not ranked."""
    if ICD10CM in (question.systems or (ICD10CM,)) and (settled := drugtable.lookup(question, library)):
        return settled
    systems = question.systems or (CPT, HCPCS, ICD10CM)
    systems = (CPT, HCPCS) if systems in ((CPT,), (HCPCS,)) else systems
    described = written_out(question.subject)
    words = library.words(described)
    found = library.shelves(described, systems, filters(question), 30)
    ranked = _candidates(question, library, [hit for hits in found.values() for hit in hits], words)
    ranked = _billable_first(ranked, question, library)[:CANDIDATES]
    evidence = tuple(_evidence(candidate, at == 0) for at, candidate in enumerate(ranked))
    codes = tuple((item.listed.code.system, item.listed.code.value) for item in ranked)
    near = max((hit.similarity or 0.0 for hits in found.values() for hit in hits), default=0.0)
    return Chosen(evidence, codes, near=near, complete=bool(ranked), remedy="a code list that holds it")
