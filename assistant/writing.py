"""What a writer says, judged sentence by sentence: shown, struck out or left out; where too little stands, `quote` says it."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import prompts
from assistant import cautions, quote
from assistant.agent import Agent
from assistant.answer import Evidence, Question, Statement, Warning
from assistant.briefing import first_of_each
from assistant.models import ModelError, ModelWriter, opened
from assistant.orders import as_data
from assistant.plan import Chosen
from assistant.sentences import Analyze, split
from assistant.verify import COVERED, LACKING, MARK, plain, statement
from corpus.codes import MODIFIER, mentions
from index.library import Library
from index.search import STOP

Writer = Callable[[Question, list[Evidence]], Iterator[str]]
STANDING = 0.5  # least share of a model's sentences that must be verified for its answer to be kept
RECITED = 6  # words in a row that a sentence shares with the model's instructions: it recites them
_CLAUSE = re.compile(r"[,;:–—()]|\b(?:and|but|or|so|because|which|while|although|if|unless|then)\b", re.I)
FOREIGN = 0.34  # share of a sentence's words under which it has nothing to do with the sources


@dataclass(frozen=True, slots=True)
class Line:
    """A verified line of the answer, as soon as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """What was shown so far is void: another writer begins the answer anew."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing takes: who writes, how words are compared, and a clock that is told each stage."""

    write: Writer
    analyze: Analyze
    stage: Callable[[str], None]


@dataclass(slots=True)
class Draft:
    """What a writer left: its lines, its sentences with their verdicts, the evidence it was offered, and what is to be said of it."""

    evidence: list[Evidence]
    lines: list[str]
    statements: list[Statement]
    writer: str = "quote"
    prompt: str = ""  # digest of what the model was told
    dropped: int = 0  # sentences of a model left out, not even shown struck out
    warnings: tuple[Warning, ...] = ()
    warned: list[Warning] = field(default_factory=list)  # warnings of the sources that stand beside a line already

    @property
    def said(self) -> list[Statement]:
        """The statements that stand."""
        return [judged for judged in self.statements if judged.verdict == "supported"]


Drafting = Generator[Line | Restart, None, Draft]


def writer(name: str, looking: Library | None = None) -> Writer:
    """The writer of a name: `quote`, or a model as provider:name, which may look things up in a library.

    Raises ModelError where the model cannot be set up.
    """
    if name == "quote":
        return quote.write
    model = opened(name)
    return Agent(name, model.model, looking) if looking else model


def drafted(question: Question, chosen: Chosen, head: str, desk: Desk) -> Drafting:
    """Have an answer written and judged. A model is asked only where evidence answers; where it fails, `quote` takes its place."""
    model = desk.write if isinstance(desk.write, ModelWriter) else None
    if model is None:
        return (yield from _written(question, chosen, head, desk))
    plainly = replace(desk, write=quote.write)
    if not chosen.evidence or not chosen.complete:
        return (yield from _written(question, chosen, head, plainly))
    try:
        return (yield from _modelled(question, chosen, head, desk, model))
    except ModelError as error:
        failed = str(error)
    yield Restart()
    note = prompts.render("model_failed", model=quote.escaped(model.name), why=failed)
    draft = yield from _written(question, chosen, f"{note}\n\n{head}", plainly)
    draft.warnings = (Warning("model", plain(note)),)
    return draft


def _written(question: Question, chosen: Chosen, head: str, desk: Desk) -> Drafting:
    """The lines of a writer, those that stand shown and the others left out."""
    draft = Draft(list(chosen.evidence), [], [])
    yield from _shown(draft, head)
    for line in desk.write(question, draft.evidence):
        desk.stage("write")
        yield from _shown(draft, _judged(line, first_of_each(draft.evidence), question, desk, draft))
        yield from _warned(draft, chosen.warnings)
    return draft


def _modelled(question: Question, chosen: Chosen, head: str, desk: Desk, model: ModelWriter) -> Drafting:
    """The sentences of a model, those that fail struck out; then what a reader must know, whether or not the model said it.

    Raises ModelError where too few of them stand.
    """
    draft = Draft(list(chosen.evidence), [], [], model.name, model.prompt)
    bare = replace(question, standalone="")  # the words of a question bear nothing out: it may be the attack
    yield from _shown(draft, head)
    for piece in model(question, draft.evidence):
        desk.stage("write")
        grounds = {number: as_data(item) for number, item in first_of_each(draft.evidence).items()}
        if plain(piece).startswith(LACKING):
            yield from _shown(draft, piece if _lacks(piece, question, draft.evidence, desk.analyze) else "")
            continue
        yield from _shown(draft, _claimed(piece, grounds, bare, desk, draft))
        yield from _warned(draft, chosen.warnings)
    if not _stands(draft):
        raise ModelError("wrote too little that its sources bear out")
    yield from _shown(draft, _count(draft))
    cited = {number for judged in draft.said for number in judged.citations}
    for item in draft.evidence:
        if item.role in ("aside", "gap") and item.number not in cited:
            yield from _shown(draft, _judged(quote.line(item), first_of_each(draft.evidence), question, desk, draft))
    draft.evidence = [_rested(item, draft.said, desk.analyze) for item in draft.evidence]
    return draft


def _shown(draft: Draft, line: str) -> Iterator[Line]:
    """Show a line, if there is one."""
    if line:
        draft.lines.append(line)
        yield Line(line)


def _warned(draft: Draft, warnings: Sequence[Warning]) -> Iterator[Line]:
    """Show the warnings about what the lines so far name, each once."""
    for warning in cautions.due(warnings, draft.said, draft.evidence, draft.warned):
        draft.warned.append(warning)
        yield from _shown(draft, cautions.line(warning))


def _judged(written: str, offered: dict[int, Evidence], question: Question, desk: Desk, draft: Draft) -> str:
    """The line without marks that open nothing, if it stands."""
    line = MARK.sub(lambda found: found[0] if int(found[1]) in offered else "", written)
    judged = statement(line, offered, question, desk.analyze)
    desk.stage("verify")
    if judged is None:
        return ""
    draft.statements.append(judged)
    return line if judged.verdict == "supported" else ""


def _claimed(piece: str, grounds: dict[int, Evidence], question: Question, desk: Desk, draft: Draft) -> str:
    """A model's sentence if it stands, and each of its clauses too: a lie rides on the words of the truth it is joined to."""
    line = _judged(piece, grounds, question, desk, draft)
    if not line:
        return _struck(piece, grounds, desk, draft)
    judged = draft.statements[-1]
    ground = " ".join(_all_of(grounds[number]) for number in judged.citations)
    shares = [_share(clause, ground, desk.analyze) for clause in _CLAUSE.split(judged.text) if _words(clause, desk.analyze)]
    if shares and min(shares) >= COVERED:
        return line
    draft.statements[-1] = replace(judged, verdict="unsupported")
    return _struck(piece, grounds, desk, draft)


def _all_of(item: Evidence) -> str:
    return f"{item.text} {item.say or ''} {item.document.title} {item.source.title} {item.locator}"


def _struck(piece: str, grounds: dict[int, Evidence], desk: Desk, draft: Draft) -> str:
    """A sentence that failed, struck out; one that invents a code, recites its instructions or is foreign to the sources is not shown."""
    text = plain(piece)
    there = " ".join(map(_all_of, grounds.values()))
    if _codes(text) - _codes(there) or _runs(text) & _instructions() or _share(text, there, desk.analyze) < FOREIGN:
        draft.dropped += 1
        draft.statements.pop()
        return ""
    return f"{_set_apart(piece)}~~{quote.escaped(text)}~~"


def _set_apart(piece: str) -> str:
    return piece[: len(piece) - len(piece.lstrip("\n -"))]


def _codes(text: str) -> set[str]:
    return {mention.value.replace(".", "") for mention in mentions(text) if mention.system != MODIFIER}


def _share(text: str, ground: str, analyze: Analyze) -> float:
    """The share of a text's words that a ground holds."""
    words = _words(text, analyze)
    return len(words & set(analyze(ground))) / (len(words) or 1)


def _words(text: str, analyze: Analyze) -> set[str]:
    return set(analyze(" ".join(word for word in text.split() if word.strip(".,;:!?()\"'").lower() not in STOP)))


@cache
def _instructions() -> frozenset[str]:
    return _runs(prompts.render("write")) | _runs(prompts.render("asked", question="", limits="", passages=""))


def _runs(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(" ".join(words[at : at + RECITED]) for at in range(len(words) - RECITED + 1))


def _lacks(gap: str, question: Question, evidence: Sequence[Evidence], analyze: Analyze) -> bool:
    """Whether a gap that a model names is one: the question asks for it, in these words, and no evidence holds them all."""
    text = plain(gap).removeprefix(LACKING)
    there = " ".join(item.text for item in evidence)
    asked = f"{question.standalone} {question.payer or ''} {question.state or ''}"
    named = _codes(text) <= _codes(asked) and set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", asked))
    return named and _share(text, asked, analyze) >= COVERED and _share(text, there, analyze) < 1.0


def _count(draft: Draft) -> str:
    """How much of what a model wrote is struck out or left out."""
    struck = len(draft.statements) - len(draft.said)
    if not struck + draft.dropped:
        return ""
    return "\n\n" + prompts.render("struck", model=quote.escaped(draft.writer), struck=struck, dropped=draft.dropped)


def _stands(draft: Draft) -> bool:
    """Whether enough of a model's answer is verified: half of its sentences, and one that rests on the leading evidence."""
    leading = {item.number for item in draft.evidence if item.role == "lead"}
    cited = {number for judged in draft.said for number in judged.citations}
    enough = len(draft.said) >= STANDING * (len(draft.statements) + draft.dropped)
    return bool(draft.said) and enough and (not leading or bool(leading & cited))


def _rested(item: Evidence, said: Sequence[Statement], analyze: Analyze) -> Evidence:
    """Evidence that quotes the sentences of its passage on which a model's sentences rest, from the first to the last."""
    texts = [judged.text for judged in said if item.number in judged.citations]
    sentences = split(item.text)
    if item.say or not texts or not sentences:
        return item
    nearest = {max(sentences, key=lambda sentence: (_share(text, sentence, analyze), -len(sentence))) for text in texts}
    if all(sentence in item.quote for sentence in nearest):
        return item
    first, last = (edge(nearest, key=item.text.find) for edge in (min, max))
    return replace(item, quote=item.text[item.text.find(first) : item.text.find(last) + len(last)])
