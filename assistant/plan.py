"""What a plan returns, and the picking of sentences that all plans share."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date

from assistant import facts
from assistant.answer import Evidence, Question, Warning
from assistant.sentences import Scored, score
from corpus.abbreviations import in_rules
from corpus.codes import REFERENCE, shelf_of
from corpus.payers import PAYERS, PROGRAMMES
from corpus.rows import Listed, Placed
from index.library import Library
from index.search import Filters, payer_of

EACH, EACH_TRUSTED = 2, 4  # sentences of one place
TRAILING = 0.5  # share of the best sentence's score under which another is left out
MEANING = 2.0  # weight of a passage's likeness to the question beside its search score
OFFICIAL = 0.12  # head start of a publisher's own text over our starter documents
_PAGES = re.compile(r"PDF pages? ((?:\d+|,|\s|and|to|[-–])+)")
_RUN = re.compile(r"(\d+)(?:\s*(?:to|[-–])\s*(\d+))?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The evidence picked, the codes the answer is about, and what to say where there is none."""

    evidence: tuple[Evidence, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warning, ...] = ()
    steps: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # codes asked about that no source lists
    remedy: str = ""  # what to add where the evidence falls short
    near: float = 0.0  # similarity of the best candidate of a reverse lookup
    complete: bool = True  # False: the evidence is near the question but does not answer it


_ASKING = frozenset(  # stems of words that ask what a payer does, and say nothing of the subject
    "cover coverag polici plan benefit pay paid reimburs requir rule guidelin member patient medicar insur allow question instead"
    " sever anoth happen actual ask whether id".split()
)


def filters(question: Question) -> Filters:
    """What passages must meet to answer this question: of a payer that is no public programme, its own text."""
    return Filters(question.on, question.payer, own=bool(question.payer) and question.payer not in PROGRAMMES)


def topic(question: Question) -> str:
    """What a question is about, without the payer's name: whose rules are asked for is settled by filters, not by words."""
    named = PAYERS.get(question.payer or "", "")
    bare = re.sub(rf"\b(?:{named})(?:['’]s)?\b", " ", question.standalone, flags=re.I) if named else question.standalone
    return " ".join(bare.split()) or question.standalone


def wordings(question: Question) -> tuple[str, ...]:
    """The subject as asked, in the words of guidelines, and what the conversation adds: searched alike."""
    asked = topic(question)
    return tuple(dict.fromkeys((asked, in_rules(asked), *question.also)))


def telling(question: Question, library: Library) -> list[str]:
    """The words of the question that tell its subject, as the keyword index writes them; all of them where none does."""
    return _without_asking(library.words(topic(question)))


def written(question: Question, library: Library) -> list[str]:
    """The same words as guidelines have them."""
    return _without_asking(library.words(in_rules(topic(question))))


def _without_asking(words: list[str]) -> list[str]:
    return [word for word in words if word not in _ASKING] or words


def about(library: Library, pair: tuple[str, str]) -> list[Placed]:
    """The passages of the code page that is about a code, in order; empty where there is none."""
    for placed in library.catalog.naming(*pair):
        if placed.document.kind == "code" and placed.passage.codes[:1] == (pair,):
            return [item for item in library.catalog.document(placed.document.id) if item.passage.kind != "term"]
    return []


def known(question: Question, library: Library) -> tuple[list[Listed], list[str]]:
    """The codes a question names as the sources list them on its date, and those no source lists."""
    found, missing = [], []
    for mention in question.mentions:
        listed = facts.best(library.catalog.codes(mention.system, mention.value), question.on) if mention.wellformed else None
        if listed:
            found.append(listed)
        else:
            missing.append(mention.value if shelf_of(mention.system) != REFERENCE else f"{mention.system} {mention.value}")
    return list({(item.code.system, item.code.value): item for item in found}.values()), list(dict.fromkeys(missing))


def dated(listed: Listed, on: date) -> list[Warning]:
    """What the date means for a code: ended, not yet valid, or older than every edition on file."""
    if not facts.in_force(listed.code, on):
        return [Warning("deleted_code", f"{facts.name(listed.code)} is not valid on {on}.", (listed.code.value,))]
    if not facts.covers(listed, on):
        return [
            Warning(
                "edition",
                f"The earliest edition on file is {listed.source.title}; nothing here says what held on {on}.",
                (listed.source.id,),
            )
        ]
    return []


def _runs(section: str) -> list[tuple[int, int]]:
    """The runs of pages a reference names: 'PDF pages 30, 33 to 35' is (30, 30) and (33, 35); a whole chapter is none."""
    listed = [run for match in _PAGES.finditer(section) for run in _RUN.findall(match[1])]
    return [(int(first), int(last or first)) for first, last in listed if 0 <= int(last or first) - int(first) <= 8]


def cited_pages(library: Library, placed: Iterable[Placed]) -> list[Placed]:
    """The official pages that starter documents rest on, where those publications are loaded."""
    found: dict[str, Placed] = {}
    titles = {source.title: source.publication for source in library.sources}
    for document in {item.document.id: item.document for item in placed}.values():
        for reference in document.references:
            publication = next((titles[title] for title in titles if reference.publication.startswith(titles[title])), None)
            if publication is None:
                continue
            for first, last in _runs(reference.section):
                found |= {item.passage.id: item for item in library.catalog.pages(publication, first, last)}
    return list(found.values())


def scored(question: Question, library: Library, passages: Sequence[tuple[Placed, float]], words: Sequence[str]) -> list[Scored]:
    """Sentences of the passages by how well they answer, official texts a little ahead."""
    rarity = library.keywords.rarity(words)
    weighed = [(placed, base + (OFFICIAL if placed.source.publisher not in (None, "codecite") else 0.0)) for placed, base in passages]
    near = library.similarities(topic(question), [placed.passage.id for placed, _ in passages])
    weighed = [(placed, base + MEANING * near.get(placed.passage.id, 0.0)) for placed, base in weighed]
    return score(weighed, words, rarity, library.keywords.analyzed)


def pick(ranked: Sequence[Scored], limit: int, trusted: Set[str] = frozenset()) -> list[Scored]:
    """The best sentences, no two alike, none far behind the best.

    Of each page of our own and of each passage of a publication a few; of the passages that are trusted to be meant, more.
    """
    taken: list[Scored] = []
    for item in ranked:
        same = [other for other in taken if _place(other) == _place(item)]
        said = any(alike(item.sentence, other.sentence) for other in taken)
        if (
            item.score > TRAILING * ranked[0].score
            and len(same) < (EACH_TRUSTED if item.placed.passage.id in trusted else EACH)
            and not said
        ):
            taken.append(item)
        if len(taken) == limit:
            break
    return taken


def _place(item: Scored) -> str:
    """What only a few sentences are taken of: a starter document is as short as a passage of a manual."""
    return item.placed.document.id if item.placed.source.kind in facts.STARTER else item.placed.passage.id


def alike(one: str, other: str) -> bool:
    """Whether two sentences share their figures and codes and three quarters of the shorter one's words."""
    first, second = (set(re.findall(r"[\w.]+", text.lower())) for text in (one, other))
    if {word for word in first ^ second if any(char.isdigit() for char in word)}:
        return False
    return len(first & second) > 0.75 * min(len(first), len(second))


def matches_payer(question: Question, placed: Placed) -> bool:
    """Whether a passage speaks for the payer asked about: for Medicare, general rules do as well."""
    payer = payer_of(placed)
    return payer == question.payer or (question.payer == "Medicare" and payer is None)
