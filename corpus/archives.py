"""Look into folders and archives: every file in them that may be a source, under the name its owner knows it by."""

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.model import CorpusError

UNPACKED = 512 * 2**20  # bytes an archive may unpack to
MEMBERS = 2000
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError)  # RuntimeError: an unknown method too
SIDECAR = ".toml"  # what is stated about policy.pdf stands in policy.pdf.toml
OFFICE = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in: where it can be opened, and what it is called."""

    path: Path
    name: str  # "folder/release.zip!codes.txt" where it was unpacked from an archive
    named: bool  # whether the person named it, and not a folder or an archive that holds it
    origin: str | None = None  # what tells it from every other file, where its path does not: it is unpacked anew each time


def is_sidecar(path: Path) -> bool:
    """Whether a file says what another one is, and is no source itself."""
    return path.suffix == SIDECAR and os.path.isfile(str(path)[: -len(SIDECAR)])  # Path.is_file fails where a name is too long


def files(path: Path) -> Iterator[Path]:
    """The files a path stands for: itself, or everything below a folder that is not hidden and does not tell of another file."""
    if not path.is_dir():
        yield path
        return
    for inner in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
        if inner.is_file() and not hidden and not is_sidecar(inner):
            yield inner


def found(path: Path, scratch: Path) -> Iterator[Found]:
    """The files a path stands for; an archive of several files is unpacked below `scratch` and stands for what it holds."""
    for file in files(path):
        named = file == path
        yield from _unpacked(Found(file, str(file), named), scratch) if _is_archive(file) else [Found(file, str(file), named)]


def _is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of several files, and no Office document."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return len(members(archive)) > 1 and not any(part in archive.NameToInfo for part in OFFICE)
    except (CorpusError, OSError, *DAMAGED):
        return False  # reading it says what is wrong


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive, without folders and what systems leave behind.

    Raises CorpusError where it would unpack to too much, or a name leads out of the archive.
    """
    listed = [item for item in archive.infolist() if not item.is_dir() and "__MACOSX" not in item.filename]
    if (total := sum(item.file_size for item in listed)) > UNPACKED:
        raise CorpusError(f"it would unpack to {total >> 20:,} MB; the limit is {UNPACKED >> 20} MB")
    if len(listed) > MEMBERS:
        raise CorpusError(f"it holds {len(listed):,} files; the limit is {MEMBERS:,}")
    for item in listed:
        place = PurePosixPath(item.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise CorpusError(f"it holds a file whose name leads out of it ({item.filename[:80]!r}): do not trust it")
    return listed


def _unpacked(outer: Found, scratch: Path, depth: int = 0) -> Iterator[Found]:
    """Unpack an archive, and what archives it holds: CMS wraps its coverage files twice."""
    try:
        with zipfile.ZipFile(outer.path) as archive:
            for at, item in enumerate(members(archive)):
                place = PurePosixPath(item.filename.replace("\\", "/"))
                inner = scratch / f"{depth}-{at}" / place.name
                inner.parent.mkdir(parents=True, exist_ok=True)
                inner.write_bytes(content(archive, item))
                home = outer.origin or str(outer.path.resolve())
                held = Found(inner, f"{outer.name}!{item.filename}", named=False, origin=f"{home}!{item.filename}")
                yield from _unpacked(held, inner.parent, depth + 1) if depth < 2 and _is_archive(inner) else [held]
                inner.unlink(missing_ok=True)
    except (CorpusError, *DAMAGED):
        yield outer  # reading it says what is wrong


def content(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> bytes:
    """A member's bytes: no more than it declares, for the declared size can lie.

    Raises CorpusError where it is encrypted.
    """
    if item.flag_bits & 1:
        raise CorpusError("it is encrypted: unpack it and add what is in it")
    with archive.open(item) as stream:
        return stream.read(item.file_size + 1)
