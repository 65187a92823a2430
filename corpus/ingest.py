"""Take a file in: tell its kind by its content, read it, name what codes it mentions, write it in one transaction."""

import hashlib
import os
import re
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from corpus import kept
from corpus.archives import is_sidecar
from corpus.catalog import Catalog
from corpus.codes import Known, mentions
from corpus.model import PROSE, CorpusError, Passage, Reading, Source, UnknownLayout, digest, with_ids
from corpus.proposals import named_payer, proposals
from corpus.readers.prose import read_starter
from corpus.reading import read
from corpus.stated import NOTHING, Stated, apply, beside

LARGEST = 256 * 2**20  # bytes: a manual is a few MB, the Tabular List ten
READERS = "2"  # raise it when the starter reader changes what it yields
_ABOUT = re.compile(r"(?:.*[ _-])?(?:read[ _-]?me|licen[cs]e|copying|changelog|notice)(?:[ _.-].*)?", re.I)
_EDITIONS = re.compile(r"starter|.+-\d{4}-\d\d")  # ids that readers give
STARTER = Path(__file__).with_name("starter")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: Path
    status: str  # added | replaced | unchanged | refused | left out
    kind: str = ""
    source_id: str = ""
    passages: int = 0
    codes: int = 0
    rows: int = 0
    reason: str = ""
    remarks: tuple[str, ...] = ()  # rows that could not be read
    hints: tuple[str, ...] = ()


def _tagged(passage: Passage, known: Known) -> Passage:
    named = dict.fromkeys((mention.system, mention.value) for mention in mentions(passage.text, known) if mention.wellformed)
    return replace(passage, codes=tuple(dict.fromkeys((*passage.codes, *named)))) if passage.kind == PROSE else passage


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


def _held(catalog: Catalog, before: Source | None, content: str, told: Stated) -> Source | None:
    """The source that holds these bytes with what is stated about them.

    Where nothing is stated, what was stated before holds on: who adds a folder again next quarter does not say again what was said
    of each file in it. `codecite remove` is the way to take it back.
    """
    if before and (before.digest == told.marked(content) or (not told.given and before.digest.startswith(f"{content}+"))):
        return before
    if (same := catalog.find_source(digest=told.marked(content))) or told.given:
        return same
    marks = (mark.split("@")[0] for mark in catalog.source_digests().values() if mark.startswith(f"{content}+"))
    return catalog.find_source(digest=next(marks, None))


def _told(reading: Reading, told: Stated) -> Reading:
    """Put in what is stated, and say what else the person may want to state."""
    ready = apply(reading, told)
    named = replace(ready.source, names=named_payer(ready))
    return replace(ready, source=named, hints=(*ready.hints, *proposals(ready)))


def _twin(catalog: Catalog, source_id: str, origin: str) -> Source | None:
    """What holds an edition already, from another file of the same folder or archive: CMS ships one table in several formats."""
    held = catalog.source(source_id)
    if held is None or held.path is None or held.path == origin or not os.path.exists(held.path.split("!")[0]):
        return None
    return held if re.split(r"[/!\\][^/!\\]*$", held.path)[0] == re.split(r"[/!\\][^/!\\]*$", origin)[0] else None


def _passed_over(given: Path, named: bool) -> str:
    """Why a file is no source; empty where it may be one."""
    if is_sidecar(given):
        return f"it says what {given.stem} is, and is read with it"
    return "" if named or not _ABOUT.fullmatch(given.stem) else "its name says it tells of other files; name it to add it"


def _add(catalog: Catalog, given: Path, unpacked: str | None, named: bool, told: Stated) -> Outcome:
    if why := _passed_over(given, named):
        return Outcome(given, "left out", reason=why)
    data = _bytes(given)
    content = hashlib.sha256(data).hexdigest()
    told = told.over(beside(unpacked or str(given)))
    path = given.resolve()
    origin = unpacked or str(path)
    before = catalog.find_source(path=origin)
    if (same := _held(catalog, before, content, told)) is not None:
        outcome = Outcome(path, "unchanged", same.kind, same.id)
        kept.again(catalog, same, path, data)
    else:
        reading = _told(read(path), told)
        source_id = _source_id(catalog, reading, origin)
        if not named and (twin := _twin(catalog, source_id, origin)):
            return Outcome(path, "left out", reason=f"{twin.file} holds the same edition ({source_id}); name this file to take it instead")
        replaced = catalog.has_source(source_id)
        ready = finished(reading, source_id, catalog.knows_fast, told.marked(content), origin)
        kept.put(catalog, ready, path, data)
        held = sum(len(document.passages) for document in ready.documents)
        outcome = Outcome(
            path,
            "replaced" if replaced else "added",
            ready.source.kind,
            source_id,
            held,
            len(ready.codes),
            ready.rows,
            remarks=ready.remarks,
            hints=ready.hints,
        )
    if before is not None and before.id != outcome.source_id:
        kept.remove(catalog, before.id)  # the file no longer says what it said
    return outcome


def add(catalog: Catalog, path: Path, origin: str | None = None, named: bool = True, told: Stated = NOTHING) -> Outcome:
    """Take one file into the catalog: unchanged bytes change nothing, a changed file replaces what it held.

    `origin` is what its owner calls it, where that is not the path: a file of an archive. A file that was not `named` by the
    person, but stands in a folder, is left out where its layout is none that is known, and refused where it is damaged.
    What is `told` about it, else what its sidecar says, stands in place of what its reader tells; told anew, it is replaced.
    """
    try:
        return _add(catalog, path, origin, named, told)
    except UnknownLayout as error:
        return Outcome(path, "refused" if named else "left out", reason=str(error))
    except CorpusError as error:
        return Outcome(path, "refused", reason=str(error))
    except UnicodeEncodeError:
        return Outcome(path, "refused", reason="its name or its text holds bytes that are no characters: rename it, or save it as UTF-8")
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
