"""The claim desk: lines typed or pasted, what is on file against them, and files of many claims checked behind the page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from assistant import claimfile, claimreport
from assistant.claims import Scope, check_claim
from assistant.findings import Claim, Finding
from assistant.inputs import LINES
from assistant.web.jobs import Job, Jobs, shown
from assistant.web.person import person
from assistant.web.pieces import blocks, form, rendered
from assistant.web.render import opens
from corpus.model import CorpusError, Source
from corpus.payers import PAYERS
from index.library import Library

LARGEST = 8 * 2**20  # bytes of a file of claims
UNPACKED = 128 * 2**20  # bytes a workbook may unpack to
ROWS = 6  # empty lines to begin with
SETTINGS = ("practitioner", "outpatient hospital", "inpatient hospital", "DME supplier")
_ABOUT = ("date", "place", "setting", "payer", "age", "sex", "diagnoses")
_CELLS = ("code", "units", "modifiers", "diagnoses")
Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read: its line from 1 (0: the claim's own), its field, and why."""

    line: int
    name: str
    why: str


def typed(fields: Fields) -> dict[str, Any]:
    """The claim of a form as a program would send it; lines left blank are none.

    Raises HTTPException where it has more lines than are checked at once.
    """
    columns = [fields.get(f"line.{name}", []) for name in _CELLS]
    lines = [dict(zip(_CELLS, cells, strict=False)) for cells in zip(*columns, strict=False) if any(cell.strip() for cell in cells)]
    if len(lines) > LINES:
        raise HTTPException(422, f"A claim may have {LINES} lines here: check the others as another claim, or as a file.")
    return {name: fields.get(name, [""])[0] for name in _ABOUT} | {"lines": lines}


def faults(held: Mapping[str, Any]) -> Iterator[Fault]:
    """Every cell that cannot be read."""
    for at, cells in enumerate([{name: held[name] for name in _ABOUT}, *held["lines"]]):
        for name, cell in cells.items():
            try:
                claimfile.value_of(name, cell)
            except ValueError as error:
                yield Fault(at, name, str(error).removeprefix(f"{name}: "))


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with what was found on it and what it was checked against."""

    claim: Claim
    findings: list[Finding]
    measured: dict[str, list[Source]]


def checked(held: Mapping[str, Any], library: Library) -> Checked:
    """Check what was typed.

    Raises ValueError where it is no claim.
    """
    library.freshen()
    claim = claimfile.claim_of(held, date.today())
    return Checked(claim, check_claim(claim, library), Scope(claim, library).measured())


def _result(held: Mapping[str, Any], library: Library) -> HTMLResponse:
    wrong = list(faults(held))
    if wrong or not held["lines"]:
        return rendered("claim_faults.html", faults=wrong)
    return rendered("claim_found.html", checked=checked(held, library), opens=opens, unseen=claimreport.UNSEEN)


def _taken_away(kind: str, held: Mapping[str, Any], library: Library) -> Response:
    """The findings as a file.

    Raises HTTPException where the claim cannot be read.
    """
    if list(faults(held)) or not held["lines"]:
        raise HTTPException(422, "There is nothing to take away yet: check the claim first.")
    found = checked(held, library)
    if kind == "csv":
        text = claimreport.header() + claimreport.rows("", found.claim.on.isoformat(), found.findings)
    else:
        text = claimreport.markdown(found.claim, found.findings, found.measured)
    headers = {"Content-Disposition": f'attachment; filename="claim-{found.claim.on}.{kind}"', "Cache-Control": "no-store"}
    return Response(text.encode("utf-8-sig" if kind == "csv" else "utf-8"), media_type="application/octet-stream", headers=headers)


def _claims(path: Path) -> list[claimfile.Filed]:
    """The claims of a file.

    Raises CorpusError where it is none, or too large to be held.
    """
    if path.suffix == ".xlsx":
        _small(path)
    return claimfile.read(path, date.today())


def _small(path: Path) -> None:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as book:
            size = sum(item.file_size for item in book.infolist())
    except BadZipFile:
        raise CorpusError("The workbook is damaged, or it is none.") from None
    if size > UNPACKED:
        raise CorpusError(f"The workbook would unpack to {size >> 20:,} MB; the limit is {UNPACKED >> 20} MB.")


def check_all(library: Library, name: str, data: bytes, job: Job) -> None:
    """Check the claims of a file one after another, and write what was found beside the job."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"claims{'.xlsx' if name.lower().endswith('.xlsx') else '.csv'}"
        path.write_bytes(data)
        filed = _claims(path)
    library.freshen()
    wrong = 0
    with job.result.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(claimreport.header())
        for at, item in enumerate(filed):
            job.step(at, len(filed))
            text, bad = _one(item, library)
            file.write(text)
            wrong += bad
            job.errors += [f"claim {item.id[:80]}: {error}" for error in item.errors]
    job.done = len(filed)
    job.called = "findings.csv"
    unread = sum(bool(item.errors) for item in filed)
    read = len(filed) - unread
    job.told = f"{read:,} claim{'s' * (read != 1)} checked, {wrong:,} with an error"
    job.told += f"; {unread:,} could not be read." if unread else "."


def _one(item: claimfile.Filed, library: Library) -> tuple[str, bool]:
    """A claim's lines of the results, and whether something is wrong with it."""
    if item.claim and len(item.claim.lines) > LINES:
        item.errors.append(f"it has {len(item.claim.lines):,} lines; {LINES} are the most that are checked together")
    if item.claim is None or item.errors:
        return claimreport.unread(item.id, item.errors), False
    findings = check_claim(item.claim, library)
    return claimreport.rows(item.id, item.claim.on.isoformat(), findings), any(one.severity == "error" for one in findings)


def claim_views(library: Library, jobs: Jobs) -> APIRouter:
    """The views of the claim desk, below /view/claim."""
    router = APIRouter(prefix="/claim")

    @router.get("")
    def desk() -> HTMLResponse:
        return rendered("claim.html", rows=ROWS, today=date.today(), settings=SETTINGS, payers=PAYERS, example=claimfile.EXAMPLE)

    @router.post("/check")
    async def check(request: Request) -> HTMLResponse:
        held = typed(await form(request))
        return await run_sync(partial(_result, held, library))

    @router.post("/findings.{kind}")
    async def take(kind: str, request: Request) -> Response:
        if kind not in ("csv", "md"):
            raise HTTPException(404, "Findings are taken away as csv or md.")
        held = typed(await form(request))
        return await run_sync(partial(_taken_away, kind, held, library))

    @router.post("/batch")
    async def batch(request: Request, name: str = "") -> HTMLResponse:
        data = b"".join([block async for block in blocks(request, LARGEST)])
        return shown(jobs.start(person(request), "Checking claims", "claims", partial(check_all, library, name, data)))

    return router
