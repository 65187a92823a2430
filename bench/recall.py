"""How often the nearest passages are found: `python -m bench.recall HOME`, Chroma's graph against every vector compared.

The questions are those of the evaluation whose answers are codes (for the shelves of codes) or rules (for prose).
"""

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.settings import quiet_libraries
from bench.figures import Figures, report, seconds
from corpus.codes import HCPCS, ICD10CM
from corpus.model import PROSE
from index import encoders
from index.library import Library
from index.vectors import VectorStore

QUESTIONS = Path(__file__).parents[1] / "evals" / "questions"
ASKED = {ICD10CM: "reverse", HCPCS: "reverse", PROSE: "guidelines-second"}
LOOKED_AT = (100, 200, 400, 800)  # candidates that Chroma's search keeps (ef_search)
FOUND, BEST = 60, 10


def questions(name: str, count: int = 200) -> list[str]:
    """Questions of the evaluation."""
    lines = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[:count]]


def recall(store: VectorStore, shelf: str, asked: Sequence[str]) -> Figures:
    """Percent of questions whose nearest text is found, percent of the ten nearest that are, and milliseconds, by candidates."""
    wanted, collection = store.encode(asked), store._collection(shelf)
    held = collection.get(include=["embeddings"])
    keys, vectors = np.array(held["ids"]), np.asarray(held["embeddings"], dtype=np.float32)
    nearest = np.argsort(-(wanted @ vectors.T), axis=1)[:, :BEST]
    figures: Figures = {}
    for looked in LOOKED_AT:
        collection.modify(configuration={"hnsw": {"ef_search": looked}})
        store.reload()  # a graph that is loaded keeps what it was loaded with
        collection = store._client.get_collection(collection.name, embedding_function=None)
        found: list[list[str]] = []
        took = [
            seconds(lambda: found.append(collection.query(query_embeddings=row[None], n_results=FOUND, include=[])["ids"][0]))  # noqa: B023
            for row in wanted
        ]
        first = [keys[near[0]] in ids for near, ids in zip(nearest, found, strict=True)]
        tenth = [len(set(keys[near]) & set(ids)) / BEST for near, ids in zip(nearest, found, strict=True)]
        figures |= {
            f"{shelf}, {looked} candidates, nearest found %": 100 * statistics.mean(first),
            f"{shelf}, {looked} candidates, ten nearest found %": 100 * statistics.mean(tenth),
            f"{shelf}, {looked} candidates, median ms": 1000 * statistics.median(took),
        }
    return figures


def main() -> None:
    """Ask, compare, print; the next search sets the home as it was."""
    quiet_libraries()
    store = Library(Path(sys.argv[1]), encoders.DEFAULT).vectors
    figures: Figures = {}
    for shelf, name in ASKED.items():
        figures |= recall(store, shelf, questions(name))
    report("recall", figures)


if __name__ == "__main__":
    main()
