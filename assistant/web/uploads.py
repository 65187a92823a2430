"""Files a person sends: received within bounds under harmless names, read to see what they are, and added once confirmed.

Until then they lie in a folder of the home that no source refers to; it is thrown away when they are added, or not wanted.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.message import cleaned
from corpus import archives, ingest
from corpus.model import CorpusError, Reading
from corpus.proposals import proposed
from corpus.reading import read
from corpus.stated import Stated, beside, stated

FILES = 1000  # of one upload, as they are sent
TOGETHER = 2 * 2**30  # bytes of one upload
SPARE = 512 * 2**20  # bytes of the disk that uploads leave free
DAY = 24 * 3600  # seconds after which what nobody confirmed is thrown away
NAME = 120  # characters of a name
STATED = ("title", "payer", "state", "effective", "ended")  # what a person may state here
Step = Callable[[float, float, str], None]  # (done, of how many, what is at hand)


@dataclass(frozen=True, slots=True)
class Staged:
    """A file received, as far as it can be read, and what is proposed to be stated about it."""

    path: Path
    name: str  # as it is shown: release.zip!codes.txt
    size: int  # bytes
    reading: str = ""  # what it was taken for
    title: str = ""
    edition: str = ""
    counts: str = ""
    whose: str = ""  # its publisher, where it says so
    words: str = ""  # of its first page, that the dates are proposed from
    given: Mapping[str, str] = field(default_factory=dict)  # what is proposed, by name
    open: bool = False  # whether anything is to be stated
    wrong: str = ""  # why it cannot be taken in, or what cannot be stated


@dataclass(slots=True)
class Upload:
    """What one person sent at a time."""

    id: str
    owner: str  # the id of the person
    folder: Path
    received: dict[Path, int] = field(default_factory=dict)  # path → bytes, in their order
    staged: list[Staged] = field(default_factory=list)

    def place(self, name: str) -> tuple[Path, int]:
        """Where the next file goes, and how many bytes it may have.

        Raises CorpusError where there may be no more, or the disk has no room.
        """
        if self.staged:
            raise CorpusError("This upload is being looked at already: send more files as another one.")
        if len(self.received) >= FILES:
            raise CorpusError(f"{FILES:,} files are the most that are taken at once: add these first, then the others.")
        free = shutil.disk_usage(self.folder).free - SPARE
        if free <= 0:
            raise CorpusError("The disk has no room for it.")
        if (left := TOGETHER - sum(self.received.values())) <= 0:
            raise CorpusError(f"{TOGETHER / 2**30:g} GB are the most that are taken at once: add these first, then the others.")
        path = _room(self.folder, harmless(name))
        self.received[path] = 0
        return path, min(left, free, ingest.LARGEST)


def harmless(name: str) -> str:
    """A name for a file that leads nowhere else, hides nothing and fits every file system, its ending kept."""
    plain = re.sub(r"[^\w.,()+ -]", "-", re.split(r"[/\\]", name)[-1]).strip(". ")[-NAME:]
    while len(plain.encode()) > 200:
        plain = plain[1:]
    return plain.lstrip(". ") or "file"


def _room(folder: Path, name: str) -> Path:
    """A place of that name that nothing has."""
    places = (folder / (f"{at} {name}" if at else name) for at in range(2 * FILES + archives.MEMBERS))
    return next(place for place in places if not place.exists())


class Uploads:
    """The uploads of one server that are not added yet."""

    def __init__(self, home: Path) -> None:
        self._home = home / "uploads"
        self._held: dict[str, Upload] = {}

    def open(self, owner: str) -> Upload:
        """Begin a person's upload, and throw away what was forgotten."""
        self._sweep()
        upload = Upload(token := secrets.token_urlsafe(16), owner, self._home / token)
        upload.folder.mkdir(parents=True)
        self._held[token] = upload
        return upload

    def _sweep(self) -> None:
        for folder in self._home.iterdir() if self._home.is_dir() else ():
            if time.time() - folder.stat().st_mtime > DAY:
                self._held.pop(folder.name, None)
                shutil.rmtree(folder, ignore_errors=True)

    def of(self, owner: str, token: str) -> Upload | None:
        """A person's own upload, while it is held."""
        return found if (found := self._held.get(token)) and found.owner == owner else None

    def forget(self, upload: Upload) -> None:
        """Let go of an upload, whose files are somebody else's to delete."""
        self._held.pop(upload.id, None)

    def drop(self, upload: Upload) -> None:
        """Throw an upload away."""
        self.forget(upload)
        shutil.rmtree(upload.folder, ignore_errors=True)


def stage(upload: Upload, step: Step) -> None:
    """Read every file of an upload to see what it is; archives are unpacked within their bounds."""
    total = sum(upload.received.values())
    done = 0
    for path, size in list(upload.received.items()):
        step(done, total, path.name)
        for file, name in list(_unpacked(path)):  # a file may be told of by one that comes after it
            if not archives.is_sidecar(file):
                upload.staged.append(_staged(file, name))
                step(done, total, name)
        done += size
    step(total, total, "")


def _unpacked(path: Path) -> Iterator[tuple[Path, str]]:
    """(place, name) of a file, or of those an archive of several holds, in a folder beside it."""
    with TemporaryDirectory(dir=path.parent) as scratch:
        for found in archives.found(path, Path(scratch)):
            if found.path == path:
                yield path, path.name
                continue
            inner = found.name.removeprefix(f"{path.parent}/")
            folder = path.with_name(f"{path.name} files")
            folder.mkdir(exist_ok=True)
            place = _room(folder, harmless(inner.rsplit("!", 1)[-1]))
            shutil.move(found.path, place)
            yield place, inner
    if path.with_name(f"{path.name} files").is_dir():
        path.unlink()


def _staged(path: Path, name: str) -> Staged:
    bare = Staged(path, cleaned(name), path.stat().st_size)
    try:
        if bare.size > ingest.LARGEST:
            raise CorpusError(f"it has {bare.size >> 20:,} MB; the limit is {ingest.LARGEST >> 20} MB")
        return _told(bare, read(path), beside(str(path)))
    except CorpusError as error:
        return replace(bare, wrong=str(error))
    except Exception as error:  # a reader that stumbles over one file must not lose the others
        return replace(bare, wrong=f"it cannot be read ({type(error).__name__})")


def _told(bare: Staged, reading: Reading, sidecar: Stated) -> Staged:
    source, found = reading.source, proposed(reading)
    told = {"payer": found.payer, "effective": found.effective, "ended": found.ended} | sidecar.given
    passages = sum(len(document.passages) for document in reading.documents)
    counts = {"passages": passages, "codes": len(reading.codes), "rows": reading.rows}
    return replace(
        bare,
        reading=source.kind,
        title=source.title,
        edition=source.edition or (f"from {source.effective}" if source.effective else ""),
        counts=", ".join(f"{count:,} {what}" for what, count in counts.items() if count),
        whose=source.publisher or "",
        words=found.words,
        given={name: str(told[name]) for name in STATED if told.get(name)},
        open=not sidecar.given and not (source.publisher and source.effective),
    )


def confirm(upload: Upload, fields: Mapping[str, Sequence[str]]) -> list[Path]:
    """What is to be added of an upload: the files ticked, with what was stated of each beside it; the others are deleted.

    A file of an archive stands for its folder. Raises CorpusError where something cannot be stated, and nothing is changed.
    """
    told = [_stating(item, at, fields) for at, item in enumerate(upload.staged)]
    upload.staged = [item for item, _ in told]
    if any(item.wrong for item, wanted in told if wanted is not None):
        raise CorpusError("Some of what was stated cannot be: see the lines marked.")
    for item, wanted in told:
        if wanted is None:
            item.path.unlink(missing_ok=True)
        elif wanted.given:
            _write(item.path, wanted)
    kept = [item.path for item, wanted in told if wanted is not None]
    return list(dict.fromkeys(path if path.parent == upload.folder else path.parent for path in kept))


def _stating(item: Staged, at: int, fields: Mapping[str, Sequence[str]]) -> tuple[Staged, Stated | None]:
    """A file with what a person now says of it; None where it is not wanted, or cannot be read at all."""
    if not item.reading or f"{at}.take" not in fields:
        return item, None
    given = {name: cleaned(fields.get(f"{at}.{name}", [""])[0])[:300] for name in STATED} if item.open else {}
    said = replace(item, given=given or item.given, wrong="")
    try:
        return said, stated(given)
    except CorpusError as error:
        return replace(said, wrong=str(error)), stated({})


def _write(path: Path, told: Stated) -> None:
    """Say beside a file what was stated of it."""
    lines = "".join(f"{name} = {json.dumps(str(value), ensure_ascii=False)}\n" for name, value in told.given.items())
    path.with_name(f"{path.name}{archives.SIDECAR}").write_text(lines, encoding="utf-8")
