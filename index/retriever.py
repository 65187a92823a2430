"""The library as a LangChain retriever, for people with a chain of their own."""

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.library import Library
from index.search import Filters


class CodeciteRetriever(BaseRetriever):
    """Passages with their source, locator, page and codes as metadata; `payer` and `on` filter as in a question."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    library: Any
    k: int = 10
    payer: str | None = None
    on: date | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        library: Library = self.library
        hits = library.search(query, Filters(self.on or date.today(), self.payer), self.k)
        return [
            Document(
                id=hit.placed.passage.id,
                page_content=hit.placed.passage.text,
                metadata={
                    "source_id": hit.placed.source.id,
                    "title": hit.placed.document.title,
                    "locator": hit.placed.passage.locator,
                    "page": hit.placed.passage.page,
                    "codes": [value for _, value in hit.placed.passage.codes],
                    "score": hit.score,
                },
            )
            for hit in hits
        ]
