"""The places of a passage that a claim is held against: its clauses, each with what stands before it and over it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.clauses import VERB, clauses, parts
from assistant.named import Named
from assistant.phrases import figured
from assistant.reading import Reading, read
from assistant.sentences import parted
from assistant.wording import Analyze

_IDENTIFIER = re.compile(r"(?<!\w)(?:[A-Z]{1,2}|[A-Z0-9]*\d[\w.-]*)(?!\w)")


@dataclass(frozen=True, slots=True)
class Lent:
    """What a question lends a claim: its words, and what it names that no passage cited names; that counts where it stands."""

    words: frozenset[str]
    codes: frozenset[str]
    modifiers: frozenset[str]
    dates: frozenset[str]
    places: frozenset[str]
    payers: frozenset[str]
    figures: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, asked: Reading, cited: Iterable[Named]) -> "Lent":
        """What is lent by a question where these are cited."""
        said = asked.named
        codes, modifiers = set(said.codes), set(said.modifiers)
        for there in cited if codes or modifiers else ():
            codes -= there.codes
            modifiers -= there.modifiers
        return cls(asked.words, frozenset(codes), frozenset(modifiers), said.dates, said.places, said.payers, said.figures)


@dataclass(frozen=True, slots=True)
class Place:
    """A clause, with the clauses before it, the nearest first, and what stands over its passage."""

    own: Reading
    held: frozenset[str]  # its words, and those that a clause without a verb has from the one before
    before: tuple[Reading, ...]
    near: frozenset[str]  # words of the clauses before it in its sentence, of what leads to it and of what stands over it
    last: tuple[Reading, ...]  # the clauses of the sentence before
    over: Reading
    points: bool = False  # to what stands before it
    entire: bool = False  # several clauses at once: only for claims that name all it names, in its order

    def lends(self, claim: Reading) -> frozenset[str]:
        """The words that what stands before and over it lends a claim: not those said of other codes or labels."""
        return self.near.union(*(one.words for one in self.last if not claim.named.of_another(one.named)))

    def holds(self, claim: Reading, asked: Lent) -> bool:
        """Whether everything named stands here, before it where it says nothing of the kind, or nowhere but in the question."""
        said = claim.named
        return (
            all(self._has(kind, getattr(said, kind), getattr(asked, kind)) for kind in ("codes", "modifiers", "dates", "places"))
            and self._has_payers(said.payers, asked.payers)
            and all(self._has_label(*label) for label in said.labels)
            and all(figure in asked.figures or self._has_figure(*figure) for figure in said.figures)
            and (not self.entire or _identifiers(self.own.text) == _identifiers(claim.text) != ())
        )

    def _has(self, kind: str, said: frozenset[str], asked: frozenset[str]) -> bool:
        if said <= self.own.words | asked:
            return True
        own: frozenset[str] = getattr(self.own.named, kind)
        over: frozenset[str] = getattr(self.over.named, kind)
        inherited = self._nearest(kind) if not own or self.points else frozenset()
        return said <= own | inherited | over | asked | self.own.words

    def _nearest(self, kind: str) -> frozenset[str]:
        return next((found for reading in self.before if (found := getattr(reading.named, kind))), frozenset())

    def _has_payers(self, said: frozenset[str], asked: frozenset[str]) -> bool:
        own = self.own.named.payers if said else said
        if own and not said & own:
            return False
        return not said or said <= own | self._nearest("payers") | self.over.named.payers | asked

    def _has_label(self, label: str, value: str) -> bool:
        if value in self.own.words:
            return True
        if value.isalpha() and not self.points and any(len(word) < 3 and word.isupper() for word in self.own.words):
            return False  # the clause is of another letter
        there = ({held for name, held in reading.named.labels if name == label} for reading in (self.own, *self.before, self.over))
        return value in next((values for values in there if values), {value})

    def _has_figure(self, counted: str, value: str) -> bool:
        stands = self.own.named.has_figure(counted, value)
        return (
            any((counted, value) in one.named.figures or value in one.named.values for one in self.before[:4]) if stands is None else stands
        )


@lru_cache(maxsize=8192)
def _identifiers(text: str) -> tuple[str, ...]:
    return tuple(_IDENTIFIER.findall(re.sub(r"^A ", "", text)))


def _resolved(sentence: str, before: list[Reading]) -> str:
    """A sentence with what "it is 3" and "its replacement" point to named: the label or code named last."""
    if re.search(r"\bit is [\dA-Z]\b", sentence) and (labels := [label for one in before for label, _ in one.named.labels]):
        return re.sub(r"\bit is (?=[\dA-Z]\b)", f"{labels[-1]} ", sentence)
    if sentence.startswith("Its replacement is") and (codes := [code for one in before for code in one.named.codes]):
        return sentence.replace("Its replacement is", f"{codes[-1]} was replaced by")
    return sentence


@lru_cache(maxsize=1024)
def places(text: str, said: str, over: str, analyze: Analyze) -> tuple[Place, ...]:
    """The places of a passage, in order, and of the sentence its row says; `over` is its titles, its locator, its payer."""
    sentences = (*parted(text), *(part for part in parted(said) if part not in text))
    above = read(figured(over), analyze)
    found: list[Place] = []
    before: list[Reading] = []
    lead, last = frozenset[str](), tuple[Reading, ...]()
    for sentence in dict.fromkeys(figured(one) for one in sentences):
        within = [
            *_within(_resolved(sentence, before), Place(above, lead, tuple(reversed(before)), above.words | lead, last, above), analyze)
        ]
        found += within
        lead = read(sentence, analyze).words if sentence.rstrip().endswith(":") else lead
        last = tuple(place.own for place in within if not place.entire)
        before += last
    return tuple(found)


def _within(sentence: str, outside: Place, analyze: Analyze) -> Iterator[Place]:
    """The places of one sentence: its clauses, then its parts of several clauses."""
    found: list[Reading] = []
    for clause in clauses(sentence, outside.before[0].text if outside.before else ""):
        own = read(clause.text, analyze)
        borrowed = {word for word in found[0].words if word.islower()} if found and not VERB.search(clause.text) else set()
        near = outside.near.union(*(one.words for one in found))
        yield Place(own, own.words | borrowed, (*reversed(found), *outside.before), near, outside.last, outside.over, clause.points)
        found.append(own)
    for part in {sentence, *parts(sentence)} - {one.text for one in found}:
        own = read(part, analyze)
        yield Place(own, own.words, outside.before, outside.near, outside.last, outside.over, points=True, entire=True)
