"""Exact words, by tantivy: one index of prose and of code texts, a field a shelf.

A shelf searched by its own field is a plain union of words, of which tantivy skips what cannot be among the best; a clause that
says which shelf would make it score every passage that holds a word (see docs/performance.md).
"""

import re
import shutil
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path

import tantivy

from corpus.catalog import Catalog
from corpus.codes import shelf_of
from corpus.model import PROSE, CorpusError
from index.search import KEYWORD_SHARE

LAYOUT = "4"  # part of the folder's name: another layout is another index
_ANALYZED = "words"
_SOURCES = "*"  # what the rows that say which sources are held have in place of a source


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("source", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("digest", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=False, tokenizer_name=_ANALYZED)
    for shelf in KEYWORD_SHARE:
        builder.add_text_field(shelf, stored=False, tokenizer_name=_ANALYZED)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _plain(text: str) -> str:
    """Write LCDs as LCD, which the stemmer would not, and E11.65 as E1165, which the tokenizer would tear apart."""
    whole = re.sub(r"\b([A-Z]\d[0-9AB])\.([0-9A-Z]{1,4})\b", r"\1\2", text, flags=re.I)
    return re.sub(r"\b([A-Z]{2,})s\b", r"\1", whole)


class Keywords:
    """A keyword index in a folder, kept equal to the catalog source by source."""

    def __init__(self, folder: Path) -> None:
        place = folder / LAYOUT
        self._schema = _schema()
        try:
            place.mkdir(parents=True, exist_ok=True)
            self._index = self._opened(place)
        except OSError as error:
            raise CorpusError(f"The keyword index {place} cannot be opened ({error.strerror or error}).") from None
        self._words = _analyzer()
        self._index.register_tokenizer(_ANALYZED, self._words)

    def _opened(self, place: Path) -> tantivy.Index:
        """Open the index; a damaged one is thrown away, since the catalog has everything it held."""
        try:
            return tantivy.Index(self._schema, path=str(place))
        except ValueError:
            shutil.rmtree(place)
            place.mkdir()
            return tantivy.Index(self._schema, path=str(place))

    def _term(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word)

    def analyzed(self, text: str) -> list[str]:
        """The words of a text as the index knows them: lower case, stemmed, without accents."""
        return self._words.analyze(_plain(text))

    def _held(self) -> dict[str, str]:
        searcher = self._index.searcher()
        found = searcher.search(self._term("source", _SOURCES), limit=10_000).hits
        rows = (searcher.doc(address) for _, address in found)
        return {str(row.get_first("id")): str(row.get_first("digest")) for row in rows}

    def stale(self, catalog: Catalog) -> list[str]:
        """The sources that the index does not hold as the catalog does."""
        wanted, held = catalog.source_digests(), self._held()
        return [source for source in {*wanted, *held} if wanted.get(source) != held.get(source)]

    def sync(self, catalog: Catalog) -> int:
        """Make the index hold what the catalog holds; return how many sources had to be written again."""
        stale = self.stale(catalog)
        if not stale:
            return 0
        wanted = catalog.source_digests()
        writer = self._index.writer(heap_size=64_000_000, num_threads=1)
        for source in stale:
            writer.delete_documents_by_term("source", source)
            writer.delete_documents_by_term("id", source)
            if source in wanted:
                self._write(writer, catalog, source, wanted[source])
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        return len(stale)

    @staticmethod
    def _write(writer: tantivy.IndexWriter, catalog: Catalog, source: str, digest: str) -> None:
        for placed in catalog.shelf(source):
            passage = placed.passage
            prose = passage.kind == PROSE
            writer.add_document(
                tantivy.Document(
                    id=passage.id,
                    source=source,
                    title=_plain(f"{placed.document.title} {passage.section}") if prose else "",
                    **{PROSE if prose else shelf_of(passage.codes[0][0]): _plain(passage.text)},
                )
            )
        writer.add_document(tantivy.Document(id=source, source=_SOURCES, digest=digest))

    def reload(self) -> None:
        """See what another process has written."""
        self._index.reload()

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How telling each analyzed word is: inverse document frequency over all shelves."""
        searcher = self._index.searcher()
        total = searcher.num_docs + 1

        def count(word: str) -> int:
            anywhere = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(shelf, word)) for shelf in KEYWORD_SHARE])
            return searcher.search(anywhere, limit=1, count=True).count or 0  # type: ignore[attr-defined]

        return {word: log(total / (1 + count(word))) for word in set(words)}

    def search(self, words: Sequence[str], shelf: str, limit: int, over: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Passage ids of a shelf that hold any of these analyzed words, best first, with BM25 scores; none of the sources that are over."""
        if not words:
            return []
        query, should = tantivy.Query, tantivy.Occur.Should
        clauses = []
        for word in dict.fromkeys(words):
            clauses.append((should, self._term(shelf, word)))
            if shelf == PROSE:
                clauses.append((should, query.boost_query(self._term("title", word), 0.6)))
        clauses += [(tantivy.Occur.MustNot, self._term("source", source)) for source in over]
        wanted = query.boolean_query(clauses)
        searcher = self._index.searcher()
        return [(str(searcher.doc(address).get_first("id")), score) for score, address in searcher.search(wanted, limit).hits]
