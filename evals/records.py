"""A question with what a right answer must hold, as a line of evals/questions."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

QUESTIONS = Path(__file__).with_name("questions")
GIVEN = ("history", "date_of_service", "payer", "state", "setting")
LISTS = ("codes", "gold", "facts", "forbidden", "status")
Half = Literal["dev", "test"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a right answer may rest: a file, one of its pages (1-based, of the file) or what its locator begins with."""

    file: str
    pages: tuple[int, ...] = ()
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One question and its expectations."""

    id: str
    category: str
    question: str
    given: Mapping[str, Any] = field(default_factory=dict)  # what `codecite batch` takes beside the question
    codes: tuple[str, ...] = ()  # all must be named
    gold: tuple[str, ...] = ()  # any is the code looked for
    facts: tuple[str, ...] = ()  # patterns that must be found in the answer
    forbidden: tuple[str, ...] = ()  # patterns that must not
    status: tuple[str, ...] = ("answered",)
    cite: tuple[Place, ...] = ()

    @property
    def half(self) -> Half:
        """The half it belongs to, settled by its id."""
        return "test" if hashlib.sha256(self.id.encode()).digest()[0] % 2 else "dev"

    @property
    def declines(self) -> bool:
        """Whether the right answer is that the sources do not answer."""
        return "answered" not in self.status

    @property
    def asked(self) -> dict[str, Any]:
        """The line of `codecite batch` that asks it."""
        return {"id": self.id, "question": self.question, **self.given}


def read(line: str) -> Record:
    """A record from its line of JSON; KeyError or TypeError where the line is none."""
    held = json.loads(line)
    given = {name: held.pop(name) for name in GIVEN if name in held}
    places = tuple(Place(place["file"], tuple(place.get("pages", ())), place.get("locator", "")) for place in held.pop("cite", ()))
    lists: dict[str, Any] = {name: tuple(held.pop(name)) for name in LISTS if name in held}
    return Record(**held, given=given, cite=places, **lists)


def load(folder: Path = QUESTIONS) -> list[Record]:
    """Every record of a folder, in the order of files and lines."""
    return [read(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def chosen(records: Iterable[Record], half: str = "", category: str = "") -> Iterator[Record]:
    """The records of a half and of the categories whose names begin so; all where neither is given."""
    return (record for record in records if half in ("", record.half) and record.category.startswith(category))
