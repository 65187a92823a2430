"""Read the United States Code: its sections cut where its subdivisions begin, each passage under its own citation."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest
from textwrap import shorten
from typing import NamedTuple

from corpus.chunks import SIZE, Section, passages
from corpus.model import Document

CITATION = re.compile(r"(\d+) U\.S\.C\. § (\S+)")
_MARKS = re.compile(r"^[ \t]*(?:\([0-9A-Za-z]{1,6}\)[ \t]*)+", re.M)
_MARK = re.compile(r"\(([0-9A-Za-z]{1,6})\)")
_SUBSECTION = re.compile(r"\([a-z]{1,3}\)")
_CLOSED = re.compile(r"[.;,]\s*(?:and|or)?\s*$")
_ENDED = re.compile(r"[.;](?:\s|$)")
_BARE = re.compile(r"^((?:\([0-9A-Za-z]{1,6}\)[ \t]*)+)\n+(?=\()", re.M)  # a mark with no text of its own
_SHORT = 120  # characters too few for a passage
_CAPTION = 80  # characters of a subdivision's first line that say what stands below it
_NUMERALS = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _roman(number: int) -> str:
    written = ""
    for value, sign in _NUMERALS:
        written += sign * (number // value)
        number %= value
    return written


_ROMAN = {_roman(number): number for number in range(1, 90)}


class Step(NamedTuple):
    """A subdivision: its level (0 subsection, 1 paragraph, 2 subparagraph, 3 clause, 4 subclause …), its place there, its mark."""

    level: int
    order: int
    mark: str
    caption: str = ""


class Unit(NamedTuple):
    """Text from one mark to the next; `path` is how far down its place is sure."""

    start: int
    level: int
    path: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A part of a section as the file has it: a subsection, or a run of text below one."""

    citation: str
    title: str
    headings: tuple[str, ...]  # from the subsection on
    text: str


def _orders(mark: str) -> dict[int, int]:
    """The levels a mark can stand on, and its place there: (i) is the ninth subsection or the first clause."""
    if mark[0].isdigit():
        return {1: int("".join(takewhile(str.isdigit, mark)))}
    low, capital = mark.lower(), mark[0].isupper()
    orders = {}
    if len(set(low)) == 1:
        place = ord(low[0]) - ord("a") + 1
        orders[2 if capital else 0] = place + 26 * (len(low) - 1)
        if len(low) == 2:
            orders[6 if capital else 5] = place
    if low in _ROMAN:
        orders[4 if capital else 3] = _ROMAN[low]
    return orders


def _level(stack: Sequence[Step], orders: Mapping[int, int], after: str, before: str) -> int:
    """The level a mark stands on below `stack`: the next of its kind, or the first one level down.

    Where both fit, the mark that comes after it tells, else whether the text before it has ended.
    """
    held = {step.level: step.order for step in stack}
    below = [stack[-1].level + 1] if stack else orders
    fits = [level for level, order in orders.items() if order == held.get(level, -9) + 1 or (level in below and order == 1)]
    if len(fits) > 1:
        following = _orders(after) if after else {}
        told = [level for level in fits if following.get(level) == orders[level] + 1 or following.get(level + 1) == 1] or fits
        opens = not _CLOSED.search(before)
        return next((level for level in told if (level not in held) == opens), told[0])
    skipped = [level for level, order in orders.items() if order > held.get(level, 99)]
    inline = [level for level in orders if stack and level in below]  # its elder siblings stand within a line
    return next(iter(fits + skipped + inline), max(orders))


def _sure(stack: Sequence[Step]) -> tuple[Step, ...]:
    """As much of a path as has no level left out."""
    first = stack[0].level if stack and stack[0].level < 2 else 99
    return tuple(step for at, step in enumerate(stack) if step.level == first + at)


def _marks(text: str, subsections: Collection[int]) -> list[tuple[int, str, dict[int, int]]]:
    """(offset, mark, levels) of what can be a mark; where subsections are known, no other mark is taken for one."""
    found = []
    for run in _MARKS.finditer(text):
        for mark in _MARK.finditer(run[0]):
            at, orders = run.start() + mark.start(), _orders(mark[1])
            if subsections:
                orders = {level: order for level, order in orders.items() if (level == 0) == (at in subsections)}
            if orders:
                found.append((at, mark[1], orders))
    return found


def units(text: str, subsections: Collection[int] = ()) -> Iterator[Unit]:
    """Cut a section's text at its marks; `subsections` are the offsets at which one is known to begin."""
    marks = _marks(text, subsections)
    if not marks or text[: marks[0][0]].strip():
        yield Unit(0, 0, ())
    stack: list[Step] = []
    waiting: tuple[int, int] | None = None  # where a mark stands that has no text of its own: (2) before (A)
    for at, (offset, mark, orders) in enumerate(marks):
        end, after = marks[at + 1][:2] if at + 1 < len(marks) else (len(text), "")
        level = _level(stack, orders, after, text[max(0, offset - 40) : offset]) if offset not in subsections else 0
        said = text[offset:end].strip()
        step = Step(level, orders[level], mark, shorten(said.split("\n")[0], _CAPTION, placeholder=" …"))
        stack = [held for held in stack if held.level < level] + [step]
        start, top = waiting or (offset, level)
        waiting = (start, top) if said == f"({mark})" else None
        if not waiting or not after:
            yield Unit(start, top, _sure(stack))


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What all paths begin with."""
    return tuple(marks[0] for marks in takewhile(lambda marks: len(set(marks)) == 1, zip(*paths, strict=False)))


def _named(citation: str, group: Sequence[Unit]) -> str:
    """'§ 1395y(a)(1)' for a subdivision with what is below it, '§ 1395y(a)(1)(F)–(M)' for several side by side."""
    paths = [tuple(step.mark for step in unit.path) for unit in group]
    shared = _shared(paths)
    cited = citation + "".join(f"({mark})" for mark in shared)
    if len(shared) < min(map(len, paths)):
        return f"{cited}({paths[0][len(shared)]})–({paths[-1][len(shared)]})"
    return cited


def _holds(upper: Unit, lower: Unit) -> bool:
    return len(upper.path) < len(lower.path) and upper.path == lower.path[: len(upper.path)]


def _cited(text: str, group: Sequence[Unit], following: Unit | None) -> Sequence[Unit]:
    """The units a passage is cited to: where it holds only a part of a subdivision, an unfinished sentence that opens it runs on
    into what is below, and is cited with that."""
    if following is None or not _holds(group[0], following):
        return group
    opens = (
        at for at, (unit, lower) in enumerate(pairwise(group)) if not _holds(unit, lower) or _ENDED.search(text[unit.start : lower.start])
    )
    return group[next(opens, len(group) - 1) :]


def _opening(group: Sequence[Unit], unit: Unit) -> list[Unit]:
    """The last units of a passage where they are no more than captions of what comes next."""
    first = len(group)
    while first > 1 and _holds(group[first - 1], unit) and unit.start - group[first - 1].start < _SHORT:
        first -= 1
    return list(group[first:])


def _groups(found: Sequence[Unit], length: int) -> Iterator[tuple[list[Unit], Unit | None]]:
    """Units that make a passage together, and what follows them: side by side or one below the other, never over the end of
    what holds them."""
    group: list[Unit] = []
    for unit, after in zip_longest(found, found[1:]):
        outside = group and (unit.level == 0 or unit.level < group[0].level)
        full = group and (after.start if after else length) - group[0].start > SIZE
        alone = group and unit.start - group[0].start < _SHORT and unit.level > group[-1].level  # a caption says nothing by itself
        if outside or (full and not alone):
            opening = [] if outside else _opening(group, unit)
            yield group[: len(group) - len(opening)], (opening or [unit])[0]
            group = opening
        group.append(unit)
    if group:
        yield group, None


def _joined(records: Sequence[Record]) -> tuple[str, frozenset[int]]:
    """A section's text from its records, with the headings each adds, and where its subsections begin."""
    parts, begins, at, before = list[str](), set[int](), 0, tuple[str, ...]()
    for record in records:
        same = len(_shared([before, record.headings]))
        for level, part in enumerate((*record.headings[same:], _BARE.sub(r"\1 ", record.text)), same):
            if level == 0 and record.headings and _SUBSECTION.match(part):
                begins.add(at)
            parts.append(part)
            at += len(part) + 2
        before = record.headings
    return "\n\n".join(parts), frozenset(begins)


def section_document(records: Sequence[Record]) -> Document:
    """A section of the Code as a document; its passages are cited to the subdivisions they hold, as far as those are sure."""
    text, begins = _joined(records)
    citation = records[0].citation
    sections = []
    for group, following in _groups(list(units(text, begins)), len(text)):
        path = tuple(step.caption for step in group[0].path[:-1])
        run = text[group[0].start : following.start if following else len(text)]
        sections.append(Section(path, run, group[0].start, locator=_named(citation, _cited(text, group, following))))
    title = f"{citation} – {records[0].title}" if records[0].title else citation
    return Document(citation, title, "reference", tuple(passages(sections)), url=address(citation))


def address(citation: str) -> str:
    """Where the Office of the Law Revision Counsel shows a section."""
    title, section = CITATION.fullmatch(citation).groups()  # type: ignore[union-attr]
    return (
        f"https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title{title}-section{section.replace('–', '-')}&num=0&edition=prelim"
    )
