"""The views of the Lookup tab: results as one types, the sheet of a code and its long parts, codes side by side."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape
from starlette.background import BackgroundTask

from assistant import codesheet, completion, coveragesheet, lookup, medicaresheet, pairlist
from assistant.chat import nearest
from assistant.codepage import system_and_value
from assistant.edits import PROCEDURES
from assistant.sheet import Pair, Subject, subject_of
from assistant.web.pieces import rendered
from assistant.web.render import row_view
from corpus.codes import ICD10CM, SYSTEMS, mentions, system_of
from corpus.places import STATES
from index.library import Library

LISTED = 50  # results
Words = Annotated[str, Query()]


class Refusal(Exception):
    """What a person typed cannot be used; the message is one line."""


def day_of(text: str) -> date:
    """The date of service as a box gives it; today where it is empty.

    Raises Refusal where it is no date.
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else date.today()
    except ValueError:
        raise Refusal(f"“{text[:40]}” is not a date: write it as 2026-01-31, or leave it empty for today.") from None


def address(pair: Pair, part: str = "", **query: object) -> str:
    """Where a view of a code is."""
    path = f"view/code/{quote(pair[0], safe='')}/{quote(pair[1], safe='')}{part}"
    return f"{path}?{urlencode(query)}" if query else path


def place(pair: Pair) -> str:
    """The permanent address of a code within the page."""
    return f"#/code/{quote(pair[0], safe='')}/{quote(pair[1], safe='')}"


def linked(text: str, library: Library, but: str = "") -> Markup:
    """A text with every code on file in it as a link to its sheet; everything is escaped."""
    parts, at = [], 0
    for mention in mentions(text, library.catalog.knows):
        if mention.value != but and library.catalog.knows(mention.system, mention.value):
            words, target = text[mention.start : mention.end], place((mention.system, mention.value))
            link = Markup('<a class="code" href="{}">{}</a>').format(target, words)
            parts += [escape(text[at : mention.start]), link]
            at = mention.end
    return Markup("").join([*parts, escape(text[at:])])


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.A) else 1


class _Desk:
    """The views over one library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def shown(self, template: str, **values: object) -> HTMLResponse:
        """A template with what every view of a code needs."""
        more: dict[str, object] = {"address": address, "place": place, "link": self._link, "system_of": system_of, "row_view": row_view}
        return rendered(template, 200, **more, **values)

    def _link(self, text: str, but: str = "") -> Markup:
        return linked(text, self._library, but)

    def told(self, error: Refusal, status: int = 422) -> HTMLResponse:
        """One line in place of a view."""
        return rendered("refused.html", status, message=str(error), near=(), place=place)

    def desk(self) -> HTMLResponse:
        reply = rendered("lookup.html", systems=SYSTEMS)
        reply.background = BackgroundTask(completion.warm, self._library)
        return reply

    def results(self, q: Words = "", on: Words = "", system: Words = "") -> HTMLResponse:
        try:
            day = day_of(on)
            if len(q) > lookup.CHARACTERS:
                raise Refusal(f"A search may have {lookup.CHARACTERS} characters.")
            systems = tuple(name for name in SYSTEMS if name == system)
            if system and not systems:
                raise Refusal("There is no such code system here.")
        except Refusal as error:
            return self.told(error)
        self._library.freshen()
        rows = lookup.found(q, self._library, day, systems, LISTED)
        near = [] if rows or not lookup.is_code(q.strip()) else self._near(q.strip().upper())
        return self.shown("results.html", rows=rows, q=" ".join(q.split()), on=day, near=near, most=LISTED)

    def _near(self, value: str) -> list[Pair]:
        """Real codes one keystroke away from one that nobody lists."""
        return [(system, found) for found in nearest(value[:12], self._library) if (system := system_of(found))]

    def code(self, system: str, code: str, on: Words = "") -> HTMLResponse:
        return self._of(system, code, on, self._sheet)

    def _of(self, system: str, code: str, on: str, view: Callable[[Subject], HTMLResponse]) -> HTMLResponse:
        """A view of a code, or one line that says why there is none."""
        try:
            day = day_of(on)
        except Refusal as error:
            return self.told(error)
        self._library.freshen()
        subject = subject_of(self._pair(system, code), self._library, day)
        return view(subject) if subject else self._unknown(system, code)

    def _pair(self, system: str, code: str) -> Pair:
        """A code as typed, as its system writes it."""
        known = {name.casefold(): name for name in self._systems()}.get(system.casefold(), system)
        return known, system_and_value(code[:40], self._library, known)[1]

    def _systems(self) -> list[str]:
        return list(dict.fromkeys((*SYSTEMS, *(row[0] for row in self._library.catalog.select("SELECT DISTINCT system FROM codes")))))

    def _unknown(self, system: str, code: str) -> HTMLResponse:
        message = f"{system[:20]} {code[:40]} is in none of these sources: it never existed, or no list on file has it."
        return rendered("refused.html", 404, message=message, near=self._near(code.strip().upper()), place=place)

    def _sheet(self, subject: Subject) -> HTMLResponse:
        sheet = codesheet.sheet_of(subject)
        procedure = subject.pair[0] in PROCEDURES
        pages = {
            "pairs": procedure,
            "fees": procedure and any(part.title.startswith("Fees") and part.lines for part in sheet.sections),
            "coverage": procedure or subject.pair[0] == ICD10CM,
        }
        lists = {"localities": medicaresheet.localities(subject) if pages["fees"] else [], "states": sorted(set(STATES.values()))}
        return self.shown("sheet.html", sheet=sheet, subject=subject, has=pages, settings=pairlist.settings(subject), **lists)

    def pairs(
        self, system: str, code: str, on: Words = "", other: Annotated[str, Query(alias="with")] = "", setting: Words = "", page: Words = ""
    ) -> HTMLResponse:
        def view(subject: Subject) -> HTMLResponse:
            found = pairlist.page(subject, other.strip()[:10], setting, _number(page))
            return self.shown("pairs.html", page=found, subject=subject, other=other.strip()[:10], setting=setting)

        return self._of(system, code, on, view)

    def fees(self, system: str, code: str, on: Words = "", locality: Words = "") -> HTMLResponse:
        return self._of(system, code, on, lambda subject: self._fees(subject, locality[:10]))

    def _fees(self, subject: Subject, locality: str) -> HTMLResponse:
        amounts = medicaresheet.amounts(subject, locality)
        caveats = dict.fromkeys(caveat for amount in amounts for caveat in amount.caveats)
        return self.shown("fees.html", amounts=amounts, caveats=caveats, subject=subject)

    def coverage(self, system: str, code: str, on: Words = "", state: Words = "") -> HTMLResponse:
        return self._of(system, code, on, lambda subject: self._coverage(subject, state.upper()[:2]))

    def _coverage(self, subject: Subject, state: str) -> HTMLResponse:
        local = [item for item in coveragesheet.local(subject) if not state or state in item.states]
        found = {"national": coveragesheet.national(subject), "local": local, "missing": coveragesheet.unlinked(subject)}
        return self.shown("coverage.html", subject=subject, state=state, **found)

    def passages(self, system: str, code: str, on: Words = "") -> HTMLResponse:
        def view(subject: Subject) -> HTMLResponse:
            return self.shown("passages.html", groups=coveragesheet.passages(subject), subject=subject)

        return self._of(system, code, on, view)

    def compare(self, code: Annotated[Sequence[str], Query()] = (), on: Words = "") -> HTMLResponse:
        try:
            day = day_of(on)
            pairs = [self._pair(*text.partition("/")[::2]) for text in list(dict.fromkeys(code))[: codesheet.COMPARED + 1]]
            if not 1 < len(pairs) <= codesheet.COMPARED:
                raise Refusal(f"Choose two to {codesheet.COMPARED} codes to compare.")
        except Refusal as error:
            return self.told(error)
        self._library.freshen()
        subjects = [subject_of(pair, self._library, day) for pair in pairs]
        for pair, subject in zip(pairs, subjects, strict=True):
            if subject is None:
                return self._unknown(*pair)
        sheets = [codesheet.sheet_of(subject) for subject in subjects if subject]
        return self.shown("compare.html", sheets=sheets, rows=codesheet.compared(sheets), on=day)


def lookup_views(library: Library) -> APIRouter:
    """The views of the Lookup tab, below /view."""
    desk, router = _Desk(library), APIRouter()
    router.get("/lookup")(desk.desk)
    router.get("/lookup/results")(desk.results)
    router.get("/code/{system}/{code}")(desk.code)
    for part in (desk.pairs, desk.fees, desk.coverage, desk.passages):
        router.get(f"/code/{{system}}/{{code}}/{part.__name__}")(part)
    router.get("/compare")(desk.compare)
    return router
