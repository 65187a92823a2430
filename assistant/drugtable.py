"""Poisoning, adverse effect and underdosing of a substance, from the Table of Drugs and Chemicals (Guidelines, Section I.C.19.e)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant import facts
from assistant.answer import Evidence, Question
from assistant.asked import read
from assistant.likeness import weighed
from assistant.plan import Chosen
from assistant.specific import completed, questions
from corpus.abbreviations import replaced, written_out
from corpus.codes import ICD10CM
from corpus.model import Document, Entry
from corpus.readers.indexes import entry_code
from corpus.tables import Filed
from index.library import Library

_COLUMNS = (  # words of the question → the column's heading begins so
    (r"adverse\s+(?:effects?|reactions?)|side\s+effects?", "Adverse effect"),
    (r"under-?dos\w*|not\s+taking|non-?complian\w*", "Underdosing"),
    (r"(?<!not )(?<!non[-\s])\b(?:suicid\w*|self[-\s]harm|intentional(?:ly)?)", "Poisoning Intentional"),
    (r"assault", "Poisoning Assault"),
    (r"undetermined", "Poisoning Undetermined"),
    (r"accident\w*|unintentional\w*|overdos\w*|poison\w*|toxic\w*", "Poisoning Accidental"),
)
_ASKED = re.compile("|".join(pattern for pattern, _ in _COLUMNS), re.I)
_SMALL = re.compile(
    r"\b(?:codes?|icd-?(?:9|10)?(?:-?cm)?|10|cm|what|which|is|are|the|an?|of|for|by|from|due|to|with|drugs?|initial|subsequent|sequela|encounter|"
    r"effects?|reactions?|harm|self|caused)\b",
    re.I,
)
_LONGEST = 13  # words of a name in the table


def _substances(text: str) -> Iterator[str]:
    """What may be the substance of a question, the longest run of words first."""
    words = re.findall(r"[a-z0-9][\w,'-]*", _ASKED.sub(" ", text.lower()))
    telling = [not _SMALL.fullmatch(word.rstrip(",")) for word in words]
    for length in range(min(len(words), _LONGEST), 0, -1):
        for at in range(len(words) - length + 1):
            if any(telling[at : at + length]):
                yield entry_code(" ".join(words[at : at + length]).rstrip(","))


def _row(found: Filed[Entry], library: Library, question: Question, column: str, value: str) -> list[Evidence]:
    """The code with its 7th character, then what the table gives in a column, then what the encounter would change."""
    entry, source = found.row, found.source
    cells = dict(entry.cells)
    substance = cells.get("substance", entry.code)
    quote = " · ".join(f"{name}: {text}" for name, text in entry.cells)
    say = f"{value} is what the table gives for {substance}, {column[0].lower()}{column[1:]}."
    document = Document(id=source.id, title=source.title, kind="table", passages=(), url=source.url)
    codes = ((ICD10CM, value),)
    led = Evidence(0, "lead", f"{quote}\n{say}", quote, f"Table of Drugs, {substance}", document, source, say=say, codes=codes)
    listed = facts.best(library.catalog.codes(ICD10CM, value), question.on)
    if listed is None:
        return [led]
    asked = read(question.subject or question.standalone, ICD10CM)
    whole = completed(listed, asked, weighed(asked, library), library)
    return [replace(facts.definition(whole), role="lead"), replace(led, role="detail"), *questions(whole, asked, library)]


def _rows(substance: str, library: Library) -> list[Filed[Entry]]:
    """The rows of a substance; one that only says "see" leads to the rows of what it names."""
    found = library.catalog.tables.entries("drug", substance)
    named = [dict(row.row.cells).get("see", "") for row in found]
    others = [row for other in filter(None, named) for row in library.catalog.tables.entries("drug", entry_code(other))]
    return [*found, *others]


def lookup(question: Question, library: Library) -> Chosen | None:
    """The code the table gives; None where nothing of the kind is asked, or no table on file has the substance."""
    text = replaced(written_out(question.subject or question.standalone), "laywords", ("substances",))
    column = next((name for pattern, name in _COLUMNS if re.search(pattern, text, re.I)), None)
    if column is None:
        return None
    current = library.current(question.on)
    for substance in _substances(text):
        for found in _rows(substance, library):
            heading = next((name for name, _ in found.row.cells if name.startswith(column)), None)
            if found.source.id in current and heading:
                value = dict(found.row.cells)[heading]
                evidence = _row(found, library, question, heading, value)
                codes = dict.fromkeys(pair for item in evidence for pair in item.codes)
                return Chosen(tuple(evidence), tuple(codes), near=1.0)
    return None
