"""Plans for questions about codes themselves: what one is, whether it is valid, its notes, how two differ."""

import re
from dataclasses import replace

from assistant import facts, numbered
from assistant.answer import Evidence, Question
from assistant.plan import Chosen, about, alike, filters, known, pick, scored
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
_ENDING = re.compile(r"\b(deleted?|discontinued|retired|terminated|expired?|ended|inactive|invalid|removed|obsolete)\b", re.I)
TELLING = ("Medicare", "Dates", "When to use", "Excludes1")  # sections that tell codes apart
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


def _pair(listed: Listed) -> tuple[str, str]:
    return listed.code.system, listed.code.value


def _sections(page: list[Placed]) -> list[Evidence]:
    """The sentences of a code page, section by section; each stands alone."""
    found = []
    for title, count in SECTIONS.items():
        sentences = [(item, text) for item in page if item.passage.section == title for text in split(item.passage.text) if whole(text)]
        found += [Evidence.of(item, text, "detail", label=title) for item, text in sentences[:count]]
    return found


def _gap(page: list[Placed]) -> list[Evidence]:
    missing = [item for item in page if item.passage.section == GAPS]
    return [Evidence.of(item, item.passage.text.split("\n")[0], "gap") for item in missing[:1]]


def _opening(page: list[Placed]) -> list[Evidence]:
    sentences = [(item, text) for item in page if not item.passage.section for text in split(item.passage.text)]
    return [Evidence.of(item, text, "lead" if at == 0 else "detail") for at, (item, text) in enumerate(sentences[:2])]


def _code_page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """Everything a code's page says: what it is, then what changes money, then what is missing."""
    page = about(library, _pair(listed))
    table = listed.source.kind not in facts.STARTER
    found = [] if facts.in_force(listed.code, question.on) else [facts.validity(library.catalog, listed, question.on)]
    if page:
        found += _opening(page)
        found += [replace(facts.definition(listed), role="detail")] if table else []
    else:
        found.append(facts.definition(listed))
    if table and facts.in_force(listed.code, question.on):
        found += facts.row_details(listed)
    if page:
        return found + _sections(page) + _gap(page)
    return found + _mentions(listed, question, library, 3)


def _mentions(listed: Listed, question: Question, library: Library, limit: int) -> list[Evidence]:
    """Sentences elsewhere that name a code."""
    found = []
    for placed in library.catalog.naming(*_pair(listed), limit=60):
        if placed.passage.kind == "prose" and placed.source.id in library.current(question.on):
            texts = [text for text in split(placed.passage.text) if listed.code.value in text and whole(text)]
            found += [Evidence.of(placed, text, "detail", label=placed.document.title) for text in texts[:1]]
    return found[:limit]


def _icd_page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    found = [facts.definition(listed)]
    found += facts.notes(library.catalog, listed)
    if not listed.code.billable:
        found += _children(listed, library)
    return found


def _children(listed: Listed, library: Library) -> list[Evidence]:
    below = library.catalog.children(listed.code.system, listed.code.value, listed.source.id)[:30]
    return [facts.row(child, "candidate", f"{child.code.value}: {child.code.title}.") for child in below]


def _page(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    if listed.code.system not in numbered.DESCRIBED:
        return numbered.page(listed, question, library)
    page = _icd_page if listed.code.system == ICD10CM else _code_page
    return page(listed, question, library)


def definition(question: Question, library: Library) -> Chosen:
    """What a code is: its page for CPT, HCPCS and modifiers; title, notes and children for ICD-10-CM."""
    found, missing = known(question, library)
    evidence: list[Evidence] = []
    for listed in found[:4]:
        evidence += _page(listed, question, library)
    if not found:
        evidence = _only_named(question, library)
    codes = tuple(_pair(listed) for listed in found)
    return Chosen(tuple(evidence), codes, unknown=tuple(missing), complete=bool(found))


def _only_named(question: Question, library: Library) -> list[Evidence]:
    """Sentences that name a code no source lists."""
    found = []
    for mention in question.mentions:
        for placed in library.catalog.naming(mention.system, mention.value, 10) if mention.wellformed else []:
            texts = [text for text in split(placed.passage.text) if re.search(rf"\b{re.escape(mention.value)}\b", text) and whole(text)]
            found += [Evidence.of(placed, text, "detail") for text in texts[:1]]
    return found[:3]


def validity(question: Question, library: Library) -> Chosen:
    """Whether a code is valid (for ICD-10-CM: billable) on the date, what stands in its place, and who still lists it."""
    found, missing = known(question, library)
    evidence: list[Evidence] = []
    for listed in found:
        lead = facts.validity(library.catalog, listed, question.on)
        page = about(library, _pair(listed))
        evidence.append(facts.verdict(lead, _holds(listed, question)) if facts.covers(listed, question.on) else lead)
        if listed.code.system == ICD10CM:
            evidence += _children(listed, library) if not listed.code.billable else _instructions(listed, library)
        elif facts.in_force(listed.code, question.on):
            evidence += _opening(page)[:1]
        else:
            evidence += _opening(page)[:1] + [item for item in _sections(page) if item.label == "Related codes"]
            evidence += _still_listed(listed, question, library)
    leading = [replace(item, role="detail") if at and item.role == "lead" else item for at, item in enumerate(evidence)]
    codes = tuple(_pair(listed) for listed in found)
    evidence = leading if found else _only_named(question, library)
    return Chosen(tuple(evidence), codes, unknown=tuple(missing), complete=bool(found))


def _holds(listed: Listed, question: Question) -> bool:
    """Whether 'yes' is the answer: valid and billable where that is asked, ended where the end is asked about."""
    stands = facts.in_force(listed.code, question.on) and listed.code.billable is not False
    return stands != bool(_ENDING.search(question.standalone))


def _instructions(listed: Listed, library: Library) -> list[Evidence]:
    return facts.notes(library.catalog, listed, ("useAdditionalCode", "codeFirst", "excludes1"))


def _still_listed(listed: Listed, question: Question, library: Library) -> list[Evidence]:
    """Policies that name a code after its end: said beside the answer, because people still work from them."""
    if not (listed.code.valid_to and question.on > listed.code.valid_to):
        return []
    found = []
    for placed in library.catalog.naming(*_pair(listed), limit=60):
        if placed.document.kind == "policy" and placed.passage.kind == "prose":
            texts = [text for text in split(placed.passage.text) if listed.code.value in text and whole(text)]
            found += [Evidence.of(placed, text, "aside") for text in texts[:1]]
    return list({item.document.id: item for item in reversed(found)}.values())[:2]


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
    codes = tuple(_pair(listed) for listed in found)
    return Chosen(tuple(first), codes, unknown=tuple(missing), complete=bool(found))


def _own(item: Evidence, listed: Listed) -> bool:
    return item.codes == (_pair(listed),)


def comparison(question: Question, library: Library) -> Chosen:
    """How codes differ: the sentence that sets them side by side, then what each is, then what else tells them apart."""
    found, missing = known(question, library)
    each = [_icd_page(item, question, library) if item.code.system == ICD10CM else _code_page(item, question, library) for item in found]
    ended = [0 if facts.in_force(item.code, question.on) else 1 for item in found]
    own = [replace(item, role="detail") for page, skip in zip(each, ended, strict=True) for item in page[: 1 + skip]]
    rest = [item for page in each for item in [item for item in page if item.label in TELLING][:3]]
    both = _side_by_side(found, question, library)
    evidence = _distinct([*(replace(item, role="lead") for item in both[:1]), *own, *both[1:], *rest])
    codes = tuple(_pair(listed) for listed in found)
    return Chosen(tuple(evidence), codes, unknown=tuple(missing), complete=bool(found))


def _distinct(evidence: list[Evidence]) -> list[Evidence]:
    """Without sentences that say what an earlier one said."""
    kept: list[Evidence] = []
    for item in evidence:
        if not any(alike(item.say or item.quote, other.say or other.quote) for other in kept):
            kept.append(item)
    return kept


def _side_by_side(found: list[Listed], question: Question, library: Library) -> list[Evidence]:
    values = [listed.code.value for listed in found]
    if len(values) < 2:
        return []
    hits = library.shelves(question.standalone, ("prose",), filters(question), 20)["prose"]
    named = [placed for listed in found for placed in library.catalog.naming(*_pair(listed), limit=60) if placed.passage.kind == "prose"]
    passages = {item.passage.id: (item, 0.0) for item in named} | {hit.placed.passage.id: (hit.placed, hit.score) for hit in hits}
    ranked = scored(question, library, list(passages.values()), library.words(question.standalone))
    telling = [item for item in ranked if all(re.search(rf"\b{re.escape(value)}\b", item.sentence) for value in values)]
    return [Evidence.of(item.placed, item.sentence, "detail") for item in pick(telling, 3)]


def modifiers(question: Question, library: Library) -> Chosen:
    """Every modifier on file, one line each."""
    return _listing(library.catalog.span(MODIFIER, "", "~"), "a table of modifiers")


def span(question: Question, library: Library) -> Chosen:
    """The codes of a range, one line each."""
    rows = [listed for system, first, last in question.ranges for listed in library.catalog.span(system, first, last)]
    return _listing(rows, "a table that lists the codes of that range")


def _listing(rows: list[Listed], remedy: str) -> Chosen:
    evidence = []
    for listed in rows[:LISTED]:
        called = facts.name(listed.code)
        end = f" (valid to {listed.code.valid_to})" if listed.code.valid_to else ""
        say = f"{called[0].upper()}{called[1:]}: {listed.code.title.rstrip('.')}{end}."
        evidence.append(facts.row(listed, "candidate", say))
    return Chosen(tuple(evidence), tuple(_pair(listed) for listed in rows[:LISTED]), complete=bool(rows), remedy=remedy)
