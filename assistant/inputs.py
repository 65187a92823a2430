"""What programs may send: schemas that bound every field, so that no call is larger than it can be answered."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from corpus.codes import SYSTEMS

CHARACTERS = 10_000  # of a text; what is no question any more is declined in words long before
TURNS = 40  # of a conversation
CODES = 25  # checked together: 300 pairs
LINES = 100  # of a claim: 4,950 pairs


def _day(value: object) -> object:
    """A day as YYYY-MM-DD alone: a number read as seconds since 1970 would be a wrong date of service."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if value is None or type(value) is date:
        return value
    raise ValueError("write a day as YYYY-MM-DD")


def _system(name: str | None) -> str | None:
    """A code system as it is written here, however it was typed."""
    known = {system.casefold(): system for system in SYSTEMS}
    if name is not None and name.casefold() not in known:
        raise ValueError(f"choose one of {', '.join(SYSTEMS)}")
    return name and known[name.casefold()]


Text = Annotated[str, Field(max_length=CHARACTERS)]
Code = Annotated[str, Field(min_length=1, max_length=40, description="a code as people write it: 99213, J1885, E11.65")]
Day = Annotated[date | None, BeforeValidator(_day), Field(description="date of service, YYYY-MM-DD; today if not given")]
Payer = Annotated[str | None, Field(max_length=100, description="whose rules are asked about: Medicare, Aetna …")]
Setting = Literal["practitioner", "outpatient hospital", "DME supplier", "inpatient hospital"] | None
State = Annotated[str | None, Field(pattern="^[A-Za-z]{2}$", description="two letters, for local coverage")]
System = Annotated[str | None, Field(max_length=40, description=f"one of {', '.join(SYSTEMS)}"), AfterValidator(_system)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Input):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text


class Ask(_Input):
    """A question and what is set beside it."""

    question: Text
    date_of_service: Day = None
    payer: Payer = None
    state: State = None
    setting: Setting = None
    history: Annotated[Sequence[Message], Field(max_length=TURNS, description="the conversation so far, for a follow-up")] = ()


class Search(_Input):
    """Words to find passages by."""

    query: Text
    k: Annotated[int, Field(ge=1, le=50, description="how many hits")] = 10
    date_of_service: Day = None
    payer: Payer = None
    system: System = None


class LookupCode(_Input):
    """A code to look up."""

    code: Code
    system: Annotated[str | None, Field(max_length=40, description="where a code stands in several: CPT, POS, MS-DRG …")] = None
    date_of_service: Day = None


class CheckPairs(_Input):
    """Codes of one claim."""

    codes: Annotated[Sequence[Code], Field(min_length=1, max_length=CODES)]
    date_of_service: Day = None


class ClaimLine(_Input):
    """A line of a claim."""

    code: Annotated[Code, Field(description="CPT or HCPCS")]
    units: Annotated[int, Field(ge=1, le=99_999)] = 1
    modifiers: Annotated[Sequence[Annotated[str, Field(min_length=2, max_length=2)]], Field(max_length=8)] = ()
    diagnoses: Annotated[Sequence[Code], Field(max_length=25, description="ICD-10-CM codes the line rests on, in their order")] = ()
    date: Annotated[Day, Field(description="where it differs from the claim's")] = None


class CheckClaim(_Input):
    """One claim of one patient, without anything that says who that is."""

    lines: Annotated[Sequence[ClaimLine], Field(min_length=1, max_length=LINES)]
    date: Day = None
    diagnoses: Annotated[Sequence[Code], Field(max_length=50, description="ICD-10-CM codes of the whole claim, in their order")] = ()
    place: Annotated[str | None, Field(pattern="^[0-9]{1,2}$", description="place of service, two digits")] = None
    setting: Setting = None
    payer: Payer = None
    age: Annotated[int | None, Field(ge=0, le=130, description="of the patient, in years")] = None
    sex: Literal["F", "M"] | None = None
    id: Annotated[str, Field(max_length=100, description="comes back with the findings")] = ""


class CodesFor(_Input):
    """Words to find a code for."""

    phrase: Annotated[str, Field(min_length=1, max_length=500, description="a diagnosis, service, drug or supply in words")]
    system: Annotated[Literal["CPT", "HCPCS", "ICD-10-CM"] | None, Field(description="only this system")] = None
    date_of_service: Day = None


class Coverage(_Input):
    """What is to be covered, by whom and where."""

    subject: Annotated[str, Field(min_length=1, max_length=500, description="codes, or the service in words")]
    payer: Payer = "Medicare"
    state: State = None
    date_of_service: Day = None


class Loaded(_Input):
    """Which sources to list."""

    matching: Annotated[
        str, Field(max_length=200, description="words that must stand in title, kind, publisher or payer; all if empty")
    ] = ""
