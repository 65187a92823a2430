"""The command line in a process of its own, with the bag-of-words encoder; it needs the repository and tests/ on its path.

CLI_TABULAR names a Tabular List to embed in place of the packaged one, CLI_STARTER a folder of starter documents.
CLI_PAUSE names a step to stand still in, once it has begun, so that a test can interrupt it there.
"""

import os
import time
from pathlib import Path
from typing import Any

from fakes import BagEncoder

from assistant import cli
from corpus import catalog, ingest
from index import encoders, keywords

STEPS = {
    "read": (ingest, "read"),
    "starter": (ingest, "read_starter"),
    "write": (catalog.Catalog, "_put_document"),
    "index": (keywords.Keywords, "_write"),
    "encode": (BagEncoder, "encode"),
}


def pause_in(owner: Any, name: str) -> None:
    """Say `paused` on standard output after the step's own work, and wait to be interrupted."""
    real = getattr(owner, name)

    def paused(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        print("paused", flush=True)
        time.sleep(60)
        return result

    setattr(owner, name, staticmethod(paused) if isinstance(owner.__dict__[name], staticmethod) else paused)


encoders.load = lambda name, cache: BagEncoder()
if tabular := os.environ.get("CLI_TABULAR"):
    ingest.embedded_icd10cm = lambda: Path(tabular)
if starter := os.environ.get("CLI_STARTER"):
    ingest.STARTER = Path(starter)
if step := os.environ.get("CLI_PAUSE"):
    pause_in(*STEPS[step])
cli.main()
