"""The desks where things are checked and kept, as one set of views over one library, below /view."""

from fastapi import APIRouter

from assistant.web.claimdesk import claim_views
from assistant.web.jobs import Jobs
from index.library import Library


def desks(library: Library) -> APIRouter:
    """The claim desk, and the jobs that outlast a request."""
    router, jobs = APIRouter(), Jobs()
    router.include_router(jobs.views())
    router.include_router(claim_views(library, jobs))
    return router
