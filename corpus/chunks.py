"""Cut text into passages without losing a character."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from corpus.model import PROSE, Passage

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

SIZE = 1000  # characters; as good as 450 on guideline questions, with fewer vectors


@dataclass(frozen=True, slots=True)
class Section:
    """A run of text under one path of headings, at an offset of its page or document."""

    path: tuple[str, ...]
    text: str
    start: int
    page: int | None = None
    locator: str = ""
    anchors: tuple[tuple[int, int], ...] = ()  # text joined from lines: (offset here, offset in the page's own text)

    def place(self, offset: int) -> int:
        """Where a character of this text stands in its page or document."""
        at = bisect_right(self.anchors, (offset, 1 << 60)) - 1
        return self.start + offset if at < 0 else self.anchors[at][1] + offset - self.anchors[at][0]


@cache
def _splitter() -> "RecursiveCharacterTextSplitter":
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        chunk_size=SIZE,
        chunk_overlap=0,
        separators=["\n\n", "\n", ". ", " ", ""],
        keep_separator="end",
        strip_whitespace=False,
    )


def pieces(text: str) -> list[str]:
    """Cut a text at paragraphs, lines, sentences or words, whichever comes first; joined they are the text."""
    return [text] if len(text) <= SIZE else _splitter().split_text(text)


def passages(sections: Iterable[Section]) -> Iterator[Passage]:
    """Turn sections into passages of at most SIZE characters, each with its place."""
    for section in sections:
        at = 0
        for piece in pieces(section.text):
            body = piece.strip()
            if body:
                start = at + piece.index(body)
                yield Passage(
                    id="",
                    kind=PROSE,
                    text=body,
                    locator=section.locator or (section.path[-1] if section.path else f"p. {section.page}" if section.page else "opening"),
                    page=section.page,
                    start=section.place(start),
                    end=section.place(start + len(body) - 1) + 1,
                    section=" › ".join(section.path),
                )
            at += len(piece)
