"""Plans for questions about codes themselves: what one is, whether it is valid, its notes, how two differ."""

import re
from dataclasses import replace

from assistant import facts, history, numbered
from assistant.answer import Evidence, Question
from assistant.plan import Chosen, about, known
from assistant.profile import profile
from assistant.sentences import split, whole
from corpus.codes import ICD10CM, MODIFIER
from corpus.readers.icd10cm import NOTES
from corpus.readers.prose import GAPS
from corpus.rows import Listed, Placed
from index.library import Library

SECTIONS = {  # of a code page, in the order a coder reads, with how many sentences of each
    "When to use": 2,
    "When not": 2,
    "Administration": 1,
    "NCCI": 2,
    "Medicare": 3,
    "Payers": 2,
    "Dates": 1,
    "Service type": 1,
    "Sites": 1,
    "Clinical context": 1,
    "Modifiers": 2,
    "Example": 1,
    "Related codes": 1,
}
LISTED = 80  # rows of a list at most
_TAGS = {
    "excludes1": r"excludes?\s*1|excludes\b(?!\s*2)",
    "excludes2": r"excludes?\s*2|excludes\b(?!\s*1)",
    "codeFirst": r"code\s+first",
    "useAdditionalCode": r"use\s+additional",
    "codeAlso": r"code\s+also",
    "includes": r"includes?\b",
    "inclusionTerm": r"inclusion",
    "sevenChrNote": r"7th|seventh",
}


def pair_of(listed: Listed) -> tuple[str, str]:
    """The system and the value of a code."""
    return listed.code.system, listed.code.value


def sections(page: list[Placed]) -> list[Evidence]:
    """The sentences of a code page, section by section; each stands alone."""
    found = []
    for title, count in SECTIONS.items():
        sentences = [(item, text) for item in page if item.passage.section == title for text in split(item.passage.text) if whole(text)]
        found += [Evidence.of(item, text, "detail", label=title) for item, text in sentences[:count]]
    return found


def _gap(page: list[Placed]) -> list[Evidence]:
    missing = [item for item in page if item.passage.section == GAPS]
    return [Evidence.of(item, item.passage.text.split("\n")[0], "gap") for item in missing[:1]]


def opening(page: list[Placed]) -> list[Evidence]:
    """The sentences a code page opens with."""
    sentences = [(item, text) for item in page if not item.passage.section for text in split(item.passage.text)]
    return [Evidence.of(item, text, "lead" if at == 0 else "detail") for at, (item, text) in enumerate(sentences[:2])]


def code_page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """Everything a code's page says: what it is, then what changes money, then what is missing; without a page, what tables say."""
    page, holds = about(library, pair_of(listed)), facts.in_force(listed.code, question.on)
    table = listed.source.kind not in facts.STARTER
    found = [] if holds else [facts.validity(library.catalog, listed, question.on), *history.successors(pair_of(listed), library)]
    found += opening(page)
    if table or not page:
        found.append(replace(facts.definition(listed), role="detail" if found else "lead"))
    if table and holds:
        found += facts.row_details(listed)
    if page:
        return found + sections(page) + _gap(page)
    if listed.code.system == MODIFIER:
        return found + _mentions(listed, question, library, 3)
    return found + profile(listed, question, library) + _mentions(listed, question, library, 2)


def _mentions(listed: Listed, question: Question, library: Library, limit: int) -> list[Evidence]:
    """Sentences elsewhere that name a code."""
    found = []
    for placed in library.catalog.naming(*pair_of(listed), limit=60):
        if placed.passage.kind == "prose" and placed.source.id in library.current(question.on):
            texts = [text for text in split(placed.passage.text) if listed.code.value in text and whole(text)]
            found += [Evidence.of(placed, text, "detail", label=placed.document.title) for text in texts[:1]]
    return found[:limit]


def icd_page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """What a diagnosis code is, its notes, and what stands below a heading."""
    found = [facts.definition(listed)]
    found += facts.notes(library.catalog, listed)
    if not listed.code.billable:
        found += children(listed, library)
    return found


def children(listed: Listed, library: Library) -> list[Evidence]:
    """The codes right below a heading, as candidates."""
    below = library.catalog.children(listed.code.system, listed.code.value, listed.source.id)[:30]
    return [facts.row(child, "candidate", f"{child.code.value}: {child.code.title}.") for child in below]


def _page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    if listed.code.system not in numbered.DESCRIBED:
        return numbered.page(listed, question, library)
    page = icd_page if listed.code.system == ICD10CM else code_page
    return page(listed, question, library)


def definition(question: Question, library: Library) -> Chosen:
    """What a code is: its page for CPT, HCPCS and modifiers; title, notes and children for ICD-10-CM."""
    found, missing = known(question, library)
    evidence: list[Evidence] = []
    for listed in found[:4]:
        evidence += _page(listed, question, library)
    if not found:
        evidence = only_named(question, library)
    codes = tuple(pair_of(listed) for listed in found)
    return Chosen(tuple(evidence), codes, unknown=tuple(missing), complete=bool(found))


def only_named(question: Question, library: Library) -> list[Evidence]:
    """Sentences that name a code no source lists."""
    found = []
    for mention in question.mentions:
        for placed in library.catalog.naming(mention.system, mention.value, 10) if mention.wellformed else []:
            texts = [text for text in split(placed.passage.text) if re.search(rf"\b{re.escape(mention.value)}\b", text) and whole(text)]
            found += [Evidence.of(placed, text, "detail") for text in texts[:1]]
    return found[:3]


def notes(question: Question, library: Library, tags: tuple[str, ...] = ()) -> Chosen:
    """The instructional notes asked for, at the code and above it; a kind of note that is not there is said first."""
    found, missing = known(question, library)
    asked = list(tags) or [tag for tag, pattern in _TAGS.items() if re.search(pattern, question.standalone, re.I)]
    evidence: list[Evidence] = []
    for listed in (item for item in found if item.code.system == ICD10CM):
        here = facts.notes(library.catalog, listed, tuple(asked))
        own = [item for item in facts.notes(library.catalog, listed) if _own(item, listed)]
        have = {item.label for item in own}
        for tag in asked:
            if NOTES[tag] not in have:
                has = sorted(label for label in have if label.startswith("Excludes")) if tag.startswith("excludes") else []
                evidence.append(facts.no_note(listed, tag, has))
                evidence += [item for item in own if item.label in has and item not in here]
        evidence += here
    once = list({(item.locator, item.say): item for item in evidence}.values())
    first = [replace(item, role="lead" if at == 0 else "detail") for at, item in enumerate(once)]
    codes = tuple(pair_of(listed) for listed in found)
    return Chosen(tuple(first), codes, unknown=tuple(missing), complete=bool(found))


def _own(item: Evidence, listed: Listed) -> bool:
    return item.codes == (pair_of(listed),)


def modifiers(question: Question, library: Library) -> Chosen:
    """Every modifier on file, one line each."""
    return _listing(library.catalog.span(MODIFIER, "", "~"), question, library, "a table of modifiers")


def span(question: Question, library: Library) -> Chosen:
    """The codes of a range, one line each."""
    rows = [listed for system, first, last in question.ranges for listed in library.catalog.span(system, first, last)]
    return _listing(rows, question, library, "a table that lists the codes of that range")


def _listing(rows: list[Listed], question: Question, library: Library, remedy: str) -> Chosen:
    """A line a code, in the words of whatever describes it; one that nothing describes is said to be listed."""
    evidence = []
    for row in rows[:LISTED]:
        listed = facts.best(library.catalog.codes(*pair_of(row)), question.on) or row
        if not listed.code.title:
            evidence.append(replace(facts.definition(listed), role="candidate"))
            continue
        called = facts.name(listed.code)
        end = f" (valid to {listed.code.valid_to})" if listed.code.valid_to else ""
        say = f"{called[0].upper()}{called[1:]}: {listed.code.title.rstrip('.')}{end}."
        evidence.append(facts.row(listed, "candidate", say))
    return Chosen(tuple(evidence), tuple(pair_of(listed) for listed in rows[:LISTED]), complete=bool(rows), remedy=remedy)
