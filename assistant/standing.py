"""How a code stands on a date, in a word and a few more: the same rules as an answer's verdict on validity."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant import facts, history
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.rows import Listed
from index.library import Library

TABULAR = "ICD-10-CM Tabular List"
YEARLY = (CPT, HCPCS, ICD10CM)  # systems whose lists are made anew every year or quarter
OLD = 24  # months after which the newest list that has a code no longer shows that it is valid
VALID, HEADING, ENDED, EARLY, UNSETTLED, LISTED, BEFORE = "valid", "heading", "ended", "not yet", "not settled", "listed", "not told"


class Standing(NamedTuple):
    """One of the words above, and what makes it so."""

    word: str
    told: str


def outdated(listed: Listed, on: date, library: Library, rows: Sequence[Listed] | None = None) -> bool:
    """Whether a code without an end date stands in no list that is new enough to say that it is still valid.

    A diagnosis code must stand in the Tabular List in force, where a newer one than the list that has the code is on file.
    """
    code = listed.code
    if code.valid_to or code.system not in YEARLY:
        return False
    every = library.catalog.codes(code.system, code.value) if rows is None else rows
    newest = max((day for row in every if (day := row.source.effective) and day <= on), default=None)
    if newest is None:
        return False
    if code.system == ICD10CM:
        books = (book.effective for book in library.sources if book.publication == TABULAR and book.effective)
        return newest < max((day for day in books if day <= on), default=newest)
    return (on.year - newest.year) * 12 + on.month - newest.month > OLD


def standing(listed: Listed, on: date, library: Library, rows: Sequence[Listed] | None = None) -> Standing:
    """How a code stands on a date; `rows`, its listings, spare a look at the catalog."""
    code = listed.code
    start = history.begins((code.system, code.value), library) if code.system == ICD10CM else None
    if code.valid_to and on > code.valid_to:
        return Standing(ENDED, f"last valid {code.valid_to}")
    if (begins := start[0] if start else code.valid_from) and on < begins:
        return Standing(EARLY, f"valid from {begins}")
    if outdated(listed, on, library, rows):
        return Standing(UNSETTLED, "in no list that is new enough")
    if not facts.covers(listed, on):
        return Standing(BEFORE, f"the earliest edition on file is {listed.source.title}")
    if code.billable is not None:
        return Standing(VALID, "billable") if code.billable else Standing(HEADING, "not billable")
    if code.valid_from or code.valid_to:
        dates = [f"from {code.valid_from}"] * bool(code.valid_from) + [f"to {code.valid_to}"] * bool(code.valid_to)
        return Standing(VALID, " ".join(dates))
    return Standing(LISTED, "no dates on file")
