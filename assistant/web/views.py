"""Every view of the page, below /view."""

from fastapi import APIRouter

from assistant.store import Store
from assistant.web.chats import chats
from assistant.web.desks import desks
from assistant.web.librarydesk import Fill
from assistant.web.lookup_views import lookup_views
from assistant.web.own import marks, people
from assistant.web.sources import sources
from index.library import Library


def views(library: Library, store: Store, fill: Fill) -> APIRouter:
    """The views over one library and what is kept for the people who ask; `fill` encodes what is added to the library."""
    router = APIRouter()
    router.include_router(chats(store))
    router.include_router(marks(store))
    router.include_router(people(store))
    router.include_router(lookup_views(library))
    router.include_router(desks(library, fill))
    router.include_router(sources(library))
    return router
