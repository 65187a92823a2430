"""Read the edits of the National Correct Coding Initiative (CMS): pairs of codes, units of a code, add-on codes.

The tables of Medicare and of Medicaid are publications of their own; so are those of each setting.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.codes import CPT, system_of
from corpus.model import AddOn, CorpusError, Entry, Pair, Reading, Source, Unit, UnknownLayout
from corpus.readers.checked import Check, checked, five_characters, iso_day, number, one_of, words
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.sheets import Layout, Row, Sheet

PTP, MUE, ADD_ON = "NCCI PTP edits", "MUE", "NCCI add-on code edits"
CONTRACTOR = "CCCCC"  # stands for primary codes that the contractor defines
_PAGES = "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-"
_MEDICAID_PAGE = "https://www.cms.gov/medicare/coding-billing/ncci-medicaid/medicaid-ncci-edit-files"
_SETTINGS = {
    "practitioner": re.compile(r"prac|ccipra|(?<![a-z])pra(?![a-z])", re.I),
    "outpatient hospital": re.compile(r"hosp|ccioph|outpatient|(?<![a-z])(?:out|oph)(?![a-z])", re.I),
    "DME supplier": re.compile(r"(?<![a-z])dme|supplier|durable", re.I),
}
_MEDICAID = re.compile(r"(?<!medicare & )(?<!medicare and )medicaid|(?<![a-z])mcd(?![a-z])", re.I)  # CMS's own name holds both
_CHANGES = re.compile(r"additions|deletions|revisions", re.I)
_PART = re.compile(r"[-_ ]f(\d)(?!\d)", re.I)  # ccipra-v303r0-f1: CMS cuts a table of pairs into four files
_DATE = r"((?:19|20)\d{5})?"
_ADD_ON_LINE = re.compile(rf"([123])([0-9A-Z]{{5}}) *{_DATE} *([0-9A-Z]{{5}}) *{_DATE} *{_DATE} *{_DATE}(?: +(.*))?", re.A)


def setting_in(text: str) -> str | None:
    """The one setting that a title or a file's name states."""
    found = [setting for setting, pattern in _SETTINGS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def _source(sheet: Sheet, kind: str, page: str, setting: str | None = None) -> Source:
    """The edition of a table of one setting, and of one payer.

    Raises UnknownLayout where the file lists what changed since the last quarter, which is not a table to answer from.
    """
    said = f"{sheet.above}\n{sheet.path.name}"
    if _CHANGES.search(said):
        raise UnknownLayout("it lists changes since the last quarter: add the whole table of the quarter")
    payer = "Medicaid" if _MEDICAID.search(said) else "Medicare"
    name = f"{payer} {kind}" if payer == "Medicaid" or kind == MUE else kind
    publication = f"{name}, {setting}" if setting else name
    part = _PART.search(sheet.path.name)
    url = _MEDICAID_PAGE if payer == "Medicaid" else _PAGES + page
    whole = f"{publication}, part {part[1]}" if part else publication
    source = official(sheet.path, whole, edition_in(sheet.path.name), url, kind=name, payer=payer, setting=setting)
    return replace(source, publication=publication)


def _hints(source: Source) -> tuple[str, ...]:
    unsettled = "nothing says of which setting it is: put practitioner or hospital into its name, and add it again"
    return undated(source) + (() if source.setting else (unsettled,))


def read_pairs(sheet: Sheet) -> Reading:
    """Read a table of procedure-to-procedure edits; deleted ones are kept with the day they ended."""
    source = _source(sheet, PTP, "procedure-procedure-ptp-edits", setting_in(sheet.above) or setting_in(sheet.path.name))
    at, two = sheet.at, sheet.at["column2"]
    if at["indicator"] == two + 4:  # CMS's own order, should headings be broken over lines: codes, mark of 1996, two days, indicator
        at = {"rationale": two + 5, **at, "effective": two + 2, "ended": two + 3}
    checks = {
        "column1": five_characters,
        "column2": five_characters,
        "indicator": one_of("019"),
        "rationale": words,
        "effective": iso_day,
        "ended": iso_day,
    }
    return Reading(source, pairs=tuple(checked(sheet, at, checks, Pair._make)), hints=_hints(source))


def _of(setting: str | None) -> Check:
    """A cell that names a setting: a table is of one, this or the first that it names."""
    held = [setting] if setting else []

    def check(cell: str) -> str | None:
        found = setting_in(cell)
        held.extend([found] if found and not held else [])
        if found and found != held[0]:
            raise ValueError(f"{cell.strip()[:40]!r} in a table of the setting {held[0]!r}")
        return found

    return check


def read_units(sheet: Sheet) -> Reading:
    """Read a table of medically unlikely edits.

    Raises CorpusError where the table is Medicare's and lacks the adjudication indicator; Medicaid's tables have none.
    """
    stated = setting_in(sheet.headings["units"]) or setting_in(sheet.above)
    judged = "indicator" in sheet.at
    checks = {"code": five_characters, "units": number, "indicator": one_of("123") if judged else words, "rationale": words}
    rows = list(checked(sheet, sheet.at, checks | {"setting": _of(stated)}, tuple))
    setting = stated or next((row[4] for row in rows if row[4]), None) or setting_in(sheet.path.name)
    source = _source(sheet, MUE, "medically-unlikely-edits", setting)
    if not judged and source.payer == "Medicare":
        raise CorpusError("it has the columns of Medicare MUE but for “mue adjudication indicator”")
    return Reading(source, units=tuple(Unit._make(row[:4]) for row in rows), hints=_hints(source))


def _primary(cell: str) -> str:
    return CONTRACTOR if cell.strip().upper() == CONTRACTOR else five_characters(cell)


def _noted(rows: Sequence[Sequence[str]]) -> Iterator[Entry]:
    """What CMS notes at an add-on code and its primary code; that the contractor defines these is no news."""
    for code, primary, note in dict.fromkeys((row[0], row[1], row[3]) for row in rows):
        if note and primary != CONTRACTOR:
            yield Entry(system_of(code) or CPT, code, f"with {primary}", (("special instruction", note),))


def read_add_ons(sheet: Sheet) -> Reading:
    """Read the table of add-on codes and their primary codes; an edit ends when it is deleted, or one of its codes is."""
    source = _source(sheet, ADD_ON, "add-code-edits")
    checks = {"code": five_characters, "primary": _primary, "type": one_of("123"), "note": words}
    days = dict.fromkeys(("effective", "ended", "code ended", "primary ended"), iso_day)
    rows = list(checked(sheet, sheet.at, checks | days, tuple))
    addons = tuple(AddOn(row[0], row[1], row[2], row[4], min(filter(None, row[5:]), default="")) for row in rows)
    return Reading(source, addons=addons, entries=tuple(_noted(rows)), remarks=sheet.remarks, hints=undated(source))


def is_add_on_text(head: str, name: str) -> bool:
    """Whether lines are those of the add-on code edits as CMS ships them beside the workbook: fixed columns, no header."""
    found = (_ADD_ON_LINE.fullmatch(line.rstrip()) for line in head.split("\n")[:40])
    return any(match and match[5] for match in found)


def _cells(line: str) -> Row:
    """Type, code, the day the code ended, primary code, the day that one ended, first and last day of the edit, note.

    Columns that are blank leave two dates: a primary code ends after the edit began, and an edit too.
    """
    match = _ADD_ON_LINE.fullmatch(line.rstrip())
    if not match:
        return (line[0], line[1:6], *[""] * 6) if re.match(r"[123][0-9A-Z]\d{3}[0-9A-Z]", line) else (line,)
    days = [found for found in match.group(5, 6, 7) if found]
    if len(days) < 3:
        days = [*days, ""] if len(days) == 2 and days[0] > days[1] else ["", *days, ""][:3]
    return (match[1], match[2], match[3] or "", match[4], *days, match[8] or "")


def read_add_on_text(path: Path, text: str) -> Reading:
    """Read the add-on code edits from their text of fixed columns."""
    columns = ("type", "code", "code ended", "primary", "primary ended", "effective", "ended", "note")
    rows = ((at, _cells(line)) for at, line in enumerate(text.split("\n"), 1) if line.strip())
    return read_add_ons(Sheet(path, {column: at for at, column in enumerate(columns)}, {}, "", rows))


ADD_ON_TEXT = (ADD_ON, is_add_on_text, read_add_on_text)
LAYOUTS: tuple[Layout, ...] = (
    Layout(
        PTP,
        {
            "column1": ("column 1", "column1", "column one", "column 1 code"),
            "column2": ("column 2", "column2", "column two", "column 2 code"),
            "indicator": ("modifier*", "0 not allowed*", "1 allowed*", "9 not applicable"),
            "effective": ("effective*",),
            "ended": ("deletion*",),
            "rationale": ("ptp edit rationale", "rationale", "edit rationale", "ptp*"),
        },
        ("column1", "column2", "indicator"),
        read_pairs,
    ),
    Layout(
        "NCCI MUE",
        {
            "code": ("hcpcs cpt code", "hcpcs code", "cpt hcpcs code"),
            "units": ("practitioner*", "outpatient hospital*", "facility outpatient*", "dme supplier*", "mue units", "mue value*"),
            "indicator": ("mue adjudication indicator*", "mue mai", "mai"),
            "rationale": ("mue rationale*",),
            "setting": ("mue service", "service type"),
        },
        ("code", "units", "rationale"),
        read_units,
    ),
    Layout(
        ADD_ON,
        {
            "code": ("add on code", "addon code"),
            "primary": ("primary code", "primary procedure code"),
            "type": ("aoc edit type", "add on code type", "add on code edit type", "edit type", "type"),
            "effective": ("aoc edit eff*", "effective*"),
            "ended": ("aoc edit del*", "deletion*"),
            "code ended": ("aoc del*", "add on code del*"),
            "primary ended": ("primary code del*", "primary del*"),
            "note": ("special instruction*",),
        },
        ("code", "primary", "type"),
        read_add_ons,
    ),
)
