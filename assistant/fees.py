"""What Medicare pays for a code: computed exactly from the fee tables on file, or why there is no amount."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from assistant.indicators import OUTPATIENT, PAYABLE, STATUS
from corpus.catalog import Catalog
from corpus.codes import NDC, ndc
from corpus.model import Code, Entry, Source
from corpus.readers.drugs import ASP, CROSSWALK
from corpus.readers.fees import GPCI, LOCALITY, NAMES, OPPS, PFS
from corpus.readers.figures import figure, system
from corpus.tables import Filed
from index.search import answering

Rows = tuple[Filed[Entry], ...]
Sources = Sequence[Source] | None
# Congress raised the factor of 2024 from this day on (Consolidated Appropriations Act, 2024); other factors hold for a year.
_RAISED = (Decimal("33.2875"), date(2024, 3, 9))
_LETTERS = re.compile(r"[A-Z]+")
Three = tuple[Decimal, Decimal, Decimal]  # work, practice expense, malpractice


@dataclass(frozen=True, slots=True)
class Amount:
    """What the Physician Fee Schedule allows for a code in one setting, nationally or in a locality, before any coinsurance."""

    code: str
    modifier: str
    setting: str  # non-facility or facility
    status: str
    value: Decimal | None  # dollars; None where `why` says why not
    why: str
    rvus: Three | None
    gpcis: Three
    factor: Decimal | None
    locality: str  # its name; empty: the national amount, every GPCI 1
    capped: bool  # whether the OPPS amount is the lower and limits it
    caveats: tuple[str, ...]
    rows: Rows  # of the schedule, and of the locality

    @property
    def working(self) -> str:
        """The formula with its figures; empty where there is no amount."""
        if self.value is None or self.rvus is None:
            return ""
        plain = not self.locality
        parts = (str(rvu) if plain else f"{rvu} × {gpci}" for rvu, gpci in zip(self.rvus, self.gpcis, strict=True))
        return f"({' + '.join(parts)}) × {self.factor} = ${self.value:,}"


@dataclass(frozen=True, slots=True)
class DrugLimit:
    """Medicare's payment limit for one dosage of a Part B drug."""

    code: str
    dosage: str
    value: Decimal | None  # dollars for one `dosage`; None where the table gives none
    cells: Mapping[str, str]
    caveats: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Product:
    """A drug product as the ASP crosswalk ties it to a code."""

    code: str
    ndc: str  # as the table writes it
    name: str
    cells: Mapping[str, str]
    caveats: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Outpatient:
    """What OPPS Addendum B says of a code: its status indicator and, where it is paid by it, the national rate."""

    code: str
    status: str
    meaning: str
    apc: str
    rate: Decimal | None
    cells: Mapping[str, str]
    caveats: tuple[str, ...]
    rows: Rows


def allowed(rvus: Three, gpcis: Three, factor: Decimal) -> Decimal:
    """Multiply out a fee, to the cent, half a cent up.

    Source: 42 CFR 414.20, 414.22, 414.26 and 414.28: (work RVU × work GPCI + PE RVU × PE GPCI + MP RVU × MP GPCI) × factor.
    """
    total = sum((rvu * gpci for rvu, gpci in zip(rvus, gpcis, strict=True)), Decimal())
    return (total * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _editions(sources: Iterable[Source], publication: str, on: date) -> frozenset[str]:
    """The sources that answer for a date; of tables that hold for a year, one begun later in that year before one of years past."""
    mine = [source for source in sources if source.publication == publication]
    chosen = answering(mine, on)
    same_year = [source for source in mine if source.effective and source.effective.year == on.year]
    quarterly = publication in (ASP, CROSSWALK)
    return chosen if quarterly or any(source.id in chosen for source in same_year) else answering(same_year, on) or chosen


def _filed(catalog: Catalog, kind: str, code: str, publication: str, on: date, sources: Sources) -> Rows:
    found = catalog.tables.entries(kind, code)
    if not any(filed.source.publication == publication for filed in found):
        return ()
    every = sources if sources is not None else catalog.editions()
    chosen = _editions(every, publication, on)
    return tuple(filed for filed in found if filed.source.id in chosen)


def _cells(rows: Iterable[Filed[Entry]]) -> dict[str, str]:
    return {name: text for filed in rows for name, text in filed.row.cells}


def _caveats(rows: Iterable[Filed[Entry]], on: date) -> Iterator[str]:
    """What keeps an edition from speaking for a date."""
    for source in dict.fromkeys(filed.source for filed in rows):
        if source.effective is None:
            yield f"{source.title}: the file states no edition."
        elif source.effective > on:
            yield f"{source.title} begins on {source.effective}, after {on}."
        elif source.ended and source.ended < on:
            yield f"{source.title} held until {source.ended}; amounts for {on} may differ."


def schedule(catalog: Catalog, code: str, on: date, sources: Sources = None) -> Rows:
    """The rows of the Physician Fee Schedule about a code as a whole, in the edition that answers for a date."""
    return tuple(row for row in _filed(catalog, system(code) or "", code, PFS, on, sources) if not row.row.part)


def amounts(catalog: Catalog, code: str, on: date, modifier: str = "", locality: str = "", sources: Sources = None) -> list[Amount]:
    """What Medicare's fee schedule allows for a code, non-facility and facility; nothing where the edition does not list the row.

    `locality` is a key such as 'CA 18' (see `localities`). `sources`, where the caller has them at hand, spare a look at the catalog.
    """
    rows = tuple(row for row in _filed(catalog, system(code) or "", code, PFS, on, sources) if row.row.part == modifier)
    if not rows:
        return []
    places = _filed(catalog, LOCALITY, locality, GPCI, on, sources) if locality else ()
    return [_amount(code, modifier, setting, rows, places, locality, on) for setting in ("non-facility", "facility")]


def _amount(code: str, modifier: str, setting: str, rows: Rows, places: Rows, locality: str, on: date) -> Amount:
    cells, place = _cells(rows), _cells(places)
    name = place.get("locality name", "")
    rvus = _three(cells, ("work RVU", f"{setting} PE RVU", "malpractice RVU"))
    gpcis = _three(place, ("work GPCI", "PE GPCI", "malpractice GPCI")) or (Decimal(1), Decimal(1), Decimal(1))
    factor, status = figure(cells.get(NAMES["factor"], "")), cells.get("status", "")
    why = _unpriced(cells, setting) or (f"no geographic indices are on file for {locality}" if locality and not places else "")
    value, capped = None, False
    if not why and rvus and factor:
        value = allowed(rvus, gpcis, factor)
        if (cap := _cap(cells, setting, rvus, gpcis, factor)) is not None and cap[1] < value:
            (rvus, value), capped = cap, True
    caveats = (*_caveats((*rows, *places), on), *_limits(rows, places, status, factor, on))
    return Amount(code, modifier, setting, status, value, why, rvus, gpcis, factor, name, capped, caveats, (*rows, *places))


def _three(cells: Mapping[str, str], names: tuple[str, str, str]) -> Three | None:
    work, practice, malpractice = (figure(cells.get(name, "")) for name in names)
    return None if work is None or practice is None or malpractice is None else (work, practice, malpractice)


def _unpriced(cells: Mapping[str, str], setting: str) -> str:
    """Why a row gives no amount for a setting; empty where it does."""
    status = cells.get("status", "")
    total = _three(cells, ("work RVU", f"{setting} PE RVU", "malpractice RVU"))
    if not status:
        return "the table on file gives no status: whether Medicare pays by it is unknown"
    if status not in PAYABLE:
        return f"status {status}, {STATUS.get(status, 'see the source')}"
    if cells.get(f"{setting} NA indicator"):
        return f"CMS marks the {setting} setting NA: rarely or never performed there"
    if total is None or not cells.get(NAMES["factor"]):
        return "the table on file gives no RVUs"
    return "" if any(total) else f"status {status} with no RVUs: the Medicare contractor sets the price"


def _cap(cells: Mapping[str, str], setting: str, rvus: Three, gpcis: Three, factor: Decimal) -> tuple[Three, Decimal] | None:
    """The OPPS amount that limits imaging's technical side. Source: Social Security Act 1848(b)(4); PFS record layout."""
    practice, malpractice = (figure(cells.get(NAMES[name], "")) for name in (f"{setting.replace('-', '')}_capped", "malpractice_capped"))
    if not practice or malpractice is None:
        return None
    limited = (rvus[0], practice, malpractice)
    return limited, allowed(limited, gpcis, factor)


def _limits(rows: Rows, places: Rows, status: str, factor: Decimal | None, on: date) -> Iterator[str]:
    """What else must be said of an amount."""
    years = {filed.source.effective.year for filed in (*rows, *places) if filed.source.effective}
    if len(years) > 1:
        yield f"The RVUs and the geographic indices are of different years ({' and '.join(map(str, sorted(years)))}): an estimate."
    if status in ("R", "T"):
        yield f"Status {status}, {STATUS[status]}."
    if factor == _RAISED[0] and on.year == _RAISED[1].year and on < _RAISED[1]:
        yield f"The conversion factor {factor} holds from {_RAISED[1]}; before that day 2024 had a lower one."
    if rows[0].source.effective and rows[0].source.effective.year >= 2026:
        yield "From 2026 qualifying APM participants have a conversion factor of their own."


def localities(catalog: Catalog, place: str) -> list[Code]:
    """The payment localities a key ('CA 18'), a state ('CA', 'California') or words of a locality's name stand for."""
    every = [listed.code for listed in catalog.span(LOCALITY, "AA", "ZZ~")]
    name = " ".join(place.upper().split())
    exact = [code for code in every if name in (code.value, code.parent, code.title.upper())]
    state = {code.parent for code in every if code.title.upper() == f"REST OF {name}"}
    words = set(_LETTERS.findall(name))
    named = [code for code in every if words and words <= {*_LETTERS.findall(code.title.upper()), code.parent}]
    return exact or [code for code in every if code.parent in state] or named


def drug_limit(catalog: Catalog, code: str, on: date, sources: Sources = None) -> DrugLimit | None:
    """Medicare's payment limit for a Part B drug in the quarter on file for a date. Source: 42 CFR 414.904."""
    rows = _filed(catalog, system(code) or "", code, ASP, on, sources)
    cells = _cells(rows)
    limit = figure(cells.get("payment limit", ""))
    return DrugLimit(code, cells["dosage"], limit, cells, tuple(_caveats(rows, on)), rows) if rows else None


def _product(filed: Filed[Entry], on: date) -> Product:
    cells = _cells([filed])
    code = filed.row.part if filed.row.system == NDC else filed.row.code
    return Product(code, cells["NDC"], cells["drug name"], cells, tuple(_caveats([filed], on)), (filed,))


def ndcs_of(catalog: Catalog, code: str, on: date, sources: Sources = None) -> list[Product]:
    """The drug products that are reported with a code."""
    return [_product(filed, on) for filed in _filed(catalog, system(code) or "", code, CROSSWALK, on, sources)]


def code_of_ndc(catalog: Catalog, number: str, on: date, sources: Sources = None) -> list[Product]:
    """The codes a drug product is reported with, its NDC written in any way; nothing where it is no NDC."""
    try:
        key = ndc(number)
    except ValueError:
        return []
    return [_product(filed, on) for filed in _filed(catalog, NDC, key, CROSSWALK, on, sources)]


def opps(catalog: Catalog, code: str, on: date, sources: Sources = None) -> Outpatient | None:
    """How a hospital outpatient department is paid for a code: status indicator, APC, national unadjusted rate."""
    rows = _filed(catalog, system(code) or "", code, OPPS, on, sources)
    cells = _cells(rows)
    status, apc = cells.get("status indicator", ""), cells.get("APC", "")
    rate, caveats = figure(cells.get("payment rate", "")), tuple(_caveats(rows, on))
    return Outpatient(code, status, OUTPATIENT.get(status, ""), apc, rate, cells, caveats, rows) if rows else None
