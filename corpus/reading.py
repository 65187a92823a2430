"""Read a file into values: its kind is told by its content, and one reader takes it."""

import gzip
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.archives import DAMAGED, UNPACKED, content, members
from corpus.model import CorpusError, Reading, UnknownLayout
from corpus.readers.fixed import FIXED
from corpus.readers.icd10cm import ORDER_LINE, read_order, read_tabular
from corpus.readers.indexes import read_index
from corpus.readers.layouts import LAYOUTS
from corpus.readers.lines import read_lines
from corpus.readers.mapped import mapping_beside, read_mapped, unmapped
from corpus.readers.pdf import read_pdf
from corpus.readers.prose import read_docx, read_html, read_markdown, read_text
from corpus.readers.sheets import Row, book_rows, find, text_rows

_DATA = (".csv", ".tsv", ".tab", ".txt", ".dat")  # what tables are called; a table by another name is one where it has tabs
_HTML = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*<(!doctype html|html|head|body)\b", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table of readers of texts: what a text of this kind shows, and who reads it."""

    name: str
    shows: Callable[[str, str], bool]  # (first 4,000 characters, file name in lower case)
    read: Callable[[Path, str], Reading]


TEXTS = (
    Kind("ICD-10-CM order file", lambda head, name: bool(ORDER_LINE.match(head.split("\n", 1)[0])), read_order),
    *(Kind(name, shows, reader) for name, shows, reader in FIXED),
    Kind("html", lambda head, name: bool(_HTML.match(head)), read_html),
    Kind("JSON lines", lambda head, name: head.startswith("{") and not name.endswith(".json"), read_lines),
    Kind("markdown", lambda head, name: head.startswith("---\n") or name.endswith((".md", ".markdown")), read_markdown),
    Kind("text", lambda head, name: True, read_text),
)


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
            listed = members(archive)
            office = next((reader for part, reader in _OFFICE.items() if part in archive.NameToInfo), None)
            if not office and len(listed) != 1:
                raise CorpusError(f"it is an archive of {len(listed)} files: unpack it and add the folder")
            name, data = ("", b"") if office else (Path(listed[0].filename).name, content(archive, listed[0]))
    except DAMAGED as error:
        raise CorpusError(f"the ZIP is damaged or in a form that cannot be read ({error})") from None
    if office:
        return office(path)
    if data.startswith(b"PK\x03\x04"):
        raise CorpusError("it packs an archive or an Office file: unpack it and add what is in it")
    with TemporaryDirectory() as folder:
        inner = Path(folder) / name
        inner.write_bytes(data)
        return read(inner)


def _read_gzip(path: Path) -> Reading:
    try:
        with gzip.open(path) as stream:
            data = stream.read(UNPACKED + 1)
    except (*DAMAGED, gzip.BadGzipFile) as error:
        raise CorpusError(f"the gzip file is damaged ({error})") from None
    if len(data) > UNPACKED:
        raise CorpusError(f"it would unpack to more than {UNPACKED >> 20} MB")
    return _read_bytes(path.with_suffix(""), data)


def _table(path: Path, rows: Iterable[Row]) -> Reading | None:
    """Read a table in a layout that is known; what else is in the file's name than its columns tell goes to its reader."""
    opened = find(path, rows, LAYOUTS)
    if opened is None:
        return None
    layout, sheet = opened
    reading = layout.read(sheet)
    if not (reading.rows or reading.codes or reading.documents):
        why = f" ({sheet.remarks[0]})" if sheet.remarks else ""
        raise CorpusError(f"it has the columns of {layout.name} but no rows that can be read{why}")
    return replace(reading, remarks=reading.remarks or sheet.remarks)


def read_workbook(path: Path) -> Reading:
    """Read an Excel workbook in the layout of a publication.

    Raises UnknownLayout where it has the columns of none.
    """
    if reading := _table(path, book_rows(path)):
        return reading
    raise UnknownLayout("the workbook has no row that names the columns of a publication that can be read")


def _read_bytes(path: Path, data: bytes) -> Reading:
    text = _decoded(data)
    if not text.strip():
        raise CorpusError("it is empty")
    head = text[:4000]
    tabular = path.suffix.lower() in _DATA or "\t" in head
    kind = next(kind for kind in TEXTS if kind.shows(head, path.name.lower()))
    if tabular and (names := mapping_beside(path)):
        return read_mapped(path, text_rows(text), names)
    if kind.name == "html" and path.suffix.lower() in (".csv", ".tsv", ".tab"):
        raise CorpusError("it is a web page, not a table: perhaps the page that asks to accept a licence; accept it, then download again")
    if kind.name in ("text", "markdown") and tabular and (reading := _table(path, text_rows(text))):
        return reading
    if kind.name == "text" and path.suffix.lower() in (".csv", ".tsv", ".tab"):
        raise unmapped(path, next(iter(text_rows(text)), []))
    if kind.name == "text" and (path.suffix.lower() in (".json", ".xml") or head.lstrip().startswith(("<?xml", "<svg"))):
        raise UnknownLayout("it is a data file in a layout that cannot be read yet")
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
    if start.startswith(b"\x1f\x8b"):
        return _read_gzip(path)
    if b"<ICD10CM.tabular" in start:
        return read_tabular(path)
    if b"<ICD10CM.index" in start:
        return read_index(path)
    return _read_bytes(path, path.read_bytes())


_OFFICE = {"word/document.xml": read_docx, "xl/workbook.xml": read_workbook}
