"""The grammar of code systems: which words of a text are codes, of which system, and how they are written.

CPT: five characters, the last of category II, III, PLA and MAAA codes a letter (AMA, CPT code set structure).
HCPCS Level II: a letter A–V and four digits (CMS HCPCS coding procedures). ICD-10-CM: three to seven characters,
a dot after the third (Official Guidelines, Section I.A.2). Modifiers: two characters.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CPT, HCPCS, ICD10CM, ICD9CM, MODIFIER = "CPT", "HCPCS", "ICD-10-CM", "ICD-9-CM", "modifier"
ICD10PCS, POS, CARC, RARC, REVENUE, MSDRG, HCC = "ICD-10-PCS", "POS", "CARC", "RARC", "revenue code", "MS-DRG", "HCC"
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
    r"\bmod(?:ifier)?s?\b[\s:#-]*((?:(?:[A-Z][A-Z0-9]|\d[A-Z0-9])\b(?:\s*(?:,|/|&|\band\b|\bor\b|\bvs\.?|\bversus\b)\s*)*)+)", re.I
)
_APPENDED = re.compile(r"\b[0-9A-Z]\d{3}[0-9A-Z]((?:-[A-Z0-9]{2})+)(?![\w-])", re.I)
_BARE_MODIFIER = re.compile(r"(?<![\w.$])(X[EPSU]|G[AXYZ]|J[WZ]|[RL]T|KX)(?![\w.])")
_TWO = re.compile(r"\b([A-Z][A-Z0-9]|\d[A-Z0-9])\b", re.I)
_NOT_MODIFIERS = {"OF", "IN", "IS", "TO", "OR", "BE", "ON", "IT", "AS", "AN", "DO", "MY", "IF", "WE", "BY", "AT", "SO", "NO", "VS", "ME"}


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
            if match[1].upper() not in _NOT_MODIFIERS or match[1] == "AS":
                yield Mention(MODIFIER, match[1].upper(), group.start(1) + match.start(), group.start(1) + match.end())
    for group in _APPENDED.finditer(text):
        for match in _TWO.finditer(group[1]):
            if match[1].upper() not in _NOT_MODIFIERS:
                yield Mention(MODIFIER, match[1].upper(), group.start(1) + match.start(), group.start(1) + match.end())
    for match in _BARE_MODIFIER.finditer(text):
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
    for match in _UNDOTTED.finditer(text):
        if known(ICD10CM, dotted(match[1])):
            yield Mention(ICD10CM, dotted(match[1]), match.start(), match.end())


def mentions(text: str, known: Known = lambda system, value: False) -> list[Mention]:
    """Find the codes a text names, in order, without overlaps; `known` settles what grammar leaves open."""
    found: list[Mention] = []
    for mention in (*_prefixed(text), *_modifiers(text), *_bare(text, known)):
        if all(mention.end <= other.start or other.end <= mention.start for other in found):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


_NUMBERED = (  # systems whose codes are bare numbers: nothing but the name before them tells them
    (POS, re.compile(r"\b(?:POS|place\s+of\s+service)(?:\s+codes?)?\s*[#:]?\s*(\d{2})\b", re.I)),
    (MSDRG, re.compile(r"\b(?:MS[-\s]?)?DRG\s*[#:]?\s*(\d{3})\b", re.I)),
    (REVENUE, re.compile(r"\brev(?:enue)?\.?\s+codes?\s*[#:]?\s*(\d{3,4})\b", re.I)),
    (
        CARC,
        re.compile(
            r"\b(?:CARC|denial\s+code|(?:CO(?!2\b)(?=-?\d|\s\d{1,3}\W*(?:$|denial|mean))|PR|OA|PI)(?=[-\s]?\d))"
            r"[-\s#:]*([A-Z]?\d{1,3})\b",
            re.I,
        ),
    ),
    (RARC, re.compile(r"(?:\b(?:RARC|remark\s+codes?)[-\s#:]*|^\W*(?:what\s+(?:is|does)\s+)?)(MA?\d{1,3}|N\d{1,3})\b", re.I)),
    (CVX, re.compile(r"\bCVX(?:\s+codes?)?\s*[#:]?\s*(\d{1,3})\b", re.I)),
    (NCD, re.compile(r"\bNCD\s*[#:]?\s*(\d{1,3}(?:\.\d{1,3}){0,3})\b", re.I)),
    (LCD, re.compile(r"\b(?:LCD\s*)?(D?L\d{5})\b", re.I)),
    (ARTICLE, re.compile(r"\b(?:article\s*)?(A5\d{4})\b", re.I)),
    (ICD10PCS, re.compile(r"\b(?:PCS(?:\s+codes?)?[-\s#:]*)?([0-9B-HX][0-9A-HJ-NP-Z]{6})\b", re.I)),
)
_WIDTH = {REVENUE: 4, CVX: 2}  # digits such a code has with its leading zeros


def numbered(text: str, known: Known) -> list[Mention]:
    """Find codes of systems that have numbers for codes, as far as they are on file: 'POS 22', 'DRG 470', 'CO-16', 'NCD 240.2'."""
    found = []
    for system, pattern in _NUMBERED:
        for match in pattern.finditer(text):
            value = match[1].upper().zfill(_WIDTH.get(system, 0))
            if known(system, value):
                found.append(Mention(system, value, match.start(), match.end()))
    return found


def named(text: str, known: Known) -> list[Mention]:
    """Find what a text names: codes by their grammar, else codes of numbered systems; 'RARC N130' is no ICD-10-CM code N13.0."""
    numbers = numbered(text, known)
    spoken = [item for item in numbered(text, lambda system, value: True) if item.end - item.start > len(item.value)]

    def taken(mention: Mention) -> bool:
        others = spoken if mention.wellformed else [*spoken, *numbers]
        return any(other.start <= mention.start and mention.end <= other.end for other in others)

    return [mention for mention in mentions(text, known) if not taken(mention)] or numbers


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
