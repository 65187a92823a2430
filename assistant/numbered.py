"""What a code of a system of numbers is: place of service, DRG, denial and revenue codes, vaccines, coverage documents."""

from assistant import facts
from assistant.answer import Evidence, Question
from assistant.coverage_links import text_of, versions_of
from assistant.sentences import split, whole
from corpus.codes import ARTICLE, CARC, CPT, HCPCS, ICD10CM, LCD, MODIFIER, NCD, RARC
from corpus.model import Document, Entry
from corpus.rows import Listed
from corpus.tables import Filed
from index.library import Library

DESCRIBED = frozenset({CPT, HCPCS, ICD10CM, MODIFIER})  # systems whose codes have pages of their own
_COVERAGE = (NCD, LCD, ARTICLE)
_SENTENCES = 5  # of a coverage text
_ROWS = 4
_LEFT = {"title", "url", "name"}  # cells that the definition or the citation says


def row(found: Filed[Entry], name: str) -> Evidence:
    """A row of a table, its cells as one sentence."""
    entry, source = found.row, found.source
    cells = " · ".join(f"{key}: {text}" for key, text in entry.cells)
    told = "; ".join(f"{key}: {text.rstrip('.')}" for key, text in entry.cells if key not in _LEFT)
    say = f"{name}{f', {entry.part}' if entry.part else ''}: {told}."
    locator = f"row {entry.code}" + (f", {entry.part}" if entry.part else "")
    document = Document(id=source.id, title=source.title, kind="table", passages=(), url=source.url)
    text = f"{name} · {entry.part} · {cells}\n{say}"
    codes = ((entry.system, entry.code),)
    return Evidence(0, "detail", text, cells, locator, document, source, say=say, codes=codes)


def page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """What a code is, what its rows say, and of a coverage document its first sentences."""
    code, current = listed.code, library.current(question.on)
    found = [facts.definition(listed)]
    if code.system in _COVERAGE:
        newest = [item for item in versions_of(library.catalog, code.system, code.value) if item.source.id in current]
        found += [row(item, facts.name(code)) for item in newest[:1]]
        return found + _text(code.system, code.value, library, current)
    rows = [item for item in library.catalog.tables.entries(code.system, code.value) if item.source.id in current]
    called = facts.name(code)
    return found + [row(item, called) for item in rows[:_ROWS] if code.system not in (CARC, RARC) or item.row.cells]


def _text(system: str, value: str, library: Library, current: frozenset[str]) -> list[Evidence]:
    for version in versions_of(library.catalog, system, value):
        if version.source.id in current:
            passages = [item for item in library.catalog.document(text_of(version)) if item.passage.kind == "prose"]
            sentences = [(item, text) for item in passages for text in split(item.passage.text) if whole(text)]
            return [Evidence.of(item, text, "detail") for item, text in sentences[:_SENTENCES]]
    return []
