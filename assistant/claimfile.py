"""Read claims from a table (CSV, tab-delimited, a workbook: a row a claim line) or from JSON lines (an object a claim).

What cannot be read is told with its row and column, and its claim is not checked: half a claim would be judged wrongly.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.dates import date_in
from assistant.findings import Claim, Line
from corpus.codes import dotted
from corpus.model import CorpusError
from corpus.payers import payer_named
from corpus.readers.checked import five_characters, number
from corpus.readers.editions import day
from corpus.readers.sheets import book_rows, normal, text_rows

EXAMPLE = """claim,code,units,modifiers,diagnoses,date,place,payer,age,sex
17,99213,1,25,M17.11,2024-03-01,11,Medicare,71,F
17,20610,1,RT,M17.11,2024-03-01,11,Medicare,71,F"""
_HEADINGS = {  # field → headings it may have, as `normal` writes them
    "claim": r"(?:patient control|claim)(?: (?:id|no|number|control number))?|id|encounter(?: id)?",
    "code": r"(?:(?:cpt|hcpcs)(?: hcpcs| cpt)?|procedure|proc|service)(?: codes?)?|code",
    "units": r"(?:service )?units?(?: of service| billed)?|days or units|qty|quantity",
    "modifiers": r"mod(?:ifier)?s? ?\d?",
    "diagnoses": r"(?:dx|diag|diagnosis|diagnoses|icd(?: ?10)?(?: cm)?)(?: codes?)? ?\d{0,2}",
    "date": r"dos|(?:from )?date(?: of service)?|service date|dos from",
    "place": r"pos(?: code)?|place(?: of service)?(?: code)?",
    "setting": r"setting",
    "payer": r"payer|payor|insurance|plan",
    "age": r"(?:patient )?age(?: in years| years)?",
    "sex": r"(?:patient )?(?:sex|gender)",
}
_SETTINGS = {
    "practitioner": r"prof\w*|phys\w*|pract\w*|office|asc|837p|cms 1500",
    "outpatient hospital": r"(?:hospital )?outpatient(?: hospital| facility)?|opps|hospital|facility|837i",
    "DME supplier": r"dme(?:pos)?(?: supplier)?|supplier",
    "inpatient hospital": r"(?:hospital )?inpatient(?: hospital)?",
}
_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")


@dataclass(slots=True)
class Filed:
    """A claim of a file as far as it could be read, and what could not."""

    id: str
    claim: Claim | None = None
    errors: list[str] = field(default_factory=list)


def read(path: Path, today: date) -> list[Filed]:
    """The claims of a file in their order; `today` is the date of service of a claim that has none.

    Raises CorpusError where it is neither JSON lines nor a table with columns for claim and code.
    """
    if path.suffix.lower() == ".xlsx":
        return list(_from_rows(book_rows(path), today))
    text = _decoded(path.read_bytes())
    if text.lstrip().startswith("{"):
        return list(_from_lines(text, today))
    return list(_from_rows(text_rows(text), today))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _from_lines(text: str, today: date) -> Iterator[Filed]:
    for at, line in enumerate(text.splitlines(), 1):
        if line.strip():
            filed = Filed(f"line {at}")
            try:
                held = json.loads(line)
                filed.id = str(held["id"]) if isinstance(held, dict) and held.get("id") is not None else filed.id
                filed.claim = claim_of(held, today)
            except json.JSONDecodeError as error:
                filed.errors.append(f"line {at}: not JSON ({error})")
            except (ValueError, RecursionError) as error:
                filed.errors.append(f"line {at}, {error}")
            yield filed


def claim_of(held: object, today: date) -> Claim:
    """A claim from an object with `lines` (code, units, modifiers, diagnoses, date) and what holds for all of them.

    Raises ValueError that names the field to blame.
    """
    if not isinstance(held, dict) or not isinstance(held.get("lines"), list) or not all(isinstance(line, dict) for line in held["lines"]):
        raise ValueError("lines: a claim is an object with a list `lines` of objects")
    whole = {name: value_of(name, _text(held.get(name))) for name in ("date", "place", "setting", "payer", "age", "sex", "diagnoses")}
    lines = [_numbered(f"lines[{at}]", line) for at, line in enumerate(held["lines"])]
    return _claim("" if held.get("id") is None else str(held["id"]), whole, lines, today)


def _numbered(place: str, line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {name: value_of(name, _text(line.get(name))) for name in ("code", "units", "modifiers", "diagnoses", "date")}
    except ValueError as error:
        raise ValueError(f"{place}.{error}") from None


def _text(value: object) -> str:
    """A field as a cell would hold it; a list as its items."""
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if value is None:
        return ""
    if isinstance(value, bool | dict):
        raise ValueError(f"{str(value)[:40]!r} is neither text nor number")
    return str(value)


def _from_rows(rows: Iterable[Any], today: date) -> Iterator[Filed]:
    numbered = enumerate(rows, 1)
    found = next(((row, at) for _, row in numbered if {"claim", "code"} <= set(at := _columns(row))), None)
    if found is None:
        raise CorpusError(f"it is neither JSON lines nor a table with columns “claim” and “code”, such as\n{EXAMPLE}")
    head, at = found
    claims: dict[str, tuple[Filed, list[dict[str, Any]]]] = {}
    for place, row in numbered:
        cells = {name: " ".join(row[i].strip() for i in columns if i < len(row)).strip() for name, columns in at.items()}
        if any(cells.values()):
            name = cells["claim"] or f"row {place}"
            filed, lines = claims.setdefault(name, (Filed(name), []))
            filed.errors += _faults(place, cells, {name: head[columns[0]].strip() for name, columns in at.items()})
            lines.append(cells)
    for filed, lines in claims.values():
        if not filed.errors:
            read = [{name: value_of(name, cells.get(name, "")) for name in _READERS} for cells in lines]
            whole = {name: next((line[name] for line in read if line[name]), None) for name in _READERS if name != "diagnoses"}
            filed.claim = _claim(filed.id, whole, read, today)
        yield filed


def _columns(row: Iterable[str]) -> dict[str, list[int]]:
    """Field → the columns that hold it; modifiers and diagnoses may have several."""
    found: dict[str, list[int]] = {}
    for at, heading in enumerate(map(normal, row)):
        for name, pattern in _HEADINGS.items():
            if re.fullmatch(pattern, heading) and (name not in found or name in ("modifiers", "diagnoses")):
                found.setdefault(name, []).append(at)
    return found


def _faults(place: int, cells: Mapping[str, str], headings: Mapping[str, str]) -> Iterator[str]:
    if not cells["claim"]:
        yield f"row {place}, {headings['claim']}: no claim is named"
    for name in _READERS:
        try:
            value_of(name, cells.get(name, ""))
        except ValueError as error:
            yield f"row {place}, {headings.get(name, name)}: {str(error).removeprefix(f'{name}: ')}"


def value_of(name: str, cell: str) -> Any:
    """A cell as its field is read.

    Raises ValueError, beginning with the field's name, where it cannot be.
    """
    try:
        return _READERS[name](cell.strip())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from None


def _claim(name: str, whole: Mapping[str, Any], lines: list[dict[str, Any]], today: date) -> Claim:
    on = whole["date"] or next((line["date"] for line in lines if line["date"]), None) or today
    read = []
    for line in lines:
        code, own = line["code"]
        other = line["date"] if line["date"] != on else None
        read.append(Line(code, line["units"], (*own, *line["modifiers"]), line["diagnoses"], other))
    if not read:
        raise ValueError("lines: a claim has at least one line")
    rest = {key: whole[key] for key in ("setting", "payer", "age", "sex")}
    return Claim(tuple(read), on, name, whole.get("diagnoses") or (), whole["place"] or "", **rest)


def _code(cell: str) -> tuple[str, tuple[str, ...]]:
    """A code, with the modifiers written behind it: 99213-25."""
    code, *modifiers = cell.replace(" ", "").split("-")
    return five_characters(code), _modifiers(" ".join(modifiers))


def _items(cell: str) -> list[str]:
    return re.findall(r"[^\s,;|/]+", cell.upper())


def _modifiers(cell: str) -> tuple[str, ...]:
    found = [item for part in _items(cell) for item in part.split("-") if item]
    if wrong := [item for item in found if not re.fullmatch(r"[A-Z0-9]{2}", item)]:
        raise ValueError(f"{wrong[0][:40]!r} is not a modifier of two characters")
    return tuple(dict.fromkeys(found))


def _diagnoses(cell: str) -> tuple[str, ...]:
    if wrong := [item for item in _items(cell) if not _DIAGNOSIS.fullmatch(item)]:
        raise ValueError(f"{wrong[0][:40]!r} is not an ICD-10-CM code")
    return tuple(dict.fromkeys(map(dotted, _items(cell))))


def _units(cell: str) -> int:
    units = number(re.sub(r"\.0+$", "", cell)) if cell else 1
    if not units:
        raise ValueError("'0' units bill nothing")
    return units


def _day(cell: str) -> date | None:
    try:
        return day(cell)
    except ValueError:
        if found := date_in(cell, date.today()):
            return found
        raise ValueError(f"{cell[:40]!r} is not a date") from None


def _place(cell: str) -> str:
    if cell and not re.fullmatch(r"\d{1,2}", cell, re.A):
        raise ValueError(f"{cell[:40]!r} is not a place of service of two digits")
    return cell.zfill(2) if cell else ""


def _setting(cell: str) -> str | None:
    named = normal(cell)
    found = next((name for name, pattern in _SETTINGS.items() if named == name.lower() or re.fullmatch(pattern, named)), None)
    if cell and not found:
        raise ValueError(f"{cell[:40]!r} is none of {', '.join(_SETTINGS)}")
    return found


def _age(cell: str) -> int | None:
    age = number(cell) if cell else None
    if age is not None and age > 130:
        raise ValueError(f"{cell[:40]!r} is not an age in years")
    return age


def _sex(cell: str) -> str | None:
    named = cell.lower()
    if named not in ("", "f", "female", "m", "male", "u", "unknown", "x", "other"):
        raise ValueError(f"{cell[:40]!r} is not F or M")
    return {"f": "female", "m": "male"}.get(named[:1])


_READERS: Mapping[str, Callable[[str], Any]] = {
    "code": _code,
    "units": _units,
    "modifiers": _modifiers,
    "diagnoses": _diagnoses,
    "date": _day,
    "place": _place,
    "setting": _setting,
    "payer": payer_named,
    "age": _age,
    "sex": _sex,
}
