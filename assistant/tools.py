"""What other programs may ask of a library: one definition, from which LangChain tools, MCP tools and REST endpoints are made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from inspect import getdoc
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant import chat, checks, listing
from assistant.answer import Turn
from assistant.codepage import facts_of
from assistant.contract import AnswerObject, CodeFacts, Findings, Hits, Sources
from corpus.codes import SYSTEMS
from corpus.model import CorpusError
from corpus.payers import payer_named
from index.library import Library
from index.search import Filters

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

CHARACTERS = 10_000  # of a text; what is no question any more is declined in words long before
TURNS = 40  # of a conversation
CODES = 25  # checked together: 300 pairs


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


def ask(library: Library, asked: Ask) -> AnswerObject:
    """Answer a question about US medical coding (CPT, HCPCS, ICD-10-CM, modifiers, NCCI edits, fees, guidelines, payer policies)
    from the loaded sources, every sentence with the passage it rests on. Use it for anything the narrower tools do not settle.
    `declined` means that the sources do not answer: say so, never fill in from elsewhere.
    """
    given = {"on": asked.date_of_service, "payer": asked.payer, "state": asked.state}
    turns = [Turn(message.role, message.content) for message in asked.history]
    answer = chat.ask(asked.question, library, turns=turns, **{key: value for key, value in given.items() if value})
    return AnswerObject.model_validate(answer.as_json())


def search(library: Library, asked: Search) -> Hits:
    """Find passages of guidelines, manuals and policies, and the texts of codes, without composing an answer. Use it to read the
    sources themselves; for one known code use lookup_code.
    """
    library.freshen()
    filters = Filters(asked.date_of_service or date.today(), payer_named(asked.payer), (asked.system,) if asked.system else ())
    began = perf_counter()
    hits = library.search(asked.query, filters, asked.k)
    elapsed = round((perf_counter() - began) * 1000, 2)
    return Hits.model_validate({"hits": [hit.as_json() for hit in hits], "elapsed_ms": elapsed})


def lookup_code(library: Library, asked: LookupCode) -> CodeFacts:
    """Look up one exact code: title, dates, billable or not, Tabular List notes, units (MUE), add-on edits, rows of every other
    table. No listing and no row means that the code is in no loaded source: it may not exist, so never use it as if it did.
    """
    library.freshen()
    return CodeFacts.model_validate(facts_of(asked.code, library, asked.date_of_service or date.today(), asked.system))


def check_pairs(library: Library, asked: CheckPairs) -> Findings:
    """Check codes of one claim together: whether each is valid on the date, every NCCI PTP pair in both orders with its modifier
    indicator, add-on codes without their primary, units allowed (MUE). No pair on file is not a permission to bill both.
    """
    library.freshen()
    day = asked.date_of_service or date.today()
    named, findings = checks.check(asked.codes, library, day)
    return Findings.model_validate(
        {
            "codes": [{"system": system or None, "code": value} for system, value in named],
            "date": day,
            "findings": [finding.as_json(number) for number, finding in enumerate(findings, 1)],
        }
    )


def coverage(library: Library, asked: Coverage) -> AnswerObject:
    """Say whether a payer covers a service, by its codes or in words: for Medicare national determinations (NCD) first, then the
    local ones (LCD, article) of the state. Another payer's or another jurisdiction's policy is never used in its place.
    """
    question = f"Is {asked.subject} covered by {asked.payer}?" if asked.payer else f"Is {asked.subject} covered?"
    return ask(library, Ask(question=question, date_of_service=asked.date_of_service, payer=asked.payer, state=asked.state))


def sources(library: Library, asked: Loaded) -> Sources:
    """List what is loaded: editions, the dates they hold for, how old they are. Use it to see whether a table or a payer's policy
    is there at all before saying that it has nothing.
    """
    wanted = asked.matching.casefold().split()
    rows = [(row, f"{row['title']} {row['kind']} {row['publisher']} {row['payer']}".casefold()) for row in listing.loaded(library)]
    return Sources.model_validate({"sources": [row for row, text in rows if all(word in text for word in wanted)]})


@dataclass(frozen=True, slots=True)
class Tool:
    """Something a program may ask for: its name, what it says of itself, what it takes, what it gives."""

    name: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Library, Any], BaseModel]


def _tool(function: Callable[[Library, Any], BaseModel]) -> Tool:
    hints = get_type_hints(function)
    return Tool(function.__name__, " ".join((getdoc(function) or "").split()), hints["asked"], hints["return"], function)


TOOLS: Mapping[str, Tool] = {function.__name__: _tool(function) for function in (ask, search, lookup_code, check_pairs, coverage, sources)}


class Refused(Exception):
    """A call that was not made or came to nothing; the message is one line for whoever called."""


def refusal(errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with an input, in one line that repeats none of it."""
    told = (f"{_place(error['loc'])}: {error['msg'].removeprefix('Value error, ')}" for error in errors[:5])
    return " ".join(("; ".join(dict.fromkeys(told)) + (f"; and {len(errors) - 5} more" if len(errors) > 5 else "")).split())


def _place(steps: Sequence[object]) -> str:
    """Where in an input something is wrong; the names of fields that no schema has are the caller's, so they are cut short."""
    return ".".join(str(step)[:40] for step in steps if step != "body") or "input"


def call(library: Library, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Check the arguments, run a tool and give its object.

    Raises Refused for an unknown tool, for arguments that its schema does not allow and for whatever goes wrong inside.
    """
    if name not in TOOLS:
        raise Refused(f"there is no tool of this name; there are {', '.join(TOOLS)}")
    tool = TOOLS[name]
    try:
        asked = tool.takes.model_validate(dict(arguments))
    except ValidationError as error:
        raise Refused(refusal(error.errors(include_url=False, include_input=False))) from None
    return run(library, tool, asked).model_dump(mode="json")


def run(library: Library, tool: Tool, asked: BaseModel) -> BaseModel:
    """Run a tool on a checked input; whatever goes wrong inside becomes one line, and Refused."""
    try:
        return tool.run(library, asked)
    except Exception as error:
        raise Refused(" ".join(chat.guard(error).split())) from (error if isinstance(error, CorpusError) else None)


def langchain_tools(library: Library) -> "list[BaseTool]":
    """The tools for LangChain agents; what goes wrong is told to the model as the tool's answer, in one line."""
    from langchain_core.tools import StructuredTool, ToolException

    def called(name: str, /, **arguments: Any) -> dict[str, Any]:
        try:
            return call(library, name, arguments)
        except Refused as refused:
            raise ToolException(str(refused)) from None

    return [
        StructuredTool.from_function(
            func=partial(called, tool.name),
            name=tool.name,
            description=tool.description,
            args_schema=tool.takes,
            handle_tool_error=True,
            handle_validation_error=lambda error: refusal(error.errors()),
        )
        for tool in TOOLS.values()
    ]
