"""What a box for codes finds: a code or its beginning, a range, a section of a manual, or words; each with how it stands on a date."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from assistant import codepage, facts, fees, procedures
from assistant.completion import completed
from assistant.proseplans import GUIDES
from assistant.reverse import NEAR as ALONE
from assistant.standing import Standing, standing
from corpus import families, runs
from corpus.codes import (
    CARC,
    CPT,
    CVX,
    HCC,
    HCPCS,
    ICD10CM,
    ICD10PCS,
    LCD,
    MODIFIER,
    MSDRG,
    NCD,
    NDC,
    POS,
    RARC,
    REVENUE,
    dotted,
    named,
    ranges,
    system_of,
)
from corpus.rows import Listed
from index.library import Library
from index.search import Filters, Hit

CHARACTERS = 200  # of a query; longer ones are no search
SEARCHED = (CPT, HCPCS, ICD10CM, MODIFIER, POS, CARC, RARC, REVENUE, MSDRG, CVX)  # by words, where no system is chosen
HITS = 40  # texts asked of search: several belong to one code
NEAR = 0.5  # likeness from which a text that shares a word with a phrase is near it
Pair = tuple[str, str]

_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9.]{0,11}", re.I | re.A)
_CODE = re.compile(r"(?=\S*\d)[A-Z0-9][A-Z0-9.-]{3,}", re.I | re.A)
_ENDS = re.compile(r"\w+\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b)\s*\w+", re.I)
_RANGE = re.compile(r"([A-Z]\d[0-9AB][0-9A-Z.]{0,5})\s*(?:-|–|—|\bto\b|\bthrough\b)\s*([A-Z]\d[0-9AB][0-9A-Z.]{0,5})", re.I | re.A)
_PLACE = re.compile(r"(section|chapter|ch\.?)\s+([IVX]+|\d{1,2})\b[\s.,]*(.*)|()([IVX]+)\.(.+)", re.I | re.A)
_NAMES = {
    CPT: r"cpt",
    HCPCS: r"hcpcs",
    ICD10CM: r"icd(?:[\s-]?10)?(?:[\s-]?cm)?|dx",
    ICD10PCS: r"(?:icd[\s-]?10[\s-]?)?pcs",
    MODIFIER: r"mod(?:ifier)?s?",
    POS: r"pos|place\s+of\s+service",
    MSDRG: r"(?:ms[\s-]?)?drg",
    REVENUE: r"rev(?:enue)?(?:\s+code)?",
    CARC: r"carc|co|pr|oa|pi",
    RARC: r"rarc",
    CVX: r"cvx",
    HCC: r"hcc",
    NCD: r"ncd",
    LCD: r"lcd",
}
_SYSTEM = re.compile("(?:" + "|".join(f"(?P<s{at}>{names})" for at, names in enumerate(_NAMES.values())) + r")(?:[\s#:-]+)(.+)", re.I)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the results: a code, or a passage of a manual under its place."""

    system: str  # of a passage: what it stands in
    code: str  # of a passage: its place
    title: str  # empty where no source describes the code
    standing: Standing | None
    why: str
    passage_id: str | None = None
    category: str = ""  # CMS's, where there is no title


def found(query: str, library: Library, on: date, systems: Sequence[str] = (), limit: int = 50) -> list[Found]:
    """What a query finds, best first: a section where it names one, a range, a code or its beginning, else words."""
    text = " ".join(query.split())[:CHARACTERS]
    if not text:
        return []
    if passages := _section(text, library, limit):
        return passages
    if span := _span(text):
        pairs = runs.between(library.catalog, span[1], span[2], systems or (span[0],), limit)
        return _rows([(pair, "in the range") for pair in pairs], library, on)
    chosen, typed = _system(text)
    wanted = (chosen,) if chosen else tuple(systems)
    rows = _codes(typed, wanted, library, on, limit)
    return rows if rows or is_code(text) else _words(typed, wanted, library, on, limit)


def is_code(text: str) -> bool:
    """Whether a query is one code, or meant as one: nothing but its number finds it."""
    return bool(_CODE.fullmatch(text))


def _system(text: str) -> tuple[str | None, str]:
    """The system a query names before a code ('POS 11', 'modifier 5'), and the rest of it."""
    spoken = _SYSTEM.fullmatch(text)
    if spoken is None:
        return None, text
    system = next(system for system, at in zip(_NAMES, count()) if spoken[f"s{at}"])
    return system, spoken[spoken.re.groups]


def _span(text: str) -> tuple[str, str, str] | None:
    """A range: its system, its first and its last code."""
    if _ENDS.fullmatch(text) and (coded := ranges(text)):
        return coded[0]
    icd = _RANGE.fullmatch(text)
    first, last = (dotted(icd[1]), dotted(icd[2])) if icd else ("", "")
    return (ICD10CM, first, last) if system_of(first) == ICD10CM and first < last else None


def _codes(text: str, systems: Sequence[str], library: Library, on: date, limit: int) -> list[Found]:
    """Codes that are what was typed, then those that begin with it."""
    spoken = [(m.system, m.value) for m in named(text, library.catalog.knows) if library.catalog.knows(m.system, m.value)]
    exact = [pair for pair in (*spoken, *codepage.systems_of(text[:40], library)) if not systems or pair[0] in systems]
    told = [(pair, "the code") for pair in exact if pair[0] != NDC]
    told += [(pair, f"NDC {value}") for system, value in exact if system == NDC for pair in _billed(value, library, on)]
    if _TOKEN.fullmatch(text) and (len(text) <= 2 or any(sign.isdigit() for sign in text)):
        for start in dict.fromkeys((text.upper(), dotted(text))):
            told += [(pair, f"begins with {start}") for pair in runs.beginning(library.catalog, start, systems, limit)]
    once = dict(reversed(told))
    ordered = sorted(once, key=lambda pair: (once[pair] != "the code", pair[1] if once[pair] != "the code" else "", _rank(pair[0])))
    return _rows([(pair, once[pair]) for pair in ordered[:limit]], library, on)


def _rank(system: str) -> int:
    """Where a system stands among those that have the same number, the ones of claim lines first."""
    return list(_NAMES).index(system) if system in _NAMES else len(_NAMES)


def _billed(number: str, library: Library, on: date) -> list[Pair]:
    """The codes that a drug product is reported with."""
    found = fees.code_of_ndc(library.catalog, number, on, library.sources)
    return [pair for value in dict.fromkeys(item.rows[0].row.part for item in found) for pair in codepage.systems_of(value, library)]


def _rows(told: Sequence[tuple[Pair, str]], library: Library, on: date) -> list[Found]:
    """Codes as the source that answers for the date lists them, system by system."""
    by_system: dict[str, list[str]] = {}
    for (system, value), _ in told:
        by_system.setdefault(system, []).append(value)
    listed = {
        (system, value): rows
        for system, values in by_system.items()
        for value, rows in families.listings(library.catalog, system, values).items()
    }
    rows = [row for pair, why in told if (row := _row(listed.get(pair, []), why, on, library))]
    first = {system: at for at, system in enumerate(dict.fromkeys(row.system for row in rows))}
    return sorted(rows, key=lambda row: first[row.system])


def _row(rows: Sequence[Listed], why: str, on: date, library: Library) -> Found | None:
    best = facts.best(rows, on)
    if best is None:
        return None
    code = best.code
    category = next((text for row in rows if (text := dict(row.code.attributes).get("category"))), "")
    return Found(code.system, code.value, code.title, standing(best, on, library, rows), why, category="" if code.title else category)


def _words(text: str, systems: Sequence[str], library: Library, on: date, limit: int) -> list[Found]:
    """Codes whose texts say what was typed; the last word counts as far as it is typed."""
    phrase = completed(text, library)
    hits = library.search(phrase, Filters(on, None, tuple(systems) or SEARCHED), HITS)
    asked = frozenset(library.words(phrase))
    told: dict[Pair, str] = {}
    if not systems or CPT in systems:
        told |= dict.fromkeys(_categorized(phrase, library, on), "CMS category")
    for hit in hits:
        if hit.placed.passage.kind == "term" and _fits(hit, asked, library):
            told.setdefault(hit.placed.passage.codes[0], hit.placed.passage.text)
    return _rows(list(told.items())[:limit], library, on)


def _categorized(phrase: str, library: Library, on: date) -> list[Pair]:
    """The codes of CMS's category for an operation."""
    if not procedures.OPERATION.search(phrase):
        return []
    return [item.codes[0] for item in procedures.candidates(phrase, library, on)]


def _fits(hit: Hit, asked: frozenset[str], library: Library) -> bool:
    """Whether a text is near a phrase and shares a word with it, is very near, or holds its every word."""
    near, shared = hit.similarity or 0.0, asked & set(library.keywords.analyzed(hit.placed.passage.text))
    return near >= ALONE or (near >= NEAR and bool(shared)) or shared == asked


def _section(text: str, library: Library, limit: int) -> list[Found]:
    """The passages of a guideline or manual under a place that a query names."""
    place = _PLACE.fullmatch(text)
    if place is None:
        return []
    kind, first, rest = (place[1] or "").lower(), (place[2] or place[5]).upper(), (place[3] or place[6] or "").strip(" .,")
    steps = [step for step in re.split(r"[\s.,)(]+", rest) if step]
    placed = [item for locator in _locators(kind, first, steps) for item in runs.section(library.catalog, tuple(GUIDES), locator, limit)]
    item = next((step for step in steps[::-1] if step.isdigit()), "")
    numbered = re.compile(rf"^{item}\.\s", re.M) if item and kind.startswith("ch") else None
    ordered = sorted(placed, key=lambda one: not (numbered and numbered.search(one.passage.text)))
    return [
        Found(one.source.title, one.passage.locator, one.passage.text[:160], None, "the section", one.passage.id) for one in ordered[:limit]
    ]


def _locators(kind: str, first: str, steps: Sequence[str]) -> Iterator[str]:
    """How publications write a place: 'Section I.C.4.a', 'Chapter IX, D'; chapter 4 is Section I.C.4 of the diagnosis guidelines too."""
    if kind.startswith("ch"):
        number = int(first) if first.isdigit() else _ROMAN.index(first) + 1 if first in _ROMAN else 0
        roman = _ROMAN[number - 1] if 0 < number <= len(_ROMAN) else first
        letters = [step.upper() for step in steps if step.isalpha()][:1]
        yield ", ".join([f"Chapter {roman}", *letters])
        if first.isdigit():
            yield ".".join(["Section I", "C", first, *(step.lower() for step in steps)])
    else:
        yield ".".join([f"Section {first}", *(step.upper() if at == 0 else step.lower() for at, step in enumerate(steps))])
