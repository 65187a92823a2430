"""What the page shows, as escaped HTML and Markdown: documents, questions and answers are hostile text."""

from collections.abc import Sequence
from html import escape
from re import Match
from urllib import parse

from assistant.answer import Answer, Citation, Evidence
from assistant.quote import escaped
from assistant.verify import MARK
from corpus.model import Source
from index.library import Library

ANY = {"on": "", "payer": "any payer", "state": "any state", "setting": "any setting", "systems": ()}  # what says nothing


def marked(text: str, answer_id: str) -> str:
    """An answer's Markdown with its [1] marks as links to the cards of that answer."""

    def link(mark: Match[str]) -> str:
        number = int(mark[1])
        return f"[{number}](#cite-{answer_id}-{number})" if number else mark[0]

    return MARK.sub(link, text)


def typed(text: str) -> str:
    """A person's message as Markdown that shows every word and sign as typed; white space at a line's ends means nothing there."""
    return "\n".join(_line(line.strip()) for line in text.splitlines())


def _line(text: str) -> str:
    return ("\\" if text.startswith(":") else "") + escaped(text)  # ":--|--" makes a table of the line above


def cut(text: str, quote: str) -> tuple[str, str, str]:
    """A passage before, in and after the quoted words; where they are not found exactly, all of it is before them."""
    at = text.find(quote) if quote else -1
    return (text, "", "") if at < 0 else (text[:at], quote, text[at + len(quote) :])


def highlighted(text: str, quote: str) -> str:
    """A passage with the quoted words marked; where they are not found exactly, nothing is marked."""
    before, words, after = map(escape, cut(text, quote))
    return f"{before}<mark>{words}</mark>{after}" if words else before


def opens(item: Evidence) -> str:
    """The view in which a citation is seen in its place: on its page, in its document, or in its table."""
    if item.passage_id:
        return f"view/source/{parse.quote(item.passage_id)}?{parse.urlencode({'quote': item.quote})}"
    return row_view(item.source, item.locator, item.codes[:2])


def row_view(source: Source, locator: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The view in which a row stands among its neighbours in its table."""
    codes = [("code", f"{system}:{value}") for system, value in pairs]
    return f"view/row/{parse.quote(source.id, safe='')}?{parse.urlencode([('place', locator), *codes])}"


def copied(citation: Citation) -> str:
    """The quoted words with where they stand, to be pasted into a note or an appeal."""
    item, facts = citation.evidence, citation.as_json()
    page = f"p. {item.page}" if item.page else None
    places = (facts["title"], facts["publisher"], dates(citation), item.locator, page, facts["url"])
    return f"“{item.quote}” ({', '.join(dict.fromkeys(filter(None, places)))})"


def host(url: str | None) -> str:
    """Whose address it is, where it is one that a browser may open; else nothing."""
    try:
        parts = parse.urlsplit(url or "")
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") and parts.hostname else ""


def _address(url: str | None) -> str:
    if not url or not (name := host(url)):
        return ""
    return f'<a class="address" href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(name)}</a>'


def dates(citation: Citation) -> str:
    """The edition and the dates of what is cited."""
    facts = citation.as_json()
    parts = [
        facts["edition"],
        f"from {facts['effective']}" if facts["effective"] else None,
        f"to {facts['ended']}" if facts["ended"] else None,
    ]
    return " · ".join(part for part in parts if part) or "undated"


def _basis(citation: Citation) -> str:
    """What a starter document rests on, for a reader who wants to check it."""
    references = citation.evidence.document.references
    if not references:
        return ""
    items = "".join(
        f"<li>{escape(item.publication)}, {escape(item.section)} ({escape(item.publisher)}) {_address(item.address)}</li>"
        for item in references
    )
    return f"<details><summary>Rests on {len(references)} publications</summary><ul>{items}</ul></details>"


def card(citation: Citation, answer_id: str) -> str:
    """One source: title, publisher, edition and dates, place, the passage with the quoted words marked, address, licence."""
    item = citation.evidence
    page = f" · p. {item.page}" if item.page else ""
    payer = item.document.payer or item.source.payer
    return (
        f'<article class="card" id="cite-{answer_id}-{citation.number}" tabindex="-1" aria-label="Source {citation.number}">'
        f'<h3><span class="number">{citation.number}</span> {escape(item.document.title)}</h3>'
        f'<p class="meta">{escape(item.source.publisher or "publisher not stated")} · {escape(dates(citation))}'
        f"{f' · {escape(payer)}' if payer else ''}</p>"
        f'<p class="meta place">{escape(item.locator)}{page}</p>'
        f'<div class="passage">{highlighted(item.text, item.quote)}</div>{_basis(citation)}'
        f'<p class="meta"><button type="button" data-open="{escape(opens(item))}">{"open page" if item.page else "open"}</button> '
        f'<button type="button" data-copy="{escape(copied(citation))}">copy</button></p>'
        f'<p class="meta">{_address(item.document.url or item.source.url)} <span class="licence">{escape(item.source.licence)}</span></p>'
        "</article>"
    )


def cards(answer: Answer, answer_id: str) -> str:
    """The cards of an answer's sources."""
    return "".join(card(citation, answer_id) for citation in answer.citations)


def suggestions(questions: Sequence[str]) -> str:
    """What to ask next, as buttons that ask it."""
    buttons = "".join(f'<button type="button" data-ask="{escape(text)}">{escape(text)}</button>' for text in questions)
    return f'<div class="next" aria-label="Ask next">{buttons}</div>' if buttons else ""


def plain(content: object) -> str:
    """The words of a message, however the component wraps them."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def steps(answer: Answer) -> str:
    """What was done, for the fold under the answer."""
    timed = ", ".join(f"{name} {value:g} ms" for name, value in answer.elapsed_ms.items())
    return "\n".join(f"- {typed(step)}" for step in (*answer.steps, f"Took {timed}"))


def summary(answer: Answer) -> str:
    """The fold's title: what was found and how fast."""
    total = answer.elapsed_ms.get("total", 0.0)
    return f"how: {answer.question.intent}, {len(answer.citations)} citations, {total:.0f} ms"


def status(library: Library) -> str:
    """The line at the foot: what is loaded and how far the vectors are."""
    now = library.readiness
    if now.ready:
        vectors = "vectors ready"
    elif now.total:
        vectors = f"vectors {now.done * 100 // now.total} % ready; exact codes and keywords answer now"
    else:
        vectors = "vectors: checking"
    return f'<div class="status" role="status">{len(library.sources)} sources · {vectors}</div>'
