"""Read tables as publishers ship them: CSV, tab-delimited text or a workbook, whatever the columns are called."""

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from corpus.model import CorpusError, Reading
from corpus.readers.editions import day

HEADING = 40  # rows in which a header stands at the latest
LISTED = 20  # unreadable rows told one by one
_QUOTED = re.compile(r'(?:^|(?<=,))"(?:[^"]|"")*(?:"|\Z)', re.M)  # a cell of a CSV, which may hold tabs
_LIMIT = 2**24  # characters a field may have: long texts are read whole
Row = Sequence[str]


@dataclass(slots=True)
class Sheet:
    """A table with its header found: cells by field, and what could not be read."""

    path: Path
    at: Mapping[str, int]  # field → column, from 0
    headings: Mapping[str, str]  # field → the heading as the file has it
    above: str  # what stands above the header: a title, an edition, a licence
    rows: Iterator[tuple[int, Row]]  # row of the file from 1, cells as text
    fields: tuple[str, ...] = ()  # every field of the layout, there or not
    unreadable: int = 0
    _told: list[str] = field(default_factory=list)

    def refuse(self, number: int, column: str, why: str) -> None:
        """Count a row that cannot be read, and tell which of its columns is to blame."""
        self.unreadable += 1
        if len(self._told) < LISTED:
            self._told.append(f"row {number}, {self.headings.get(column, column)}: {why}")

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for each row that could not be read, and how many more there are."""
        more = self.unreadable - len(self._told)
        return (*self._told, *([f"{more:,} more rows that could not be read"] if more else []))

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows that hold anything, their cells stripped and by field; a column the file lacks is ''."""
        for number, row in self.rows:
            found = {name: row[index].strip() if index < len(row) else "" for name, index in self.at.items()}
            if any(found.values()) or any(cell.strip() for cell in row):
                yield number, dict.fromkeys(self.fields, "") | found

    def day(self, number: int, record: Mapping[str, str], column: str) -> date | None:
        """The date in a cell; ValueError, the row refused, where there is no such day."""
        try:
            return day(record.get(column, ""))
        except ValueError:
            self.refuse(number, column, f"{record[column][:40]!r} is not a date")
            raise


@dataclass(frozen=True, slots=True)
class Layout:
    """A line of the table of readers: the columns by which a publication is known, and who reads it.

    Headings are compared in lower case, with single spaces for everything that is no letter or digit; one that ends in * begins so.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]  # field → headings it may have
    needed: tuple[str, ...]  # fields without which it is not this publication
    read: Callable[[Sheet], Reading]
    named: str = ""  # what the file's name must hold (a regular expression), where headings alone do not tell

    def match(self, header: Row) -> dict[str, int]:
        """Field → column of this header, as far as it has them."""
        plain = [normal(cell) for cell in header]
        found: dict[str, int] = {}
        for name, aliases in self.columns.items():
            places = (
                at
                for alias in aliases
                for at, heading in enumerate(plain)
                if at not in found.values() and (heading.startswith(alias[:-1]) if alias.endswith("*") else heading == alias)
            )
            if (place := next(places, None)) is not None:
                found[name] = place
        return found


def normal(heading: str) -> str:
    """A heading as layouts write it."""
    return " ".join(re.findall(r"[a-z0-9]+", heading.lower()))


def text_rows(text: str) -> Iterator[Row]:
    """Rows of a CSV or of tab- or bar-delimited text.

    Raises CorpusError where it is damaged: a quote left open would swallow the rows after it.
    """
    head = _QUOTED.sub("", text[:4000])
    mark = max("\t|,", key=lambda sign: (head.count(sign) if sign != "," else head.count(sign) / 3, sign == ","))
    csv.field_size_limit(_LIMIT)
    rows = csv.reader(_lines(text), delimiter=mark, strict=mark == ",")
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise CorpusError(f"the CSV is damaged at line {rows.line_num:,} ({error})") from None


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time: StringIO would hold a hundred megabytes four times over."""
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    yield text[start:]


def book_rows(path: Path) -> Iterator[Row]:
    """Rows of a workbook's first sheet, cells as text.

    Raises CorpusError where the workbook is damaged.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    except CorpusError:
        raise
    except Exception as error:  # openpyxl raises whatever its ZIP and XML layers raise
        raise CorpusError(f"the workbook is damaged ({' '.join(str(error).split())})") from None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def find(path: Path, rows: Iterable[Row], layouts: Sequence[Layout]) -> tuple[Layout, Sheet] | None:
    """Say which layout a table has, and open it below its header; None where it has the headings of none.

    Raises CorpusError where the headings are those of a layout but for one or two that it needs.
    """
    numbered = enumerate(rows, 1)
    head = list(itertools.islice(numbered, HEADING))
    usable = [layout for layout in layouts if not layout.named or re.search(layout.named, path.name, re.I)]
    nearly: tuple[float, Layout, list[str]] | None = None
    for place, (_, row) in enumerate(head):
        matches = [(layout, layout.match(row)) for layout in usable]
        whole = [(layout, at) for layout, at in matches if set(layout.needed) <= set(at)]
        if whole:
            layout, at = max(whole, key=lambda match: (len(match[0].needed), len(match[1]), bool(match[0].named)))
            above = "\n".join(" ".join(cell for cell in row if cell) for _, row in head[:place])
            headings = {name: " ".join(row[index].split()) for name, index in at.items()}
            return layout, Sheet(path, at, headings, above, itertools.chain(head[place + 1 :], numbered), tuple(layout.columns))
        for layout, at in matches:
            lacking = [name for name in layout.needed if name not in at]
            share = 1 - len(lacking) / len(layout.needed)
            if len(layout.needed) > 2 and share > 0.6 and (nearly is None or share > nearly[0]):
                nearly = (share, layout, lacking)
    if nearly:
        wanted = "; ".join(" or ".join(f"“{alias.rstrip('*')}”" for alias in nearly[1].columns[name]) for name in nearly[2])
        raise CorpusError(f"it has the columns of {nearly[1].name} but for {wanted}")
    return None
