"""How search grows: the same questions on ten thousand, a hundred thousand and a million passages.

`python -m bench.growth HOME [FOLDER]` takes the texts and vectors of a filled home and, where there are not enough, says them again with a
word changed and the vector turned a little aside, so that no two passages are the same. All sizes are grown first and then asked in turn,
question by question, so that what else the machine does weighs on all alike. The grown homes are kept in FOLDER where one is named, and
taken from there the next time. Encoding is not timed here. Writes bench/growth.json.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from assistant.settings import quiet_libraries
from bench.figures import QUESTIONS, ROUNDS, Figures, report, seconds, spread
from corpus.model import PROSE, TERM, Document, Passage, Reading, Source, with_ids
from index import encoders
from index.encoders import Encoder, Vectors
from index.library import Library
from index.search import Filters

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 20_000  # passages a source has
GROWN = "grown"  # marks a home that is whole
ASIDE = 0.35  # length of the step aside, the vector's own being 1


class Known:
    """Vectors that are known beforehand, by text; questions are encoded as always."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self.vectors: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._encoder.encode(texts)

    def for_passages(self) -> Encoder:
        """The encoder of what is stored: it looks up."""
        return _Stored(self)


class _Stored:
    def __init__(self, known: Known) -> None:
        self.name, self._known = f"{known.name}, known", known

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._known.vectors[text] for text in texts])

    def for_passages(self) -> Encoder:
        return self


def real(home: Path) -> tuple[list[tuple[str, str]], Vectors]:
    """(shelf, text) of everything a home has a vector for, and the vectors."""
    library = Library(home, encoders.DEFAULT)
    rows = list(library.catalog.searchable())
    cache = library.vectors._cache
    passages = encoders.load(encoders.DEFAULT, home / "models").for_passages()
    texts = [text for *_, text in rows]
    found = [cache.encode(passages, texts[at : at + 500]) for at in range(0, len(texts), 500)]
    return [(shelf, text) for _, shelf, text in rows], np.concatenate(found)


def repeated(rows: list[tuple[str, str]], vectors: Vectors, size: int) -> Iterator[tuple[str, str, Vectors]]:
    """Passages without end, to `size`: after the real ones the same with a word changed and the vector turned aside."""
    chance = np.random.default_rng(1)
    for at in range(size):
        shelf, text = rows[at % len(rows)]
        vector = vectors[at % len(rows)]
        if turn := at // len(rows):
            words = text.split(" ")
            words[at % len(words)] = f"variant{turn}x{at}"
            aside = chance.standard_normal(vector.shape[0]).astype(np.float32)
            text, vector = " ".join(words), vector + ASIDE * aside / np.linalg.norm(aside)
        yield shelf, text, vector / np.linalg.norm(vector)


def _source(number: int, held: list[tuple[str, str]]) -> Reading:
    made = [
        Passage("", PROSE, text, f"p. {at}")
        if shelf == PROSE
        else Passage("", TERM, text, f"row {at}", codes=((shelf, f"X{number}-{at}"),))
        for at, (shelf, text) in enumerate(held)
    ]
    name = f"made-{number}"
    document = Document(f"{name}/1", "", "reference", with_ids(name, made))
    return Reading(Source(name, name, name, "made up", "made up", digest=name), (document,))


def grown(folder: Path, rows: list[tuple[str, str]], vectors: Vectors, size: int) -> float:
    """Grow a home of so many passages; the vectors stored a second."""
    library = Library(folder, encoders.DEFAULT)
    known = Known(encoders.load(encoders.DEFAULT, folder / "models"))
    held: list[tuple[str, str]] = []
    number = 0
    for at, (shelf, text, vector) in enumerate(repeated(rows, vectors, size), 1):
        held.append((shelf, text))
        known.vectors[f". . {text}" if shelf == PROSE else text] = vector
        if len(held) == BATCH or at == size:
            library.catalog.put(_source(number, held))
            number, held = number + 1, []
    with library._writes.taken():
        library.keywords.sync(library.catalog)
    library._refresh()
    library.vectors._encoder = known
    return size / seconds(lambda: list(library.fill()))


def _all_grown(home: Path, folder: Path) -> Figures:
    """A home of each size below the folder, but those that are there."""
    wanted = [size for size in SIZES if not (folder / str(size) / GROWN).exists()]
    figures: Figures = {}
    if wanted:
        rows, vectors = real(home)
        figures["real passages to begin with"] = len(rows)
        for size in wanted:
            figures[f"vectors stored a second at {size:,}"] = grown(folder / str(size), rows, vectors, size)
            (folder / str(size) / GROWN).touch()
    for size in SIZES:
        disk = sum(path.stat().st_size for path in (folder / str(size)).rglob("*") if path.is_file())
        figures[f"disk at {size:,}, MB"] = disk / 2**20
    return figures


def _opened(folder: Path) -> dict[int, Library]:
    """The grown homes under one encoder, as the threads of several would be in each other's way."""
    libraries = {size: Library(folder / str(size), encoders.DEFAULT) for size in SIZES}
    encoder = encoders.load(encoders.DEFAULT, folder / str(SIZES[0]) / "models")
    for library in libraries.values():
        library.vectors._encoder = encoder
    return libraries


def in_turn(libraries: Mapping[int, Library]) -> dict[int, list[float]]:
    """Milliseconds of each search, in order, of libraries that take turns; the first round loads what later ones use."""
    found: dict[int, list[float]] = {size: [] for size in libraries}
    for turn in range(ROUNDS + 1):
        for question in QUESTIONS:
            for size, library in libraries.items():
                took = seconds(lambda: library.search(question, Filters(date.today()))) * 1000  # noqa: B023
                if turn:
                    found[size].append(took)
    return {size: sorted(took) for size, took in found.items()}


def main() -> None:
    """Grow, search, print."""
    quiet_libraries()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else made)
        figures = _all_grown(Path(sys.argv[1]), folder)
        found = in_turn(_opened(folder))
    for size, took in found.items():
        figures |= spread(f"search at {size:,}", took)
    figures["a million to a hundred thousand, ratio"] = statistics.median(found[SIZES[2]]) / statistics.median(found[SIZES[1]])
    report("growth", figures)


if __name__ == "__main__":
    main()
