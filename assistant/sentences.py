"""Choose the sentences of passages that answer a question, each an exact, locatable piece of its passage."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from corpus.rows import Placed

Analyze = Callable[[str], list[str]]
_UNFINISHED = re.compile(r"(?:\b[A-Z]\d{2}\.|\b(?:vs|etc|Sec|No|approx)\.|[(\[][^)\]]*)$")
HEADED = 0.3  # head start of a sentence under headings that name the question's subject: it is about it, not in passing
OPENING = 0.35  # head start of the sentence a document opens with: it is the document's answer
LONGEST = 600  # characters: a longer "sentence" is a table or a list that lost its breaks


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str, ...]:
    """The sentences of a passage, each a substring of it; list markers and fragments are left off."""
    found: list[str] = []
    for line in text.split("\n"):
        line = re.sub(r"^\s*(?:[-•▪◦·*]|\(?[a-z0-9]{1,2}[.)])\s+", "", line).strip()
        parts: list[str] = []
        for part in _segments(line):
            if parts and _UNFINISHED.search(parts[-1].rstrip()):
                parts[-1] += part
            else:
                parts.append(part)
        found += [part.strip() for part in parts if part.strip()]
    return tuple(found)


def _segments(line: str) -> list[str]:
    """Cut a line by the language's rules. Other spaces than the plain one make the library panic, so it sees none."""
    from sentencex import segment

    plain = re.sub(r"\s", " ", line)
    parts = list(segment("en", plain))
    if "".join(parts) != plain:
        return [line]
    ends = list(accumulate(len(part) for part in parts))
    return [line[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]


def whole(sentence: str) -> bool:
    """Whether a sentence begins and ends as one: pieces cut by a page's edge and leads of lists are not quoted."""
    return bool(re.match(r"[A-Z0-9“\"(‘']", sentence)) and sentence[-1] in '.!?”")’' and len(sentence) <= LONGEST


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence and how much of the question it covers (0 to 1, by rarity of words)."""

    placed: Placed
    sentence: str
    score: float
    covers: frozenset[str]


def score(passages: Iterable[tuple[Placed, float]], words: Sequence[str], rarity: Mapping[str, float], analyze: Analyze) -> list[Scored]:
    """Score every whole sentence of the passages (each with its search score), best first.

    A sentence counts the question's words it holds, and 0.6 of those that only its headings hold.
    """
    total = sum(rarity[word] for word in set(words)) or 1.0
    found: list[Scored] = []
    for placed, base in passages:
        above = set(analyze(f"{placed.document.title} {placed.passage.section}"))
        topic = HEADED * sum(rarity[word] for word in set(words) if word in above) / total
        for at, sentence in enumerate(split(placed.passage.text)):
            if not whole(sentence):
                continue
            inside = set(analyze(sentence))
            covered = frozenset(word for word in words if word in inside)
            headed = sum(rarity[word] for word in set(words) - covered if word in above)
            value = (sum(rarity[word] for word in covered) + 0.6 * headed) / total
            opening = at == 0 and not placed.passage.section
            found.append(Scored(placed, sentence, value + topic + 0.5 * base + OPENING * opening, covered | (set(words) & above)))
    return sorted(found, key=lambda item: -item.score)
