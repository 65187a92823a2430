"""The documents themselves, as they were added: a file of the home each, named by its digest, kept as long as its source."""

import os
import re
import zipfile
from io import BytesIO
from pathlib import Path

from corpus.archives import content, members
from corpus.catalog import Catalog
from corpus.model import Reading, Source

TABLE = "table"  # a document of rows: it is shown from the catalog


def _folder(catalog: Catalog) -> Path:
    return catalog.path.parent / "files"


def _name(digest: str, file: str | None) -> str:
    """A file's name: the digest of its bytes, without what was stated about it, and the ending by which programs know it."""
    ending = re.fullmatch(r"\.[a-z0-9]{1,8}", Path(file or "").suffix.lower())
    return digest.split("+")[0] + (ending[0] if ending else "")


def place(catalog: Catalog, source: Source) -> Path | None:
    """Where a source's own document is kept; None where it is not, as in homes made before documents were."""
    path = _folder(catalog) / _name(source.digest, source.file)
    return path if path.is_file() else None


def found(catalog: Catalog, digest: str) -> Path | None:
    """The document kept whose bytes have a digest, if a source holds it."""
    held = (place(catalog, source) for source in catalog.editions() if source.digest.split("+")[0] == digest)
    return next(filter(None, held), None)


def put(catalog: Catalog, reading: Reading, added: Path, data: bytes) -> None:
    """Write what was read from a file into the catalog, and keep the file first where it is more than rows of a table."""
    try:
        if any(document.kind != TABLE for document in reading.documents):
            _keep(catalog, reading.source, added, data)
        catalog.put(reading)
    finally:
        tidy(catalog)


def again(catalog: Catalog, source: Source, added: Path, data: bytes) -> None:
    """Keep the file of a source that is in the catalog already, where a home made before documents were kept lacks it."""
    if catalog.select("SELECT 1 FROM documents WHERE source_id = ? AND kind != ? LIMIT 1", (source.id, TABLE)):
        _keep(catalog, source, added, data)


def remove(catalog: Catalog, source_id: str) -> None:
    """Take a source away with its file; CorpusError where there is no such source."""
    catalog.remove(source_id)
    tidy(catalog)


def _keep(catalog: Catalog, source: Source, added: Path, data: bytes) -> None:
    """Write a file beside the catalog, whole or not at all: a copy, for a linked file would change with its owner's.

    What was packed by itself is kept unpacked.
    """
    path = _folder(catalog) / _name(source.digest, source.file)
    if path.exists():
        return
    if data.startswith(b"PK\x03\x04") and source.file != added.name:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            data = content(archive, members(archive)[0])
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def tidy(catalog: Catalog) -> None:
    """Delete the documents that no source holds any more, and what a killed run left."""
    if not (folder := _folder(catalog)).is_dir():
        return
    held = {_name(source.digest, source.file) for source in catalog.editions()}
    for path in folder.iterdir():
        if path.name not in held:
            path.unlink(missing_ok=True)
