"""Documents, questions and sources are hostile text: whatever they hold, the page keeps its own shape and shows their words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import chat, quote
from assistant.answer import Answer, Citation, Evidence, Question
from assistant.store.conversations import Exchange
from assistant.web import render
from assistant.web.pieces import rendered
from corpus import ingest
from corpus.model import Document, Reference, Source
from index.library import Library, Readiness

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'/>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "` onclick=alert(1) `",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">',
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<form action=javascript:alert(1)><button>go</button></form>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    '<meta http-equiv=refresh content="0;url=//evil.example">',
    "<style>*{display:none}</style>",
    "<style>@import '//evil.example/x.css';</style>",
    "<!-- comment --><!--[if IE]><script>alert(1)</script><![endif]-->",
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x onclick=alert(1)/>",
    "</article></section></div><h1>mine</h1>",
    "</mark></blockquote><mark>mine",
    "</p><p class=meta>forged licence",
    "<mark>forged highlight</mark>",
    "<plaintext>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&amp;lt;b&amp;gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "${alert(1)} {{7*7}} {% raw %} <%= 7 %>",
    "$title $number $$ \\0 \\1 \\g<0>",
    "[click](javascript:alert(1))",
    "[click](<javascript:alert(1)>)",
    "[click]( &#106;avascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[ref]: javascript:alert(1)",
    "[1](javascript:alert(1))",
    "see [1] and [2]",
    "[[1]](https://evil.example)",
    "<javascript:alert(1)>",
    "<https://evil.example>",
    "**bold** *em* __bold__ _em_ ~~gone~~ `code`",
    "\\*not\\* \\[1\\] \\<b\\>",
    "a \\",
    "| a | b |",
    "```js alert(1)```",
    "~~~ alert(1)",
    "$$\\href{javascript:alert(1)}{x}$$",
    "\u202egnp.exe\u202c \u200b\ufeff",
    "😀 é ﬁ &nbsp; &copy;",
)
LINE_STARTS = ("# heading", "> quoted", "- item", "+ item", "* item", "1. first", "1) first", "---", "***", "    code", "\tcode", "===")
PLAIN = "harmless words"
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


class Shape(HTMLParser):
    """The tags of a piece of HTML with their attributes, and the text between them; what buttons hold is told apart."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.held: list[str] = []  # what is to be opened or copied
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.held += [value or "" for name, value in attrs if name in ("data-open", "data-copy")]
        self.tags.append((tag, tuple((name, None if name in ("data-open", "data-copy") else value) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("declaration", ()))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("instruction", ()))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("declaration", ()))

    @property
    def links(self) -> list[str | None]:
        return [dict(attrs).get("href") for tag, attrs in self.tags if tag == "a"]


def markdown(text: str) -> Shape:
    """Markdown as a page without any defence of its own would show it."""
    return Shape(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def citation(**changes: str) -> Citation:
    """A citation with every field filled with plain words, but for those given."""
    words = dict.fromkeys(
        ("title", "publisher", "edition", "payer", "locator", "text", "publication", "referee", "section", "licence"), PLAIN
    )
    said = words | {"url": "https://example.org/a", "address": "https://example.org/b"} | changes
    reference = Reference(said["publication"], said["referee"], said["section"], said["address"])
    document = Document("d", said["title"], "code", (), url=said["url"], payer=said["payer"], references=(reference,))
    source = Source("s", PLAIN, PLAIN, said["licence"], "markdown", said["publisher"], said["edition"], effective=date(2026, 1, 1))
    text = f"Before. {said['text']} After."
    return Citation(1, Evidence(1, "lead", text, changes.get("quote", said["text"]), said["locator"], document, source, page=3))


def answer(question: str = PLAIN, *citations: Citation, steps: tuple[str, ...] = ()) -> Answer:
    asked = Question(question, question, "definition", date(2026, 1, 1), dated=False)
    return Answer(asked, "answered", "**Yes.** [1]\n", (), citations, (), (), steps, {"search": 1.5, "total": 12.25})


def side(answer: Answer, answer_id: str) -> str:
    """The sources of an answer as the page shows them."""
    exchange = Exchange(answer_id, "c1", 1, answer.question.text, {}, datetime.now(UTC), "answered", answer.text, answer, None, False, "")
    body = rendered("answer.html", exchange=exchange, cards=render.cards(answer, answer_id)).body
    return bytes(body).decode()


FIELDS: dict[str, Callable[[str], str]] = {
    **{
        name: lambda words, name=name: render.card(citation(**{name: words}), "a1")
        for name in ("title", "publisher", "edition", "payer", "locator", "text", "publication", "referee", "section", "licence")
    },
    "payer of the source": lambda words: render.card(_payer_of_source(words), "a1"),
    "question": lambda words: side(answer(words[:80], citation()), "a1"),
}


def _payer_of_source(words: str) -> Citation:
    item = citation().evidence
    bare = replace(item, document=replace(item.document, payer=None), source=replace(item.source, payer=words))
    return Citation(1, bare)


def test_there_are_at_least_fifty_payloads() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_changes_a_tag_of_the_page_and_each_shows_its_words(payload: str) -> None:
    for field, drawn in FIELDS.items():
        shown, harmless = Shape(drawn(payload)), Shape(drawn(PLAIN))
        assert shown.tags == harmless.tags, field
        assert squeezed(payload[:80]) in squeezed(shown.text), field


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_card_opens_is_a_view_of_ours_and_what_it_copies_is_text(payload: str) -> None:
    for field in ("title", "locator", "text"):
        opened, copied = Shape(FIELDS[field](payload)).held
        assert re.fullmatch(r"view/row/s\?place=[\w%+.~*-]*", opened, re.A), field
        assert payload in copied, field


@pytest.mark.parametrize("field", FIELDS)
@given(words=WORDS)
def test_no_text_at_all_changes_a_tag(field: str, words: str) -> None:
    if words:
        assert Shape(FIELDS[field](words)).tags == Shape(FIELDS[field](PLAIN)).tags


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "view-source:https://example.org",
        "ftp://example.org/x",
        "mailto:a@example.org",
        "//evil.example/x",
        "/relative",
        "#cite-a1-2",
        "example.org/no/scheme",
        "https:javascript:alert(1)",
        "https:///no/host",
        "https://[no-such-host",
        "https://[::1",
        "not an address",
        "",
    ],
)
@pytest.mark.parametrize("field", ["url", "address"])
def test_only_an_address_on_the_web_is_a_link(field: str, address: str) -> None:
    other = "https://example.org/a" if field == "address" else "https://example.org/b"
    assert Shape(render.card(citation(**{field: address}), "a1")).links == [other]


@pytest.mark.parametrize("field", ["url", "address"])
@pytest.mark.parametrize(
    "address",
    ["https://example.org/x?a=1&b=2#c", "http://example.org", "HTTPS://example.org/", 'https://example.org/"onmouseover="alert(1)'],
)
def test_a_link_goes_where_it_says_and_takes_nothing_along(field: str, address: str) -> None:
    shape = Shape(render.card(citation(**{field: address}), "a1"))
    (attrs,) = (dict(attrs) for tag, attrs in shape.tags if tag == "a" and ("href", address) in attrs)
    assert set(attrs) == {"class", "href", "target", "rel"}
    assert {"noopener", "noreferrer"} <= set((attrs["rel"] or "").split())
    assert "example.org" in shape.text


def pieces(markup: str) -> tuple[str, str]:
    """What a highlighted passage shows, and what of it is marked."""
    before, opened, rest = markup.partition("<mark>")
    inside, _, after = rest.partition("</mark>")
    assert "<" not in before + inside + after
    return unescape(before + inside + after), unescape(inside) if opened else "nothing"


@given(before=st.text(), words=st.text(min_size=1), after=st.text())
def test_the_highlight_is_exactly_the_quote(before: str, words: str, after: str) -> None:
    assert pieces(render.highlighted(before + words + after, words)) == (before + words + after, words)


@given(text=st.text(), words=st.text(min_size=1))
def test_words_that_are_not_there_mark_nothing(text: str, words: str) -> None:
    assert pieces(render.highlighted(text, words)) == (text, words if words in text else "nothing")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two units a day.", "two units a day."),
        ("Two  units a day.", "Two units a day."),
        ("Two units\na day.", "Two units a day."),
        ("Two units a day", "Two units a day."),
        ("<b>bold</b>", "&lt;b&gt;"),
        ("&lt;b&gt;", "<b>"),
        ("Two units a day.", ""),
        ("", ""),
    ],
)
def test_a_quote_that_is_nearly_there_or_empty_marks_nothing(text: str, words: str) -> None:
    assert pieces(render.highlighted(text, words)) == (text, "nothing")


def test_only_the_first_of_equal_words_is_marked() -> None:
    assert render.highlighted("one & one & one", "one") == "<mark>one</mark> &amp; one &amp; one"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_card_marks_the_quote_among_hostile_words(payload: str) -> None:
    markup = render.card(citation(text=payload, quote=f"{payload} After."), "a1")
    assert unescape(markup.partition("<mark>")[2].partition("</mark>")[0]) == f"{payload} After."


@pytest.mark.parametrize("number", [1, 9, 10, 99, 100, 999])
def test_a_mark_leads_to_the_card_of_its_own_answer(number: int) -> None:
    (link,) = markdown(render.marked(f"**Yes.** [{number}]", "a7")).links
    card = Shape(render.card(replace(citation(), number=number), "a7"))
    assert link == f"#{dict(card.tags[0][1])['id']}"


@pytest.mark.parametrize("text", ["[0]", "[00]", "[1000]", "[-1]", "[1.5]", "[a]", "[ 1 ]", "[]", r"\[1\]"])
def test_what_is_no_citation_becomes_no_link(text: str) -> None:
    assert markdown(render.marked(f"Yes {text}.", "a1")).links == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_sources_words_in_an_answer_add_no_tag_and_no_mark(payload: str) -> None:
    for role in ("lead", "detail", "candidate", "gap", "aside"):
        shown, harmless = (
            markdown(render.marked(quote.line(replace(citation(text=words).evidence, role=role)), "a1")) for words in (payload, PLAIN)
        )
        assert shown.tags == harmless.tags, role
        assert squeezed(payload) in squeezed(shown.text), role


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_step_shows_its_words_and_nothing_else(payload: str) -> None:
    shown, harmless = (markdown(render.steps(answer(steps=(f"Understood as {words}",)))) for words in (payload, PLAIN))
    assert shown.tags == harmless.tags
    assert f"Understood as {squeezed(payload)}" in squeezed(shown.text)


def test_steps_end_with_the_time_each_stage_took() -> None:
    assert render.steps(answer(steps=("one", "two"))).splitlines() == ["- one", "- two", "- Took search 1.5 ms, total 12.25 ms"]


@pytest.mark.parametrize("payload", [*PAYLOADS, *LINE_STARTS, "two\nlines", "title\n===", "title\n---", "a\n\nb", "a\n- b", "a|b\n:-|-"])
def test_a_message_is_shown_as_it_was_typed(payload: str) -> None:
    shape = markdown(render.typed(payload))
    assert {tag.strip("/") for tag, _ in shape.tags} <= {"p", "br"}
    assert squeezed(shape.text) == squeezed(payload)


@given(st.text(st.sampled_from("-+*#>`~|_[](){}!&;\\<=1.) \nab"), max_size=12))
def test_any_message_is_shown_as_it_was_typed(text: str) -> None:
    shape = markdown(render.typed(text))
    assert {tag.strip("/") for tag, _ in shape.tags} <= {"p", "br"}
    assert squeezed(shape.text) == squeezed(text)


@given(st.text())
def test_a_message_asked_again_is_the_message_that_was_typed(text: str) -> None:
    """But for white space, which asks nothing: no sign of Markdown keeps an indent from being a block of code."""
    assert squeezed(quote.unescaped(render.typed(text))) == squeezed(text)


def test_a_group_has_a_card_for_each_citation_in_order() -> None:
    markup = side(answer(PLAIN, *(replace(citation(), number=number) for number in (1, 2, 5))), "a3")
    ids = [dict(attrs).get("id") for tag, attrs in Shape(markup).tags if tag in ("section", "article")]
    assert ids == ["group-a3", "cite-a3-1", "cite-a3-2", "cite-a3-5"]
    assert "Sources (3)" in Shape(markup).text


def test_an_answer_without_citations_says_so() -> None:
    shape = Shape(side(answer(), "a1"))
    assert "cites nothing" in shape.text
    assert "article" not in {tag for tag, _ in shape.tags}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "2026 Q1 · from 2026-01-01"),
        ({"ended": date(2026, 3, 31)}, "2026 Q1 · from 2026-01-01 · to 2026-03-31"),
        ({"edition": None}, "from 2026-01-01"),
        ({"edition": None, "effective": None}, "undated"),
    ],
)
def test_a_card_says_which_edition_and_when_it_held(changes: dict[str, date | None], expected: str) -> None:
    item = citation(edition="2026 Q1").evidence
    shape = Shape(render.card(Citation(1, replace(item, source=replace(item.source, **changes))), "a1"))
    assert f"{PLAIN} · {expected} · {PLAIN}" in shape.text


def test_a_card_says_what_is_not_stated() -> None:
    item = citation().evidence
    bare = replace(item, page=None, document=replace(item.document, payer=None, references=(), url=None))
    shape = Shape(render.card(Citation(1, replace(bare, source=replace(bare.source, publisher=None))), "a1"))
    assert "publisher not stated" in shape.text
    assert "p. " not in shape.text
    assert {"a", "details"}.isdisjoint(tag for tag, _ in shape.tags)


def test_the_fold_says_what_was_found_and_how_fast() -> None:
    assert render.summary(answer(PLAIN, citation())) == "how: definition, 1 citations, 12 ms"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Readiness(0, 0), "vectors: checking"),
        (Readiness(0, 200), "vectors 0 % ready; exact codes and keywords answer now"),
        (Readiness(199, 200), "vectors 99 % ready; exact codes and keywords answer now"),
        (Readiness(200, 200), "vectors ready"),
    ],
)
def test_the_foot_never_rounds_up_to_ready(now: Readiness, expected: str, home: Path) -> None:
    library = Library(home, "none")
    library.readiness = now
    assert Shape(render.status(library)).text == f"0 sources · {expected}"


@pytest.fixture(scope="module")
def hostile_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Documents that carry a payload wherever a document can."""
    folder = tmp_path_factory.mktemp("hostile")
    building = Library(folder / "home", "none")
    for at, payload in enumerate(PAYLOADS):
        reference = {"publication": payload, "publisher": payload, "section": payload, "address": f"javascript:{payload}"}
        meta = {"id": f"h{at}", "title": f"Rules {payload}", "kind": "policy", "payer": payload, "publisher": payload, "licence": payload}
        front = yaml.safe_dump(meta | {"sources": [reference]}, allow_unicode=True)
        body = f"# Part {payload}\n\nThe zebra{at} rule says {payload} for all.\n\n" + "Nothing else is said in this rule. " * 8
        path = folder / f"h{at}.md"
        path.write_text(f"---\n{front}---\n{body}", encoding="utf-8")
        assert ingest.add(building.catalog, path).status == "added", payload
    building.keywords.sync(building.catalog)
    return Library(folder / "home", "none")


@pytest.mark.parametrize("at", range(len(PAYLOADS)))
def test_from_file_to_page_nothing_hostile_gets_through(at: int, hostile_library: Library) -> None:
    found = chat.ask(f"what is the zebra{at} rule about {PAYLOADS[at]}", hostile_library)
    said, steps = markdown(render.marked(found.text, "a1")), markdown(render.steps(found))
    beside = Shape(side(found, "a1"))
    own = {
        "div",
        "button",
        "textarea",
        "a",
        "section",
        "h2",
        "small",
        "article",
        "h3",
        "span",
        "p",
        "mark",
        "details",
        "summary",
        "ul",
        "li",
        "blockquote",
    }
    assert {tag.strip("/") for tag, _ in said.tags} <= {"p", "strong", "em", "ul", "li", "a", "br"}
    assert {tag.strip("/") for tag, _ in steps.tags} <= {"ul", "li", "p"}
    assert {tag.strip("/") for tag, _ in beside.tags} <= own
    assert all((link or "").startswith("#cite-a1-") for link in said.links)
    assert {link for link in beside.links if not (link or "").startswith(("view/answer/a1/export.", "#/answer/a1"))} == set()
    assert not [name for shape in (said, steps, beside) for _, attrs in shape.tags for name, _ in attrs if name.startswith("on")]


def test_the_hostile_documents_are_answered_from(hostile_library: Library) -> None:
    cited = [at for at in range(len(PAYLOADS)) if chat.ask(f"what is the zebra{at} rule", hostile_library).citations]
    assert len(cited) > 0.9 * len(PAYLOADS)
