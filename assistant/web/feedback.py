"""Likes and dislikes, kept in the home, a line each."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path


class Feedback:
    """Append what people think of answers to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def keep(self, question: str, answer: str, liked: bool | str) -> None:
        """Write one opinion down; a dislike may carry its reason as the component gives it."""
        good = liked if isinstance(liked, bool) else liked.lower() == "like"
        row = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "liked": good, "question": question, "answer": answer}
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
