"""Work that takes longer than a request: how far it is, how fast, how long still, and a way to stop it."""

import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse

from assistant.web.person import person
from assistant.web.pieces import rendered
from corpus.model import CorpusError

AT_ONCE = 3  # jobs that run; one more is refused
KEPT = 40  # jobs whose results are kept
TOLD = 200  # errors of a job told one by one


class Stopped(Exception):
    """The person cancelled the job."""


class Job:
    """One piece of work of a person, who alone may look at it and stop it."""

    def __init__(self, owner: str, what: str, unit: str, folder: Path) -> None:
        self.id, self.owner = secrets.token_urlsafe(16), owner
        self.what, self.unit = what, unit  # what is done, to how many of what
        self.state = "running"  # running | done | stopped | failed
        self.done, self.total = 0.0, 0.0
        self.now = ""  # what it is at
        self.told = ""  # what came of it
        self.errors: list[str] = []
        self.result = folder / self.id  # a file to download, where it made one
        self.called = "results.csv"
        self.then = ""  # address of the view that shows what comes next
        self._began, self._ended = monotonic(), 0.0
        self._stop = threading.Event()

    def goes_on(self, what: str, unit: str) -> None:
        """Begin its next part, with a rate of its own."""
        self.what, self.unit, self.done, self.total, self._began = what, unit, 0.0, 0.0, monotonic()

    def step(self, done: float, total: float, now: str = "") -> None:
        """Say how far it is.

        Raises Stopped where it is to go no further.
        """
        self.done, self.total, self.now = done, total, now
        if self._stop.is_set():
            raise Stopped

    def stop(self) -> None:
        """Let it end at its next step."""
        self._stop.set()

    def run(self, work: "Callable[[Job], None]") -> None:
        """Do the work; whatever goes wrong becomes one line."""
        try:
            work(self)
            self.state = "done"
        except Stopped:
            self.state = "stopped"
            self.result.unlink(missing_ok=True)
        except Exception as error:  # a person sees one line, never a traceback
            self.state = "failed"
            self.told = str(error) if isinstance(error, CorpusError) else f"Something went wrong inside ({type(error).__name__})."
        finally:
            self._ended = monotonic()

    @property
    def seconds(self) -> float:
        return (self._ended or monotonic()) - self._began

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left at this rate; None where nothing can be said yet."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


class Jobs:
    """The jobs of one server; what they made is gone when it stops."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._folder: TemporaryDirectory[str] | None = None

    def start(self, owner: str, what: str, unit: str, work: Callable[[Job], None]) -> Job:
        """Begin a person's job in a thread of its own.

        Raises HTTPException 503 where as many run as may.
        """
        with self._lock:
            if sum(job.state == "running" for job in self._jobs.values()) >= AT_ONCE:
                raise HTTPException(503, f"{AT_ONCE} jobs are running already: wait until one is done, or cancel it.")
            self._folder = self._folder or TemporaryDirectory(prefix="codecite-")
            job = Job(owner, what, unit, Path(self._folder.name))
            self._jobs[job.id] = job
            self._forget()
        threading.Thread(target=job.run, args=(work,), name=what, daemon=True).start()
        return job

    def _forget(self) -> None:
        over = [job for job in self._jobs.values() if job.state != "running"][: max(0, len(self._jobs) - KEPT)]
        for job in over:
            job.result.unlink(missing_ok=True)
            del self._jobs[job.id]

    def of(self, owner: str, job_id: str) -> Job:
        """A person's own job.

        Raises HTTPException 404 where it is none of theirs.
        """
        if (found := self._jobs.get(job_id)) and found.owner == owner:
            return found
        raise HTTPException(404, "There is no such job any more: the server was started again, or many others came after it.")

    def views(self) -> APIRouter:
        """How a job is, stopping it, and the file it made, below /view/job."""
        router = APIRouter(prefix="/job")

        @router.get("/{job_id}")
        def progress(request: Request, job_id: str) -> HTMLResponse:
            return shown(self.of(person(request), job_id))

        @router.post("/{job_id}/stop")
        def stop(request: Request, job_id: str) -> HTMLResponse:
            job = self.of(person(request), job_id)
            job.stop()
            return shown(job)

        @router.get("/{job_id}/file")
        def file(request: Request, job_id: str) -> FileResponse:
            job = self.of(person(request), job_id)
            if job.state != "done" or not job.result.exists():
                raise HTTPException(404, "This job has no file.")
            safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
            return FileResponse(job.result, media_type="application/octet-stream", filename=job.called, headers=safe)

        return router


def shown(job: Job) -> HTMLResponse:
    """How a job is, to be asked for again as long as it runs."""
    state = job.state  # read once: it may end while this is written
    return rendered("job.html", job=job, state=state, has_file=state == "done" and job.result.exists(), shown=TOLD)
