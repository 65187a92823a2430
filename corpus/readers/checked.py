"""Read the rows of large tables cell by cell: each different cell is checked once, and a row with a wrong one is refused."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from operator import getitem, itemgetter
from typing import Any, TypeVar

from corpus.readers.editions import day
from corpus.readers.sheets import Row, Sheet

Check = Callable[[str], Any]  # a cell → what is kept of it; ValueError says what is wrong with it
Made = TypeVar("Made")
_CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")


class _Seen(dict[str, Any]):
    """Cells already checked: millions of rows hold a few thousand different ones, and each is kept once."""

    def __init__(self, check: Check) -> None:
        self._check = check

    def __missing__(self, cell: str) -> Any:
        value = self[cell] = self._check(cell)
        return value


def five_characters(cell: str) -> str:
    """A CPT or HCPCS code."""
    value = cell.strip().upper()
    if not _CODE.fullmatch(value):
        raise ValueError(f"{value[:40]!r} is not a code of five characters")
    return value


def one_of(digits: str) -> Check:
    """A digit among these, alone or before its meaning in words."""

    def check(cell: str) -> str:
        digit, rest = cell.strip()[:1], cell.strip()[1:2]
        if not digit or digit not in digits or rest.strip():
            raise ValueError(f"{cell.strip()[:40]!r} is not one of {', '.join(digits)}")
        return digit

    return check


def number(cell: str) -> int:
    """A whole number, not below zero."""
    if not re.fullmatch(r"\d{1,9}", cell.strip(), re.A):
        raise ValueError(f"{cell.strip()[:40]!r} is not a whole number")
    return int(cell)


def words(cell: str) -> str:
    """A text on one line, which may be blank."""
    return " ".join(html.unescape(cell).split())


def iso_day(cell: str) -> str:
    """A day as ISO text, '' where the cell says none; besides the usual ways, 2024183 is the 183rd day of 2024."""
    stamp = cell.strip()
    try:
        if not re.fullmatch(r"\d{7}", stamp, re.A):
            found = day(stamp)
        elif stamp.startswith("9999"):
            found = None
        elif (found := date(int(stamp[:4]), 1, 1) + timedelta(int(stamp[4:]) - 1)).year != int(stamp[:4]):
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError(f"{stamp[:40]!r} is not a date") from None
    return found.isoformat() if found else ""


def checked(sheet: Sheet, at: Mapping[str, int], checks: Mapping[str, Check], make: Callable[[Iterable[Any]], Made]) -> Iterator[Made]:
    """Make something of each row whose cells pass their checks, in the order of these; a column that is not `at` any place is ''."""
    places = {column: at.get(column, -1) for column in checks}  # the last cell of a row with a blank one behind
    pick, width = itemgetter(*places.values()), max(places.values()) + 1
    seen = [_Seen(check) for check in checks.values()]
    begun = False
    for row_number, row in sheet.rows:
        cells = (*row, "") if len(row) >= width else (*row, *[""] * width)
        try:
            made = make(map(getitem, seen, pick(cells)))
        except ValueError:
            faults = ((column, _fault(check, cells[places[column]])) for column, check in checks.items())
            wrong = {column: fault for column, fault in faults if fault}
            if not _no_data(row, wrong, checks, begun):
                sheet.refuse(row_number, *next(iter(wrong.items())))
            continue
        begun = True
        yield made


def _fault(check: Check, cell: str) -> str:
    try:
        check(cell)
    except ValueError as error:
        return str(error)
    return ""


def _no_data(row: Row, wrong: Mapping[str, str], checks: Mapping[str, Check], begun: bool) -> bool:
    """Whether a row is none of the table's: a blank line, a notice in one cell, or headings that go on below the header."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or (len(filled) == 1 and " " in filled[0]):
        return True
    return not begun and all(column in wrong for column, check in checks.items() if _fault(check, ""))
