"""Homes that tests share: a small made-up one, and the real one built from the public files."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fakes import BagEncoder
from filelock import FileLock
from postgres import cluster, emptied
from programs import environment, served
from tables import need

os.environ["HF_HUB_OFFLINE"] = "1"

from fastapi import APIRouter, FastAPI

from assistant.store import Store
from assistant.store import people as store_people
from assistant.web.doors import Guard, Site
from index import encoders
from index.library import Library

STARTER_LIKE = """---
id: cpt-00000
title: CPT 90001 – made-up vaccine for tests
kind: code
codes: ["90001"]
names: [testvax]
payer: null
jurisdiction: US
effective: 2001-01-01
ended: null
sources:
  - {publication: Made-up table, publisher: Nobody, section: row 1, address: "https://example.org/table"}
---
CPT 90001 is a made-up vaccine against test fever, injected into a muscle.

## Administration
Giving 90001 is reported with 90002.

## Medicare
Medicare covers 90001 only after exposure to test fever.

## Dates
90001 begins on 2001-01-01.

## Not in these sources
Prices of 90001.
"""
ENDED = STARTER_LIKE.replace("90001", "90009").replace("ended: null", "ended: 2010-12-31").replace("cpt-00000", "cpt-00009")
ENDED = ENDED.replace("90009 begins on 2001-01-01.", "90009 was valid from 2001-01-01 to 2010-12-31.").replace("testvax", "oldvax")
POLICY = """---
id: policy-acme
title: Acme policy on test fever vaccine
kind: policy
codes: ["90001"]
payer: Aetna
jurisdiction: US
effective: null
ended: null
sources: []
---
Acme covers the test fever vaccine 90001 for travellers; this policy is undated.
"""
HCPCS = """code,long_description,short_description,coverage_code,add_date,term_date
J9901,"Injection, madeupumab, 10 mg",Madeupumab inj,D,20200101,
J9902,"Injection, formerumab, 5 mg",Formerumab inj,C,20100101,20191231
"""
TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version>
<chapter><name>1</name><desc>Made-up diseases (A00-A99)</desc>
<section id="A10-A19"><desc>Test fevers (A10-A19)</desc>
<diag><name>A11</name><desc>Test fever</desc>
  <excludes2><note>laboratory fatigue (A12.-)</note></excludes2>
  <useAdditionalCode><note>code to identify the test using:</note><note>unit test (Z99.1)</note></useAdditionalCode>
  <diag><name>A11.0</name><desc>Test fever with rash</desc><inclusionTerm><note>Red test fever</note></inclusionTerm></diag>
  <diag><name>A11.9</name><desc>Test fever, unspecified</desc></diag>
</diag>
<diag><name>A12</name><desc>Laboratory fatigue</desc>
  <excludes1><note>test fever (A11.-)</note></excludes1>
  <sevenChrNote><note>A 7th character is to be added to each code from category A12</note></sevenChrNote>
  <sevenChrDef><extension char="A">initial encounter</extension><extension char="D">subsequent encounter</extension></sevenChrDef>
  <diag><name>A12.1</name><desc>Laboratory fatigue of the left hand</desc></diag>
</diag>
</section></chapter></ICD10CM.tabular>
"""
GUIDE = """# Guide to test fever

## Sequencing
When test fever and laboratory fatigue are both present, test fever is sequenced first.

## Reporting
A modifier indicator of 0 means that no modifier bypasses the made-up edit.
"""


def write_corpus(folder: Path) -> list[Path]:
    """Write the made-up files in the layouts their real models have."""
    texts = {
        "cpt-90001.md": STARTER_LIKE,
        "cpt-90009.md": ENDED,
        "policy-acme.md": POLICY,
        "HCPC2026_JAN_made_up.csv": HCPCS,
        "icd10c-tabular-April-1-2026.xml": TABULAR,
        "guide.md": GUIDE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def open_library(home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library whose encoder is the bag of words."""
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())
    return Library(home, "bag-of-words")


def guarded(views: APIRouter, store: Store, **site: Any) -> FastAPI:
    """Views behind the guard, as the page serves them."""
    app = FastAPI()
    app.add_middleware(Guard, site=Site(**site), store=store)
    app.include_router(views, prefix="/view")
    return app


@pytest.fixture(scope="module")
def quick_hashes() -> Iterator[None]:
    """The same hash of passwords at a fraction of its cost, for tests that are not about it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_people, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)))
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="session")
def small_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The made-up corpus, added and encoded; for reading only."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "in").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        library = open_library(folder / "home", patch)
        for path in write_corpus(folder / "in"):
            assert library.add(path).status == "added", path
        for _ in library.fill():
            pass
    return library


@pytest.fixture(scope="session")
def program(small_library: Library, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which processes of the command line work on a copy of the small home."""
    return environment(small_library, tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="session")
def page(program: dict[str, str]) -> Iterator[str]:
    """The address of `codecite chat` over the small home, in a process of its own."""
    with served(program) as address:
        yield address


def shared_home(factory: pytest.TempPathFactory) -> Path:
    """Where the real home is built: CODECITE_TEST_HOME keeps it between runs, else the workers of a run share one."""
    if kept := os.environ.get("CODECITE_TEST_HOME"):
        return Path(kept)
    return factory.getbasetemp().parent / "real" if "PYTEST_XDIST_WORKER" in os.environ else factory.mktemp("real")


@pytest.fixture(scope="session")
def real_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The embedded default with the NCCI manual, the guidelines and HCPCS, under the real encoder; for reading only.

    The worker that comes first builds it, the others wait.
    """
    files = (
        "ncci/2026_ncci_medicare_policy_manual_all-chapters.pdf",
        "icd10cm/fy-2025-icd-10-cm-coding-guidelines.pdf",
        "hcpcs/HCPC2026_JAN_ANWEB.xlsx",
    )
    paths = [need(name) for name in files]
    home = shared_home(tmp_path_factory)
    home.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home.with_suffix(".lock")):
        library = Library(home, encoders.DEFAULT)
        library.prepare()
        for path in paths:
            assert library.add(path).status in ("added", "replaced", "unchanged")
        for _ in library.fill():
            pass
    return library


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL."""
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database nobody has used: none for the SQLite file of the home, which is the default."""
    return emptied(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""


@pytest.fixture
def store(home: Path, database: str) -> Iterator[Store]:
    """What is kept, over each kind of database."""
    opened = Store.open(home, database)
    yield opened
    opened.close()
