"""Bring a publication from its publisher: find the edition wanted, have its files transferred, say what is to be added."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin

import httpx
from filelock import FileLock, Timeout

from corpus.archives import DAMAGED, content, members
from corpus.model import CorpusError
from corpus.publishers import Offer
from corpus.readers.editions import Edition, edition_in
from corpus.transfer import Report, connected, may_lead, page, transfer, tried

FILES = 24  # files of one publication fetched at a time


@dataclass(frozen=True, slots=True)
class _Link:
    """A file to download, and the edition its publisher's page puts it under."""

    address: str
    edition: Edition | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that lies on this machine now."""

    path: Path
    size: int
    new: bool  # whether it had to be downloaded
    parts: tuple[Path, ...]  # what is to be added: itself, or the files wanted of what it packs


def fetch(offer: Offer, folder: Path, report: Report, today: date | None = None) -> Iterator[Fetched]:
    """Bring every file of a publication into a folder: of the edition in force, and of those posted ahead.

    Whoever calls this has had its licence accepted. Raises CorpusError, one line that names the page where a person finds it.
    """
    by_hand = f"Open {offer.page}, download it there, and add the file with `codecite add`."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0), connected() as client:
            for link in _wanted(client, offer, today or date.today()):
                yield _fetched(client, offer, link, folder, report)
    except Timeout:
        raise CorpusError(f"{offer.name}: another codecite is downloading it now.") from None
    except OSError as error:
        raise CorpusError(f"{offer.name}: {folder} could not be written ({error.strerror or error}). Its page: {offer.page}") from None
    except (CorpusError, httpx.InvalidURL) as error:
        raise CorpusError(f"{offer.name}: {error}. {by_hand}") from None


def _wanted(client: httpx.Client, offer: Offer, today: date) -> list[_Link]:
    if offer.address:
        sums = offer.sha256 or ("",) * len(offer.address)
        return [_Link(address, sha256=each.lower()) for address, each in zip(offer.address, sums, strict=True)]
    if not offer.links:
        raise CorpusError("it cannot be downloaded by a program" + (f" ({offer.note})" if offer.note else ""))
    links = [_Link(offer.page)]
    for pattern in offer.links:
        found = [link for step in links for link in _links(client, step, pattern, offer.fiscal)]
        links = _current(list(dict.fromkeys(found)), today)
        if not links:
            raise CorpusError("its page has no link that looks like the file any more")
    if len(links) > FILES:
        raise CorpusError(f"its page links to {len(links)} such files; {FILES} are the most that are fetched at a time")
    return links


def _links(client: httpx.Client, step: _Link, pattern: re.Pattern[str], fiscal: bool) -> Iterator[_Link]:
    """The links of a page that fit a pattern; where one leads to a licence first, the file behind it."""
    from lxml import etree, html

    address, origin = step.address, httpx.URL(step.address)
    try:
        hrefs = html.document_fromstring(tried(lambda: page(client, address))).xpath("//a/@href")
    except (etree.LxmlError, ValueError):
        hrefs = []
    for href in hrefs:
        try:
            url = httpx.URL(urljoin(address, str(href).strip()))
            url = httpx.URL(urljoin(address, behind)) if (behind := url.params.get("file")) else url
        except (httpx.InvalidURL, ValueError):
            continue
        if (found := pattern.search(unquote(str(url)))) and may_lead(origin, url):
            named = found.groupdict().get("edition")
            yield _Link(str(url), (_edition(named, fiscal) if named else edition_in(_name(unquote(url.path)), fiscal)) or step.edition)


def _edition(text: str, fiscal: bool) -> Edition | None:
    """An edition as publishers write it in addresses: rvu26d is the fourth quarter's, 06012026 a day."""
    if found := re.fullmatch(r"rvu(\d\d)([a-d])", text, re.I):
        return edition_in(f"20{found[1]}q{'abcd'.index(found[2].lower()) + 1}")
    if found := re.fullmatch(r"(\d\d)(\d\d)(20\d\d)", text):
        return edition_in("-".join(found.groups()))
    return edition_in(text, fiscal)


def _current(links: list[_Link], today: date) -> list[_Link]:
    """Of several editions the one in force and those posted ahead; where none is told, the last by its address."""
    begins = {link.edition.begins for link in links if link.edition}
    if not begins:
        return sorted(links, key=lambda link: link.address)[-1:]
    in_force = max((day for day in begins if day <= today), default=min(begins))
    return [link for link in links if link.edition and link.edition.begins >= in_force]


def _name(path: str) -> str:
    """A file name from a path, without what could lead elsewhere; CMS writes a day at the end of a name as folders (…-01/10/2025.zip)."""
    *folders, name = PurePosixPath("/", path).parts[1:] or ("file",)
    while folders and re.fullmatch(r"[\d-]+\.\w+", name):
        name = f"{folders.pop()}-{name}"
    return re.sub(r"[^\w.,()+ -]", "-", name).lstrip(". ")[-120:] or "file"


def _fetched(client: httpx.Client, offer: Offer, link: _Link, folder: Path, report: Report) -> Fetched:
    url = httpx.URL(link.address)
    target = folder / _name(unquote(url.path))
    if offer.accept and offer.accept.answer:
        url = url.copy_merge_params(offer.accept.answer)
    new = tried(lambda: transfer(client, url, target, link.sha256, report))
    parts = tuple(_parts(offer.only, target, link.edition)) if offer.only else ()
    return Fetched(target, target.stat().st_size, new, parts or (target,))


def _parts(only: re.Pattern[str], target: Path, edition: Edition | None) -> Iterator[Path]:
    """Unpack the files wanted of an archive; a name that tells no edition, or another, is given the one of its page."""
    taken: set[str] = set()
    if not zipfile.is_zipfile(target):
        return
    try:
        with zipfile.ZipFile(target) as archive:
            for item in members(archive):
                if not only.search(item.filename):
                    continue
                name = _name(item.filename.replace("\\", "/"))
                if edition and ((told := edition_in(name)) is None or told.begins != edition.begins):
                    name = f"{edition.begins:%B-1-%Y} {name}"
                if name in taken:
                    name = f"{len(taken)} {name}"
                taken.add(name)
                place = target.with_name(f"{target.name}-files") / name
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(content(archive, item))
                yield place
    except DAMAGED as error:
        raise CorpusError(f"{target.name} is damaged ({error})") from None
