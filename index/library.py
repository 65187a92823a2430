"""One home folder opened: the catalog, what is derived from it, and search over both."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from corpus import kept
from corpus.catalog import Catalog
from corpus.codes import ICD10PCS, shelf_of
from corpus.model import PROSE, CorpusError, Source, digest
from index.keywords import Keywords
from index.search import DEPTH, FEW, KEYWORD_SHARE, STOP, Filters, Hit, Ranked, allows, answering, fuse, merge, speaks

if TYPE_CHECKING:
    from corpus.archives import Found
    from corpus.ingest import Outcome
    from corpus.stated import Stated
    from index.encoders import Vectors
    from index.vectors import Progress, VectorStore


WAIT = 5.0  # seconds to wait for another writer
DAYS = 400  # dates of service whose sources are remembered
FILLED = "filled"  # a file that says when nothing was left to encode
WORDINGS = 8  # texts whose vectors a thread keeps: a question is asked in a few wordings, of several shelves
STRIDE = 16  # candidates read from the catalog at a time: most searches need no more


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the vectors are: passages encoded of all."""

    done: int
    total: int

    @property
    def ready(self) -> bool:
        return self.total > 0 and self.done >= self.total


class _Turn:
    """The right to write something of a home, held by one thread of one process at a time."""

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._thread = threading.Lock()
        self._process = FileLock(home / name, thread_local=False)

    @contextmanager
    def taken(self, wait: float | None = None) -> Iterator[None]:
        """Hold it; CorpusError where another has it for longer than `wait` seconds (WAIT where none are given)."""
        patience = WAIT if wait is None else wait
        busy = CorpusError(f"Another codecite is writing to {self._home}: wait until it is done, then try again.")
        if not self._thread.acquire(timeout=patience):
            raise busy
        try:
            with self._process.acquire(timeout=patience):
                yield
        except Timeout:
            raise busy from None
        finally:
            self._thread.release()


class Library:
    """Everything known in one home. Safe to use from several threads; a second process may write meanwhile.

    Raises CorpusError where the home cannot be used.
    """

    def __init__(self, home: Path, encoder: str) -> None:
        self.home = home
        self.catalog = Catalog(home / "catalog.sqlite")
        self.keywords = Keywords(home / "keywords")
        self._encoder = encoder
        self._vectors: VectorStore | None = None
        self._loading = threading.Lock()
        self._asked = threading.local()  # the last texts each thread asked with, and their vectors
        self._writes = _Turn(home, "write.lock")  # catalog and keywords: for the moment of one file
        self._encodes = _Turn(home, "encode.lock")  # vectors: for as long as filling takes
        self._stamp = self.catalog.stamp
        self._hold(self.catalog.editions())
        self.readiness = Readiness(0, 0)
        with suppress(CorpusError):  # whoever is writing now will bring the keywords up to date
            if self.keywords.stale(self.catalog):
                with self._writes.taken(wait=0):
                    self.keywords.sync(self.catalog)

    @property
    def prepared(self) -> bool:
        """Whether the embedded sources have been read; the starter documents come last."""
        return any(source.kind == "starter" for source in self._sources)

    def prepare(self) -> "list[Outcome]":
        """Bring catalog and keywords up to date: seconds on the first run, milliseconds later."""
        from corpus import ingest  # every reader: a question needs none

        with self._writes.taken():
            outcomes = ingest.add_embedded(self.catalog)
            self.keywords.sync(self.catalog)
        self._refresh()
        return outcomes

    def add(self, path: Path) -> "Outcome":
        """Take one file in and make its words findable; its vectors are filled in by `fill`."""
        *_, (_, outcome) = self.add_all([path])
        return outcome

    def add_all(self, paths: Sequence[Path], told: "Stated | None" = None) -> "Iterator[tuple[Found, Outcome]]":
        """Take in files, folders and archives, one transaction a file; the keywords follow at the end, or when it is cut short.

        What is `told` holds for every one of them.
        """
        from corpus import archives, ingest
        from corpus.stated import NOTHING

        try:
            with TemporaryDirectory() as scratch:
                for found in (inner for path in paths for inner in archives.found(path, Path(scratch))):
                    with self._writes.taken():
                        outcome = ingest.add(self.catalog, found.path, found.origin, found.named, told or NOTHING)
                    yield found, outcome
        finally:
            with self._writes.taken():
                self.keywords.sync(self.catalog)
            self._refresh()

    def remove(self, source_id: str) -> None:
        """Take a source away from the catalog and from both indexes."""
        with self._writes.taken():
            kept.remove(self.catalog, source_id)
            self.keywords.sync(self.catalog)
        self._refresh()
        if (self.home / "vectors").exists():
            with suppress(CorpusError), self._encodes.taken(wait=0):  # else whoever fills now drops them
                self.vectors.missing(self.catalog)

    def fill(self, progress: "Progress" = lambda done, total: None) -> Iterator[Readiness]:
        """Encode what has no vector yet, a batch a step, and what is added meanwhile."""

        def note(done: int, total: int) -> None:
            everything = self.vectors.count() + total if not done else self.readiness.total
            self.readiness = Readiness(everything - total + done, everything)
            progress(done, total)

        with self._encodes.taken():
            if self._filled == self._state:
                self.readiness = Readiness(self.vectors.count(), self.vectors.count())
                return
            stamp, encoded = None, False
            while stamp != self.catalog.stamp:
                stamp = self.catalog.stamp
                for _ in self.vectors.fill(self.catalog, note):
                    encoded = True
                    yield self.readiness
            if encoded:
                self.catalog.touch()
            (self.home / "vectors" / FILLED).write_text(self._state)

    @property
    def _state(self) -> str:
        """What tells whether anything was written to the catalog or taken from the vectors."""
        return f"{self.catalog.stamp} writes, {self.vectors.count()} vectors of {self._encoder}"

    @property
    def _filled(self) -> str | None:
        """The state in which every passage had its vector: looking for those without reads every text."""
        path = self.home / "vectors" / FILLED
        return path.read_text() if path.exists() else None

    def _hold(self, sources: Sequence[Source]) -> None:
        """Know these sources, and for the days asked about which of them answer."""
        self._sources = sources
        self._answering = lru_cache(DAYS)(partial(answering, sources))

    def _refresh(self) -> None:
        self._stamp = self.catalog.stamp
        self._hold(self.catalog.editions())
        self.keywords.reload()

    def freshen(self) -> None:
        """See what another process has written since the last question."""
        if self.catalog.stamp != self._stamp:
            self._refresh()
            if self._vectors is not None:
                self._vectors.reload()

    @property
    def vectors(self) -> "VectorStore":
        """The vector store, loaded with its encoder on first use."""
        with self._loading:
            if self._vectors is None:
                from index import encoders
                from index.vectors import VectorStore

                self._vectors = VectorStore(self.home / "vectors", encoders.load(self._encoder, self.home / "models"))
            return self._vectors

    def _vector(self, text: str) -> "Vectors | None":
        """A query's vector, or None while nothing has been encoded."""
        if self._vectors is None and not (self.home / "vectors" / "chroma").exists():
            return None
        asked: dict[str, Vectors] = self._asked.__dict__
        if text not in asked:
            vector = self.vectors.encode([text])
            if len(asked) >= WORDINGS:
                asked.clear()
            asked[text] = vector
        return asked[text]

    def similarities(self, text: str, passage_ids: Sequence[str]) -> dict[str, float]:
        """How near in meaning passages of prose are to a question (cosine), as far as they have vectors."""
        vector = self._vector(text)
        if vector is None or not passage_ids:
            return {}
        keys = self.catalog.keys(passage_ids)
        near = self.vectors.similarities(vector, PROSE, list(keys.values())) if keys else {}
        return {passage: near[key] for passage, key in keys.items() if key in near}

    def words(self, text: str) -> list[str]:
        """The telling words of a question, as the keyword index writes them."""
        plain = [word for word in text.replace("/", " ").split() if word.strip(".,;:?!()\"'").lower() not in STOP]
        return [word for word in self.keywords.analyzed(" ".join(plain)) if word not in STOP]

    def current(self, on: date) -> frozenset[str]:
        """The sources that answer for a date of service."""
        return self._answering(on)

    @property
    def sources(self) -> Sequence[Source]:
        return self._sources

    @property
    def digest(self) -> str:
        """Sixteen digits that stand for what answers rest on: every source as read and as stated, and the encoder."""
        held = sorted(f"{source.id} {source.digest} {source.payer} {source.effective} {source.ended}" for source in self._sources)
        return digest(self._encoder, *held)

    def warm(self) -> None:
        """Load what the first search of each shelf would wait for."""
        self.search("warm", Filters(date.today()), 1)

    def shelves(self, text: str, shelves: Sequence[str], filters: Filters, limit: int = 10) -> dict[str, list[Hit]]:
        """Search several shelves with one encoding of the question."""
        return {shelf: self._placed(ranked, filters, limit) for shelf, ranked in self._ranked(text, shelves, filters).items()}

    def _ranked(self, text: str, shelves: Sequence[str], filters: Filters) -> dict[str, list[Ranked]]:
        """What each shelf has for a question, of the sources in force, best first."""
        words, vector = self.words(text), self._vector(text)
        current = self.current(filters.on)
        asked = frozenset(source.id for source in self._sources if source.id in current and speaks(filters, source))
        over = [source.id for source in self._sources if source.id not in asked]
        depth = DEPTH * FEW if filters.own or filters.kinds else DEPTH

        def ranked(shelf: str) -> list[Ranked]:
            near = self._by_meaning(shelf, vector, asked, depth)
            return fuse(self.keywords.search(words, shelf, DEPTH, over), near, KEYWORD_SHARE[shelf])

        return {shelf: ranked(shelf) for shelf in shelves}

    def _placed(self, ranked: Sequence[Ranked], filters: Filters, limit: int) -> list[Hit]:
        """The best passages that the filters allow, read from the catalog a few at a time."""
        kept: list[Hit] = []
        for at in range(0, len(ranked), STRIDE):
            rows = ranked[at : at + STRIDE]
            placed = self.catalog.passages([row.passage for row in rows])
            hits = (Hit(placed[row.passage], *row[1:]) for row in rows if row.passage in placed)
            kept += [hit for hit in hits if allows(filters, hit.placed)]
            if len(kept) >= limit:
                break
        return kept[:limit]

    def _by_meaning(self, shelf: str, vector: "Vectors | None", asked: frozenset[str], depth: int) -> list[tuple[str, float]]:
        """Passages of the sources asked that are nearest to a vector, best first; editions that say the same share a vector."""
        if vector is None or shelf == ICD10PCS:
            return []
        near = dict(self.vectors.search(vector, shelf, depth))
        held = self.catalog.holders(list(near), shelf)
        found = sorted(((passage, near[key]) for key, passage, source in held if source in asked), key=lambda found: -found[1])
        return found[:DEPTH]

    def search(self, text: str, filters: Filters, limit: int = 10) -> list[Hit]:
        """Search every shelf the filters allow and merge, best first; passages that name a code of the query lead."""
        shelves = tuple(dict.fromkeys(map(shelf_of, filters.systems))) or tuple(KEYWORD_SHARE)
        named = self._named(text, filters)
        first = {hit.placed.passage.id for hit in named}
        merged = merge(self._ranked(text, shelves, filters).values())
        merged = [row for row in merged if row.passage not in first]
        return (named + self._placed(merged, filters, limit))[:limit]

    def _named(self, text: str, filters: Filters) -> list[Hit]:
        from corpus.codes import named as named_in

        current = self.current(filters.on)
        wanted = filters.systems
        named = (m for m in named_in(text, self.catalog.knows) if m.wellformed and (not wanted or m.system in wanted))
        pairs = dict.fromkeys((m.system, m.value) for m in named)
        placed = (item for system, value in pairs for item in self.catalog.naming(system, value, 20))
        kept = [item for item in placed if item.source.id in current and allows(filters, item)]
        first = {item.passage.id: item for item in kept if item.passage.kind == "prose"}
        return [Hit(item, 2.0, None, None) for item in first.values()]
