"""The readers of Markdown, text, HTML and Word: nothing a reader sees is lost, and front matter is believed only where it is valid."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from textwrap import dedent

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chunks import SIZE
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER
from corpus.ingest import STARTER
from corpus.model import NOTE, PROSE, TERM, CorpusError, Passage, Reading, Reference
from corpus.readers.prose import own_title, read_docx, read_html, read_markdown, read_starter, read_text, subject

PATH = Path("a_made-up_page.md")


def _passages(reading: Reading) -> tuple[Passage, ...]:
    return reading.documents[0].passages


def _places(reading: Reading) -> list[tuple[str, str]]:
    """Section and text of every passage."""
    return [(passage.section, passage.text) for passage in _passages(reading)]


def _words(reading: Reading) -> list[str]:
    return [word for p in _passages(reading) for word in re.findall(r"\w+", p.text)]


# Markdown


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("plain words", [("", "plain words")]),
        (
            "before\n\n# One\nfirst\n## Two\nsecond\n# Three\nthird",
            [("", "before"), ("One", "first"), ("One › Two", "second"), ("Three", "third")],
        ),
        ("### Deep\na\n# Top\nb\n### Skipped\nc", [("Deep", "a"), ("Top", "b"), ("Top › Skipped", "c")]),
        ("Upper\n===\na\n\nLower\n---\nb", [("Upper", "a"), ("Upper › Lower", "b")]),
        ("# One\n```\n# a comment\n```", [("One", "```\n# a comment\n```")]),
        ("# One\n> # quoted\n\n- # in a list", [("One", "> # quoted\n\n- # in a list")]),
        ("# Spaced   \n\n\n\nwords\n\n\n", [("Spaced", "words")]),
    ],
)
def test_markdown_is_cut_under_its_headings(text: str, places: list[tuple[str, str]]) -> None:
    assert _places(read_markdown(PATH, text)) == places


def test_a_passage_of_markdown_is_located_by_its_nearest_heading() -> None:
    found = _passages(read_markdown(PATH, "before\n\n# One\nfirst\n## Two\nsecond"))
    assert [p.locator for p in found] == ["opening", "One", "Two"]


@pytest.mark.parametrize("mark", ["\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_only_a_line_feed_ends_a_line_of_markdown(mark: str) -> None:
    text = f"one{mark}two{mark}three\n\n# Head\n\nbody\n\n## Sub\n\nmore\n"
    assert _places(read_markdown(PATH, text))[1:] == [("Head", "body"), ("Head › Sub", "more")]


_body = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=400).map(" ".join)
_parts = st.lists(st.tuples(st.integers(1, 6), st.text("ABCDEFGH", min_size=1, max_size=8), _body), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(parts=_parts)
def test_cutting_markdown_loses_no_word_and_every_span_is_the_passage(parts: list[tuple[int, str, str]]) -> None:
    text = "\n\n".join(f"{'#' * level} {title}\n{body}" for level, title, body in parts)
    found = _passages(read_markdown(PATH, text))
    assert [word for p in found for word in p.text.split()] == [word for _, _, body in parts for word in body.split()]
    assert all(text[p.start : p.end] == p.text and len(p.text) <= SIZE for p in found)
    assert {p.section.split(" › ")[-1] for p in found} == {title for _, title, _ in parts}


@pytest.mark.parametrize("text", ["", "  \n\n", "# Head\n## Sub\n", "---\ntitle: nothing else\n---\n"])
def test_a_page_without_words_is_refused(text: str) -> None:
    with pytest.raises(CorpusError, match="no text"):
        read_markdown(PATH, text)


def test_without_front_matter_the_page_is_yours_and_undated() -> None:
    reading = read_markdown(PATH, "words")
    source, document = reading.source, reading.documents[0]
    assert (source.title, source.kind, source.file, source.licence) == (
        "a made up page",
        "markdown",
        PATH.name,
        "not stated; supplied by you",
    )
    assert (source.publisher, source.payer, source.effective, document.kind, reading.codes) == (None, None, None, "policy", ())


# Front matter

POLICY = dedent("""\
    ---
    title: Acme rules for test fever
    kind: policy
    licence: Acme's own
    publisher: Acme
    payer: Acme Health
    jurisdiction: US-XX
    codes: ["90001", J9901, a11.0, nonsense]
    modifiers: [25]
    effective: 2031-02-03
    ended: 2032-03-04
    sources:
      - {publication: Rule book, publisher: Acme, section: "3.1", address: "https://example.org/rules"}
      - {publication: Letter}
    ---
    Acme pays for one test.

    ## Limits
    One a year.
    """)
CODE = dedent("""\
    ---
    id: page-90001
    title: CPT 90001 – made-up vaccine
    kind: code
    codes: ["90001", "90002"]
    names: [testvax, fever shot]
    effective: 2001-02-03
    ended: 2010-12-31
    ---
    CPT 90001 is a made-up vaccine.

    ## Giving it
    It is injected.

    ## Not in these sources
    Its price.
    """)


def test_front_matter_describes_the_source() -> None:
    source = read_markdown(PATH, POLICY).source
    assert (source.title, source.licence, source.publisher) == ("Acme rules for test fever", "Acme's own", "Acme")
    assert (source.payer, source.jurisdiction, source.url) == ("Acme Health", "US-XX", "https://example.org/rules")
    assert (source.effective, source.ended) == (date(2031, 2, 3), date(2032, 3, 4))


def test_front_matter_describes_the_document() -> None:
    document = read_markdown(PATH, POLICY).documents[0]
    assert document.references == (Reference("Rule book", "Acme", "3.1", "https://example.org/rules"), Reference("Letter", "", "", ""))
    assert (document.effective, document.ended, document.payer) == (date(2031, 2, 3), date(2032, 3, 4), "Acme Health")
    assert [(p.section, p.text) for p in document.passages] == [("", "Acme pays for one test."), ("Limits", "One a year.")]


def test_a_policy_defines_no_code() -> None:
    reading = read_markdown(PATH, POLICY)
    assert reading.codes == ()


def test_a_code_page_defines_its_first_code_for_as_long_as_it_says() -> None:
    (code,) = read_markdown(PATH, CODE).codes
    assert (code.system, code.value, code.title) == (CPT, "90001", "made-up vaccine")
    assert (code.valid_from, code.valid_to) == (date(2001, 2, 3), date(2010, 12, 31))


def test_a_code_page_outlives_the_code_it_describes() -> None:
    reading = read_markdown(PATH, CODE)
    assert (reading.source.effective, reading.source.ended) == (None, None)
    assert reading.documents[0].ended == date(2010, 12, 31)


def test_a_code_page_is_found_by_its_title_and_its_names() -> None:
    terms = [p for p in _passages(read_markdown(PATH, CODE)) if p.kind == TERM]
    assert [p.text for p in terms] == ["made-up vaccine", "testvax", "fever shot"]
    assert {p.codes for p in terms} == {((CPT, "90001"),)}


def test_what_a_page_lacks_is_a_note_and_not_prose() -> None:
    kinds = {p.text: p.kind for p in _passages(read_markdown(PATH, CODE))}
    assert (kinds["Its price."], kinds["It is injected."]) == (NOTE, PROSE)


@pytest.mark.parametrize(
    ("meta", "pairs"),
    [
        ({"codes": ["90001", "j9901", "a11.0"]}, [(CPT, "90001"), (HCPCS, "J9901"), (ICD10CM, "A11.0")]),
        ({"codes": [90001]}, [(CPT, "90001")]),
        ({"modifiers": [25, "lt"]}, [(MODIFIER, "25"), (MODIFIER, "LT")]),
        ({"codes": ["90001"], "modifiers": ["LT"]}, [(CPT, "90001"), (MODIFIER, "LT")]),
        ({"codes": ["98765432", "", None, "A-1"]}, []),
        ({"codes": {"90001": 1}}, []),
        ({}, []),
    ],
)
def test_a_page_is_about_the_codes_its_front_matter_lists(meta: dict[str, object], pairs: list[tuple[str, str]]) -> None:
    assert subject(meta) == pairs


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("CPT 90001 – made-up vaccine", "made-up vaccine"),
        ("HCPCS J9901 — made-up drug", "made-up drug"),
        ("Modifier LT - left side", "left side"),
        ("90001 – made-up vaccine", "made-up vaccine"),
        ("Made-up vaccine", "Made-up vaccine"),
        ("Follow-up visits – who pays", "Follow-up visits – who pays"),
        ("CPT explained", "CPT explained"),
    ],
)
def test_a_title_is_told_from_the_code_before_it(title: str, own: str) -> None:
    assert own_title(title) == own


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [open", "not valid YAML"),
        ("title: a: b", "not valid YAML"),
        ("title: x\n\tcodes: []", "not valid YAML"),
        ('title: !!python/object/apply:os.getcwd ["x"]', "not valid YAML"),
        ("effective: soon", "`effective`.*not a date"),
        ("effective: 2031", "`effective`.*not a date"),
        ("ended: [2031-01-01]", "`ended`.*not a date"),
        ('ended: "2031-01-01"', "`ended`.*not a date"),
        ("effective: 2031-13-45", "front matter"),
        ("ended: 2031-02-30", "front matter"),
        ("effective: 2031-02-03 10:00:00", "`effective`.*not a date"),
        ("codes: 90001", "`codes`.*not a list"),
        ("names: testvax", "`names`.*not a list"),
        ("codes: [00100]", "`codes`.*64.*quotes"),
        ("modifiers: [NO]", "`modifiers`.*False.*quotes"),
    ],
)
def test_damaged_front_matter_is_refused_with_its_cause(front: str, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason) as refused:
        read_markdown(PATH, f"---\n{front}\n---\nwords\n")
    assert "\n" not in str(refused.value)


def test_front_matter_that_refers_to_itself_is_not_unfolded() -> None:
    levels = "".join(f"{at}: &{at} [{', '.join([f'*{before}'] * 9)}]\n" for before, at in zip("abcde", "bcdef", strict=True))
    try:
        title = read_markdown(PATH, f"---\na: &a [ha]\n{levels}title: [*f]\n---\nwords").source.title
    except CorpusError:
        return
    assert len(title) < 1000


NO_FRONT = ["---\ntitle: never closed\nwords", "words\n\n---\n\nmore words\n\n---\n", "---\n---\nwords", "---\n- a\n- b\n---\nwords"]


@pytest.mark.parametrize("text", NO_FRONT)
def test_rules_across_a_page_are_no_front_matter(text: str) -> None:
    reading = read_markdown(PATH, text)
    assert reading.source.title == "a made up page"
    assert "words" in _words(reading)


# Text


@settings(max_examples=60, deadline=None)
@given(text=st.text("ab .\n", min_size=1, max_size=4000).filter(str.strip))
def test_cutting_text_loses_no_word_and_every_span_is_the_passage(text: str) -> None:
    found = _passages(read_text(Path("a_b.txt"), text))
    assert "".join("".join(p.text.split()) for p in found) == "".join(text.split())
    assert all(text[p.start : p.end] == p.text for p in found)


def test_text_is_named_after_its_file() -> None:
    source = read_text(Path("my_own_notes.txt"), "words").source
    assert (source.title, source.kind, source.file) == ("my own notes", "text", "my_own_notes.txt")


# HTML


def _html(body: str, head: str = "<title>Fever &amp;\n more</title>") -> Reading:
    return read_html(Path("page.html"), f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>")


def test_the_title_of_a_page_is_its_own_or_its_file_name() -> None:
    assert _html("<p>words</p>").source.title == "Fever & more"
    assert _html("<p>words</p>", head="").source.title == "page"


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "svg", "nav", "header", "footer"])
def test_what_a_reader_does_not_see_is_no_text(tag: str) -> None:
    assert _words(_html(f"<{tag}>hidden <p>hidden</p></{tag}><p>seen</p>")) == ["seen"]


def test_headings_of_a_page_are_its_sections() -> None:
    body = "<p>before</p><h1>One</h1><p>first</p><h2>Two <em>b</em></h2><p>second</p><p>third</p><h1>Three</h1><p>fourth</p>"
    assert _places(_html(body)) == [("", "before"), ("One", "first"), ("One › Two b", "second\nthird"), ("Three", "fourth")]


SEEN = {
    "inline": "<p>ant <b>bee</b><br>cat</p><pre>dog\n eel</pre>",
    "nested list": "<ul><li>ant</li><li>bee<ul><li>cat</li></ul></li></ul>",
    "loose in a div": "<div>ant<p>bee</p>cat</div>",
    "sections": "<section>ant</section><article>bee</article><main>cat</main>",
    "loose in the body": "ant<p>bee</p>cat",
    "definitions": "<dl><dt>ant</dt><dd>bee</dd></dl><blockquote>cat</blockquote>",
    "table": "<table><tr><th>ant</th><th>bee</th></tr><tr><td>cat</td><td><p>dog</p></td></tr></table>",
    "caption": "<table><caption>ant</caption><tr><td>bee</td></tr></table>",
    "nested table": "<table><tr><td>ant<table><tr><td>bee</td><td>cat</td></tr></table></td><td>dog</td></tr></table>",
    "unclosed": "<p>ant<p>bee<ul><li>cat<li>dog",
    "spans": "<div><span>ant</span> <a href='x'>bee</a></div>",
    "heading in a cell": "<h2>ignored</h2><table><tr><td><h3>ant</h3>bee</td></tr></table>",
    "details": "<details><summary>ant</summary>bee</details><figure><figcaption>cat</figcaption></figure>",
}


@pytest.mark.parametrize("body", SEEN.values(), ids=SEEN.keys())
def test_every_word_a_reader_sees_is_kept_once(body: str) -> None:
    seen = [word for word in ("ant", "bee", "cat", "dog", "eel") if word in body]
    assert Counter(word for word in _words(_html(body)) if word in seen) == Counter(seen)


def test_a_row_of_a_table_stays_together() -> None:
    body = "<table><tr><th>Code</th><th>Units</th></tr><tr><td>J9901</td><td>4</td></tr></table>"
    assert _passages(_html(body))[0].text.splitlines() == ["Code Units", "J9901 4"]


@pytest.mark.parametrize("body", ["", "<script>words()</script>", "<p> </p><!-- words -->", "<img alt='x' src='y'>"])
def test_a_page_that_shows_nothing_is_refused(body: str) -> None:
    with pytest.raises(CorpusError, match="no text"):
        _html(body)


# Word


def _word(folder: Path, document: "docx.document.Document") -> Path:
    document.save(str(folder / "my_memo.docx"))
    return folder / "my_memo.docx"


def test_a_word_file_keeps_its_headings_and_the_order_of_its_tables(tmp_path: Path) -> None:
    memo = docx.Document()
    memo.add_paragraph("before")
    memo.add_heading("One", 1)
    table = memo.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), ("Code", "Units\na day", "J9901", "4"), strict=True):
        cell.text = text
    memo.add_paragraph("after the table")
    memo.add_heading("Two", 2)
    memo.add_paragraph("an item", style="List Bullet")
    reading = read_docx(_word(tmp_path, memo))
    assert (reading.source.title, reading.source.kind) == ("my memo", "docx")
    rows = "Code | Units a day\nJ9901 | 4"
    assert _places(reading) == [("", "before"), ("One", f"{rows}\nafter the table"), ("One › Two", "an item")]


def test_a_merged_cell_of_a_word_table_is_read_once(tmp_path: Path) -> None:
    memo = docx.Document()
    table = memo.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "merged"
    table.cell(0, 2).text = "alone"
    assert _words(read_docx(_word(tmp_path, memo))) == ["merged", "alone"]


def test_a_table_inside_a_cell_of_a_word_table_is_read(tmp_path: Path) -> None:
    memo = docx.Document()
    cell = memo.add_table(1, 1).cell(0, 0)
    cell.text = "outer"
    cell.add_table(1, 1).cell(0, 0).text = "inner"
    assert _words(read_docx(_word(tmp_path, memo))) == ["outer", "inner"]


@pytest.mark.parametrize("rows", [0, 3])
def test_a_word_file_without_words_is_refused(tmp_path: Path, rows: int) -> None:
    memo = docx.Document()
    memo.add_paragraph("  ")
    if rows:
        memo.add_table(rows, 2)
    with pytest.raises(CorpusError, match="no text"):
        read_docx(_word(tmp_path, memo))


@pytest.mark.parametrize("data", [b"", b"words", b"PK\x03\x04" + b"x" * 200], ids=["empty", "text", "cut off"])
def test_a_damaged_word_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "memo.docx"
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="the Word file is damaged"):
        read_docx(path)


# The starter documents


def test_the_starter_is_one_source_of_many_documents(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(CODE, encoding="utf-8")
    (tmp_path / "a.md").write_text(POLICY, encoding="utf-8")
    (tmp_path / "c.txt").write_text("not a starter document", encoding="utf-8")
    reading = read_starter(tmp_path)
    assert (reading.source.id, reading.source.kind, reading.source.publisher) == ("starter", "starter", "codecite")
    assert [document.title for document in reading.documents] == ["Acme rules for test fever", "CPT 90001 – made-up vaccine"]
    assert [code.value for code in reading.codes] == ["90001"]


def test_every_starter_document_that_ships_is_whole() -> None:
    reading = read_starter(STARTER)
    ids = [document.id for document in reading.documents]
    assert len(ids) == len(list(STARTER.glob("*.md"))) == len(set(ids))
    assert [document.title for document in reading.documents if not document.passages or not document.references] == []
    assert len({(code.system, code.value) for code in reading.codes}) == len(reading.codes)
    passages = [passage.id for document in reading.documents for passage in document.passages]
    assert len(passages) == len(set(passages))
