"""Take a file in: tell its kind by its content, read it, name what codes it mentions, write it in one transaction."""

import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.catalog import Catalog
from corpus.codes import Known, mentions
from corpus.model import PROSE, CorpusError, Passage, Reading, digest, with_ids
from corpus.readers.hcpcs import is_release, read_hcpcs_csv, read_hcpcs_sheet
from corpus.readers.icd10cm import ORDER_LINE, read_order, read_tabular
from corpus.readers.pdf import read_pdf
from corpus.readers.prose import read_docx, read_html, read_markdown, read_starter, read_text

LARGEST = 256 * 2**20  # bytes: a manual is a few MB, the Tabular List ten
_DATA = (".csv", ".tsv", ".json", ".jsonl", ".xml")
UNPACKED = 512 * 2**20
READERS = "2"  # raise it when the starter reader changes what it yields
_HTML = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*<(!doctype html|html|head|body)\b", re.I | re.S)
_EDITIONS = re.compile(r"starter|(?:hcpcs|icd-10-cm|icd-10-cm-order)-\d{4}-\d\d")  # ids that readers give
_OFFICE = {"word/document.xml": read_docx, "xl/workbook.xml": read_hcpcs_sheet}
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError)  # RuntimeError: an unknown method too
STARTER = Path(__file__).with_name("starter")


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table of readers: what a text file of this kind shows, and who reads it."""

    name: str
    shows: Callable[[str, str], bool]  # (first 4,000 characters, file name in lower case)
    read: Callable[[Path, str], Reading]


TEXTS = (
    Kind("ICD-10-CM order file", lambda head, name: bool(ORDER_LINE.match(head.split("\n", 1)[0])), read_order),
    Kind("HCPCS Level II", lambda head, name: is_release(head.split("\n", 1)[0]), read_hcpcs_csv),
    Kind("html", lambda head, name: bool(_HTML.match(head)), read_html),
    Kind("markdown", lambda head, name: head.startswith("---\n") or name.endswith((".md", ".markdown")), read_markdown),
    Kind("text", lambda head, name: True, read_text),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: Path
    status: str  # added | replaced | unchanged | refused
    kind: str = ""
    source_id: str = ""
    passages: int = 0
    codes: int = 0
    reason: str = ""
    remarks: tuple[str, ...] = ()


def files(path: Path) -> Iterator[Path]:
    """The files a path stands for: itself, or everything below a folder that is not hidden."""
    if not path.is_dir():
        yield path
        return
    for inner in sorted(path.rglob("*")):
        if inner.is_file() and not any(part.startswith(".") for part in inner.relative_to(path).parts):
            yield inner


def _decoded(data: bytes) -> str:
    from charset_normalizer import from_bytes

    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        best = from_bytes(data).best()
        if best is None:
            raise CorpusError("its text is in no encoding that can be told")
        text = str(best)
    if "\x00" in text or sum(not (c.isprintable() or c.isspace()) for c in text[:4000]) > len(text[:4000]) * 0.05:
        raise CorpusError("it is neither text nor a format that can be read (PDF, DOCX, HTML, Markdown, HCPCS, ICD-10-CM)")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_zip(path: Path) -> Reading:
    """Office files are ZIPs with a known layout; any other archive may hold one file that can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            if (total := sum(item.file_size for item in archive.infolist())) > UNPACKED:
                raise CorpusError(f"it would unpack to {total >> 20:,} MB; the limit is {UNPACKED >> 20} MB")
            office = next((reader for part, reader in _OFFICE.items() if part in archive.NameToInfo), None)
            name, data = ("", b"") if office else _only_member(archive)
    except _DAMAGED as error:
        raise CorpusError(f"the ZIP is damaged or in a form that cannot be read ({error})") from None
    if office:
        return office(path)
    if data.startswith(b"PK\x03\x04"):
        raise CorpusError("it packs an archive or an Office file: unpack it and add what is in it")
    with TemporaryDirectory() as folder:
        inner = Path(folder) / name
        inner.write_bytes(data)
        return read(inner)


def _only_member(archive: zipfile.ZipFile) -> tuple[str, bytes]:
    members = [item for item in archive.infolist() if not item.is_dir()]
    if len(members) != 1:
        raise CorpusError(f"it is an archive of {len(members)} files: unpack it and add the folder")
    if members[0].flag_bits & 1:
        raise CorpusError("it is encrypted: unpack it and add what is in it")
    with archive.open(members[0]) as stream:  # the declared size can lie: read no more than it says
        return Path(members[0].filename).name, stream.read(members[0].file_size + 1)


def _read_bytes(path: Path, data: bytes) -> Reading:
    text = _decoded(data)
    if not text.strip():
        raise CorpusError("it is empty")
    head = text[:4000]
    if (head.lstrip().startswith("<?xml") or path.suffix.lower() in _DATA) and not any(kind.shows(head, "") for kind in TEXTS[:3]):
        raise CorpusError("it is a data file in a layout that cannot be read yet")
    kind = next(kind for kind in TEXTS if kind.shows(head, path.name.lower()))
    return kind.read(path, text)


def read(path: Path) -> Reading:
    """Read one file, whatever its name says it is.

    Raises CorpusError with the reason where it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise CorpusError("it is empty")
    if start.startswith(b"%PDF") or b"%PDF-" in start[:1024]:
        return read_pdf(path)
    if start.startswith(b"PK\x03\x04"):
        return _read_zip(path)
    if b"<ICD10CM.tabular" in start:
        return read_tabular(path)
    return _read_bytes(path, path.read_bytes())


def _tagged(passage: Passage, known: Known) -> Passage:
    named = dict.fromkeys((mention.system, mention.value) for mention in mentions(passage.text, known) if mention.wellformed)
    return replace(passage, codes=tuple(named)) if passage.kind == PROSE else passage


def finished(reading: Reading, source_id: str, known: Known, content: str, path: str | None = None) -> Reading:
    """Give a reading its final ids and name the codes its passages mention; a document's own codes come first."""
    own = {(code.system, code.value) for code in reading.codes}
    documents = []
    for at, document in enumerate(reading.documents):
        about = tuple(dict.fromkeys(pair for p in document.passages if p.kind == "term" for pair in p.codes))
        tagged = [_tagged(p, lambda system, value: (system, value) in own or known(system, value)) for p in document.passages]
        if document.kind == "code":
            tagged = [replace(p, codes=tuple(dict.fromkeys(about + p.codes))) if p.kind == PROSE else p for p in tagged]
        key = f"{source_id}/{document.id or at}"
        documents.append(replace(document, id=key, passages=with_ids(key, tagged)))
    return replace(reading, source=replace(reading.source, id=source_id, digest=content, path=path), documents=tuple(documents))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "file"


def _source_id(catalog: Catalog, reading: Reading, path: str) -> str:
    """An edition's own id; else the file's name, apart from other files of that name and from every edition's id."""
    if reading.source.id:
        return reading.source.id
    before = catalog.find_source(path=path)
    slug = _slug(Path(path).stem)
    if before and not _EDITIONS.fullmatch(before.id):
        return before.id
    return f"{slug}-{digest(path)[:6]}" if _EDITIONS.fullmatch(slug) or catalog.has_source(slug) else slug


def _bytes(path: Path) -> bytes:
    """Read a whole file; CorpusError where there is none, or it is too large, or reading it would wait for ever."""
    if not path.exists():
        raise CorpusError("there is no such file")
    if not path.is_file():
        raise CorpusError("it is not a file")
    if (size := path.stat().st_size) > LARGEST:
        raise CorpusError(f"it has {size >> 20:,} MB; the limit is {LARGEST >> 20} MB")
    if re.search(r"[\ud800-\udfff]", str(path.resolve())):
        raise CorpusError("its name is not in UTF-8: rename it")
    return path.read_bytes()


def _add(catalog: Catalog, path: Path) -> Outcome:
    content = hashlib.sha256(_bytes(path)).hexdigest()
    resolved = path.resolve()
    before = catalog.find_source(path=str(resolved))
    if (same := catalog.find_source(digest=content)) is not None:
        outcome = Outcome(path, "unchanged", same.kind, same.id)
    else:
        reading = read(resolved)
        source_id = _source_id(catalog, reading, str(resolved))
        replaced = catalog.has_source(source_id)
        ready = finished(reading, source_id, catalog.knows_fast, content, str(resolved))
        catalog.put(ready)
        held = sum(len(document.passages) for document in ready.documents)
        status = "replaced" if replaced else "added"
        outcome = Outcome(path, status, ready.source.kind, source_id, held, len(ready.codes), remarks=ready.remarks)
    if before is not None and before.id != outcome.source_id:
        catalog.remove(before.id)  # the file no longer says what it said
    return outcome


def add(catalog: Catalog, path: Path) -> Outcome:
    """Take one file into the catalog: unchanged bytes change nothing, a changed file replaces what it held."""
    try:
        return _add(catalog, path)
    except CorpusError as error:
        return Outcome(path, "refused", reason=str(error))
    except OSError as error:
        return Outcome(path, "refused", reason=f"it cannot be read ({error.strerror or error})")


def embedded_icd10cm() -> Path:
    """The Tabular List that the simple-icd-10-cm package carries."""
    folder = resources.files("simple_icd_10_cm") / "data"
    return next(Path(str(item)) for item in folder.iterdir() if item.name.endswith(".xml"))


def add_embedded(catalog: Catalog) -> list[Outcome]:
    """Bring the starter documents and ICD-10-CM up to what this program carries."""
    outcomes = []
    tabular = embedded_icd10cm()
    if catalog.find_source(digest=hashlib.sha256(tabular.read_bytes()).hexdigest()) is None:
        outcomes.append(add(catalog, tabular))
    content = digest(READERS, *(path.read_text(encoding="utf-8") for path in sorted(STARTER.glob("*.md"))))
    if catalog.find_source(digest=content) is None:
        reading = read_starter(STARTER)
        catalog.put(finished(reading, "starter", catalog.knows_fast, content))
        held = sum(len(document.passages) for document in reading.documents)
        outcomes.append(Outcome(STARTER, "added", "starter", "starter", held, len(reading.codes)))
    return outcomes
