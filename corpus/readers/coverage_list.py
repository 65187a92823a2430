"""Read the lists of documents that the Medicare Coverage Database reports: a card for each, its text is not in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from corpus.codes import ARTICLE, LCD, NCD
from corpus.model import PROSE, Code, Document, Entry, Passage, Reading
from corpus.readers.coverage_rows import Unreadable, cells, number, published
from corpus.readers.coverage_text import words
from corpus.readers.editions import undated
from corpus.readers.sheets import Layout, Sheet

LISTED = "Medicare coverage documents: list"
_KINDS = {"lcd": LCD, "article": ARTICLE, "ncd": NCD, "proposed lcd": LCD, "draft article": ARTICLE}
_NUMBER = {LCD: r"D?L\d{4,6}", ARTICLE: r"D?A\d{4,6}", NCD: r"\d{1,3}(?:\.\d{1,3})+[A-Z]?"}


@dataclass(slots=True)
class _Card:
    """A version of a document, as one row of the list or more tell it."""

    system: str
    number: str
    version: int
    title: str
    effective: date | None
    retired: date | None
    note: str
    url: str
    contractors: dict[str, None] = field(default_factory=dict)
    ended: date | None = None

    @property
    def name(self) -> str:
        return f"{self.system[0].upper()}{self.system[1:]} {self.number}"


def contractors(cell: str) -> list[str]:
    """Contractors with what they serve, from a cell that names one on two lines, or several with blank lines between."""
    blocks = (words(block) for block in re.split(r"\n\s*\n|;", cell))
    return [block for block in blocks if block]


def _card(sheet: Sheet, at: int, record: Mapping[str, str]) -> _Card:
    system = _KINDS.get(record["kind"].lower())
    if system is None:
        raise Unreadable("kind", f"{record['kind'][:40]!r} is neither an LCD, an article nor an NCD")
    if not re.fullmatch(_NUMBER[system], record["number"].upper()):
        raise Unreadable("number", f"{record['number'][:40]!r} is not a number of its kind")
    if not record["title"]:
        raise Unreadable("title", "it is blank")
    effective, retired = sheet.day(at, record, "effective"), sheet.day(at, record, "retired")
    url = record.get("url", "")
    found = _Card(
        system,
        record["number"].upper(),
        int(number(record, "version")),
        words(record["title"]),
        effective,
        retired,
        words(record.get("note", "")),
        url if url.startswith("https://") else "",
    )
    found.contractors = dict.fromkeys(contractors(record.get("contractor", "")))
    return found


def _told(card: _Card) -> tuple[object, ...]:
    return (card.title, card.effective, card.retired, card.note, card.url)


def _cards(sheet: Sheet) -> tuple[list[_Card], date | None]:
    """The versions of the list, each once with all its contractors, and the day its newest row was changed."""
    found: dict[tuple[str, str, int], tuple[int, _Card]] = {}
    newest: date | None = None
    for at, record in sheet.records():
        try:
            changed = sheet.day(at, record, "updated")
            card = _card(sheet, at, record)
            first, before = found.setdefault((card.system, card.number, card.version), (at, card))
            if _told(before) != _told(card):
                raise Unreadable("number", f"{card.number} version {card.version} stands in row {first} with other dates or another title")
            before.contractors |= card.contractors
        except Unreadable as why:
            sheet.refuse(at, why.column, why.why)
        except ValueError:
            continue  # the sheet has told of the date
        else:
            newest = max(filter(None, (newest, changed)), default=None)
    return [card for _, card in found.values()], newest


def _dated(cards: list[_Card]) -> None:
    """End a version the day before the next one of the same document begins."""
    for card in cards:
        card.ended = card.retired
    ordered = sorted(cards, key=lambda card: (card.number, card.effective or date.min, card.version))
    for card, after in pairwise(ordered):
        if after.number == card.number and after.effective:
            card.ended = min(filter(None, (card.ended, after.effective - timedelta(days=1))))


def _text(card: _Card) -> str:
    """The card in words of our own."""
    title = card.title.rstrip(" :.")
    since = f"effective from {card.effective}" if card.effective else "no effective date given"
    state = f"{since}, was retired on {card.retired}" if card.retired else f"is {since}" if card.effective else since
    who = list(card.contractors)
    by = f"; contractor{'s' if len(who) > 1 else ''}: {'; '.join(who)}" if who else ""
    mark = ", " if card.retired or not card.effective else " "
    return f"{card.name}, {title}, version {card.version}{mark}{state}{by}. The text is not in this file."


def _document(card: _Card) -> Document:
    locator = f"{card.name}, version {card.version}"
    text = _text(card)
    passage = Passage(id="", kind=PROSE, text=text, locator=locator, end=len(text))
    return Document(
        id=f"{card.number}-v{card.version}",
        title=f"{card.name}: {card.title}",
        kind="policy",
        passages=(passage,),
        url=card.url or None,
        payer="Medicare",
        jurisdiction="US" if card.system == NCD else "; ".join(card.contractors) or None,
        effective=card.effective,
        ended=card.ended,
    )


def _entry(card: _Card) -> Entry:
    named = {"effective": card.effective, "retired": card.retired, "ended": card.ended if card.ended != card.retired else None}
    days = {name: day.isoformat() for name, day in named.items() if day}
    told = cells(title=card.title, version=str(card.version), **days, note=card.note, contractors="; ".join(card.contractors), url=card.url)
    return Entry(card.system, card.number, f"version {card.version}", told)


def _code(versions: list[_Card], on: date | None) -> Code:
    """A document's number; a version says nothing of when its document began, only the end of the last one is its end."""
    ordered = sorted(versions, key=lambda card: (card.effective or date.min, card.version))
    begun = [card for card in ordered if not on or not card.effective or card.effective <= on]
    card = (begun or ordered)[-1]
    told = cells(version=str(card.version), effective=str(card.effective or ""), contractors="; ".join(card.contractors))
    return Code(card.system, card.number, card.title, valid_to=ordered[-1].retired, attributes=told)


def _read(sheet: Sheet) -> Reading:
    cards, newest = _cards(sheet)
    _dated(cards)
    versions: dict[tuple[str, str], list[_Card]] = {}
    for card in cards:
        versions.setdefault((card.system, card.number), []).append(card)
    source = published(sheet, LISTED, newest, jurisdiction="US")
    codes = tuple(_code(held, newest) for held in versions.values())
    return Reading(
        source,
        tuple(_document(card) for card in cards),
        codes,
        hints=undated(source),
        entries=tuple(_entry(card) for card in cards),
    )


LAYOUTS = (
    Layout(
        LISTED,
        {
            "number": ("document display id", "display id"),
            "kind": ("document type",),
            "version": ("document version",),
            "title": ("title", "document title"),
            "contractor": ("contractor name type", "contractor"),
            "effective": ("effective date",),
            "retired": ("retirement date",),
            "note": ("note",),
            "url": ("url",),
            "updated": ("updated on", "last updated"),
        },
        ("number", "kind", "version", "title"),
        _read,
    ),
)
