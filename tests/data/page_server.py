"""Serve the page over a home filled from a folder; run by tests/test_page.py as a process of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant.settings import quiet_libraries

quiet_libraries()

from fakes import BagEncoder

from assistant.store import Store
from assistant.web.doors import Site
from assistant.web.server import serve
from index import encoders
from index.library import Library

encoders.load = lambda name, cache: BagEncoder()
library = Library(Path(sys.argv[1]), "bag-of-words")
library.prepare()
for path in sorted(Path(sys.argv[2]).iterdir()):
    outcome = library.add(path)
    assert outcome.status in ("added", "replaced", "unchanged"), outcome
serve(library, Store.open(library.home), Site(port=int(sys.argv[3])), print)
