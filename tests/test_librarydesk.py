"""The library desk's routes: nothing counts before a person confirmed it, and hostile files, names and pages are refused or harmless."""

import csv
import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from conftest import GUIDE, HCPCS, guarded, open_library
from fastapi.testclient import TestClient
from httpx import Response
from reportlab.pdfgen.canvas import Canvas
from test_archives import packed
from test_fetch import Site, codes, mine, plain

from assistant.listing import loaded
from assistant.store import Store
from assistant.web import uploads
from assistant.web.desks import desks
from corpus import archives, ingest, publishers, transfer
from index.library import Library

HOSTILE = '"><img src=x onerror=hacked()><script>hacked()</script>'
POLICY = "# Test fever\n\nEffective Date: 03/01/2025. Aetna covers the test fever vaccine. Aetna decides.\n"
OLDER = HCPCS.replace("Madeupumab inj", "Madeup inj").replace("10 mg", "5 mg") + 'J9903,"=Injection, third, 1 mg",Third inj,D,20250101,\n'
Sent = dict[str, bytes]


@pytest.fixture
def library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return open_library(home, monkeypatch)


class Desk(TestClient):
    """The page over a library, as a person uses it."""

    def sent(self, files: Sent) -> str:
        """An upload of some files, all of which arrived."""
        token = str(self.post("/view/library/uploads").json()["id"])
        for name, data in files.items():
            reply = self.put(f"/view/library/uploads/{token}/file", params={"name": name}, content=data)
            assert reply.status_code == 204, reply.text
        return token

    def ended(self, reply: Response) -> str:
        """The last word of a job, on one line."""
        assert reply.status_code == 200, reply.text
        job = reply.text.split('data-job="')[1].split('"')[0]
        for _ in range(500):
            shown = self.get(f"/view/job/{job}").text
            if 'data-state="running"' not in shown:
                return " ".join(shown.split())
            time.sleep(0.02)
        raise AssertionError(shown)

    def looked_at(self, files: Sent) -> tuple[str, str]:
        """An upload that was read, and the form that shows it."""
        token = self.sent(files)
        assert 'data-state="done"' in self.ended(self.post(f"/view/library/uploads/{token}/read"))
        return token, " ".join(self.get(f"/view/library/uploads/{token}").text.split())

    def added(self, token: str, **fields: str) -> str:
        """What became of an upload."""
        named = {name.replace("_", ".", 1).lstrip("f"): value for name, value in fields.items()}
        return self.ended(self.post(f"/view/library/uploads/{token}/add", data=named or {"0.take": "yes"}))


Opened = Callable[..., Desk]


@pytest.fixture
def filled() -> list[str]:
    """What the desk asked to be encoded."""
    return []


@pytest.fixture
def opened(library: Library, filled: list[str]) -> Iterator[Opened]:
    store = Store.open(library.home)
    for name, role in (("lia", "librarian"), ("leo", "librarian"), ("rea", "reader")):
        store.people.add(name, role)  # type: ignore[arg-type]
    app = guarded(desks(library, lambda: filled.append("now")), store, header="X-User")
    clients: list[Desk] = []

    def open_desk(name: str = "lia") -> Desk:
        clients.append(Desk(app, base_url="http://desk.test", headers={"X-User": name}, client=("127.0.0.1", 5000)))
        return clients[-1]

    yield open_desk
    for client in clients:
        client.close()


@pytest.fixture
def desk(opened: Opened) -> Desk:
    return opened()


def put(library: Library, folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", ".")
        path.write_text(text, encoding="utf-8")
        assert library.add(path).status == "added"


def left(home: Path) -> list[str]:
    """What lies in the folder of uploads."""
    return sorted(str(path.relative_to(home / "uploads")) for path in (home / "uploads").rglob("*") if path.is_file())


# what is loaded


def test_every_source_is_told_with_edition_dates_counts_licence_and_digest(desk: Desk, library: Library, tmp_path: Path) -> None:
    put(library, tmp_path, HCPC2026_JAN_made_up__csv=HCPCS, guide__md=GUIDE)
    shown = desk.get("/view/library/table").text
    rows = loaded(library)
    assert len(rows) == 2
    for row in rows:
        for fact in (row["title"], row["edition"] or "–", row["effective"] or "undated", f"{row['passages']:,}", row["licence"]):
            assert str(fact).replace("'", "&#39;") in shown
        assert f'<code title="SHA-256 {row["digest"]}">{row["digest"][:8]}</code>' in shown


def test_no_title_can_write_html(desk: Desk, library: Library, tmp_path: Path) -> None:
    put(library, tmp_path, evil__md=f"# {HOSTILE}\n\nWords of a guide.\n")
    for address in ("", "/table", "/offers"):
        shown = desk.get(f"/view/library{address}").text
        assert "<img" not in shown
        assert "<script" not in shown


def test_those_not_allowed_may_look_and_change_nothing(opened: Opened, library: Library, tmp_path: Path) -> None:
    put(library, tmp_path, guide__md=GUIDE)
    reader = opened("rea")
    assert "guide" in reader.get("/view/library/table").text.lower()
    for address in ("", "/table", "/offers"):
        shown = reader.get(f"/view/library{address}").text
        assert not re.search(r"data-remove|data-fetch|type=\"file\"", shown)
    for method, address in CHANGING:
        assert reader.request(method, f"/view/library{address}").status_code == 403
    assert len(library.sources) == 1


CHANGING = [
    ("POST", "/uploads"),
    ("PUT", "/uploads/1/file?name=a"),
    ("POST", "/uploads/1/read"),
    ("POST", "/uploads/1/add"),
    ("POST", "/uploads/1/drop"),
    ("POST", "/remove"),
    ("POST", "/fetch"),
]


@pytest.mark.parametrize(("method", "address"), CHANGING)
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://desk.test.evil"}, {"origin": "null"}])
def test_a_page_of_another_site_changes_nothing(desk: Desk, method: str, address: str, headers: dict[str, str]) -> None:
    assert desk.request(method, f"/view/library{address}", headers=headers).status_code == 403


# uploads


def test_what_a_first_page_says_is_proposed_and_nothing_counts_before_it_is_confirmed(desk: Desk, library: Library, home: Path) -> None:
    token, shown = desk.looked_at({"policy.md": POLICY.encode()})
    assert 'name="0.payer" value="Aetna"' in shown
    assert 'name="0.effective" value="2025-03-01"' in shown
    assert "says “Effective Date: 03/01/2025”" in shown
    assert library.catalog.sources() == []
    assert "1 added." in desk.added(token, f0_take="yes", f0_payer="Aetna", f0_effective="2025-03-01")
    (source,) = library.catalog.editions()
    assert (source.payer, source.effective) == ("Aetna", date(2025, 3, 1))
    assert left(home) == []


def test_what_the_person_corrects_goes_before_what_was_proposed(desk: Desk, library: Library) -> None:
    token, _ = desk.looked_at({"policy.md": POLICY.encode()})
    desk.added(token, f0_take="yes", f0_payer="", f0_effective="2025-04-01", f0_title=f'My "policy" {HOSTILE}', f0_state="texas")
    (source,) = library.catalog.editions()
    assert (source.payer, source.effective, source.jurisdiction) == (None, date(2025, 4, 1), "TX")
    assert source.title == f'My "policy" {HOSTILE}'


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("effective", "soon", "is not a day"),
        ("ended", "2020-13-01", "is not a day"),
        ("state", "Atlantis", "is no state"),
        ("effective", HOSTILE, "is not a day"),
    ],
)
def test_what_cannot_be_stated_is_shown_again_with_the_reason(desk: Desk, library: Library, name: str, value: str, why: str) -> None:
    token, _ = desk.looked_at({"policy.md": POLICY.encode()})
    shown = desk.post(f"/view/library/uploads/{token}/add", data={"0.take": "yes", f"0.{name}": value, "0.title": "Mine"}).text
    assert why in shown
    assert 'value="Mine"' in shown
    assert "<img" not in shown
    assert library.catalog.sources() == []


def test_what_is_not_ticked_is_not_added(desk: Desk, library: Library, home: Path) -> None:
    token, _ = desk.looked_at({"a.md": POLICY.encode(), "b.md": GUIDE.encode()})
    assert "1 added." in desk.added(token, f1_take="yes")
    assert [source.file for source in library.catalog.editions()] == ["b.md"]
    assert left(home) == []


def test_what_was_added_is_encoded_behind_the_page(desk: Desk, filled: list[str]) -> None:
    token, _ = desk.looked_at({"guide.md": GUIDE.encode()})
    desk.added(token)
    for _ in range(100):
        if filled:
            break
        time.sleep(0.01)
    assert filled == ["now"]


def test_rows_that_cannot_be_read_are_told_one_by_one(desk: Desk) -> None:
    token, _ = desk.looked_at({"HCPC2026_JAN_made_up.csv": (HCPCS + 'J9904,"Injection",Inj,D,tomorrow,\n').encode()})
    assert "HCPC2026_JAN_made_up.csv: not read: row 4" in desk.added(token)


def test_an_upload_that_is_not_wanted_leaves_nothing(desk: Desk, home: Path, library: Library) -> None:
    token, _ = desk.looked_at({"guide.md": GUIDE.encode()})
    assert desk.post(f"/view/library/uploads/{token}/drop").status_code == 204
    assert left(home) == []
    assert desk.get(f"/view/library/uploads/{token}").status_code == 404
    assert library.catalog.sources() == []


def test_what_nobody_confirmed_is_thrown_away_after_a_day(desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.sent({"guide.md": GUIDE.encode()})
    monkeypatch.setattr(uploads, "DAY", -1)
    desk.sent({"other.md": GUIDE.encode()})
    assert [name.split("/")[1] for name in left(home)] == ["other.md"]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/evil.md",
        "..\\..\\evil.md",
        "/etc/passwd",
        ".hidden.md",
        "..",
        "",
        "a\x00b.md",
        "x" * 500 + ".md",
        "漢" * 300 + ".md",
    ],
)
def test_no_name_leads_out_of_its_folder(desk: Desk, home: Path, name: str) -> None:
    token = desk.sent({name: GUIDE.encode(), "guide.md": GUIDE.encode()})
    assert len(left(home)) == 2
    assert all(found.startswith(f"{token}/") and not found.split("/")[1].startswith(".") for found in left(home))


def test_two_files_of_one_name_stand_side_by_side(desk: Desk, home: Path) -> None:
    token = desk.sent({"a/guide.md": GUIDE.encode(), "b/guide.md": POLICY.encode()})
    assert left(home) == [f"{token}/1 guide.md", f"{token}/guide.md"]


def test_no_name_of_a_file_can_write_html(desk: Desk) -> None:
    token, shown = desk.looked_at({f"{HOSTILE}.md": GUIDE.encode(), "<b>.zip": packed({f"{HOSTILE}.md": GUIDE, "<i>.md": POLICY})})
    told = desk.added(token, f0_take="yes", f1_take="yes", f2_take="yes")
    assert not re.search("<(?:img|script|b>|i>)", shown + told)


def test_a_file_too_large_is_refused_before_it_is_read(desk: Desk, home: Path) -> None:
    token = desk.sent({})
    reply = desk.put(f"/view/library/uploads/{token}/file?name=a.md", content=iter([b"a"]), headers={"content-length": str(500 * 2**20)})
    assert reply.status_code == 413
    assert reply.json()["detail"] == "It is larger than 256.0 MB, the most that is taken."
    assert left(home) == []


def test_a_file_that_hides_its_size_is_taken_no_further_than_the_limit(desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "LARGEST", 1000)
    token = desk.sent({})
    assert desk.put(f"/view/library/uploads/{token}/file?name=a.md", content=(b"a" * 600 for _ in range(9))).status_code == 413
    assert left(home) == []


@pytest.mark.parametrize(("limit", "most"), [("FILES", 2), ("TOGETHER", len(GUIDE) * 2)])
def test_more_than_fits_one_upload_is_refused_with_the_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(uploads, limit, most)
    token = desk.sent({"a.md": GUIDE.encode(), "b.md": GUIDE.encode()})
    reply = desk.put(f"/view/library/uploads/{token}/file?name=c.md", content=GUIDE.encode())
    assert reply.status_code == 409
    assert "the most that are taken at once" in reply.json()["detail"]


def pdf_with_script() -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held)
    canvas.drawString(72, 700, "Test fever is sequenced first, before laboratory fatigue, on every claim.")
    canvas.save()
    return held.getvalue().replace(b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >> /Type /Catalog")


def docx(**more: bytes) -> bytes:
    import docx as writer

    held = io.BytesIO()
    document = writer.Document()
    document.add_heading("Guide to test fever")
    document.add_paragraph("Test fever is sequenced first, before laboratory fatigue.")
    document.save(held)
    with zipfile.ZipFile(held, "a") as archive:
        for name, data in more.items():
            archive.writestr(name.replace("__", "/"), data)
    return held.getvalue()


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">{}]><ICD10CM.tabular>&j;</ICD10CM.tabular>'.format(
    "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.md", b"", "it is empty"),
        ("program.exe", b"MZ\x90\x00\x03\x00\x00\x00\x00\x01", "no encoding that can be told"),
        ("picture.svg", b'<?xml version="1.0"?><svg><script>hacked()</script></svg>', "a data file in a layout that cannot be read"),
        ("broken.pdf", b"%PDF-1.7 and no more", "PDF"),
        ("broken.zip", b"PK\x03\x04 and no more", "damaged"),
        ("way.zip", packed({"../../evil.md": GUIDE, "b.md": GUIDE}), "leads out of it"),
        ("bare.svg", b"<svg><script>hacked()</script></svg>", "a data file in a layout that cannot be read"),
        ("bomb.xml", BOMB.encode(), "entity amplification"),
        ("table.csv", b"a,b\n1,2\n", "it has the fields a, b"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_the_reason(desk: Desk, library: Library, name: str, data: bytes, why: str) -> None:
    token, shown = desk.looked_at({name: data})
    assert why in shown
    assert "Traceback" not in shown
    assert "0.take" not in shown
    assert desk.post(f"/view/library/uploads/{token}/add", data={"0.take": "yes"}).status_code == 422
    assert library.catalog.sources() == []


def test_an_archive_that_would_unpack_to_too_much_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNPACKED", 2**20)
    _, shown = desk.looked_at({"bomb.zip": packed({f"{at}.md": b"0" * 2**20 for at in range(4)})})
    assert "it would unpack to 4 MB; the limit is" in shown


def test_an_archive_stands_for_the_files_in_it(desk: Desk, library: Library, home: Path) -> None:
    release = packed({"codes/HCPC2026_JAN.csv": HCPCS, "guide.md": GUIDE, "deep/guide.md": POLICY})
    token, shown = desk.looked_at({"release.zip": release})
    assert all(name in shown for name in ("release.zip!codes/HCPC2026_JAN.csv", "release.zip!guide.md", "release.zip!deep/guide.md"))
    assert "3 added." in desk.added(token, f0_take="yes", f1_take="yes", f2_take="yes")
    assert len(library.catalog.sources()) == 3
    assert left(home) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "guide.html",
            b"<html><body><h1>Guide</h1><script>hacked()</script><p onclick='hacked()'>Test fever is sequenced first.</p></body></html>",
        ),
        ("guide.docm", docx(word__vbaProject__bin=b"hacked()")),
        ("guide.pdf", pdf_with_script()),
    ],
)
def test_scripts_and_macros_of_a_document_are_not_kept(desk: Desk, library: Library, name: str, data: bytes) -> None:
    token, _ = desk.looked_at({name: data})
    assert "1 added." in desk.added(token)
    (source,) = library.catalog.editions()
    text = " ".join(placed.passage.text for placed in library.catalog.shelf(source.id))
    assert "sequenced first" in text
    assert not re.search("hacked|alert|onclick", text)


def test_a_sidecar_sent_along_says_what_its_file_is(desk: Desk, library: Library) -> None:
    token, shown = desk.looked_at({"policy.md": POLICY.encode(), "policy.md.toml": b'payer = "Cigna"\neffective = 2024-01-01\n'})
    assert "1 file read" in shown
    assert "payer Cigna" in shown
    desk.added(token)
    assert [(source.payer, source.effective) for source in library.catalog.editions()] == [("Cigna", date(2024, 1, 1))]


# removing, comparing


def test_removing_must_be_said_twice(desk: Desk, library: Library, tmp_path: Path) -> None:
    put(library, tmp_path, guide__md=GUIDE)
    (source,) = library.catalog.editions()
    assert desk.post("/view/library/remove", data={"source_id": source.id}).status_code == 422
    assert library.catalog.has_source(source.id)
    assert desk.post("/view/library/remove", data={"source_id": source.id, "sure": "yes"}).status_code == 204
    assert not library.catalog.has_source(source.id)
    assert desk.post("/view/library/remove", data={"source_id": source.id, "sure": "yes"}).status_code == 422


def test_two_editions_are_compared_in_a_table_and_a_file(desk: Desk, library: Library, tmp_path: Path) -> None:
    put(library, tmp_path, HCPC2025_OCT_made_up__csv=OLDER, HCPC2026_JAN_made_up__csv=HCPCS, guide__md=GUIDE)
    assert "Difference of two editions" in desk.get("/view/library/table").text
    query = {"before": "hcpcs-2025-10", "after": "hcpcs-2026-01"}
    shown = " ".join(desk.get("/view/library/diff", params=query).text.split())
    assert "1 code deleted" in shown
    assert "<code>HCPCS J9903</code>" in shown
    rows = list(csv.reader(io.StringIO(desk.get("/view/library/diff.csv", params=query).text)))
    assert ["code", "deleted", "HCPCS J9903"] in [row[:3] for row in rows]
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize("after", ["guide", "nothing", "", HOSTILE])
def test_what_are_no_two_editions_is_not_compared(desk: Desk, library: Library, tmp_path: Path, after: str) -> None:
    put(library, tmp_path, HCPC2026_JAN_made_up__csv=HCPCS, guide__md=GUIDE)
    for address in ("diff", "diff.csv"):
        reply = desk.get(f"/view/library/{address}", params={"before": "hcpcs-2026-01", "after": after})
        assert (reply.status_code, reply.json()["detail"]) == (422, "Choose two editions of one publication.")


# fetching


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(transfer, "PAUSE", 0.0)
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_a_licence_is_shown_and_must_be_accepted_before_anything_is_asked_for(
    desk: Desk, site: Site, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishers, "LISTED", mine(site, tmp_path, address=f'"{codes(site)}"', accept='"terms"'))
    shown = desk.get("/view/library/offers").text
    assert all(words in shown for words in ("Terms", "Do not sell it.", f"{site.root}/terms"))
    assert desk.post("/view/library/fetch", data={"name": "codes"}).status_code == 422
    assert site.seen == []
    assert "1 added." in desk.ended(desk.post("/view/library/fetch", data={"name": "codes", "accept": "yes"}))
    assert library.catalog.knows("HCPCS", "J9901")


@pytest.mark.parametrize("name", ["hand", "nothing", "", "../codes"])
def test_what_cannot_be_fetched_is_refused(desk: Desk, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(publishers, "LISTED", mine(site, tmp_path, address=f'"{codes(site)}"'))
    assert desk.post("/view/library/fetch", data={"name": name}).status_code == 422


def test_a_publisher_that_fails_is_told_in_one_line(desk: Desk, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = site.put("/codes.csv", plain(b"", 403))
    monkeypatch.setattr(publishers, "LISTED", mine(site, tmp_path, address=f'"{address}"'))
    shown = desk.ended(desk.post("/view/library/fetch", data={"name": "codes"}))
    assert "does not hand the file out (HTTP 403)" in shown
    assert 'data-state="failed"' in shown
