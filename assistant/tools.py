"""What other programs may ask of a library: one definition, from which LangChain tools, MCP tools and REST endpoints are made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from inspect import getdoc
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ValidationError

from assistant import chat, checks, evidence, listing
from assistant.answer import Citation, Evidence, Question, Turn
from assistant.claimfile import claim_of
from assistant.claims import check_claim as claim_findings
from assistant.codepage import facts_of
from assistant.contract import AnswerObject, Candidates, ClaimFindings, CodeFacts, Findings, Hits, Sources
from assistant.inputs import Ask, CheckClaim, CheckPairs, CodesFor, Coverage, Loaded, LookupCode, Search
from assistant.message import cleaned
from assistant.records import Keep, recorded
from corpus.model import CorpusError
from corpus.payers import payer_named
from index.library import Library
from index.search import Filters

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


class Refused(Exception):
    """A call that was not made; the message is one line for whoever called."""


class Failed(Refused):
    """A call that came to nothing through no fault of its arguments."""


def ask(library: Library, asked: Ask, keep: Keep | None = None) -> AnswerObject:
    """Answer a question about US medical coding (CPT, HCPCS, ICD-10-CM, modifiers, NCCI edits, fees, guidelines, payer policies)
    from the loaded sources, every sentence with the passage it rests on. Use it for anything the narrower tools do not settle.
    `declined` means that the sources do not answer: say so, never fill in from elsewhere.
    """
    given = {"on": asked.date_of_service, "payer": asked.payer, "state": asked.state, "setting": asked.setting}
    turns = [Turn(message.role, message.content) for message in asked.history]
    told = {key: value for key, value in given.items() if value}
    answer = chat.ask(asked.question, library, turns=turns, **told)
    record = keep(recorded(answer, library, turns, told)) if keep else ""
    return AnswerObject.model_validate(answer.as_json() | {"record": record or None})


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


def check_claim(library: Library, asked: CheckClaim) -> ClaimFindings:
    """Check one claim line by line: validity, NCCI pairs and whether a modifier on the claim may bypass them, units, add-on codes,
    billable diagnoses, Excludes1 conflicts, code-first order, laterality, age and sex, coverage documents that list the codes. Each
    finding says how much it matters; `not checked` names the tables that are not loaded. Send nothing that says who the patient is.
    """
    library.freshen()
    try:
        claim = claim_of(asked.model_dump(mode="json"), date.today())
    except ValueError as error:
        raise Refused(str(error)) from None
    found = [finding.as_json(number) for number, finding in enumerate(claim_findings(claim, library), 1)]
    return ClaimFindings.model_validate({"id": asked.id, "date": claim.on, "findings": found})


def codes_for(library: Library, asked: CodesFor) -> Candidates:
    """Find codes for a description in words, best first, with the words that matched and what else must be known to choose (side,
    encounter, stage). Use it when no code is named; check the chosen one with lookup_code.
    """
    library.freshen()
    phrase, day = cleaned(asked.phrase), asked.date_of_service or date.today()
    systems = (asked.system,) if asked.system else ()
    chosen = evidence.choose(
        Question(phrase, phrase, "reverse", day, bool(asked.date_of_service), systems=systems, subject=phrase), library
    )
    ranked = [_candidate(item) for item in chosen.evidence if item.role in ("lead", "candidate") and item.codes]
    more = [_said(item) for item in chosen.evidence if item.role not in ("lead", "candidate")]
    status = "declined" if not ranked else "answered" if chosen.complete else "partial"
    return Candidates.model_validate({"date": day, "status": status, "candidates": ranked, "further": more})


def _said(item: Evidence) -> dict[str, Any]:
    return {"text": item.say or item.quote, "citation": Citation(item.number, item).as_json()}


def _candidate(item: Evidence) -> dict[str, Any]:
    system, value = item.codes[0]
    return _said(item) | {"system": system, "code": value, "why": item.label}


def coverage(library: Library, asked: Coverage, keep: Keep | None = None) -> AnswerObject:
    """Say whether a payer covers a service, by its codes or in words: for Medicare national determinations (NCD) first, then the
    local ones (LCD, article) of the state. Another payer's or another jurisdiction's policy is never used in its place.
    """
    question = f"Is {asked.subject} covered by {asked.payer}?" if asked.payer else f"Is {asked.subject} covered?"
    return ask(library, Ask(question=question, date_of_service=asked.date_of_service, payer=asked.payer, state=asked.state), keep)


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
    run: Callable[..., BaseModel]  # of a library and what it takes; one that answers also of what keeps the record
    answers: bool


def _tool(function: Callable[..., BaseModel]) -> Tool:
    hints = get_type_hints(function)
    said = " ".join((getdoc(function) or "").split())
    return Tool(function.__name__, said, hints["asked"], hints["return"], function, answers="keep" in hints)


_FUNCTIONS = (ask, search, lookup_code, check_pairs, check_claim, codes_for, coverage, sources)
TOOLS: Mapping[str, Tool] = {function.__name__: _tool(function) for function in _FUNCTIONS}


def refusal(errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with an input, in one line that repeats none of it."""
    told = (f"{_place(error['loc'])}: {error['msg'].removeprefix('Value error, ')}" for error in errors[:5])
    return " ".join(("; ".join(dict.fromkeys(told)) + (f"; and {len(errors) - 5} more" if len(errors) > 5 else "")).split())


def _place(steps: Sequence[object]) -> str:
    """Where in an input something is wrong; the names of fields that no schema has are the caller's, so they are cut short."""
    return ".".join(str(step)[:40] for step in steps if step != "body") or "input"


def call(library: Library, name: str, arguments: Mapping[str, Any], keep: Keep | None = None) -> dict[str, Any]:
    """Check the arguments, run a tool and give its object; `keep` keeps the record of an answer.

    Raises Refused for an unknown tool and for arguments that its schema does not allow, Failed for whatever goes wrong inside.
    """
    if name not in TOOLS:
        raise Refused(f"there is no tool of this name; there are {', '.join(TOOLS)}")
    tool = TOOLS[name]
    try:
        asked = tool.takes.model_validate(dict(arguments))
    except ValidationError as error:
        raise Refused(refusal(error.errors(include_url=False, include_input=False))) from None
    return run(library, tool, asked, keep).model_dump(mode="json")


def run(library: Library, tool: Tool, asked: BaseModel, keep: Keep | None = None) -> BaseModel:
    """Run a tool on a checked input; `keep` keeps the record of an answer.

    Raises Failed, in one line, whatever goes wrong inside.
    """
    try:
        return tool.run(library, asked, keep) if tool.answers else tool.run(library, asked)
    except Refused:
        raise
    except Exception as error:
        raise Failed(" ".join(chat.guard(error).split())) from (error if isinstance(error, CorpusError) else None)


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
