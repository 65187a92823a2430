"""How a person wants the page to be set, kept on the server."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.store import Preferences, Store
from assistant.web.person import person
from assistant.web.render import ANY


def settings_tab(store: Store, components: Sequence[gr.components.Component], theme: gr.Textbox) -> None:
    """What is set once: systems and model are shown here, payer, state and setting at the top of the page."""
    *_, systems, model = components
    with gr.Column(elem_id="preferences"):
        gr.Markdown(
            "What is set here and at the top of the page (payer, state, setting) can be kept for you. The theme follows the ☾ button."
        )
        systems.render()  # type: ignore[no-untyped-call]
        model.render()  # type: ignore[no-untyped-call]
        keep = gr.Button("Keep as my settings", elem_id="keep-settings")
        said = gr.HTML("", elem_id="kept")

    def kept(request: gr.Request, payer: str, state: str, setting: str, systems: list[str], model: str, theme: str) -> str:
        told = {"payer": payer, "state": state, "setting": setting}
        named = {name: "" if value == ANY[name] else str(value or "") for name, value in told.items()}
        store.people.prefer(person(request), Preferences(theme=theme, systems=tuple(systems), model=model.strip(), **named))
        return '<p class="meta" role="status">Kept.</p>'

    themed = "(...values) => [...values.slice(0, 5), document.body.classList.contains('dark') ? 'dark' : 'light']"
    keep.click(kept, [*components, theme], said, js=themed, api_visibility="private", show_progress="hidden")


def preferred(store: Store, request: gr.Request) -> list[Any]:
    """The values of payer, state, setting, systems, model and theme that a person kept; what was not kept stays as it is."""
    held = store.people.preferences(person(request))
    named = [getattr(held, name) or gr.skip() for name in ("payer", "state", "setting")]
    return [*named, list(held.systems) or gr.skip(), held.model or gr.skip(), held.theme]
