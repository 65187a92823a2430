"""The Table of Neoplasms: a site in words and a behavior lead to a column (Guidelines, Section I.C.2)."""

import re
from collections.abc import Iterator
from datetime import date

from corpus.abbreviations import key, table
from corpus.model import Entry
from corpus.readers.indexes import NEOPLASM, entry_code
from corpus.tables import Filed
from index.library import Library

_COLUMNS = (  # words of the phrase → the column
    (r"metasta\w*|\bsecondary\b|\bspread\s+to\b", "Malignant Secondary"),
    (r"\bin[\s-]situ\b|\bcis\b", "Ca in situ"),
    (r"\bbenign\b(?=.*(?:neoplas|tumou?r))|\badenomas?\b|\bfibroadenomas?\b", "Benign"),
    (r"uncertain(?:\s+behaviou?r)?", "Uncertain Behavior"),
    (r"unspecified\s+behaviou?r", "Unspecified Behavior"),
    (r"\bcancers?\b|\bcancerous\b|malignan\w*|\bcarcinomas?\b|\badenocarcinomas?\b", "Malignant Primary"),
    (r"\btumou?rs?\b|\bneoplasms?\b", "Unspecified Behavior"),
)
_ASKED = re.compile("|".join(pattern for pattern, _ in _COLUMNS), re.I)
_NOT_SITES = re.compile(
    r"\b(?:screen\w*|history|family|personal|code\w*|encounter|antineoplastic|chemotherapy|radiation|status|melanoma|basal|squamous|leuk\w+|lymphoma"
    r"|myeloma|sarcoma|kaposi\w*|merkel|carcinoid\w*|neuroendocrine|hepatocellular|liver cell|lipoma\w*|nev[iu]s?|mesothelioma|polyps?)\b",
    re.I,
)
_NODES = {"lymph", "node", "nodes", "gland", "glands"}
_SMALL = {"of", "the", "to", "from", "in", "a", "an", "with", "and", "neoplasm", "site", "type", "primary", "unspecified", "female", "male"}


def _sites(text: str) -> Iterator[str]:
    """What may be the site of a neoplasm, as the table's paths name it: the most words first."""
    names = table("laywords")["sites"]
    words = [word for word in re.findall(r"[a-z][a-z'-]*", _ASKED.sub(" ", text.lower())) if word not in _SMALL]
    words = [part for word in words for part in str(names.get(word, names.get(key(word), word))).split()]
    if _NODES & set(words):
        where = " ".join(word for word in words if word not in _NODES)
        yield from (f"neoplasm, lymph, lymphatic channel, gland, {where}", "neoplasm, lymph, lymphatic channel, gland")
    for size in range(min(len(words), 5), 0, -1):
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            for split in range(size):
                yield entry_code(f"neoplasm, {' '.join(run[split:])}{', ' if split else ''}{' '.join(run[:split])}")
                yield entry_code(f"neoplasm, {' '.join(run[:split])}{', ' if split else ''}{' '.join(run[split:])}")


def column(text: str) -> str | None:
    """The column of the table a phrase asks for; None where it is about no neoplasm, or one the table does not sort by site."""
    if _NOT_SITES.search(text):
        return None
    return next((name for pattern, name in _COLUMNS if re.search(pattern, text, re.I)), None)


def row(text: str, library: Library, on: date) -> tuple[Filed[Entry], str, str] | None:
    """The row of the table for a phrase, the column and its code (a heading's where the table has a dash)."""
    asked = column(text)
    if asked is None:
        return None
    current = library.current(on)
    for site in dict.fromkeys(_sites(text)):
        for found in library.catalog.tables.entries(NEOPLASM, site):
            value = dict(found.row.cells).get(asked)
            if found.source.id in current and value:
                return found, asked, value.rstrip("-").rstrip(".")
    return None
