"""Who publishes what, where, under which licence and how often: the list in sources.toml, or a list of your own."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from corpus.ages import LISTED
from corpus.model import CorpusError

_One = BeforeValidator(lambda found: (found,) if isinstance(found, str) else found)
Address = Annotated[str, Field(pattern=r"^https?://[^/\s]+(/\S*)?$")]
Sum = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Licence(_Table):
    """Terms a publisher shows before a file is handed out."""

    title: str
    address: Address
    summary: str
    answer: dict[str, str] = {}  # what the publisher's own button to accept sends along with the file's address


class Offer(_Table):
    """A publication that can be had from its publisher: by address, by links on its page, or by hand where it has neither."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    publication: Annotated[tuple[str, ...], _One, Field(min_length=1)]  # what readers call it; one download may hold several
    page: Address  # where a person finds it
    licence: str
    months: int = Field(gt=0)  # how often it appears
    address: Annotated[tuple[Address, ...], _One] = ()
    sha256: Annotated[tuple[Sum, ...], _One] = ()
    links: tuple[re.Pattern[str], ...] = ()  # links to follow from the page, one pattern a step; the group `edition` tells editions apart
    fiscal: bool = False  # whether a bare year is a federal fiscal year
    only: re.Pattern[str] | None = None  # which files of an archive are wanted
    accept: Licence | None = None
    note: str = ""

    @property
    def by_hand(self) -> bool:
        return not (self.address or self.links)

    @model_validator(mode="after")
    def _sums_match(self) -> "Offer":
        if self.sha256 and len(self.sha256) != len(self.address):
            raise ValueError(f"{len(self.sha256)} sums for {len(self.address)} addresses")
        return self


class _List(_Table):
    licences: dict[str, Licence] = {}
    sources: dict[str, Offer] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _joined(cls, found: dict[str, dict[str, dict[str, object]]]) -> object:
        """Give each source its name, and in place of the name of a licence the licence."""
        licences = found.get("licences", {})
        sources = {name: {"name": name, **table} for name, table in found.get("sources", {}).items()}
        for table in sources.values():
            if isinstance(named := table.get("accept"), str):
                table["accept"] = licences.get(named, f"there is no licence {named!r}")
        return found | {"sources": sources}


def offers(path: Path | None = None) -> Mapping[str, Offer]:
    """Everything a list names, in its order; the list that comes with codecite where none is given.

    Raises CorpusError where it cannot be read, naming the table and the key.
    """
    listed = path or LISTED
    try:
        return _List.model_validate(tomllib.loads(listed.read_text(encoding="utf-8"))).sources
    except OSError as error:
        raise CorpusError(f"{listed}: it cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{listed}: it is no TOML ({error})") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CorpusError(f"{listed}: {place or 'sources'}: {first['msg']}") from None
    except (AttributeError, TypeError):
        raise CorpusError(f"{listed}: write a table a source: [sources.NAME]") from None
