"""The truth: one SQLite file that owns sources, documents, passages and codes. Everything else is derived from it."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakSet

from corpus import rows, tables
from corpus.codes import ICD10PCS, shelf_of
from corpus.model import NOTE, PROSE, Code, CorpusError, Document, Passage, Reading, Source, digest, searched
from corpus.rows import Listed, Placed

VERSION = 3
_SCHEMA = Path(__file__).with_name("schema.sql")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source holds, and since when."""

    source: Source
    documents: int
    passages: int
    codes: int
    rows: int
    added: str


class _Connection(sqlite3.Connection):
    """A connection that can be held weakly: it closes when the thread it served has ended."""


class Catalog:
    """Open a home's catalog. Reads never block; every write is one transaction.

    Raises CorpusError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: WeakSet[_Connection] = WeakSet()
        self._write = threading.Lock()
        self.tables = tables.Tables(self.select)
        self._known: tuple[int, frozenset[tuple[str, str]]] = (-1, frozenset())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise CorpusError(f"The catalog {path} cannot be opened: {error}. Set CODECITE_HOME to a folder you can write.") from None

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's own connection: what one thread is writing, another does not see until it is whole."""
        if not hasattr(self._local, "db"):
            db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None, factory=_Connection)
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA foreign_keys = ON")
            self._opened.add(db)
            self._local.db = db
        found: sqlite3.Connection = self._local.db
        return found

    def _migrate(self) -> None:
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found == 2:  # the payer a first page names was not kept yet
            self._db.executescript(f"BEGIN IMMEDIATE; ALTER TABLE sources ADD COLUMN names TEXT; PRAGMA user_version = {VERSION}; COMMIT;")
            return
        if found not in (0, VERSION):
            raise CorpusError(
                f"{self.path} was written by another version of codecite (layout {found}; this one reads {VERSION}). "
                "Set CODECITE_HOME to a new folder, or use the version that wrote it."
            )
        if found == 0:
            self._db.execute("PRAGMA journal_mode = WAL")
            schema = _SCHEMA.read_text(encoding="utf-8")
            self._db.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the connections of every thread."""
        for db in list(self._opened):
            db.close()

    def select(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Read rows; CorpusError where the file is damaged."""
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise CorpusError(f"The catalog {self.path} cannot be read ({error}): move it away and add the files again.") from None

    @property
    def stamp(self) -> int:
        """A number that grows with every write, whoever writes."""
        return int(self.select("SELECT number FROM writes")[0][0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        db = self._db
        with self._write:
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("UPDATE writes SET number = number + 1")
                db.execute("COMMIT")
            except BaseException as error:
                if db.in_transaction:  # a full disk has rolled back by itself
                    db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise CorpusError(f"Nothing was changed: the catalog could not be written ({error}).") from None
                raise

    def put(self, reading: Reading) -> None:
        """Write everything read from one file, in place of what its source held, in one transaction."""
        with self._writing() as db:
            source = reading.source
            db.execute("DELETE FROM sources WHERE id = ?", (source.id,))
            row = asdict(source) | {"added": datetime.now(UTC).isoformat(timespec="seconds"), "rows": reading.rows}
            added = db.execute(f"INSERT INTO sources ({', '.join(row)}) VALUES ({', '.join(':' + key for key in row)})", row)
            for ordinal, document in enumerate(reading.documents):
                self._put_document(db, source.id, ordinal, document)
            db.executemany("INSERT OR REPLACE INTO codes VALUES (?,?,?,?,?,?,?,?,?)", _code_rows(source.id, reading.codes))
            if twice := tables.put(db, int(added.lastrowid or 0), reading):
                db.execute("UPDATE sources SET rows = rows - ? WHERE id = ?", (twice, source.id))

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
            "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (_passage_row(document, at, passage) for at, passage in enumerate(document.passages)),
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
        found = self.select(
            f"SELECT {rows.SOURCE}, s.added, s.rows, (SELECT count(*) FROM documents d WHERE d.source_id = s.id) documents,"
            " (SELECT count(*) FROM passages p JOIN documents d ON d.id = p.document_id WHERE d.source_id = s.id) passages,"
            " (SELECT count(*) FROM codes c WHERE c.source_id = s.id) codes FROM sources s ORDER BY s.number"
        )
        return [Tally(rows.source(row), row["documents"], row["passages"], row["codes"], row["rows"], row["added"]) for row in found]

    def editions(self) -> list[Source]:
        """Every source, oldest first."""
        return [rows.source(row) for row in self.select(f"SELECT {rows.SOURCE} FROM sources s ORDER BY s.number")]

    def source_digests(self) -> dict[str, str]:
        """Source id → digest of its content, for comparing a derived index with the truth."""
        return {row[0]: row[1] for row in self.select("SELECT id, digest || '@' || number || '@' || added FROM sources")}

    def find_source(self, *, digest: str | None = None, path: str | None = None) -> Source | None:
        """The source read from these bytes or from this path, if any."""
        found = self.select(f"SELECT {rows.SOURCE} FROM sources s WHERE s.digest = ? OR s.path = ?", (digest, path))
        return rows.source(found[0]) if found else None

    def source(self, source_id: str) -> Source | None:
        """The source of this id, if any."""
        found = self.select(f"SELECT {rows.SOURCE} FROM sources s WHERE s.id = ?", (source_id,))
        return rows.source(found[0]) if found else None

    def has_source(self, source_id: str) -> bool:
        """Say whether there is a source of this id."""
        return bool(self.select("SELECT 1 FROM sources WHERE id = ?", (source_id,)))

    def passages(self, ids: Sequence[str]) -> dict[str, Placed]:
        """The passages with these ids; ids the catalog does not hold are left out."""
        found = self.select(f"{rows.PLACED} WHERE p.id IN ({','.join('?' * len(ids))})", list(ids))
        return {row["p_id"]: rows.placed(row) for row in found}

    def naming(self, system: str, value: str, limit: int = 40) -> list[Placed]:
        """Passages of prose and notes that name a code, the starter documents about it first."""
        found = self.select(
            f"{rows.PLACED} JOIN mentions m ON m.passage_id = p.id WHERE m.value = ? AND m.system = ? AND p.kind != 'term'"
            " ORDER BY d.kind != 'code', s.number, d.ordinal, p.ordinal LIMIT ?",
            (value, system, limit),
        )
        return [rows.placed(row) for row in found]

    def document(self, document_id: str) -> list[Placed]:
        """A document's passages in their order."""
        found = self.select(f"{rows.PLACED} WHERE d.id = ? ORDER BY p.ordinal", (document_id,))
        return [rows.placed(row) for row in found]

    def pages(self, publication: str, first: int, last: int) -> list[Placed]:
        """A publication's passages on a run of pages, the newest edition first."""
        found = self.select(
            f"{rows.PLACED} WHERE p.page BETWEEN ? AND ? AND p.document_id IN (SELECT d.id FROM documents d"
            " JOIN sources s ON s.id = d.source_id WHERE s.publication = ?) ORDER BY s.effective DESC, p.ordinal",
            (first, last, publication),
        )
        return [rows.placed(row) for row in found]

    def notes(self, system: str, value: str, source_id: str) -> list[Placed]:
        """The instructional notes right at a code, as one source gives them."""
        found = self.select(
            f"{rows.PLACED} JOIN mentions m ON m.passage_id = p.id"
            " WHERE m.value = ? AND m.system = ? AND p.kind = 'note' AND s.id = ? ORDER BY p.ordinal",
            (value, system, source_id),
        )
        return [rows.placed(row) for row in found]

    def shelf(self, source_id: str) -> list[Placed]:
        """Everything of a source that search looks through: prose and terms."""
        found = self.select(f"{rows.PLACED} WHERE s.id = ? AND p.kind != 'note' ORDER BY d.ordinal, p.ordinal", (source_id,))
        return [rows.placed(row) for row in found]

    def codes(self, system: str, value: str) -> list[Listed]:
        """A code as each source lists it, the newest edition first."""
        found = self.select(
            f"{rows.LISTED} WHERE c.value = ? AND c.system = ? ORDER BY s.kind = 'starter', c.title = '', s.effective DESC,"
            " length(c.title) DESC, s.number DESC",
            (value, system),
        )
        return [rows.listed(row) for row in found]

    def children(self, system: str, parent: str, source_id: str) -> list[Listed]:
        """The codes right below a code in one source."""
        found = self.select(
            f"{rows.LISTED} WHERE c.source_id = ? AND c.system = ? AND c.parent = ? ORDER BY c.value", (source_id, system, parent)
        )
        return [rows.listed(row) for row in found]

    def referring(self, source_id: str, other: str) -> list[Listed]:
        """The codes of one source that refer to another code ("see")."""
        found = self.select(
            f"{rows.LISTED} WHERE c.source_id = ? AND c.attributes LIKE '%\"see\"%' AND c.attributes LIKE ? ORDER BY c.value",
            (source_id, f"%{other}%"),
        )
        named = (rows.listed(row) for row in found)
        return [listed for listed in named if other in dict(listed.code.attributes)["see"].replace(",", " ").split()]

    def span(self, system: str, first: str, last: str) -> list[Listed]:
        """Every code of a system from `first` to `last`, each as its best source lists it."""
        values = self.select(
            "SELECT DISTINCT value FROM codes WHERE system = ? AND value BETWEEN ? AND ? ORDER BY value", (system, first, last)
        )
        return [self.codes(system, row["value"])[0] for row in values]

    @property
    def known_codes(self) -> frozenset[tuple[str, str]]:
        """Every (system, value) on file, kept until somebody writes."""
        stamp = self.stamp
        if self._known[0] != stamp:
            self._known = (stamp, frozenset((row[0], row[1]) for row in self.select("SELECT system, value FROM codes")))
        return self._known[1]

    def touch(self) -> None:
        """Let other processes notice that something derived from the catalog has changed."""
        with self._writing():
            pass

    def knows_fast(self, system: str, value: str) -> bool:
        """Like `knows`, from memory: for reading thousands of passages."""
        return (system, value) in self.known_codes

    def knows(self, system: str, value: str) -> bool:
        """Say whether any source lists the code."""
        return bool(self.select("SELECT 1 FROM codes WHERE value = ? AND system = ?", (value, system)))

    def searchable(self) -> Iterator[tuple[str, str, str]]:
        """(key, shelf, text) of everything that has a vector, what helps most first; ICD-10-PCS is found by its words.

        A key stands for a text: what several editions say alike comes once a shelf.
        """
        found = self.select(
            "SELECT p.key, p.shelf, CASE p.kind WHEN 'prose' THEN d.title || '. ' || p.section || '. ' || p.text ELSE p.text END"
            " FROM passages p JOIN documents d ON d.id = p.document_id JOIN sources s ON s.id = d.source_id WHERE p.shelf NOT IN ('', ?)"
            " ORDER BY s.kind != 'starter', p.kind != 'prose', s.number DESC, d.ordinal, p.ordinal",
            (ICD10PCS,),
        )
        once = {(row[0], row[1]): row[2] for row in found}
        return ((key, shelf, text) for (key, shelf), text in once.items())

    def holders(self, keys: Sequence[str], shelf: str) -> list[tuple[str, str, str]]:
        """(key, passage id, source id) of the passages of a shelf that say what these keys stand for."""
        found = self.select(
            "SELECT p.key, p.id, d.source_id FROM passages p JOIN documents d ON d.id = p.document_id"
            f" WHERE p.key IN ({','.join('?' * len(keys))}) AND p.shelf = ?",
            [*keys, shelf],
        )
        return [(row[0], row[1], row[2]) for row in found]

    def keys(self, passage_ids: Sequence[str]) -> dict[str, str]:
        """Passage id → the key of its text."""
        found = self.select(f"SELECT id, key FROM passages WHERE id IN ({','.join('?' * len(passage_ids))})", list(passage_ids))
        return {row[0]: row[1] for row in found}


def _passage_row(document: Document, at: int, p: Passage) -> tuple[object, ...]:
    shelf = "" if p.kind == NOTE else PROSE if p.kind == PROSE else shelf_of(p.codes[0][0]) if p.codes else ""
    codes, key = json.dumps(p.codes), digest(searched(document.title, p))
    return p.id, document.id, at, p.kind, p.text, p.locator, p.page, p.start, p.end, p.section, codes, shelf, key


def _code_rows(source_id: str, codes: Iterable[Code]) -> Iterator[tuple[object, ...]]:
    for code in codes:
        attributes = json.dumps(code.attributes)
        yield code.value, code.system, source_id, code.title, code.valid_from, code.valid_to, code.billable, code.parent, attributes
