"""Cut the lines of the HCPCS text, 320 columns a record, into fields, and put a parse of it back into such lines.

Source: CMS, HCPCS Contractor Record (HCPC2024_recordlayout.txt): names, lengths and columns of its fields.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from corpus.readers.sheets import Sheet

Record = dict[str, str]
RECORD: Mapping[str, tuple[int, int, int]] = {  # field → first column, width, how often it stands side by side
    "code": (1, 5, 1),  # a modifier in columns 4 and 5
    "record": (11, 1, 1),
    "long": (12, 80, 1),
    "short": (92, 28, 1),
    "price": (120, 2, 4),
    "multiple": (128, 1, 1),
    "issues": (129, 6, 3),
    "manual": (147, 8, 3),
    "statute": (171, 10, 1),
    "lab": (181, 3, 8),
    "xref": (205, 5, 5),
    "coverage": (230, 1, 1),
    "asc": (231, 2, 1),
    "asc_from": (233, 8, 1),
    "note": (253, 4, 1),
    "betos": (257, 3, 1),
    "tos": (261, 1, 5),
    "anesthesia": (266, 3, 1),
    "added": (269, 8, 1),
    "acted": (277, 8, 1),
    "ended": (285, 8, 1),
    "action": (293, 1, 1),
}
SEVERAL = {field: times for field, (_, _, times) in RECORD.items() if times > 1}
FIRST, MORE = ("3", "7"), ("4", "8")  # record identification: the first line of a procedure or a modifier, and those that go on
_DATED = 276  # where the code added date ends, which every first line has
_LINE = re.compile(r"[ A-Z0-9]{5}\d{5}[3478].{257}\d{8}")  # as far as that date
_ENDS, _FULL = 293, 320  # the last column that a record uses, and the last one it has
_PARSED = re.compile(r"(?:[A-Z]\d{4}|[A-Z0-9]{2})\d{5}[3478]")
_DATES = re.compile(r"(?:.{8})?\d{12}|")


def shows_lines(head: str, name: str) -> bool:
    """Whether a text begins as the HCPCS text does."""
    return bool(_LINE.match(head))


def cut(line: str) -> Record:
    """The fields of one line, several of a kind joined by commas."""
    record = {}
    for field, (first, width, times) in RECORD.items():
        cells = (line[at : at + width].strip() for at in range(first - 1, first - 1 + width * times, width))
        record[field] = ", ".join(cell for cell in cells if cell)
    return record


def text_sheet(path: Path) -> Sheet:
    """A sheet that names fields by their columns, for telling which lines cannot be read."""
    columns = {field: f"columns {first}–{first + n * times - 1}" for field, (first, n, times) in RECORD.items() if n * times > 1}
    columns |= {field: f"column {first}" for field, (first, n, times) in RECORD.items() if n * times == 1}
    return Sheet(path, {}, columns, "", iter(()))


def lines(sheet: Sheet, text: str) -> Iterator[tuple[int, Record]]:
    """The records of the text by line; one that the end of the file cuts off is refused, its termination date may be lost."""
    rows = text.split("\n")
    last = len(rows) if rows[-1] else 0
    for number, row in enumerate(rows, 1):
        record = cut(row)
        if number == last and len(row) < min(_ENDS, len(rows[0])) and (record["record"] in FIRST or len(rows[0]) == _FULL):
            sheet.refuse(number, "action", f"the line of {record['code']!r} ends at column {len(row)}: the file is cut off")
        elif record["record"] in FIRST and not record["added"]:
            sheet.refuse(number, "added", f"{record['code']!r} has no date")
        elif row.strip():
            yield number, record


def whole(sheet: Sheet, records: Iterator[tuple[int, Record]]) -> Iterator[tuple[int, Record]]:
    """Put the lines that a description goes on in back to the first of their code."""
    held: tuple[int, Record] | None = None
    for number, record in records:
        if record.get("record") not in MORE:
            if held:
                yield held
            held = number, record
        elif held and held[1]["code"] == record["code"]:
            held[1]["long"] += " " + record["long"]
        else:
            sheet.refuse(number, "record", f"{record['code']!r} goes on from a line that is not there")
    if held:
        yield held


def parsed(sheet: Sheet) -> Iterator[tuple[int, Record]]:
    """The records of a CSV made of the text: key = code, sequence number and record identification."""
    for number, cells in sheet.records():
        if not _PARSED.fullmatch(cells["key"]):
            sheet.refuse(number, "key", f"{cells['key']!r} is not a code, a sequence number and a record identification")
        elif not _DATES.fullmatch(cells["dates"]):
            sheet.refuse(number, "dates", f"{cells['dates'][:40]!r} does not end in two dates")
        elif len(line := _line(cells)) > _DATED:
            sheet.refuse(number, "key", f"{cells['key']!r} has cells longer than the columns of the text")
        else:
            yield number, cut(line)


def _line(cells: Record) -> str:
    """A line as the text has it, as far as column 276: the parse cuts off what follows the code added date.

    It also cuts a full long description one column early: its last character leads the short one.
    """
    key, long, rest = cells["key"], cells["long"], cells["rest"]
    if key[-1] in MORE or re.match(r".{28}(?!\d\d).\d\d", rest):
        long, rest = long.ljust(79) + rest[:1], rest[1:]
    lab = re.sub(r"\.0$", "", cells["lab"])
    lab = lab.zfill(-(-len(lab) // 3) * 3)
    note = cells["note"] if re.match(r"\d{4}", cells["note"]) else " " * 4 + cells["note"]
    asc = cells["coverage"].ljust(23)  # as far as column 252
    dates = cells["dates"].rjust(20)[:16]
    return f"{key[:-6]:5}{key[-6:]}{long:80}{rest:89}{lab:24}{cells['xref']:25}{asc}{note:8}{dates}"
