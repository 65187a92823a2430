"""Folders and archives: each file in them is a source of its own, told from the others by the name its owner knows it by."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import GUIDE, HCPCS, STARTER_LIKE, open_library
from hypothesis import given
from hypothesis import strategies as st

from corpus.archives import Found, found, members
from corpus.model import CorpusError
from index.library import Library


def packed(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def put(path: Path, members: dict[str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(members))
    return path


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    return open_library(home, monkeypatch)


def taken(library: Library, *paths: Path) -> dict[str, str]:
    """What became of each file, by its name after the folder."""
    return {one.name.split("/")[-1]: outcome.status for one, outcome in library.add_all(paths)}


def read(path: Path, scratch: Path) -> list[tuple[Found, bytes]]:
    return [(one, one.path.read_bytes()) for one in found(path, scratch)]


def test_an_archive_of_several_files_stands_for_them(tmp_path: Path, library: Library) -> None:
    release = put(
        tmp_path / "release.zip", {"codes/HCPC2026_JAN.csv": HCPCS, "guide.md": GUIDE, "readme.txt": "Words.", "notes.txt": "Words."}
    )
    assert taken(library, release) == {
        "HCPC2026_JAN.csv": "added",
        "release.zip!guide.md": "added",
        "release.zip!notes.txt": "added",
        "release.zip!readme.txt": "left out",
    }
    assert len(library.sources) == 3


def test_an_archive_in_an_archive_is_opened_too(tmp_path: Path) -> None:
    inner = packed({"a.csv": "a", "b.csv": "b"})
    outer = put(tmp_path / "outer.zip", {"inner.zip": inner, "readme.txt": "words"})
    names = [one.name for one, _ in read(outer, tmp_path / "scratch")]
    assert names == [f"{outer}!inner.zip!a.csv", f"{outer}!inner.zip!b.csv", f"{outer}!readme.txt"]


def test_archives_are_not_opened_without_end(tmp_path: Path) -> None:
    content = packed({"a.txt": "a", "b.txt": "b"})
    for _ in range(5):
        content = packed({"in.zip": content, "c.txt": "c"})
    path = tmp_path / "deep.zip"
    path.write_bytes(content)
    assert len(read(path, tmp_path / "scratch")) < 8


def test_adding_an_archive_again_changes_nothing(tmp_path: Path, library: Library) -> None:
    release = put(tmp_path / "release.zip", {"one.md": GUIDE, "two.md": STARTER_LIKE})
    taken(library, release)
    assert set(taken(library, release).values()) == {"unchanged"}


def test_a_changed_member_replaces_what_it_held(tmp_path: Path, library: Library) -> None:
    taken(library, put(tmp_path / "release.zip", {"one.md": GUIDE, "two.md": STARTER_LIKE}))
    before = len(library.sources)
    changed = put(tmp_path / "release.zip", {"one.md": GUIDE + "\nMore words.\n", "two.md": STARTER_LIKE})
    assert taken(library, changed) == {"release.zip!one.md": "replaced", "release.zip!two.md": "unchanged"}
    assert len(library.sources) == before


def test_nothing_unpacked_is_left_behind(tmp_path: Path) -> None:
    release = put(tmp_path / "release.zip", {"one.md": GUIDE, "two.md": STARTER_LIKE})
    read(release, tmp_path / "scratch")
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "..\\out.txt", "C:/out.txt"])
def test_an_archive_whose_names_lead_out_is_refused_whole(tmp_path: Path, library: Library, name: str) -> None:
    release = put(tmp_path / "in" / "release.zip", {name: "words", "b.txt": "words"})
    outcomes = [outcome for _, outcome in library.add_all([release])]
    assert [outcome.status for outcome in outcomes] == ["refused"]
    assert "leads out of it" in outcomes[0].reason
    assert not list(tmp_path.rglob("out.txt"))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(put(tmp_path / "many.zip", {f"{at}.txt": "" for at in range(2001)})) as archive,
        pytest.raises(CorpusError) as error,
    ):
        members(archive)
    assert "2,001 files" in str(error.value)


def test_what_a_folder_holds_and_nobody_can_read_is_left_out_and_what_is_damaged_refused(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "table.csv").write_text("a,b\n1,2\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 rubbish")
    (folder / "guide.md").write_text(GUIDE)
    assert taken(library, folder) == {"table.csv": "left out", "broken.pdf": "refused", "guide.md": "added"}
    assert taken(library, folder / "table.csv") == {"table.csv": "refused"}


def test_what_was_added_is_found_by_its_words(tmp_path: Path, library: Library) -> None:
    taken(library, put(tmp_path / "release.zip", {"one.md": GUIDE, "two.md": STARTER_LIKE}))
    assert library.keywords.stale(library.catalog) == []
    assert library.keywords.search(["fatigu"], "prose", 5)


def test_words_can_be_found_though_adding_was_cut_short(tmp_path: Path, library: Library) -> None:
    adding = library.add_all([put(tmp_path / "release.zip", {"one.md": GUIDE, "two.md": STARTER_LIKE})])
    next(adding)
    adding.close()
    assert library.keywords.stale(library.catalog) == []


@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="/\\:\x00"), min_size=1, max_size=12), min_size=2, unique=True, max_size=6
    )
)
def test_no_member_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("zip")
    kept = [name for name in names if name not in (".", "..")]
    path = put(folder / "a.zip", {name: f"content of {name}" for name in kept})
    got = read(path, folder / "scratch")
    if len(kept) > 1:
        assert sorted(content.decode() for _, content in got) == sorted(f"content of {name}" for name in kept)
        assert len({one.origin for one, _ in got}) == len(kept)


def release(added: str) -> str:
    return HCPCS.replace("20200101", added)


def test_of_two_printings_of_an_edition_in_one_folder_the_first_stays(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "HCPC2026_JAN_a.csv").write_text(release("20200101"))
    (folder / "HCPC2026_JAN_b.csv").write_text(release("20200401"))
    assert taken(library, folder) == {"HCPC2026_JAN_a.csv": "added", "HCPC2026_JAN_b.csv": "left out"}
    assert taken(library, folder) == {"HCPC2026_JAN_a.csv": "unchanged", "HCPC2026_JAN_b.csv": "left out"}
    assert taken(library, folder / "HCPC2026_JAN_b.csv") == {"HCPC2026_JAN_b.csv": "replaced"}


def test_a_printing_in_another_folder_replaces_the_old_one(tmp_path: Path, library: Library) -> None:
    for name, added in (("january", "20200101"), ("corrected", "20200401")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "HCPC2026_JAN.csv").write_text(release(added))
    assert taken(library, tmp_path / "january") == {"HCPC2026_JAN.csv": "added"}
    assert taken(library, tmp_path / "corrected") == {"HCPC2026_JAN.csv": "replaced"}


@pytest.mark.parametrize("name", ["README.md", "readme_first.txt", "LICENSE", "Data Readme.txt", "CHANGELOG.md"])
def test_what_tells_about_a_folder_is_no_source_of_it_unless_named(tmp_path: Path, library: Library, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text("Words about other files.")
    assert taken(library, tmp_path / "in") == {name: "left out"}
    assert taken(library, tmp_path / "in" / name) == {name: "added"}
