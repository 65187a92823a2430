"""The writer that needs no model: it says the evidence's own sentences, in order, each with its number."""

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Evidence, Question

_SPECIAL = re.compile(r"([\\`*_\[\]<>]|&(?=#?\w+;)|~(?=~)|(?<=~)~)")
_START = re.compile(r"^(\s*)([#+=|-]|\d+(?=[.)]))")  # what opens a heading, a list or a table


def escaped(text: str) -> str:
    """A source's words as Markdown shows them, with no power over the page."""
    safe = _SPECIAL.sub(r"\\\1", text)
    return _START.sub(lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", safe)


def unescaped(text: str) -> str:
    """The words again, as they were before `escaped`."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def line(item: Evidence) -> str:
    """One piece of evidence as a line of the answer."""
    said = escaped(" ".join((item.say or item.quote).split()))
    mark = f"[{item.number}]"
    match item.role:
        case "lead":
            return f"**{said}** {mark}\n"
        case "aside":
            return f"\n⚠ {said} {mark}\n"
        case "gap":
            return f"\n*Not in my sources:* {said} {mark}\n"
        case _:
            return f"- {said} {mark}\n"


def write(question: Question, evidence: Sequence[Evidence]) -> Iterator[str]:
    """Yield the answer line by line."""
    for item in evidence:
        yield line(item)
