"""The tutorial way of encoding, for comparison: what LangChain's HuggingFaceEmbeddings does before Chroma.from_documents stores it.

`langchain-huggingface` cannot be installed beside sentence-transformers 6; its `embed_documents` calls `SentenceTransformer.encode` with
the library's own settings, which is written out here. Storing is Chroma's in both ways and is left out of the comparison.
"""

from collections.abc import Sequence

from index.encoders import DEFAULT, load_reference


class Tutorial:
    """The same weights as ours, run as the tutorials run them."""

    def __init__(self) -> None:
        self._model = load_reference(DEFAULT)

    def encode(self, texts: Sequence[str]) -> None:
        """Encode passages."""
        self._model.encode(list(texts), show_progress_bar=False)
