"""Cut what a model streams into whole sentences with their marks, written as this program writes them."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain

from assistant.quote import escaped
from assistant.sentences import split
from assistant.verify import LACKING, marks, plain

_THOUGHT, _SPEECH = "<think>", "</think>"  # how models that reason aloud set their reasoning apart
_BEHIND = re.compile(r"([.!?][\"”’')]*)\s*((?:\[[\d,\s]+\]\s*)+)")  # marks behind the full stop of their sentence
_SEVERAL = re.compile(r"\[\^?(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_LISTED = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")
_LABEL = re.compile(r"\s*[#|`]|[^.!?\d]{0,60}$|.*:$")  # a heading, a fence, the lead of a list: no claim
_VERDICT = re.compile(r"(?:Yes|No)[.!,]?")
_STOP = re.compile(r"[.!?]")
_GAP = re.compile(r"not covered:\s*", re.I)


def pieces(chunks: Iterable[str]) -> Iterator[str]:
    """Yield each sentence once it is whole, led by the space that sets it apart; a half-written mark is never handed on."""
    line, said, apart = "", 0, ""
    for part in chain(_parts(_spoken(chunks)), ["\n"]):
        line += part
        ended = line.endswith("\n")
        if not ended and not _STOP.search(line, len(line) - len(part) - 12):
            continue  # nothing has ended here; cutting the line again would find the same
        whole = _whole(line, ended)
        for at, sentence in enumerate(whole[said:], said):
            if text := _written(sentence):
                yield f"{apart and _apart(line, at)}{text}"
                apart = "yes"
        line, said = ("", 0) if ended else (line, len(whole))


def _parts(chunks: Iterable[str]) -> Iterator[str]:
    """The same text, no part of it reaching over the end of a line."""
    for chunk in chunks:
        yield from chunk.splitlines(keepends=True)


def _spoken(chunks: Iterable[str]) -> Iterator[str]:
    """What is said, without the reasoning that some models write before it."""
    head = ""
    stream = iter(chunks)
    for chunk in stream:
        head += chunk
        if head.lstrip().startswith(_THOUGHT):
            if _SPEECH in head:
                yield head.split(_SPEECH, 1)[1]
                break
        elif not _THOUGHT.startswith(head.lstrip()):
            yield head
            break
    yield from stream


def _whole(line: str, ended: bool) -> list[str]:
    """The sentences of a line to which nothing can be added any more: the last may go on, or have its marks behind it."""
    found = _sentences(line)
    if ended:
        return found
    return found[: -2 if found and found[-1].startswith("[") else -1]


def _sentences(line: str) -> list[str]:
    """The sentences of a line, each with the marks that stood behind it; a bare verdict goes with what follows."""
    marked = _BEHIND.sub(lambda found: f" {found[2].strip()}{found[1]} ", _SEVERAL.sub(_one_by_one, line))
    found: list[str] = []
    for sentence in split(marked):
        if found and _VERDICT.fullmatch(found[-1]):
            found[-1] = f"{found[-1].rstrip('.!,')}: {sentence}"
        else:
            found.append(sentence)
    return found


def _one_by_one(found: re.Match[str]) -> str:
    return "".join(f"[{number.strip()}]" for number in found[1].split(","))


def _apart(line: str, at: int) -> str:
    return " " if at else "\n- " if _LISTED.match(line) else "\n\n"


def _written(sentence: str) -> str:
    """A sentence in our own Markdown, without any of the model's; what claims nothing is left out."""
    text = unescape(plain(sentence)).replace("`", "")
    if gap := _GAP.match(text):
        return f"*{LACKING}* {escaped(text[gap.end() :])}" if text[gap.end() :] else ""
    numbers = marks(sentence)
    if not text or (not numbers and _LABEL.match(text)):
        return ""
    return f"{escaped(text)} {''.join(f'[{number}]' for number in numbers)}".rstrip()
