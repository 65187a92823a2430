"""What the environment says, read once where a program begins."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, which encoder reads it, where the page listens."""

    home: Path
    encoder: str
    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read CODECITE_HOME, CODECITE_ENCODER, CODECITE_HOST and CODECITE_PORT.

        Raises ValueError where the port is not a number.
        """
        port = os.environ.get("CODECITE_PORT", "7860")
        if not port.isdigit():
            raise ValueError(f"CODECITE_PORT is {port!r}: it must be a number such as 7860.")
        home = os.environ.get("CODECITE_HOME") or platformdirs.user_data_dir("codecite", appauthor=False)
        return cls(
            home=Path(home).expanduser(),
            encoder=os.environ.get("CODECITE_ENCODER", "all-MiniLM-L6-v2"),
            host=os.environ.get("CODECITE_HOST", "127.0.0.1"),
            port=int(port),
        )


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
