"""The page's blocks, and which event fills which of them."""

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from assistant.encounter import DME, INPATIENT, OUTPATIENT, PRACTITIONER
from assistant.evidence import PLANS
from assistant.store import Store
from assistant.web import render
from assistant.web.preferences import preferred, settings_tab
from assistant.web.talk import Talk
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.payers import PAYERS
from corpus.places import STATES
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
<button id="open-past" type="button">history</button>
<button id="more" type="button" aria-expanded="false">date, payer, state</button>
<button id="open-sources" type="button">sources</button>
<button id="theme" type="button" aria-label="Dark or light">☾</button>
<button id="help" type="button" aria-label="Keys">?</button>
<span class="view" data-view="view/who"></span>
<dialog id="keys" aria-label="Keys"><button id="close-keys" type="button">close</button><h2>Keys</h2><dl>
<dt>/</dt><dd>to the box of this tab</dd><dt>Enter</dt><dd>ask</dd><dt>Esc</dt><dd>stop; close what is open</dd>
<dt>[ ]</dt><dd>page back and on in a source</dd><dt>?</dt><dd>these keys</dd></dl></dialog>
<dialog id="viewer" aria-label="Source"><button id="close-viewer" type="button">close</button><div class="view"></div></dialog>"""
PAST = """<div class="past"><button id="new-chat" type="button">New chat</button>
<input id="find-chat" type="search" placeholder="Search chats" aria-label="Search chats">
<nav class="view" aria-label="Chats" data-view="view/chats"></nav></div>"""
SOURCES = """<div class="view sources"><p class="meta">The passages an answer rests on appear here.
Click a number in an answer to see its words.</p></div>"""
SOON, LATER = 2.0, 60.0  # seconds between looks at the foot while vectors are made, and once they are ready
QUIET: dict[str, Any] = {"api_visibility": "private"}


def theme() -> gr.themes.Base:
    """Quiet, with one accent and the machine's own fonts: nothing is fetched from elsewhere."""
    return gr.themes.Default(
        primary_hue="teal", neutral_hue="slate", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
    )


def _choice(kind: str, values: Iterable[str], **look: Any) -> gr.Dropdown:
    """A list whose first entry says nothing."""
    nothing = str(render.ANY[kind])
    return gr.Dropdown([nothing, *values], value=nothing, label=kind.capitalize(), min_width=110, **look)


def _beside(prefix: str = "") -> list[gr.components.Component]:
    """What may be set beside a question: date, payer, state and setting."""
    day = gr.Textbox(label="Date of service", placeholder="today", elem_id=f"{prefix}day", max_lines=1, min_width=110)
    payer = _choice("payer", PAYERS, elem_id=f"{prefix}payer")
    state = _choice("state", sorted(set(STATES.values())), elem_id=f"{prefix}state")
    setting = _choice("setting", (PRACTITIONER, OUTPATIENT, INPATIENT, DME), elem_id=f"{prefix}setting")
    return [day, payer, state, setting]


def _conversation() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        buttons=["copy"],
        layout="panel",
        editable="user",
        latex_delimiters=[],
        allow_tags=False,
        height="100%",
        feedback_options=("Like", "Dislike", "Wrong", "Not in the source", "Out of date", "Incomplete", "Did not understand"),
        placeholder="Ask about a code, a guideline or what a payer covers.",
        examples=[{"text": text} for text in EXAMPLES],
    )


class _Chat:
    """The components of the chat, and its events."""

    def __init__(self, talk: Talk, settings: list[gr.components.Component], model: gr.Textbox, systems: gr.CheckboxGroup) -> None:
        self.opened = gr.Textbox(elem_id="opened", visible="hidden", label="Chat")
        self.reopen = gr.Button("Open", elem_id="reopen", visible="hidden")
        self.turn = gr.Textbox(elem_id="turn", visible="hidden", label="Answer")
        with gr.Row(elem_id="desk"):
            gr.HTML(PAST, elem_id="past")
            with gr.Column(elem_id="talk", min_width=280):
                self.earlier = gr.Button("Earlier", elem_id="earlier", visible=False, size="sm")
                self.conversation = _conversation()
                self.next = gr.HTML("", elem_id="next")
                self._ask()
                self._understood()
            gr.HTML(SOURCES, elem_id="sources")
        self._wire(talk, [model, *settings, systems], systems)

    def _ask(self) -> None:
        with gr.Row(elem_id="ask"):
            look: dict[str, Any] = {"show_label": False, "container": False, "label": "Your question", "placeholder": "Ask a question"}
            self.message = gr.Textbox(**look, elem_id="message", scale=8, max_lines=4, lines=1, autofocus=True)
            self.ask = gr.Button("Ask", variant="primary", elem_id="send", scale=1, min_width=64)
            self.stop = gr.Button("Stop", elem_id="stop", scale=1, min_width=64)

    def _understood(self) -> None:
        """How the last question was understood, to be put right and asked anew."""
        with gr.Accordion("Understood", open=False, visible=False, elem_id="understood") as self.understood, gr.Row():
            self.intent = gr.Dropdown(list(PLANS), label="What is asked", elem_id="fix-intent", min_width=110)
            self.fixes = _beside("fix-")
            self.correct = gr.Button("Ask again so", elem_id="correct", min_width=110)

    def _wire(self, talk: Talk, settings: list[gr.components.Component], systems: gr.CheckboxGroup) -> None:
        shown = [self.conversation, self.opened, self.turn, self.next, self.understood, self.intent, *self.fixes]
        told, day = [self.conversation, self.opened, *settings], settings[1]
        typed = gr.State("")
        asked = []
        for trigger in (self.message.submit, self.ask.click):
            took = trigger(talk.taken, [self.message, day, self.opened], [typed, self.message], show_progress="hidden", **QUIET)
            asked.append(took.success(talk.send, [typed, *told], shown, show_progress="hidden", **QUIET))
        asked.append(self.conversation.example_select(talk.example, told, shown, show_progress="hidden", **QUIET))
        asked.append(self.conversation.retry(talk.again, told, shown, show_progress="hidden", **QUIET))
        asked.append(self.conversation.edit(talk.edited, told, shown, show_progress="hidden", **QUIET))
        corrected = [self.turn, settings[0], self.intent, *self.fixes, systems]
        asked.append(self.correct.click(talk.corrected, corrected, shown, show_progress="hidden", **QUIET))
        for event in asked:
            self._told(event)
        for leaving in (self.stop.click, self.reopen.click):  # an answer on its way would fill the chat opened next
            leaving(talk.stopped, self.opened, None, cancels=asked, show_progress="hidden", **QUIET)
        self.conversation.like(talk.judged, self.conversation, None, **QUIET)
        self.conversation.clear(None, None, None, js="() => desk.fresh()", **QUIET)
        self.load = (talk.opened, self.opened, [*shown, self.earlier])
        self.begun(self.reopen.click)
        self.earlier.click(talk.earlier, [self.conversation, self.opened], [self.conversation, self.earlier], **QUIET)

    def begun(self, moment: Callable[..., Any]) -> None:
        """At this moment show the chat that the page's address names, or an empty one."""
        self._told(moment(*self.load, js="() => desk.wanted()", show_progress="hidden", **QUIET))

    def _told(self, event: Any) -> None:
        """Tell the page's script which chat and which answer are in view now."""
        event.then(None, [self.opened, self.turn], None, js="(chat, turn) => desk.answered(chat, turn)", **QUIET)


def build(library: Library, store: Store, model: str = "quote") -> gr.Blocks:
    """Lay out the page over one library and what is kept for the people who ask; a model writes unless they say otherwise."""
    talk = Talk(library, store)
    page: gr.Blocks
    with gr.Blocks(title="codecite", fill_height=True, analytics_enabled=False) as page:
        with gr.Row(elem_id="top"):
            gr.HTML(HEADER, elem_id="brand")
            settings = _beside()
        written = gr.Textbox("" if model == "quote" else model, label="Language model", placeholder="none", elem_id="model", render=False)
        look = gr.Textbox(visible="hidden", label="Theme", elem_id="look")
        every = [CPT, HCPCS, ICD10CM]
        systems = gr.CheckboxGroup(every, value=every, label="Code systems", elem_id="systems", render=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Chat", id="chat"):
                talking = _Chat(talk, settings, written, systems)
            with gr.Tab("Lookup", id="lookup"):
                gr.HTML('<div class="view" data-view="view/lookup"></div>')
            with gr.Tab("Claim", id="claim"):
                gr.HTML('<div class="view" data-view="view/claim"></div>')
            with gr.Tab("Library", id="library"):
                gr.HTML('<div class="view" data-view="view/library"></div>')
            with gr.Tab("Review", id="review"):
                gr.HTML('<div class="view" data-view="view/kept"></div><div class="view" data-view="view/review"></div>')
            with gr.Tab("Settings", id="settings"):
                settings_tab(store, [*settings[1:], systems, written], look)
        foot = gr.HTML(render.status(library), elem_id="foot")

        def mine(request: gr.Request) -> list[Any]:
            return preferred(store, request)

        page.load(mine, None, [*settings[1:], systems, written, look], show_progress="hidden", **QUIET).then(
            None, look, None, js="(theme) => desk.look(theme)", **QUIET
        )
        talking.begun(page.load)
        beat = gr.Timer(SOON)

        def stands() -> tuple[str, gr.Timer]:
            return render.status(library), gr.Timer(LATER if library.readiness.ready else SOON)

        for moment in (beat.tick, page.load):
            moment(stands, None, [foot, beat], show_progress="hidden", queue=False, **QUIET)
    return page
