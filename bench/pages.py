"""How exactly quoted words are marked on the pages of PDFs, and how fast a page is shown: python -m bench.pages FILE.pdf ..."""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from assistant.sentences import split
from corpus.highlights import Box, letters
from corpus.model import Passage
from corpus.pages import look, picture
from corpus.pdfium import opened, turned
from corpus.readers.pdf import read_pdf

COUNT = 200  # citations
SEED = 59
WIDTH = 1100  # pixels, as a wide screen asks for
_INSET = 0.2  # of the height of a box: it holds ascenders and descenders, and may reach into the lines beside it


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence of a passage, as an answer would cite it."""

    path: Path
    passage: Passage
    quote: str

    @property
    def start(self) -> int:
        """About where the page's text has it."""
        return self.passage.start + self.passage.text.find(self.quote)


def sample(paths: Sequence[Path], count: int = COUNT, seed: int = SEED) -> list[Cited]:
    """Sentences of all these files together, the same for the same seed."""
    held = [(path, passage) for path in sorted(paths) for passage in read_pdf(path).documents[0].passages]
    chance = random.Random(seed)
    chosen = chance.sample(held, min(count, len(held)))
    return [Cited(path, passage, chance.choice(split(passage.text))) for path, passage in chosen]


def read_back(path: Path, number: int, boxes: Sequence[Box]) -> str:
    """The letters that PDFium reads in the middle of boxes on an upright, uncut page."""
    with opened(path) as pdf, turned(pdf, number) as (page, text):
        width, height = page.get_size()
        found = [text.get_text_bounded(*_strip(box, width, height)) for box in boxes]
    return letters("".join(found))


def _strip(box: Box, width: float, height: float) -> tuple[float, float, float, float]:
    """Left, bottom, right and top in points of the middle of a box."""
    left, top = box.left / 100 * width, height - box.top / 100 * height
    across, down = box.width / 100 * width, box.height / 100 * height
    return left + 0.3, top - down * (1 - _INSET), left + across - 0.3, top - down * _INSET


def marked(cited: Sequence[Cited]) -> Iterator[tuple[Cited, bool, bool]]:
    """Each citation with whether it is drawn, and whether what is drawn holds its words and no others."""
    for item in cited:
        boxes = look(item.path, item.passage.page or 1, item.quote, item.start).boxes
        yield item, bool(boxes), bool(boxes) and read_back(item.path, item.passage.page or 1, boxes) == letters(item.quote)


def _seconds(cited: Sequence[Cited]) -> Iterator[tuple[float, float]]:
    """How long a page and its words take that nobody has looked at before: seconds by the clock, and of the processor."""
    for item in cited:
        began, used = time.perf_counter(), time.process_time()
        look(item.path, item.passage.page or 1, item.quote, item.start)
        picture(item.path, item.passage.page or 1, WIDTH)
        yield time.perf_counter() - began, time.process_time() - used


def main(paths: Sequence[str]) -> None:
    """Print the shares and the times."""
    cited = sample([Path(path) for path in paths])
    found = list(marked(cited))
    print(f"{len(found)} citations, {sum(item[1] for item in found)} drawn, {sum(item[2] for item in found)} of them right")
    for name, times in zip(("clock", "processor"), zip(*_seconds(cited), strict=True), strict=True):
        late = sorted(times)[int(len(times) * 0.95)]
        print(f"a page not seen before, by the {name}: median {median(times) * 1000:.0f} ms, 95th percentile {late * 1000:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
