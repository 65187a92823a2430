"""Tell an edition from what a publisher calls its files."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.model import Source

PUBLIC = "public domain (US government)"
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_SHORT = {name[:3]: at for name, at in _MONTHS.items()}
_NAME = "|".join([*_MONTHS, *_SHORT])
_TIME = re.compile(r"[ T]\d{1,2}:")
_NEVER = re.compile(r"9999(?:\d{4}|-\d\d-\d\d)?|\d{1,2}/\d{1,2}/9999|(?:0\d|1[0-2])[0-3]\d9999")  # and not 20199999
_PTP_RELEASE = re.compile(r"(?<![a-z0-9])v(\d\d)([0-3])(?!\d)")  # ccipra-v303r0: CMS numbers PTP releases year - 1994, quarter from 0
_PATTERNS = (
    re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>20\d\d)"),
    re.compile(r"(?P<year>20\d\d)-?q(?P<quarter>[1-4])(?!\d)|q(?P<quarter2>[1-4])-?(?P<year2>20\d\d)"),
    re.compile(rf"(?P<name>{_NAME})-?(?:1-)?(?P<year>20\d\d)|(?P<year2>20\d\d)-?(?P<name2>{_NAME})(?![a-z])"),
    re.compile(rf"(?<=[a-z])(?P<short>\d\d)-?(?P<name>{_NAME})(?![a-z])"),  # PPRRVU25_OCT
    re.compile(r"(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What people call an edition and the first day it holds."""

    label: str
    begins: date


def _at(found: re.Match[str]) -> Edition:
    group = {key.rstrip("2"): text for key, text in found.groupdict().items() if text}
    year = int(group.get("year") or f"20{group['short']}")
    if "quarter" in group:
        return Edition(f"{year} Q{group['quarter']}", date(year, int(group["quarter"]) * 3 - 2, 1))
    month = (_MONTHS | _SHORT)[group["name"]] if "name" in group else int(group["month"])
    return Edition(f"{date(year, month, 1):%B %Y}", date(year, month, int(group.get("day", 1))))


def edition_in(name: str, fiscal: bool = False) -> Edition | None:
    """The edition a file's name states: a day, a quarter, a month; else a year (`fiscal`: from October of the year before).

    None where it states nothing that can be a date.
    """
    plain = re.sub(r"[ _]+", "-", name.lower())
    for pattern in _PATTERNS:
        if found := pattern.search(plain):
            try:
                return _at(found)
            except ValueError:
                continue
    if found := _PTP_RELEASE.search(plain):
        year, quarter = 1994 + int(found[1]), int(found[2]) + 1
        return Edition(f"{year} Q{quarter}", date(year, quarter * 3 - 2, 1))
    if found := re.search(r"(?<!\d)(20\d\d)(?!\d)", plain) or re.search(r"fy-?(?:20)?(\d\d)(?!\d)", plain):
        year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
        return Edition(f"FY {year}", date(year - 1, 10, 1)) if fiscal else Edition(str(year), date(year, 1, 1))
    return None


def day(cell: str) -> date | None:
    """The day a cell holds: 20260101, 2026-01-01 (a time after it is dropped), 1/31/2026; None where it is blank, '*' or year 9999.

    Raises ValueError where it cannot be read or does not exist.
    """
    text = cell.strip()
    if ":" in text:
        text = _TIME.split(text, 1)[0]
    if not text or text in ("*", "N/A", "0") or ("9999" in text and _NEVER.fullmatch(text)):
        return None
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return date(int(found[3]), int(found[1]), int(found[2]))
    if len(text) < 8:
        raise ValueError(text)
    return date.fromisoformat(text)


def official(path: Path, publication: str, edition: Edition | None, url: str | None, **more: Any) -> Source:
    """A publisher's own table in one edition, CMS's and free of rights unless `more` says otherwise."""
    label = edition.label if edition else None
    slug = re.sub(r"[^a-z0-9]+", "-", publication.lower()).strip("-")
    return Source(
        **{
            "id": f"{slug}-{edition.begins:%Y-%m}" if edition else "",
            "title": f"{publication}, {label or 'undated'}",
            "publication": publication,
            "licence": PUBLIC,
            "kind": publication,
            "publisher": "CMS",
            "edition": label,
            "url": url,
            "jurisdiction": "US",
            "effective": edition.begins if edition else None,
            "file": path.name,
            **more,
        }
    )


def undated(source: Source) -> tuple[str, ...]:
    """What to tell the person where no edition could be told."""
    return () if source.effective else ("its name states no edition: state its first day with --effective YYYY-MM-DD",)
