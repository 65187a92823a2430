"""Read one clause as it is compared: its words, how each is joined to the next, what it denies, what it names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.clauses import VERB
from assistant.contrasts import sides
from assistant.named import Named, tokens
from assistant.wording import Analyze, raw, stem

_LINKS = {
    "of": "of", "for": "of", "by": "by", "with": "with", "from": "from", "since": "from", "to": "to", "into": "to", "in": "in", "on": "in",
    "at": "in", "within": "in", "during": "in", "under": "in", "per": "per", "between": "between", "and": "and", "or": "and", "is": "be",
    "are": "be", "was": "be", "were": "be", "be": "be", "been": "be",
}  # fmt: skip
_BREAKS = frozenset("; : , · if when where while because unless which that who than".split())
_KEPT = frozenset("both neither each".split())  # small words that fill a place in a comparison
_PREDICATES = frozenset("require requires required need needs needed allow allowed permit permitted".split())
_PARTICIPLES = frozenset("spent given made done written taken sent kept held run begun chosen shown seen paid met set known found".split())
_ARTICLES = frozenset("the a an".split())
_CONDITION = re.compile(r"^(?:if|when|where|unless)\b[^,]*,\s+|,?\s+\b(?:if|when|where|unless)\b[^,]*$", re.I)
_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|be|been|may|must|can|could|should|shall|will|does|do)\s+(?:(?:not|never|only|also|\w+ly)\s+)*(?!be\b)(\w+)", re.I
)
_NOT = re.compile(r"\b(?:not|no|never|nor|neither|none|nothing|without|fails?\s+to|lack(?:s|ing)?)\b", re.I)
_SCOPE_ENDS = re.compile(r"[;:,]|\b(?:if|when|where|while|because|unless|but|that(?!\s+of)|which|who|until|before|after)\b", re.I)
_VERB_AGAIN = re.compile(r"\b(?:is|are|was|were|may|must|can|should)\b", re.I)

Link = tuple[str, str, str]  # a word, how it is joined, the next word


@dataclass(frozen=True)
class Reading:
    """One clause as it is compared; most are read no further than their words."""

    text: str  # as `phrases.figured` writes it
    analyze: Analyze

    @cached_property
    def tokens(self) -> list[str]:
        """Words and signs in order."""
        return tokens(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that say something by themselves."""
        return frozenset(found for found in self._stems if found[:1].isalnum() or found[:1] == "$")

    @cached_property
    def _stems(self) -> list[str]:
        return [stem(token, self.analyze) for token in self.tokens]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every word, one after another."""
        return tuple(raw(token, self.analyze) for token in self.tokens if token not in _BREAKS and token not in "()")

    @cached_property
    def spoken(self) -> frozenset[str]:
        """Every word, those that say nothing by themselves as well."""
        return frozenset(self.order)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Words that are verbs by their ending or by name; "the ordering physician" has none."""
        pairs = zip(["", *self.tokens], self.tokens, strict=False)
        return frozenset(raw(token, self.analyze) for before, token in pairs if _is_verb(token) and before.lower() not in _ARTICLES)

    @cached_property
    def links(self) -> frozenset[Link]:
        """Each word with how it is joined to the next."""
        return frozenset(_links(self.tokens, self._stems))

    @cached_property
    def denied(self) -> tuple[frozenset[str], ...]:
        """The words of each denial."""
        return tuple(_denied(self.text, self.analyze))

    @cached_property
    def undenied(self) -> frozenset[str]:
        """The words before the first denial, unless it only sets a contrast: "Part D, not Part B"."""
        denial = _NOT.search(self.text)
        before = self.text[: denial.start()].rstrip() if denial else ","
        return frozenset(_stems(before, self.analyze)) if not before.endswith(",") else frozenset()

    @cached_property
    def sides(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """The words that are a side of a contrast."""
        return sides(self.order, self.analyze)

    @cached_property
    def predicates(self) -> frozenset[str]:
        """What the main clause says is, is done or may be done."""
        text = (self.main or self).text
        found = [match[1] for match in _PREDICATE.finditer(text)] or [verb[0] for verb in [VERB.search(text)] if verb]
        return frozenset(word for word in (stem(token, self.analyze) for token in found) if word.islower())

    @cached_property
    def subject(self) -> frozenset[str]:
        """The words before the verb of the main clause."""
        text = (self.main or self).text
        verb = VERB.search(text)
        return self.words & frozenset(_stems(text[: verb.start()], self.analyze)) if verb else frozenset()

    @cached_property
    def named(self) -> Named:
        """What it names."""
        return Named(self.text, self.analyze)

    @cached_property
    def main(self) -> "Reading | None":
        """The clause without its condition, if it has one."""
        bare = _CONDITION.sub("", self.text)
        return Reading(bare, self.analyze) if bare != self.text else None


@lru_cache(maxsize=8192)
def read(text: str, analyze: Analyze) -> Reading:
    """Read one clause."""
    return Reading(text, analyze)


def _is_verb(token: str) -> bool:
    return token.endswith(("ed", "ing")) or token.lower() in _PARTICIPLES or bool(VERB.fullmatch(token))


def _links(words: list[str], stems: list[str]) -> Iterable[Link]:
    before, how = "", ""
    for word, found in zip(words, stems, strict=True):
        lower = word.lower()
        if lower in _BREAKS:
            before = ""
        elif lower in "()":
            continue
        elif found or lower in _KEPT:
            if before:
                yield before, how, found or lower
            before, how = found or lower, ""
        else:
            how = _LINKS.get(lower, how)


def _denied(text: str, analyze: Analyze) -> Iterable[frozenset[str]]:
    """The words each denial denies: those behind it in its clause, or those before it where nothing follows."""
    allowed = frozenset(raw(word, analyze) for word in ("allow", "permit", "acceptable", "possible", "require", "need", "necessary"))
    for found in _NOT.finditer(text):
        ends = _SCOPE_ENDS.search(text, found.end()) or (_VERB_AGAIN.search(text, found.end()) if found[0].lower() == "not" else None)
        scope = _stems(text[found.end() : ends.start() if ends else len(text)], analyze)
        yield frozenset(scope if set(scope) - allowed else _stems(text[: found.start()], analyze)[-2 if not scope else 0 :])


def _stems(text: str, analyze: Analyze) -> list[str]:
    """The words of a text that say something, and those that say what is needed or allowed."""
    found = (raw(word, analyze) if word.lower() in _PREDICATES else stem(word, analyze) for word in tokens(text))
    return [word for word in found if word[:1].isalnum()]
