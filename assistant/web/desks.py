"""The desks where things are checked and kept, as one set of views over one library, below /view."""

from fastapi import APIRouter

from assistant.web.claimdesk import claim_views
from assistant.web.jobs import Jobs
from assistant.web.librarydesk import Fill, library_views
from index.library import Library


def desks(library: Library, fill: Fill) -> APIRouter:
    """The claim desk, the library desk and the jobs that outlast a request; `fill` encodes what was added."""
    router, jobs = APIRouter(), Jobs()
    router.include_router(jobs.views())
    router.include_router(claim_views(library, jobs))
    router.include_router(library_views(library, jobs, fill))
    return router
