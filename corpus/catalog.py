"""The truth: one SQLite file that owns sources, documents, passages and codes. Everything else is derived from it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from corpus.model import Code, CorpusError, Document, Passage, Reading, Reference, Source

VERSION = 1
_SCHEMA = Path(__file__).with_name("schema.sql")


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage with the document and the source it stands in."""

    passage: Passage
    document: Document  # without its passages
    source: Source


@dataclass(frozen=True, slots=True)
class Listed:
    """A code as one source lists it."""

    code: Code
    source: Source


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source holds, and since when."""

    source: Source
    documents: int
    passages: int
    codes: int
    added: str


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source(row: sqlite3.Row) -> Source:
    keys = ("id", "title", "publication", "licence", "kind", "publisher", "edition", "url", "payer", "jurisdiction")
    return Source(
        **{key: row[f"s_{key}"] for key in keys},
        effective=_day(row["s_effective"]),
        ended=_day(row["s_ended"]),
        file=row["s_file"],
        path=row["s_path"],
        digest=row["s_digest"],
    )


def _document(row: sqlite3.Row) -> Document:
    return Document(
        id=row["d_id"],
        title=row["d_title"],
        kind=row["d_kind"],
        passages=(),
        url=row["d_url"],
        payer=row["d_payer"],
        jurisdiction=row["d_jurisdiction"],
        effective=_day(row["d_effective"]),
        ended=_day(row["d_ended"]),
        references=tuple(Reference(**item) for item in json.loads(row["d_refs"])),
    )


def _passage(row: sqlite3.Row) -> Passage:
    return Passage(
        id=row["p_id"],
        kind=row["p_kind"],
        text=row["p_text"],
        locator=row["p_locator"],
        page=row["p_page"],
        start=row["p_start"],
        end=row["p_end"],
        section=row["p_section"],
        codes=tuple((system, value) for system, value in json.loads(row["p_codes"])),
    )


def _code(row: sqlite3.Row) -> Code:
    return Code(
        system=row["c_system"],
        value=row["c_value"],
        title=row["c_title"],
        valid_from=_day(row["c_from"]),
        valid_to=_day(row["c_to"]),
        billable=None if row["c_billable"] is None else bool(row["c_billable"]),
        parent=row["c_parent"],
        attributes=tuple((key, value) for key, value in json.loads(row["c_attributes"])),
    )


_S = (
    "s.id s_id, s.title s_title, s.publication s_publication, s.licence s_licence, s.kind s_kind, s.publisher s_publisher,"
    " s.edition s_edition, s.url s_url, s.payer s_payer, s.jurisdiction s_jurisdiction, s.effective s_effective,"
    " s.ended s_ended, s.file s_file, s.path s_path, s.digest s_digest"
)
_P = (
    "p.id p_id, p.kind p_kind, p.text p_text, p.locator p_locator, p.page p_page, p.start p_start, p.end p_end,"
    " p.section p_section, p.codes p_codes, d.id d_id, d.title d_title, d.kind d_kind, d.url d_url, d.payer d_payer,"
    " d.jurisdiction d_jurisdiction, d.effective d_effective, d.ended d_ended, d.refs d_refs"
)
_C = (
    "c.system c_system, c.value c_value, c.title c_title, c.valid_from c_from, c.valid_to c_to, c.billable c_billable,"
    " c.parent c_parent, c.attributes c_attributes"
)
_PLACED = f"SELECT {_P}, {_S} FROM passages p JOIN documents d ON d.id = p.document_id JOIN sources s ON s.id = d.source_id"
_LISTED = f"SELECT {_C}, {_S} FROM codes c JOIN sources s ON s.id = c.source_id"


class Catalog:
    """Open a home's catalog. Reads never block; every write is one transaction.

    Raises CorpusError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise CorpusError(f"The catalog {path} cannot be opened: {error}. Set CODECITE_HOME to a folder you can write.") from None

    def _migrate(self) -> None:
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise CorpusError(
                f"{self.path} was written by another version of codecite (layout {found}; this one reads {VERSION}). "
                "Set CODECITE_HOME to a new folder, or use the version that wrote it."
            )
        if found == 0:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_SCHEMA.read_text(encoding="utf-8") + f"PRAGMA user_version = {VERSION};")

    def close(self) -> None:
        self._db.close()

    @property
    def stamp(self) -> int:
        """A number that changes when another connection has written."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException as error:
            self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise CorpusError(f"Nothing was added: the catalog could not be written ({error}).") from None
            raise
        finally:
            self.__dict__.pop("known_codes", None)

    def put(self, reading: Reading) -> None:
        """Write everything read from one file, in place of what its source held, in one transaction."""
        with self._writing() as db:
            source = reading.source
            db.execute("DELETE FROM sources WHERE id = ?", (source.id,))
            row = asdict(source) | {"added": datetime.now(UTC).isoformat(timespec="seconds")}
            db.execute(f"INSERT INTO sources ({', '.join(row)}) VALUES ({', '.join(':' + key for key in row)})", row)
            for ordinal, document in enumerate(reading.documents):
                self._put_document(db, source.id, ordinal, document)
            db.executemany("INSERT OR REPLACE INTO codes VALUES (?,?,?,?,?,?,?,?,?)", _code_rows(source.id, reading.codes))

    @staticmethod
    def _put_document(db: sqlite3.Connection, source_id: str, ordinal: int, document: Document) -> None:
        references = json.dumps([asdict(reference) for reference in document.references])
        db.execute(
            "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                document.id,
                source_id,
                ordinal,
                document.title,
                document.kind,
                document.url,
                document.payer,
                document.jurisdiction,
                document.effective,
                document.ended,
                references,
            ),
        )
        db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                (p.id, document.id, at, p.kind, p.text, p.locator, p.page, p.start, p.end, p.section, json.dumps(p.codes))
                for at, p in enumerate(document.passages)
            ),
        )
        db.executemany(
            "INSERT OR IGNORE INTO mentions VALUES (?,?,?)",
            ((value, system, p.id) for p in document.passages for system, value in p.codes),
        )

    def remove(self, source_id: str) -> None:
        """Take a source away with everything it brought; CorpusError where there is no such source."""
        with self._writing() as db:
            if not db.execute("DELETE FROM sources WHERE id = ?", (source_id,)).rowcount:
                raise CorpusError(f"There is no source {source_id!r}. `codecite sources` lists them.")

    def sources(self) -> list[Tally]:
        """List every source with what it holds, oldest first."""
        rows = self._db.execute(
            f"SELECT {_S}, s.added, (SELECT count(*) FROM documents d WHERE d.source_id = s.id) documents,"
            " (SELECT count(*) FROM passages p JOIN documents d ON d.id = p.document_id WHERE d.source_id = s.id) passages,"
            " (SELECT count(*) FROM codes c WHERE c.source_id = s.id) codes FROM sources s ORDER BY s.added, s.id"
        )
        return [Tally(_source(row), row["documents"], row["passages"], row["codes"], row["added"]) for row in rows]

    def source_digests(self) -> dict[str, str]:
        """Source id → digest of its content, for comparing a derived index with the truth."""
        return dict(self._db.execute("SELECT id, digest || '@' || added FROM sources").fetchall())

    def find_source(self, *, digest: str | None = None, path: str | None = None) -> Source | None:
        """The source read from these bytes or from this path, if any."""
        row = self._db.execute(f"SELECT {_S} FROM sources s WHERE s.digest = ? OR s.path = ?", (digest, path)).fetchone()
        return _source(row) if row else None

    def has_source(self, source_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM sources WHERE id = ?", (source_id,)).fetchone() is not None

    def passages(self, ids: Sequence[str]) -> dict[str, Placed]:
        """The passages with these ids; ids the catalog does not hold are left out."""
        rows = self._db.execute(f"{_PLACED} WHERE p.id IN ({','.join('?' * len(ids))})", list(ids))
        return {row["p_id"]: Placed(_passage(row), _document(row), _source(row)) for row in rows}

    def naming(self, system: str, value: str, limit: int = 40) -> list[Placed]:
        """Passages of prose and notes that name a code, the starter documents about it first."""
        rows = self._db.execute(
            f"{_PLACED} JOIN mentions m ON m.passage_id = p.id WHERE m.value = ? AND m.system = ? AND p.kind != 'term'"
            " ORDER BY d.kind != 'code', s.added, d.ordinal, p.ordinal LIMIT ?",
            (value, system, limit),
        )
        return [Placed(_passage(row), _document(row), _source(row)) for row in rows]

    def document(self, document_id: str) -> list[Placed]:
        """A document's passages in their order."""
        rows = self._db.execute(f"{_PLACED} WHERE d.id = ? ORDER BY p.ordinal", (document_id,))
        return [Placed(_passage(row), _document(row), _source(row)) for row in rows]

    def pages(self, publication: str, first: int, last: int) -> list[Placed]:
        """A publication's passages on a run of pages, the newest edition first."""
        rows = self._db.execute(
            f"{_PLACED} WHERE p.page BETWEEN ? AND ? AND p.document_id IN (SELECT d.id FROM documents d"
            " JOIN sources s ON s.id = d.source_id WHERE s.publication = ?) ORDER BY s.effective DESC, p.ordinal",
            (first, last, publication),
        )
        return [Placed(_passage(row), _document(row), _source(row)) for row in rows]

    def notes(self, system: str, value: str, source_id: str) -> list[Placed]:
        """The instructional notes right at a code, as one source gives them."""
        rows = self._db.execute(
            f"{_PLACED} JOIN mentions m ON m.passage_id = p.id"
            " WHERE m.value = ? AND m.system = ? AND p.kind = 'note' AND s.id = ? ORDER BY p.ordinal",
            (value, system, source_id),
        )
        return [Placed(_passage(row), _document(row), _source(row)) for row in rows]

    def shelf(self, source_id: str) -> list[Placed]:
        """Everything of a source that search looks through: prose and terms."""
        rows = self._db.execute(f"{_PLACED} WHERE s.id = ? AND p.kind != 'note' ORDER BY d.ordinal, p.ordinal", (source_id,))
        return [Placed(_passage(row), _document(row), _source(row)) for row in rows]

    def codes(self, system: str, value: str) -> list[Listed]:
        """A code as each source lists it, the newest edition first."""
        rows = self._db.execute(
            f"{_LISTED} WHERE c.value = ? AND c.system = ? ORDER BY s.kind = 'starter', s.effective DESC, s.added DESC",
            (value, system),
        )
        return [Listed(_code(row), _source(row)) for row in rows]

    def children(self, system: str, parent: str, source_id: str) -> list[Listed]:
        """The codes right below a code in one source."""
        rows = self._db.execute(
            f"{_LISTED} WHERE c.source_id = ? AND c.system = ? AND c.parent = ? ORDER BY c.value", (source_id, system, parent)
        )
        return [Listed(_code(row), _source(row)) for row in rows]

    def span(self, system: str, first: str, last: str) -> list[Listed]:
        """Every code of a system from `first` to `last`, each as its best source lists it."""
        values = self._db.execute(
            "SELECT DISTINCT value FROM codes WHERE system = ? AND value BETWEEN ? AND ? ORDER BY value", (system, first, last)
        )
        return [self.codes(system, row["value"])[0] for row in values.fetchall()]

    @cached_property
    def known_codes(self) -> frozenset[tuple[str, str]]:
        """Every (system, value) on file."""
        return frozenset((row[0], row[1]) for row in self._db.execute("SELECT system, value FROM codes"))

    def touch(self) -> None:
        """Let other processes notice that something derived from the catalog has changed."""
        with self._writing() as db:
            db.execute("UPDATE sources SET added = added WHERE id IN (SELECT id FROM sources LIMIT 1)")

    def knows_fast(self, system: str, value: str) -> bool:
        """Like `knows`, from memory: for reading thousands of passages."""
        return (system, value) in self.known_codes

    def knows(self, system: str, value: str) -> bool:
        """Say whether any source lists the code."""
        return self._db.execute("SELECT 1 FROM codes WHERE value = ? AND system = ?", (value, system)).fetchone() is not None

    def searchable(self) -> Iterator[tuple[str, str, str]]:
        """(passage id, shelf, text to index) of everything search looks through, what helps most first."""
        yield from self._db.execute(
            "SELECT p.id, CASE p.kind WHEN 'prose' THEN 'prose' ELSE json_extract(p.codes, '$[0][0]') END,"
            " CASE p.kind WHEN 'prose' THEN d.title || '. ' || p.section || '. ' || p.text ELSE p.text END"
            " FROM passages p JOIN documents d ON d.id = p.document_id JOIN sources s ON s.id = d.source_id"
            " WHERE p.kind != 'note' ORDER BY s.kind != 'starter', p.kind != 'prose', s.added DESC, d.ordinal, p.ordinal"
        )


def _code_rows(source_id: str, codes: Iterable[Code]) -> Iterator[tuple[object, ...]]:
    for code in codes:
        attributes = json.dumps(code.attributes)
        yield code.value, code.system, source_id, code.title, code.valid_from, code.valid_to, code.billable, code.parent, attributes
