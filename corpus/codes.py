"""The grammar of code systems: which words of a text are codes, of which system, and how they are written.

CPT: five characters, the last of category II, III, PLA and MAAA codes a letter (AMA, CPT code set structure).
HCPCS Level II: a letter A–V and four digits (CMS HCPCS coding procedures). ICD-10-CM: three to seven characters,
a dot after the third (Official Guidelines, Section I.A.2). Modifiers: two characters.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

CPT, HCPCS, ICD10CM, ICD9CM, MODIFIER = "CPT", "HCPCS", "ICD-10-CM", "ICD-9-CM", "modifier"
ICD10PCS, POS, CARC, RARC, REVENUE, MSDRG, HCC = "ICD-10-PCS", "POS", "CARC", "RARC", "revenue code", "MS-DRG", "HCC"
ADMISSION_TYPE, ADMISSION_SOURCE, DISCHARGE, GROUP = "admission type", "admission source", "discharge status", "group code"  # NUBC, X12
CVX, NDC, NCD, LCD, ARTICLE = "CVX", "NDC", "NCD", "LCD", "article"
SYSTEMS = (CPT, HCPCS, ICD10CM, MODIFIER, ICD10PCS, POS, CARC, RARC, REVENUE, MSDRG, CVX)
_OWN_SHELF = frozenset({CPT, HCPCS, ICD10CM, MODIFIER, ICD10PCS})
REFERENCE = "reference"  # the shelf of every system that has none of its own

Known = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Mention:
    """A code as a text names it."""

    system: str
    value: str
    start: int
    end: int
    wellformed: bool = True


_NAME = r"(?:CPT(?:®|\(r\))?|HCPCS(?:\s+level\s+(?:II|2))?|ICD[-\s]?(?:10|9)(?:[-\s]?CM)?|PCS)"
_PREFIXED = re.compile(rf"\b({_NAME})[\s:#-]*(?:codes?\s*)?[#:]?\s*([A-Z0-9][A-Z0-9.]{{2,}})(?![\w.]*\w)", re.I)
_NO_CODE = re.compile(r"(?:FY)?(?:19|20)\d\d|\d+(?:ST|ND|RD|TH)")  # years and ordinals after a system's name
_CPT = re.compile(
    r"(?<![\w.$§])(?<!\$\s)(?<!§\s)(?<!U\.S\.C\.\s)(?<!\bUSC\s)"
    r"(\d{4}[0-9FTUM]|0\d{3}A)(?![\w%]|\.\d|,\d{3}(?!\d)|-\d{4}\b(?!\d))",
    re.I | re.A,
)
_HCPCS = re.compile(r"(?<![\w.])([A-CEGHJ-MP-V]\d{4})(?![\w])", re.I | re.A)
_DOTTED = re.compile(r"(?<![\w.])([A-TV-ZU]\d[0-9AB]\.[0-9A-Z]{1,4})(?![\w])", re.I | re.A)
_UNDOTTED = re.compile(r"(?<![\w.])([A-Z]\d[0-9AB](?:[0-9A-Z]{0,4}))(?!\w|\.\w|-\d)", re.I | re.A)
_ICD9 = re.compile(r"(?<![\w.$])(E\d{3}\.\d|V\d{2}\.\d{1,2}|\d{3}\.\d{1,2})(?![\w%])")
_RANGE = re.compile(r"(?<![\w.$])([A-V]?\d{4,5}[FTUM]?)\s*(?:-|–|—|to|through|thru)\s*([A-V]?\d{4,5}[FTUM]?)(?!\w|\.\d)", re.I)
_MODIFIERS = re.compile(
    r"\bmod(?:ifier)?s?(?:\b|(?=\d\d\b))[\s:#-]*((?:(?:[A-Z][A-Z0-9]|\d[A-Z0-9])\b(?:\s*(?:,|/|&|\band\b|\bor\b|\bvs\.?|\bversus\b)\s*)*)+)",
    re.I,
)
_APPENDED = re.compile(r"\b[0-9A-Z]\d{3}[0-9A-Z]\s?((?:-[A-Z0-9]{2})+)(?![\w-])", re.I)
_BEFORE = re.compile(r"(?<![\w.$-])(?<!ICD[\s-])(\d[0-9A-Z]|[A-Z][A-Z0-9])\s+(?:mod|modifier)\b")  # the 25 modifier
_APART = re.compile(r"(?<![\w.$-])([B-CEGHJ-MP-V])[\s-](?!19|20)(\d{4})(?![\w-])", re.A)  # J 1670, J-1670
_BARE_MODIFIER = re.compile(r"(?<![\w.$])(X[EPSU]|G[AXYZ]|J[WZ]|[RL]T|KX)(?![\w.])")
_TWO = re.compile(r"\b([A-Z][A-Z0-9]|\d[A-Z0-9])\b", re.I)
_NOT_MODIFIERS = {
    "OF",
    "IN",
    "IS",
    "TO",
    "OR",
    "BE",
    "ON",
    "IT",
    "AS",
    "AN",
    "DO",
    "MY",
    "IF",
    "WE",
    "BY",
    "AT",
    "SO",
    "NO",
    "VS",
    "ME",
    "GO",
    "UP",
    "US",
    "HE",
    "AM",
}
_YET_MODIFIERS = {"AS", "GO", "US", "HE", "AM"}  # in capitals these are modifiers all the same


def system_of(value: str) -> str | None:
    """Say which system's grammar a code obeys, or None; a dot settles it for ICD-10-CM."""
    value = value.upper()
    if re.fullmatch(r"\d{4}[0-9FTUM]|0\d{3}A", value):
        return CPT
    if re.fullmatch(r"[A-CEGHJ-MP-V]\d{4}", value):
        return HCPCS
    if re.fullmatch(r"[A-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})?", value):
        return ICD10CM
    return MODIFIER if re.fullmatch(r"[A-Z][A-Z0-9]|\d[A-Z0-9]", value) else None


def shelf_of(system: str) -> str:
    """Where the texts of a system's codes are searched: large systems apart from each other, small ones together."""
    return system if system in _OWN_SHELF else REFERENCE


def dotted(value: str) -> str:
    """Write an ICD-10-CM code with its dot, in capitals."""
    bare = value.upper().replace(".", "")
    return bare if len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def _prefixed(text: str) -> Iterator[Mention]:
    """Words after the name of a system: 'CPT 98765432' is meant as a code even where it cannot be one."""
    for match in _PREFIXED.finditer(text):
        name, raw = match[1].upper(), match[2].upper().rstrip(".")
        if not any(char.isdigit() for char in raw) or _NO_CODE.fullmatch(raw):
            continue
        named = HCPCS if name.startswith("HCPCS") else CPT if name.startswith("CPT") else ICD9CM if "9" in name else ICD10CM
        value = dotted(raw) if named == ICD10CM else raw
        system = named if named == ICD9CM else system_of(value)
        if {named, system} == {CPT, HCPCS}:  # people say CPT for HCPCS and the reverse
            named = system or named
        yield Mention(named, value, match.start(2), match.start(2) + len(raw), system == named)


def _modifiers(text: str) -> Iterator[Mention]:
    for group in _MODIFIERS.finditer(text):
        for match in _TWO.finditer(group[1]):
            if match[1].upper() not in _NOT_MODIFIERS or match[1] in _YET_MODIFIERS:
                yield Mention(MODIFIER, match[1].upper(), group.start(1) + match.start(), group.start(1) + match.end())
    for group in _APPENDED.finditer(text):
        for match in _TWO.finditer(group[1]):
            if match[1].upper() not in _NOT_MODIFIERS:
                yield Mention(MODIFIER, match[1].upper(), group.start(1) + match.start(), group.start(1) + match.end())
    for pattern in (_BEFORE, _BARE_MODIFIER):
        for match in pattern.finditer(text):
            if match[1] not in _NOT_MODIFIERS:
                yield Mention(MODIFIER, match[1], match.start(1), match.end(1))


def _bare(text: str, known: Known) -> Iterator[Mention]:
    for match in _DOTTED.finditer(text):
        yield Mention(ICD10CM, match[1].upper(), match.start(), match.end())
    for match in _CPT.finditer(text):
        yield Mention(CPT, match[1].upper(), match.start(), match.end())
    for match in _HCPCS.finditer(text):
        value = match[1].upper()
        as_icd = known(ICD10CM, dotted(value)) and not known(HCPCS, value)
        yield Mention(ICD10CM if as_icd else HCPCS, dotted(value) if as_icd else value, match.start(), match.end())
    for match in _APART.finditer(text):
        if known(HCPCS, match[1] + match[2]):
            yield Mention(HCPCS, match[1] + match[2], match.start(), match.end())
    for match in _UNDOTTED.finditer(text):
        if known(ICD10CM, dotted(match[1])):
            yield Mention(ICD10CM, dotted(match[1]), match.start(), match.end())


def mentions(text: str, known: Known = lambda system, value: False) -> list[Mention]:
    """Find the codes a text names, in order, without overlaps; `known` settles what grammar leaves open."""
    return sorted(_apart((*_prefixed(text), *_modifiers(text), *_bare(text, known))), key=lambda mention: mention.start)


_NUMBERED = (  # systems whose codes are bare numbers: nothing but the name before them tells them
    (POS, re.compile(r"\b(?:POS|place\s+of\s+service)(?:\s+codes?)?\s*[#:]?\s*(\d{2})\b", re.I)),
    (MSDRG, re.compile(r"\b(?:MS[-\s]?)?DRGs?\s*[#:]?\s*(\d{3})\b", re.I)),
    (REVENUE, re.compile(r"\b(?:rev(?:enue)?\.?\s+codes?|rev\.?(?=\s*\d)|RC(?=\s*0\d{3}\b))\s*[#:]?\s*(\d{3,4})\b", re.I)),
    (
        CARC,
        re.compile(
            r"\b(?:CARC|denial\s+code|(?:CO(?!2\b)(?=-?\d|\s\d{1,3}\W*(?:$|denial|mean))|PR|OA|PI)(?=[-\s]?\d))"
            r"[-\s#:]*(?:(?:CO|PR|OA|PI)[-\s]?)?([A-Z]?\d{1,3})\b",
            re.I,
        ),
    ),
    (CARC, re.compile(r"\b(?:adjustment\s+|claim\s+)reason\s+codes?\s*[#:]?\s*([A-Z]?\d{1,3})\b", re.I)),
    (GROUP, re.compile(r"\bgroup\s+codes?\s*[#:]?\s*(CO|PR|OA|PI|CR)\b", re.I)),
    (DISCHARGE, re.compile(r"\b(?:discharge|patient)\s+(?:status|disposition)(?:\s+codes?)?\s*[#:]?\s*(\d{2})\b", re.I)),
    (ADMISSION_SOURCE, re.compile(r"\badmi(?:t|ssion)\s+source(?:\s+codes?)?\s*[#:]?\s*([0-9A-F])\b", re.I)),
    (ADMISSION_TYPE, re.compile(r"\badmi(?:t|ssion)\s+type(?:\s+codes?)?\s*[#:]?\s*(\d)\b", re.I)),
    (RARC, re.compile(r"(?:\b(?:RARC|remark\s+codes?)[-\s#:]*|^\W*(?:what\s+(?:is|does)\s+)?)(MA?\d{1,3}|N\d{1,3})\b", re.I)),
    (CVX, re.compile(r"\bCVX(?:\s+codes?)?\s*[#:]?\s*(\d{1,3})\b", re.I)),
    (NCD, re.compile(r"\b(?:NCD|national\s+coverage\s+determination)\s*[#:]?\s*(\d{1,3}(?:\.\d{1,3}){0,3})\b", re.I)),
    (LCD, re.compile(r"\b(?:LCD\s*)?(D?L\d{5})\b", re.I)),
    (ARTICLE, re.compile(r"\b(?:article\s*)?(A5\d{4})\b", re.I)),
    (ICD10PCS, re.compile(r"\b(?:PCS(?:\s+codes?)?[-\s#:]*)?([0-9B-HX][0-9A-HJ-NP-Z]{6})\b", re.I)),
)
_DENIED = (  # what a number is where a denial is spoken of
    (CARC, re.compile(r"\b(?:den(?:ied|ials?|y)|reject\w*|adjust\w*)\b.{0,40}?\b(?:CO|PR|OA|PI)\s(\d{1,3})\b", re.I)),
    (
        RARC,
        re.compile(
            r"\b(?:den(?:ied|ials?)|reject\w*|remit\w*|CO-?\d+)\b(?:(?!dx|diagnos|ICD).){0,30}?\b(MA\d{1,3}|N\d{1,3})\b(?!\.\d)", re.I
        ),
    ),
)
_WIDTH = {REVENUE: 4, CVX: 2}  # digits such a code has with its leading zeros
_ANOTHER = re.compile(  # one more of a list: 'POS 11 or 22', 'DRG 469 vs 470'
    r"\s*(?:,|/|&|\band\b|\bor\b|\bvs\.?|\bversus\b)\s*(MA\d{1,3}|[A-Z]?\d{1,4})(?=\W*$|[,?;)]|\s+(?:and|or|vs|for|on|in|with|is|are|be|mean))",
    re.I,
)


def _each(text: str) -> Iterator[tuple[Mention, bool]]:
    """Every number that stands as a code of a numbered system, on file or not, and whether the text says of which."""
    for system, pattern in _NUMBERED:
        for match in pattern.finditer(text):
            value = match[1].upper().zfill(_WIDTH.get(system, 0))
            yield Mention(system, value, match.start(), match.end()), match.end() - match.start() > len(value)
            more = _ANOTHER.match(text, match.end())
            while more and system != NCD:
                yield Mention(system, more[1].upper().zfill(_WIDTH.get(system, 0)), more.start(1), more.end(1)), False
                more = _ANOTHER.match(text, more.end())
    for system, pattern in _DENIED:
        yield from ((Mention(system, match[1].upper(), match.start(1), match.end(1)), True) for match in pattern.finditer(text))


def numbered(text: str, known: Known) -> list[Mention]:
    """Find codes of systems that have numbers for codes, as far as they are on file: 'POS 22', 'DRG 470', 'CO-16', 'NCD 240.2'."""
    return _apart(mention for mention, _ in _each(text) if known(mention.system, mention.value))


_HYPHENATED = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.A)
_NDC = re.compile(r"(?<![\w-])(?:NDC(?:\s+(?:number|code|no\.?))?[\s:#]*)?(\d{4,5}-\d{3,4}-\d{1,2}|(?<=[\s:#C])\d{10,11})(?![\w-])", re.I)


def ndc(text: str) -> str:
    """The eleven digits of an NDC, in segments of 5, 4 and 2: claims carry them so.

    An NDC of ten digits is written 4-4-2, 5-3-2 or 5-4-1; a zero goes in front of its short segment. Numbers of twelve to
    fourteen digits stand for devices and stay as they are. Source: FDA, National Drug Code format (21 CFR 207.33); CMS writes
    eleven digits in its crosswalk.
    Raises ValueError where it is none of these; ten digits without hyphens do not tell which segment is short.
    """
    plain = text.strip()
    if found := _HYPHENATED.fullmatch(plain):
        segments = found.groups()
        if sum(map(len, segments)) >= 10:
            return "".join(segment.zfill(size) for segment, size in zip(segments, (5, 4, 2), strict=True))
    if re.fullmatch(r"\d{11,14}", plain, re.A):
        return plain
    raise ValueError(f"{plain[:40]!r} is not an NDC")


def _packages(text: str) -> Iterator[Mention]:
    """Drug packages: an NDC with hyphens, or with its name before it."""
    for match in _NDC.finditer(text):
        if "-" not in match[1] and not match[0].upper().startswith("NDC"):
            continue
        try:
            yield Mention(NDC, ndc(match[1]), match.start(1), match.end(1))
        except ValueError:
            if match[0].upper().startswith("NDC"):
                yield Mention(NDC, match[1], match.start(1), match.end(1), wellformed=False)


def _old_diagnoses(text: str) -> Iterator[Mention]:
    """ICD-9-CM codes in a text that speaks of that system, or of turning a code into another."""
    if re.search(
        r"\bICD[-\s]?9|\b(?:convert|crosswalk|translate|map)\w*\b.*\bICD[-\s]?10|ICD[-\s]?10(?:-CM)?\s+(?:equivalent|for)\b", text, re.I
    ):
        for match in _ICD9.finditer(text):
            yield Mention(ICD9CM, match[1].upper(), match.start(), match.end())


def named(text: str, known: Known) -> list[Mention]:
    """Find everything a text names, in order: codes by their grammar, and beside them codes of numbered systems.

    A number with its system's name before it is that system's ('RARC N130' is no ICD-10-CM code N13.0), on file or not; a bare one
    counts where it is on file and is nothing else.
    """
    spoken = [mention for mention, said in _each(text) if said]
    first = _apart([*_packages(text), *spoken])
    codes = [*mentions(text, known), *_old_diagnoses(text)]
    bare = numbered(text, known)
    wellformed = [item for item in codes if item.wellformed]
    return sorted(_apart([*first, *wellformed, *bare, *codes]), key=lambda mention: mention.start)


def _apart(found: Iterable[Mention]) -> list[Mention]:
    """Without those that overlap an earlier one."""
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return kept


def ranges(text: str) -> list[tuple[str, str, str]]:
    """Find code ranges such as 99202–99215 as (system, first, last); both ends of one system and length."""
    found = []
    for match in _RANGE.finditer(text):
        first, last = match[1].upper(), match[2].upper()
        if len(first) != len(last) and first[:1].isalpha():  # J1459-1599
            last = first[: len(first) - len(last)] + last
        system = system_of(first)
        if system in (CPT, HCPCS) and system == system_of(last) and first < last:
            found.append((system, first, last))
    return found


def icd9_mentions(text: str) -> list[str]:
    """Find codes in ICD-9-CM notation; for texts that say they hold diagnosis codes."""
    return [match[1] for match in _ICD9.finditer(text)] if re.search(r"ICD[-\s]?9|diagnos|E\d{3}\.\d", text, re.I) else []
