"""A model that looks things up before it answers: what its tools find becomes numbered evidence, and its words are verified like any."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import prompts
from assistant import evidence as gathering
from assistant.answer import Evidence, Question
from assistant.briefing import briefing, numbered
from assistant.message import LIMIT
from assistant.models import ANSWER, ModelWriter, patiently
from assistant.pieces import pieces
from assistant.question import understand
from index.library import Library
from index.search import Filters

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CALLS = 8  # of tools, for one answer
FOUND = 6  # passages a search gives
ROOM = 4_000  # characters that one call may answer


class Agent(ModelWriter):
    """Writes an answer with a chat model that may call tools over a library."""

    def __init__(self, name: str, model: "BaseChatModel", library: Library) -> None:
        super().__init__(name, model)
        self.prompt = prompts.fingerprint("write", "asked", "agent")
        self._library = library

    def __call__(self, question: Question, evidence: list[Evidence]) -> Iterator[str]:
        """Yield the sentences of the last message; the evidence grows by what was looked up.

        Raises ModelError where the model fails, calls no tools or says nothing.
        """
        (_, rules), (_, asked) = briefing(question, evidence, self.window - ANSWER - CALLS * ROOM // 8)
        system = f"{rules}\n\n{prompts.render('agent', calls=CALLS)}"
        return pieces(patiently(lambda: self._run(system, asked, tools(question, self._library, evidence)), self.silence, self.whole))

    def _run(self, system: str, asked: str, tools: Sequence[Callable[..., str]]) -> Iterator[str]:
        """Call the model until it calls no tool; what it says on the way is no answer."""
        from langchain.agents import create_agent
        from langchain.agents.middleware import ToolCallLimitMiddleware

        limit: ToolCallLimitMiddleware[Any, Any] = ToolCallLimitMiddleware(run_limit=CALLS)
        agent = create_agent(self.model, list(tools), system_prompt=system, middleware=[limit])
        told: Any = {"messages": [("human", asked)]}
        for update in agent.stream(told, {"recursion_limit": 4 * CALLS + 2}, stream_mode="updates"):
            said = [message for step in update.values() for message in (step or {}).get("messages", ()) if message.type == "ai"]
            yield "".join(message.text for message in said if not message.tool_calls)


def tools(question: Question, library: Library, evidence: list[Evidence]) -> list[Callable[..., str]]:
    """What a model may ask of a library, on the date and for the payer of the question."""

    def ask(text: str) -> str:
        asked = understand(text[:LIMIT], library.catalog.knows, question.on, on=question.on, payer=question.payer, state=question.state)
        found = gathering.choose(asked, library) if asked.intent in gathering.PLANS else None
        return _offered(found.evidence, evidence) if found and found.complete else "Nothing on file."

    def search(query: str) -> str:
        """Find passages of guidelines, manuals and policies by a few words."""
        hits = library.search(query[:LIMIT], Filters(question.on, question.payer), FOUND)
        return _offered([Evidence.of(hit.placed, hit.placed.passage.text, "detail") for hit in hits], evidence)

    def lookup_code(code: str) -> str:
        """Say what a code is, whether it is valid on the date and what the tables hold of it."""
        return ask(f"what is {code}?")

    def check_pairs(codes: list[str]) -> str:
        """Say whether NCCI pairs bar codes of one claim from being reported together."""
        return ask(f"can {' and '.join(codes)} be billed together?")

    def units(code: str) -> str:
        """Say how many units of a code the MUE allows."""
        return ask(f"MUE for {code}?")

    def codes_for(phrase: str) -> str:
        """Find codes for a diagnosis, a drug or a service in words."""
        return ask(f"code for {phrase}")

    def coverage(subject: str, payer: str) -> str:
        """Say whether a payer covers a service."""
        return ask(f"does {payer} cover {subject}?")

    return [search, lookup_code, check_pairs, units, codes_for, coverage]


def _offered(found: Sequence[Evidence], evidence: list[Evidence]) -> str:
    """Number what was found after what was offered before, and show it."""
    numbers = {_words(item): item.number for item in evidence}
    shown: list[Evidence] = []
    for item in found:
        number = numbers.setdefault(_words(item), max(numbers.values(), default=0) + 1)
        shown.append(replace(item, number=number, role="detail"))
    evidence += [item for item in shown if item.number not in {known.number for known in evidence}]
    return numbered(shown, ROOM) or "Nothing on file."


def _words(item: Evidence) -> tuple[str, str]:
    return item.passage_id or f"{item.source.id} {item.locator}", item.quote
