"""Read denials: the codes a remittance gives for what was not paid, and what contractors say to do about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.codes import CARC, GROUP, RARC
from corpus.model import Code, Document, Entry, Passage, Reading
from corpus.readers.codelists import plain, prose, term, terms_document
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Sheet

X12 = "code set of X12: test input only"
CONTRACTOR = "the contractor's rights: test input only"
_SYSTEMS = {"carc": CARC, "rarc": RARC, "group": GROUP}
_SHAPES = {
    GROUP: re.compile(r"[A-Z]{2}"),
    CARC: re.compile(r"[1-9]\d{0,2}|[ABDPWY]\d{1,2}"),
    RARC: re.compile(r"(?:M|MA|N)\d{1,4}"),
}
_ADJUSTMENT = re.compile(r"(?:(CO|CR|OA|PI|PR)[\s-]*)?(0*[1-9]\d{0,2}|[ABDPWY]\d{1,2})|((?:M|MA|N)\d{1,4})", re.I)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A code of a remittance as people write it: CO-16 is CARC 16 under group code CO."""

    system: str
    value: str
    group: str = ""

    @property
    def written(self) -> str:
        """As a remittance shows it."""
        return f"{self.group}-{self.value}" if self.group else self.value


def adjustment(text: str) -> Adjustment | None:
    """The code that 'CO-16', '16', 'PR 204' or 'MA04' means; None where it is none."""
    found = _ADJUSTMENT.fullmatch(text.strip())
    if not found:
        return None
    if found[3]:
        return Adjustment(RARC, found[3].upper())
    return Adjustment(CARC, found[2].upper().lstrip("0"), (found[1] or "").upper())


def _code(sheet: Sheet, number: int, record: Mapping[str, str]) -> Code | None:
    system = _SYSTEMS.get(record["type"].lower())
    value = record["code"].upper()
    if system is None:
        sheet.refuse(number, "type", f"{record['type'][:40]!r} is none of Group, CARC, RARC")
    elif not _SHAPES[system].fullmatch(value):
        sheet.refuse(number, "code", f"{record['code'][:40]!r} is no {system}")
    elif not record["title"]:
        sheet.refuse(number, "title", f"{system} {value} has no description")
    else:
        return _dated(sheet, number, record, system, value)
    return None


def _dated(sheet: Sheet, number: int, record: Mapping[str, str], system: str, value: str) -> Code | None:
    try:
        first, last, changed = (sheet.day(number, record, column) for column in ("begins", "ends", "changed"))
    except ValueError:
        return None
    said = {"usage": record.get("usage", ""), "notes": record.get("notes", ""), "last modified": changed.isoformat() if changed else ""}
    return Code(
        system, value, plain(record["title"]), first, last, attributes=tuple((key, plain(text)) for key, text in said.items() if text)
    )


def _codes(sheet: Sheet) -> Iterator[Code]:
    given: dict[tuple[str, str], int] = {}
    for number, record in sheet.records():
        if not (code := _code(sheet, number, record)):
            continue
        if (before := given.setdefault((code.system, code.value), number)) != number:
            sheet.refuse(number, "code", f"{code.system} {code.value} stands in row {before} already")
            continue
        yield code


def read_codes(sheet: Sheet) -> Reading:
    """Read claim adjustment group, reason and remark codes with the days they begin and end.

    Source: X12, Claim Adjustment Reason Codes and Remittance Advice Remark Codes (ASC X12 835).
    """
    codes = tuple(_codes(sheet))
    edition = edition_in(sheet.path.name)
    source = official(sheet.path, "Denial codes (CARC, RARC)", edition, "https://x12.org/codes", publisher="X12", licence=X12)
    terms = terms_document(source, (term(code, code.title) for code in codes))
    return Reading(source, terms, codes, sheet.remarks, undated(source))


def _key(codes: Sequence[Adjustment]) -> str:
    """'CARC 16, RARC M51, N56': the natural key of a denial."""
    by_system = {system: ", ".join(dict.fromkeys(code.value for code in codes if code.system == system)) for system in (CARC, RARC)}
    return ", ".join(f"{system} {values}" for system, values in by_system.items() if values)


def _document(key: str, title: str, codes: Sequence[Adjustment], parts: Mapping[str, str]) -> Document:
    named = tuple(dict.fromkeys((code.system, code.value) for code in codes))
    passages: Iterator[Passage] = prose(((heading, text) for heading, text in parts.items() if text), key, named)
    return Document("", title, "reference", tuple(passages))


def _entry(code: Adjustment, part: str, parts: Mapping[str, str]) -> Entry:
    return Entry(code.system, code.value, part, tuple((name, text) for name, text in parts.items() if text))


def _resolutions(sheet: Sheet, documents: list[Document]) -> Iterator[Entry]:
    for number, record in sheet.records():
        written = [text for text in re.split(r"[\s,;/]+", f"{record['carc']},{record['rarc']}") if text]
        codes = [code for text in written if (code := adjustment(text))]
        if not codes or len(codes) < len(written):
            sheet.refuse(number, "carc" if record["carc"] else "rarc", f"{', '.join(written)[:60]!r} are not codes of a denial")
            continue
        claims = record.get("claims", "")
        claims = "" if claims.lower() == "all" else claims
        key = _key(codes) + (f" ({claims})" if claims else "")
        parts = {heading: plain(record[heading]) for heading in ("reasons", "resolutions")}
        if not any(parts.values()):
            sheet.refuse(number, "reasons", f"{key} has neither reasons nor resolutions")
            continue
        documents.append(_document(key, f"Denial {key}", codes, parts))
        yield _entry(codes[0], _key(codes[1:]), {"claim type": claims, **parts})


def read_resolutions(sheet: Sheet) -> Reading:
    """Read what a contractor says of denials, a row a combination of reason and remark codes."""
    documents: list[Document] = []
    entries = list(_resolutions(sheet, documents))
    source = official(sheet.path, "Denial resolutions", edition_in(sheet.path.name), None, publisher=None, licence=CONTRACTOR)
    return Reading(source, tuple(documents), (), sheet.remarks, undated(source), entries=entries)


_STEPS = {"common": "common reasons", "steps": "next steps", "tips": "claim submission tips"}


def _guidance(sheet: Sheet, denials: dict[tuple[str, ...], list[Adjustment]]) -> Iterator[Entry]:
    for number, record in sheet.records():
        if not (code := adjustment(record["code"])):
            sheet.refuse(number, "code", f"{record['code'][:40]!r} is no code of a denial")
        elif not record["reason"]:
            sheet.refuse(number, "reason", f"{code.written} has no reason")
        else:
            said = (plain(record["reason"]), *(plain(record.get(field, "")) for field in _STEPS))
            denials.setdefault(said, []).append(code)
            yield _entry(code, code.group, dict(zip(("denial", *_STEPS.values()), said, strict=True)))


def read_guidance(sheet: Sheet) -> Reading:
    """Read a contractor's denial guide; rows that say the same of several codes are one denial that shows them together."""
    denials: dict[tuple[str, ...], list[Adjustment]] = {}
    entries = list(_guidance(sheet, denials))
    source = official(sheet.path, "Denial guide", edition_in(sheet.path.name), None, publisher=None, licence=CONTRACTOR)
    documents = []
    for (reason, *said), codes in denials.items():
        title = f"{reason} ({', '.join(dict.fromkeys(code.written for code in codes))})"
        documents.append(_document(_key(codes), title, codes, dict(zip(_STEPS.values(), said, strict=True))))
    return Reading(source, tuple(documents), (), sheet.remarks, undated(source), entries=entries)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "Denial codes (CARC, RARC)",
        {
            "code": ("adj code", "code"),
            "type": ("adj type", "code type"),
            "title": ("adj description", "description"),
            "usage": ("adj usage", "usage"),
            "notes": ("adj notes", "notes"),
            "begins": ("adj start date", "start", "start date"),
            "changed": ("adj last modified", "last modified"),
            "ends": ("adj end date", "stop", "stop date", "end date"),
        },
        ("code", "type", "title", "begins"),
        read_codes,
        named=r"carc|rarc|adjustment|denial|remark",
    ),
    Layout(
        "Denial resolutions",
        {
            "carc": ("carc",),
            "rarc": ("rarc",),
            "claims": ("claim type",),
            "reasons": ("reasons", "reason"),
            "resolutions": ("resolutions", "resolution"),
        },
        ("carc", "rarc", "reasons", "resolutions"),
        read_resolutions,
    ),
    Layout(
        "Denial guide",
        {
            "code": ("adj code", "denial code", "code"),
            "reason": ("denial reason",),
            "common": ("common reasons",),
            "steps": ("next steps", "next step"),
            "tips": ("claim submission tips",),
        },
        ("code", "reason", "steps"),
        read_guidance,
    ),
)
