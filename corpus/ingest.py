"""Take a file in: tell its kind by its content, read it, name what codes it mentions, write it in one transaction."""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from corpus.catalog import Catalog
from corpus.codes import Known, mentions
from corpus.model import PROSE, CorpusError, Passage, Reading, digest, with_ids
from corpus.readers.hcpcs import columns, read_hcpcs_csv, read_hcpcs_sheet
from corpus.readers.icd10cm import ORDER_LINE, read_order, read_tabular
from corpus.readers.pdf import read_pdf
from corpus.readers.prose import read_docx, read_html, read_markdown, read_starter, read_text

LARGEST = 256 * 2**20  # bytes: a manual is a few MB, the Tabular List ten
_DATA = (".csv", ".tsv", ".json", ".jsonl", ".xml")
UNPACKED = 512 * 2**20
READERS = "2"  # raise it when the starter reader changes what it yields
STARTER = Path(__file__).with_name("starter")


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table of readers: what a text file of this kind shows, and who reads it."""

    name: str
    shows: Callable[[str, str], bool]  # (first 4,000 characters, file name in lower case)
    read: Callable[[Path, str], Reading]


TEXTS = (
    Kind("ICD-10-CM order file", lambda head, name: bool(ORDER_LINE.match(head.split("\n", 1)[0])), read_order),
    Kind("HCPCS Level II", lambda head, name: columns(head.split("\n", 1)[0].split(",")) is not None, read_hcpcs_csv),
    Kind("html", lambda head, name: bool(re.match(r"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", head, re.I | re.S)), read_html),
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
    if "\x00" in text[:4000] or sum(not (c.isprintable() or c.isspace()) for c in text[:4000]) > len(text[:4000]) * 0.05:
        raise CorpusError("it is neither text nor a format that can be read (PDF, DOCX, HTML, Markdown, HCPCS, ICD-10-CM)")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_zip(path: Path) -> Reading:
    """Office files are ZIPs with a known layout; any other archive may hold the one order file."""
    try:
        archive = zipfile.ZipFile(path)
        inside = archive.infolist()
    except zipfile.BadZipFile as error:
        raise CorpusError(f"the ZIP is damaged ({error})") from None
    with archive:
        if (total := sum(item.file_size for item in inside)) > UNPACKED:
            raise CorpusError(f"it would unpack to {total >> 20:,} MB; the limit is {UNPACKED >> 20} MB")
        names = {item.filename for item in inside}
        if "word/document.xml" in names:
            return read_docx(path)
        if "xl/workbook.xml" in names:
            return read_hcpcs_sheet(path)
        members = [item for item in inside if not item.is_dir()]
        if len(members) != 1:
            raise CorpusError(f"it is an archive of {len(members)} files: unpack it and add the folder")
        with archive.open(members[0]) as stream:  # the declared size can lie: read no more than it says
            data = stream.read(members[0].file_size + 1)
        if len(data) > members[0].file_size:
            raise CorpusError("the ZIP is damaged (a member is larger than it declares)")
        return _read_bytes(Path(members[0].filename), data)


def _read_bytes(path: Path, data: bytes) -> Reading:
    text = _decoded(data)
    if not text.strip():
        raise CorpusError("it is empty")
    head = text[:4000]
    if (head.lstrip().startswith("<?xml") or path.suffix.lower() in _DATA) and not any(kind.shows(head, "") for kind in TEXTS[:2]):
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


def _source_id(catalog: Catalog, reading: Reading, path: Path) -> str:
    """An edition's own id; else the file's name, apart from other files of that name."""
    if reading.source.id:
        return reading.source.id
    before = catalog.find_source(path=str(path))
    slug = _slug(path.stem)
    return before.id if before else slug if not catalog.has_source(slug) else f"{slug}-{digest(str(path))[:6]}"


def add(catalog: Catalog, path: Path) -> Outcome:
    """Take one file into the catalog: unchanged bytes change nothing, a changed file replaces what it held."""
    try:
        if not path.exists():
            raise CorpusError("there is no such file")
        size = path.stat().st_size
        if size > LARGEST:
            raise CorpusError(f"it has {size >> 20:,} MB; the limit is {LARGEST >> 20} MB")
        resolved = path.resolve()
        content = hashlib.sha256(resolved.read_bytes()).hexdigest()
        if (same := catalog.find_source(digest=content)) is not None:
            return Outcome(path, "unchanged", same.kind, same.id)
        reading = read(resolved)
        source_id = _source_id(catalog, reading, resolved)
        replaced = catalog.has_source(source_id)
        ready = finished(reading, source_id, catalog.knows_fast, content, str(resolved))
        catalog.put(ready)
    except CorpusError as error:
        return Outcome(path, "refused", reason=str(error))
    except OSError as error:
        return Outcome(path, "refused", reason=f"it cannot be read ({error.strerror or error})")
    held = sum(len(document.passages) for document in ready.documents)
    return Outcome(path, "replaced" if replaced else "added", ready.source.kind, source_id, held, len(ready.codes), remarks=ready.remarks)


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
