"""Views of what a person keeps of codes, of who they are, and of everybody's judgements for those who review them."""

import json
import re
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from assistant.store import LOCAL, Store
from assistant.web.person import may, person, user_of
from assistant.web.pieces import CHANGING, Text, rendered
from corpus.codes import SYSTEMS


def marks(store: Store) -> APIRouter:
    """Favourites, notes and recent codes of the person who asks."""
    router = APIRouter()

    @router.get("/own")
    def marked(request: Request) -> HTMLResponse:
        user = person(request)
        lists = {"Favourites": store.marks.favourites(user), "With a note": store.marks.noted(user), "Recent": store.marks.recent(user)}
        return rendered("marks.html", lists=lists)

    @router.get("/own/{system}/{code}")
    def own(request: Request, system: str, code: str) -> HTMLResponse:
        _known(system, code)
        store.marks.saw(person(request), system, code)
        return rendered("mark.html", mark=store.marks.of(person(request), system, code))

    @router.post("/own/{system}/{code}/favourite", **CHANGING)
    def favour(request: Request, system: str, code: str, on: Annotated[bool, Body(embed=True)]) -> None:
        _known(system, code)
        store.marks.favour(person(request), system, code, on)

    @router.post("/own/{system}/{code}/note", **CHANGING)
    def note_code(request: Request, system: str, code: str, text: Text) -> None:
        _known(system, code)
        store.marks.note(person(request), system, code, text)

    return router


def people(store: Store) -> APIRouter:
    """Who is logged in, and the review of what everybody thinks of answers."""
    router = APIRouter()

    @router.get("/who")
    def who(request: Request) -> HTMLResponse:
        return rendered("who.html", user=user_of(request), local=LOCAL)

    @router.get("/review")
    def review(request: Request) -> HTMLResponse:
        _reviews(request)
        return rendered("review.html", judgements=list(store.judgements.all()))

    @router.get("/review/questions.jsonl")
    def questions(request: Request) -> Response:
        _reviews(request)
        lines = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in store.judgements.questions())
        return Response(lines, media_type="application/jsonl", headers={"Content-Disposition": 'attachment; filename="questions.jsonl"'})

    return router


def _known(system: str, code: str) -> None:
    """Refuse to keep marks on what can be no code."""
    if system not in SYSTEMS or not re.fullmatch(r"[\w.:-]{1,20}", code):
        raise HTTPException(404, "There is no such code.")


def _reviews(request: Request) -> None:
    if not may(request, "review"):
        raise HTTPException(403, "You may not see this.")
