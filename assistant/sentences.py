"""Choose the sentences of passages that answer a question, each an exact, locatable piece of its passage."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from corpus.rows import Placed

Analyze = Callable[[str], list[str]]
_UNFINISHED = re.compile(r"(?:\b[A-Z]\d{2}\.|\b(?:vs|etc|Sec|No|approx)\.|[(\[][^)\]]*)$")
_NO_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]\d{2}|\b(?i:part|type|indicator|level|group|appendix|table|section|character|status|class)s?\s[A-Z]|\b(?!NO\b)[A-Z]{2})\.\s+(?=[A-Z][a-z]*\s)"
)
HEADED = 0.3  # head start of a sentence under headings that name the question's subject: it is about it, not in passing
OPENING = 0.35  # head start of the sentence a document opens with: it is the document's answer
LIST = 1000  # characters of a list that is quoted whole; no passage has more
LONGEST = 600  # characters: a longer "sentence" is a table or a list that lost its breaks
_ITEM = re.compile(r"^\s*(?:[-•▪◦·*●○■\uf0b7]\s*\S|\(?(?:[a-z0-9]{1,2}|[ivx]{1,4})[.)]\s|[-–]?(?:AND|OR)\b|[A-Z]\.\s)")
_BULLET = "[•▪◦·●○■\uf0b7]"
_LEAD = re.compile(r"[A-Z0-9](?:\S*\s+){3}")  # words enough to say what the list is of
_SAYING = re.compile(r"[A-Z0-9$](?:[^\s]*\s+){4}.*[\w)%]")
_EXCLUDES = re.compile(r"\b(?:no|not|never|non\w*|neither|cannot|exclud\w+|except\w*)\b", re.I)
_BACK = re.compile(r"(?:This|These|Those|Such|It|They|However|Otherwise|If so|If not|In this case|In such cases?|In these cases)\b")
_CHANGES = re.compile(r"(?<![a-z] )\b(?:Updated|Added|Removed|Revised|Clarified)\b")
_REFERENCES = re.compile(r"\bet al\b|\b(?:19|20)\d\d\s*;\s*\d|\bdoi\b", re.I)  # of a list of literature


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str, ...]:
    """The sentences of a passage, each a substring of it; list markers and fragments are left off."""
    found: list[str] = []
    for line in text.split("\n"):
        line = re.sub(r"^\s*(?:[-•▪◦·*:]|\[\s*\]|\(?[a-z0-9]{1,2}[.)])\s+", "", line).strip()
        parts: list[str] = []
        for part in _segments(line):
            if parts and _UNFINISHED.search(parts[-1].rstrip()):
                parts[-1] += part
            else:
                parts.append(part)
        found += [part.strip() for part in parts if part.strip()]
    return tuple(found)


@lru_cache(maxsize=4096)
def parted(text: str) -> tuple[str, ...]:
    """The sentences of a passage, cut once more behind what the library takes for an abbreviation: "modifier LT. ", "Part B. ", "K37. "."""
    return tuple(
        piece for sentence in split(text) for piece in _NO_ABBREVIATION.sub(lambda end: f"{end[0].strip()}\n", sentence).split("\n")
    )


def lists(text: str) -> Iterator[str]:
    """The lists of a passage, each from the words that lead to it ("all of the following:") through its items, as far as LIST allows."""
    lines = text.split("\n")
    begins = [0, *accumulate(len(line) + 1 for line in lines)]
    for at, line in enumerate(lines):
        lead = split(line)[-1] if line.rstrip().endswith(":") and split(line) else ""
        last = at
        while last + 1 < len(lines) and _ITEM.match(lines[last + 1]) and begins[last + 2] - begins[at] <= LIST:
            last += 1
        if last > at and _LEAD.match(lead):
            found = text[begins[at] + line.rindex(lead) : begins[last + 1] - 1].strip()
            yield re.sub(r"\s*[-–]?(?:AND|OR)[-–]?$", "", found)


def items(text: str) -> Iterator[str]:
    """The items of bulleted lists that say something but end without a full stop, as benefit tables have them."""
    lines = text.split("\n")
    for before, line in zip(["", *lines], lines, strict=False):
        item = re.sub(rf"^\s*{_BULLET}\s*", "", line).strip()
        if (item != line.strip() or re.fullmatch(_BULLET, before.strip())) and _SAYING.fullmatch(item) and len(item) <= LONGEST:
            yield item


def units(text: str) -> tuple[str, ...]:
    """What may be quoted of a passage: its whole sentences, its items, its lists with the words that lead to them.

    Nothing of a bibliography or of a policy's log of changes: the one is others' words, the other says what no longer holds.
    """
    if len(_REFERENCES.findall(text)) > 1 or len(_CHANGES.findall(text)) > 2:
        return ()
    rest = _without_exclusions(text)
    return tuple(dict.fromkeys((*_alone(rest), *items(rest), *lists(text))))


def _without_exclusions(text: str) -> str:
    """A passage without the items of lists whose lead says what does not hold: an item alone would say the opposite."""
    kept, excluding = [], False
    for line in text.split("\n"):
        leads = line.rstrip().endswith(":")
        excluding = (
            bool(_EXCLUDES.search(split(line)[-1])) if leads and split(line) else excluding and bool(_ITEM.match(line) or not line.strip())
        )
        if leads or not (excluding and line.strip()):
            kept.append(line)
    return "\n".join(kept)


def _alone(text: str) -> Iterator[str]:
    """Whole sentences that are understood by themselves; one that points back ("This code …") with the sentence it points to."""
    begins, before = 0, ""
    for sentence in split(text):
        at = text.index(sentence, begins + len(before))
        follows = before and whole(before) and not text[begins + len(before) : at].strip()
        if not whole(sentence):
            begins, before = at, sentence
        elif not _BACK.match(sentence):
            begins, before = at, sentence
            yield sentence
        elif follows and at + len(sentence) - begins <= LONGEST:
            before = text[begins : at + len(sentence)]
            yield before
        else:
            begins, before = at, sentence
            yield sentence


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
    return bool(re.match(r"[A-Z0-9$“\"(‘']", sentence)) and sentence[-1] in '.!?”")’' and len(sentence) <= LONGEST


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
        for at, sentence in enumerate(units(placed.passage.text)):
            inside = set(analyze(sentence))
            covered = frozenset(word for word in words if word in inside)
            headed = sum(rarity[word] for word in set(words) - covered if word in above)
            value = (sum(rarity[word] for word in covered) + 0.6 * headed) / total
            opening = at == 0 and not placed.passage.section
            found.append(Scored(placed, sentence, value + topic + 0.5 * base + OPENING * opening, covered | (set(words) & above)))
    return sorted(found, key=lambda item: -item.score)
