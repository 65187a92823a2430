"""Which codes an instructional note of the Tabular List names: "(E10.-)", "(A00-B99)", "(T36-T50 with fifth or sixth character 5)".

Official Guidelines, Section I.A.6 and I.A.12: a dash at the end stands for every code below; what a note names is in parentheses.
A condition that is not understood names nothing: a conflict is never guessed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{0,4})?\.?-?(?!\s*[A-Z]\d)"
_ITEM = rf"({_CODE})(?:\s*(?:-|–|to)\s*({_CODE}))?"
_LIST = re.compile(rf"\s*{_ITEM}(?:\s*(?:,|;|\bor\b|\band\b)\s*{_ITEM})*")
_GROUP = re.compile(r"\(([^()]*)\)")
_PLACES = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "six": 6, "6th": 6, "seventh": 7, "7th": 7}
_AT_PLACE = re.compile(r"\s*with\s+((?:(?:[a-z]+|\d)th|six)(?:\s+or\s+(?:(?:[a-z]+|\d)th|six))?)[\s-]+characters?\s+(.+)", re.I)
_ENDING = re.compile(r"\s*,?\s*with\s+(?:final\s+characters?\s+)?([-.][0-9A-Z](?:[-.,\s0-9A-Z]|or|and)*)", re.I)
_VALUES = re.compile(r"[0-9A-Z](?:\s*-\s*[0-9A-Z])?(?:\s*(?:,|or)\s*[0-9A-Z](?:\s*-\s*[0-9A-Z])?)*")
Condition = Callable[[str], bool]


def bare(code: str) -> str:
    """A code without its dot."""
    return code.upper().replace(".", "")


@dataclass(frozen=True, slots=True)
class Named:
    """A part of a note with the codes it names."""

    words: str  # exact words of the note
    spans: tuple[tuple[str, str], ...]  # first and last, without dots; one code stands for all below it
    fits: Condition

    def holds(self, code: str) -> bool:
        """Whether a code, or a heading above it, is named."""
        value = bare(code)
        inside = any(value[: len(first)] >= first and value[: len(last)] <= last for first, last in self.spans if len(value) >= len(first))
        return inside and self.fits(value)


def named(note: str) -> Iterator[Named]:
    """The parts of a note that name codes, in order."""
    for group in _GROUP.finditer(note):
        listed = _LIST.match(group[1])
        condition = _condition(group[1][listed.end() :]) if listed else None
        if listed and condition:
            spans = tuple((_end(first), _end(last or first)) for first, last in re.findall(_ITEM, listed[0]))
            yield Named(note[_start(note, group.start()) : group.end()].strip(), spans, condition)


def _start(note: str, at: int) -> int:
    """Where the part of a note begins in which something stands."""
    return max(note.rfind(";", 0, at), note.rfind(":", 0, at)) + 1


def _end(written: str) -> str:
    return written.replace(".", "").rstrip("-")


def _condition(rest: str) -> Condition | None:
    """What a code must meet beside standing in the list; None where the words are not understood."""
    if not rest.strip(" ,;"):
        return lambda value: True
    if (found := _AT_PLACE.fullmatch(rest)) and _VALUES.fullmatch(found[2].strip()):
        places = [_PLACES.get(word.lower(), 99) for word in re.split(r"\s+or\s+", found[1])]
        wanted = _characters(found[2])
        return lambda value: next(
            (value[place - 1 : place] in wanted for place in reversed(places) if value[place - 1 : place] not in "X"), False
        )
    if found := _ENDING.fullmatch(rest):
        return _ends(re.findall(r"([-.])([0-9A-Z]+)", found[1]))
    return None


def _characters(text: str) -> set[str]:
    spans = re.findall(r"([0-9A-Z])(?:\s*-\s*([0-9A-Z]))?", text.replace("or", ","))
    return {chr(at) for first, last in spans for at in range(ord(first), ord(last or first) + 1)}


def _ends(endings: list[tuple[str, str]]) -> Condition:
    """ ".51" is what follows the category; "-23" is how a code ends."""
    return lambda value: any(value[3:].startswith(text) if mark == "." else value.endswith(text) for mark, text in endings)
