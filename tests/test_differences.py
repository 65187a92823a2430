"""What changed between two sources, row by row."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalog import Catalog
from corpus.differences import Change, changes
from corpus.model import AddOn, Code, CorpusError, Pair, Reading, Source, Unit


def source(name: str) -> Source:
    return Source(name, name, "made up", "made up", "made up", digest=name)


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    opened = Catalog(home / "catalog.sqlite")
    yield opened
    opened.close()


def told(catalog: Catalog) -> set[tuple[str, str, str]]:
    return {(one.what, one.change, one.key) for one in changes(catalog, "a", "b")}


def test_codes_added_deleted_and_revised(catalog: Catalog) -> None:
    kept, gone = Code("HCPCS", "J9901", "one"), Code("HCPCS", "J9902", "two")
    began = date(2020, 1, 1)
    ended, revised = Code("HCPCS", "J9903", "three", began), Code("HCPCS", "J9904", "four")
    catalog.put(Reading(source("a"), codes=(kept, gone, ended, revised)))
    catalog.put(
        Reading(
            source("b"),
            codes=(
                kept,
                Code("HCPCS", "J9903", "three", began, date(2026, 1, 1)),
                Code("HCPCS", "J9904", "5"),
                Code("HCPCS", "J9905", "n"),
            ),
        )
    )
    assert list(changes(catalog, "a", "b")) == [
        Change("code", "deleted", "HCPCS J9902", "two", None),
        Change("code", "revised", "HCPCS J9903", "three · from 2020-01-01", "three · from 2020-01-01 · to 2026-01-01"),
        Change("code", "revised", "HCPCS J9904", "four", "5"),
        Change("code", "added", "HCPCS J9905", None, "n"),
    ]


@pytest.mark.parametrize("bare", [Code("CPT", "90001", "one"), Code("CPT", "90001", "", date(2020, 1, 1))])
def test_what_one_source_does_not_say_is_no_revision(catalog: Catalog, bare: Code) -> None:
    catalog.put(Reading(source("a"), codes=(bare,)))
    catalog.put(Reading(source("b"), codes=(Code("CPT", "90001", "one", date(2020, 1, 1)),)))
    assert list(changes(catalog, "a", "b")) == list(changes(catalog, "b", "a")) == []


def test_pairs_units_and_add_ons(catalog: Catalog) -> None:
    catalog.put(
        Reading(
            source("a"),
            pairs=(Pair("90001", "90002", "0"), Pair("90001", "90003", "1")),
            units=(Unit("90001", 1, "2"), Unit("90002", 1, "2")),
            addons=(AddOn("90003", "90001", "1"),),
        )
    )
    catalog.put(
        Reading(
            source("b"),
            pairs=(Pair("90001", "90002", "1"), Pair("90001", "90004", "1")),
            units=(Unit("90001", 2, "2"), Unit("90002", 1, "2")),
            addons=(AddOn("90003", "90001", "3"), AddOn("90003", "90002", "3")),
        )
    )
    assert told(catalog) == {
        ("pair", "revised", "90001/90002"),
        ("pair", "deleted", "90001/90003"),
        ("pair", "added", "90001/90004"),
        ("units", "revised", "90001"),
        ("add-on", "revised", "90003/90001"),
        ("add-on", "added", "90003/90002"),
    }


def test_a_source_does_not_differ_from_itself(catalog: Catalog) -> None:
    catalog.put(Reading(source("a"), codes=(Code("HCPCS", "J9901", "one", billable=True),), pairs=(Pair("90001", "90002", "0"),)))
    assert list(changes(catalog, "a", "a")) == []


def test_a_source_that_is_not_there_is_named(catalog: Catalog) -> None:
    catalog.put(Reading(source("a")))
    with pytest.raises(CorpusError, match="no source 'b'"):
        list(changes(catalog, "a", "b"))


values = st.dictionaries(st.sampled_from(["90001", "90002", "90003", "90004"]), st.integers(0, 3))


@given(before=values, after=values)
def test_no_change_is_lost_or_made_up(tmp_path_factory: pytest.TempPathFactory, before: dict[str, int], after: dict[str, int]) -> None:
    catalog = Catalog(tmp_path_factory.mktemp("diff") / "catalog.sqlite")
    for name, held in (("a", before), ("b", after)):
        catalog.put(Reading(source(name), units=tuple(Unit(code, count, "2") for code, count in held.items())))
    expected = {("units", "deleted", code) for code in before.keys() - after.keys()}
    expected |= {("units", "added", code) for code in after.keys() - before.keys()}
    expected |= {("units", "revised", code) for code in before.keys() & after.keys() if before[code] != after[code]}
    assert told(catalog) == expected
    catalog.close()
