"""The plan for coverage: for Medicare the national determination, then the local one of the state's contractor, then what else is said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import coverage_links as links
from assistant import proseplans
from assistant.answer import Evidence, Question
from assistant.filed import cell, told
from assistant.plan import Chosen, filters, known, topic
from assistant.sentences import units
from corpus.codes import ARTICLE, LCD, NCD
from corpus.places import STATES
from corpus.rows import Placed
from index.library import Library

NCDS, LISTED = "National Coverage Determinations", "Medicare coverage documents: list"
SENTENCES, LOCAL, LINES = 3, 4, 8
HELD = 0.55  # least likeness of a title to the question (Dice, by words) for the document to be about it
_SAYS = re.compile(
    r"\b(?:(?:is|are|be|remains?)\s+(?:not\s+|only\s+|nationally\s+)*(?:non-?)?covered|will\s+(?:not\s+)?cover|covers|not\s+covered)\b",
    re.I,
)
_CONCLUDES = re.compile(r"\b(non-?covered|covered|coverage|reasonable\s+and\s+necessary|excluded|not\s+pay)", re.I)
_FILLER = (
    "coverage covered medicare lcd ncd article local national determination billing coding policy service therapy treatment pain state"
)


def coverage(question: Question, library: Library) -> Chosen:
    """What a payer covers: for Medicare NCD, then LCD and article, then prose; another payer's text never in its place."""
    if question.payer not in (None, "Medicare"):
        return proseplans.coverage(question, library)
    national = _national(question, library)
    local = _local(question, library)
    prose = proseplans.coverage(question, library)
    if not national and not local:
        return prose
    said = {item.document.id for item in national}
    rest = [item for item in prose.evidence if item.document.id not in said and prose.complete and item.source.publication != LISTED]
    evidence = [*national, *local, *rest] if national else [*(rest[:2] if question.state is None else []), *local, *rest[2:]]
    once = list({item.say or item.quote: item for item in evidence}.values())[:LINES]
    led = (replace(item, role="detail" if at else "lead") for at, item in enumerate(once))
    return replace(prose, evidence=tuple(led), complete=True, codes=prose.codes or _codes(question, library))


def _codes(question: Question, library: Library) -> tuple[tuple[str, str], ...]:
    return tuple((listed.code.system, listed.code.value) for listed in known(question, library)[0])


def _about(title: str, question: Question, library: Library) -> float:
    """How alike a document's title and the question are, by telling words; a title that the question holds whole is what it is about."""
    asked, telling = _telling_words(question, library), set(library.words(title)) - set(library.words(_FILLER))
    if telling <= asked and len(telling) > 1:
        return 1.0
    return 2 * len(telling & asked) / (len(telling) + len(asked)) if telling and asked else 0.0


def _telling_words(question: Question, library: Library) -> set[str]:
    """The words that tell the subject of a question: without the place and without what every coverage document says."""
    places = " ".join(name for name, letters in STATES.items() if letters == question.state)
    return set(library.words(topic(question))) - set(library.words(f"{_FILLER} {places}"))


def _national(question: Question, library: Library) -> list[Evidence]:
    """The conclusion of the NCD named by number, or of the one whose title the question holds."""
    numbers = [mention.value for mention in question.mentions if mention.system == NCD]
    if not numbers:
        allowed = replace(filters(question), kinds=frozenset({NCDS}))
        hits = library.shelves(topic(question), ("prose",), allowed, 20)["prose"]
        titles = {hit.placed.document.id: hit.placed.document.title for hit in hits}
        shares = [(_about(title.partition(": ")[2], question, library), -at, title) for at, title in enumerate(titles.values())]
        ranked = sorted(shares, reverse=True)
        numbers = [title.removeprefix("NCD ").partition(":")[0] for share, _, title in ranked[:1] if share >= HELD]
    return [item for number in numbers[:2] for item in _conclusion(number, question, library)]


def _conclusion(number: str, question: Question, library: Library) -> list[Evidence]:
    """What an NCD concludes, in its own words: indications and limitations before the description; a retired one only to say so."""
    current = library.current(question.on)
    version = next((row for row in links.versions_of(library.catalog, NCD, number) if row.source.id in current), None)
    if version is None:
        return []
    title, cells = cell(version, "title"), " · ".join(f"{key}: {text}" for key, text in version.row.cells)
    since = f"version {cell(version, 'version')}, is in effect since {cell(version, 'effective')}"
    say = f"NCD {number}, {title}, {since}, in {version.source.title}."
    over = cell(version, "status") == "terminated"
    if over:
        say = f"NCD {number}, {title}, is no longer in force: it ended on {cell(version, 'ended')}, in {version.source.title}."
    row = told(version.source, f"row {number}", cells, [say], ((NCD, number),))
    if over:
        return row
    passages = [item for item in library.catalog.document(links.text_of(version)) if item.passage.kind == "prose"]
    limits = [item for item in passages if "ndications" in item.passage.section] or passages
    return [*_telling(limits, question, library), *row]


def _telling(passages: Sequence[Placed], question: Question, library: Library) -> list[Evidence]:
    """The sentences that conclude, those nearest to the question first."""
    asked = _telling_words(question, library)
    asked = asked - set(library.words(" ".join(placed.document.title for placed in passages))) or asked
    sentences = [(placed, text) for placed in passages for text in units(placed.passage.text)]
    concluding = [
        pair for pair in sentences if asked & set(library.words(pair[1])) or _CONCLUDES.search(f"{pair[0].passage.section} {pair[1]}")
    ] or sentences
    concluding = [pair for pair in concluding if not pair[1].startswith("See ")]

    def worth(pair: tuple[Placed, str]) -> float:
        return 2 * len(asked & set(library.words(pair[1]))) + bool(_SAYS.search(pair[1])) - len(pair[1]) / 500

    ranked = sorted(concluding, key=worth, reverse=True)
    return [Evidence.of(placed, text, "detail", label=placed.document.title) for placed, text in ranked[:SENTENCES]]


def _local(question: Question, library: Library) -> list[Evidence]:
    """LCDs and articles of the state's contractor; without a state those of each contractor, named as such, and the state asked for."""
    among = library.current(question.on)
    numbers = dict.fromkeys(m.value for m in question.mentions if m.system in (LCD, ARTICLE))
    for listed in known(question, library)[0]:
        found = links.lcds_for(library.catalog, listed.code.system, listed.code.value, among)
        numbers |= dict.fromkeys(link.to for link in found)
    numbers = numbers or dict.fromkeys(_titled(question, library))
    told_of = [(number, _states(number, question, library)) for number in numbers]
    if not question.state:
        return [item for number, states in told_of[:LOCAL] for item in _document(number, states, question, library)]
    mine = sorted((pair for pair in told_of if question.state in pair[1]), key=lambda pair: len(pair[1]))  # the narrower jurisdiction first
    lines = [item for number, states in mine[:2] for item in _document(number, states, question, library)]
    for number, states in mine[:2]:
        related = [link.to for link in links.related_to(library.catalog, number, among) if link.to.startswith("A")]
        lines += [item for other in related[:1] for item in _document(other, states, question, library)]
    return lines or [item for number, states in told_of[:1] for item in _document(number, states, question, library)]


def _titled(question: Question, library: Library) -> list[str]:
    """The LCDs and articles whose title the question holds, LCDs first."""
    allowed = replace(filters(question), kinds=frozenset({LISTED}))
    found = [hit.placed for hit in library.shelves(topic(question), ("prose",), allowed, 60)["prose"]]
    named = [(placed, re.search(r"\b(D?L\d{5}|A\d{5})\b", placed.passage.locator)) for placed in found]
    fitting = [number[1] for placed, number in named if number and _about(_title(placed), question, library) >= HELD]
    return sorted(dict.fromkeys(fitting), key=lambda number: not number.startswith(("L", "DL")))


def _title(placed: Placed) -> str:
    """The title in a line of the list of documents."""
    return re.split(r",\s+version\s", placed.passage.text.partition(", ")[2])[0]


def _states(number: str, question: Question, library: Library) -> list[str]:
    held = links.jurisdiction_of(library.catalog, number, question.on, library.current(question.on))
    return sorted(state.abbreviation for state in held if state.abbreviation)


def _document(number: str, states: list[str], question: Question, library: Library) -> list[Evidence]:
    """What is on file of an LCD or article: title, contractor, date, address, where it holds; its text is not."""
    system = LCD if number.removeprefix("D").startswith("L") else ARTICLE
    row = next(iter(links.rows_of(library.catalog, system, number, LISTED, library.current(question.on))), None)
    if row is None:
        return []
    listed = ", ".join(states) if len(states) <= 15 else f"{len(states)} states and territories"
    where = f"it holds in {listed}" if states else "no states are on file for it"
    if question.state in states:
        many = f"its contractor is on file for {question.state} and {listed} in all"
        where = f"it holds in {question.state}" if len(states) <= 15 else many
    elif question.state and states:
        where = f"it is another jurisdiction's ({listed}), not {question.state}'s"
    asks = "" if question.state else "; name the state to know whose holds"
    kind = "LCD" if system == LCD else "Article"
    say = (
        f"{kind} {number}, {cell(row, 'title')}, version {cell(row, 'version')}, effective {cell(row, 'effective')}, of "
        f"{cell(row, 'contractors')}: {where}{asks}; its text is not on file, see {cell(row, 'url')}."
    )
    cells = " · ".join(f"{key}: {text}" for key, text in row.row.cells) + (f" · states: {', '.join(states)}" if states else "")
    return told(row.source, f"row {number}", cells, [say], ((system, number),))
