"""Documents are kept with their source, whole, and go with it."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from conftest import GUIDE, HCPCS, open_library
from test_pdf import made_pdf

from corpus import catalog, ingest, kept
from corpus.model import CorpusError, Source
from index.library import Library

DATA = made_pdf([["Test fever is reported once."]])


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return open_library(home, monkeypatch)


def held(library: Library) -> dict[str, bytes]:
    folder = library.home / "files"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def name(data: bytes, ending: str = ".pdf") -> str:
    return hashlib.sha256(data).hexdigest() + ending


def written(folder: Path, data: bytes, name: str = "rules.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_document_is_kept_by_its_digest_and_goes_with_its_source(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path, DATA)
    outcome = library.add(path)
    assert held(library) == {name(DATA): DATA}
    path.write_bytes(b"its owner writes another")  # what is kept is no link to it
    assert held(library) == {name(DATA): DATA}
    library.remove(outcome.source_id)
    assert held(library) == {}


def test_a_changed_document_takes_the_place_of_the_old_one(library: Library, tmp_path: Path) -> None:
    library.add(written(tmp_path, DATA))
    other = made_pdf([["Test fever is reported twice."]])
    assert library.add(written(tmp_path, other)).status == "replaced"
    assert held(library) == {name(other): other}


def test_a_home_made_before_documents_were_kept_gets_them_when_they_are_added_again(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path, DATA)
    library.add(path)
    (library.home / "files" / name(DATA)).unlink()
    assert library.add(path).status == "unchanged"
    assert held(library) == {name(DATA): DATA}


@pytest.mark.parametrize(("file", "text", "count"), [("guide.md", GUIDE, 1), ("HCPC2026_JAN.csv", HCPCS, 0)])
def test_documents_are_kept_and_tables_are_not(library: Library, tmp_path: Path, file: str, text: str, count: int) -> None:
    assert library.add(written(tmp_path, text.encode(), file)).status == "added"
    assert len(held(library)) == count


def test_a_document_packed_by_itself_is_kept_unpacked(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rules.pdf", DATA)
    library.add(tmp_path / "rules.zip")
    assert list(held(library).values()) == [DATA]


def test_nothing_is_left_of_a_document_that_could_not_be_written(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise CorpusError("the disk is full")

    monkeypatch.setattr(catalog.Catalog, "put", full)
    assert ingest.add(library.catalog, written(tmp_path, DATA)).status == "refused"
    assert held(library) == {}


def test_what_a_killed_run_left_is_swept_away_by_the_next(library: Library, tmp_path: Path) -> None:
    library.add(written(tmp_path, DATA))
    for left in ("0" * 64 + ".pdf", "1" * 64 + ".partial"):
        (library.home / "files" / left).write_bytes(b"left")
    library.add(written(tmp_path, GUIDE.encode(), "guide.md"))
    assert sorted(held(library)) == sorted([name(DATA), name(GUIDE.encode(), ".md")])


@pytest.mark.parametrize("file", ["../../evil.pdf/../x", "x.pdf\x00.sh", "x." + "a" * 300, "x./../../etc", "..", ""])
def test_no_name_leads_out_of_the_folder(library: Library, file: str) -> None:
    folder = library.home / "files"
    folder.mkdir(parents=True)
    source = Source("s", "t", "p", "l", "pdf", file=file, digest="d" * 64)
    kept._keep(library.catalog, source, Path("x"), b"data")
    assert [path.parent for path in library.home.rglob("d*")] == [folder]
