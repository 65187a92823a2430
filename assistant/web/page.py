"""The page's blocks and what happens between them."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import gradio as gr

from assistant import chat
from assistant.answer import Answer, Turn
from assistant.quote import unescaped
from assistant.web import render
from assistant.web.feedback import Feedback
from assistant.writing import Line, Restart, writer
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.payers import PAYERS
from index.library import Library

EXAMPLES = (
    "what is CPT 90389?",
    "Is 90703 still valid?",
    "code for type 2 diabetes with diabetic polyneuropathy",
    "is a tetanus booster without an injury covered by Medicare?",
    "difference between 90714 and 90715",
    "when may modifier 59 be used?",
)
HEADER = """<div class="brand"><h1>codecite</h1><p class="meta">US medical coding, every sentence with its source</p></div>
<button id="more" type="button" aria-expanded="false">date, payer, systems</button>
<button id="open-sources" type="button">sources</button>
<button id="theme" type="button" aria-label="Dark or light">☾</button>
<dialog id="viewer" aria-label="Source"><button id="close-viewer" type="button">close</button><div class="view"></div></dialog>"""
SHOWN = 30  # answers whose sources stay in the panel
PACE = 0.05  # seconds between updates: each carries the whole history
Messages = list[dict[str, Any]]

_ids = count(1)


def text_of(content: object) -> str:
    """The words of a message, however the component wraps them."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def turns_of(history: Messages) -> list[Turn]:
    """The conversation so far, without the folds that say how answers came about."""
    return [Turn(message["role"], text_of(message["content"])) for message in history if not (message.get("metadata") or {}).get("title")]


def given(day: str, payer: str | None, systems: list[str]) -> dict[str, object]:
    """What the person set beside the question.

    Raises gr.Error where the date is none.
    """
    try:
        on = date.fromisoformat(day.strip()) if day and day.strip() else None
    except ValueError:
        raise gr.Error(f"“{day}” is not a date: write it as 2026-01-31, or leave it empty for today.", print_exception=False) from None
    every = len(systems) in (0, 3)
    return {"on": on, "payer": payer if payer and payer != "any payer" else None, "systems": () if every else tuple(systems)}


def respond(
    library: Library, message: str, history: Messages, groups: list[str], day: str, payer: str | None, systems: list[str], model: str
) -> Iterator[tuple[Messages, list[str], str]]:
    """Answer one message, streaming the history and the sources panel."""
    options = {key: value for key, value in given(day, payer, systems).items() if value}
    answer_id = f"a{next(_ids)}"
    asked: Messages = [*history, {"role": "user", "content": render.typed(message)}]
    said, shown = "", monotonic()
    yield [*asked, {"role": "assistant", "content": "…"}], groups, render.panel(groups)
    try:
        for event in chat.stream(message, library, turns_of(history), writer(model.strip() or "quote"), **options):  # type: ignore[arg-type]
            if isinstance(event, Restart):
                said = ""
            elif isinstance(event, Line):
                said += event.text
                if monotonic() - shown > PACE:
                    shown = monotonic()
                    yield [*asked, {"role": "assistant", "content": render.marked(said, answer_id)}], groups, render.panel(groups)
            elif isinstance(event, Answer):
                groups = [*groups, render.group(event, answer_id)][-SHOWN:]
                yield [*asked, *_finished(event, answer_id)], groups, render.panel(groups)
    except Exception as error:  # a person sees one line, never a traceback
        yield [*asked, {"role": "assistant", "content": render.typed(chat.guard(error))}], groups, render.panel(groups)


def _finished(answer: Answer, answer_id: str) -> Messages:
    fold = {"title": render.summary(answer), "status": "done"}
    return [
        {"role": "assistant", "content": render.marked(answer.text, answer_id)},
        {"role": "assistant", "content": render.steps(answer), "metadata": fold},
    ]


def before(history: Messages, index: int) -> tuple[Messages, str]:
    """The history up to a message that is asked again, and the last question in it."""
    while index > 0 and history[index]["role"] != "user":
        index -= 1
    return history[:index], unescaped(text_of(history[index]["content"]))


def theme() -> gr.themes.Base:
    """Quiet, with one accent and the machine's own fonts: nothing is fetched from elsewhere."""
    return gr.themes.Default(
        primary_hue="teal", neutral_hue="slate", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )


class _Events:
    """What the page does when somebody asks, retries, picks an example or judges an answer."""

    def __init__(self, library: Library, feedback: Feedback) -> None:
        self._library = library
        self._feedback = feedback

    def send(self, *inputs: Any) -> Iterator[Any]:
        for messages, groups, panel in respond(self._library, *inputs):
            yield messages, groups, panel, ""

    def again(self, event: gr.RetryData, history: Messages, groups: list[str], *settings: Any) -> Iterator[Any]:
        kept, message = before(history, _position(event.index))
        yield from respond(self._library, message, kept, groups, *settings)

    def example(self, event: gr.SelectData, groups: list[str], *settings: Any) -> Iterator[Any]:
        yield from respond(self._library, event.value["text"], [], groups, *settings)

    def judged(self, event: gr.LikeData, history: Messages) -> None:
        _, question = before(history, _position(event.index))
        self._feedback.keep(question, text_of(event.value), event.liked)

    def status(self) -> str:
        return render.status(self._library)


def _position(index: Any) -> int:
    return int(index[0] if isinstance(index, tuple | list) else index)


def _top(model: str) -> list[gr.components.Component]:
    """The head of the page: its name, and what may be set beside a question."""
    every = [CPT, HCPCS, ICD10CM]
    with gr.Row(elem_id="top"):
        gr.HTML(HEADER, elem_id="brand")
        day = gr.Textbox(label="Date of service", placeholder="today", elem_id="day", max_lines=1, min_width=120)
        payer = gr.Dropdown(["any payer", *PAYERS], value="any payer", label="Payer", elem_id="payer", min_width=140)
        systems = gr.CheckboxGroup(every, value=every, label="Code systems", elem_id="systems")
        look: dict[str, Any] = {"label": "Language model", "placeholder": "none", "elem_id": "model", "max_lines": 1, "min_width": 140}
        written = gr.Textbox("" if model == "quote" else model, **look)
    return [day, payer, systems, written]


def _talk() -> tuple[gr.Chatbot, gr.Textbox, gr.Button]:
    """The conversation, and where a question is typed."""
    with gr.Column(elem_id="talk", min_width=280):
        conversation = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            buttons=["copy"],
            layout="panel",
            latex_delimiters=[],
            allow_tags=False,
            height="100%",
            placeholder="Ask about a code, a guideline or what a payer covers.",
            examples=[{"text": text} for text in EXAMPLES],
        )
        with gr.Row(elem_id="ask"):
            look: dict[str, Any] = {"show_label": False, "container": False, "label": "Your question", "placeholder": "Ask a question"}
            message = gr.Textbox(**look, elem_id="message", scale=8, max_lines=4, lines=1, autofocus=True)
            ask = gr.Button("Ask", variant="primary", elem_id="send", scale=1, min_width=64)
    return conversation, message, ask


def build(library: Library, home: Path, model: str = "quote") -> gr.Blocks:
    """Lay out the page over one library; feedback is kept in the home, and a model is who writes unless the person says otherwise."""
    events = _Events(library, Feedback(home / "feedback.jsonl"))
    page: gr.Blocks
    with gr.Blocks(title="codecite", fill_height=True, analytics_enabled=False) as page:
        groups = gr.State([])
        settings = _top(model)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Chat", id="chat"), gr.Row(elem_id="desk"):
                conversation, message, ask = _talk()
                sources = gr.HTML(render.panel([]), elem_id="sources")
            with gr.Tab("Lookup", id="lookup"):
                gr.HTML('<div class="view" data-view="view/lookup"></div>')
            with gr.Tab("Claim", id="claim"):
                gr.HTML('<div class="view" data-view="view/claim"></div>')
            with gr.Tab("Library", id="library"):
                gr.HTML('<div class="view" data-view="view/library"></div>')
        foot = gr.HTML(events.status(), elem_id="foot")
        shown = [conversation, groups, sources]
        quiet: dict[str, Any] = {"api_visibility": "private"}
        for trigger in (message.submit, ask.click):
            trigger(events.send, [message, conversation, groups, *settings], [*shown, message], **quiet)
        conversation.example_select(events.example, [groups, *settings], shown, **quiet)
        conversation.retry(events.again, [conversation, groups, *settings], shown, **quiet)
        conversation.clear(lambda: ([], render.panel([])), None, [groups, sources], **quiet)
        conversation.like(events.judged, conversation, None, **quiet)
        for moment in (gr.Timer(2.0).tick, page.load):
            moment(events.status, None, foot, show_progress="hidden", queue=False, **quiet)
    return page
