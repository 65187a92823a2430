"""Check every sentence of an answer against what it cites, before it counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answer import Evidence, Question, Statement
from assistant.meaning import contradicts, figured
from assistant.quote import unescaped
from assistant.sentences import Analyze, split
from corpus.codes import MODIFIER, mentions
from index.search import STOP

COVERED = 0.7  # least share of a sentence's content words that what it cites must hold
LACKING = "Not in my sources:"  # the label before what a document says it lacks
MARK = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_MARKED = re.compile(
    r"(?s).+?(?:(?:(?<!\\)\[\d{1,3}\][\s*]*)+[.?!]?(?=\s|$)(?<=[.?!\]\s*])(?=\s*(?:[A-Z]|$))|$)"
)  # up to the marks that end a sentence
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_FIGURE = re.compile(r"(\$\s?)?(?<![\w.])(\d[\d,]*(?:\.\d+)?)(\s?%|\s+percent\b)?(?![\w])", re.I)
_MIXED = re.compile(r"(?<![\w.])(?=[\w.]*\d)(?=[\w.]*[A-Za-z])\w[\w.]*\w")  # letters and digits: codes, parts of codes, doses
_SPOKEN = "yes no listed date file answer sources source named difference nearby also both each other"
_NEGATION = re.compile(
    r"\b(not|no|never|neither|nor|cannot|without|none|(?:is|are|do|does|wo|was|were|did|ca|must|should)n['’]t|non-?covered|noncovered"
    r"|excluded|den(?:y|ies|ied)|invalid|ineligible|prohibit\w*|forbid\w*|fails?|lacks?)\b",
    re.I,
)
_CLAUSES = re.compile(r";\s+|,?\s+(?:and|but|while|whereas)\s+|,\s+(?=which\b)", re.I)


def marks(text: str) -> tuple[int, ...]:
    """The numbers a text cites, each once, in order; zero is not a citation."""
    return tuple(dict.fromkeys(int(found) for found in MARK.findall(text) if int(found) > 0))


def plain(text: str) -> str:
    """What a line of Markdown says: without its marks, bullets and emphasis, with what was escaped as it was."""
    bare = MARK.sub("", text)
    bare = re.sub(r"^\s*(?:[-*>⚠]|\d+\.)\s+", "", bare)
    return unescaped(re.sub(r"\s+([.,;:])", r"\1", re.sub(r"(?<!\\)\*", "", bare))).strip()


@dataclass(frozen=True, slots=True)
class _Named:
    """What a text commits itself to: codes, modifiers, dates, and figures with what they count."""

    codes: frozenset[str]
    modifiers: frozenset[str]
    dates: frozenset[str]
    figures: frozenset[tuple[str, str]]  # (amount | percent | number, value)


def _value(digits: str) -> str:
    whole = digits.replace(",", "").rstrip(".")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


@lru_cache(maxsize=4096)
def _named(text: str) -> _Named:
    found = mentions(text)
    codes = {m.value.replace(".", "") for m in found if m.system != MODIFIER}
    codes |= {token.replace(".", "").upper() for token in _MIXED.findall(text)}
    bare = _DATE.sub(" ", text)
    figures = {
        ("amount" if match[1] else "percent" if match[3] else "number", _value(match[2]))
        for match in _FIGURE.finditer(bare)
        if _value(match[2]) not in codes
    }
    modifiers = frozenset(m.value for m in found if m.system == MODIFIER)
    return _Named(frozenset(codes), modifiers, frozenset(_DATE.findall(text)), frozenset(figures))


def _held(sentence: str, ground: str, question: Question) -> bool:
    """Every code, modifier, date and figure of the sentence stands, whole, in what it cites or in the question."""
    said, there, asked = _named(sentence), _named(ground), _named(question.standalone)
    if not said.codes <= there.codes | asked.codes:
        return False
    tokens = set(re.findall(r"(?<![\w.$-])\w{2}(?![\w%])", _DATE.sub(" ", f"{ground} {question.standalone}").upper()))
    if not said.modifiers <= there.modifiers | asked.modifiers | tokens:
        return False
    if not said.dates <= there.dates | asked.dates | {question.on.isoformat()}:
        return False
    years = {("number", date[:4]) for date in there.dates}
    modifiers = {("number", value) for value in said.modifiers}
    figures = there.figures | asked.figures | years | modifiers
    return all(figure in figures or (figure[0] != "percent" and _counted(figure, figures)) for figure in said.figures)


def _counted(figure: tuple[str, str], figures: frozenset[tuple[str, str]]) -> bool:
    """A table's bare 38.97 backs $38.97 and the reverse; a percentage backs neither."""
    return ("number", figure[1]) in figures or ("amount", figure[1]) in figures


def _own(item: Evidence) -> str:
    """The sentence a piece of evidence offers, on one line."""
    return re.sub(r"\s+([.,;:])", r"\1", " ".join((item.say or item.quote).split()))


def _words(text: str, analyze: Analyze) -> list[str]:
    spoken = set(analyze(_SPOKEN))
    return [word for word in analyze(_NEGATION.sub(" ", text)) if word not in STOP and word not in spoken]


def _covered(words: Sequence[str], ground: str, analyze: Analyze) -> float:
    there = set(analyze(ground))
    return sum(word in there for word in words) / len(words) if words else 1.0


def _agrees(sentence: str, words: Sequence[str], ground: str, analyze: Analyze) -> bool:
    """Whether a sentence denies what the cited sentences deny and nothing else.

    It must be like the cited sentence it comes nearest to, or deny words that some denying sentence holds.
    """
    cited = split(ground.replace(" · ", "\n"))
    nearest = max(cited, key=lambda other: _covered(words, other, analyze), default="")
    denies = _NEGATION.search(sentence)
    if not denies:
        return not _NEGATION.search(nearest)
    denied = _words(sentence[denies.end() :], analyze)
    return any(_NEGATION.search(other) and _covered(denied, other, analyze) >= COVERED for other in cited)


def supported(sentence: str, cited: Sequence[Evidence], question: Question, analyze: Analyze) -> bool:
    """A sentence is supported if it cites something offered, all its codes and figures stand there, its words are
    covered, and it denies neither more nor less than the cited sentence nearest to it.
    """
    if not cited:
        return False
    own = any(sentence == _own(item) for item in cited)  # rows build theirs from their dates and flags
    sentence = sentence if own else figured(sentence)
    ground = "\n".join(f"{item.text}\n{_over(item)}" for item in cited)
    ground = ground if own else figured(f"{ground}\n{' '.join(_own(item) for item in cited)}")
    allowed = f"{question.standalone} {question.on.isoformat()}"
    words = _words(sentence, analyze)
    if not _held(sentence, ground, question) or _covered(words, f"{ground}\n{allowed}", analyze) < COVERED:
        return False
    if own:
        return True
    if not _agrees(sentence, words, figured("\n".join(item.text for item in cited)), analyze):
        return False
    clauses = [part for part in _CLAUSES.split(sentence) if len(part.split()) > 1]
    return _borne(sentence, cited, question, analyze) or (
        len(clauses) > 1 and all(_borne(part, cited, question, analyze) for part in clauses)
    )


def _over(item: Evidence) -> str:
    """What stands over a passage: its document, its source, its place, its payer."""
    payer = item.document.payer or item.source.payer or ""
    return f"{item.document.title}\n{item.source.title}\n{item.locator}\n{payer}"


@lru_cache(maxsize=1024)
def _places(text: str, said: str, over: str) -> tuple[tuple[str, str], ...]:
    """Where one thing is said: each sentence with what stands over it, where it names no code the sentence before as well."""
    found: list[tuple[str, str]] = []
    before = ""
    for sentence in dict.fromkeys((*split(figured(text)), *split(figured(said)))):
        coded = bool(_named(sentence).codes)
        found.append((sentence, over if coded else f"{over}\n{before}"))
        before = " ".join(sorted(_named(sentence).codes)) if coded else before
    return tuple(found)


@lru_cache(maxsize=4096)
def _stems(text: str, analyze: Analyze) -> frozenset[str]:
    return frozenset(analyze(text))


def _borne(claim: str, cited: Sequence[Evidence], question: Question, analyze: Analyze) -> bool:
    """Whether one place of one passage says what is claimed, of the same code, payer, side and amount."""
    words = [word for word in _words(claim, analyze) if word.isalpha()]  # codes and figures are held apart
    allowed = f"{question.standalone} {question.on.isoformat()}"
    for item in cited:
        for place, over in _places(item.text, _own(item), _over(item)):
            there = _stems(place, analyze) | _stems(over, analyze) | _stems(allowed, analyze)
            near = not words or sum(word in there for word in words) / len(words) >= COVERED
            if near and _held(claim, f"{place}\n{over}", question) and not contradicts(claim, place, over):
                return True
    return False


def statement(line: str, offered: Mapping[int, Evidence], question: Question, analyze: Analyze) -> Statement | None:
    """Judge one line of an answer; None where it claims nothing. Every sentence of the line must stand by itself."""
    text = plain(line)
    if not text:
        return None
    numbers = tuple(number for number in marks(line) if number in offered)
    cited = [offered[number] for number in numbers]
    claim = text.removeprefix(LACKING).strip()
    if any(claim == _own(item) for item in cited):
        judged = supported(claim, cited, question, analyze)
    else:
        judged = all(supported(part, [offered[n] for n in own or numbers], question, analyze) for part, own in _sentences(line, offered))
    return Statement(text, numbers, "supported" if judged else "unsupported")


def _sentences(line: str, offered: Mapping[int, Evidence]) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a line, each with its own marks, within it or right behind it; without any where it has none."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for piece in _MARKED.findall(line):
        parts = [part for part in split(plain(piece).removeprefix(LACKING).strip()) if part.strip(".")]
        numbers = tuple(number for number in marks(piece) if number in offered)
        found += [(part, ()) for part in parts[:-1]] + [(part, numbers) for part in parts[-1:]]
    return found
