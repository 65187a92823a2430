"""Records of answers given where no store is open: each is a file of the home until the store that is opened next takes it in."""

import json
import secrets
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from assistant.records import Record

FOLDER = "records"  # in the home


def lay_down(home: Path, record: Record) -> str:
    """Keep a record; its id, or nothing where the home cannot be written: that stops no answer."""
    name = secrets.token_hex(16)
    path = home / FOLDER / f"{name}.json"
    try:
        path.parent.mkdir(exist_ok=True)
        text = json.dumps({"made": datetime.now(UTC).isoformat(), "record": asdict(record)}, default=str)
        path.with_suffix(".part").write_text(text, encoding="ascii")
        path.with_suffix(".part").replace(path)
    except OSError:
        return ""
    return name
