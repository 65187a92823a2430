"""The chat: what happens when somebody asks, stops, asks again, edits a question, resumes a conversation or judges an answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from time import monotonic
from typing import Any

import gradio as gr

from assistant import chat, records
from assistant.answer import Answer, Turn
from assistant.evidence import PLANS
from assistant.quote import unescaped
from assistant.store import Missing, Store, StoreError
from assistant.store.conversations import Exchange
from assistant.suggestions import suggested
from assistant.web import render
from assistant.web.person import may, person
from assistant.writing import Line, Restart, writer
from corpus.codes import CPT, HCPCS, ICD10CM
from index.library import Library

PACE = 0.05  # seconds between updates: each carries the whole history
SAVED = 1.0  # seconds between what is kept of an answer on its way
CONTEXT = 12  # exchanges a follow-up may look back upon
BROKEN = "*This answer was broken off.*"
Messages = list[dict[str, Any]]
Update = tuple[Any, ...]  # conversation, its id, the turn whose sources are shown, suggestions, what was understood (label and values)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text and text.strip() else None
    except ValueError:
        raise gr.Error(f"“{text}” is not a date: write it as 2026-01-31, or leave it empty for today.", print_exception=False) from None


def given(day: str, payer: str | None, state: str | None, setting: str | None, systems: Sequence[str]) -> dict[str, Any]:
    """What the person set beside the question; what says nothing is left out.

    Raises gr.Error where the date is none.
    """
    on = _day(day)
    every = len(systems or ()) in (0, len((CPT, HCPCS, ICD10CM)))
    told = {"on": on, "payer": payer, "state": state, "setting": setting, "systems": () if every else tuple(systems)}
    return {name: value for name, value in told.items() if value and value != render.ANY[name]}


def shown(exchange: Exchange) -> Messages:
    """One exchange as messages: the question, the answer with links to its sources, and how it came about."""
    answer = exchange.answer
    asked = {"role": "user", "content": render.typed(exchange.question)}
    if answer is None:
        said, fold, steps = f"{render.typed(exchange.text)}\n\n{BROKEN}", "broken off", "- Nothing more is known of it."
    else:
        said, fold, steps = render.marked(exchange.text, exchange.id), render.summary(answer), render.steps(answer)
    how = {"role": "assistant", "content": steps, "metadata": {"title": fold, "id": exchange.id, "status": "done"}}
    return [asked, {"role": "assistant", "content": said}, how]


def turn_at(history: Messages, index: Any) -> str | None:
    """The id of the exchange that a message belongs to: the fold behind it carries it."""
    at = int(index[0] if isinstance(index, tuple | list) else index)
    ids = ((message.get("metadata") or {}).get("id") for message in history[at:])
    return next((str(found) for found in ids if found), None)


class Talk:
    """The events of the chat over one library and one store; every event acts for the person of its request."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    def taken(self, request: gr.Request, message: str, day: str, conversation: str) -> tuple[str, str]:
        """A question taken from its box, which is empty then; it stays there where it cannot be asked now."""
        _day(day)
        self._at_rest(person(request), conversation)
        return message, ""

    def _at_rest(self, user: str, conversation: str) -> None:
        """Refuse a second question while a first is being answered: it would follow upon an answer that is not there yet."""
        try:
            underway = conversation and self._store.conversations.underway(user, conversation)
        except StoreError as error:
            raise gr.Error(str(error), print_exception=False) from None
        if underway:
            raise gr.Error("An answer is on its way: wait for its end, or stop it with Esc.", print_exception=False)

    def stopped(self, request: gr.Request, conversation: str) -> None:
        """Take the answer on its way for ended: what wrote it may hear of it only at its next line."""
        with suppress(Missing):
            self._store.conversations.stop(person(request), conversation)

    def send(self, request: gr.Request, message: str, history: Messages, conversation: str, model: str, *settings: Any) -> Iterator[Update]:
        """Ask one question and stream its answer."""
        if message and message.strip():
            yield from self._asked(person(request), message, history, conversation, model, given(*settings))

    def example(
        self, event: gr.SelectData, request: gr.Request, history: Messages, conversation: str, model: str, *settings: Any
    ) -> Iterator[Update]:
        """Ask an example."""
        yield from self.send(request, str(event.value["text"]), history, conversation, model, *settings)

    def again(
        self, event: gr.RetryData, request: gr.Request, history: Messages, conversation: str, model: str, *settings: Any
    ) -> Iterator[Update]:
        """Ask a question anew in its place; what followed it goes."""
        yield from self._instead(person(request), turn_at(history, event.index), None, model, given(*settings))

    def edited(
        self, event: gr.EditData, request: gr.Request, history: Messages, conversation: str, model: str, *settings: Any
    ) -> Iterator[Update]:
        """Ask an edited question in place of the first; what followed it goes."""
        yield from self._instead(person(request), turn_at(history, event.index), render.plain(event.value), model, given(*settings))

    def corrected(self, request: gr.Request, turn: str, model: str, intent: str, *settings: Any) -> Iterator[Update]:
        """Ask the last question anew, understood as the person says."""
        yield from self._instead(person(request), turn, None, model, given(*settings) | {"intent": intent})

    def opened(self, request: gr.Request, conversation: str) -> Update:
        """Show a conversation where it was left, or an empty one."""
        if not conversation:
            return [], "", *self._beside(None, ""), gr.Button(visible=False)
        try:
            page = self._store.conversations.page(person(request), conversation)
        except Missing as error:
            raise gr.Error(str(error), print_exception=False) from None
        last = page.exchanges[-1] if page.exchanges else None
        messages = [message for exchange in page.exchanges for message in shown(exchange)]
        return (
            messages,
            conversation,
            *self._beside(last.answer if last else None, last.id if last else ""),
            gr.Button(visible=bool(page.earlier)),
        )

    def earlier(self, request: gr.Request, history: Messages, conversation: str) -> tuple[Messages, Any]:
        """Show the stretch of a conversation above the one in view."""
        first = turn_at(history, 0)
        if not first:
            return history, gr.Button(visible=False)
        user = person(request)
        position = self._store.conversations.exchange(user, first).position
        page = self._store.conversations.page(user, conversation, position)
        above = [message for exchange in page.exchanges for message in shown(exchange)]
        return [*above, *history], gr.Button(visible=bool(page.earlier))

    def judged(self, event: gr.LikeData, request: gr.Request, history: Messages) -> None:
        """Keep what the person thinks of an answer, with the reason chosen."""
        if not may(request, "judge"):
            raise gr.Error("Your role does not judge answers.", print_exception=False)
        if turn := turn_at(history, event.index):
            reason = event.liked if isinstance(event.liked, str) and event.liked not in ("Like", "Dislike") else ""
            liked = event.liked if isinstance(event.liked, bool) else event.liked == "Like"
            self._store.judgements.judge(person(request), turn, liked, reason)

    def _instead(self, user: str, turn: str | None, message: str | None, model: str, told: Mapping[str, Any]) -> Iterator[Update]:
        """Ask a kept question again, or another in its place."""
        if not turn:
            return
        kept = self._store.conversations.exchange(user, turn)
        page = self._store.conversations.page(user, kept.conversation_id, kept.position)
        history = [item for exchange in page.exchanges for item in shown(exchange)]
        yield from self._asked(user, message or kept.question, history, kept.conversation_id, model, told, instead=kept)

    def _asked(
        self,
        user: str,
        message: str,
        history: Messages,
        conversation: str,
        model: str,
        told: Mapping[str, Any],
        instead: Exchange | None = None,
    ) -> Iterator[Update]:
        """Keep the question, stream the answer, keep it with its record; what stops it on the way is kept as well."""
        kept = self._store.conversations
        try:
            self._at_rest(user, conversation)
            turns = self._turns(user, conversation, instead.position if instead else None) if conversation else []
            exchange = kept.ask(user, message, conversation or None, told)
            if instead:
                kept.rewind(user, instead.id, keep=exchange.id)
        except StoreError as error:
            raise gr.Error(str(error), print_exception=False) from None
        asked = [*history, {"role": "user", "content": render.typed(message)}]
        said, over, seen, saved = "", False, 0.0, monotonic()
        yield [*asked, {"role": "assistant", "content": "…"}], exchange.conversation_id, *[gr.skip()] * 8
        try:
            for event in chat.stream(message, self._library, turns, writer(model.strip() or "quote"), **told):
                if isinstance(event, Restart):
                    said = ""
                elif isinstance(event, Line):
                    said += event.text
                    if monotonic() - seen > PACE:
                        seen = monotonic()
                        yield [*asked, {"role": "assistant", "content": render.marked(said, exchange.id)}], *[gr.skip()] * 9
                    if monotonic() - saved > SAVED:
                        saved = monotonic()
                        kept.written(user, exchange.id, said)
                elif isinstance(event, Answer):
                    record = records.recorded(event, self._library, turns, told, model.strip() or "quote")
                    kept.answered(user, exchange.id, event, record)
                    over = True
                    whole = kept.exchange(user, exchange.id)
                    yield [*history, *shown(whole)], gr.skip(), *self._beside(event, exchange.id)
        except Exception as error:  # a person sees one line, never a traceback
            said, over = chat.guard(error), True
            kept.broke_off(user, exchange.id, said)
            yield [*history, *shown(kept.exchange(user, exchange.id))], *[gr.skip()] * 9
        finally:
            if not over:
                with suppress(Missing):  # deleted meanwhile
                    kept.broke_off(user, exchange.id, said)

    def _turns(self, user: str, conversation: str, before: int | None) -> list[Turn]:
        """The conversation so far, or before a position, as a follow-up looks back upon it."""
        page = self._store.conversations.page(user, conversation, before, CONTEXT)
        pairs = ((Turn("user", item.question), Turn("assistant", unescaped(item.text))) for item in page.exchanges)
        return [turn for pair in pairs for turn in pair]

    def _beside(self, answer: Answer | None, turn: str) -> Update:
        """What stands beside an answer: its sources, what to ask next, and how the question was understood."""
        if answer is None:
            return turn, render.suggestions(()), gr.Accordion(visible=False), *[gr.skip()] * 5
        question = answer.question
        label = gr.Accordion(label=f"Understood as {question.intent} on {question.on}. Not what you meant?", open=False, visible=True)
        values = (question.intent if question.intent in PLANS else "definition", question.on.isoformat() if question.dated else "")
        told = (question.payer or render.ANY["payer"], question.state or render.ANY["state"], question.setting or render.ANY["setting"])
        return turn, render.suggestions(suggested(answer, self._library)), label, *values, *told
