"""What a person states about a file: in `<file>.toml` beside it, or as options of `codecite add`."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus.archives import SIDECAR, is_sidecar
from corpus.model import CorpusError, Document, Reading, Source, digest
from corpus.payers import payer_named
from corpus.places import STATES
from corpus.readers.licensed import NOTICE

_ELSEWHERE = ("passages",)  # tables of a sidecar that belong to readers
_LARGEST = 2**20  # bytes of a sidecar
_DAY = ("effective", "ended")
_STATES = {**STATES, "united states": "US"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated about a file; None is not stated."""

    title: str | None = None
    publisher: str | None = None
    payer: str | None = None
    state: str | None = None  # two letters
    effective: date | None = None
    ended: date | None = None
    edition: str | None = None
    licence: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if self.effective and self.ended and self.ended < self.effective:
            raise CorpusError(f"ended: {self.ended} is before {self.effective}, the first day it is in force")

    @property
    def given(self) -> dict[str, Any]:
        """What is stated, by name."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}

    def over(self, other: "Stated") -> "Stated":
        """Take from another what this one does not state."""
        return Stated(**other.given | self.given)

    def marked(self, content: str) -> str:
        """A file's digest with what is stated about it: either changed makes another source of it."""
        return f"{content}+{digest(*(f'{name}={value}' for name, value in self.given.items()))}" if self.given else content


NOTHING = Stated()


def stated(values: Mapping[str, object]) -> Stated:
    """Check and normalise what is stated; what is blank is not stated.

    Raises CorpusError, beginning with the name of what cannot be so.
    """
    given: dict[str, Any] = {name: _value(name, value) for name, value in values.items() if value is not None and str(value).strip()}
    return Stated(**given)


def _value(name: str, value: object) -> str | date | None:
    if name in _DAY:
        return _day(name, value)
    if not isinstance(value, str) and not (name == "edition" and type(value) is int):
        raise CorpusError(f"{name}: {value!r} is not a text; write it in quotes")
    text = " ".join(str(value).split())
    if name == "state":
        return state_of(text)
    if name == "url" and not re.fullmatch(r"https?://[^\s<>\"]+", text):
        raise CorpusError(f"url: {text!r} is not an address; it begins with https://")
    return payer_named(text) if name == "payer" else text


def _day(name: str, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise CorpusError(f"{name}: {str(value)!r} is not a day; write it as YYYY-MM-DD") from None


def state_of(text: str) -> str:
    """The two letters of a state or territory; US is all of them.

    Raises CorpusError where there is none of that name.
    """
    plain = " ".join(text.split())
    letters = plain.upper() if plain.upper() in _STATES.values() else _STATES.get(plain.lower())
    if letters is None:
        raise CorpusError(f"state: {plain!r} is no state; write its two letters")
    return letters


def beside(name: str) -> Stated:
    """What the sidecar of a file says, or of the archive it stands in ("release.zip!codes.txt"); NOTHING where there is none.

    Raises CorpusError where the sidecar cannot be read or states what cannot be.
    """
    place = next((place for place in _places(name) if os.path.isfile(place) and is_sidecar(place)), None)
    if place is None:
        return NOTHING
    try:
        return _read(place)
    except CorpusError as error:
        raise CorpusError(f"{place.name}, which says what it is, cannot be used: {error}") from None


def _places(name: str) -> Iterator[Path]:
    ends = [len(name), *(mark.start() for mark in reversed(list(re.finditer("!", name))))]
    return (Path(name[:end] + SIDECAR) for end in ends)


def _read(path: Path) -> Stated:
    if path.stat().st_size > _LARGEST:
        raise CorpusError("it has more than a megabyte")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CorpusError("it is not in UTF-8") from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:  # ValueError: a number of more digits than Python converts
        raise CorpusError(f"it is not valid TOML ({error})") from None
    known = [item.name for item in fields(Stated)]
    if unknown := [key for key in said if key not in known and key not in _ELSEWHERE]:
        raise CorpusError(f"it does not know `{unknown[0][:40]}`; it may say {', '.join(known)}")
    return stated({key: value for key, value in said.items() if key in known})


def apply(reading: Reading, told: Stated) -> Reading:
    """Put what is stated in place of what the reader told.

    Raises CorpusError where the two together would end before they begin.
    """
    if not told.given:
        return reading
    source = _source(reading.source, told)
    if source.effective and source.ended and source.ended < source.effective:
        raise CorpusError(f"it would have ended on {source.ended}, before {source.effective}, the first day it is in force: state both")
    documents = (_document(reading.documents[0], told),) if len(reading.documents) == 1 else reading.documents
    answered = told.effective is not None
    hints = tuple(hint for hint in reading.hints if not (answered and "--effective" in hint))
    return replace(reading, source=source, documents=documents, hints=hints)


def _source(source: Source, told: Stated) -> Source:
    given = told.given
    if state := given.pop("state", None):
        given["jurisdiction"] = state
    if source.licence == NOTICE:
        given.pop("licence", None)  # the AMA's terms are not the reader's to restate
    if source.id and told.effective:  # the id of an edition: two of them would be one source
        given["id"] = re.sub(r"-\d{4}-\d\d$", f"-{told.effective:%Y-%m}", source.id)
    if source.publication == source.title and not source.publisher:
        return replace(source, **given, publication=_publication(given.get("title") or source.title, told))
    return replace(source, **_labelled(source, given))


def _publication(title: str, told: Stated) -> str:
    """A publication of that name, of this payer in this state: editions of one push each other aside, and many are "Policy"."""
    whose = ", ".join(word for word in (told.payer, told.state) if word)
    return f"{title} ({whose})" if whose else title


def _labelled(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Name the edition of an official table after what is stated."""
    begins = given.get("effective")
    edition = given.get("edition") or (f"{begins:%B %Y}" if begins and begins != source.effective else source.edition)
    as_made = (source.publication, f"{source.publication}, {source.edition or 'undated'}")
    title = f"{source.publication}, {edition}" if edition and source.title in as_made else source.title
    return {"title": title, **given, "edition": edition}


def _document(document: Document, told: Stated) -> Document:
    """The only document of a file is what the file is; a table keeps no dates, for its edition answers before its first day too."""
    given = told.given
    changes: dict[str, Any] = {name: given[name] for name in ("title", "payer", "url") if name in given}
    if told.state:
        changes["jurisdiction"] = told.state
    if document.kind != "table" and not (document.effective or document.ended):
        changes |= {name: given[name] for name in _DAY if name in given}
    return replace(document, **changes)
