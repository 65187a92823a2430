"""What a sheet about one code is made of: lines under headings, each with its source, and a word where there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant import facts
from assistant.answer import Evidence, Question
from assistant.filed import begun
from assistant.plan import about
from corpus.catalog import Catalog
from corpus.codes import Mention
from corpus.model import Entry, Source
from corpus.rows import Listed, Placed
from corpus.tables import Filed
from index.library import Library

NONE, NOT_LOADED = "none", "not loaded"
Pair = tuple[str, str]  # system and value


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: what it is of, what it says, the codes it leads to, and where it stands."""

    label: str
    text: str
    source: Source
    locator: str = ""
    codes: tuple[Pair, ...] = ()
    passage_id: str | None = None

    @classmethod
    def of(cls, item: Evidence, label: str = "") -> "Line":
        """A line that says what a piece of evidence says."""
        return cls(label or item.label, item.say or item.quote, item.source, item.locator, (), item.passage_id)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the sheet; without lines, the word that says why."""

    title: str
    lines: tuple[Line, ...] = ()
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A code as a sheet is about it, on a date."""

    listed: Listed  # the listing that answers
    listings: tuple[Listed, ...]
    entries: tuple[Filed[Entry], ...]  # rows of the tables in force
    page: tuple[Placed, ...]  # our own page about it
    question: Question
    library: Library

    @property
    def pair(self) -> Pair:
        return self.listed.code.system, self.listed.code.value

    @property
    def value(self) -> str:
        return self.listed.code.value

    @property
    def on(self) -> date:
        return self.question.on

    @property
    def catalog(self) -> Catalog:
        return self.library.catalog

    @property
    def current(self) -> frozenset[str]:
        return self.library.current(self.on)


def subject_of(pair: Pair, library: Library, on: date) -> Subject | None:
    """The code with everything listed of it; None where no source lists it."""
    system, value = pair
    listings = library.catalog.codes(system, value)
    best = facts.best(listings, on)
    if best is None:
        return None
    current = library.current(on)
    rows = tuple(row for row in library.catalog.tables.entries(system, value) if row.source.id in current)
    text = f"is {facts.name(best.code)} valid?"
    question = Question(text, text, "validity", on, True, (Mention(system, value, 0, len(value)),))
    return Subject(best, tuple(listings), rows, tuple(about(library, pair)), question, library)


def missing(sources: Iterable[Source], on: date) -> str:
    """Why a section has no line: its tables are not loaded, begin after the date, or have nothing on the code."""
    held = list(sources)
    if not held:
        return NOT_LOADED
    return NONE if any(begun(source, on) for source in held) else f"not on file for {on}"


def published(subject: Subject, *publications: str) -> list[Source]:
    """The sources of these publications."""
    return [source for source in subject.library.sources if source.publication in publications]


def section(title: str, lines: Iterable[Line], subject: Subject, sources: Sequence[Source]) -> Section:
    """A section with its lines, or with the word that says why there is none; `sources` are those that could have some."""
    held = tuple(lines)
    return Section(title, held, "" if held else missing(sources, subject.on))
