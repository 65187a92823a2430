"""Check every sentence of an answer against what it cites, before it counts."""

import re
from collections.abc import Mapping, Sequence

from assistant.answer import Evidence, Question, Statement
from assistant.sentences import Analyze
from corpus.codes import mentions
from index.search import STOP

COVERED = 0.7  # least share of a sentence's content words that what it cites must hold
MARK = re.compile(r"\[(\d{1,3})\]")
_FIGURE = re.compile(r"\$?\d[\d,]*(?:\.\d+)?%?")
_SPOKEN = frozenset("yes not no listed date file answer sources source named difference nearby also both each other".split())
_NEGATION = re.compile(r"\b(not|no|never|neither|nor|cannot|without|none|isn't|aren't|don't|doesn't)\b", re.I)


def marks(text: str) -> tuple[int, ...]:
    """The numbers a text cites, each once, in order; zero is not a citation."""
    return tuple(dict.fromkeys(int(found) for found in MARK.findall(text) if int(found) > 0))


def plain(text: str) -> str:
    """A line of Markdown without its marks, bullets and emphasis."""
    bare = MARK.sub("", text)
    bare = re.sub(r"^\s*(?:[-*>]|\d+\.)\s+", "", bare)
    return re.sub(r"\s+([.,;:])", r"\1", bare.replace("**", "").replace("*", "")).strip()


def _figures(text: str) -> set[str]:
    return {figure.strip("$%,").replace(",", "").rstrip(".") for figure in _FIGURE.findall(text)}


def _held(sentence: str, cited: str, allowed: str) -> bool:
    """Every code and figure of the sentence stands in what it cites or in the question."""
    ground = f"{cited}\n{allowed}"
    named = {mention.value for mention in mentions(sentence)}
    there = ground.upper()
    if any(value not in there and value.replace(".", "") not in there for value in named):
        return False
    return _figures(sentence) <= _figures(ground) | named


def _covered(sentence: str, cited: str, allowed: str, analyze: Analyze) -> float:
    words = [word for word in analyze(sentence) if word not in STOP and word not in _SPOKEN]
    if not words:
        return 1.0
    ground = set(analyze(f"{cited}\n{allowed}"))
    return sum(word in ground for word in words) / len(words)


def supported(sentence: str, cited: Sequence[Evidence], question: Question, analyze: Analyze) -> bool:
    """A sentence is supported if it cites something offered, all its codes and figures stand there, its words are
    covered, and it denies nothing that the cited text does not deny.
    """
    if not cited:
        return False
    ground = "\n".join(f"{item.text}\n{item.document.title}\n{item.source.title}\n{item.locator}" for item in cited)
    allowed = f"{question.standalone} {question.on.isoformat()}"
    if not _held(sentence, ground, allowed) or _covered(sentence, ground, allowed, analyze) < COVERED:
        return False
    said = any(item.say and plain(item.say) == sentence for item in cited)  # a row's sentence is built from its dates and flags
    return said or not _NEGATION.search(sentence) or bool(_NEGATION.search(ground))


def statement(line: str, offered: Mapping[int, Evidence], question: Question, analyze: Analyze) -> Statement | None:
    """Judge one line of an answer; None where it claims nothing (a heading, the assistant speaking of itself)."""
    text = plain(line)
    if not text:
        return None
    numbers = tuple(number for number in marks(line) if number in offered)
    judged = supported(text, [offered[number] for number in numbers], question, analyze)
    return Statement(text, numbers, "supported" if judged else "unsupported")
