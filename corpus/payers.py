"""The payers people name, and what documents call them."""

import re
from typing import NamedTuple

PAYERS = {  # how people write a payer → the name documents carry
    "Medicare": r"medicare|cms\b(?![\s-]*1500)|part\s+[abd]\b",
    "Medicaid": r"medicaid|medi-cal\b|masshealth|tenncare",
    "UnitedHealthcare": r"uhc|united\s*health\s*care|united\s*healthcare|optum|golden\s+rule|surest\b",
    "Aetna": r"aetna",
    "Cigna": r"cigna|evernorth",
    "Blue Cross Blue Shield": r"bcbs\w*|b(?:lue)?\s*c(?:ross)?\s*/\s*b(?:lue)?\s*s(?:hield)?\b|blue\s*(?:cross|shield)|anthem|highmark"
    r"|wellmark|carefirst|premera|regence|horizon\s+blue|florida\s+blue|hcsc\b|independence\s+blue|elevance",
    "Humana": r"humana",
    "Tricare": r"tri-?care|champus",
    "Veterans Affairs": r"veterans\s+(?:affairs|health)|champva|va\s+(?:benefits|community\s+care|ccn|claims?|health|payer)\b",
    "Kaiser Permanente": r"kaiser",
    "Centene": r"centene|well\s?care\b(?!\s+(?:visit|exam|check))|ambetter|health\s*net\b|superior\s*health\s*plan|peach\s+state\s+health",
    "Molina": r"molina",
    "Oscar": r"oscar(?:\s+health|\s+insurance)?\b(?!\s+(?:winner|award))",
}
PROGRAMMES = ("Medicare", "Medicaid", "Tricare")  # named in everybody's documents; the others name themselves
_NAMED = {name: re.compile(rf"\b(?:{pattern})", re.I) for name, pattern in PAYERS.items()}


class Named(NamedTuple):
    """A payer or a place as a text names it."""

    name: str
    start: int
    end: int


def payers_in(text: str) -> list[Named]:
    """Every payer a text names, in order."""
    found = [Named(name, match.start(), match.end()) for name, pattern in _NAMED.items() for match in pattern.finditer(text)]
    return sorted(found, key=lambda payer: payer.start)


def payer_in(text: str) -> str | None:
    """The payer a text names; a commercial name beside 'Medicare' wins, since it says whose Medicare plan."""
    named = dict.fromkeys(payer.name for payer in payers_in(text))
    own = [name for name in named if name not in PROGRAMMES]
    return next(iter([*own, *(name for name in named if name != "Medicare"), *named]), None)


def payer_named(text: object) -> str | None:
    """The name documents carry for a payer as typed into a form; the text itself where it is not known."""
    return (payer_in(text) or text.strip()) if isinstance(text, str) and text.strip() else None
