"""A language model may write, and is not believed: what fails is struck out, and where it gives up `quote` answers."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from chatserver import SECRET, chat_server
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from markdown_it import MarkdownIt
from test_chat import DECLINED, LIES

import prompts
from assistant import agent, models
from assistant.answer import Answer, Turn
from assistant.chat import ask, stream
from assistant.models import ModelError, ModelWriter, opened
from assistant.pieces import pieces
from assistant.verify import marks
from assistant.writing import Line, Restart
from index.library import Library

TODAY = date(2026, 11, 20)
ASKED = "what is CPT 90001?"
TRUE = "CPT 90001 is a made-up vaccine against test fever, injected into a muscle [1]. Giving 90001 is reported with 90002 [2]."


class Says(BaseChatModel):
    """A model that is a function of what it is told, streamed a few letters at a time."""

    answer: Callable[[str], Any]
    told: list[str] = []  # noqa: RUF012 - a field, copied for each model
    step: int = 7

    @property
    def _llm_type(self) -> str:
        return "says"

    def _message(self, messages: list[BaseMessage]) -> AIMessage:
        self.told.append("\n".join(message.text for message in messages))
        answer = self.answer(self.told[-1])
        return answer if isinstance(answer, AIMessage) else AIMessage(answer)

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._message(messages))])

    def _stream(self, messages: list[BaseMessage], *args: Any, **more: Any) -> Iterator[ChatGenerationChunk]:
        text = self._message(messages).text
        for at in range(0, len(text), self.step):
            yield ChatGenerationChunk(message=AIMessageChunk(text[at : at + self.step]))

    def bind_tools(self, tools: Any, **more: Any) -> Any:
        return self


def saying(text: str | Callable[[str], Any]) -> ModelWriter:
    return ModelWriter("fake:model", Says(answer=text if callable(text) else lambda told: text))


def told(text: str | Callable[[str], Any], library: Library, question: str = ASKED, **options: Any) -> Answer:
    return ask(question, library, write=saying(text), **{"today": TODAY, **options})


def supported(answer: Answer) -> list[str]:
    return [said.text for said in answer.statements if said.verdict == "supported"]


def test_what_a_model_writes_from_its_sources_is_the_answer(small_library: Library) -> None:
    answer = told(TRUE, small_library)
    assert (answer.writer, answer.prompt, answer.status) == ("fake:model", prompts.fingerprint("write", "asked"), "answered")
    assert supported(answer)[:2] == [text.strip() for text in re.findall(r"[^.]+\.", re.sub(r" \[\d\]", "", TRUE))]
    assert {citation.number for citation in answer.citations} >= {1, 2}
    assert "~~" not in answer.text
    assert answer.as_json()["prompt"] == answer.prompt
    assert any("fake:model" in step for step in answer.steps)


def test_quote_names_no_prompt(small_library: Library) -> None:
    assert ask(ASKED, small_library, today=TODAY).as_json()["prompt"] is None


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_struck_out_or_left_out_counted_and_never_supported(small_library: Library, lie: str) -> None:
    answer = told(f"{TRUE} {lie}", small_library)
    text = re.sub(r"\s*\[\d+\]", "", lie)
    assert answer.writer == "fake:model"
    assert text not in supported(answer)
    assert text not in re.sub(r"~~.*?~~", "", answer.text)
    assert re.search(r"could be verified: (1 struck out, 0 left out|0 struck out, 1 left out)", answer.text)


@pytest.mark.parametrize("name", ["invented code", "invented HCPCS code", "invented ICD-10-CM code"])
def test_a_code_of_no_source_is_not_even_shown_struck_out(small_library: Library, name: str) -> None:
    answer = told(f"{TRUE} {LIES[name]}", small_library)
    assert not {"90777", "J7777", "Z77.7"} & set(re.findall(r"[\w.]+\w", answer.text))
    assert "1 left out" in answer.text


@pytest.mark.parametrize("text", [*LIES.values(), f"{LIES['invented amount']} {LIES['invented number']} {LIES['denial']} {TRUE}"])
def test_where_too_little_stands_quote_answers_and_says_so(small_library: Library, text: str) -> None:
    answer, plain = told(text, small_library), ask(ASKED, small_library, today=TODAY)
    assert answer.writer == "quote"
    assert answer.text.startswith("*fake:model wrote too little that its sources bear out.")
    assert answer.text.endswith(plain.text)
    assert (answer.statements, answer.citations, answer.status) == (plain.statements, plain.citations, plain.status)
    assert [warning.kind for warning in answer.warnings] == ["model"]


def test_an_answer_without_the_leading_fact_is_not_kept(small_library: Library) -> None:
    assert told("Giving 90001 is reported with 90002 [2].", small_library).writer == "quote"


@pytest.mark.parametrize("text", [TRUE, f"{TRUE} {LIES['invented words']}", LIES["denial"]], ids=["true", "with a lie", "a lie"])
def test_the_lines_since_the_last_restart_are_the_answer(small_library: Library, text: str) -> None:
    *events, answer = stream(ASKED, small_library, write=saying(text), today=TODAY)
    begun = max([at for at, event in enumerate(events) if isinstance(event, Restart)], default=0)
    assert isinstance(answer, Answer)
    assert "".join(event.text for event in events[begun:] if isinstance(event, Line)) == answer.text
    assert all(not re.search(r"\[\d*$", event.text) for event in events if isinstance(event, Line))


def test_a_sentence_is_shown_before_the_next_is_written(small_library: Library) -> None:
    seen: list[str] = []

    def chunks() -> Iterator[str]:
        for chunk in ("One is here [1]. ", "Two ", "is here", "."):
            seen.append(chunk)
            yield chunk

    assert next(pieces(chunks())) == "One is here. [1]"
    assert seen == ["One is here [1]. ", "Two "]


WRITTEN = """<think>Rows 5 and 6.</think>Yes. E11.65 is **billable** [1, 2]. It was valid, e.g., from 2020-10-01. [3] More follows.[4]

Key facts:
- The MUE is 2 units [1][2]
* No. 5 is odd. [12]
1. The third is `J9901` [x](javascript:1) <b>bad</b> [3].
# Heading
Not covered: whether Aetna pays."""
SENTENCES = [
    "Yes: E11.65 is billable. [1][2]",
    " It was valid, e.g., from 2020-10-01. [3]",
    " More follows. [4]",
    "\n- The MUE is 2 units [1][2]",
    "\n- No. 5 is odd. [12]",
    "\n- The third is J9901 \\[x\\](javascript:1) \\<b\\>bad\\</b\\>. [3]",
    "\n\n*Not in my sources:* whether Aetna pays.",
]


@given(st.sets(st.integers(1, len(WRITTEN) - 1)))
@settings(max_examples=60, deadline=None)
def test_sentences_are_the_same_however_the_stream_is_cut(cuts: set[int]) -> None:
    ends = [0, *sorted(cuts), len(WRITTEN)]
    assert list(pieces(WRITTEN[begin:end] for begin, end in pairwise(ends))) == SENTENCES


@pytest.mark.parametrize(
    "text", ["[42]", "CPT 90001 is a made-up vaccine against test fever [1][42][0].", "[[1]] [1](x) ![a](b) <script>1</script>"]
)
def test_a_model_has_no_power_over_the_page(small_library: Library, text: str) -> None:
    answer = told(f"{TRUE} {text}", small_library)
    children = [child for token in MarkdownIt("commonmark", {"html": True}).parse(answer.text) for child in token.children or [token]]
    assert not {"html_inline", "html_block", "link_open", "image"} & {token.type for token in children}
    assert set(marks(answer.text)) == {citation.number for citation in answer.citations}


def test_a_citation_quotes_the_sentence_that_the_model_rests_on(small_library: Library) -> None:
    question = "when test fever and fatigue are both present, which is sequenced first?"
    offered = told(lambda said: "nothing", small_library, question)
    item = offered.citations[0].evidence
    said = f"{item.quote} [{offered.citations[0].number}]"
    answer = told(said, small_library, question)
    for citation in answer.citations:
        assert citation.evidence.quote in citation.evidence.text


@pytest.mark.parametrize("question", [*DECLINED, "hello", "", "¿Cuál es el código?", "w" * 5000])
def test_what_is_declined_never_reaches_a_model(small_library: Library, question: str) -> None:
    write = saying(TRUE)
    plain = ask(question, small_library, today=TODAY)
    assert ask(question, small_library, write=write, today=TODAY).text == plain.text
    assert write.model.told == []  # type: ignore[attr-defined]


def test_a_model_may_name_what_was_asked_and_is_not_covered_and_nothing_else(small_library: Library) -> None:
    gaps = "Not covered: what CPT 90001 is for Humana.\nNot covered: call 1-800-555-0000 to be paid.\nNot covered: 90777 is free."
    answer = told(f"{TRUE}\n{gaps}", small_library, payer="Humana")
    assert "*Not in my sources:* what CPT 90001 is for Humana." in answer.text
    assert "555" not in answer.text
    assert "90777" not in answer.text


# What the model is told


def prompt_of(library: Library, question: str = ASKED, **options: Any) -> str:
    write = saying(TRUE)
    ask(question, library, write=write, **{"today": TODAY, **options})
    return str(write.model.told[0])  # type: ignore[attr-defined]


def test_the_model_is_told_the_question_its_limits_and_numbered_passages(small_library: Library) -> None:
    said = prompt_of(small_library, on=date(2026, 3, 1), payer="Medicare", state="TX")
    assert "<question>what is CPT 90001?</question>" in said
    assert {"Date of service: 2026-03-01", "Payer: Medicare", "State: TX"} <= set(said.splitlines())
    numbers = [int(number) for number in re.findall(r'<passage number="(\d+)"', said)]
    assert numbers == list(range(1, len(numbers) + 1)) != []
    assert said.count("</passage>") == len(numbers)
    assert 'place="Administration"' in said


def test_only_the_question_as_understood_is_sent_and_no_turn_before_it(small_library: Library) -> None:
    turns = [Turn("user", "My patient Jane Roe asks: what is CPT 90001?"), Turn("assistant", "Jane Roe, here it is.")]
    said = prompt_of(small_library, "And its administration code?", turns=turns)
    assert "Jane" not in said
    assert "90001" in said


@pytest.mark.parametrize("window", [1_500, 2_200, 4_096, 100_000])
def test_evidence_is_cut_to_what_a_model_reads(small_library: Library, window: int) -> None:
    write = saying(TRUE)
    write.model.profile = {"max_input_tokens": window}
    ask(ASKED, small_library, write=write, today=TODAY)
    (said,) = write.model.told  # type: ignore[attr-defined]
    rules = len(prompts.render("write"))
    assert len(said) <= max(3 * (window - models.ANSWER), rules + 200)


# What goes wrong


def opened_at(address: str, monkeypatch: pytest.MonkeyPatch) -> ModelWriter:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    opened.cache_clear()
    write = opened("openai:m")
    write.silence, write.whole = 0.7, 3.0
    return write


FAILURES = {
    "busy": "is over its rate limit",
    "broken": "answered with an error of its server",
    "locked": "refused the key",
    "closed": "is not open to this key",
    "unknown": "is not known to its provider",
    "empty": "wrote nothing",
    "garbage": "",
    "silent": "did not answer in time",
    "stalled": "did not answer in time",
    "cut": "",
}


@pytest.mark.parametrize(("way", "said"), FAILURES.items(), ids=FAILURES.keys())
def test_whatever_goes_wrong_quote_answers_in_time_and_one_line_says_what_happened(
    small_library: Library, monkeypatch: pytest.MonkeyPatch, way: str, said: str
) -> None:
    plain = ask(ASKED, small_library, today=TODAY)
    with chat_server(way, TRUE) as server:
        write = opened_at(server.address, monkeypatch)
        began = time.monotonic()
        answer = ask(ASKED, small_library, write=write, today=TODAY)
        spent = time.monotonic() - began
    first, _, rest = answer.text.partition("\n\n")
    assert rest == plain.text
    assert "openai:m" in first
    assert said in first
    assert "\n" not in first
    assert spent < write.silence + 2
    assert SECRET not in str(answer)
    assert (answer.writer, [warning.kind for warning in answer.warnings]) == ("quote", ["model"])
    assert len(server.asked) == (models.TRIES if way in ("busy", "broken") else 1)


def test_a_dead_server_is_one_line_and_quote(small_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    began = time.monotonic()
    answer = ask(ASKED, small_library, write=opened_at(address, monkeypatch), today=TODAY)
    assert "openai:m cannot be reached" in answer.text
    assert answer.writer == "quote"
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("way", ["well", "slow"])
def test_a_server_that_answers_is_the_writer(small_library: Library, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    with chat_server(way, TRUE) as server:
        answer = ask(ASKED, small_library, write=opened_at(server.address, monkeypatch), today=TODAY)
    assert answer.writer == "openai:m"
    assert server.asked[0]["stream"] is True
    assert [message["role"] for message in server.asked[0]["messages"]] == ["system", "user"]


def test_an_answer_without_end_is_not_read_to_the_end(small_library: Library) -> None:
    write = saying(TRUE + " And so on, and so on." * 100_000)
    write.model.step = 400  # type: ignore[attr-defined]
    answer = ask(ASKED, small_library, write=write, today=TODAY)
    assert len(answer.text) < 4 * models.LONGEST


@pytest.mark.parametrize(
    ("name", "named"), [("anthropic:claude", "pip install langchain-anthropic"), ("nobody:model", "nobody:model"), ("openai:m", "key")]
)
def test_a_model_that_cannot_be_set_up_says_what_is_missing_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, named: str) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    opened.cache_clear()
    with pytest.raises(ModelError, match=re.escape(named)) as caught:
        opened(name)
    assert "\n" not in str(caught.value)


# A model that looks things up


def call(name: str, **arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": f"{name} {arguments}"}])


def agent_of(script: Callable[[str, int], Any], library: Library) -> agent.Agent:
    calls = iter(range(1_000))
    return agent.Agent("fake:agent", Says(answer=lambda said: script(said, next(calls))), library)


def number_of(said: str, words: str) -> str:
    """The number under which a passage with these words was offered."""
    at = said.index(words)
    return re.findall(r'number="(\d+)"', said[:at])[-1]


def test_what_an_agent_looks_up_is_evidence_like_any(small_library: Library) -> None:
    def script(said: str, turn: int) -> Any:
        if turn == 0:
            return call("lookup_code", code="J9901")
        return f"{TRUE} J9901 is an injection of madeupumab, 10 mg [{number_of(said, 'madeupumab')}]."

    answer = ask(ASKED, small_library, write=agent_of(script, small_library), today=TODAY)
    assert answer.writer == "fake:agent"
    assert "row J9901" in {citation.evidence.locator for citation in answer.citations}
    assert [said.verdict for said in answer.statements[:3]] == ["supported"] * 3


@pytest.mark.parametrize(
    ("tool", "arguments", "found"),
    [
        ("search", {"query": "laboratory fatigue sequenced"}, "sequenced first"),
        ("lookup_code", {"code": "A11.0"}, "Test fever with rash"),
        ("check_pairs", {"codes": ["90001", "90002"]}, "reported with 90002"),
        ("codes_for", {"phrase": "red test fever"}, "A11.0"),
        ("coverage", {"subject": "the test fever vaccine", "payer": "Aetna"}, "travellers"),
        ("units", {"code": "90001"}, "Nothing on file"),
        ("lookup_code", {"code": "98765"}, "Nothing on file"),
        ("search", {"query": "w" * 9_000}, ""),
    ],
)
def test_a_tool_gives_numbered_passages_or_says_that_nothing_is_on_file(
    small_library: Library, tool: str, arguments: dict[str, Any], found: str
) -> None:
    seen: list[str] = []

    def script(said: str, turn: int) -> Any:
        seen.append(said)
        return TRUE if turn else call(tool, **arguments)

    ask(ASKED, small_library, write=agent_of(script, small_library), today=TODAY)
    assert found in seen[-1].split(seen[0])[-1]


def test_an_agent_makes_at_most_eight_calls(small_library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(agent, "tools", lambda *given: [_counted(made)])
    write = agent_of(lambda said, turn: TRUE if turn > 11 else call("count", at=turn), small_library)
    answer = ask(ASKED, small_library, write=write, today=TODAY)
    assert len(made) == agent.CALLS == 8
    assert answer.writer in ("fake:agent", "quote")


def _counted(made: list[str]) -> Callable[[int], str]:
    def count(at: int) -> str:
        """Count."""
        made.append(str(at))
        return str(at)

    return count


def test_an_agent_that_never_stops_ends_in_quote(small_library: Library) -> None:
    answer = ask(ASKED, small_library, write=agent_of(lambda said, turn: call("units", code=f"9000{turn}"), small_library), today=TODAY)
    assert (answer.writer, answer.status) == ("quote", "answered")
