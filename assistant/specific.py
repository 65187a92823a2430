"""The last step to a billable code: its 7th character, and the one question that its side, trimester or encounter leaves open."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import facts
from assistant.answer import Evidence
from assistant.asked import Asked
from assistant.likeness import Weighed, overlap, side_fit, terms, unspecific
from corpus.rows import Listed
from index.library import Library

_ENCOUNTERS = ("initial", "subsequent", "sequela")
_USUAL = re.compile(r"\binitial encounter\b|\bclosed\b|\broutine healing\b|\bnot applicable\b", re.I)  # where nothing else is said
_OPTIONS = (  # what tells codes under one heading apart, by the words of their titles
    ("side", re.compile(r"\b(right|left|bilateral)\b", re.I)),
    ("trimester", re.compile(r"\b(first|second|third) trimester\b", re.I)),
    ("encounter", re.compile(r"\b(initial encounter|subsequent encounter|sequela)\b", re.I)),
)
NAMED = 4  # codes named in a question


def completions(listed: Listed, library: Library) -> list[Listed]:
    """The codes that complete a stem by a 7th character; empty where it is complete, or a heading of other codes."""
    if listed.code.billable is not False:
        return []
    return library.catalog.children(listed.code.system, listed.code.value, listed.source.id)


def completed(listed: Listed, asked: Asked, phrase: Weighed, library: Library) -> Listed:
    """A stem with the 7th character that a phrase asks for; what it does not say is initial, closed and healing as usual."""
    below = completions(listed, library)

    def fit(child: Listed) -> tuple[float, str]:
        title = child.code.title
        added = title.removeprefix(listed.code.title)
        stated = asked.encounter or "initial"
        meant = stated in added.lower() or not any(word in added.lower() for word in _ENCOUNTERS)
        held, extra = overlap(phrase, [terms(title, library)], title)
        usual = len(_USUAL.findall(added)) + unspecific(added)
        return 4 * meant + 2 * held + side_fit(phrase, title) + 0.2 * usual - 0.05 * extra, child.code.value

    return min(below, key=lambda child: (-fit(child)[0], fit(child)[1])) if below else listed


def _unsaid(kind: str, asked: Asked) -> bool:
    if kind == "side":
        return not asked.side
    if kind == "encounter":
        return not asked.encounter
    return "trimester" not in asked.text.lower()


def _distinct(codes: Sequence[Listed], pattern: re.Pattern[str]) -> dict[str, Listed]:
    """The first code for each option that these titles offer."""
    found: dict[str, Listed] = {}
    for item in codes:
        if match := pattern.search(item.code.title):
            found.setdefault(match[0].lower(), item)
    return found


def questions(chosen: Listed, asked: Asked, library: Library) -> list[Evidence]:
    """What the phrase leaves open of the chosen code, each as one line: the options, and the code for each."""
    asks: list[Evidence] = []
    place: Listed | None = chosen
    while place is not None and len(asks) < 2 and place.code.parent and len(place.code.value) > 4:
        above = next((row for row in library.catalog.codes(place.code.system, place.code.parent) if row.source.id == place.source.id), None)
        beside = library.catalog.children(place.code.system, place.code.parent, place.source.id)
        kind, pattern = next(((name, rule) for name, rule in _OPTIONS if len(_distinct(beside, rule)) > 1), ("", None))
        if above and pattern and _unsaid(kind, asked):
            asks.append(_question(above, _distinct(beside, pattern)))
        place = above
    return asks[::-1]


def _question(heading: Listed, options: dict[str, Listed]) -> Evidence:
    named = list(options)[:NAMED]
    spelled = f"{', '.join(named[:-1])} or {named[-1]}"
    codes = "; ".join(f"{options[name].code.value}, {options[name].code.title}" for name in named)
    rows = " · ".join(facts.rendered(options[name]) for name in named)
    bare = facts.row(heading, "question", f"{spelled[0].upper()}{spelled[1:]}? {codes}.", label="to be more specific")
    text = f"{bare.text} · {rows}"
    return replace(bare, text=text, quote=text, locator=f"{heading.code.value}, codes below it")
