"""What Medicare's tables say of a procedure code: payment status, periods, limits; for codes whose description may not be shown."""

from collections.abc import Iterator, Mapping

from assistant import edits, fees, history
from assistant.answer import Evidence, Question
from assistant.filed import begun, cell, stated, told
from assistant.indicators import BILATERAL, COMPONENTS, GLOBAL_DAYS, STATUS
from corpus.codes import CVX
from corpus.model import Entry
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

_INDICATORS: tuple[tuple[str, str, Mapping[str, str]], ...] = (  # cell, how it is said, what its values mean
    ("global days", "global days", GLOBAL_DAYS),
    ("PC/TC indicator", "PC/TC indicator", COMPONENTS),
    ("bilateral surgery indicator", "bilateral indicator", BILATERAL),
)
_SILENT = {"global days": ("XXX",), "PC/TC indicator": ("9",), "bilateral surgery indicator": ("0", "9")}  # values that tell little


def profile(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """The rows of the tables in force about a code, a sentence each, what changes money first."""
    return [
        *vaccines(listed, question, library),
        *_schedule(listed, question, library),
        *_drug(listed, question, library),
        *outpatient(listed, question, library),
        *_limits(listed, question, library),
        *_added_on(listed, question, library),
        *history.unlisted(listed, question, library),
    ]


def entries(listed: Listed, question: Question, library: Library) -> list[Filed[Entry]]:
    """The rows about a code in the tables in force."""
    current = library.current(question.on)
    return [row for row in library.catalog.tables.entries(listed.code.system, listed.code.value) if row.source.id in current]


def vaccines(listed: Listed, question: Question, library: Library) -> Iterator[Evidence]:
    """CDC's name of the vaccine that a code bills, with its trade names."""
    for row in entries(listed, question, library):
        if row.row.part.startswith(f"{CVX} ") and (vaccine := cell(row, "vaccine")):
            trade = f", trade names {names}" if (names := cell(row, "trade names")) else ""
            status = f", status {held}" if (held := cell(row, "status")) else ""
            yield from stated(row, f"CDC ties {listed.code.value} to {row.row.part}: {vaccine}{trade}{status}, in {row.source.title}.")


def _schedule(listed: Listed, question: Question, library: Library) -> Iterator[Evidence]:
    """Status and indicators of the fee schedule, in words."""
    for row in fees.schedule(library.catalog, listed.code.value, question.on, library.sources):
        status = cell(row, "status")
        if not status:
            continue
        title = row.source.title
        says = [f"{title}: {listed.code.value} has status {status} ({STATUS.get(status, 'see the source')})."]
        said = [
            f"{called} {value} ({meanings[value]})"
            for key, called, meanings in _INDICATORS
            if (value := cell(row, key)) in meanings and value not in _SILENT[key]
        ]
        says += [f"{title}, {listed.code.value}: {'; '.join(said)}."] if said and status in "ART" else []
        yield from stated(row, *says)


def _drug(listed: Listed, question: Question, library: Library) -> Iterator[Evidence]:
    limit = fees.drug_limit(library.catalog, listed.code.value, question.on, library.sources)
    if limit and limit.value is not None:
        row = limit.rows[0]
        yield from stated(row, f"Part B payment limit of {listed.code.value}: ${limit.value:,} for {limit.dosage}, in {row.source.title}.")


def outpatient(listed: Listed, question: Question, library: Library) -> Iterator[Evidence]:
    """How a hospital outpatient department is paid: status indicator and APC."""
    if paid := fees.opps(library.catalog, listed.code.value, question.on, library.sources):
        row, apc = paid.rows[0], f", APC {paid.apc}" if paid.apc else ""
        meaning = f" ({paid.meaning})" if paid.meaning else ""
        yield from stated(row, f"{row.source.title}: {listed.code.value} has status indicator {paid.status}{meaning}{apc}.")


def _limits(listed: Listed, question: Question, library: Library) -> Iterator[Evidence]:
    """The MUE of each setting, shortly."""
    within = edits.within(question, library)
    for found in sorted(library.catalog.tables.units(listed.code.value), key=lambda found: edits.by_setting(found.source)):
        unit, source = found.row, found.source
        if source.id in within and begun(source, question.on) and (source.setting != "DME supplier" or unit.units):
            cells = f"{unit.code} · MUE {unit.units} · adjudication indicator {unit.indicator} · {unit.rationale}"
            say = f"{source.title}: {unit.code} has an MUE of {unit.units} (MAI {unit.indicator})."
            yield from told(source, f"row {unit.code}", cells, [say], ((listed.code.system, unit.code),))


def _added_on(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    return edits.addons(library.catalog, listed.code.value, edits.within(question, library), question.on)
