"""The writer that needs no model: it says the evidence's own sentences, in order, each with its number."""

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Evidence, Question

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def escaped(text: str) -> str:
    """A source's words as Markdown shows them, with no power over the page."""
    return _SPECIAL.sub(r"\\\1", text)


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>])", r"\1", text)


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
