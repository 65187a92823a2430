"""Answer a file of questions, one JSON object a line, without loading anything twice."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answer import Turn
from assistant.chat import ask, guard
from index.library import Library


def _day(text: object) -> date | None:
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise ValueError("`date_of_service` must be a string such as 2026-01-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`date_of_service` {text!r} is not a day (write YYYY-MM-DD)") from None


def _turns(history: object) -> list[Turn]:
    if history is None:
        return []
    if not isinstance(history, list) or not all(isinstance(turn, dict) and {"role", "content"} <= set(turn) for turn in history):
        raise ValueError("`history` must be a list of objects with `role` and `content`")
    return [Turn(str(turn["role"]), str(turn["content"])) for turn in history]


def _asked(line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
        raise ValueError("no `question`: each line is an object with a string `question`")
    return asked


def _answered(line: str, library: Library) -> dict[str, Any]:
    """One line in, one object out; a line that cannot be read becomes an object with `error`."""
    named: dict[str, Any] = {}
    try:
        asked = _asked(line)
        named = {"id": asked["id"]} if "id" in asked else {}
        given = {"on": _day(asked.get("date_of_service")), "payer": asked.get("payer"), "state": asked.get("state")}
        answer = ask(asked["question"], library, turns=_turns(asked.get("history")), **{k: v for k, v in given.items() if v})
        return named | answer.as_json()
    except ValueError as error:
        return named | {"error": str(error)}
    except Exception as error:  # the run goes on
        return named | {"error": guard(error)}


def run(questions: Path, answers: Path, library: Library) -> int:
    """Answer every line of a file in order and return how many could not be."""
    failed = 0
    with questions.open(encoding="utf-8", errors="replace") as asked, answers.open("w", encoding="utf-8") as written:
        for line in asked:
            if not line.strip():
                continue
            answer = _answered(line, library)
            failed += "error" in answer
            written.write(json.dumps(answer, ensure_ascii=False) + "\n")
            written.flush()
    return failed
