"""What a language model is told: its rules, the question, and the evidence as numbered data that cannot speak for itself."""

from collections.abc import Sequence
from html import escape

import prompts
from assistant.answer import Evidence, Question

CHARACTERS = 3  # a token stands for at least so many; codes and figures take more tokens than prose


def briefing(question: Question, evidence: Sequence[Evidence], tokens: int) -> list[tuple[str, str]]:
    """The rules, then the question with as much of the evidence as a model can read; of the person's words, the cleaned ones alone."""
    rules = prompts.render("write")
    room = tokens * CHARACTERS - len(rules) - len(_asked(question, ""))
    return [("system", rules), ("human", _asked(question, numbered(evidence, room)))]


def _asked(question: Question, passages: str) -> str:
    return prompts.render("asked", question=_data(question.standalone), limits=_limits(question), passages=passages)


def numbered(evidence: Sequence[Evidence], room: int) -> str:
    """Evidence as data, up to so many characters: whole where it fits and was not shown before, else its own sentence."""
    blocks: list[str] = []
    shown: set[str] = set()
    for item in first_of_each(evidence).values():
        said = " ".join((item.say or item.quote).split())
        whole = item.text if said in item.text else f"{said}\n{item.text}"
        fitting = [text for text in ([] if item.text in shown else [whole]) + [said] if len(_block(item, text)) < room]
        if fitting:
            blocks.append(_block(item, fitting[0]))
            room -= len(blocks[-1]) + 1
            shown.add(item.text)
    return "\n".join(blocks)


def first_of_each(evidence: Sequence[Evidence]) -> dict[int, Evidence]:
    """The evidence by its numbers; the first of a number speaks for it."""
    found: dict[int, Evidence] = {}
    for item in evidence:
        found.setdefault(item.number, item)
    return found


def _block(item: Evidence, text: str) -> str:
    """One passage between marks that its text cannot write."""
    source, document = item.source, item.document
    described = {
        "title": document.title,
        "source": source.title,
        "edition": source.edition,
        "from": document.effective or source.effective,
        "to": document.ended or source.ended,
        "payer": document.payer or source.payer,
        "place": item.locator,
    }
    named = "".join(f' {name}="{_data(str(value)).replace(chr(34), "&quot;")}"' for name, value in described.items() if value)
    return f'<passage number="{item.number}"{named}>\n{_data(text)}\n</passage>'


def _data(text: str) -> str:
    return escape(text, quote=False)


def _limits(question: Question) -> str:
    """What the question is asked for, in words."""
    limits = {
        "Date of service": question.on,
        "Payer": question.payer,
        "State": question.state,
        "Setting": question.setting,
        "Units": question.units,
        "Age of the patient": question.age,
    }
    return "\n".join(f"{name}: {_data(str(value))}" for name, value in limits.items() if value is not None)
