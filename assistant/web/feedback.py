"""Likes and dislikes, kept in the home, a line each."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

from assistant.personal import withhold


class Feedback:
    """Append what people think of answers to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def keep(self, question: str, answer: str, liked: bool | str) -> None:
        """Write one opinion down without personal data; a dislike may carry its reason as the component gives it."""
        good = liked if isinstance(liked, bool) else liked.lower() == "like"
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = {"at": at, "liked": good, "question": withhold(question).marked, "answer": withhold(answer).marked}
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
