"""What several ways of searching put first for the same questions, on the same passages and vectors of one home.

The ways beside ours stand for how such assistants are commonly built: `tutorial` is nearest vectors in one collection of everything
(LangChain over Chroma as its tutorials show; it is given our stored vectors, so its chunks are ours and it is flattered: codes are
kept out of their titles), `bm25` is one keyword index of everything, `peer` fuses the two by reciprocal rank and keeps eight, as one
publishes. None of them looks codes up, tells prose from code texts or knows which edition holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.proseplans import GUIDES
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.payers import payer_named
from corpus.rows import Placed
from evals.judge import Answer, same, stands
from evals.records import Place, Record
from index.library import Library
from index.search import KEYWORD_SHARE, Filters, Hit
from index.vectors import SHELVES

Ranker = Callable[[Record, Library], Sequence[Placed]]
TITLES = (CPT, HCPCS, ICD10CM)
PROSE = ("prose",)
DEPTH = 40
RRF = 60  # the constant of reciprocal rank fusion, as first published
PEER = 8  # how many the peer keeps


def filters(record: Record) -> Filters:
    """The filters a question is asked under."""
    day = record.given.get("date_of_service")
    return Filters(date.fromisoformat(day) if day else date.today(), payer_named(record.given.get("payer")))


def shelves(record: Record) -> Sequence[str]:
    """Where the answer to a question lies: code texts where a code is looked for, else prose."""
    return TITLES if record.gold else PROSE


def fused(record: Record, library: Library) -> list[Placed]:
    """Keywords and vectors, weighted by shelf, the shelves merged by nearness."""
    asked = filters(record)
    if shelves(record) == PROSE:
        return [hit.placed for hit in library.shelves(record.question, PROSE, asked, DEPTH)["prose"]]
    found = library.search(record.question, replace(asked, systems=TITLES), DEPTH)
    return [hit.placed for hit in found if not _named(hit)]


def _named(hit: Hit) -> bool:
    """Whether a hit was looked up by a code of the question, not searched."""
    return hit.by_keyword is None and hit.by_vector is None


def keywords(record: Record, library: Library) -> list[Placed]:
    """Our keyword index alone, on the shelves where the answer lies."""
    return _by_words(record, library, shelves(record))


def vectors(record: Record, library: Library) -> list[Placed]:
    """Our vectors alone, on the shelves where the answer lies."""
    return _by_meaning(record, library, shelves(record))


def _by_words(record: Record, library: Library, where: Iterable[str]) -> list[Placed]:
    words = library.words(record.question)
    found = [row for shelf in where for row in library.keywords.search(words, shelf, DEPTH)]
    return _read(library, [passage for passage, _ in sorted(found, key=lambda row: -row[1])])


def _by_meaning(record: Record, library: Library, where: Iterable[str]) -> list[Placed]:
    vector = library.vectors.encode([record.question])
    found = [(near, key, shelf) for shelf in where if shelf in SHELVES for key, near in library.vectors.search(vector, shelf, DEPTH)]
    first: dict[str, str] = {}
    for shelf in {shelf for _, _, shelf in found}:
        held = library.catalog.holders([key for _, key, of in found if of == shelf], shelf)
        first |= {key: passage for key, passage, _ in reversed(held)}
    return _read(library, [first[key] for _, key, _ in sorted(found, reverse=True) if key in first])


def _read(library: Library, passages: Sequence[str]) -> list[Placed]:
    held = library.catalog.passages(passages[:DEPTH]) if passages else {}
    return [held[passage] for passage in passages[:DEPTH] if passage in held]


def exact_and(ranker: Ranker) -> Ranker:
    """A way of searching behind the passages and code texts that a code in the question names."""

    def both(record: Record, library: Library) -> list[Placed]:
        hits = library.search(record.question, filters(record), DEPTH)
        named = [hit.placed for hit in hits if _named(hit)]
        return [*named, *ranker(record, library)]

    return both


def bm25(record: Record, library: Library) -> list[Placed]:
    """One keyword index of everything."""
    return _by_words(record, library, KEYWORD_SHARE)


def tutorial(record: Record, library: Library) -> list[Placed]:
    """Nearest vectors of everything."""
    return _by_meaning(record, library, SHELVES)


def peer(record: Record, library: Library) -> list[Placed]:
    """Both fused by reciprocal rank, the first eight."""
    scores: dict[str, float] = {}
    placed: dict[str, Placed] = {}
    for ranking in (bm25(record, library), tutorial(record, library)):
        for rank, item in enumerate(ranking, 1):
            placed[item.passage.id] = item
            scores[item.passage.id] = scores.get(item.passage.id, 0.0) + 1 / (RRF + rank)
    return [placed[key] for key in sorted(scores, key=lambda key: -scores[key])][:PEER]


WAYS: Mapping[str, Ranker] = {
    "keywords": keywords,
    "vectors": vectors,
    "fused": fused,
    "keywords, exact": exact_and(keywords),
    "vectors, exact": exact_and(vectors),
    "fused, exact": exact_and(fused),
    "tutorial RAG": tutorial,
    "BM25 alone": bm25,
    "peer: RRF, k = 8": peer,
}


def relevant(record: Record, ranking: Sequence[Placed]) -> list[bool]:
    """What of a ranking is right, each code or page once, best first."""
    if gold := record.gold:
        codes = dict.fromkeys(value for item in ranking for _, value in item.passage.codes[:1])
        return [any(same(code, value) for code in gold) for value in codes]
    seen = {item.passage.id: item for item in ranking}
    return [any(_opens(place, item) for place in record.cite) for item in seen.values()]


def _opens(place: Place, item: Placed) -> bool:
    file = (item.source.file or "").rsplit("/", 1)[-1]
    right = file == place.file and item.passage.locator.startswith(place.locator)
    return right and (not place.pages or item.passage.page in place.pages)


def answered(record: Record, answer: Answer, library: Library) -> list[bool]:
    """What our own answer puts first: the codes it lists or the passages it cites, then what it searches (manuals before all prose)."""
    found = fused(record, library)
    if gold := record.gold:
        listed = [held["code"] for held in answer.get("codes", ())] + [value for item in found for _, value in item.passage.codes[:1]]
        return [any(same(code, value) for code in gold) for value in dict.fromkeys(listed)]
    if record.category.startswith("guideline"):
        guides = library.shelves(record.question, PROSE, replace(filters(record), kinds=GUIDES), DEPTH)["prose"]
        found = [hit.placed for hit in guides] + found
    pages = {(cited["source_file"], cited["page"], cited["locator"]): cited for cited in answer.get("citations", ())}
    return [any(stands(place, cited) for place in record.cite) for cited in pages.values()] + relevant(record, found)
