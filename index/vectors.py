"""Meaning, by Chroma: a collection a shelf, filled behind everything else and kept equal to the catalog passage by passage."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import chromadb
import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError
from threadpoolctl import threadpool_limits

from corpus.catalog import Catalog
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, REFERENCE
from index.encoders import Encoder, Vectors

SHELVES = {"prose": "prose", CPT: "cpt", HCPCS: "hcpcs", ICD10CM: "icd-10-cm", MODIFIER: "modifiers", REFERENCE: "reference"}
BATCH = 512  # texts encoded at a time: what a kill may lose
LOOKED_AT = 400  # candidates of a search: Chroma's own 100 miss the nearest title once in thirteen times, see docs/performance.md
STORED = 4096  # vectors stored at a time: a third faster than 512; until then the cache holds them
SMALL = 8192  # vectors up to which a shelf is searched whole
GARBAGE = 0.3  # share of a shelf's vectors that may have been deleted since it was made
LITTER = 5000  # and how many may always have been
Progress = Callable[[int, int], None]
Row = TypeVar("Row")


def _batches(rows: list[Row], size: int) -> Iterator[list[Row]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


class Cache:
    """Vectors by (encoder, text), so that a rebuild encodes nothing twice; half precision on disk."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) STRICT, WITHOUT ROWID")

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Encode passages, taking from the cache what it has."""
        keys = [hashlib.sha256(f"{encoder.name}\x1f{text}".encode()).digest()[:16] for text in texts]
        marks = ",".join("?" * len(keys))
        held = dict(self._db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", keys).fetchall())
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in held}
        if new:
            fresh = encoder.encode(list(new.values())).astype(np.float16)
            held |= {key: row.tobytes() for key, row in zip(new, fresh, strict=True)}
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", ((key, held[key]) for key in new))
        return np.stack([np.frombuffer(held[key], dtype=np.float16) for key in keys]).astype(np.float32)


class VectorStore:
    """The vectors of one home under one encoder."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        threadpool_limits(1, user_api="blas")  # its threads would spin beside the encoder's: a search took twice as long
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._encoder = encoder
        self._passages: Encoder | None = None  # loaded when there is something to fill
        self._cache = Cache(folder / "cache.sqlite")
        self._suffix = hashlib.sha256(encoder.name.encode()).hexdigest()[:8]
        self._connect()

    def _connect(self) -> None:
        settings = Settings(anonymized_telemetry=False)
        self._client = chromadb.PersistentClient(str(self._folder / "chroma"), settings=settings)
        self._collections: dict[str, Collection] = {}
        self._whole: dict[str, tuple[list[str], Vectors] | None] = {}  # small shelves, read on their first search

    def reload(self) -> None:
        """See what another process has written: a running client does not by itself."""
        self._client.clear_system_cache()
        self._connect()

    def _collection(self, shelf: str) -> Collection:
        if shelf not in self._collections:
            name = f"{SHELVES[shelf]}-{self._suffix}"
            held = self._client.get_or_create_collection(
                name, configuration={"hnsw": {"space": "cosine", "ef_search": LOOKED_AT}}, embedding_function=None
            )
            if (held.configuration.get("hnsw") or {}).get("ef_search") != LOOKED_AT:  # of an older home
                with suppress(ChromaError):  # one that may not be written
                    held.modify(configuration={"hnsw": {"ef_search": LOOKED_AT}})
            self._collections[shelf] = held
        return self._collections[shelf]

    def _ids(self, shelf: str) -> set[str]:
        return set(self._collection(shelf).get(include=[])["ids"])

    def missing(self, catalog: Catalog) -> list[tuple[str, str, str]]:
        """What the catalog holds and the store does not: (key, shelf, text), most useful first; drops what is gone."""
        held = {shelf: self._ids(shelf) for shelf in SHELVES}
        wanted: dict[str, set[str]] = {shelf: set() for shelf in SHELVES}
        lacking = []
        for key, shelf, text in catalog.searchable():
            wanted[shelf].add(key)
            if key not in held[shelf]:
                lacking.append((key, shelf, text))
        for shelf, ids in held.items():
            gone = sorted(ids - wanted[shelf])
            if gone and self._drop(shelf, gone, len(wanted[shelf])):
                return self.missing(catalog)
        return lacking

    def _drop(self, shelf: str, gone: list[str], kept: int) -> bool:
        """Take vectors out; where too much was taken out since the shelf was made, make it anew and say that it is empty now.

        Chroma only marks what it deletes: its files keep growing and its queries slow down.
        """
        collection = self._collection(shelf)
        self._whole.pop(shelf, None)
        dropped = int((collection.metadata or {}).get("dropped", 0)) + len(gone)
        if dropped > max(GARBAGE * kept, LITTER):
            self._client.delete_collection(collection.name)
            del self._collections[shelf]
            return True
        for batch in _batches(gone, 5000):
            collection.delete(ids=batch)
        collection.modify(metadata={"dropped": dropped})
        return False

    def fill(self, catalog: Catalog, progress: Progress = lambda done, total: None) -> Iterator[int]:
        """Encode and store what is missing, a batch a step; after a stop at any step the next run goes on from there."""
        lacking = self.missing(catalog)
        done = 0
        if lacking and self._passages is None:
            self._passages = self._encoder.for_passages()
        progress(0, len(lacking))
        for shelf in dict.fromkeys(shelf for _, shelf, _ in lacking):
            rows = [(key, text) for key, held, text in lacking if held == shelf]
            for stored in _batches(rows, STORED):
                encoded = []
                for batch in _batches(stored, BATCH):
                    encoded.append(self._cache.encode(self._passages or self._encoder, [text for _, text in batch]))
                    done += len(batch)
                    if done < len(lacking):  # the last step is told when its vectors are stored
                        progress(done, len(lacking))
                        yield done
                self._whole.pop(shelf, None)
                self._collection(shelf).upsert(ids=[key for key, _ in stored], embeddings=np.concatenate(encoded))
        progress(done, done)
        if lacking:
            yield done

    def count(self) -> int:
        """How many vectors are stored, over all shelves."""
        return sum(self._collection(shelf).count() for shelf in SHELVES)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that are not stored: a question, the sentences that may answer it."""
        return self._encoder.encode(texts)

    def similarities(self, vector: Vectors, shelf: str, ids: Sequence[str]) -> dict[str, float]:
        """Cosine of a vector with those of stored texts, by key; what is not stored yet is left out."""
        found = self._collection(shelf).get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
        if not found["ids"]:
            return {}
        cosines = np.asarray(found["embeddings"], dtype=np.float32) @ vector[0]
        return dict(zip(found["ids"], map(float, cosines), strict=True))

    def _small(self, shelf: str) -> tuple[list[str], Vectors] | None:
        """A small shelf in memory: a query costs Chroma a millisecond however little there is to search."""
        if shelf not in self._whole:
            small = 0 < self._collection(shelf).count() <= SMALL
            held = self._collection(shelf).get(include=["embeddings"]) if small else None
            self._whole[shelf] = held and (held["ids"], np.asarray(held["embeddings"], dtype=np.float32))
        return self._whole[shelf]

    def search(self, vector: Vectors, shelf: str, limit: int) -> list[tuple[str, float]]:
        """Keys of the texts of a shelf nearest to a vector, best first, with cosine similarity."""
        if (whole := self._small(shelf)) is not None:
            keys, vectors = whole
            cosines = vectors @ vector[0]
            return [(keys[at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:limit]]
        found = self._collection(shelf).query(query_embeddings=vector, n_results=limit, include=["distances"])
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True)]
