"""Check every sentence of an answer against what it cites, before it counts."""

import re
from collections.abc import Mapping, Sequence

from assistant.answer import Evidence, Question, Statement
from assistant.clauses import clauses
from assistant.grounds import Lent, Place, places
from assistant.meaning import contradicts, order_turned
from assistant.named import Named
from assistant.phrases import figured
from assistant.quote import unescaped
from assistant.reading import Reading, read
from assistant.sentences import parted
from assistant.wording import Analyze

COVERED = 0.75  # least share of a sentence's content words that what it cites must hold
LEAST = 0.7  # of each of its clauses
WHOLE = 0.9  # of a sentence of several clauses that one place bears
OWN = 0.4  # of a clause, in the place itself and not before or over it
NEAR = 0.9  # what a word before or over the place counts
MARGIN = 0.1  # how much nearer a place may be that says something else
_GENERAL = frozenset("report pay do".split())  # words that alone say nothing
LACKING = "Not in my sources:"  # the label before what a document says it lacks
MARK = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_MARKED = re.compile(
    r"(?s).+?(?:(?:(?<!\\)\[\d{1,3}\][\s*]*)+[.?!]?(?=\s|$)(?<=[.?!\]\s*])(?=\s*(?:[A-Z]|$))|$)"
)  # up to the marks that end a sentence


def marks(text: str) -> tuple[int, ...]:
    """The numbers a text cites, each once, in order; zero is not a citation."""
    return tuple(dict.fromkeys(int(found) for found in MARK.findall(text) if int(found) > 0))


def plain(text: str) -> str:
    """What a line of Markdown says: without its marks, bullets and emphasis, with what was escaped as it was."""
    bare = MARK.sub("", text)
    bare = re.sub(r"^\s*(?:[-*>⚠]|\d+\.)\s+", "", bare)
    return unescaped(re.sub(r"\s+([.,;:])", r"\1", re.sub(r"(?<!\\)\*", "", bare))).strip()


def _own(item: Evidence) -> str:
    """The sentence a piece of evidence offers, on one line."""
    return re.sub(r"\s+([.,;:])", r"\1", " ".join((item.say or item.quote).split()))


def supported(sentence: str, cited: Sequence[Evidence], question: Question, analyze: Analyze) -> bool:
    """A sentence is supported if one place of what it cites says it, or one place each of its clauses: the same codes, figures, dates and
    people, the same denials, as strictly and as widely, in the same words or nearly.
    """
    if not cited:
        return False
    asked = read(f"{figured(question.standalone)} · {question.on.isoformat()}", analyze)
    if any(sentence == _own(item) for item in cited):  # rows build theirs from their dates and flags
        return _stands_whole(sentence, cited, asked, analyze)
    if any(sentence.strip(" .") in {one.strip(" .") for one in parted(item.text)} for item in cited):
        return True
    claim = read(_bare(figured(_without_titles(sentence, cited)), asked, analyze), analyze)
    if not claim.words - _GENERAL:
        return False
    found = [place for item in cited for place in places(item.text, _own(item), _over(item), analyze)]
    lent = Lent.of(asked, (Named(figured(f"{item.text}\n{_own(item)}"), analyze) for item in cited))
    claims = [read(clause.text, analyze) for clause in clauses(claim.text)]
    if len(claims) == 1:
        return _borne(claims[0], found, lent) >= COVERED
    if any(place.entire and order_turned(claim, place.own) for place in found):
        return False
    if _borne(claim, found, lent, near=0) >= WHOLE:
        return True
    shares = [_borne(part, found, lent) for part in claims]
    total = sum(len(part.words) for part in claims)
    covered = sum(share * len(part.words) for share, part in zip(shares, claims, strict=True))
    return min(shares) >= LEAST and covered >= COVERED * total


def _without_titles(sentence: str, cited: Sequence[Evidence]) -> str:
    """A sentence with "it" for the titles of the documents it cites: "the rules on test fever cover it"."""
    titles = {item.document.title for item in cited if len(item.document.title.split()) > 2}
    return re.sub("|".join(map(re.escape, sorted(titles, key=len, reverse=True))), "it", sentence, flags=re.I) if titles else sentence


def _bare(sentence: str, asked: Reading, analyze: Analyze) -> str:
    """A sentence without a beginning that only repeats the question: "For 90077 with 3 units, …"."""
    repeated = re.match(r"(?:for|on|in|with|as\s+of)\b[^,]*,\s+", sentence, re.I)
    return sentence[repeated.end() :] if repeated and read(repeated[0], analyze).words <= asked.words else sentence


def _borne(claim: Reading, found: Sequence[Place], asked: Lent, near: float = NEAR) -> float:
    """The share of a claim's words that the best place holds; 0 where a place that says something else is nearer to it."""
    best, alike, against = 0.0, 0.0, 0.0
    size = max(len(claim.words), 1)
    for place in found:
        own = claim.words & place.held
        if len(own) < OWN * size:
            continue
        likeness = 2 * len(own) / (size + len(place.held))
        if place.holds(claim, asked) and not contradicts(claim, place) and not _elsewhere(claim, place, found):
            lent = (claim.words - own) & (place.lends(claim) | asked.words)
            best, alike = max((best, alike), ((len(own) + near * len(lent)) / size, likeness))
        elif not place.entire:
            against = max(against, likeness)
    return best if alike >= against - MARGIN else 0.0


def _elsewhere(claim: Reading, place: Place, found: Sequence[Place]) -> bool:
    """Whether the claim has a subject of another place, or joins to a word of this one another that only another place joins to it."""
    lent = place.lends(claim)
    if place.own.subject - claim.words and not place.points:
        strange = claim.subject - place.held - place.over.words
        if any(strange & other.own.subject for other in found):
            return True
    for link in claim.links - place.own.links:
        missing = [word for word in (link[0], link[2]) if word not in place.own.words]
        if len(missing) != 1 or not missing[0].islower() or missing[0] in claim.verbs:
            continue
        borrowed = missing[0] in lent and (link[1] != "be" or place.points)
        if not borrowed and any(link in other.own.links for other in found if not other.entire):
            return True
    return False


def _stands_whole(sentence: str, cited: Sequence[Evidence], asked: Reading, analyze: Analyze) -> bool:
    """Whether what a row's own sentence names stands in the row or the question, and most of its words as well."""
    there = read("\n".join(f"{item.text}\n{_over(item)}" for item in cited), analyze)
    said = read(sentence, analyze)
    return said.named.stands_in(there.named, asked.named) and len(said.words & (there.words | asked.words)) >= COVERED * len(said.words)


def _over(item: Evidence) -> str:
    """What stands over a passage: its document, its source, its place, its payer."""
    payer = item.document.payer or item.source.payer or ""
    return f"{item.document.title}\n{item.source.title}\n{item.locator}\n{payer}"


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
        parts = _sentences(line, offered)
        judged = bool(parts) and all(supported(part, [offered[n] for n in own or numbers], question, analyze) for part, own in parts)
    return Statement(text, numbers, "supported" if judged else "unsupported")


def _sentences(line: str, offered: Mapping[int, Evidence]) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a line, each with its own marks, within it or right behind it; without any where it has none."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for piece in _MARKED.findall(line):
        parts = [part for part in parted(plain(piece).removeprefix(LACKING).strip()) if part.strip(".")]
        numbers = tuple(number for number in marks(piece) if number in offered)
        found += [(part, ()) for part in parts[:-1]] + [(part, numbers) for part in parts[-1:]]
    return found
