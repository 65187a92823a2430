"""A made-up library with everything a sheet shows: pairs, units, add-on codes, fees, drugs, coverage, and hostile text in each."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from conftest import GUIDE, open_library, write_corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.history import CONVERSION
from assistant.web.lookup_views import lookup_views
from corpus.codes import NDC
from corpus.model import AddOn, Code, Entry, Pair, Reading, Source, Unit
from corpus.readers.drugs import ASP, CROSSWALK
from corpus.readers.fees import GPCI, LOCALITY, OPPS, PFS
from index.library import Library

ON = date(2026, 11, 24)
HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>\"'{{7*7}}"
BEGINS = date(2026, 1, 1)


def table(publication: str, name: str = "", **more: object) -> Source:
    """A made-up edition of 2026."""
    key, dates = name or publication, {"effective": BEGINS} | more
    return Source(key, f"{key}, 2026", publication, "made up", publication, "CMS", "2026", payer="Medicare", digest=key, **dates)  # type: ignore[arg-type]


def scheduled(code: str, status: str = "A", **cells: str) -> Entry:
    """A row of the fee schedule."""
    held = {
        "status": status,
        "work RVU": "1.00",
        "non-facility PE RVU": "1.50",
        "facility PE RVU": "0.50",
        "malpractice RVU": "0.10",
        "conversion factor": "30.0000",
        "global days": "010",
        "bilateral surgery indicator": "1",
        "PC/TC indicator": "0",
    }
    return Entry("CPT", code, "", tuple((held | cells).items()))


def readings() -> list[Reading]:
    """Tables about the codes of tests/conftest.py and about many more pairs than a page holds."""
    many = tuple(Pair("90001", f"{code}", "1", "Made-up reason") for code in range(91000, 91060))
    hard = (Pair("J9901", "90001", "0", HOSTILE), Pair("90001", "90009", "1", "", "2001-01-01", "2010-12-31"))
    texts = (Code("CPT", "90003", HOSTILE, date(2001, 1, 1)), Code("CPT", "90004", "", attributes=(("category", "Made-up › Things"),)))
    codes = (
        *texts,
        Code("POS", "11", "Made-up office"),
        Code("POS", "12", "Made-up home"),
        Code("modifier", "59", "made-up distinct service"),
    )
    here = (("locality name", "Made-up bay"), ("work GPCI", "1.100"), ("PE GPCI", "1.200"), ("malpractice GPCI", "0.900"))
    package = (("NDC", "00001-0002-03"), ("drug name", "Testvax"), ("dosage", "0.5 ML"))
    before = (("current code", "A11.9"), ("previous code", "A10.1"), ("effective", "2020-10-01"))
    return [
        Reading(table("Made-up codes", effective=BEGINS), codes=codes),
        Reading(table("NCCI PTP edits", "PTP practitioner", setting="practitioner"), pairs=(*many, *hard)),
        Reading(
            table("NCCI PTP edits 2", "PTP hospital", setting="outpatient hospital"),
            pairs=(Pair("90001", "91000", "0", "Hospital reason"),),
        ),
        Reading(table("Medicare MUE", "MUE practitioner", setting="practitioner"), units=(Unit("90001", 2, "2", "Made-up policy"),)),
        Reading(table("Medicare MUE 2", "MUE supplier", setting="DME supplier"), units=(Unit("90001", 0, "3"),)),
        Reading(table("NCCI add-on code edits"), addons=(AddOn("90003", "90001", "1"), AddOn("90001", "90004", "3"))),
        Reading(table(PFS), entries=(scheduled("90001"), scheduled("90003", "I"))),
        Reading(table(GPCI), codes=(Code(LOCALITY, "CA 18", "Made-up bay", parent="CA"),), entries=(Entry(LOCALITY, "CA 18", "", here),)),
        Reading(
            table(OPPS), entries=(Entry("CPT", "90001", "", (("status indicator", "S"), ("APC", "5691"), ("payment rate", "$44.10"))),)
        ),
        Reading(table(ASP), entries=(Entry("CPT", "90001", "", (("dosage", "0.5 ML"), ("payment limit", "12.345"))),)),
        Reading(
            table(CROSSWALK),
            entries=(
                Entry("CPT", "90001", "00001-0002-03", package),
                Entry(NDC, "00001000203", "90001", (("code", "CPT 90001"), *package)),
            ),
        ),
        Reading(table(CONVERSION), entries=(Entry("ICD-10-CM", "A11.9", "", before), Entry("ICD-10-CM", "A10.1", "", before))),
        Reading(table("LCDs: codes"), entries=(Entry("HCPCS", "J9901", "", (("document", "L33333"),)),)),
    ]


def filled(folder: Path) -> Library:
    """The library, opened with the bag of words."""
    (folder / "in").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        library = open_library(folder / "home", patch)
        paths = write_corpus(folder / "in")
        paths[-1].write_text(GUIDE + f"\n## Hostile\nCPT 90001 is named beside {HOSTILE} here.\n", encoding="utf-8")
        for path in paths:
            assert library.add(path).status == "added", path
        for reading in readings():
            library.catalog.put(reading)
        library.keywords.sync(library.catalog)
        library.freshen()
        for _ in library.fill():
            pass
    return library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return filled(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(lookup_views(library), prefix="/view")
    with TestClient(app) as opened:
        yield opened
