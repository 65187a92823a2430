"""What Medicare's tables say of a procedure, drug or supply, for its sheet: payment, modifiers, units, add-on codes, fees, products."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from assistant import edits, fees
from assistant.codeplans import sections
from assistant.filed import begun, cell, locator
from assistant.indicators import ASSISTANT, BILATERAL, COMPONENTS, COSURGEONS, GLOBAL_DAYS, STATUS, TEAM
from assistant.sheet import NONE, Line, Section, Subject, published, section
from corpus import families, runs
from corpus.codes import CPT, HCPCS
from corpus.model import AddOn, Entry, Source, Unit
from corpus.readers.drugs import ASP, CROSSWALK
from corpus.readers.fees import LOCALITY, OPPS, PFS
from corpus.readers.hcpcs import COVERAGE
from corpus.readers.hcpcs import PUBLICATION as LEVEL2
from corpus.tables import Filed

_MODIFIERS: tuple[tuple[str, str, Mapping[str, str]], ...] = (  # the modifiers an indicator is about, its cell, what its values mean
    ("26, TC", "PC/TC indicator", COMPONENTS),
    ("50", "bilateral surgery indicator", BILATERAL),
    ("80, 81, 82, AS", "assistant at surgery indicator", ASSISTANT),
    ("62", "co-surgeons indicator", COSURGEONS),
    ("66", "team surgery indicator", TEAM),
)
_PARTS = ("", "26", "TC", "53")  # modifiers under which the fee schedule has rows of their own


def payment(subject: Subject) -> Section:
    """Whether and how Medicare pays: status, global days, outpatient status, coverage code."""
    lines = [*_status(subject), *_outpatient(subject), *_coverage(subject)]
    return section("Medicare payment", lines, subject, published(subject, PFS, OPPS, LEVEL2))


def _scheduled(subject: Subject) -> fees.Rows:
    return fees.schedule(subject.catalog, subject.value, subject.on, subject.library.sources)


def _told(row: Filed[Entry], label: str, text: str) -> Line:
    return Line(label, text, row.source, locator(row.row))


def _status(subject: Subject) -> Iterator[Line]:
    for row in _scheduled(subject):
        if status := cell(row, "status"):
            yield _told(row, "status", f"{status}: {STATUS.get(status, 'see the source')}")
        if (days := cell(row, "global days")) in GLOBAL_DAYS and days != "XXX":
            yield _told(row, "global days", f"{days}: {GLOBAL_DAYS[days]}")


def _outpatient(subject: Subject) -> Iterator[Line]:
    if paid := fees.opps(subject.catalog, subject.value, subject.on, subject.library.sources):
        parts = [f"{paid.status}: {paid.meaning}" if paid.meaning else paid.status]
        parts += [f"APC {paid.apc}"] if paid.apc else []
        parts += [f"${paid.rate:,.2f} national, unadjusted"] if paid.rate is not None else []
        yield _told(paid.rows[0], "outpatient hospital", " · ".join(parts))


def _coverage(subject: Subject) -> Iterator[Line]:
    letter = dict(subject.listed.code.attributes).get("coverage")
    if letter in COVERAGE:
        yield Line("coverage code", f"{letter}: {COVERAGE[letter]}", subject.listed.source, f"row {subject.value}")


def modifiers(subject: Subject) -> Section:
    """The modifiers of which a source says whether they apply."""
    lines = [
        _told(row, label, f"{value}: {meanings[value]}")
        for label, name, meanings in _MODIFIERS
        for row in _scheduled(subject)
        if (value := cell(row, name)) in meanings and value != "9"
    ]
    own = (item for item in sections(list(subject.page)) if item.label == "Modifiers")
    return section("Modifiers", [*lines, *(Line.of(item, "our page") for item in own)], subject, published(subject, PFS))


def units(subject: Subject) -> Section:
    """The medically unlikely edits, a line a setting, with what the adjudication indicator means."""
    tables = edits.tables(subject.catalog, "units", subject.current)
    found = {row.source.id: row for row in subject.catalog.tables.units(subject.value)}
    held = [table for table in tables if begun(table, subject.on)]
    lines = [_unit(table, found, subject) for table in held] if any(table.id in found for table in held) else []
    return section("Units (MUE)", lines, subject, subject.catalog.tables.holding("units"))


def _unit(table: Source, found: Mapping[str, Filed[Unit]], subject: Subject) -> Line:
    setting = table.setting or table.title
    if table.id not in found:
        return Line(setting, NONE, table, f"no row {subject.value}")
    unit = found[table.id].row
    many = f"{unit.units} {'unit' if unit.units == 1 else 'units'}"
    meaning = edits.ADJUDICATION.get(unit.indicator, f"MAI {unit.indicator}") if unit.units else f"none is payable (MAI {unit.indicator})"
    reason = f" · {unit.rationale}" if unit.rationale else ""
    return Line(setting, f"{many} · {meaning}{reason}", table, f"row {unit.code}")


def addons(subject: Subject) -> Section:
    """To which codes it is an add-on, and which codes are add-ons to it."""
    tables = subject.catalog.tables
    lines = [
        *_primaries(_held(tables.addons(subject.value), subject)),
        *_added(_held(tables.added_to(subject.value), subject)),
    ]
    return section("Add-on codes", lines, subject, tables.holding("addons"))


def _held(rows: list[Filed[AddOn]], subject: Subject) -> list[Filed[AddOn]]:
    current = subject.current
    held = [row for row in rows if row.source.id in current and begun(row.source, subject.on) and edits.in_force(row.row, subject.on)]
    return sorted(held, key=_typed)


def _typed(row: Filed[AddOn]) -> tuple[str, str]:
    return row.source.id, row.row.type


def _pair(code: str) -> tuple[str, str]:
    return (HCPCS if code[:1].isalpha() else CPT), code


def _primaries(rows: list[Filed[AddOn]]) -> Iterator[Line]:
    for (_, kind), group in groupby(rows, key=_typed):
        held = list(group)
        codes = tuple(_pair(row.row.primary) for row in held if row.row.primary != edits.CONTRACTOR)
        yield Line("add-on to", edits.TYPES.get(kind, f"type {kind}"), held[0].source, f"row {held[0].row.code}", codes)


def _added(rows: list[Filed[AddOn]]) -> Iterator[Line]:
    for _, group in groupby(rows, key=lambda row: row.source.id):
        held = list(group)
        codes = tuple(dict.fromkeys(_pair(row.row.code) for row in held))
        yield Line("its add-ons", f"{len(codes)} on file", held[0].source, f"rows with primary {held[0].row.primary}", codes)


def amounts(subject: Subject, locality: str = "") -> list[fees.Amount]:
    """The fee schedule's amounts in both settings, under each modifier that has a row of its own."""
    sources = subject.library.sources
    return [amount for part in _PARTS for amount in fees.amounts(subject.catalog, subject.value, subject.on, part, locality, sources)]


def localities(subject: Subject) -> list[tuple[str, str]]:
    """The payment localities on file: key ('CA 18') and name."""
    keys = [value for _, value in runs.between(subject.catalog, "AA", "ZZ", (LOCALITY,), 200)]
    listed = families.listings(subject.catalog, LOCALITY, keys)
    return [(key, listed[key][0].code.title) for key in keys]


def national(subject: Subject) -> Section:
    """The national amounts of the fee schedule, and what they do not tell."""
    lines = [
        Line(
            f"{amount.setting}{f', modifier {amount.modifier}' if amount.modifier else ''}",
            f"${amount.value:,}" if amount.value is not None else f"no amount: {amount.why}",
            amount.rows[0].source,
            locator(amount.rows[0].row),
        )
        for amount in amounts(subject)
    ]
    return section("Fees, national", lines, subject, published(subject, PFS))


def drug(subject: Subject) -> Section:
    """The Part B payment limit."""
    limit = fees.drug_limit(subject.catalog, subject.value, subject.on, subject.library.sources)
    lines = []
    if limit:
        text = f"${limit.value:,} for {limit.dosage}" if limit.value is not None else f"no amount for {limit.dosage}"
        lines = [_told(limit.rows[0], "payment limit", text)]
    return section("Drug limit (ASP)", lines, subject, published(subject, ASP))


def products(subject: Subject) -> Section:
    """The drug products, by NDC, that are reported with the code."""
    found = fees.ndcs_of(subject.catalog, subject.value, subject.on, subject.library.sources)
    lines = [_told(product.rows[0], product.ndc, _product(product)) for product in found]
    return section("Products (NDC)", lines, subject, published(subject, CROSSWALK))


def _product(product: fees.Product) -> str:
    rest = (f"{name} {text}" for name, text in product.cells.items() if name not in ("NDC", "drug name"))
    return " · ".join((product.name, *rest))
