"""Taking files in: each told by its content, each refusal one line, and the catalog never half changed."""

import gzip
import io
import os
import re
import signal
import sqlite3
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import GUIDE, HCPCS, POLICY, STARTER_LIKE, TABULAR, write_corpus
from test_pdf import locked_pdf, made_pdf

from corpus import ingest
from corpus.archives import files
from corpus.catalog import Catalog
from corpus.codes import CPT, ICD10CM, MODIFIER
from corpus.codes import HCPCS as HCPCS_SYSTEM
from corpus.ingest import Outcome, add, add_embedded
from corpus.model import PROSE, CorpusError

SHIPPED = ingest.STARTER
Make = Callable[[Path], Path]
PDF = made_pdf([["A made-up policy on test fever."]])
ORDER = f"{1:05} {'A11':<7} 1 {'Test fever':<60} Test fever\n"
PAGE = "<!DOCTYPE html><html><head><title>Fever page</title></head><body><p>Words on test fever.</p></body></html>"


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    """A catalog that already holds one file of its owner's."""
    with closing(Catalog(home / "catalog.db")) as opened:
        assert add(opened, _put(home, "kept.md", "Kept words.")).status == "added"
        yield opened


def _content(catalog: Catalog) -> list[str]:
    with closing(sqlite3.connect(catalog.path)) as db:
        return list(db.iterdump())


def _put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _texts(catalog: Catalog, outcome: Outcome) -> list[str]:
    return [placed.passage.text for placed in catalog.shelf(outcome.source_id)]


def _zip(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _patched(data: bytes, local: int, central: int, form: str, value: int) -> bytes:
    """The archive with a field of its first member changed in both of its headers."""
    raw = bytearray(data)
    struct.pack_into(form, raw, local, value)
    struct.pack_into(form, raw, raw.index(b"PK\x01\x02") + central, value)
    return bytes(raw)


def _declaring(data: bytes, size: int) -> bytes:
    return _patched(data, 22, 24, "<I", size)


def _word(text: str) -> bytes:
    out, memo = io.BytesIO(), docx.Document()
    memo.add_paragraph(text)
    memo.save(out)
    return out.getvalue()


def _workbook(*rows: tuple[object, ...]) -> bytes:
    out, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _edited(data: bytes, member: str, edit: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zip(parts | {member: edit(parts[member].decode())})


def _halved(text: str) -> str:
    return text[: len(text) // 2]


# Kinds are told by content


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("guide.md", GUIDE, "markdown"),
        ("policy.txt", POLICY, "markdown"),
        ("notes.txt", "Words on test fever.", "text"),
        ("notes", "Words on test fever.", "text"),
        ("policy.pdf", PDF, "pdf"),
        ("policy.txt", PDF, "pdf"),
        ("policy.pdf", b"\n\n" + PDF, "pdf"),
        ("page.html", PAGE, "html"),
        ("page.txt", PAGE, "html"),
        ("page.html", "<!-- saved -->\n" + PAGE, "html"),
        ("page.html", '<?xml version="1.0"?>\n' + PAGE, "html"),
        ("memo.docx", _word("Words on test fever."), "docx"),
        ("memo.bin", _word("Words on test fever."), "docx"),
        ("release.csv", HCPCS, "HCPCS Level II"),
        ("release.txt", HCPCS, "HCPCS Level II"),
        ("release.csv", HCPCS.replace("code,long_description", '"code","long_description"'), "HCPCS Level II"),
        ("release.csv", "\ufeff" + HCPCS, "HCPCS Level II"),
        ("release.xlsx", _workbook(("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION"), ("J9901", "x", "x")), "HCPCS Level II"),
        ("list.xml", TABULAR, "ICD-10-CM Tabular List"),
        ("list.txt", TABULAR, "ICD-10-CM Tabular List"),
        ("order.txt", ORDER, "ICD-10-CM order file"),
        ("order.csv", ORDER, "ICD-10-CM order file"),
        ("order.zip", _zip({"order.txt": ORDER}), "ICD-10-CM order file"),
        ("order.zip", _zip({"folder/": "", "folder/order.txt": ORDER}), "ICD-10-CM order file"),
    ],
)
def test_a_file_is_told_by_its_content(tmp_path: Path, catalog: Catalog, name: str, content: str | bytes, kind: str) -> None:
    outcome = add(catalog, _put(tmp_path, name, content))
    assert (outcome.status, outcome.kind, outcome.reason) == ("added", kind, "")
    assert outcome.passages + outcome.codes > 0


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Café – “fever”".encode("cp1252"), "Café – “fever”"),
        ("Café – “fever”".encode("utf-8-sig"), "Café – “fever”"),
        ("Café – “fever”".encode(), "Café – “fever”"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
    ],
    ids=["cp1252", "UTF-8 with a mark", "UTF-8", "line ends"],
)
def test_text_is_decoded_as_it_was_written(tmp_path: Path, catalog: Catalog, content: bytes, text: str) -> None:
    assert _texts(catalog, add(catalog, _put(tmp_path, "notes.txt", content))) == [text]


def test_front_matter_is_seen_behind_a_byte_order_mark(tmp_path: Path, catalog: Catalog) -> None:
    outcome = add(catalog, _put(tmp_path, "policy.md", b"\xef\xbb\xbf" + POLICY.encode()))
    assert catalog.shelf(outcome.source_id)[0].source.payer == "Aetna"


@pytest.mark.parametrize(
    "content",
    [_zip({"in.pdf": PDF}), _zip({"in.docx": _word("words")}), _zip({"in.zip": _zip({"a.txt": "words"})})],
    ids=["pdf", "docx", "zip"],
)
def test_a_packed_file_is_never_indexed_as_its_raw_bytes(tmp_path: Path, catalog: Catalog, content: bytes) -> None:
    outcome = add(catalog, _put(tmp_path, "packed.zip", content))
    assert outcome.status == "refused" or outcome.kind in ("pdf", "docx")


# Refusals

LAUGHS = "".join(f'<!ENTITY {at} "{f"&{before};" * 10}">' for before, at in zip("abcdefghi", "bcdefghij", strict=True))
XML = '<?xml version="1.0"?>'


def _xml(declared: str, title: str) -> str:
    return TABULAR.replace("<ICD10CM.tabular>", f"<!DOCTYPE ICD10CM.tabular [{declared}]><ICD10CM.tabular>").replace("Made-up", title, 1)


def _written(name: str, content: str | bytes) -> Make:
    return lambda folder: _put(folder, name, content)


def _sparse(folder: Path) -> Path:
    path = folder / "huge.txt"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    return path


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def _laughing(text: str) -> str:
    """An XML part whose root and words unfold into a billion copies of a word."""
    root = re.sub("<(w:document|worksheet)", f"<!DOCTYPE x [<!ENTITY a 'ha'>{LAUGHS}]><\\1", text, count=1)
    return root.replace("words", "&j;")


RELEASE = _workbook(("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION"), ("J9901", "words", "words"))
WORDS = _zip({"words.txt": "words " * 2000})


def _bomb(folder: Path) -> Path:
    path = folder / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(520):
            stream.write(bytes(2**20))
    return path


BAD: dict[str, Make] = {
    "missing": lambda folder: folder / "nothing.pdf",
    "name too long": lambda folder: folder / ("n" * 300),
    "a link to itself": _loop,
    "a folder": lambda folder: folder,
    "a pipe": _fifo,
    "empty": _written("empty.pdf", b""),
    "blank": _written("blank.txt", "  \n\t\n"),
    "500 MB": _sparse,
    "NUL bytes": _written("nul.txt", b"words\0words"),
    "picture named pdf": _written("picture.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8),
    "executable": _written("program.txt", b"\x7fELF" + bytes(2000)),
    "old Word file": _written("old.doc", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)),
    "pdf with a password": _written("locked.pdf", locked_pdf("made-up words", b"secret")),
    "pdf of pictures": _written("scan.pdf", made_pdf([[], []])),
    "pdf of stamped pictures": _written("stamped.pdf", made_pdf([[f"Page {at} of 9"] for at in range(1, 10)])),
    "pdf cut off": _written("cut.pdf", PDF[:200]),
    "zip bomb": _written("bomb.zip", _declaring(WORDS, 2**31)),
    "bomb in a Word file": _written("bomb.docx", _declaring(_zip({"word/document.xml": "<w/>"}), 2**31)),
    "bomb in a workbook": _written("bomb.xlsx", _declaring(_zip({"xl/workbook.xml": "<w/>"}), 2**31)),
    "zip larger than it says": _written("lies.zip", _declaring(WORDS, 10)),
    "zip with a password": _written("locked.zip", _patched(WORDS, 6, 8, "<H", 1)),
    "zip of unknown method": _written("method.zip", _patched(WORDS, 8, 10, "<H", 97)),
    "zip with damaged data": _written("damaged.zip", WORDS[:39] + b"\xff" * 12 + WORDS[51:]),
    "zip cut off": _written("cut.zip", WORDS[:60]),
    "zip of two": _written("two.zip", _zip({"a.txt": "words", "b.txt": "words"})),
    "zip of nothing": _written("none.zip", _zip({})),
    "zip of an empty file": _written("hollow.zip", _zip({"a.txt": ""})),
    "docx cut off": _written("cut.docx", _word("words")[:4000]),
    "docx damaged inside": _written("inside.docx", _edited(_word("words"), "word/document.xml", _halved)),
    "docx without words": _written("void.docx", _word(" ")),
    "billion laughs in a Word file": _written("laughs.docx", _edited(_word("words"), "word/document.xml", _laughing)),
    "xlsx damaged inside": _written("inside.xlsx", _edited(RELEASE, "xl/worksheets/sheet1.xml", _halved)),
    "billion laughs in a workbook": _written("laughs.xlsx", _edited(RELEASE, "xl/worksheets/sheet1.xml", _laughing)),
    "xlsx of something else": _written("other.xlsx", _workbook(("a", "b"), (1, 2))),
    "csv of unknown layout": _written("other.csv", "a,b\n1,2\n"),
    "json": _written("other.json", '{"a": 1}'),
    "other xml": _written("other.xml", f"{XML}<index><term>fever</term></index>"),
    "other xml named txt": _written("other.txt", f"\n{XML}<index><term>fever</term></index>"),
    "web page named csv": _written("page.csv", PAGE),
    "gzip cut off": _written("cut.csv.gz", gzip.compress(HCPCS.encode())[:60]),
    "gzip bomb": _bomb,
    "zip whose names lead out": _written("out.zip", _zip({"../out.txt": "words"})),
    "csv with an open quote": _written("open.csv", HCPCS + '"' + "x" * 140_000),
    "xml cut off": _written("cut.xml", TABULAR[:400]),
    "billion laughs": _written("laughs.xml", _xml(f'<!ENTITY a "ha">{LAUGHS}', "&j;")),
    "outside entity": _written("outside.xml", _xml('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;")),
    "front matter not YAML": _written("yaml.md", "---\ntitle: [x\n---\nwords"),
    "front matter not a date": _written("date.md", "---\neffective: soon\n---\nwords"),
    "front matter of an impossible date": _written("month.md", "---\neffective: 2031-13-45\n---\nwords"),
    "front matter of a moment": _written("moment.md", "---\neffective: 2031-02-03 10:00:00\n---\nwords"),
    "front matter alone": _written("alone.md", "---\ntitle: x\n---\n"),
    "html that shows nothing": _written("void.html", "<html><body><script>words()</script></body></html>"),
}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail, and do not hang, where the body waits for ever."""

    def late(*_: object) -> None:
        pytest.fail(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_a_refused_file_gets_one_clear_line_and_leaves_the_catalog_as_it_was(tmp_path: Path, catalog: Catalog, make: Make) -> None:
    path, before = make(tmp_path), _content(catalog)
    with within(4):
        outcome = add(catalog, path)
    assert (outcome.path, outcome.status, outcome.source_id) == (path, "refused", "")
    assert outcome.reason
    assert len(outcome.reason.splitlines()) == 1
    assert "Traceback" not in outcome.reason
    assert _content(catalog) == before


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("missing", "no such file"),
        ("empty", "empty"),
        ("500 MB", "500 MB; the limit is 256 MB"),
        ("pdf with a password", "encrypted"),
        ("pdf of pictures", "OCR"),
        ("zip bomb", "2,048 MB; the limit is 512 MB"),
        ("bomb in a Word file", "would unpack to"),
        ("zip of two", "2 files"),
        ("docx cut off", "damaged"),
        ("csv of unknown layout", "it has the fields a, b"),
        ("web page named csv", "accept"),
        ("gzip cut off", "gzip file is damaged"),
        ("gzip bomb", "unpack to more than"),
        ("zip whose names lead out", "leads out of it"),
        ("NUL bytes", "neither text nor"),
    ],
)
def test_a_refusal_names_its_cause(tmp_path: Path, catalog: Catalog, name: str, word: str) -> None:
    assert word in add(catalog, BAD[name](tmp_path)).reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path, catalog: Catalog) -> None:
    path = _put(tmp_path, "secret.txt", "words")
    path.chmod(0)
    outcome = add(catalog, path)
    assert (outcome.status, outcome.reason) == ("refused", "it cannot be read (Permission denied)")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that even root cannot read")
def test_a_file_the_system_will_not_read_is_refused(catalog: Catalog) -> None:
    before = _content(catalog)
    outcome = add(catalog, Path("/proc/self/mem"))
    assert outcome.status == "refused"
    assert outcome.reason.startswith("it cannot be read (")
    assert _content(catalog) == before


@pytest.mark.parametrize("declared", [2**31, 10], ids=["as it is", "as ten bytes"])
def test_a_zip_bomb_is_never_unpacked(tmp_path: Path, catalog: Catalog, declared: int) -> None:
    path = _put(tmp_path, "bomb.zip", _declaring(_zip({"zeros.txt": bytes(32 * 2**20)}), declared))
    tracemalloc.start()
    try:
        assert add(catalog, path).status == "refused"
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_what_an_outside_entity_names_never_reaches_the_catalog(tmp_path: Path, catalog: Catalog) -> None:
    secret = _put(tmp_path, "secret", "hunter2")
    add(catalog, _put(tmp_path, "outside.xml", _xml(f'<!ENTITY a SYSTEM "file://{secret}">', "&a;")))
    assert "hunter2" not in "".join(_content(catalog))


def test_no_passage_holds_a_nul_wherever_it_stands_in_the_file(tmp_path: Path, catalog: Catalog) -> None:
    add(catalog, _put(tmp_path, "late.txt", b"words and words. " * 400 + b"\0 more"))
    assert not any("\0" in placed.passage.text for tally in catalog.sources() for placed in catalog.shelf(tally.source.id))


def test_scripts_and_nested_tables_of_a_page_do_no_harm(tmp_path: Path, catalog: Catalog) -> None:
    table = "<table><tr><td>" * 200 + "fever" + "</td></tr></table>" * 200
    page = f"<html><body><script>alert('evil')</script><p onclick='evil()'>seen</p>{table}</body></html>"
    text = "\n".join(_texts(catalog, add(catalog, _put(tmp_path, "page.html", page))))
    assert "seen" in text
    assert text.count("fever") == 1
    assert "evil" not in text


def test_a_file_name_in_no_encoding_is_added_or_refused(tmp_path: Path, catalog: Catalog) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(raw)).write_text("Words on test fever.", encoding="utf-8")
    assert add(catalog, Path(os.fsdecode(raw))).status in ("added", "refused")


@pytest.mark.parametrize(
    "front",
    [
        "effective: 2031-02-03 10:00:00",
        "title: {a: 1}\nid: [1]\npayer: [x]\njurisdiction: 5",
        "sources: [1, {publication: [1], address: null}, null]",
        "kind: code\ncodes: 90001\nmodifiers: LT\nnames: {a: b}",
        "title: 2031-01-01\nkind: null\nlicence: 7\npublisher: {a: b}",
    ],
)
def test_whatever_a_front_matter_holds_the_catalog_can_still_be_read(tmp_path: Path, catalog: Catalog, front: str) -> None:
    outcome = add(catalog, _put(tmp_path, "page.md", f"---\n{front}\n---\nwords"))
    assert "kept.md" in [tally.source.file for tally in catalog.sources()]
    assert outcome.status == "refused" or _texts(catalog, outcome) == ["words"]


# Folders


def test_a_folder_stands_for_its_files_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "sub/c.pdf", "sub/deep/d.md", ".hidden.md", ".git/config", "sub/.cache/e.md"):
        _put(tmp_path, name, "words")
    assert [str(path.relative_to(tmp_path)) for path in files(tmp_path)] == ["a.txt", "b.md", "sub/c.pdf", "sub/deep/d.md"]


def test_a_folder_named_by_its_owner_may_be_hidden_itself(tmp_path: Path) -> None:
    path = _put(tmp_path, ".mine/a.md", "words")
    assert list(files(path.parent)) == [path]
    assert list(files(path)) == [path]


def test_a_path_that_is_no_folder_stands_for_itself(tmp_path: Path) -> None:
    assert list(files(tmp_path / "nothing")) == [tmp_path / "nothing"]


def test_a_folder_s_dead_links_and_pipes_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dead").symlink_to(tmp_path / "nothing")
    _loop(tmp_path)
    _fifo(tmp_path)
    assert list(files(tmp_path)) == []


# Again, changed, and of the same name


@pytest.mark.parametrize("name", ["policy-acme.md", "HCPC2026_JAN_made_up.csv", "icd10c-tabular-April-1-2026.xml"])
def test_adding_a_file_again_changes_nothing(tmp_path: Path, catalog: Catalog, name: str) -> None:
    path = next(path for path in write_corpus(tmp_path) if path.name == name)
    first = add(catalog, path)
    before = _content(catalog)
    again = add(catalog, path)
    assert (first.status, again.status, again.source_id, again.kind) == ("added", "unchanged", first.source_id, first.kind)
    assert _content(catalog) == before


def test_the_same_bytes_under_another_name_are_the_same_source(tmp_path: Path, catalog: Catalog) -> None:
    first = add(catalog, _put(tmp_path, "one.md", POLICY))
    second = add(catalog, _put(tmp_path, "two.md", POLICY))
    assert (second.status, second.source_id) == ("unchanged", first.source_id)


def test_a_changed_file_replaces_what_it_held(tmp_path: Path, catalog: Catalog) -> None:
    first = add(catalog, _put(tmp_path, "notes.txt", "Old words."))
    second = add(catalog, _put(tmp_path, "notes.txt", "New words."))
    assert (second.status, second.source_id, _texts(catalog, second)) == ("replaced", first.source_id, ["New words."])
    assert len(catalog.sources()) == 2


def test_a_file_that_changes_its_kind_is_still_replaced(tmp_path: Path, catalog: Catalog) -> None:
    add(catalog, _put(tmp_path, "notes.txt", "Old words."))
    second = add(catalog, _put(tmp_path, "notes.txt", PAGE))
    assert (second.status, second.kind, _texts(catalog, second)) == ("replaced", "html", ["Words on test fever."])


def test_a_file_changed_into_a_copy_of_another_loses_its_old_words(tmp_path: Path, catalog: Catalog) -> None:
    add(catalog, _put(tmp_path, "one.txt", "Old words."))
    add(catalog, _put(tmp_path, "two.txt", "Other words."))
    add(catalog, _put(tmp_path, "one.txt", "Other words."))
    assert "Old words." not in "".join(_content(catalog))


def test_a_file_that_is_damaged_later_keeps_what_it_held(tmp_path: Path, catalog: Catalog) -> None:
    first = add(catalog, _put(tmp_path, "policy.pdf", PDF))
    assert add(catalog, _put(tmp_path, "policy.pdf", PDF[:200])).status == "refused"
    assert _texts(catalog, first) == ["A made-up policy on test fever."]


def test_a_new_printing_of_an_edition_replaces_the_old_one(tmp_path: Path, catalog: Catalog) -> None:
    first = add(catalog, _put(tmp_path, "old/HCPC2026_JAN.csv", HCPCS))
    second = add(catalog, _put(tmp_path, "new/HCPC2026_JAN_corrected.csv", HCPCS.replace("10 mg", "20 mg")))
    assert (first.source_id, second.source_id, second.status) == ("hcpcs-2026-01", "hcpcs-2026-01", "replaced")
    (listed,) = catalog.codes(HCPCS_SYSTEM, "J9901")
    assert listed.code.title == "Injection, madeupumab, 20 mg"


def test_two_editions_stand_side_by_side(tmp_path: Path, catalog: Catalog) -> None:
    add(catalog, _put(tmp_path, "HCPC2026_JAN.csv", HCPCS))
    add(catalog, _put(tmp_path, "HCPC2026_APR.csv", HCPCS + "J9903,New,New,D,20260401,\n"))
    assert [listed.source.effective for listed in catalog.codes(HCPCS_SYSTEM, "J9901")] == [date(2026, 4, 1), date(2026, 1, 1)]


def test_two_files_of_one_name_in_two_folders_are_two_sources(tmp_path: Path, catalog: Catalog) -> None:
    one = add(catalog, _put(tmp_path, "one/policy.md", "First words."))
    two = add(catalog, _put(tmp_path, "two/policy.md", "Second words."))
    assert (one.status, two.status) == ("added", "added")
    assert (_texts(catalog, one), _texts(catalog, two)) == (["First words."], ["Second words."])
    changed = add(catalog, _put(tmp_path, "two/policy.md", "Third words."))
    assert (changed.source_id, _texts(catalog, one)) == (two.source_id, ["First words."])


ALIKE = [("a b.txt", "a-b.txt"), ("病.txt", "熱.txt"), ("x" * 90 + "1.txt", "x" * 90 + "2.txt"), ("A.txt", "a.txt")]


@pytest.mark.parametrize("names", ALIKE)
def test_names_that_look_alike_are_two_sources(tmp_path: Path, catalog: Catalog, names: tuple[str, str]) -> None:
    one, two = (add(catalog, _put(tmp_path, name, f"Words of {at}.")) for at, name in enumerate(names))
    assert one.source_id != two.source_id
    assert (_texts(catalog, one), _texts(catalog, two)) == (["Words of 0."], ["Words of 1."])


def test_a_file_named_like_an_edition_is_not_replaced_by_it(tmp_path: Path, catalog: Catalog) -> None:
    own = add(catalog, _put(tmp_path, "hcpcs-2026-01.md", "My own words."))
    add(catalog, _put(tmp_path, "HCPC2026_JAN.csv", HCPCS))
    assert "My own words." in _texts(catalog, own)


def test_a_relative_path_is_the_file_it_leads_to(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    first = add(catalog, _put(tmp_path, "notes.txt", "Old words."))
    monkeypatch.chdir(tmp_path)
    _put(tmp_path, "notes.txt", "New words.")
    assert add(catalog, Path("notes.txt")).source_id == first.source_id


# What is written


def test_an_outcome_counts_what_the_catalog_holds(tmp_path: Path, catalog: Catalog) -> None:
    for path in write_corpus(tmp_path):
        outcome = add(catalog, path)
        tally = next(tally for tally in catalog.sources() if tally.source.id == outcome.source_id)
        assert (outcome.passages, outcome.codes, outcome.kind) == (tally.passages, tally.codes, tally.source.kind)


def test_what_was_left_out_is_remarked(tmp_path: Path, catalog: Catalog) -> None:
    outcome = add(catalog, _put(tmp_path, "HCPC2026_JAN.csv", HCPCS + "total,of two,codes\n"))
    assert len(outcome.remarks) == 1
    assert "TOTAL" in outcome.remarks[0]


def test_a_source_remembers_the_file_it_came_from(tmp_path: Path, catalog: Catalog) -> None:
    path = _put(tmp_path, "policy.md", POLICY)
    source = catalog.find_source(path=str(path.resolve()))
    assert source is None
    outcome = add(catalog, path)
    source = catalog.find_source(path=str(path.resolve()))
    assert source is not None
    assert (source.id, source.file, len(source.digest)) == (outcome.source_id, "policy.md", 64)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Report 90001 with J9901.", {(CPT, "90001"), (HCPCS_SYSTEM, "J9901")}),
        ("For A11.9 append modifier 25.", {(ICD10CM, "A11.9"), (MODIFIER, "25")}),
        ("CPT 98765432 is no code, and 2031 is a year.", set()),
        ("A11 is known here, B77 is not.", {(ICD10CM, "A11")}),
    ],
)
def test_a_passage_names_the_codes_its_text_mentions(tmp_path: Path, catalog: Catalog, text: str, codes: set[tuple[str, str]]) -> None:
    add(catalog, _put(tmp_path, "list.xml", TABULAR))
    outcome = add(catalog, _put(tmp_path, "notes.txt", text))
    assert set(catalog.shelf(outcome.source_id)[0].passage.codes) == codes


def test_a_code_page_names_its_own_code_first_in_every_passage(tmp_path: Path, catalog: Catalog) -> None:
    page = STARTER_LIKE.replace("Giving 90001 is reported with 90002.", "90002 reports its injection.")
    outcome = add(catalog, _put(tmp_path, "page.md", page))
    prose = [placed.passage.codes for placed in catalog.shelf(outcome.source_id) if placed.passage.kind == PROSE]
    assert len(prose) == 4
    assert {codes[0] for codes in prose} == {(CPT, "90001")}


def test_an_unchanged_passage_keeps_its_id_through_a_change_of_the_file(tmp_path: Path, catalog: Catalog) -> None:
    first = add(catalog, _put(tmp_path, "guide.md", GUIDE + "\n## More\nOld words.\n"))
    before = {placed.passage.text: placed.passage.id for placed in catalog.shelf(first.source_id)}
    second = add(catalog, _put(tmp_path, "guide.md", GUIDE))
    after = {placed.passage.text: placed.passage.id for placed in catalog.shelf(second.source_id)}
    assert after == {text: key for text, key in before.items() if text != "Old words."}


def test_a_write_that_fails_half_way_leaves_the_catalog_as_it_was(tmp_path: Path, catalog: Catalog) -> None:
    add(catalog, _put(tmp_path, "notes.txt", "Old words."))
    with closing(sqlite3.connect(catalog.path)) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON passages BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    before = _content(catalog)
    outcome = add(catalog, _put(tmp_path, "notes.txt", "New words."))
    assert outcome.status == "refused"
    assert "the catalog could not be written (disk full)" in outcome.reason
    assert _content(catalog) == before


# What the program carries


@pytest.fixture
def carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of starter documents and a list that stand in for those the program carries."""
    monkeypatch.setattr(ingest, "STARTER", tmp_path / "starter")
    monkeypatch.setattr(ingest, "embedded_icd10cm", lambda: _put(tmp_path, "tabular-April-1-2026.xml", TABULAR))
    return _put(tmp_path, "starter/cpt-90001.md", STARTER_LIKE)


def test_what_the_program_carries_is_added_once(catalog: Catalog, carried: Path) -> None:
    first = add_embedded(catalog)
    assert [(outcome.source_id, outcome.status) for outcome in first] == [("icd-10-cm-2026-04", "added"), ("starter", "added")]
    before = _content(catalog)
    assert add_embedded(catalog) == []
    assert _content(catalog) == before


def test_the_starter_documents_that_ship_are_one_source(catalog: Catalog, carried: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "STARTER", SHIPPED)
    add_embedded(catalog)
    tally = next(tally for tally in catalog.sources() if tally.source.id == "starter")
    assert tally.documents == len(list(SHIPPED.glob("*.md"))) > 100
    assert catalog.codes(CPT, "99213")[0].source.id == "starter"


def test_a_changed_starter_document_replaces_the_starter_only(catalog: Catalog, carried: Path) -> None:
    assert [outcome.source_id for outcome in add_embedded(catalog)] == ["icd-10-cm-2026-04", "starter"]
    carried.write_text(STARTER_LIKE.replace("into a muscle", "under the skin"), encoding="utf-8")
    assert [outcome.source_id for outcome in add_embedded(catalog)] == ["starter"]
    assert any("under the skin" in placed.passage.text for placed in catalog.shelf("starter"))
    assert add_embedded(catalog) == []


def test_a_changed_reader_reads_the_starter_again(catalog: Catalog, carried: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_embedded(catalog)
    monkeypatch.setattr(ingest, "READERS", "another")
    assert [outcome.source_id for outcome in add_embedded(catalog)] == ["starter"]


def test_a_file_of_yours_named_starter_is_not_replaced_by_the_starter(tmp_path: Path, catalog: Catalog, carried: Path) -> None:
    own = add(catalog, _put(tmp_path, "mine/starter.md", "My own words."))
    add_embedded(catalog)
    assert "My own words." in _texts(catalog, own)


def test_reading_raises_and_adding_reports(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="empty"):
        ingest.read(_put(tmp_path, "empty.txt", ""))
