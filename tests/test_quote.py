"""The writer that needs no model says the evidence's own words, and those words have no power over the page."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.answer import Evidence, Question
from assistant.quote import escaped, line, unescaped, write
from assistant.verify import marks, plain
from corpus.model import Document, Source

SOURCE = Source(id="s", title="Made-up source", publication="m", licence="none", kind="text")
DOCUMENT = Document("d", "A page", "policy", ())
ASKED = Question("q", "q", "definition", date(2026, 11, 20), dated=False)
ROLES = ("lead", "detail", "gap", "aside")
FRAME = {"strong_open", "strong_close", "em_open", "em_close", "text"}  # what the writer itself may put into a line
PAGE = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
SPECIALS = st.text(alphabet="ab1 \\`*_[]<>()#+-.!|~&;:/\"'=$@\n\té", max_size=40)


def evidence(words: str, role: str = "detail", number: int = 1, say: str | None = None) -> Evidence:
    return Evidence(number, role, words, words, "row 1", DOCUMENT, SOURCE, say=say)


def inline(markdown: str) -> list[Token]:
    return [child for token in PAGE.parse(markdown) for child in token.children or [token] if token.type == "inline"]


def shown(markdown: str) -> str:
    return "".join(token.content for token in inline(markdown) if token.type == "text")


def blocks(markdown: str) -> set[str]:
    return {token.type for token in PAGE.parse(markdown)}


@given(st.text())
def test_escaping_comes_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(SPECIALS)
def test_escaping_comes_back_from_every_special_sign(text: str) -> None:
    assert unescaped(escaped(text)) == text


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden -->",
    "[click](javascript:alert(1))",
    "![pixel](https://example.org/p.png)",
    "<https://example.org>",
    "a **bold** and _leaning_ and *leaning* word",
    "`code` and ```fence```",
    "see [7] and [0]",
    "[1]: https://example.org",
    "back\\slash \\[1\\] \\",
    "&lt;b&gt; and &amp; and &#91;1&#93;",
    "# a heading",
    "###### a heading",
    "- a bullet",
    "+ a bullet",
    "* a bullet",
    "1. a number",
    "2026) a number",
    "> a quotation",
    "---",
    "===",
    "~~~",
    "a ~~struck~~ word",
    "    a block of code",
    "| a | table |",
    "two\n\nparagraphs\n# and a heading",
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("words", HOSTILE)
def test_a_sources_words_are_shown_and_never_obeyed(role: str, words: str) -> None:
    markdown = line(evidence(words, role))
    assert {token.type for token in inline(markdown)} <= FRAME
    assert " ".join(words.split()) in shown(markdown)
    harmless = blocks(line(evidence("A harmless sentence.", role)))
    assert blocks(markdown) == harmless


@given(SPECIALS.filter(str.strip), st.sampled_from(ROLES))
@settings(deadline=None, max_examples=300)
def test_any_words_are_shown_as_they_are(words: str, role: str) -> None:
    assert " ".join(words.split()) in shown(line(evidence(words, role)))


@given(SPECIALS.filter(str.strip), st.sampled_from(ROLES), st.integers(1, 99))
@settings(deadline=None)
def test_the_only_mark_the_page_shows_is_the_evidences_own(words: str, role: str, number: int) -> None:
    assert marks(line(evidence(words, role, number))) == (number,)


@pytest.mark.parametrize(
    ("role", "written"),
    [
        ("lead", "**A rule.** [3]\n"),
        ("detail", "- A rule. [3]\n"),
        ("candidate", "- A rule. [3]\n"),
        ("aside", "\n⚠ A rule. [3]\n"),
        ("gap", "\n*Not in my sources:* A rule. [3]\n"),
    ],
)
def test_each_role_has_its_line(role: str, written: str) -> None:
    assert line(evidence("A rule.", role, 3)) == written


def test_what_evidence_says_goes_before_its_quotation() -> None:
    assert line(evidence("J9901 · Injection", say="HCPCS J9901: Injection.")) == "- HCPCS J9901: Injection. [1]\n"


def test_breaks_inside_words_become_spaces() -> None:
    assert line(evidence("A rule\nof two\t lines.")) == "- A rule of two lines. [1]\n"


@pytest.mark.parametrize("words", ["A rule.", "Use J44.1, J44.- or E11.*", "Injection (madeupumab) [10 mg] <5%>", "a_b_c"])
@pytest.mark.parametrize("role", ["lead", "detail", "candidate"])
def test_the_verifier_reads_the_words_back(words: str, role: str) -> None:
    assert plain(unescaped(line(evidence(words, role, 12)))) == plain(words)


def test_the_answer_is_written_line_by_line_in_the_order_given() -> None:
    offered = [evidence(f"Rule {number}.", "lead" if number == 1 else "detail", number) for number in (1, 3, 2)]
    assert list(write(ASKED, offered)) == [line(item) for item in offered]
    assert list(write(ASKED, [])) == []
