"""Follow the links of the Medicare Coverage Database: from a code to its determinations, from those to contractors and states.

Every answer carries the row that says so with its source. `among` are the ids of the sources that answer for a date
(index.search.answering); without it each table answers in its newest edition on file.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from corpus.catalog import Catalog
from corpus.codes import ARTICLE, LCD
from corpus.model import Entry
from corpus.readers import coverage_rows as rows
from corpus.tables import Filed

Row = Filed[Entry]
Among = Collection[str] | None


@dataclass(frozen=True, slots=True)
class Link:
    """A document or an id that a row of a table leads to."""

    to: str  # L33312, A52500, the document id of an NCD, an id of a contractor or a state
    row: Row

    def __getitem__(self, cell: str) -> str:
        return cell_of(self.row, cell)


@dataclass(frozen=True, slots=True)
class Contractor:
    """A Medicare contractor, as the tables name it."""

    id: str
    name: str  # '' where the table of names is not on file
    number: str
    serves: str  # MAC - Part A | MAC - Part B | HHH MAC | DME MAC
    row: Row  # that ties it to the document


@dataclass(frozen=True, slots=True)
class State:
    """A state, a territory or a part of a state."""

    id: str
    abbreviation: str  # '' where the table of names is not on file
    name: str
    row: Row


def cell_of(row: Row, name: str) -> str:
    """What a row says under a name; '' where it says nothing."""
    return next((text for key, text in row.row.cells if key == name), "")


def rows_of(catalog: Catalog, system: str, code: str, publication: str, among: Among = None) -> list[Row]:
    """What one table says about a code in the edition that answers; rows that say the same stand once."""
    found = [row for row in catalog.tables.entries(system, code) if row.source.publication == publication]
    if among is None and found:
        newest = max(row.source.effective or date.min for row in found)
        found = [row for row in found if (row.source.effective or date.min) == newest]
    elif among is not None:
        found = [row for row in found if row.source.id in among]
    first: dict[Entry, Row] = {}
    for row in found:
        first.setdefault(row.row, row)
    return list(first.values())


def _latest(found: list[Row]) -> list[Row]:
    """The rows of the latest version of a document that the table has."""
    version = max((int(cell_of(row, "version") or 0) for row in found), default=0)
    return [row for row in found if int(cell_of(row, "version") or 0) == version]


def _system(document: str) -> str:
    return LCD if document.removeprefix("D").startswith("L") else ARTICLE


def _listing(catalog: Catalog, system: str, code: str, publication: str, among: Among) -> list[Link]:
    return [Link(cell_of(row, "document"), row) for row in rows_of(catalog, system, code, publication, among)]


def lcds_for(catalog: Catalog, system: str, code: str, among: Among = None) -> list[Link]:
    """The LCDs that list a CPT or HCPCS code, with the group (`link["group"]`) in which they do.

    LCDs of DME alone list codes; the others leave that to their billing and coding articles.
    """
    return _listing(catalog, system, code, rows.table(LCD, rows.CODES), among)


def articles_for(catalog: Catalog, system: str, code: str, among: Among = None) -> list[Link]:
    """The coverage articles that list a CPT or HCPCS code."""
    return _listing(catalog, system, code, rows.table(ARTICLE, rows.CODES), among)


def covering(catalog: Catalog, system: str, code: str, covered: bool = True, among: Among = None) -> list[Link]:
    """The articles that name a diagnosis as covered, or as not covered."""
    return _listing(catalog, system, code, rows.table(ARTICLE, rows.DIAGNOSES if covered else rows.REFUSED), among)


def related_to(catalog: Catalog, document: str, among: Among = None) -> list[Link]:
    """The articles and LCDs that the latest version of an LCD or article on file names as related, each once."""
    system = _system(document)
    found = _latest(rows_of(catalog, system, document, rows.table(system, rows.RELATED), among))
    links: dict[str, Link] = {}
    for row in found:
        to = cell_of(row, "related document")
        links.setdefault(to, Link(to, row))
    return list(links.values())


def ncds_of(catalog: Catalog, document: str, among: Among = None) -> list[Link]:
    """The national determinations that an LCD or article names as related, by their numbers (310.1).

    One whose number the file of NCDs does not tell stands as '' (`link["NCD document"]` is its id).
    """
    system = _system(document)
    found = _latest(rows_of(catalog, system, document, rows.table(system, rows.NATIONAL), among))
    named = [row for row in found if cell_of(row, "NCD document") != "none"]
    return [Link(ncd_number(catalog, cell_of(row, "NCD document"), among), row) for row in named]


def ncd_number(catalog: Catalog, document: str, among: Among = None) -> str:
    """The number (310.1) of an NCD's document id; '' where no file tells."""
    held = [row for row in catalog.tables.entries(rows.NCD_ID, document) if among is None or row.source.id in among]
    return next((number for row in held if (number := cell_of(row, "NCD"))), "")


def contractors_of(catalog: Catalog, document: str, among: Among = None) -> list[Contractor]:
    """The contractors whose LCD or article it is."""
    system = _system(document)
    found = _latest(rows_of(catalog, system, document, rows.table(system, rows.CONTRACTORS), among))
    return [_contractor(catalog, row, among) for row in found]


def _contractor(catalog: Catalog, row: Row, among: Among) -> Contractor:
    held = cell_of(row, "contractor")
    named = next(iter(rows_of(catalog, rows.CONTRACTOR, held, rows.CONTRACTOR_NAMES, among)), None)
    if named is None:
        return Contractor(held, "", "", "", row)
    return Contractor(held, cell_of(named, "name"), cell_of(named, "number"), cell_of(named, "serves"), row)


def _states(catalog: Catalog, found: list[Row], among: Among) -> Iterator[State]:
    for row in found:
        held = cell_of(row, "state")
        named = next(iter(rows_of(catalog, rows.STATE, held, rows.STATE_NAMES, among)), None)
        yield State(held, cell_of(named, "abbreviation") if named else "", cell_of(named, "name") if named else "", row)


def states_of(catalog: Catalog, contractor: str, on: date | None = None, among: Among = None) -> list[State]:
    """The states that a contractor serves, by its id; on a date those alone that it served then."""
    found = rows_of(catalog, rows.CONTRACTOR, contractor, rows.CONTRACTOR_STATES, among)
    day = on.isoformat() if on else ""
    held = [row for row in found if not day or (cell_of(row, "effective") <= day and day <= (cell_of(row, "ended") or day))]
    return list(_states(catalog, held, among))


def jurisdiction_of(catalog: Catalog, document: str, on: date | None = None, among: Among = None) -> list[State]:
    """The states an LCD or article holds in: its own where a table names them, else those its contractors serve, each once."""
    system = _system(document)
    own = _latest(rows_of(catalog, system, document, rows.table(system, rows.STATES), among))
    if own:
        return list(_states(catalog, own, among))
    served = (state for held in contractors_of(catalog, document, among) for state in states_of(catalog, held.id, on, among))
    return list({state.id: state for state in served}.values())


def group_of(catalog: Catalog, document: str, group: str, among: Among = None) -> Row | None:
    """The row that holds the text above a group of codes of an LCD or article."""
    system = _system(document)
    found = rows_of(catalog, system, document, rows.table(system, rows.GROUPS), among)
    return next((row for row in found if cell_of(row, "group") == group), None)


def text_of(row: Row) -> str:
    """The id in the catalog of the document whose text a version's row is about: for `catalog.document`."""
    return f"{row.source.id}/{row.row.code}-v{cell_of(row, 'version')}"


def versions_of(catalog: Catalog, system: str, number: str) -> list[Row]:
    """What is told of the versions of an NCD ("310.1"), LCD ("L33312") or article: title, status, dates, address; newest first."""
    found = [row for row in catalog.tables.entries(system, number) if row.row.part.startswith("version ")]
    return sorted(found, key=lambda row: (row.source.effective or date.min, int(cell_of(row, "version") or 0)), reverse=True)
