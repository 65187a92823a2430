"""An export says what the answer says, in every format, and nothing in it has power over who opens it."""

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
import pytest
from markdown_it import MarkdownIt
from pydantic import TypeAdapter

from assistant.answer import Answer, Citation
from assistant.export import FORMATS, Format, export, export_answer, export_conversation
from assistant.export.paper import BROKEN, marked
from assistant.quote import escaped
from assistant.records import recorded
from assistant.store import LOCAL, Missing, Store
from assistant.store.conversations import Exchange
from assistant.store.records import Kept
from corpus.readers.licensed import NOTICE
from index.library import Library

ANSWER = TypeAdapter(Answer).validate_json((Path(__file__).parent / "data" / "stored_answer.json").read_bytes())
WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SIGNS = "§ 1.2 – “quoted” • ≥ 2 ≤ 3 ½ µg × ± é ®"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<para><b>unclosed",
    "</b></para>&amp;&lt;&#60;",
    "[link](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "**bold** ~~gone~~ `code` # head | a | b |",
    "{{7*7}} ${x} %s %(x)s $name",
    "=cmd|'/c calc'!A1",
    "\x00\x07\x0b\ud800\uffff end",
    "\u202eright to left\u202c zero\u200bwidth",
    "1. list - list + list > quote",
    "]]> <!-- --> <?php ?>",
    "a\" b' c\\ d",
    "漢字 → ⚠ α",
]
each = pytest.mark.parametrize("kind", FORMATS)


def exchange(answer: Answer | None = ANSWER, text: str = "", question: str = "what is CPT 90001?") -> Exchange:
    state = "answered" if answer else "broken off"
    return Exchange("t", "c", 1, question, {}, WHEN, state, answer.text if answer else text, answer, "r", False, "a private note")


def read(made: bytes, kind: str) -> str:
    """The words of an export as its reader sees them, on one line."""
    if kind == "md":
        tokens = [
            child for token in MarkdownIt("commonmark").enable("strikethrough").parse(made.decode()) for child in token.children or [token]
        ]
        assert {token.type for token in tokens} & {"html_inline", "html_block", "link_open", "image", "fence", "code_inline"} == set()
        words = [" " if token.type in ("softbreak", "paragraph_close", "heading_close") else token.content for token in tokens]
        return " ".join("".join(words).split())
    if kind == "docx":
        paragraphs = [paragraph.text for paragraph in docx.Document(BytesIO(made)).paragraphs]
        return " ".join(" ".join(paragraphs).split())
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made)]
    return " ".join(" ".join(pages).split())


def squeezed(text: str) -> str:
    """Without white space: a PDF breaks lines where it likes."""
    return "".join(text.split())


@each
def test_an_export_holds_text_sources_editions_dates_licences_and_the_audit_line(kind: Format, small_library: Library) -> None:
    kept = Kept("rec-1", WHEN, recorded(ANSWER, small_library))
    dated: dict[str, object] = {"edition": "2026 Q1", "effective": date(2026, 1, 1), "ended": date(2026, 12, 31)}
    answer = replace(ANSWER, citations=tuple(sourced(cited, **dated) for cited in ANSWER.citations))
    said = squeezed(read(export("Made-up chat", [(exchange(answer), kept)], kind), kind))
    wanted = ["Made-up chat", "what is CPT 90001?", "Holds for date of service 2026-11-20", "Sources (5)"]
    wanted += [f"{statement.text}" for statement in ANSWER.statements]
    for cited in ANSWER.citations:
        facts = cited.as_json()
        wanted += [
            f"[{cited.number}] {facts['title']}",
            facts["locator"],
            f"“{facts['quote']}”",
            facts["licence"],
            "2026 Q1 · from 2026-01-01 · to 2026-12-31",
        ]
    wanted += ["Rests on Made-up table, row 1 (Nobody)", "Asked 2026-11-20 09:30 UTC", "record rec-1"]
    wanted += [f"library {small_library.digest}", f"codecite {kept.record.version}", "written by quote"]
    assert [words for words in wanted if squeezed(words) not in said] == []
    assert "privatenote" not in said


@each
@pytest.mark.parametrize("payload", HOSTILE)
def test_no_text_has_power_over_an_export(kind: Format, payload: str) -> None:
    shown = escaped(" ".join(payload.split()))
    evidence = replace(ANSWER.citations[0].evidence, quote=payload, locator=payload)
    evidence = replace(evidence, document=replace(evidence.document, title=payload, url=f"javascript:{payload}"))
    answer = replace(ANSWER, text=f"**{shown}** [1]\n- {shown} [1]\n", citations=(Citation(1, evidence),))
    made = export(payload, [(exchange(answer, question=payload), None)], kind)
    said = read(made, kind)
    visible = [sign for sign in payload if sign.isprintable() and ord(sign) < 256 and not sign.isspace()]
    assert [sign for sign in visible if said.count(sign) < 6] == []  # title, question, two lines, source, quote
    assert "javascript:" not in said.replace("(javascript:alert(1))", "")
    assert not {"\x00", "\x07", "\x0b", "\u202e", "\u200b"} & set(said)


@each
def test_the_signs_of_rules_and_figures_are_shown(kind: Format) -> None:
    made = export("Signs", [(exchange(replace(ANSWER, text=f"- {SIGNS} [1]\n")), None)], kind)
    assert squeezed(SIGNS) in squeezed(read(made, kind))


def sourced(cited: Citation, **facts: object) -> Citation:
    return replace(cited, evidence=replace(cited.evidence, source=replace(cited.evidence.source, **facts)))  # type: ignore[arg-type]


def bound(answer: Answer, number: int) -> Answer:
    """The answer with one of its sources licensed to the person alone."""
    citations = tuple(
        replace(cited, evidence=replace(cited.evidence, source=replace(cited.evidence.source, licence=NOTICE)))
        if cited.number == number
        else cited
        for cited in answer.citations
    )
    return replace(answer, citations=citations, text=f"{answer.text}~~A made-up vaccine, struck out~~\n")


@each
def test_words_licensed_to_the_person_are_left_out_unless_allowed(kind: Format) -> None:
    answer = bound(ANSWER, 1)
    words = squeezed(answer.statements[0].text)
    out = squeezed(read(export("x", [(exchange(answer), None)], kind), kind))
    assert words not in out
    assert squeezed("struck out") not in out
    assert out.count(squeezed(f"Left out: {NOTICE}")) == 2  # in the text and among the sources
    assert squeezed(answer.statements[1].text) in out
    allowed = squeezed(read(export("x", [(exchange(answer), None)], kind, licensed=True), kind))
    assert allowed.count(words) == 2
    assert "Leftout" not in allowed


@each
def test_an_answer_that_broke_off_says_so_and_its_words_are_shown_only_where_licensed_ones_may_be(kind: Format) -> None:
    made = [export("x", [(exchange(None, "**Half of** it [1]\n"), None)], kind, licensed) for licensed in (False, True)]
    bare, allowed = (read(one, kind) for one in made)
    assert BROKEN in bare
    assert "Half of it" not in bare
    assert f"Half of it [1] {BROKEN}" in allowed


@pytest.mark.parametrize(
    ("text", "kinds", "words"),
    [
        ("**A** b [1]\n- c [2]\n- ~~d~~\n\n⚠ e\n", ["text", "bullet", "bullet", "text"], ["A b [1]", "c [2]", "d", "⚠ e"]),
        ("one\ntwo", ["text", "text"], ["one", "two"]),
        ("# head\n\n```\n<b>\n```\n", ["subheading", "text"], ["head", "<b>"]),
        ("[a](http://x.example) ![b](http://y.example/i.png)", ["text"], ["a b"]),
        ("", [], []),
    ],
)
def test_an_answers_markdown_becomes_blocks(text: str, kinds: list[str], words: list[str]) -> None:
    blocks = list(marked(text))
    assert ([block.kind for block in blocks], [block.text for block in blocks]) == (kinds, words)


def test_weights_are_kept_in_every_format() -> None:
    made = {kind: export("x", [(exchange(replace(ANSWER, text="**bold** *slanted* ~~struck~~\n")), None)], kind) for kind in FORMATS}
    assert "**bold** *slanted* ~~struck~~" in made["md"].decode()
    runs = [run for paragraph in docx.Document(BytesIO(made["docx"])).paragraphs for run in paragraph.runs]
    assert {run.text for run in runs if run.font.strike} == {"struck"}
    assert {"bold"} <= {run.text for run in runs if run.bold}
    assert b"Strike" not in made["pdf"]
    assert made["pdf"].startswith(b"%PDF-")


def test_a_word_document_carries_no_macro_and_reaches_for_nothing_outside() -> None:
    made = export("x", [(exchange(), None)], "docx")
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower()]
        assert not [name for name in parts.namelist() if name.endswith(".rels") and b'TargetMode="External"' in parts.read(name)]


def test_a_person_exports_what_is_theirs_alone(store: Store, small_library: Library) -> None:
    first = store.conversations.ask(LOCAL, "what is CPT 90001?")
    second = store.conversations.ask(LOCAL, "and then?", first.conversation_id)
    store.conversations.answered(LOCAL, first.id, ANSWER, recorded(ANSWER, small_library))
    store.conversations.broke_off(LOCAL, second.id, "Half")
    record = store.conversations.exchange(LOCAL, first.id).record_id
    one = export_answer(store, LOCAL, first.id, "md").decode()
    whole = export_conversation(store, LOCAL, first.conversation_id, "md").decode()
    assert f"record {record}" in one
    assert "and then?" not in one
    assert whole.startswith("# what is CPT 90001?")
    assert whole.index(f"record {record}") < whole.index("## and then?") < whole.index(BROKEN)
    bob = store.people.add("bob").id
    for guess in (lambda: export_answer(store, bob, first.id, "md"), lambda: export_conversation(store, bob, first.conversation_id, "md")):
        with pytest.raises(Missing):
            guess()
