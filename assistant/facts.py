"""Exact facts from the catalog, each as evidence: a row rendered as a sentence with its locator."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from assistant.answer import Evidence
from assistant.sentences import split
from corpus.catalog import Catalog
from corpus.codes import ICD10CM, MODIFIER
from corpus.model import Code, Document
from corpus.readers.hcpcs import COVERAGE
from corpus.readers.icd10cm import NOTES
from corpus.rows import Listed, Placed

STARTER = ("starter", "markdown")


def name(code: Code) -> str:
    """A code with its system, as people say it."""
    return f"modifier {code.value}" if code.system == MODIFIER else code.value if code.system == ICD10CM else f"{code.system} {code.value}"


def best(listed: Iterable[Listed], on: date) -> Listed | None:
    """The listing that answers for a date: the newest edition begun by then, before all of them the earliest; own words
    only where no table describes the code, and a table of bare codes only where nothing does, one that gives dates first.
    """
    rows = list(listed)
    described = [row for row in rows if row.code.title]
    tables = [row for row in described if row.source.kind not in STARTER] or described
    tables = tables or sorted(rows, key=lambda row: not (row.code.valid_from or row.code.valid_to))
    speaking = [row for row in tables if covers(row, on)]
    telling = [row for row in speaking if row.code.valid_from or row.code.valid_to or row.code.billable is not None]
    return next(iter(telling or speaking), tables[-1] if tables else None)


def in_force(code: Code, on: date) -> bool:
    """Whether a code is valid on a date, as far as its source gives dates."""
    return not (code.valid_from and on < code.valid_from) and not (code.valid_to and on > code.valid_to)


def covers(listed: Listed, on: date) -> bool:
    """Whether a listing speaks for a date: it gives dates of its own, or its edition had begun."""
    own = listed.code.valid_from or listed.code.valid_to
    return bool(own) or not listed.source.effective or listed.source.effective <= on


def rendered(listed: Listed) -> str:
    """A row of a table as one line of text."""
    code = listed.code
    parts = [name(code), code.title] if code.title else [name(code)]
    if code.billable is not None:
        parts.append("billable" if code.billable else "not billable: a heading of more specific codes")
    if code.valid_from:
        parts.append(f"valid from {code.valid_from}")
    if code.valid_to:
        parts.append(f"valid to {code.valid_to}")
    elif code.valid_from:
        parts.append("no end date on file")
    for key, text in code.attributes:
        parts.append(f"coverage {text}: {COVERAGE.get(text, 'see the source')}" if key == "coverage" else f"{key}: {text}")
    return " · ".join(parts)


def row(listed: Listed, role: str, say: str | None = None, label: str = "") -> Evidence:
    """A code's row as evidence."""
    text = rendered(listed)
    title, source = listed.source.title, listed.source
    document = Document(id=source.id, title=title, kind="table", passages=(), url=source.url)
    code = listed.code
    locator = code.value if code.system == ICD10CM else f"row {code.value}"
    codes = ((code.system, code.value),)
    return Evidence(0, role, text, text, locator, document, source, say=say, codes=codes, label=label)


def _dated_sentence(catalog: Catalog, code: Code, day: date) -> tuple[Placed, str] | None:
    """The sentence of a starter document about this code that states a date."""
    for placed in catalog.naming(code.system, code.value):
        if placed.document.kind == "code" and placed.source.kind in STARTER and placed.passage.codes[0] == (code.system, code.value):
            for sentence in split(placed.passage.text):
                if day.isoformat() in sentence and code.value in sentence:
                    return placed, sentence
    return None


def validity(catalog: Catalog, listed: Listed, on: date) -> Evidence:
    """Say whether a code is valid on a date, resting on its row or on the sentence that states its dates."""
    code = listed.code
    subject = name(code)[0].upper() + name(code)[1:]
    day = code.valid_to if code.valid_to and on > code.valid_to else code.valid_from
    if code.valid_to and on > code.valid_to:
        say = f"{subject} was last valid on {code.valid_to} and is not valid on {on}."
    elif code.valid_from and on < code.valid_from:
        say = f"{subject} is not yet valid on {on}: it is valid from {code.valid_from}."
    elif code.billable is not None:
        say = _billable(listed, on)
    elif code.valid_from and code.valid_to:
        say = f"{subject} was valid on {on}: from {code.valid_from} to {code.valid_to}."
    elif code.valid_from:
        say = f"{subject} is valid on {on}: from {code.valid_from}, with no end date on file."
    else:
        say = f"{subject} is listed, with no start date and no end date on file."
    if day and listed.source.kind in STARTER and (stated := _dated_sentence(catalog, code, day)):
        return Evidence.of(*stated, role="lead", say=say)
    bare = row(listed, "lead", say)
    undated = not day and code.billable is None
    return replace(bare, text=f"{bare.text} · listed, with no start date and no end date on file") if undated else bare


def verdict(item: Evidence, yes: bool) -> Evidence:
    """Put the answer to a yes-or-no question before the sentence that gives it."""
    return replace(item, say=f"{'Yes' if yes else 'No'}: {item.say or item.quote}")


def _billable(listed: Listed, on: date) -> str:
    code = listed.code
    if listed.source.effective and listed.source.effective > on:
        flag = "billable" if code.billable else "not billable"
        return f"{code.value}, {code.title}, is {flag} in the {listed.source.title}, which began after {on}."
    if code.billable:
        return f"{code.value}, {code.title}, is billable."
    return f"{code.value}, {code.title}, is not billable; it is a heading of more specific codes."


def definition(listed: Listed) -> Evidence:
    """Say what a code is, in its source's words."""
    code = listed.code
    if code.system == ICD10CM:
        kind = "billable" if code.billable else "a heading, not billable"
        return row(listed, "lead", f"{code.value} is {code.title} ({kind}).")
    subject = name(code)
    subject = subject[0].upper() + subject[1:]
    if code.title:
        return row(listed, "lead", f"{subject}: {code.title.rstrip('.')}.")
    say = _undescribed(listed, subject)
    bare = row(listed, "lead", say)
    return replace(bare, text=f"{bare.text}\n{say}")


def _undescribed(listed: Listed, subject: str) -> str:
    """What can be said of a code whose description belongs to the AMA and was not licensed."""
    category = dict(listed.code.attributes).get("category")
    if category:
        return f"{subject} is a code of CMS's category {category}; no source here holds its description."
    return f"{subject} is listed in {listed.source.title}; no source here holds its description."


def row_details(listed: Listed) -> list[Evidence]:
    """What else a row says: since when the code is valid, Medicare's coverage code, the code it refers to."""
    code, attributes = listed.code, dict(listed.code.attributes)
    says = []
    if code.valid_from:
        until = f"valid to {code.valid_to}" if code.valid_to else "no end date on file"
        says.append(f"{name(code)[0].upper() + name(code)[1:]}: valid from {code.valid_from}, {until}.")
    if coverage := attributes.get("coverage"):
        says.append(f"Coverage {coverage}: {COVERAGE.get(coverage, 'see the source')}.")
    if other := attributes.get("see"):
        says.append(f"See: {other}.")
    return [row(listed, "detail", say) for say in says]


def ancestors(catalog: Catalog, listed: Listed) -> Iterator[Listed]:
    """A code and what stands above it in its own source, nearest first."""
    current: Listed | None = listed
    while current is not None:
        yield current
        parent = current.code.parent
        above = catalog.codes(current.code.system, parent) if parent else []
        current = next((item for item in above if item.source.id == listed.source.id), None)


def notes(catalog: Catalog, listed: Listed, wanted: tuple[str, ...] = ()) -> list[Evidence]:
    """The Tabular List's notes that hold for a code: its own and those of every heading above it."""
    found = []
    for place in ancestors(catalog, listed):
        value = place.code.value
        for placed in catalog.notes(ICD10CM, value, listed.source.id):
            tag = placed.passage.section
            if (wanted and tag not in wanted) or (tag in ("inclusionTerm", "includes") and value != listed.code.value and not wanted):
                continue
            found.append(_note(placed, value, own=value == listed.code.value))
    return found


def _note(placed: Placed, value: str, own: bool) -> Evidence:
    text = placed.passage.text
    if not own:
        text = f"At {value}: {text}"
    closing = "" if text[-1] in ".!?" else "."
    return Evidence.of(placed, placed.passage.text, "detail", say=text + closing, label=NOTES.get(placed.passage.section, ""))


def no_note(listed: Listed, wanted: str, others: list[str]) -> Evidence:
    """Say that a code has no note of a kind: a fact about the whole Tabular List, so its row says it."""
    code, label = listed.code, NOTES[wanted]
    has = f"; what it has is {' and '.join(others)}" if others else ""
    say = f"{code.value}, {code.title}, has no {label} note of its own in the {listed.source.title}{has}."
    bare = row(listed, "lead", say)
    return replace(bare, text=f"{bare.text}\n{say}", quote=say, locator=f"{code.value}, notes")
