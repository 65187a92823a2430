"""What the environment says, read once where a program begins."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, which encoder reads it, where the page listens, who writes answers where nobody says, where chats are kept."""

    home: Path
    encoder: str
    host: str
    port: int
    model: str
    store: str = ""  # the address of a database, as SQLAlchemy writes it; none for a file in the home

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read CODECITE_HOME, _ENCODER, _HOST, _PORT, _MODEL and _STORE; an empty one is as good as none.

        Raises ValueError where the port is none.
        """
        try:
            port = port_of(os.environ.get("CODECITE_PORT") or "7860")
        except ValueError as error:
            raise ValueError(f"CODECITE_PORT: {error}") from None
        home = os.environ.get("CODECITE_HOME") or platformdirs.user_data_dir("codecite", appauthor=False)
        return cls(
            home=Path(home).expanduser(),
            encoder=os.environ.get("CODECITE_ENCODER") or "all-MiniLM-L6-v2",
            host=os.environ.get("CODECITE_HOST") or "127.0.0.1",
            port=port,
            model=os.environ.get("CODECITE_MODEL") or "quote",
            store=os.environ.get("CODECITE_STORE") or "",
        )


def port_of(text: str) -> int:
    """A port as a number; ValueError where a program cannot listen on it."""
    if text.isdecimal() and len(text) < 10 and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise ValueError(f"{text!r} is no port: write a number from 1 to {LAST_PORT}, such as 7860.")


def quiet_libraries() -> None:
    """Switch off the telemetry and the update checks of every library, before any is imported."""
    for name, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "LANGCHAIN_TRACING_V2": "false",
        "LANGSMITH_TRACING": "false",
    }.items():
        os.environ[name] = value
