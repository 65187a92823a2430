import asyncio
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import open_library
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda

from index.library import Library
from index.retriever import CodeciteRetriever
from index.search import Filters

ON = date(2026, 5, 1)
TODAY = date.today()
WEEK = timedelta(days=7)


def names(documents: list[Document]) -> set[str]:
    return {document.metadata["source_id"] for document in documents}


def dated(title: str, payer: str | None = None, effective: date | None = None, ended: date | None = None) -> str:
    fields = {"title": title, "kind": "policy", "payer": payer, "effective": effective, "ended": ended}
    head = "".join(f"{key}: {value or 'null'}\n" for key, value in fields.items())
    return f"---\n{head}---\nThe elbow is covered under {title}.\n"


@pytest.fixture
def policies(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Policies on elbows: of two payers and of none, and of four times around today."""
    library = open_library(home, monkeypatch)
    texts = {
        "aetna": dated("Aetna elbow", payer="Aetna"),
        "cigna": dated("Cigna elbow", payer="Cigna"),
        "anyone": dated("General elbow"),
        "past": dated("Past elbow", effective=date(2020, 1, 1), ended=date(2020, 12, 31)),
        "present": dated("Present elbow", effective=TODAY - WEEK, ended=TODAY + WEEK),
        "future": dated("Future elbow", effective=TODAY + WEEK),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        assert library.add(tmp_path / f"{name}.md").source_id == name
    for _ in library.fill():
        pass
    return library


def test_it_is_a_langchain_retriever_that_gives_documents(small_library: Library) -> None:
    retriever = CodeciteRetriever(library=small_library, on=ON)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("test fever")
    assert documents
    assert {type(document) for document in documents} == {Document}


def test_documents_are_the_hits_of_the_library_in_their_order(small_library: Library) -> None:
    hits = small_library.search("is 90001 covered for travellers", Filters(ON), 7)
    documents = CodeciteRetriever(library=small_library, k=7, on=ON).invoke("is 90001 covered for travellers")
    assert [document.id for document in documents] == [hit.placed.passage.id for hit in hits]
    assert [document.page_content for document in documents] == [hit.placed.passage.text for hit in hits]
    assert [document.metadata["score"] for document in documents] == [hit.score for hit in hits]


@pytest.mark.parametrize(
    ("query", "source_id", "locator", "codes"),
    [
        ("madeupumab", "hcpcs-2026-01", "row J9901", ["J9901"]),
        ("laboratory fatigue of the left hand", "icd-10-cm-2026-04", "A12.1", ["A12.1"]),
        ("vaccine for travellers", "policy-acme", "opening", ["90001"]),
        ("90002 reported with 90001", "cpt-90001", "Administration", ["90001", "90002"]),
    ],
)
def test_metadata_says_where_a_passage_stands(small_library: Library, query: str, source_id: str, locator: str, codes: list[str]) -> None:
    documents = CodeciteRetriever(library=small_library, on=ON).invoke(query)
    metadata = next(document.metadata for document in documents if document.metadata["locator"] == locator)
    placed = small_library.catalog.shelf(source_id)[0]
    assert (metadata["source_id"], metadata["codes"], metadata["title"]) == (source_id, codes, placed.document.title)
    assert set(metadata) == {"source_id", "title", "locator", "page", "codes", "score"}
    assert json.loads(json.dumps(metadata)) == metadata


@pytest.mark.parametrize("k", [1, 3, 10])
def test_k_is_the_most_it_gives(small_library: Library, k: int) -> None:
    assert len(CodeciteRetriever(library=small_library, k=k, on=ON).invoke("test fever")) == k


def test_ten_is_the_most_it_gives_unasked(small_library: Library) -> None:
    assert len(CodeciteRetriever(library=small_library).invoke("test fever")) == 10


@pytest.mark.parametrize(
    ("payer", "seen"),
    [(None, {"aetna", "cigna", "anyone"}), ("Aetna", {"aetna", "anyone"}), ("Cigna", {"cigna", "anyone"}), ("Humana", {"anyone"})],
)
def test_a_payer_keeps_the_texts_of_others_out(policies: Library, payer: str | None, seen: set[str]) -> None:
    found = names(CodeciteRetriever(library=policies, payer=payer, k=50).invoke("elbow covered"))
    assert found & {"aetna", "cigna", "anyone"} == seen


@pytest.mark.parametrize(
    ("on", "seen"),
    [
        (None, {"present"}),
        (TODAY, {"present"}),
        (TODAY + WEEK, {"present", "future"}),
        (TODAY + 2 * WEEK, {"future"}),
        (date(2020, 6, 30), {"past"}),
        (date(2019, 12, 31), set()),
    ],
    ids=["unasked", "today", "next week", "in two weeks", "then", "before"],
)
def test_a_date_keeps_out_what_is_not_in_force_and_unasked_it_is_today(policies: Library, on: date | None, seen: set[str]) -> None:
    found = names(CodeciteRetriever(library=policies, on=on, k=50).invoke("elbow covered"))
    assert found & {"past", "present", "future"} == seen


def test_payer_and_date_hold_together(policies: Library) -> None:
    retriever = CodeciteRetriever(library=policies, payer="Aetna", on=date(2020, 6, 30), k=50)
    assert names(retriever.invoke("elbow covered")) == {"aetna", "anyone", "past"}


def test_it_answers_in_a_chain_in_a_batch_and_from_other_threads(small_library: Library) -> None:
    retriever = CodeciteRetriever(library=small_library, on=ON, k=3)
    queries = ["test fever", "madeupumab", "rash", "left hand"]
    alone = [retriever.invoke(query) for query in queries]
    assert retriever.batch(queries) == alone
    assert asyncio.run(retriever.ainvoke(queries[1])) == alone[1]
    assert (retriever | RunnableLambda(len)).invoke(queries[0]) == 3


def test_before_there_are_vectors_words_find(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = open_library(home, monkeypatch)
    retriever = CodeciteRetriever(library=library)
    assert retriever.invoke("elbow") == []
    (tmp_path / "one.md").write_text(dated("One elbow"), encoding="utf-8")
    library.add(tmp_path / "one.md")
    assert names(retriever.invoke("elbow")) == {"one"}
