"""The public tables as evaluation reads them: straight from their publishers' layouts, by no reader of the product."""

import csv
import gzip
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random

DATA = Path(os.environ.get("CODECITE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
Row = dict[str, str]


def rows(file: str, encoding: str = "utf-8-sig", above: int = 0) -> list[Row]:
    """The rows of a CSV file under a header that some lines stand above."""
    with (DATA / file).open(encoding=encoding, newline="") as text:
        for _ in range(above):
            next(text)
        return [{str(name): (cell or "").strip() for name, cell in row.items() if name} for row in csv.DictReader(text)]


@cache
def order() -> dict[str, tuple[bool, str]]:
    """ICD-10-CM codes of the order file, dotted: whether billable, and the title."""
    with zipfile.ZipFile(DATA / "icd10cm" / "april-1-2025-code-descriptions-tabular-order.zip") as archive:
        lines = archive.read(archive.namelist()[0]).decode().splitlines()
    return {dotted(line[6:13].strip()): (line[14] == "1", line[77:].strip()) for line in lines}


@cache
def tabular() -> frozenset[str]:
    """What the Tabular List of April 2026 enumerates, dotted."""
    text = (DATA / "icd10cm" / "icd10c-tabular-April-1-2026.xml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"<name>([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?)</name>", text))


def pairs(setting: str, wanted: int, random: Random) -> list[tuple[str, str, str]]:
    """Some pairs of a setting ("prac" or "out") with their indicator, spread over the indicators."""
    with gzip.open(DATA / "ncci" / f"ptp_2024Q3_{setting}_active.csv.gz", "rt") as text:
        next(text)
        kept = [line.split(",", 3)[:3] for number, line in enumerate(text) if number % 997 == 0]
    kinds = {kind: [row for row in kept if row[2] == kind] for kind in "019"}
    return [(row[0], row[1], row[2]) for kind in "019" for row in random.sample(kinds[kind], min(wanted, len(kinds[kind])))]


def paired(wanted: set[frozenset[str]]) -> set[frozenset[str]]:
    """Those of some pairs of codes that stand in a PTP table of either setting, in either order."""
    found = set()
    for setting in ("prac", "out"):
        with gzip.open(DATA / "ncci" / f"ptp_2024Q3_{setting}_active.csv.gz", "rt") as text:
            found |= {both for line in text if (both := frozenset(line.split(",", 2)[:2])) in wanted}
    return found


def dotted(code: str) -> str:
    """E1165 as E11.65."""
    return code if len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def day(text: str) -> str:
    """A day as ISO writes it; blank where there is none."""
    for form in ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text.split(" ")[0], form).date().isoformat()
        except ValueError:
            continue
    return ""


_FORMS = "the and for with without each per type any other from than not unspecified due including".split()


def telling(title: str, most: int = 2) -> list[str]:
    """A few long words of a title, enough to know it again."""
    words = re.findall(r"[A-Za-z]{5,}", title)
    ranked = sorted({word.lower() for word in words} - set(_FORMS), key=lambda word: (-len(word), word))
    return ranked[:most]


def sampled(found: Iterator[Row] | list[Row], count: int, random: Random) -> list[Row]:
    """So many rows, the same on every run."""
    listed = list(found)
    return random.sample(listed, min(count, len(listed)))
