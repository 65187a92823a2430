"""Sources one can see: a passage on its page or in its document, a row in its table, each with edition, dates and rights."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote as encoded
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from assistant.answer import Citation, Evidence
from assistant.filed import told
from assistant.web import render
from assistant.web.pieces import rendered
from corpus import kept, neighbours, pages
from corpus.catalog import Catalog
from corpus.model import CorpusError, Source
from corpus.rows import Placed
from index.library import Library

WIDTHS = (700, 1100, 1600)  # pixels of a page's picture; others are made of the next one
DRAWN = 4  # pages being read or drawn at once; the others wait for their turn without a thread
REACH = 4  # passages before and after the one cited
LONGEST = 4000  # characters of a quote
FOREVER = "private, max-age=31536000, immutable"  # what a digest stands for never changes
_UNPLACED = "The quoted words cannot be placed exactly on the page: they are marked in its text below."
_LEAF = (("[", "previous"), ("]", "next"))

Quote = Annotated[str, Query(max_length=LONGEST)]
T = TypeVar("T")


def _lacking(what: str) -> HTMLResponse:
    return rendered("lacking.html", 404, what=what)


def _facts(item: Evidence) -> dict[str, Any]:
    """What is said of every source: what it is, whose, of when, and under which rights."""
    citation, url = Citation(0, item), item.document.url or item.source.url
    shown = {"dates": render.dates(citation), "payer": item.document.payer or item.source.payer, "url": url, "host": render.host(url)}
    return citation.as_json() | shown | {"digest": item.source.digest, "section": ""}


def _absent(text: str, quote: str) -> str:
    """Say of words that a passage does not hold, as after a hand-made link, that it does not."""
    return "" if quote in text else "The quoted words do not stand in this passage as they are quoted."


def _placed(placed: Placed, quote: str) -> dict[str, Any]:
    return _facts(Evidence.of(placed, quote, "detail")) | {"section": placed.passage.section}


def _leaves(address: str, before: object, after: object, **query: str) -> list[tuple[str, str, str]]:
    """(key, what it is called, where it leads) of the two ways on; an address of nothing where there is none."""
    name = "page" if isinstance(before or after, int) else "at"
    ways = zip(_LEAF, (before, after), strict=True)
    return [(key, called, f"{address}?{urlencode(query | {name: str(to)})}" if to else "") for (key, called), to in ways]


def _texts(found: Sequence[Placed], cited: str, quote: str) -> list[dict[str, Any]]:
    """Passages as they are shown: the headings above each where they change, and the quoted words in the one cited."""
    shown, above = [], ""
    for placed in found:
        passage = placed.passage
        own = passage.id == cited
        heading = passage.section if passage.section != above else ""
        above = passage.section
        shown.append({"own": own, "heading": heading, "locator": passage.locator, "cut": render.cut(passage.text, quote if own else "")})
    return shown


def _document(catalog: Catalog, cited: Placed, quote: str, at: str, note: str = "") -> HTMLResponse:
    """A passage among its neighbours in the document; our own short documents as a whole."""
    whole = cited.source.kind in ("starter", "markdown")
    found = neighbours.passages(catalog, at or cited.passage.id, neighbours.WHOLE if whole else REACH)
    if not found or found[0].document.id != cited.document.id:
        return _lacking("There is no such passage in this document.")
    middle = next(number for number, placed in enumerate(found) if placed.passage.id == (at or cited.passage.id))
    before, after = ("", "") if whole else (found[0].passage.id if middle else "", found[-1].passage.id if found[middle + 1 :] else "")
    return rendered(
        "document.html",
        facts=_placed(found[middle], quote),
        file=_file(catalog, cited.source),
        texts=_texts(found, cited.passage.id, quote),
        leaves=[] if whole else _leaves(f"view/source/{cited.passage.id}", before, after, quote=quote),
        note=note or _absent(cited.passage.text, quote),
    )


def _file(catalog: Catalog, source: Source) -> str:
    """Where the document itself can be had, if it is kept."""
    return f"view/file/{encoded(source.id, safe='')}" if kept.place(catalog, source) else ""


def _page(catalog: Catalog, cited: Placed, quote: str, number: int, path: Path) -> HTMLResponse:
    """A page of a PDF with the quoted words marked on it, or, where they cannot be placed exactly, in its text."""
    passage, source = cited.passage, cited.source
    here = number == passage.page
    words = quote if here and quote in passage.text else ""
    try:
        look = pages.look(path, number, words, passage.start + passage.text.find(words))
    except CorpusError as error:
        return _lacking(f"The page cannot be shown: {error}.")
    found = neighbours.on_page(catalog, cited.document.id, number)
    picture = f"view/picture/{source.digest.split('+')[0]}/{number}.png"
    return rendered(
        "page.html",
        facts=_placed(cited if here or not found else found[0], quote) | {"page": number},
        file=_file(catalog, source),
        texts=_texts(found, passage.id, quote),
        leaves=_leaves(f"view/source/{passage.id}", number - 1, number + 1 if number < look.pages else 0, quote=quote),
        look=look,
        pictures=[(f"{picture}?width={width}", width) for width in WIDTHS],
        quote=words if look.boxes else "",
        note=_UNPLACED if words and not look.boxes else _absent(passage.text, quote if here else ""),
    )


def _source(library: Library, passage_id: str, quote: str, page: int, at: str) -> HTMLResponse:
    catalog = library.catalog
    cited = catalog.passages([passage_id]).get(passage_id)
    if cited is None:
        return _lacking("There is no such passage: its source was removed or replaced.")
    path = kept.place(catalog, cited.source)
    if cited.passage.page is None or at or (path and path.suffix != ".pdf"):
        return _document(catalog, cited, quote, at)
    if path is None:
        return _document(catalog, cited, quote, at, f"The page cannot be shown: add {cited.source.file} again.")
    return _page(catalog, cited, quote, page or cited.passage.page, path)


def _row(library: Library, source_id: str, place: str, codes: Sequence[str]) -> HTMLResponse:
    source = library.catalog.source(source_id)
    if source is None:
        return _lacking("There is no such source: it was removed or replaced.")
    pairs = [(system, value) for system, _, value in (code.partition(":") for code in codes)]
    return rendered(
        "row.html",
        facts=_facts(told(source, place, "", [""])[0]),
        file=_file(library.catalog, source),
        excerpts=neighbours.excerpts(library.catalog, source, pairs, place),
    )


def _picture(catalog: Catalog, digest: str, number: int, width: int) -> Response:
    path = kept.found(catalog, digest)
    if path is None or path.suffix != ".pdf":
        return _lacking("There is no such page.")
    try:
        data = pages.picture(path, number, next((step for step in WIDTHS if step >= width), WIDTHS[-1]))
    except CorpusError as error:
        return _lacking(f"The page cannot be shown: {error}.")
    return Response(data, media_type="image/png", headers={"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"})


def _download(catalog: Catalog, source_id: str) -> Response:
    source = catalog.source(source_id)
    path = kept.place(catalog, source) if source else None
    if source is None or path is None:
        return _lacking("This file is not kept: add it again.")
    safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return FileResponse(path, media_type="application/octet-stream", filename=source.file, headers=safe)


def sources(library: Library) -> APIRouter:
    """The views of sources over one library, below /view."""
    router, turns = APIRouter(), CapacityLimiter(DRAWN)

    async def in_turn(work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=turns)

    @router.get("/source/{passage_id}")
    async def source(passage_id: str, quote: Quote = "", page: int = 0, at: str = "") -> HTMLResponse:
        return await in_turn(partial(_source, library, passage_id, quote, page, at))

    @router.get("/row/{source_id}")
    def row(source_id: str, place: Quote = "", code: Annotated[tuple[str, ...], Query(max_length=2)] = ()) -> HTMLResponse:
        return _row(library, source_id, place, code)

    @router.get("/picture/{digest}/{number:int}.png")
    async def picture(digest: str, number: int, width: int = WIDTHS[0]) -> Response:
        return await in_turn(partial(_picture, library.catalog, digest, number, width))

    @router.get("/file/{source_id}")
    def file(source_id: str) -> Response:
        return _download(library.catalog, source_id)

    return router
