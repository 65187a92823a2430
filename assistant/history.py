"""What became of a code: added, revised, deleted, what it was coded before and what stands in its place, each from the row that says so."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answer import Evidence, Question
from assistant.facts import name
from assistant.filed import begun, cell, stated, told
from corpus.codes import HCPCS, ICD10CM
from corpus.model import Entry
from corpus.readers.fees import PFS
from corpus.readers.hcpcs import PUBLICATION as LEVEL2
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

CONVERSION, ADDENDA = "ICD-10-CM conversion table", "ICD-10-CM addenda"
Pair = tuple[str, str]


def _rows(pair: Pair, publication: str, library: Library) -> list[Filed[Entry]]:
    """What every edition of a publication says of a code, the newest edition first."""
    return [row for row in library.catalog.tables.entries(*pair) if row.source.publication == publication]


def _converted(pair: Pair, library: Library) -> tuple[list[Filed[Entry]], list[Filed[Entry]]]:
    """The newest conversion table's rows in which a code is the current one, and those in which it is a previous one."""
    rows = _rows(pair, CONVERSION, library)
    newest = [row for row in rows if row.source.id == rows[0].source.id]
    now = [row for row in newest if cell(row, "current code") == pair[1]]
    return now, [row for row in newest if row not in now]


def begins(pair: Pair, library: Library) -> tuple[date, Filed[Entry]] | None:
    """The day a diagnosis code began, as the conversion table or the addenda say, with the row."""
    rows = _converted(pair, library)[0] + [row for row in _rows(pair, ADDENDA, library) if cell(row, "change") == "new code"]
    dated = [(date.fromisoformat(day), row) for row in rows if (day := cell(row, "effective"))]
    return max(dated, key=lambda found: found[0], default=None)


def successors(pair: Pair, library: Library) -> list[Evidence]:
    """What is coded in place of a code: by the conversion table, or the code that HCPCS Level II refers to."""
    later: dict[tuple[str, str], list[Filed[Entry]]] = defaultdict(list)
    for row in _converted(pair, library)[1]:
        later[cell(row, "previous code"), cell(row, "effective")].append(row)
    return [_later(previous, since, rows) for (previous, since), rows in later.items()] + list(_referred(pair, library))


def _later(previous: str, since: str, rows: Sequence[Filed[Entry]]) -> Evidence:
    now = [cell(row, "current code") for row in rows]
    choice = "; which of them, the record decides" if len(now) > 1 else ""
    say = f"What was coded {previous} is coded {' or '.join(now)} since {since}, by {rows[0].source.title}{choice}."
    cells = " · ".join(f"{cell(row, 'current code')}, effective {since}, previous code {previous}" for row in rows)
    locator = f"row {now[0]}" + (f" and {len(now) - 1} more" if len(now) > 1 else "")
    codes = tuple((ICD10CM, value) for value in now)
    return told(rows[0].source, locator, cells, [say], codes)[0]


def _referred(pair: Pair, library: Library) -> Iterator[Evidence]:
    """The cross reference of a HCPCS code, in the newest edition that gives one."""
    for listed in library.catalog.codes(*pair):
        if listed.source.publication == LEVEL2 and (other := dict(listed.code.attributes).get("see")):
            ended = f", which ended on {listed.code.valid_to}," if listed.code.valid_to else ""
            say = f"{listed.source.title} refers from {pair[1]}{ended} to {other}."
            cells = f"{pair[1]} · cross reference: {other}" + (f" · valid to {listed.code.valid_to}" if listed.code.valid_to else "")
            yield from told(listed.source, f"row {pair[1]}", cells, [say], (pair,))
            return


def predecessors(pair: Pair, library: Library) -> list[Evidence]:
    """What a code was coded before it began: by the conversion table, or the HCPCS codes that refer to it."""
    found = []
    for row in _converted(pair, library)[0]:
        previous, since = cell(row, "previous code"), cell(row, "effective")
        before = "no previous code" if previous.lower() == "none" else f"{previous} as its previous code"
        found += stated(row, f"{pair[1]} began on {since}; {row.source.title} gives {before}.")
    return found + list(_referring(pair, library))


def _referring(pair: Pair, library: Library) -> Iterator[Evidence]:
    sources = [source for source in library.sources if source.publication == LEVEL2]
    newest = max(sources, key=lambda source: source.effective or date.min, default=None)
    for listed in library.catalog.referring(newest.id, pair[1]) if newest else []:
        ended = f", which ended on {listed.code.valid_to}," if listed.code.valid_to else ""
        cells = f"{listed.code.value} · cross reference: {pair[1]}" + (f" · valid to {listed.code.valid_to}" if ended else "")
        say = f"{listed.source.title} refers from {listed.code.value}{ended} to {pair[1]}."
        yield from told(listed.source, f"row {listed.code.value}", cells, [say], ((HCPCS, listed.code.value), pair))


def changes(pair: Pair, library: Library) -> list[Evidence]:
    """New, deleted and revised, as the addenda of each year say; for HCPCS the last action on file."""
    found = []
    for row in _rows(pair, ADDENDA, library):
        since, title = cell(row, "effective"), cell(row, "title")
        before = f", before “{cell(row, 'title before')}”" if cell(row, "title before") else ""
        found += stated(row, f"{pair[1]}: {cell(row, 'change')} from {since} in {row.source.title}, title “{title}”{before}.")
    for row in _rows(pair, LEVEL2, library)[:1]:
        if action := cell(row, "last action"):
            found += stated(row, f"{pair[1]}: last action {action}, effective {cell(row, 'last action effective')}, in {row.source.title}.")
    return found


def retitled(pair: Pair, library: Library) -> list[Evidence]:
    """Where editions of one publication on file title a code differently: each title with its edition."""
    publications: dict[str, list[Listed]] = defaultdict(list)
    for listed in library.catalog.codes(*pair):
        if listed.code.title and listed.source.effective:
            publications[listed.source.publication].append(listed)
    found = []
    for editions in publications.values():
        if len({listed.code.title for listed in editions}) > 1:
            found += [item for listed in editions for item in _titled(listed)]
    return found


def _titled(listed: Listed) -> list[Evidence]:
    code = listed.code
    say = f"{listed.source.title} titles {name(code)}: {code.title.rstrip('.')}."
    return told(listed.source, f"row {code.value}", f"{code.value} · {code.title}", [say], ((code.system, code.value),))


def latest(pair: Pair, question: Question, library: Library) -> list[Evidence]:
    """The newest list on file that has a code, where it says no more of it."""
    lists = [row for row in library.catalog.codes(*pair) if row.source.effective and row.source.effective <= question.on]
    newest = max(lists, key=lambda row: row.source.effective or date.min, default=None)
    if newest is None:
        return []
    called = name(newest.code)
    say = f"{called[0].upper()}{called[1:]} is listed in {newest.source.title}, the newest list on file that has it."
    return told(newest.source, f"row {pair[1]}", f"{pair[1]} is listed", [say], (pair,))


def unlisted(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """Say of a fee schedule newer than every list that has the code that it lacks the code: an absence, not an end date."""
    value, current = listed.code.value, library.current(question.on)
    dates = (row.source.effective for row in library.catalog.codes(*_pair(listed)))
    newest = max(filter(None, dates), default=date.max)
    schedules = (source for source in library.sources if source.publication == PFS and source.id in current)
    lacking = [source for source in schedules if begun(source, question.on) and (source.effective or date.min) > newest]
    says = [f"{source.title} has no row for {name(listed.code)}, which older lists have: an absence and no end date." for source in lacking]
    return [
        told(source, f"no row {value}", f"no row {value}", [say], (_pair(listed),))[0] for source, say in zip(lacking, says, strict=True)
    ]


def _pair(listed: Listed) -> Pair:
    return listed.code.system, listed.code.value
