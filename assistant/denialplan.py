"""The plan for denials: what the codes of a remittance mean, and what contractors say of their reasons and next steps."""

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant import facts
from assistant.answer import Evidence, Question
from assistant.filed import cell, stated
from assistant.plan import Chosen
from corpus.codes import CARC, GROUP, RARC
from corpus.model import Entry
from corpus.tables import Filed
from index.library import Library

ROWS = 3  # of guidance for a code
_GROUPED = re.compile(r"\b(CO|CR|OA|PI|PR)[\s-]*(\d{1,3}|[ABDPWY]\d{1,2})\b", re.I)
_REMARK = re.compile(r"\b(MA?\d{1,3}|N\d{1,3})\b", re.I)
_SAID = ("denial", "claim type", "common reasons", "reasons", "next steps", "resolutions")


def _named(question: Question, library: Library) -> tuple[list[tuple[str, str]], list[str]]:
    """The reason and remark codes of a question, and the group codes before them."""
    text, knows = question.standalone, library.catalog.knows
    pairs = [(CARC, found[2].upper()) for found in _GROUPED.finditer(text)]
    pairs += [(m.system, m.value) for m in question.mentions if m.system in (CARC, RARC)]
    pairs += [(RARC, found[1].upper()) for found in _REMARK.finditer(text) if knows(RARC, found[1].upper())]
    return list(dict.fromkeys(pairs)), list(dict.fromkeys(found[1].upper() for found in _GROUPED.finditer(text)))


def denial(question: Question, library: Library) -> Chosen:
    """What a denial means, then what is said of its reasons and next steps, rows about the very combination first."""
    pairs, groups = _named(question, library)
    found = [item for pair in pairs for item in _meaning(pair, question, library)]
    found += [item for group in groups for item in _meaning((GROUP, group), question, library)]
    rows = [row for pair in pairs if pair[0] == CARC for row in _guidance(pair, pairs, groups, library, question)]
    rows += [row for pair in pairs if pair[0] == RARC for row in _guidance(pair, [], [], library, question)[:1]]
    evidence = found + [item for row in rows for item in _told(row)]
    unknown = tuple(f"{system} {value}" for system, value in pairs if not library.catalog.knows(system, value))
    evidence = [replace(item, role="detail" if at else "lead") for at, item in enumerate(evidence)]
    return Chosen(tuple(evidence), tuple(pairs), unknown=unknown, remedy="a table of denial codes", complete=bool(found))


def _meaning(pair: tuple[str, str], question: Question, library: Library) -> Iterator[Evidence]:
    listed = facts.best(library.catalog.codes(*pair), question.on)
    if listed is None:
        return
    if not facts.in_force(listed.code, question.on):
        yield facts.validity(library.catalog, listed, question.on)
    yield facts.definition(listed)
    if usage := dict(listed.code.attributes).get("usage"):
        yield facts.row(listed, "detail", f"Usage of {facts.name(listed.code)}: {usage.rstrip('.')}.")


def _guidance(
    pair: tuple[str, str], among: list[tuple[str, str]], groups: list[str], library: Library, question: Question
) -> list[Filed[Entry]]:
    """The rows about a code: those that name a remark code or the group asked about first."""
    current = library.current(question.on)
    rows = [row for row in library.catalog.tables.entries(*pair) if row.source.id in current and any(cell(row, key) for key in _SAID)]
    remarks = {value for system, value in among if system == RARC}
    exact = [row for row in rows if remarks & set(re.findall(r"\w+", row.row.part))]
    general = [row for row in rows if row.row.part in ("", *groups) or not (groups or "RARC" in row.row.part)]
    return (exact or general or rows)[:ROWS]


def _told(row: Filed[Entry]) -> list[Evidence]:
    entry = row.row
    called = f"{entry.system} {entry.code}" + (f", {entry.part}" if entry.part else "")
    parts = [f"{key}: {_short(text)}" for key in _SAID if (text := cell(row, key))]
    return stated(row, f"{called}, {'; '.join(parts)}.")


def _short(text: str) -> str:
    """The first sentences of a cell, as far as they are short."""
    flat = " ".join(text.split())
    return (flat if len(flat) <= 320 else flat[:320].rpartition(". ")[0] or flat).rstrip(".")
