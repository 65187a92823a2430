"""Answer a file of questions, one JSON object a line, without loading anything twice."""

import json
from codecs import BOM_UTF8
from datetime import date
from pathlib import Path
from typing import Any

from assistant import quote
from assistant.answer import Turn
from assistant.chat import ask, guard
from assistant.writing import Writer
from index.library import Library

Asked = dict[str, Any]


def _asked(line: bytes) -> Asked:
    try:
        asked = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1} of the line)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(asked, dict):
        raise ValueError("no `question`: each line is an object with a string `question`")
    return asked


def _named(asked: Asked) -> Asked:
    """The `id`, where there is one."""
    name = asked.get("id")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int)):
        raise ValueError("`id` must be a string or an integer")
    return {} if name is None else {"id": name}


def _text(asked: Asked, name: str) -> str:
    """A field that is a string where it is given."""
    value = asked.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{name}` must be a string")
    return value or ""


def _day(asked: Asked) -> date | None:
    text = _text(asked, "date_of_service")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"`date_of_service` {text!r} is not a day (write YYYY-MM-DD)") from None


def _turns(asked: Asked) -> list[Turn]:
    history = asked.get("history")
    if history is None:
        return []
    if not isinstance(history, list) or not all(isinstance(turn, dict) and {"role", "content"} <= set(turn) for turn in history):
        raise ValueError("`history` must be a list of objects with `role` and `content`")
    return [Turn(_text(turn, "role"), _text(turn, "content")) for turn in history]


def _given(asked: Asked) -> Asked:
    """What is set beside the question."""
    if not isinstance(asked.get("question"), str):
        raise ValueError("no `question`: each line is an object with a string `question`")
    given = {"on": _day(asked)} | {name: _text(asked, name) for name in ("payer", "state", "setting")}
    return {"turns": _turns(asked)} | {name: value for name, value in given.items() if value}


def _answered(line: bytes, library: Library, write: Writer) -> Asked:
    """One line in, one object out; a line that cannot be read becomes an object with `error`."""
    named: Asked = {}
    try:
        asked = _asked(line)
        named = _named(asked)
        given = _given(asked)
    except ValueError as error:
        return named | {"error": str(error)}
    except RecursionError:
        return {"error": "not JSON that can be read: it is nested too deeply"}
    try:
        return named | ask(asked["question"], library, write=write, **given).as_json()
    except Exception as error:  # the run goes on
        return named | {"error": guard(error)}


def run(questions: Path, answers: Path, library: Library, write: Writer = quote.write) -> int:
    """Answer every line of a file in order and return how many could not be.

    Raises ValueError where both are the same file.
    """
    failed = 0
    with questions.open("rb") as asked:
        if answers.exists() and answers.samefile(questions):
            raise ValueError(f"{answers} holds the questions: name another file for the answers.")
        with answers.open("w", encoding="utf-8") as written:
            for line in asked:
                if line := line.removeprefix(BOM_UTF8).strip():
                    answer = _answered(line, library, write)
                    failed += "error" in answer
                    written.write(json.dumps(answer) + "\n")
                    written.flush()
    return failed
