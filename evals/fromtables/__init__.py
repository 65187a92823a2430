"""Questions and right answers read off the public tables."""

from typing import Any

Made = dict[str, Any]


def place(file: str, locator: str = "") -> dict[str, str]:
    """Where an answer may rest."""
    return {"file": file, "locator": locator}


def made(name: str, category: str, question: str, **expected: Any) -> Made:
    """One line of a file of questions."""
    return {"id": name, "category": category, "question": question, **expected}
