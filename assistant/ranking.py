"""Rank the codes of a system for a phrase: by meaning and words, walked down to the code that says no more than was asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant import facts, neoplasms
from assistant.asked import Asked, read
from assistant.likeness import Weighed, misplaced, overlap, side_fit, terms, unspecific, weighed
from corpus import families
from corpus.codes import ICD10CM
from corpus.families import Entry
from corpus.rows import Listed, Placed
from index.library import Library
from index.search import Filters, Hit

FAMILIES = 10  # leading codes whose families are looked through
KIN = 0.03  # how much less near the family of a code is than the code
SHOWN = 20  # codes kept of a ranking
DEPTH = 3  # levels looked through below a heading
FOUND = 40  # passages asked of search


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign counts; set by hand while reading development questions, not fitted."""

    meaning: float = 0.9
    search: float = 0.25
    words: float = 0.6
    added: float = 0.03
    side: float = 0.25
    kind: float = 0.12
    plain: float = 0.05
    table: float = 0.3


@dataclass(slots=True)
class _Lead:
    """A code under consideration: how near its best text is, its own texts that were found and those of headings above it."""

    entry: Entry
    meaning: float = 0.0
    search: float = 0.0
    texts: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    hit: Hit | None = None  # the best passage that led to it
    tabled: bool = False  # what a table of the book gives for the phrase, or stands below it

    def inherit(self, other: "_Lead") -> None:
        """Be as near as another code of the family, less something."""
        self.meaning, self.search = max(self.meaning, other.meaning - KIN), max(self.search, other.search - KIN)
        self.above |= other.texts | other.above
        self.tabled |= other.tabled


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code, the words of the phrase that its title and texts hold, how near in meaning it is, and the passage found."""

    listed: Listed
    score: float
    shared: tuple[str, ...] = ()
    held: float = 0.0  # share of the phrase, by rarity of words
    meaning: float = 0.0
    found: Placed | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Codes for a phrase, best first, and how near the nearest text was."""

    candidates: tuple[Candidate, ...]
    near: float
    asked: Asked
    phrase: Weighed


class _Ranker:
    """One phrase and the codes under consideration for it."""

    def __init__(self, asked: Asked, system: str, library: Library, on: date) -> None:
        self._library, self._system, self._on = library, system, on
        self.phrase = weighed(asked, library)
        self._leads: dict[str, _Lead] = {}
        self._through: set[str] = set()  # headings looked through: their codes stand for them
        self._asked_below: set[str] = set()
        self._source = ""

    def take(self, hits: Sequence[Hit]) -> None:
        """Consider the codes that search found; those not in force on the date are left out."""
        own = [hit for hit in hits if hit.placed.passage.codes[0][0] == self._system]
        listings = families.listings(self._library.catalog, self._system, list({hit.placed.passage.codes[0][1] for hit in own}))
        best = {value: facts.best(rows, self._on) for value, rows in listings.items()}
        for hit in own:
            listed = best.get(hit.placed.passage.codes[0][1])
            if listed is None or not facts.in_force(listed.code, self._on):
                continue
            lead = self._lead(listed)
            lead.meaning, lead.search = max(lead.meaning, hit.similarity or 0.0), max(lead.search, hit.score)
            lead.hit = lead.hit or hit
            lead.texts.add(hit.placed.passage.text)

    def _lead(self, listed: Listed) -> _Lead:
        code = listed.code
        self._source = self._source or listed.source.id
        return self._leads.setdefault(code.value, _Lead(Entry(code.value, code.title, code.billable, code.parent)))

    def tabulate(self, value: str) -> None:
        """Consider a code that a table of the book gives for the phrase."""
        listed = facts.best(self._library.catalog.codes(self._system, value), self._on)
        if listed is not None:
            lead = self._lead(listed)
            best = max((other.meaning for other in self._leads.values()), default=0.8)
            lead.meaning, lead.search, lead.tabled = max(best, 0.7), 1.0, True
            lead.texts.add(self.phrase.text)
            self.widen([value])

    def widen(self, values: Iterable[str]) -> None:
        """Look through the families of these codes: what stands below a heading, what stands beside a code."""
        level: dict[str, _Lead] = {}
        for lead in map(self._leads.__getitem__, list(values)):
            entry = lead.entry
            if entry.billable is False:
                level[entry.value] = lead
            elif entry.parent:
                level.setdefault(entry.parent, _Lead(Entry(entry.parent, "", False, None))).inherit(lead)
        for _ in range(DEPTH):
            level = self._below({value: lead for value, lead in level.items() if value not in self._asked_below})

    def _below(self, level: dict[str, _Lead]) -> dict[str, _Lead]:
        """Consider what stands right below these headings; returns the headings among it."""
        if not level:
            return {}
        self._asked_below |= set(level)
        down = {}
        for entry in families.below(self._library.catalog, self._system, list(level), self._source):
            above = str(entry.parent)
            self._through.add(above)
            lead = self._leads.setdefault(entry.value, _Lead(entry))
            lead.inherit(level[above])
            if entry.billable is False:
                down[entry.value] = lead
        return down

    def best(self, weights: Weights) -> list[tuple[str, float]]:
        """The codes that stand for themselves, best first, with their scores."""
        scored = {value: self._score(lead, weights) for value, lead in self._leads.items() if value not in self._through}
        return sorted(scored.items(), key=lambda row: (-row[1], row[0]))

    def headings(self, ranked: Sequence[tuple[str, float]]) -> list[str]:
        """The headings among these that were not looked through yet."""
        return [value for value, _ in ranked if self._leads[value].entry.billable is False and value not in self._asked_below]

    def _score(self, lead: _Lead, weights: Weights) -> float:
        phrase, title = self.phrase, lead.entry.title
        own = terms(title, self._library)
        held, added = overlap(phrase, [own], title)
        best = held - weights.added * added
        for text in lead.texts - {title}:
            other = terms(text, self._library)
            alone, more = overlap(phrase, [other], title)
            both, _ = overlap(phrase, [own, other], title)
            best = max(best, both - weights.added * (0.5 * added + 0.5 * more), alone - weights.added * (more + 0.3 * added))
        for text in lead.above - lead.texts:
            both, _ = overlap(phrase, [own, terms(text, self._library)], title)
            best = max(best, both - weights.added * added)
        total = weights.meaning * lead.meaning + weights.search * lead.search + weights.words * best + weights.table * lead.tabled
        total += weights.plain * unspecific(title)
        return total + weights.side * side_fit(phrase, title) - weights.kind * misplaced(phrase, title)

    def candidate(self, listed: Listed, score: float) -> Candidate:
        """A code with what speaks for it."""
        lead = self._leads[listed.code.value]
        said = frozenset().union(*(terms(text, self._library).said for text in (lead.entry.title, *lead.texts, *lead.above)))
        placed = lead.hit.placed if lead.hit else None
        shared = self.phrase.terms.said & said
        held = sum(self.phrase.rarity[word] for word in shared) / self.phrase.total
        return Candidate(listed, score, tuple(sorted(shared)), held, lead.meaning, placed)


def ranked(asked: Asked, system: str, library: Library, on: date, weights: Weights = Weights()) -> Ranking:
    """Rank the codes of a system for a phrase as it stands."""
    ranker = _Ranker(asked, system, library, on)
    hits = library.shelves(asked.text, (system,), Filters(on), FOUND)[system]
    ranker.take(hits)
    if system == ICD10CM:
        if row := neoplasms.row(asked.text, library, on):
            ranker.tabulate(row[2])  # looked through first: what stands below it inherits that the table gave it
        ranker.widen([value for value, _ in ranker.best(weights)[:FAMILIES]])
        ranker.widen(ranker.headings(ranker.best(weights)[:SHOWN]))
    best = ranker.best(weights)[:SHOWN]
    listed = families.listings(library.catalog, system, [value for value, _ in best])
    known = {value: found for value, _ in best if (found := facts.best(listed.get(value, ()), on))}
    candidates = tuple(ranker.candidate(known[value], score) for value, score in best if value in known)
    return Ranking(candidates, max((hit.similarity or 0.0 for hit in hits), default=0.0), asked, ranker.phrase)


def codes_for(phrase: str, system: str, library: Library, on: date) -> Ranking:
    """Rank the codes of a system for a phrase in anybody's words."""
    return ranked(read(phrase, system), system, library, on)
