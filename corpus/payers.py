"""The payers people name, and what documents call them."""

import re

PAYERS = {  # how people write a payer → the name documents carry
    "Medicare": r"medicare|cms|part\s+[abd]\b",
    "Medicaid": r"medicaid",
    "UnitedHealthcare": r"uhc|united\s*health\s*care|united\s*healthcare|optum",
    "Aetna": r"aetna",
    "Cigna": r"cigna",
    "Blue Cross Blue Shield": r"bcbs|blue\s*cross|anthem",
    "Humana": r"humana",
    "Tricare": r"tricare",
}
PROGRAMMES = ("Medicare", "Medicaid", "Tricare")  # named in everybody's documents; the others name themselves


def payer_in(text: str) -> str | None:
    """The payer a text names; a commercial name beside 'Medicare' wins, since it says whose Medicare plan."""
    named = [name for name, pattern in PAYERS.items() if re.search(rf"\b(?:{pattern})", text, re.I)]
    return next((name for name in reversed(named) if name != "Medicare"), named[0] if named else None)


def payer_named(text: object) -> str | None:
    """The name documents carry for a payer as typed into a form; the text itself where it is not known."""
    return (payer_in(text) or text.strip()) if isinstance(text, str) and text.strip() else None
