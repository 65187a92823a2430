"""Downloads, against publishers that listen on this machine: whole files only, whatever the network does."""

import gzip
import hashlib
import io
import json
import re
import resource
import shutil
import signal
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from click.testing import Result
from conftest import HCPCS, open_library
from fakes import BagEncoder
from filelock import FileLock
from tables import need
from typer.testing import CliRunner

from assistant import cli
from corpus import fetch as fetching
from corpus import ingest, transfer
from corpus.ages import LISTED, rhythms
from corpus.model import CorpusError
from corpus.publishers import Offer, offers
from index import encoders
from index.library import Library

GUIDE = b"# Ferrets\n\nFerrets are reported with 90001 in every case.\n"
LONG = b"".join(b"Ferret number %06d is reported with 90001.\n" % at for at in range(20_000))
TODAY = date(2026, 11, 20)
Reply = Callable[["Visitor"], None]
Run = Callable[..., Result]


class Visitor(BaseHTTPRequestHandler):
    """A request to the made-up publisher."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.site.seen.append((self.path, dict(self.headers)))
        replies = self.server.site.replies.get(self.path.split("?")[0], [missing])
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def log_message(self, *_: object) -> None:
        pass

    def give(self, body: bytes, status: int = 200, declared: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if declared is None else declared))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server that bears visitors who leave in the middle."""

    site: "Site"

    def handle_error(self, *_: object) -> None:
        pass


class Site:
    """A publisher on the loopback: what it says at each path, and who asked for what."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.server = Server(("127.0.0.1", 0), Visitor)
        self.server.site = self
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def put(self, path: str, *replies: Reply) -> str:
        self.replies[path] = list(replies)
        return self.root + path


def missing(visitor: Visitor) -> None:
    visitor.give(b"<html>gone</html>", 404, Content_Type="text/html")


def plain(body: bytes, status: int = 200, declared: int | None = None, **headers: str) -> Reply:
    return lambda visitor: visitor.give(body, status, declared, **headers)


def moved(address: str) -> Reply:
    return plain(b"", 302, Location=address)


def ranged(body: bytes, mark: str = '"v1"', keeps: int | None = None) -> Reply:
    """A file that can be asked for in parts, and that breaks off after so many bytes."""

    def reply(visitor: Visitor) -> None:
        asked = re.match(r"bytes=(\d+)-", visitor.headers.get("Range", ""))
        start = int(asked[1]) if asked and visitor.headers.get("If-Range") == mark else 0
        if visitor.headers.get("If-None-Match") == mark:
            visitor.give(b"", 304, ETag=mark)
            return
        rest = body[start:]
        headers = {"ETag": mark} | ({"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {})
        visitor.give(rest[:keeps], 206 if start else 200, len(rest), **headers)

    return reply


def packed(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/"), body)
    return held.getvalue()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(transfer, "PAUSE", 0.0)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def other() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def offer(site: Site, **more: Any) -> Offer:
    kept = {"name": "guide", "title": "Guide", "publication": "Guide", "page": f"{site.root}/landing", "licence": "none", "months": 3}
    return Offer.model_validate(kept | more)


def bring(made: Offer, folder: Path) -> list[fetching.Fetched]:
    return list(fetching.fetch(made, folder, lambda file, done, whole: None, TODAY))


def refused(made: Offer, folder: Path) -> str:
    """The line that a download ends with: it names the source and its page."""
    with pytest.raises(CorpusError) as error:
        bring(made, folder)
    line = str(error.value)
    assert "\n" not in line
    assert line.startswith(f"{made.name}: ")
    assert made.page in line
    return line


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".lock"}


# one file


def test_a_file_comes_whole_under_its_own_name(site: Site, tmp_path: Path) -> None:
    (found,) = bring(offer(site, address=site.put("/files/guide.md", plain(GUIDE))), tmp_path / "new" / "folder")
    assert found.new
    assert found.path == tmp_path / "new" / "folder" / "guide.md"
    assert (found.path.read_bytes(), found.size, found.parts) == (GUIDE, len(GUIDE), (found.path,))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "passwd"),
        ("/a/.hidden", "hidden"),
        ("/", "file"),
        ("/a/b%00c%0a.md", "b-c-.md"),
        ("/files/zip/rvu25a-updated-01/10/2025.csv", "rvu25a-updated-01-10-2025.csv"),
        ("/2025.csv", "2025.csv"),
    ],
)
def test_an_address_cannot_name_a_file_elsewhere(path: str, name: str, site: Site, tmp_path: Path) -> None:
    (found,) = bring(offer(site, address=site.put(path, plain(GUIDE))), tmp_path)
    assert found.path == tmp_path / name


def test_progress_is_told_in_bytes(site: Site, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    made = offer(site, address=site.put("/long.md", plain(LONG)))
    list(fetching.fetch(made, tmp_path, lambda *step: told.append(step), TODAY))
    assert told[-1] == ("long.md", len(LONG), len(LONG))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert len(told) > 5


# redirects


def test_a_redirect_is_followed_also_to_another_server_of_this_machine(site: Site, other: Site, tmp_path: Path) -> None:
    there = other.put("/there.md", plain(GUIDE))
    (found,) = bring(offer(site, address=site.put("/guide.md", moved(there))), tmp_path)
    assert found.path.name == "guide.md"
    assert found.path.read_bytes() == GUIDE


def test_a_relative_redirect_is_followed(site: Site, tmp_path: Path) -> None:
    site.put("/b.md", plain(GUIDE))
    assert bring(offer(site, address=site.put("/a.md", moved("b.md"))), tmp_path)[0].path.read_bytes() == GUIDE


@pytest.mark.parametrize("target", ["http://publisher.example/guide.md", "ftp://publisher.example/guide.md", "file:///etc/passwd"])
def test_a_redirect_to_another_host_must_be_encrypted(target: str, site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/guide.md", moved(target))), tmp_path)
    assert "without encryption" in line
    assert leftovers(tmp_path) == set()


def test_a_redirect_in_a_circle_ends(site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/guide.md", moved("/guide.md"))), tmp_path)
    assert "more than 5 times" in line
    assert len(site.seen) == transfer.REDIRECTS + 1


@pytest.mark.parametrize(
    ("origin", "target", "may"),
    [
        ("https://a.example/x", "https://b.example/y", True),
        ("https://a.example/x", "http://a.example/y", False),
        ("https://a.example/x", "http://127.0.0.1/y", False),
        ("http://mirror.example/x", "http://mirror.example/y", True),
        ("http://mirror.example/x", "http://127.0.0.1/y", False),
        ("http://localhost:1/x", "http://[::1]:2/y", True),
        ("http://127.0.0.1/x", "javascript:alert(1)", False),
    ],
)
def test_where_one_address_may_lead(origin: str, target: str, may: bool) -> None:
    assert transfer.may_lead(httpx.URL(origin), httpx.URL(target)) is may


# refusals


@pytest.mark.parametrize(
    ("status", "words"), [(404, "no longer has"), (410, "no longer has"), (403, "does not hand"), (204, "does not hand")]
)
def test_a_file_that_is_not_there_is_one_line_with_the_page_to_open(status: int, words: str, site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/guide.md", plain(b"", status))), tmp_path)
    assert words in line
    assert f"HTTP {status}" in line
    assert "codecite add" in line
    assert len(site.seen) == 1


def test_a_publisher_out_of_order_is_tried_again(site: Site, tmp_path: Path) -> None:
    address = site.put("/guide.md", plain(b"", 503), plain(b"", 429), plain(GUIDE))
    assert bring(offer(site, address=address), tmp_path)[0].new
    assert len(site.seen) == 3


def test_trying_again_ends(site: Site, tmp_path: Path) -> None:
    assert "HTTP 500" in refused(offer(site, address=site.put("/guide.md", plain(b"", 500))), tmp_path)
    assert len(site.seen) == transfer.TRIES


def test_pauses_between_tries_grow(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(transfer, "PAUSE", 1.0)
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    refused(offer(site, address=site.put("/guide.md", plain(b"", 500))), tmp_path)
    assert slept == [1.0, 2.0, 4.0]


def test_a_publisher_that_is_not_there(tmp_path: Path) -> None:
    gone = Site()
    gone.server.server_close()
    assert "cannot be reached" in refused(offer(gone, address=f"{gone.root}/guide.md"), tmp_path)
    gone.server.shutdown()


def test_a_publisher_that_says_nothing(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "TIMEOUT", 0.05)
    monkeypatch.setattr(transfer, "TRIES", 2)
    held = threading.Event()
    line = refused(offer(site, address=site.put("/guide.md", lambda visitor: held.wait(2) and None)), tmp_path)
    held.set()
    assert "sent nothing for 0.05 seconds" in line


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><title>Licence</title>", b"\n <html><body>Accept?", b'<?xml version="1.0"?>\n<HTML>'])
@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/zip"])
def test_a_page_in_place_of_the_file_is_told_for_a_licence(body: bytes, kind: str, site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/edits.csv", plain(body, Content_Type=kind))), tmp_path)
    assert "accept the licence" in line
    assert leftovers(tmp_path) == set()


def test_a_page_that_is_the_file_is_kept(site: Site, tmp_path: Path) -> None:
    address = site.put("/codes.html", plain(b"<!doctype html><p>Ferrets", Content_Type="text/html"))
    assert bring(offer(site, address=address), tmp_path)[0].new


def test_a_zip_that_is_none_is_thrown_away(site: Site, tmp_path: Path) -> None:
    assert "no ZIP" in refused(offer(site, address=site.put("/edits.zip", plain(b"PK\x03\x04 cut"))), tmp_path)
    assert leftovers(tmp_path) == set()


def test_the_sum_of_the_list_must_be_the_files(site: Site, tmp_path: Path) -> None:
    address = site.put("/guide.md", plain(GUIDE))
    line = refused(offer(site, address=address, sha256="0" * 64), tmp_path)
    assert "SHA-256" in line
    assert leftovers(tmp_path) == set()
    assert bring(offer(site, address=address, sha256=hashlib.sha256(GUIDE).hexdigest().upper()), tmp_path)[0].new


def test_a_file_declared_too_large_is_not_begun(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 2**20)
    line = refused(offer(site, address=site.put("/guide.md", plain(b"", declared=5 * 2**20))), tmp_path)
    assert "5 MB or more; the limit is 1 MB" in line
    assert leftovers(tmp_path) == set()


def test_a_file_that_does_not_say_how_large_it_is_ends_at_the_limit(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 2**18)

    def endless(visitor: Visitor) -> None:
        visitor.send_response(200)
        visitor.end_headers()
        for _ in range(64):
            visitor.wfile.write(LONG[: 2**16])

    line = refused(offer(site, address=site.put("/guide.md", endless)), tmp_path)
    assert "the limit is 0 MB" in line
    assert (tmp_path / "guide.md.part").stat().st_size <= 2**18


def test_a_disk_without_room_is_seen_before_the_download(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
    line = refused(offer(site, address=site.put("/guide.md", plain(LONG))), tmp_path)
    assert re.search(r"needs 1 MB, and .* has 0 MB free", line)


def test_a_disk_that_fills_keeps_what_has_come(site: Site, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    address = site.put("/long.md", ranged(LONG))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
        line = refused(offer(site, address=address), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert "could not be written (File too large)" in line
    assert 0 < (tmp_path / "long.md.part").stat().st_size <= 300_000
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == LONG
    assert "Range" in site.seen[-1][1]


def test_a_folder_that_cannot_be_made(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "could not be written" in refused(offer(site, address=f"{site.root}/guide.md"), tmp_path / "file" / "guide")


def test_two_downloads_of_one_source_do_not_mix(site: Site, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"), pytest.raises(CorpusError, match="another codecite"):
        bring(offer(site, address=site.put("/guide.md", plain(GUIDE))), tmp_path)


def test_no_password_and_no_token_is_told(site: Site, tmp_path: Path) -> None:
    address = site.put("/guide.md", missing).replace("http://", "http://user:sesame@") + "?token=sesame"
    assert "sesame" not in refused(offer(site, address=address), tmp_path)
    assert site.seen[0][1]["Authorization"].startswith("Basic ")


def test_a_password_does_not_go_on_to_another_host(site: Site, other: Site, tmp_path: Path) -> None:
    there = other.put("/guide.md", plain(GUIDE)).replace("127.0.0.1", "localhost")
    address = site.put("/guide.md", moved(there)).replace("http://", "http://user:sesame@")
    bring(offer(site, address=address), tmp_path)
    assert "Authorization" not in other.seen[0][1]


# interruptions


def test_a_download_that_breaks_off_goes_on_from_there(site: Site, tmp_path: Path) -> None:
    address = site.put("/long.md", ranged(LONG, keeps=400_000), ranged(LONG))
    (found,) = bring(offer(site, address=address), tmp_path)
    assert found.path.read_bytes() == LONG
    second = site.seen[1][1]
    assert (second["Range"], second["If-Range"]) == ("bytes=400000-", '"v1"')
    assert leftovers(tmp_path) == {"long.md", ".long.md.mark"}


def test_one_that_always_breaks_off_says_so_and_keeps_what_came(site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/long.md", ranged(LONG, keeps=1000))), tmp_path)
    assert "broke off" in line
    assert (tmp_path / "long.md.part").read_bytes() == LONG[: 1000 * transfer.TRIES]
    assert not (tmp_path / "long.md").exists()
    site.put("/long.md", ranged(LONG))
    assert bring(offer(site, address=f"{site.root}/long.md"), tmp_path)[0].path.read_bytes() == LONG
    assert site.seen[-1][1]["Range"] == "bytes=4000-"


def test_a_truncated_body_without_parts_is_never_taken_for_whole(site: Site, tmp_path: Path) -> None:
    line = refused(offer(site, address=site.put("/guide.md", plain(GUIDE, declared=10_000))), tmp_path)
    assert "broke off" in line
    assert not (tmp_path / "guide.md").exists()


def test_a_server_that_gives_no_parts_begins_again(site: Site, tmp_path: Path) -> None:
    address = site.put("/long.md", plain(LONG[:5000], declared=len(LONG), ETag='"v1"'), plain(LONG, ETag='"v1"'))
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == LONG
    assert "Range" in site.seen[1][1]


def test_a_file_that_changed_meanwhile_begins_again(site: Site, tmp_path: Path) -> None:
    newer = LONG.replace(b"Ferret", b"Weasel")
    address = site.put("/long.md", ranged(LONG, keeps=5000), ranged(newer, '"v2"'))
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == newer


@pytest.mark.parametrize("mark", [{}, {"ETag": 'W/"weak"'}])
def test_what_cannot_be_told_to_be_the_same_file_is_not_joined(mark: dict[str, str], site: Site, tmp_path: Path) -> None:
    address = site.put("/long.md", plain(LONG[:5000], declared=len(LONG), **mark), plain(LONG, **mark))
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == LONG
    assert "Range" not in site.seen[1][1]


@pytest.mark.parametrize(
    "strange",
    [
        plain(b"", 416),
        plain(b"rest", 206, Content_Range="bytes 7-10/11", ETag='"v1"'),
        plain(b"rest", 206, ETag='"v1"'),
    ],
)
def test_a_part_that_does_not_fit_begins_again(strange: Reply, site: Site, tmp_path: Path) -> None:
    address = site.put("/long.md", ranged(LONG, keeps=5000), strange, ranged(LONG))
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == LONG
    assert "Range" not in site.seen[2][1]


def test_a_killed_download_leaves_no_file_that_looks_whole(site: Site, tmp_path: Path) -> None:
    def stop(file: str, done: int, whole: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    made = offer(site, address=site.put("/long.md", ranged(LONG)))
    with pytest.raises(KeyboardInterrupt):
        list(fetching.fetch(made, tmp_path, stop, TODAY))
    assert leftovers(tmp_path) == {"long.md.part", ".long.md.part.mark"}
    assert bring(made, tmp_path)[0].path.read_bytes() == LONG


@pytest.mark.parametrize("named", [{"ETag": '"v1"'}, {"Last_Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}])
def test_what_has_not_changed_is_not_downloaded_again(named: dict[str, str], site: Site, tmp_path: Path) -> None:
    made = offer(site, address=site.put("/guide.md", plain(GUIDE, **named), plain(b"", 304)))
    assert [found.new for found in bring(made, tmp_path)] == [True]
    assert [found.new for found in bring(made, tmp_path)] == [False]
    assert {"If-None-Match", "If-Modified-Since"} & set(site.seen[1][1])
    assert (tmp_path / "guide.md").read_bytes() == GUIDE


def test_a_packed_answer_is_unpacked(site: Site, tmp_path: Path) -> None:
    address = site.put("/guide.md", plain(gzip.compress(GUIDE), Content_Encoding="gzip", ETag='"v1"'))
    assert bring(offer(site, address=address), tmp_path)[0].path.read_bytes() == GUIDE
    assert leftovers(tmp_path) == {"guide.md", ".guide.md.mark"}
    assert (tmp_path / ".guide.md.mark").read_text() == ""


# pages of links


def landing(*links: str) -> Reply:
    return plain("".join(f'<p><a href="{link}">Here</a></p>' for link in links).encode(), Content_Type="text/html")


PARTS = r"/edits-(?P<edition>20\d\d-?q[1-4])-f\d\.md$"


def test_the_edition_in_force_and_those_posted_ahead_are_fetched_with_all_their_parts(site: Site, tmp_path: Path) -> None:
    names = [f"edits-{edition}-f{part}.md" for edition in ("2026q3", "2026q4", "2027q1") for part in (1, 2)]
    site.put("/landing", landing(*(f"/zip/{name}" for name in names), "/zip/edits-2026q4-f1.md#twice", "mailto:x@example.org", "http://["))
    for name in names:
        site.put(f"/zip/{name}", plain(GUIDE))
    found = bring(offer(site, links=[PARTS]), tmp_path)
    assert [each.path.name for each in found] == names[2:]


def test_a_link_over_a_licence_leads_to_its_file(site: Site, tmp_path: Path) -> None:
    licence = {"title": "Terms", "address": f"{site.root}/license", "summary": "Read it.", "answer": {"agree": "yes"}}
    site.put("/landing", landing("/license/ama?file=/zip/edits-2026q4-f1.md"))
    site.put("/zip/edits-2026q4-f1.md", plain(GUIDE))
    assert bring(offer(site, links=[PARTS], accept=licence), tmp_path)[0].new
    assert site.paths == ["/landing", "/zip/edits-2026q4-f1.md?agree=yes"]


def test_pages_are_followed_step_by_step_and_an_edition_named_on_the_way_holds(site: Site, tmp_path: Path) -> None:
    site.put("/landing", landing("/rvu26c", "/rvu26d-0", "/rvu25d"))
    site.put("/rvu26d-0", landing("/zip/values.zip", "/zip/values.pdf"))
    site.put("/zip/values.zip", plain(packed(**{"values.csv": b"a", "March 2020.csv": b"b", "pprrvu26_oct.csv": b"c", "more.xlsx": b"d"})))
    made = offer(site, links=[r"/(?P<edition>rvu\d\d[a-d])(-\d)?$", r"values\.zip$"], only=r"\.csv$")
    (found,) = bring(made, tmp_path)
    assert [part.name for part in found.parts] == ["October-1-2026 values.csv", "October-1-2026 March 2020.csv", "pprrvu26_oct.csv"]


def test_links_that_name_no_edition_give_the_last(site: Site, tmp_path: Path) -> None:
    site.put("/landing", landing("/zip/a.md", "/zip/c.md", "/zip/b.md"))
    site.put("/zip/c.md", plain(GUIDE))
    assert [each.path.name for each in bring(offer(site, links=[r"/zip/\w\.md$"]), tmp_path)] == ["c.md"]


def test_fiscal_years_and_days_are_told_in_addresses() -> None:
    assert fetching._edition("2027", True) == fetching.Edition("FY 2027", date(2026, 10, 1))
    assert fetching._edition("april-1-2026", True) == fetching.Edition("April 2026", date(2026, 4, 1))
    assert fetching._edition("10012026", False) == fetching.Edition("October 2026", date(2026, 10, 1))


@pytest.mark.parametrize("text", [b"", b"<p>Nothing here", b"\x00\xff", b"<a href='http://elsewhere.example/edits-2026q4-f1.md'>x</a>"])
def test_a_page_without_such_a_link_is_one_line(text: bytes, site: Site, tmp_path: Path) -> None:
    site.put("/landing", plain(text, Content_Type="text/html"))
    assert "no link that looks like the file" in refused(offer(site, links=[PARTS]), tmp_path)


def test_a_page_too_large_or_with_too_many_links_is_one_line(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put("/landing", landing(*(f"/edits-2026q4-f{part}.md?v={version}" for part in range(9) for version in range(9))))
    pattern = PARTS.replace("$", "")
    assert "links to 81 such files" in refused(offer(site, links=[pattern]), tmp_path)
    monkeypatch.setattr(transfer, "PAGE", 100)
    assert "page is larger" in refused(offer(site, links=[pattern]), tmp_path)


# archives


def test_only_the_wanted_files_of_an_archive_are_to_be_added(site: Site, tmp_path: Path) -> None:
    address = site.put("/edits.zip", plain(packed(deep__edits=b"a", **{"edits.csv": b"b", "readme.pdf": b"c"})))
    (found,) = bring(offer(site, address=address, only=r"\.csv$"), tmp_path)
    assert [part.relative_to(tmp_path).as_posix() for part in found.parts] == ["edits.zip-files/edits.csv"]
    same = site.put("/same.zip", plain(packed(**{"b__edits.csv": b"1", "c__edits.csv": b"2", "d__edits?x=1.csv": b"3"})))
    parts = bring(offer(site, address=same, only=r"\.csv$"), tmp_path)[0].parts
    assert [(part.name, part.read_bytes()) for part in parts] == [("edits.csv", b"1"), ("1 edits.csv", b"2"), ("edits-x-1.csv", b"3")]
    (found,) = bring(offer(site, address=address, only=r"\.docx$"), tmp_path)
    assert found.parts == (tmp_path / "edits.zip",)


@pytest.mark.parametrize("name", ["../../escape.csv", "/etc/escape.csv", "..\\escape.csv", "C:\\escape.csv"])
def test_an_archive_that_reaches_out_is_refused(name: str, site: Site, tmp_path: Path) -> None:
    address = site.put("/edits.zip", plain(packed(**{name: b"x", "edits.csv": b"y"})))
    assert "leads out of it" in refused(offer(site, address=address, only=r"\.csv$"), tmp_path / "in")
    assert not list(tmp_path.rglob("escape.csv"))


def test_a_damaged_member_is_one_line(site: Site, tmp_path: Path) -> None:
    body = packed(**{"edits.csv": b"column one, column two"}).replace(b"column one", b"column 111", 1)
    assert "is damaged" in refused(offer(site, address=site.put("/edits.zip", plain(body)), only=r"\.csv$"), tmp_path)


# the list


def test_the_list_that_comes_with_codecite_is_whole() -> None:
    known = offers()
    assert {"hcpcs", "ptp-practitioner", "mue", "pfs", "opps", "asp", "ncd", "lcd", "rbcs", "cvx", "us-code"} <= set(known)
    for each in known.values():
        assert {httpx.URL(address).scheme for address in (each.page, *each.address)} == {"https"}, each.name
        assert "CPT" not in each.licence or each.accept or each.name in ("ncci-manual", "cvx"), each.name
        assert not (each.address and each.links), each.name
    assert known["ptp-practitioner"].months == known["hcpcs"].months == 3


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("hcpcs", "/files/zip/october-2026-alpha-numeric-hcpcs-file.zip"),
        ("icd-10-cm", "/files/zip/april-1-2026-code-descriptions-tabular-order.zip"),
        ("icd-10-cm", "/files/zip/2027-code-tables-tabular-and-index.zip"),
        ("icd-10-cm-guidelines", "/files/document/fy-2026-icd-10-cm-coding-guidelines.pdf"),
        ("icd-10-pcs", "/files/zip/2026-icd-10-pcs-order-file-long-and-abbreviated-titles.zip"),
        ("ncci-manual", "/files/document/2026-ncci-medicare-policy-manual-all-chapters.pdf"),
        ("ptp-practitioner", "/license/ama?file=/files/zip/medicare-ncci-2026q4-practitioner-ptp-edits-ccipra-v323r0-f1.zip"),
        ("ptp-outpatient", "/license/ama?file=/files/zip/medicare-ncci-2026q4-hospital-ptp-edits-ccioph-v323r0-f4.zip"),
        ("mue", "/files/zip/medicare-ncci-2026-q4-facility-outpatient-hospital-services-mue-table.zip"),
        ("add-on", "/files/zip/add-code-edits-medicare-effective-06012026.zip"),
        ("asp", "/files/zip/october-2026-medicare-part-b-payment-limit-files-final.zip"),
        ("ndc-hcpcs", "/files/zip/october-2026-ndc-hcpcs-crosswalk-final.zip"),
    ],
)
def test_links_as_publishers_write_them_are_known_with_their_editions(name: str, link: str) -> None:
    found = offers()[name].links[-1].search(link)
    assert found
    assert fetching._edition(found["edition"], offers()[name].fiscal)


def test_two_steps_lead_to_fee_schedules() -> None:
    pfs, opps = offers()["pfs"], offers()["opps"]
    assert pfs.links[0].search("https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files/rvu26d")
    assert pfs.links[1].search("https://www.cms.gov/files/zip/rvu26d-updated-08-26-2026.zip")
    assert opps.links[0].search("/hospital-outpatient-pps/quarterly-addenda-updates/july-2026-addendum-b")
    assert all(opps.links[1].search(f"/files/zip/{x}.zip") for x in ("October-2026-OPPS-Addendum-B", "cy-2026-april-opps-addendum-b"))
    wanted = ["PPRRVU2026_Jul_nonQPP.csv", "PPRRVU25_OCT.csv", "GPCI2026.csv"]
    assert [
        name for name in [*wanted, "PPRRVU2026_Jul_QPP.csv", "GPCI2026.txt", "OPPSCAP_Jul.csv"] if pfs.only and pfs.only.search(name)
    ] == wanted


@pytest.mark.parametrize(
    "name",
    [
        "codes_only/rbcs_categories_2024_nodesc.csv",
        "coverage/ncd_trkg.csv",
        "fees/asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv",
        "fees/asp_payment_limits_2026_jan_nodesc.csv",
        "fees/opps_addendum_b_2025_oct_nodesc.csv",
        "fees/pfs_gpci_2024.csv",
        "fees/pprrvu2025_oct_nodesc.csv",
        "hcpcs/hcpcs_2026Q1_jan.csv",
        "icd10cm/april-1-2025-code-descriptions-tabular-order.zip",
        "icd10cm/icd10cm_conversion_table_FY25.csv",
        "icd10cm/icd10cm-neoplasm-April-1-2026.xml",
        "ncci/addon_code_edits_2024.csv",
        "ncci/mue_2024Q3_dme.csv",
        "ncci/mue_2024Q3_out.csv",
        "ncci/mue_2024Q3_prac.csv",
        "reference/carc_rarc_adjustment_codes_2024.csv",
        "reference/place_of_service_codes.csv",
        "statute/usc_title42_ssa_medicare_medicaid_2023.jsonl",
        "vaccines/cvx_to_cpt_codes_only_2026-01.csv",
    ],
)
def test_the_list_calls_publications_what_their_readers_do(name: str) -> None:
    assert ingest.read(need(name)).source.publication in rhythms()


def test_every_publication_has_its_rhythm() -> None:
    found = rhythms()
    assert found["HCPCS Level II"] == 3
    assert found["ICD-10-CM Official Guidelines"] == 12
    assert len(found) == sum(len(each.publication) for each in offers().values())


BEGUN = '[sources.guide]\ntitle = "Guide"\npublication = "Guide"\npage = "https://a.example/"\nlicence = "none"\nmonths = 3\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "sources: "),
        ("[sources", "no TOML"),
        ("sources = 3", "write a table a source"),
        ("sources.guide = 3", "write a table a source"),
        (BEGUN.replace("months = 3", "months = 0"), "sources.guide.months: "),
        (BEGUN.replace("months = 3", ""), "sources.guide.months: "),
        (BEGUN.replace("sources.guide", 'sources."../guide"'), "name: "),
        (BEGUN + 'addres = "https://a.example/x"', "sources.guide.addres: "),
        (BEGUN + 'address = "ftp://a.example/x"', "sources.guide.address.0: "),
        (BEGUN + 'links = ["("]', "sources.guide.links.0: "),
        (BEGUN + 'accept = "amma"', "sources.guide.accept: "),
        (BEGUN + f'sha256 = "{"0" * 64}"', "1 sums for 0 addresses"),
        (BEGUN + 'address = "https://a.example/x"\nsha256 = "abc"', "sources.guide.sha256.0: "),
        ("\xff", "no TOML"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CorpusError) as error:
        offers(path)
    assert str(error.value).startswith(f"{path}: ")
    assert words in str(error.value)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No such file"):
        offers(tmp_path / "none.toml")


def test_the_list_promises_no_more_than_the_keys_explain() -> None:
    explained = LISTED.read_text(encoding="utf-8").split("\n\n")[0]
    assert all(re.search(rf"\b{key}\b", explained) for key in set(Offer.model_fields) - {"name", "title", "note"})


# the command


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over a new home that needs no preparing."""
    monkeypatch.setenv("CODECITE_HOME", str(home))
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())
    monkeypatch.setattr(Library, "prepared", True)
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def mine(site: Site, folder: Path, **more: str) -> Path:
    """A list with one source of the made-up publisher, and one that is downloaded by hand."""
    head = f'publication = "HCPCS Level II"\npage = "{site.root}/landing"\nlicence = "none"\nmonths = 3\n'
    rest = "".join(f"{key} = {value}\n" for key, value in more.items())
    terms = f'[licences.terms]\ntitle = "Terms"\naddress = "{site.root}/terms"\nsummary = "Do not sell it."\nanswer = {{ agree = "yes" }}\n'
    path = folder / "mine.toml"
    by_hand = head.replace("HCPCS Level II", "Other")
    path.write_text(
        f'{terms}[sources.codes]\ntitle = "Codes"\n{head}{rest}[sources.hand]\ntitle = "By hand"\nnote = "it is on paper"\n{by_hand}'
    )
    return path


def codes(site: Site) -> str:
    return site.put("/HCPC2026_JAN_made_up.csv", ranged(HCPCS.encode()))


def test_what_is_fetched_is_added_with_vectors(site: Site, run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run("fetch", "--from", mine(site, tmp_path, address=f'"{codes(site)}"'), "codes")
    assert (found.exit_code, found.stderr) == (0, "")
    assert "codes: HCPC2026_JAN_made_up.csv: downloaded" in found.stdout
    assert "added as HCPCS Level II (hcpcs-2026-01)" in found.stdout
    library = open_library(home, monkeypatch)
    assert library.catalog.knows("HCPCS", "J9901")
    assert library.vectors.missing(library.catalog) == []
    assert (home / "downloads" / "codes" / "HCPC2026_JAN_made_up.csv").read_text() == HCPCS


def test_fetching_again_changes_nothing(site: Site, run: Run, tmp_path: Path) -> None:
    words = ("fetch", "--from", mine(site, tmp_path, address=f'"{codes(site)}"'), "codes")
    run(*words)
    again = run(*words)
    assert again.exit_code == 0
    assert "not changed since it was downloaded" in again.stdout
    assert "unchanged (hcpcs-2026-01)" in again.stdout


def test_a_licence_is_shown_and_must_be_accepted(site: Site, run: Run, tmp_path: Path) -> None:
    listed = mine(site, tmp_path, address=f'"{codes(site)}"', accept='"terms"')
    found = run("fetch", "--from", listed, "codes")
    assert found.exit_code == 1
    assert all(words in found.stdout for words in ("Terms", "Do not sell it.", f"{site.root}/terms"))
    (line,) = found.stderr.splitlines()
    assert "codecite fetch --accept codes" in line
    assert site.seen == []
    accepted = run("fetch", "--from", listed, "--accept", "codes")
    assert (accepted.exit_code, accepted.stderr) == (0, "")
    assert site.paths == ["/HCPC2026_JAN_made_up.csv?agree=yes"]


def test_one_that_fails_does_not_keep_the_others_back(site: Site, run: Run, tmp_path: Path) -> None:
    found = run("fetch", "--from", mine(site, tmp_path, address=f'"{codes(site)}"'), "hand", "codes", "hand")
    assert found.exit_code == 1
    (line,) = found.stderr.splitlines()
    assert line.startswith("hand: it cannot be downloaded by a program (it is on paper). Open ")
    assert "added as HCPCS" in found.stdout


def test_a_table_of_several_files_is_added_whole_or_not_at_all(site: Site, run: Run, home: Path, tmp_path: Path) -> None:
    found = run("fetch", "--from", mine(site, tmp_path, address=f'["{codes(site)}", "{site.root}/gone.csv"]'), "codes")
    assert found.exit_code == 1
    assert found.stdout == ""
    assert "no longer has the file" in found.stderr
    assert (home / "downloads" / "codes" / "HCPC2026_JAN_made_up.csv").exists()


def test_a_licence_of_several_sources_is_shown_once(site: Site, run: Run, tmp_path: Path) -> None:
    listed = mine(site, tmp_path, address=f'"{codes(site)}"', accept='"terms"')
    listed.write_text(listed.read_text().replace("[sources.hand]", '[sources.hand]\naccept = "terms"'))
    found = run("fetch", "--from", listed, "codes", "hand")
    assert found.stdout.count("Do not sell it.") == 1
    assert len(found.stderr.splitlines()) == 2


def test_a_file_that_cannot_be_read_ends_in_status_one(site: Site, run: Run, tmp_path: Path) -> None:
    found = run("fetch", "--from", mine(site, tmp_path, address=f'"{site.put("/empty.csv", plain(b""))}"'), "codes")
    assert found.exit_code == 1
    assert "it is empty" in found.stderr


def test_a_name_that_is_not_listed_is_a_wrong_use(site: Site, run: Run, tmp_path: Path) -> None:
    found = run("fetch", "--from", mine(site, tmp_path), "code")
    assert found.exit_code == 2
    assert found.stderr == "code: no such source; there are codes, hand.\n"


def test_a_list_that_is_broken_is_one_line(run: Run, tmp_path: Path) -> None:
    found = run("fetch", "--from", tmp_path / "none.toml")
    assert found.exit_code == 1
    assert len(found.stderr.splitlines()) == 1


def test_without_names_everything_is_listed_with_the_edition_in_the_library(site: Site, run: Run, tmp_path: Path) -> None:
    listed = mine(site, tmp_path, address=f'"{codes(site)}"', accept='"terms"')
    run("fetch", "--from", listed, "--accept", "codes")
    found = run("fetch", "--from", listed)
    assert found.exit_code == 0
    assert all(words in found.stdout for words in ("codes", "every 3", "January", "2026", "--accept", "by hand"))
    rows = json.loads(run("fetch", "--from", listed, "--json").stdout)["sources"]
    assert [(row["name"], row["edition"], row["how"]) for row in rows] == [
        ("codes", "January 2026", "fetch --accept"),
        ("hand", None, "by hand"),
    ]


def test_the_list_that_comes_with_codecite_is_shown(run: Run) -> None:
    found = run("fetch")
    assert found.exit_code == 0
    assert all(name in found.stdout for name in offers())


def test_a_proxy_of_the_environment_is_used(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Site()
    proxy.put("http://mirror.example/guide.md", plain(GUIDE))
    monkeypatch.setenv("HTTP_PROXY", proxy.root)
    monkeypatch.setenv("NO_PROXY", "")
    assert bring(offer(site, address="http://mirror.example/guide.md"), tmp_path)[0].new
    proxy.server.shutdown()
    proxy.server.server_close()
