"""The library desk: what is loaded, files taken in and away, publications fetched, and what changed between two editions."""

import csv
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from shutil import rmtree
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from assistant import fetching, listing
from assistant.web.jobs import Job, Jobs, shown
from assistant.web.person import may, person
from assistant.web.pieces import blocks, form, rendered
from assistant.web.uploads import FILES, STATED, Upload, Uploads, confirm, stage
from corpus import ingest
from corpus.differences import Change, changes
from corpus.ingest import Outcome
from corpus.model import CorpusError
from corpus.payers import PAYERS
from corpus.publishers import Offer, offers
from index.library import Library

SHOWN = 200  # changes of a kind told one by one
Fill = Callable[[], object]


class Shelf:
    """What may be done to a library here: each of the longer things is the work of a job."""

    def __init__(self, library: Library, fill: Fill) -> None:
        self.library = library
        self.uploads = Uploads(library.home)
        self._fill = fill

    def add(self, upload: Upload, paths: Sequence[Path], job: Job) -> None:
        """Take the confirmed files of an upload in, then throw the upload away."""
        total = sum(1 for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.suffix != ".toml")
        try:
            self._take(paths, total, str(upload.folder), job)
        finally:
            rmtree(upload.folder, ignore_errors=True)

    def _take(self, paths: Sequence[Path], total: int, folder: str, job: Job) -> None:
        counts: Counter[str] = Counter()
        job.step(0, total, "")
        try:
            for at, (found, outcome) in enumerate(self.library.add_all(paths), 1):
                name = found.name.removeprefix(f"{folder}/")
                counts[outcome.status] += 1
                job.errors += _troubles(name, outcome)
                job.step(at, max(total, at), name)
        finally:
            job.told = (", ".join(f"{count:,} {status}" for status, count in counts.items()) or "Nothing was added") + "."
            if counts["added"] or counts["replaced"]:
                threading.Thread(target=self._fill, name="vectors", daemon=True).start()

    def fetch(self, offer: Offer, job: Job) -> None:
        """Download a publication from its publisher and take it in."""
        from corpus.fetch import fetch

        folder = self.library.home / "downloads" / offer.name

        def report(file: str, done: int, whole: int | None) -> None:
            job.step(done / 2**20, (whole or 0) / 2**20, file)

        paths = [path for found in fetch(offer, folder, report) for path in found.parts]
        job.goes_on("Adding", "files")
        self._take(paths, len(paths), str(folder), job)


def _troubles(name: str, outcome: Outcome) -> Iterator[str]:
    """What could not be read of a file: all of it, or rows."""
    if outcome.status in ("refused", "left out"):
        yield f"{name}: {outcome.status}: {outcome.reason}"
    yield from (f"{name}: not read: {remark}" for remark in outcome.remarks)


def _comparable(rows: Sequence[dict[str, Any]], library: Library) -> dict[str, list[dict[str, Any]]]:
    """Publications of which several editions are loaded, newest first."""
    titles = {source.id: source.publication for source in library.sources}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["effective"] or "", reverse=True):
        found.setdefault(titles.get(row["source_id"], ""), []).append(row)
    return {name: held for name, held in sorted(found.items()) if name and len(held) > 1}


def _changes(library: Library, before: str, after: str) -> list[Change]:
    """What changed between two editions of a publication.

    Raises HTTPException where they are none.
    """
    pair = [source for source in map(library.catalog.source, (before, after)) if source]
    if len(pair) < 2 or pair[0].publication != pair[1].publication:
        raise HTTPException(422, "Choose two editions of one publication.")
    return list(changes(library.catalog, before, after))


def _difference(library: Library, before: str, after: str) -> HTMLResponse:
    found = _changes(library, before, after)
    kinds = Counter((one.what, one.change) for one in found)
    listed = {kind: [one for one in found if (one.what, one.change) == kind][:SHOWN] for kind in kinds}
    pair = [library.catalog.source(source_id) for source_id in (before, after)]
    return rendered("library_diff.html", kinds=kinds, listed=listed, before=pair[0], after=pair[1])


def _as_csv(found: Sequence[Change]) -> Iterator[str]:
    from assistant.claimreport import cell

    for row in (("what", "change", "which", "before", "after"), *((one.what, one.change, one.key, one.before, one.after) for one in found)):
        text = StringIO()
        csv.writer(text).writerow(map(cell, row))
        yield text.getvalue()


def library_views(library: Library, jobs: Jobs, fill: Fill) -> APIRouter:
    """The views of the library desk, below /view/library: everyone may look, those whose role allows it may change."""
    router = APIRouter(prefix="/library")
    shelf = Shelf(library, fill)
    _looking(router, library)
    _changing(router, shelf, jobs)
    _uploading(router, shelf, jobs)
    return router


def _librarian(request: Request) -> None:
    """Refuse whoever may not change the library."""
    if not may(request, "library"):
        raise HTTPException(403, "You may look at the library, and not change it.")


_CHANGING: list[Any] = [Depends(_librarian)]  # of a route that changes the library


def _looking(router: APIRouter, library: Library) -> None:
    @router.get("")
    def desk(request: Request) -> HTMLResponse:
        return rendered("library.html", may=may(request, "library"), largest=ingest.LARGEST >> 20, files=FILES)

    @router.get("/table")
    def table(request: Request) -> HTMLResponse:
        library.freshen()
        rows = sorted(listing.loaded(library), key=lambda row: str(row["title"]).casefold())
        return rendered("library_table.html", rows=rows, may=may(request, "library"), publications=_comparable(rows, library))

    @router.get("/offers")
    def offering(request: Request) -> HTMLResponse:
        known = offers()
        return rendered("library_offers.html", rows=fetching.offered(known, library), offers=known, may=may(request, "library"))

    @router.get("/diff")
    def diff(before: str = "", after: str = "") -> HTMLResponse:
        return _difference(library, before, after)

    @router.get("/diff.csv")
    def diff_csv(before: str = "", after: str = "") -> StreamingResponse:
        found = _changes(library, before, after)
        headers = {"Content-Disposition": 'attachment; filename="difference.csv"', "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(_as_csv(found), media_type="application/octet-stream", headers=headers)


def _changing(router: APIRouter, shelf: Shelf, jobs: Jobs) -> None:
    @router.post("/remove", dependencies=_CHANGING)
    async def remove(request: Request) -> Response:
        fields = await form(request)
        source_id = fields.get("source_id", [""])[0]
        if fields.get("sure") != ["yes"]:
            raise HTTPException(422, "Nothing was removed: it must be said twice.")
        try:
            await run_sync(shelf.library.remove, source_id)
        except CorpusError as error:
            raise HTTPException(422, str(error)) from None
        return Response(status_code=204)

    @router.post("/fetch", dependencies=_CHANGING)
    async def fetch(request: Request) -> HTMLResponse:
        fields = await form(request)
        offer = offers().get(fields.get("name", [""])[0])
        if offer is None or offer.by_hand:
            raise HTTPException(422, "There is nothing of this name that can be fetched.")
        if offer.accept and fields.get("accept") != ["yes"]:
            raise HTTPException(422, "Its licence must be accepted first.")
        return shown(jobs.start(person(request), f"Fetching {offer.title}", "MB", partial(shelf.fetch, offer)))


def _uploading(router: APIRouter, shelf: Shelf, jobs: Jobs) -> None:
    def held(request: Request, token: str) -> Upload:
        if upload := shelf.uploads.of(person(request), token):
            return upload
        raise HTTPException(404, "This upload is gone: it was added, or not wanted, or the server was started again. Send it again.")

    @router.post("/uploads", dependencies=_CHANGING)
    def begin(request: Request) -> JSONResponse:
        return JSONResponse({"id": shelf.uploads.open(person(request)).id})

    @router.put("/uploads/{token}/file", dependencies=_CHANGING)
    async def receive(request: Request, token: str, name: str = "") -> Response:
        await _received(request, held(request, token), name)
        return Response(status_code=204)

    @router.post("/uploads/{token}/read", dependencies=_CHANGING)
    def read(request: Request, token: str) -> HTMLResponse:
        upload = held(request, token)
        if upload.staged or not upload.received:
            raise HTTPException(422, "There are no files to read.")
        job = jobs.start(upload.owner, "Reading", "bytes", lambda job: stage(upload, job.step))
        job.then = f"view/library/uploads/{token}"
        return shown(job)

    @router.get("/uploads/{token}", dependencies=_CHANGING)
    def staged(request: Request, token: str) -> HTMLResponse:
        return rendered("library_staged.html", upload=held(request, token), names=STATED, payers=PAYERS)

    @router.post("/uploads/{token}/add", dependencies=_CHANGING)
    async def add(request: Request, token: str) -> HTMLResponse:
        upload = held(request, token)
        try:
            paths = await run_sync(confirm, upload, await form(request, 4 * 2**20))
        except CorpusError:
            return rendered("library_staged.html", upload=upload, names=STATED, payers=PAYERS)
        if not paths:
            raise HTTPException(422, "No file is chosen.")
        job = jobs.start(upload.owner, "Adding", "files", partial(shelf.add, upload, paths))
        shelf.uploads.forget(upload)
        return shown(job)

    @router.post("/uploads/{token}/drop", dependencies=_CHANGING)
    def drop(request: Request, token: str) -> Response:
        shelf.uploads.drop(held(request, token))
        return Response(status_code=204)


async def _received(request: Request, upload: Upload, name: str) -> None:
    """Write a file as it comes; nothing is kept of one that is too large or breaks off.

    Raises HTTPException with the reason.
    """
    try:
        path, largest = upload.place(name)
    except CorpusError as error:
        raise HTTPException(409, str(error)) from None
    whole = False
    try:
        with path.open("xb") as file:
            async for block in blocks(request, largest):
                file.write(block)
        upload.received[path] = path.stat().st_size
        whole = True
    except OSError:
        raise HTTPException(422, "It cannot be kept under this name, or the disk is full.") from None
    finally:
        if not whole:
            upload.received.pop(path, None)
            path.unlink(missing_ok=True)
