"""Commands that read what is on file: sources with their age, what changed between editions, one code, the codes of a claim."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import open_library
from test_cli import Run, the_line, with_starter
from typer.testing import CliRunner

from assistant import cli, listing
from corpus.codes import CPT, CVX, HCPCS, ICD10CM, MSDRG, POS
from corpus.model import AddOn, Code, Entry, Pair, Reading, Source, Unit

TODAY = date(2026, 11, 21)
PTP = "NCCI PTP edits, practitioner"
OLD, NEW = "ptp-2024-07", "ptp-2026-10"


def source(name: str, publication: str, begins: date | None, **more: Any) -> Source:
    edition = f"{begins:%B %Y}" if begins else None
    return Source(
        name, f"{publication}, {edition}", publication, "made up", "made up", "CMS", edition, effective=begins, digest=name, **more
    )


def readings() -> list[Reading]:
    kept = tuple(Pair("90001", f"9{at:04}", "1") for at in range(100, 103))
    gone = tuple(Pair("90001", f"9{at:04}", "1") for at in range(200, 250))
    listed = tuple(Code(CPT, f"9000{at}", f"made-up service {at}", date(2001, 1, 1)) for at in range(1, 5))
    ended = Code(HCPCS, "J9902", "made-up drug", date(2010, 1, 1), date(2019, 12, 31))
    manual = source("manual", "NCCI Policy Manual for Medicare", date(2024, 1, 1), ended=date(2024, 12, 31), file="manual.pdf")
    return [
        Reading(source(OLD, PTP, date(2024, 7, 1), setting="practitioner", payer="Medicare"), pairs=(*kept, *gone)),
        Reading(
            source(NEW, PTP, date(2026, 10, 1), setting="practitioner"),
            pairs=(Pair("90001", "90002", "0"), Pair("90003", "90001", "1"), Pair("90001", "90100", "0"), *kept[1:]),
            units=(Unit("90001", 3, "2"),),
            addons=(AddOn("90004", "90002", "1"),),
        ),
        Reading(manual),
        Reading(source("july", PTP, date(2026, 7, 1)), units=(Unit("90002", 1, "3"),)),
        Reading(source("undated", PTP, None)),
        Reading(source("payer", "Somebody's policy", date(2010, 1, 1)), codes=(*listed, ended)),
        Reading(
            source("small", "Made-up numbers", None),
            codes=(
                Code(POS, "22", "Made-up place"),
                Code(CVX, "22", "Made-up vaccine"),
                Code(ICD10CM, "A11", "Test fever", billable=False),
            ),
            entries=(Entry(POS, "22", "", (("setting", "facility"),)), Entry(MSDRG, "022", "", (("weight", "1.5"),))),
        ),
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("listing")
    with pytest.MonkeyPatch.context() as patch:
        library = open_library(folder / "home", patch)
        for reading in readings():
            library.catalog.put(reading)
        with_starter(library, folder).catalog.close()
    return folder / "home"


@pytest.fixture
def run(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over that home, on a day of ours and with room for wide tables."""

    class Day(date):
        @classmethod
        def today(cls) -> date:
            return TODAY

    for name, value in (("CODECITE_HOME", str(filled)), ("CODECITE_ENCODER", "none"), ("COLUMNS", "240")):
        monkeypatch.setenv(name, value)
    for module in (listing, cli):
        monkeypatch.setattr(module, "date", Day)
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def told(run: Run, *words: str, status: int = 0) -> Any:
    ended = run(*words, "--json")
    assert (ended.exit_code, ended.stderr) == (status, "")
    return json.loads(ended.stdout)


# Sources


def test_every_source_has_its_age_its_counts_and_its_dates(run: Run) -> None:
    rows = {row["source_id"]: row for row in told(run, "sources")["sources"]}
    ages = {name: (rows[name]["age"], rows[name]["overdue"]) for name in rows if name not in ("starter", "small")}
    assert ages == {
        OLD: ("9 quarters old", True),
        NEW: ("0 quarters old", False),
        "july": ("1 quarter old", False),  # one edition behind is not yet overdue
        "manual": ("2 years old", True),
        "undated": (None, False),
        "payer": (None, False),  # however old: nobody knows how often it appears
    }
    counted = (OLD, NEW, "july", "manual", "small")
    assert [rows[name]["rows"] for name in counted] == [53, 7, 1, 0, 2]
    assert (rows["payer"]["codes"], rows["starter"]["passages"] > 0) == (5, True)
    dated = ("edition", "effective", "ended", "payer", "setting", "digest")
    assert [rows[OLD][key] for key in dated] == ["July 2024", "2024-07-01", None, "Medicare", "practitioner", OLD]
    assert (rows["manual"]["ended"], rows["manual"]["source_file"]) == ("2024-12-31", "manual.pdf")


def test_people_see_a_warning_at_what_is_overdue_alone(run: Run) -> None:
    lines = {name: line for line in run("sources").stdout.splitlines() for name in (OLD, NEW, "manual", "undated") if f" {name} " in line}
    assert "⚠ 9 quarters old" in lines[OLD]
    assert "⚠ 2 years old" in lines["manual"]
    assert "0 quarters old" in lines[NEW]
    assert "⚠" not in lines[NEW] + lines["undated"]
    assert " 53 " in lines[OLD]


# What changed


def test_a_diff_names_every_row_for_programs(run: Run) -> None:
    found = told(run, "diff", OLD, NEW)
    assert (found["before"], found["after"]) == (OLD, NEW)
    changes = {(one["what"], one["change"], one["key"]): (one["before"], one["after"]) for one in found["changes"]}
    assert changes["pair", "revised", "90001/90100"] == ("indicator 1", "indicator 0")
    assert changes["pair", "added", "90001/90002"] == (None, "indicator 0")
    assert changes["pair", "deleted", "90001/90200"] == ("indicator 1", None)
    assert changes["units", "added", "90001"] == (None, "MUE 3 · MAI 2")
    assert changes["add-on", "added", "90004/90002"] == (None, "type 1")
    assert len(changes) == len(found["changes"]) == 55


def test_people_see_forty_of_a_kind_and_how_many_more(run: Run) -> None:
    shown = run("diff", OLD, NEW).stdout
    assert f"{OLD} → {NEW}" in shown
    assert shown.count("90001/902") == 40
    assert "… and 10 more (--json lists them all)" in shown
    *_, last = shown.splitlines()
    assert sorted(last.split(", ")) == sorted(["1 pair revised", "2 pair added", "50 pair deleted", "1 units added", "1 add-on added"])


def test_nothing_changed_is_said_and_an_unknown_source_is_an_error(run: Run) -> None:
    assert run("diff", OLD, OLD).stdout == "No difference in what both hold.\n"
    assert told(run, "diff", NEW, NEW)["changes"] == []
    for words in (("nobody", NEW), (OLD, "nobody")):
        ended = run("diff", *words)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "'nobody'" in the_line(ended.stderr)


# One code, and codes together


def test_a_system_settles_which_code_is_meant(run: Run) -> None:
    for system, title in ((POS, "Made-up place"), (CVX, "Made-up vaccine")):
        found = told(run, "code", "22", "--system", system)
        assert (found["system"], found["code"], [listing["title"] for listing in found["listings"]]) == (system, "22", [title])
        assert found["also"] == [{"system": other, "code": "22"} for other in (POS, CVX) if other != system]
    assert told(run, "code", "22", "--system", POS)["rows"][0]["cells"] == {"setting": "facility"}
    shown = run("code", "22", "--system", CVX).stdout
    assert "Made-up vaccine" in shown
    assert "Also: POS 22 (--system 'POS')" in shown


def test_a_system_that_lacks_the_code_is_an_error(run: Run) -> None:
    ended = run("code", "22", "--system", "LCD")
    assert (ended.exit_code, "22: not in these sources." in the_line(ended.stderr)) == (1, True)
    assert told(run, "code", "022", "--system", MSDRG)["rows"][0]["cells"] == {"weight": "1.5"}  # in a table, in no list


@pytest.mark.parametrize(
    ("codes", "status", "severities"),
    [
        (["90001", "90002"], 1, ["error"]),  # indicator 0
        (["90001", "90003"], 0, ["warning"]),  # indicator 1
        (["90002", "90003"], 0, ["note"]),  # no pair
        (["90004"], 1, ["error"]),  # an add-on without its primary code
        (["90004", "90002"], 0, ["note"]),
        (["J9902"], 1, ["error"]),  # ended
        (["A11"], 1, ["error"]),  # a heading
        (["90001", "99999"], 1, ["error"]),  # on no list
        (["90001"], 0, ["note"]),
    ],
)
def test_check_ends_with_1_where_something_is_wrong(run: Run, codes: list[str], status: int, severities: list[str]) -> None:
    found = told(run, "check", *codes, "--date", "2026-11-21", status=status)
    assert [code["code"] for code in found["codes"]] == codes
    assert [finding["severity"] for finding in found["findings"]][:1] == severities
    assert found["date"] == "2026-11-21"
    assert run("check", *codes, "--date", "2026-11-21").exit_code == status
    cited = [finding["citation"]["source_id"] for finding in found["findings"] if finding["kind"] in ("pair", "no pair", "units", "add-on")]
    assert set(cited) <= {NEW, "july"}
