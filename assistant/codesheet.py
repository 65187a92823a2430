"""Everything about one code on one sheet: what it is, how it stands, its place among others, and what each source says of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant import facts, history, medicaresheet, validityplan
from assistant.codeplans import opening, sections
from assistant.filed import locator
from assistant.profile import vaccines
from assistant.sheet import Line, Pair, Section, Subject, published, section, subject_of
from assistant.standing import TABULAR, Standing, standing
from corpus import runs
from corpus.codes import CPT, CVX, HCPCS, ICD10CM
from corpus.model import Entry
from corpus.readers.drugs import ASP, CROSSWALK
from corpus.readers.fees import OPPS, PFS
from corpus.readers.hcpcs import PUBLICATION as LEVEL2
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

RBCS = "RBCS"
COMPARED = 4  # codes side by side
_SHOWN = frozenset({PFS, OPPS, ASP, CROSSWALK, RBCS, history.CONVERSION, history.ADDENDA})  # tables with sections of their own
_LOCAL = ("LCDs: ", "Coverage articles: ")
_LOCAL = ("LCDs: ", "Coverage articles: ")
_RELATED = ("Related codes", "Administration")  # of a page of our own

Maker = Callable[[Subject], Section]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code stands: what is above it, nearest last, beside and below it, and its neighbours by number."""

    above: tuple[Listed, ...]
    beside: tuple[Listed, ...]
    below: tuple[Listed, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first screen about a code on a date; what is long has views of its own."""

    pair: Pair
    on: date
    titles: tuple[Line, ...]
    standing: Standing
    place: Place
    sections: tuple[Section, ...]


def sheet(pair: Pair, library: Library, on: date) -> Sheet | None:
    """The sheet of a code; None where no source lists it."""
    subject = subject_of(pair, library, on)
    return sheet_of(subject) if subject else None


def sheet_of(subject: Subject) -> Sheet:
    """The sheet of a code that is on file."""
    made = tuple(make(subject) for make in _sections(subject.pair[0]))
    stands = standing(subject.listed, subject.on, subject.library, subject.listings)
    return Sheet(subject.pair, subject.on, titles(subject), stands, place(subject), made)


def _sections(system: str) -> tuple[Maker, ...]:
    if system == ICD10CM:
        return validity, changes, notes, tables
    if system in (CPT, HCPCS):
        return (
            validity,
            changes,
            category,
            medicaresheet.payment,
            medicaresheet.modifiers,
            medicaresheet.units,
            medicaresheet.addons,
            medicaresheet.national,
            medicaresheet.drug,
            medicaresheet.products,
            related,
            tables,
        )
    return validity, tables


def titles(subject: Subject) -> tuple[Line, ...]:
    """What the code is, in its source's words and in ours; where nothing describes it, that no source does."""
    listed, found = subject.listed, runs.terms(subject.catalog, subject.pair)
    page = opening(list(subject.page))
    lines = [Line.of(item, "in our words") for item in page[:1]]
    if listed.code.title and not (page and listed.source.kind in facts.STARTER):
        known = found.get((listed.source.id, listed.code.title))
        lines.insert(0, Line("title", listed.code.title, listed.source, f"row {subject.value}", (), known))
    return tuple(lines) or (_undescribed(subject),)


def _undescribed(subject: Subject) -> Line:
    """CMS's category in place of a description that no source here holds."""
    rows = (row for row in subject.listings if "category" in dict(row.code.attributes))
    row = next(rows, subject.listed)
    category = dict(row.code.attributes).get("category")
    told = f"CMS category {category}; " if category else ""
    return Line("title", f"{told}no source here holds its description", row.source, f"row {subject.value}")


def validity(subject: Subject) -> Section:
    """Whether it is valid on the date, what that rests on, and where it is listed."""
    verdict = validityplan.verdict(subject.listed, subject.question, subject.library)
    lines = [Line.of(verdict, "on the date"), *map(_listed, _editions(subject))]
    return Section("Validity", tuple(lines))


def _editions(subject: Subject) -> Iterator[Listed]:
    """The listings that tell something: dates, whether it is billable, or a title."""
    return (row for row in subject.listings if row.code.valid_from or row.code.valid_to or row.code.billable is not None)


def _listed(row: Listed) -> Line:
    code = row.code
    dates = [f"from {code.valid_from}"] * bool(code.valid_from) + [f"to {code.valid_to}" if code.valid_to else "no end date on file"]
    text = ", ".join(dates) if code.billable is None else "billable" if code.billable else "heading, not billable"
    return Line("listed", text, row.source, f"row {code.value}")


def changes(subject: Subject) -> Section:
    """What became of it: what it was coded before, what stands in its place, how it was revised."""
    pair, library = subject.pair, subject.library
    told = {
        "before": history.predecessors(pair, library),
        "now": history.successors(pair, library),
        "change": history.changes(pair, library),
        "title": history.retitled(pair, library),
        "absence": history.unlisted(subject.listed, subject.question, library) if pair[0] in (CPT, HCPCS) else [],
    }
    lines = [Line.of(item, label) for label, items in told.items() for item in items]
    which = (history.CONVERSION, history.ADDENDA) if pair[0] == ICD10CM else (LEVEL2, PFS)
    return section("History", lines, subject, published(subject, *which))


def category(subject: Subject) -> Section:
    """CMS's category (Restructured BETOS), the assignment begun last."""
    rows = [row for row in subject.entries if row.source.publication == RBCS and row.row.part <= subject.on.isoformat()]
    newest = max(rows, key=lambda row: row.row.part, default=None)
    cells = newest.row.cells if newest else ()
    lines = [Line(name, text, newest.source, locator(newest.row)) for name, text in cells] if newest else []
    return section("Category (RBCS)", lines, subject, published(subject, RBCS))


def notes(subject: Subject) -> Section:
    """The Tabular List's notes at the code, then those of the headings above it that hold for it."""
    found = facts.notes(subject.catalog, subject.listed)
    lines = [Line.of(item) for item in found]
    return section("Notes", lines, subject, published(subject, TABULAR))


def related(subject: Subject) -> Section:
    """Codes that our own page names beside it, the cross reference of HCPCS, the vaccines that a CPT code bills."""
    page = sections(list(subject.page))
    lines = [Line.of(item) for item in page if item.label in _RELATED]
    lines += [Line.of(item, CVX) for item in vaccines(subject.listed, subject.question, subject.library)]
    if other := dict(subject.listed.code.attributes).get("see"):
        system = subject.pair[0]
        codes = tuple((system, value) for value in other.replace(",", " ").split() if subject.catalog.knows(system, value))
        lines.append(Line("see", other, subject.listed.source, f"row {subject.value}", codes))
    return section("Related codes", lines, subject, subject.library.sources)


def tables(subject: Subject) -> Section:
    """What the remaining tables in force say of it."""
    lines = [
        Line(
            row.row.part or row.source.publication,
            " · ".join(f"{key}: {text}" for key, text in row.row.cells),
            row.source,
            locator(row.row),
        )
        for row in subject.entries
        if _remaining(row)
    ]
    return section("Other tables", lines, subject, subject.library.sources)


def _remaining(row: Filed[Entry]) -> bool:
    """Whether a row is of a table that has no section of its own."""
    publication = row.source.publication
    return not (publication in _SHOWN or row.row.part.startswith(f"{CVX} ") or publication.startswith(_LOCAL))


def place(subject: Subject) -> Place:
    """The code's place in its system's hierarchy and among its numbers."""
    catalog, listed = subject.catalog, subject.listed
    system, source = listed.code.system, listed.source.id
    before, after = runs.neighbours(catalog, subject.pair)
    if not (listed.code.parent or listed.code.billable is False):
        return Place((), (), (), before, after)
    above = tuple(facts.ancestors(catalog, listed))[:0:-1]
    beside = catalog.children(system, listed.code.parent, source) if listed.code.parent else []
    return Place(above, tuple(beside), tuple(catalog.children(system, listed.code.value, source)), before, after)


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of several codes: a cell a code, and whether they differ in more than the code they name."""

    section: str
    label: str
    cells: tuple[tuple[Line, ...], ...]
    differs: bool


def compared(sheets: Sequence[Sheet]) -> list[Row]:
    """The facts of several codes, aligned by what they are of; what no code has is left out."""
    table: dict[tuple[str, str], list[list[Line]]] = {}
    for at, one in enumerate(sheets):
        for part in (Section("Title", one.titles), *one.sections):
            for line in part.lines:
                table.setdefault((part.title, line.label), [[] for _ in sheets])[at].append(line)
    order = {part.title: at for one in sheets for at, part in enumerate((Section("Title"), *one.sections))}
    ranked = sorted(table.items(), key=lambda item: order[item[0][0]])
    return [Row(title, label, tuple(map(tuple, cells)), _differ(sheets, cells)) for (title, label), cells in ranked]


def _differ(sheets: Sequence[Sheet], cells: Sequence[Sequence[Line]]) -> bool:
    said = {tuple((line.text.replace(one.pair[1], ""), line.codes) for line in lines) for one, lines in zip(sheets, cells, strict=True)}
    return len(said) > 1
