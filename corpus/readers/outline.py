"""Follow a PDF's bookmarks through its pages: which headings stand above a line."""

import re
from dataclasses import dataclass

_NUMBERED = re.compile(r"\(?([A-Z]|\d{1,2}|[a-z]|[ivx]+)[.)]\s")
_FILE = re.compile(r"\d+[ _]+(?:Chapter ?(\d+))?.*\bfinal", re.I)  # CMS binds the NCCI manual from files: "04 Chapter4 … Final"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
_LONGEST = 200  # characters; what is longer is a paragraph, however it is bookmarked


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the outline: level from 0, title, 0-based page."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A heading as it is looked for: the path it leads to, its letters and digits, and whether its page begins with it."""

    path: tuple[str, ...]
    flat: str
    page: int
    opens: bool


def _flat(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def _name(title: str) -> str:
    """What a bookmark adds to a path: nothing where it is a sentence or leads to a list of headings; a file's is its chapter's."""
    if file := _FILE.fullmatch(title):
        return f"Chapter {_ROMAN[int(file[1]) - 1]}" if file[1] and 0 < int(file[1]) <= len(_ROMAN) else ""
    if re.search(r"table of contents|^\[missing bookmark\]$", title, re.I):
        return ""
    sentence = len(title) > _LONGEST or (title[-1:] in ".;," and not _NUMBERED.match(title))
    return "" if sentence else title


class Outline:
    """Walk the headings in the order of their pages; each keeps the path its place in the tree gives it."""

    def __init__(self, headings: list[Heading]) -> None:
        above: list[tuple[int, str]] = []
        found = []
        for heading in headings:
            name, opens = _name(heading.title), _FILE.fullmatch(heading.title) is not None
            above = [entry for entry in above if entry[0] < heading.level] + [(heading.level, name)]
            path = tuple(dict.fromkeys(title for _, title in above if title))
            if name or opens:
                found.append(_Entry(path, "" if opens else _flat(name), heading.page, opens))
        self._ahead = sorted(found, key=lambda entry: entry.page)
        self.path: tuple[str, ...] = ()

    def page(self, number: int) -> None:
        """Enter the headings of earlier pages that no line matched, and the file that begins on this page."""
        while self._ahead and self._ahead[0].page < number + self._ahead[0].opens:
            self.path = self._ahead.pop(0).path

    def match(self, line: str, following: str, number: int) -> int:
        """Enter the heading this line is and return how many lines it takes; 0 where it is none."""
        flat = (_flat(line), _flat(line + following))
        for at, entry in enumerate(self._ahead):
            if entry.page != number:
                return 0
            if entry.flat and entry.flat in flat:
                self.path = entry.path
                del self._ahead[: at + 1]
                return 1 + flat.index(entry.flat)
        return 0


def numbering(path: tuple[str, ...]) -> str:
    """The section number a path of headings spells: ('Section I. …', 'C. …', '1. …') is 'Section I.C.1'."""
    head, rest = "", list[str]()
    for title in path:
        named = re.match(r"(Section|Chapter|Appendix|Part|Article)\s+([IVXLC]+|\d+|[A-Z])\b", title, re.I)
        if named and not rest and not head:
            head = f"{named[1].title()} {named[2].upper()}"
            continue
        if number := _NUMBERED.match(title):
            rest.append(number[1])
    if not head:
        return ""
    joint = ", " if head.startswith("Chapter") else "."
    return head + (joint + ".".join(rest) if rest else "")
