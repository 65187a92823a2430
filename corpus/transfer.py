"""Bring one file over the network: redirects watched, interruptions resumed, and nothing taken for whole that is not."""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from corpus.ingest import LARGEST
from corpus.model import CorpusError

TIMEOUT = 60.0  # seconds without a byte
TRIES = 4
PAUSE = 1.0  # seconds before the second try, doubled before each further one
REDIRECTS = 5
PAGE = 8 * 2**20  # bytes a page of links may have
_MARKUP = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I)
_Value = TypeVar("_Value")
Report = Callable[[str, int, int | None], None]  # (file, bytes that are here, bytes of the whole where that is known)


class _Again(CorpusError):
    """A moment's trouble: another try may succeed."""


def connected() -> httpx.Client:
    """Open a client; proxies and certificates are what the environment says, files come as they are, so that lengths are true."""
    return httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "codecite", "Accept-Encoding": "identity"})


def tried(work: Callable[[], _Value]) -> _Value:
    """Do a thing that the network may spoil, a few times; CorpusError where it never succeeds."""
    tries = Retrying(
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(multiplier=PAUSE, max=60),
        retry=retry_if_exception_type((_Again, httpx.TransportError)),
        reraise=True,
    )
    try:
        return tries(work)
    except httpx.TimeoutException:
        raise CorpusError(f"the publisher sent nothing for {TIMEOUT:g} seconds") from None
    except httpx.RemoteProtocolError:
        raise CorpusError("the connection broke off; run the same command to go on from there") from None
    except httpx.RequestError as error:
        raise CorpusError(f"the publisher cannot be reached ({type(error).__name__})") from None


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def may_lead(origin: httpx.URL, target: httpx.URL) -> bool:
    """Whether one address may send on to another: over HTTPS, within a host named by the person, or within this machine."""
    if target.scheme == "https":
        return True
    same = origin.scheme == target.scheme == "http"
    return same and (origin.host == target.host or (_loopback(origin.host) and _loopback(target.host)))


@contextmanager
def answered(client: httpx.Client, url: httpx.URL, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """Open what an address leads to in the end."""
    request = client.build_request("GET", url, headers=headers)
    for _ in range(REDIRECTS + 1):
        response = client.send(request, stream=True)
        if response.next_request is None:
            break
        response.close()
        if not may_lead(request.url, response.next_request.url):
            raise CorpusError(f"{request.url.host} sends on to {response.next_request.url.host} without encryption")
        request = response.next_request
    else:
        raise CorpusError(f"{request.url.host} sends on more than {REDIRECTS} times")
    try:
        yield response
    finally:
        response.close()


def _accepted(response: httpx.Response) -> None:
    """Raise where the answer is not what was asked for."""
    code, host = response.status_code, response.url.host
    if code in (408, 425, 429) or code >= 500:
        raise _Again(f"{host} is out of order or too busy (HTTP {code}); try again later")
    if code in (404, 410):
        raise CorpusError(f"{host} no longer has the file at the address codecite knows (HTTP {code})")
    if code not in (200, 206):
        raise CorpusError(f"{host} does not hand the file out (HTTP {code})")


def page(client: httpx.Client, address: str) -> bytes:
    """Read a page of links."""
    with answered(client, httpx.URL(address), {}) as response:
        _accepted(response)
        text = bytearray()
        for block in response.iter_bytes():
            text += block
            if len(text) > PAGE:
                raise CorpusError(f"its page is larger than {PAGE >> 20} MB")
        return bytes(text)


def _mark(path: Path) -> Path:
    """Where the publisher's mark of a file's version is kept."""
    return path.with_name(f".{path.name}.mark")


def _conditions(target: Path, part: Path) -> dict[str, str]:
    """What to ask for: the rest of what is here in part, or a change of what is here whole."""
    kept = part if part.exists() else target
    mark = _mark(kept).read_text(encoding="ascii") if kept.exists() and _mark(kept).exists() else ""
    if not mark:
        return {}
    if kept is part:
        return {"Range": f"bytes={part.stat().st_size}-", "If-Range": mark}
    return {"If-None-Match" if mark.startswith('"') else "If-Modified-Since": mark}


def _version(response: httpx.Response) -> str:
    """A mark that changes when the file does; none where the publisher gives only a weak one, or packs what it sends."""
    tag = response.headers.get("ETag", "")
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    mark = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    return "" if packed or not mark.isascii() else mark


def _whole(response: httpx.Response, start: int) -> int | None:
    """How many bytes the file has in all, where the answer says so."""
    length = response.headers.get("Content-Length", "")
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    return start + int(length) if length.isdecimal() and not packed else None


def _forget(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        _mark(path).unlink(missing_ok=True)


def transfer(client: httpx.Client, url: httpx.URL, target: Path, sha256: str, report: Report) -> bool:
    """Bring a file whole to its place; False where the one there is still what the publisher has."""
    part = target.with_name(target.name + ".part")
    asked = _conditions(target, part)
    with answered(client, url, asked) as response:
        if response.status_code == 304 and target.exists():
            return False
        if response.status_code == 416:
            _forget(part)
            raise _Again("the publisher does not go on where the download broke off")
        _accepted(response)
        _received(response, part, report, target.name)
    _checked(part, target.name, sha256)
    part.replace(target)
    if _mark(part).exists():
        _mark(part).replace(_mark(target))
    return True


def _received(response: httpx.Response, part: Path, report: Report, name: str) -> None:
    """Write what comes to the file that is here in part: after what it holds, or from its beginning."""
    start = 0
    if response.status_code == 206:
        found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        start = part.stat().st_size if part.exists() else 0
        if not found or int(found[1]) != start:
            _forget(part)
            raise _Again("the publisher sent another part of the file than was asked for")
    whole = _whole(response, start)
    _fits(part.parent, whole, start)
    blocks = response.iter_bytes()
    first = next(blocks, b"")
    if not start:
        _no_page(response, name, first)
        _forget(part)
        _mark(part).write_text(_version(response), encoding="ascii")
    with part.open("ab" if start else "wb") as file:
        for block in _chain(first, blocks):
            start += len(block)
            _fits(part.parent, start, start)
            file.write(block)
            report(name, start, whole)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _fits(folder: Path, whole: int | None, here: int) -> None:
    """Raise where a file is larger than files may be, or than the disk has room for."""
    if whole is None:
        return
    if whole > LARGEST:
        raise CorpusError(f"it has {whole >> 20:,} MB or more; the limit is {LARGEST >> 20} MB")
    if whole > here and whole - here > (free := shutil.disk_usage(folder).free):
        raise CorpusError(f"it needs {(whole - here) / 2**20:,.0f} MB, and {folder} has {free / 2**20:,.0f} MB free")


def _no_page(response: httpx.Response, name: str, first: bytes) -> None:
    html = response.headers.get("Content-Type", "").lower().startswith("text/html") or _MARKUP.match(first)
    if html and not name.lower().endswith((".html", ".htm")):
        raise CorpusError("a web page came in place of the file, perhaps the one that asks to accept the licence: accept it there")


def _checked(part: Path, name: str, sha256: str) -> None:
    """Throw away what is damaged."""
    if sha256:
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            _forget(part)
            raise CorpusError(f"{name} is not the file that was listed (SHA-256 {found[:12]}…, not {sha256[:12]}…); it was thrown away")
    if name.lower().endswith(".zip") and not zipfile.is_zipfile(part):
        _forget(part)
        raise CorpusError(f"{name} is no ZIP that can be opened; it was thrown away")
