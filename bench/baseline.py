"""The tutorial way, for comparison: LangChain's HuggingFaceEmbeddings and Chroma.from_documents, what they do written out.

`langchain-huggingface` cannot be installed beside sentence-transformers 6, and `langchain-chroma` adds nothing to the time: the one
calls `SentenceTransformer.encode` in batches of 32 as the texts come, the other upserts texts, metadata and vectors under random
ids into one collection.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.api.types import Metadata
from chromadb.config import Settings

from index.encoders import DEFAULT, load_reference


class Tutorial:
    """One collection of everything, with the text beside each vector."""

    def __init__(self, folder: Path) -> None:
        self._model = load_reference(DEFAULT)
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection("langchain", embedding_function=None)

    def add(self, texts: Sequence[str], shelves: Sequence[str]) -> None:
        """Encode and store passages, with the shelf as metadata."""
        vectors = self._model.encode(list(texts), batch_size=32, show_progress_bar=False)
        for at in range(0, len(texts), 5000):
            part = slice(at, at + 5000)
            ids = [str(uuid.uuid4()) for _ in texts[part]]
            held: list[Metadata] = [{"shelf": shelf} for shelf in shelves[part]]
            self._collection.upsert(ids=ids, embeddings=vectors[part], documents=list(texts[part]), metadatas=held)

    def search(self, text: str, shelf: str | None = None) -> object:
        """The ten nearest passages, of one shelf if wanted."""
        vector = self._model.encode([text], show_progress_bar=False)
        return self._collection.query(query_embeddings=vector, n_results=10, where={"shelf": shelf} if shelf else None)
