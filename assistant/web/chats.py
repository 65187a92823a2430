"""Views of what a person has asked: the list of chats, the sources of an answer with its star and note, exports."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from assistant.export import FORMATS, Format, export_answer, export_conversation
from assistant.store import Missing, Store
from assistant.store.conversations import Conversation
from assistant.web.person import person
from assistant.web.pieces import CHANGING, Text, rendered
from assistant.web.render import cards

TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def chats(store: Store) -> APIRouter:
    """Chats, answers and exports of the person who asks."""
    router = APIRouter()
    kept = store.conversations

    @router.get("/chats")
    def listed(request: Request, search: str = "") -> HTMLResponse:
        return rendered("chats.html", days=_by_day(kept.listed(person(request), search[:200])), search=search)

    @router.post("/chats/{conversation}/title", **CHANGING)
    def rename(request: Request, conversation: str, text: Text) -> None:
        _own(kept.rename, person(request), conversation, text)

    @router.post("/chats/{conversation}/delete", **CHANGING)
    def delete(request: Request, conversation: str) -> None:
        _own(kept.delete, person(request), conversation)

    @router.get("/answer/{turn}")
    def sources(request: Request, turn: str) -> HTMLResponse:
        exchange = _own(kept.exchange, person(request), turn)
        shown = cards(exchange.answer, turn) if exchange.answer else ""  # every value in it is escaped
        return rendered("answer.html", exchange=exchange, cards=shown)

    @router.get("/answer/{turn}/chat")
    def chat_of(request: Request, turn: str) -> dict[str, str]:
        return {"chat": _own(kept.exchange, person(request), turn).conversation_id}

    @router.post("/answer/{turn}/star", **CHANGING)
    def star(request: Request, turn: str, on: Annotated[bool, Body(embed=True)]) -> None:
        _own(kept.star, person(request), turn, on)

    @router.post("/answer/{turn}/note", **CHANGING)
    def note(request: Request, turn: str, text: Text) -> None:
        _own(kept.note, person(request), turn, text)

    @router.get("/answer/{turn}/export.{kind}")
    def one(request: Request, turn: str, kind: Format) -> Response:
        return _file(_own(export_answer, store, person(request), turn, kind), f"answer.{kind}", kind)

    @router.get("/chats/{conversation}/export.{kind}")
    def whole(request: Request, conversation: str, kind: Format) -> Response:
        return _file(_own(export_conversation, store, person(request), conversation, kind), f"chat.{kind}", kind)

    @router.get("/kept")
    def starred(request: Request) -> HTMLResponse:
        return rendered("kept.html", exchanges=kept.starred(person(request)))

    return router


def _own(do: Callable[..., Any], *told: object) -> Any:
    """Do something with what is the person's own; what is not theirs is not found."""
    try:
        return do(*told)
    except Missing as error:
        raise HTTPException(404, str(error)) from None


def _file(content: bytes, name: str, kind: Format) -> Response:
    assert kind in FORMATS
    return Response(content, media_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="codecite-{name}"'})


def _by_day(found: list[Conversation]) -> list[tuple[str, list[Conversation]]]:
    """Chats under Today and Earlier, in their order."""
    today = date.today()
    days: dict[str, list[Conversation]] = {}
    for item in found:
        days.setdefault("Today" if item.changed.astimezone().date() == today else "Earlier", []).append(item)
    return list(days.items())
