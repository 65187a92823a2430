"""Serve the page over a made-up Tabular List and NCCI tables; run by tests/test_desks_page.py as a process of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant.settings import quiet_libraries

quiet_libraries()

from fakes import BagEncoder
from test_claims import MADE_UP, table

from assistant.store import Store
from assistant.web.doors import Site
from assistant.web.server import serve
from corpus import ingest
from corpus.model import Pair, Reading, Unit
from index import encoders
from index.library import Library

encoders.load = lambda name, cache: BagEncoder()
home = Path(sys.argv[1])
home.mkdir(parents=True)
(home.parent / "starter").mkdir()
ingest.STARTER = home.parent / "starter"
(ingest.STARTER / "start.md").write_text("---\nid: start\ntitle: Made-up start\nkind: reference\n---\nA made-up text.\n", encoding="utf-8")
tabular = home.parent / "tabular.xml"
tabular.write_text(MADE_UP, encoding="utf-8")
ingest.embedded_icd10cm = lambda: tabular
library = Library(home, "bag-of-words")
library.prepare()
library.catalog.put(Reading(table("pairs", "practitioner"), pairs=(Pair("90001", "90002", "1", "made up"),)))
library.catalog.put(Reading(table("units", "practitioner"), units=(Unit("90001", 2, "2"), Unit("90002", 9, "3"))))
library.freshen()
serve(library, Store.open(library.home), Site(port=int(sys.argv[2])), print)
