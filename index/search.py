"""Fuse what keywords and vectors find, each weighted by the shelf searched, and keep what holds on the date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from corpus.codes import CPT, HCPCS, ICD10CM, ICD10PCS, MODIFIER, REFERENCE
from corpus.model import TERM, Source
from corpus.rows import Placed

# The share keywords have in the score; set by what earlier measurements of the field showed best (see docs/decisions.md).
KEYWORD_SHARE: Mapping[str, float] = {"prose": 0.5, CPT: 0.5, HCPCS: 0.5, ICD10CM: 0.3, MODIFIER: 0.5, REFERENCE: 0.5, ICD10PCS: 1.0}
DEPTH = 60  # candidates asked of each engine before filters
FEW = 6  # times as many vectors, where few of the sources are asked: most of the nearest are of others
STOP = frozenset(
    """
    a about above after all am an and any are as at be because been being but by can could did do does doing each else for from
    go goe goes had has have having he her here him his how i if in into is it its just know like may me mean means might more
    most much must my need no nor of off on once one only or our out own please really said same say says shall she should so
    some such tell than that the their them then there these they this those through to too under until up us use used very
    want was we were what whats when where which while who whom whose why will with would you your explain describe give show
    list find look code codes coding cpt hcpcs icd 10 cm
    """.split()
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must meet: the date of service, the payer asked about, the code systems wanted."""

    on: date
    payer: str | None = None
    systems: tuple[str, ...] = ()
    own: bool = False  # that payer's own text alone, not what holds for any payer
    kinds: frozenset[str] = frozenset()  # of sources, as their readers call them; none: all
    without: frozenset[str] = frozenset()  # kinds of sources left out


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, and why: its rank by keyword and by vector (from 1; None where that engine missed it)."""

    placed: Placed
    score: float
    by_keyword: int | None
    by_vector: int | None
    similarity: float | None = None  # cosine to the question, where the vector engine found it

    def as_json(self) -> dict[str, Any]:
        """The hit as the contract promises it to programs."""
        passage = self.placed.passage
        return {
            "passage_id": passage.id,
            "source_id": self.placed.source.id,
            "title": self.placed.document.title,
            "locator": passage.locator,
            "page": passage.page,
            "text": passage.text,
            "score": round(self.score, 4),
            "codes": [{"system": system, "code": value} for system, value in passage.codes],
            "ranks": {"keyword": self.by_keyword, "vector": self.by_vector},
        }


def _scaled(found: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Min-max: the best is 1, the worst a little above 0."""
    if not found:
        return {}
    high, low = found[0][1], found[-1][1]
    return {key: (score - low + 1e-6) / (high - low + 1e-6) for key, score in found}


class Ranked(NamedTuple):
    """A passage's id before it is read, with what a Hit says of it."""

    passage: str
    score: float
    by_keyword: int | None
    by_vector: int | None
    similarity: float | None = None


def fuse(keywords: Sequence[tuple[str, float]], vectors: Sequence[tuple[str, float]], share: float) -> list[Ranked]:
    """Weighted average of min-max scores, best first.

    Averaged scores did better than reciprocal ranks on code titles and on guideline questions.
    """
    by_word, by_meaning = _scaled(keywords), _scaled(vectors)
    if not vectors:
        share = 1.0
    word_rank = {key: rank for rank, (key, _) in enumerate(keywords, 1)}
    meaning_rank = {key: rank for rank, (key, _) in enumerate(vectors, 1)}
    near = dict(vectors)
    fused = [
        Ranked(
            key,
            share * by_word.get(key, 0.0) + (1 - share) * by_meaning.get(key, 0.0),
            word_rank.get(key),
            meaning_rank.get(key),
            near.get(key),
        )
        for key in {**word_rank, **meaning_rank}
    ]
    return sorted(fused, key=lambda row: (-row.score, row.by_keyword is None, row.passage))


def merge(shelves: Iterable[Sequence[Ranked]]) -> list[Ranked]:
    """One list of several shelves, best first.

    The scores of a shelf say what is best on it, not how good that is; so each shelf counts as much as its nearest passage is near.
    """
    nearest = [(rows, max((row.similarity or 0.0 for row in rows), default=0.0)) for rows in shelves]
    top = max((near for _, near in nearest), default=0.0)
    weighed = [row._replace(score=row.score * (near / top if top > 0 else 1.0)) for rows, near in nearest for row in rows]
    return sorted(weighed, key=lambda row: -row.score)


def answering(sources: Iterable[Source], on: date) -> frozenset[str]:
    """The sources that answer for a date: of each publication the edition in force, else the nearest before, else the first."""
    publications: dict[str, list[Source]] = {}
    for source in sources:
        publications.setdefault(source.publication, []).append(source)
    chosen = set()
    for editions in publications.values():
        begun = [source for source in editions if _begin(source) <= on]
        holding = [source for source in begun if not source.ended or source.ended >= on]
        best = max(holding or begun, key=_begin) if begun else min(editions, key=_begin)
        chosen |= {source.id for source in editions if source.effective == best.effective}
    return frozenset(chosen)


def _begin(source: Source) -> date:
    return source.effective or date.min


def payer_of(placed: Placed) -> str | None:
    """Whose rules a passage states, else whose its first page says it is; None where they are anybody's."""
    return placed.document.payer or placed.source.payer or placed.source.names


def speaks(filters: Filters, source: Source) -> bool:
    """Whether a source may hold text that the filters allow; documents in our own words have payers of their own."""
    if source.kind in filters.without or (filters.kinds and source.kind not in filters.kinds):
        return False
    payer = source.payer or source.names
    if not filters.payer or source.kind in ("starter", "markdown"):
        return True
    return payer == filters.payer or not (payer or filters.own)


def allows(filters: Filters, placed: Placed) -> bool:
    """Whether a passage may answer: another payer's text never does; a document not in force does only as a code's page."""
    payer = payer_of(placed)
    if filters.payer and payer != filters.payer and (payer or filters.own):
        return False
    if filters.systems and placed.passage.kind == TERM and placed.passage.codes[0][0] not in filters.systems:
        return False
    document = placed.document
    if document.kind == "code":
        return True
    return not (document.effective and document.effective > filters.on) and not (document.ended and document.ended < filters.on)
