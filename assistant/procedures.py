"""Procedures of which no source holds a description: the CPT codes of CMS's category (RBCS) that the words name, and no more than that."""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from assistant import facts
from assistant.answer import Evidence, Question
from corpus.abbreviations import replaced, written_out
from corpus.codes import CPT
from corpus.readers.licensed import KIND as LICENSED
from corpus.rows import Listed
from index.library import Library

REMEDY = "the AMA's CPT descriptions, licensed to you"
DESCRIPTORS = "the AMA's official CPT descriptors, which are licensed and quoted only from a file licensed to you"
_VERBATIM = re.compile(
    r"\bdescriptors?\b|\b(?:official|verbatim|exact|word[\s-]for[\s-]word|AMA'?s?)\s+(?:\w+\s+){0,2}(?:descriptions?|wording|text|language)\b",
    re.I,
)
OPERATION = re.compile(
    r"\w{4,}(?:ectomy|otomy|ostomy|plasty|scopy|desis|centesis)\b"
    r"|\b(?:surgery|repair|excision|biopsy|removal|replacement|fusion|transplant|ablation)\b",
    re.I,
)
NAMED = 8  # codes named of a family
HELD = 0.5  # least share of the phrase's words, by rarity, that a family's name must hold


def wants_descriptor(question: Question, library: Library) -> bool:
    """Whether a question asks for the AMA's own words of CPT codes and no licensed file holds them."""
    systems = {mention.system for mention in question.mentions} | {system for system, *_ in question.ranges}
    return CPT in systems and bool(_VERBATIM.search(question.standalone)) and all(source.kind != LICENSED for source in library.sources)


@lru_cache(maxsize=4)
def _families(library: Library, stamp: int) -> dict[str, list[str]]:
    """CMS's families of CPT codes by name, as the catalog held them at a stamp."""
    found = library.catalog.select(
        "SELECT c.value, c.attributes ->> '$[0][1]' family FROM codes c JOIN sources s ON s.id = c.source_id"
        " WHERE s.publication = 'RBCS' AND c.system = ? AND c.attributes ->> '$[0][0]' = 'category' ORDER BY c.value",
        (CPT,),
    )
    families: dict[str, list[str]] = {}
    for row in found:
        if row["family"].count("›") == 2:
            families.setdefault(row["family"], []).append(row["value"])
    return families


def family(phrase: str, library: Library) -> list[str]:
    """The codes of the family whose name holds most of a phrase; empty where none holds enough."""
    words = library.words(replaced(written_out(phrase), "laywords", ("procedures",)))
    rarity = library.keywords.rarity(words)
    total = sum(rarity.values())
    best, codes = HELD, []
    for name, values in _families(library, library.catalog.stamp).items():
        own = set(library.keywords.analyzed(name.rsplit("›", 1)[-1]))
        held = sum(rarity[word] for word in set(words) & own) / total if total else 0.0
        if held > best:
            best, codes = held, values
    return codes


def candidates(phrase: str, library: Library, on: date) -> list[Evidence]:
    """The codes of CMS's category for a procedure, each said to be without a description here."""
    found: list[Listed] = []
    for value in family(phrase, library):
        listed = facts.best(library.catalog.codes(CPT, value), on)
        categorized = next((row for row in library.catalog.codes(CPT, value) if dict(row.code.attributes).get("category")), None)
        if listed and categorized and facts.in_force(listed.code, on):
            found.append(listed if listed.code.title else categorized)
    return [replace(facts.definition(listed), role="candidate") for listed in found[:NAMED]]
