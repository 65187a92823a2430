"""What speaks of a code outside its tables, for its sheet: coverage by state, and the passages that name it."""

import re
from dataclasses import dataclass

from assistant import coverage_links as links
from assistant import facts
from assistant.coverageplan import LISTED, NCDS
from assistant.proseplans import GUIDES, LAW
from assistant.sentences import split
from assistant.sheet import Line, Section, Subject, published, section
from corpus.codes import ARTICLE, ICD10CM, LCD
from corpus.model import Source
from corpus.readers import coverage_rows as rows
from corpus.rows import Placed
from index.library import Library
from index.search import payer_of

NAMED = 400  # passages looked through
QUOTED = 320  # characters of a passage shown on the sheet
LAST = 12  # passages of a group


@dataclass(frozen=True, slots=True)
class Local:
    """An LCD or article that lists a code: its row in the list of documents, and the states it holds in."""

    line: Line
    states: tuple[str, ...]


def national(subject: Subject) -> Section:
    """The national determinations whose text names the code, each once."""
    named = {placed.document.id: placed for placed in reversed(_named(subject)) if placed.source.publication == NCDS}
    lines = [_line(placed, placed.document.title.partition(":")[0], subject) for placed in reversed(named.values())]
    return section("National (NCD)", lines, subject, published(subject, NCDS))


def local(subject: Subject) -> list[Local]:
    """The LCDs and articles that list the code, of every contractor."""
    pair, among = subject.pair, subject.current
    if pair[0] == ICD10CM:
        found = [link for covered in (True, False) for link in links.covering(subject.catalog, *pair, covered, among)]
    else:
        found = [*links.lcds_for(subject.catalog, *pair, among), *links.articles_for(subject.catalog, *pair, among)]
    return [_local(link, subject) for link in {link.to: link for link in found}.values()]


def unlinked(subject: Subject) -> list[str]:
    """The tables that would tie the code to local documents and are not loaded."""
    kinds = [(ARTICLE, rows.DIAGNOSES)] if subject.pair[0] == ICD10CM else [(LCD, rows.CODES), (ARTICLE, rows.CODES)]
    names = (rows.table(system, kind) for system, kind in kinds)
    return [name for name in names if not published(subject, name)]


def _local(link: links.Link, subject: Subject) -> Local:
    among, system = subject.current, LCD if link.to.removeprefix("D").startswith("L") else ARTICLE
    row = next(iter(links.rows_of(subject.catalog, system, link.to, LISTED, among)), link.row)
    said = (("title", ""), ("version", "version "), ("effective", "effective "), ("contractors", ""))
    text = " · ".join(f"{before}{told}" for name, before in said if (told := links.cell_of(row, name)))
    states = {state.abbreviation for state in links.jurisdiction_of(subject.catalog, link.to, subject.on, among)}
    line = Line(link.to, text or "lists the code", row.source, f"row {link.to}", ((system, link.to),))
    return Local(line, tuple(sorted(states - {""})))


def passages(subject: Subject) -> list[Section]:
    """Passages that name the code, or for a diagnosis a heading above it: payers', guidelines and manuals, law, others, our own pages."""
    groups: dict[str, list[Line]] = {"Guidelines and manuals": [], "Payers": [], "Law": [], "Other documents": [], "Our own pages": []}
    for placed in _named(subject):
        if placed.source.publication != NCDS:
            groups[_group(placed)].append(_line(placed, placed.passage.locator, subject))
    return [section(title, lines[:LAST], subject, _speaking(title, subject.library)) for title, lines in groups.items()]


def _line(placed: Placed, label: str, subject: Subject) -> Line:
    passage = placed.passage
    return Line(label, _quote(placed, subject.value), placed.source, passage.locator, (), passage.id)


def _group(placed: Placed) -> str:
    kind = placed.source.kind
    if kind == "starter":
        return "Our own pages"
    if kind in GUIDES:
        return "Guidelines and manuals"
    return "Law" if kind in LAW else "Payers" if payer_of(placed) else "Other documents"


def _speaking(title: str, library: Library) -> list[Source]:
    """The sources that could have passages of a group."""
    kinds = {"Guidelines and manuals": GUIDES, "Law": LAW, "Our own pages": frozenset({"starter"})}
    return [source for source in library.sources if title not in kinds or source.kind in kinds[title]]


def _named(subject: Subject) -> list[Placed]:
    """Prose of the sources in force that names the code, then the headings above it."""
    system, current = subject.pair[0], subject.current
    values = [subject.value]
    if system == ICD10CM:
        values = [listed.code.value for listed in facts.ancestors(subject.catalog, subject.listed) if "-" not in listed.code.value]
    found = (placed for value in values for placed in subject.catalog.naming(system, value, NAMED))
    held = (placed for placed in found if placed.passage.kind == "prose" and placed.source.id in current)
    return list({placed.passage.id: placed for placed in held}.values())


def _quote(placed: Placed, value: str) -> str:
    """The sentence that names the code, else the passage's beginning."""
    named = re.compile(rf"\b{re.escape(value)}\b")
    text = next((sentence for sentence in split(placed.passage.text) if named.search(sentence)), placed.passage.text)
    return text if len(text) <= QUOTED else f"{text[:QUOTED].rsplit(' ', 1)[0]} …"
