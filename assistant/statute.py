"""Sections of the law by their citation: 42 U.S.C. and the Social Security Act, found exactly and quoted in their own words."""

import re

from assistant.answer import Evidence, Question
from assistant.plan import Chosen
from corpus.rows import Placed
from index.library import Library

PUBLICATION = "United States Code, Title 42"
# Where sections of the Social Security Act are classified in Title 42 (Office of the Law Revision Counsel, classification tables).
ACT = {
    "1128": "1320a–7", "1128A": "1320a–7a", "1128B": "1320a–7b", "1812": "1395d", "1814": "1395f", "1832": "1395k", "1833": "1395l",
    "1834": "1395m", "1842": "1395u", "1847A": "1395w–3a", "1848": "1395w–4", "1852": "1395w–22", "1861": "1395x", "1862": "1395y",
    "1866": "1395cc", "1869": "1395ff", "1877": "1395nn", "1879": "1395pp", "1886": "1395ww", "1902": "1396a", "1903": "1396b",
    "1905": "1396d",
}  # fmt: skip
_CODE = re.compile(
    r"\b42\s+U\.?\s?S\.?\s?C\.?A?\.?\s*(?:§+|sec(?:tion|\.)?)?\s*(\d{3,4}[a-z]{0,2}(?:[-–]\d+[a-z]?)?)((?:\([0-9A-Za-z]{1,5}\))*)", re.I
)
_SECTION = re.compile(
    r"\b(?:(?:SSA|Social\s+Security\s+Act|the\s+Act)\s*,?\s*(?:§+|sec(?:tion|\.)?)?\s*|section\s+|§\s*)(1[18]\d\d[A-B]?|19\d\d)"
    r"((?:\([0-9A-Za-z]{1,5}\))*)",
    re.I,
)
LONGEST = 900  # characters quoted of a passage
_MARK = re.compile(r"\(([0-9A-Za-z]{1,5})\)")


def citation(text: str) -> tuple[str, list[str]] | None:
    """The section of Title 42 that a text cites, and the marks below it: ('1395y', ['a', '1', 'A'])."""
    if found := _CODE.search(text):
        return found[1].replace("-", "–"), _MARK.findall(found[2])
    found = _SECTION.search(text)
    section = ACT.get(found[1].upper()) if found else None
    return (section, _MARK.findall(found[2])) if found and section else None


def _reach(placed: Placed, marks: list[str]) -> int:
    """How many of the marks a passage's locator begins with; a range holds what lies between its ends."""
    first, _, last = placed.passage.locator.partition("–(")
    own = _MARK.findall(first)
    reach = next((at for at, (one, other) in enumerate(zip(own, marks, strict=False)) if one != other), min(len(own), len(marks)))
    between = last and reach == len(own) - 1 and reach < len(marks) and own[-1] < marks[reach] <= last.rstrip(")")
    return reach + bool(between)


def lookup(question: Question, library: Library) -> Chosen | None:
    """The text of the section cited, from the subdivision that holds it; None where no citation is, or it is not on file."""
    cited = citation(question.standalone)
    source = next((held for held in library.sources if held.publication == PUBLICATION), None)
    if cited is None or source is None:
        return None
    section, marks = cited
    passages = library.catalog.document(f"{source.id}/42 U.S.C. § {section}")
    if not passages:
        return None
    best = max(range(len(passages)), key=lambda at: (_reach(passages[at], marks), -at))
    picked = passages[best : best + (1 if marks else 2)]
    evidence = [_quoted(placed, "detail" if at else "lead") for at, placed in enumerate(picked)]
    return Chosen(tuple(evidence), near=1.0)


def _quoted(placed: Placed, role: str) -> Evidence:
    """The words of a passage, as many as can be read at once, cut where a line ends."""
    text = placed.passage.text
    if len(text) > LONGEST:
        text = text[: text.rfind("\n", 0, LONGEST) if "\n" in text[:LONGEST] else LONGEST]
    return Evidence.of(placed, text, role, say=f"{placed.passage.locator}: {' '.join(text.split())}", label=placed.document.title)
