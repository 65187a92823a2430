"""What a person states about a file: read from a sidecar or from options, put in, and never lost or taken for another's."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from fakes import BagEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import with_starter
from typer.testing import CliRunner

from assistant import cli
from corpus import ingest
from corpus.archives import files
from corpus.catalog import Catalog
from corpus.model import PROSE, CorpusError, Document, Passage, Reading, Source
from corpus.readers.editions import edition_in, official, undated
from corpus.readers.licensed import NOTICE
from corpus.stated import NOTHING, Stated, apply, beside, state_of, stated
from index import encoders
from index.library import Library

Run = Callable[..., Result]
POLICY = "# Badger policy\n\nBadger visits are covered when reported with 90001.\n"
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
PASSAGE = Passage(id="p", kind=PROSE, text="Badgers are covered.", locator="p. 1")

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
days = st.dates(date(2000, 1, 1), date(2030, 1, 1))
statements = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "publisher": texts,
        "payer": st.sampled_from(["uhc", "Aetna", "Acme Health"]),
        "state": st.sampled_from(["ca", "New York", "PR"]),
        "effective": st.dates(date(2000, 1, 1), date(2010, 1, 1)),
        "ended": st.dates(date(2011, 1, 1), date(2030, 1, 1)),
        "edition": st.one_of(texts, st.integers(2000, 2030)),
        "licence": texts,
        "url": st.just("https://example.org/policy"),
    },
)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.sqlite")


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


def sidecar(path: Path, text: str) -> Path:
    place = path.with_name(path.name + ".toml")
    place.write_text(text, encoding="utf-8")
    return place


def plain(**fields: object) -> Reading:
    """A reading of somebody's document."""
    source = Source(id="", title="Badgers", publication="Badgers", licence="not stated", kind="pdf", file="badgers.pdf")
    return Reading(source, (replace(Document(id="", title="Badgers", kind="policy", passages=(PASSAGE,)), **fields),))


def table(name: str) -> Reading:
    """A reading of an official table of the edition its name states."""
    source = official(Path(name), "Made-up table", edition_in(name), "https://example.org")
    return Reading(source, (Document(id="", title=source.title, kind="table", passages=(PASSAGE,)),), hints=undated(source))


def test_what_is_stated_is_written_as_documents_have_it() -> None:
    told = stated({"payer": " uhc ", "state": "new  york", "title": " Badger\n visits ", "edition": 2025, "effective": "2025-01-01"})
    assert told == Stated(title="Badger visits", payer="UnitedHealthcare", state="NY", edition="2025", effective=FIRST)
    assert stated({"payer": "Acme Health"}).payer == "Acme Health"
    assert stated({"title": "", "payer": " ", "ended": None, "state": ""}) == NOTHING


@pytest.mark.parametrize(("typed", "letters"), [("ca", "CA"), ("California", "CA"), ("DC", "DC"), ("puerto  rico", "PR"), ("us", "US")])
def test_a_state_is_two_letters(typed: str, letters: str) -> None:
    assert state_of(typed) == letters


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"effective": "2025-02-30"}, "effective: '2025-02-30'"),
        ({"ended": "31/12/2025"}, "ended: '31/12/2025'"),
        ({"effective": 2025}, "effective: '2025'"),
        ({"effective": LAST, "ended": FIRST}, "ended: 2025-01-01 is before 2025-12-31"),
        ({"state": "Calif."}, "state: 'Calif.'"),
        ({"url": "javascript:alert(1)"}, "url: "),
        ({"url": "https://example.org/a b"}, "url: "),
        ({"title": 5}, "title: 5"),
        ({"edition": True}, "edition: True"),
        ({"payer": ["Aetna"]}, "payer: "),
    ],
)
def test_what_cannot_be_is_refused_by_name(values: dict[str, object], named: str) -> None:
    with pytest.raises(CorpusError) as refused:
        stated(values)
    assert str(refused.value).startswith(named)
    assert "\n" not in str(refused.value)


@given(statements, statements)
def test_one_statement_over_another_loses_nothing(one: dict[str, object], other: dict[str, object]) -> None:
    over = stated(one).over(stated(other))
    assert over == stated(other | one)
    assert over.over(NOTHING) == NOTHING.over(over) == over


@given(statements, statements, st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]))
def test_a_digest_tells_both_the_bytes_and_what_is_stated(
    one: dict[str, object], other: dict[str, object], first: str, second: str
) -> None:
    same = stated(one) == stated(other) and first == second
    assert (stated(one).marked(first) == stated(other).marked(second)) == same
    assert NOTHING.marked(first) == first


def test_a_sidecar_says_what_its_file_is(policy: Path) -> None:
    assert beside(str(policy)) == NOTHING
    sidecar(policy, '\ufeffpayer = "uhc"\neffective = 2025-01-01\nended = "2025-12-31"\n[passages]\ntext = "body"\n')
    assert beside(str(policy)) == Stated(payer="UnitedHealthcare", effective=FIRST, ended=LAST)


def test_the_sidecar_of_an_archive_tells_of_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "in!out").mkdir()
    archive = tmp_path / "in!out" / "release.zip"
    archive.touch()
    sidecar(archive, 'payer = "Aetna"\n')
    assert beside(f"{archive}!deep/inner.zip!a.md").payer == "Aetna"
    assert beside(f"{tmp_path}/other.zip!a.md") == NOTHING
    assert beside(f"{tmp_path}/{'n' * 255}") == NOTHING


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("payer = Aetna", "not valid TOML"),
        ("effective = 2025-02-30", "not valid TOML"),
        ('effective = "2025-02-30"', "effective: '2025-02-30'"),
        ("effective = 2025-01-01T10:00:00", "effective: "),
        ("effective = 2025-12-31\nended = 2025-01-01", "ended: 2025-01-01 is before"),
        ('insurer = "Aetna"', "does not know `insurer`"),
        ("payer = 5", "payer: 5"),
        ("[payer]\nname = 'Aetna'", "payer: "),
        ("title = [" + "[" * 5000, "not valid TOML"),
        ("edition = " + "9" * 5000, "not valid TOML"),
        ("# " + "x" * 2**20, "more than a megabyte"),
    ],
    ids=lambda value: value[:30],
)
def test_a_sidecar_that_cannot_be_used_is_one_line_and_the_file_stays_out(text: str, said: str, policy: Path, catalog: Catalog) -> None:
    sidecar(policy, text)
    outcome = ingest.add(catalog, policy)
    assert outcome.status == "refused"
    assert outcome.reason.startswith("policy.md.toml")
    assert said in outcome.reason
    assert "\n" not in outcome.reason
    assert catalog.sources() == []


def test_a_sidecar_in_another_encoding_is_refused(policy: Path, catalog: Catalog) -> None:
    sidecar(policy, "").write_bytes("title = 'Café'".encode("cp1252"))
    assert "not in UTF-8" in ingest.add(catalog, policy).reason


def test_a_sidecar_is_no_source_of_its_own(policy: Path, tmp_path: Path, catalog: Catalog) -> None:
    told = sidecar(policy, 'payer = "Aetna"\n')
    (tmp_path / "alone.toml").write_text("A text about badgers.", encoding="utf-8")
    assert {path.name for path in files(tmp_path) if path.suffix != ".sqlite"} >= {"policy.md", "alone.toml"}
    assert told not in set(files(tmp_path))
    outcome = ingest.add(catalog, told)
    assert (outcome.status, "policy.md" in outcome.reason) == ("left out", True)


def test_a_document_takes_what_is_stated_where_filters_look() -> None:
    told = stated({"title": "Visits", "payer": "uhc", "state": "ca", "effective": FIRST, "ended": LAST, "url": "https://example.org/v"})
    ready = apply(plain(), told)
    (document,) = ready.documents
    for part in (ready.source, document):
        assert (part.title, part.payer, part.jurisdiction, part.url) == ("Visits", "UnitedHealthcare", "CA", "https://example.org/v")
        assert (part.effective, part.ended) == (FIRST, LAST)
    assert document.passages == (PASSAGE,)


@pytest.mark.parametrize("own", [{"effective": date(2020, 1, 1)}, {"ended": date(2020, 1, 1)}])
def test_a_document_keeps_dates_of_its_own(own: dict[str, date]) -> None:
    (document,) = apply(plain(**own), stated({"effective": FIRST})).documents
    assert {"effective": document.effective, "ended": document.ended} == {"effective": None, "ended": None} | own


def test_of_several_documents_only_the_source_is_told_of() -> None:
    one = plain().documents[0]
    reading = replace(plain(), documents=(one, replace(one, title="Others")))
    ready = apply(reading, stated({"payer": "Aetna", "effective": FIRST}))
    assert ready.documents == reading.documents
    assert (ready.source.payer, ready.source.effective) == ("Aetna", FIRST)


def test_documents_of_two_payers_are_no_editions_of_each_other() -> None:
    publications = {apply(plain(), stated(told)).source.publication for told in ({}, {"payer": "uhc"}, {"payer": "Cigna"}, {"state": "ny"})}
    assert len(publications) == 4
    old, new = ({"payer": "uhc", "effective": day} for day in (FIRST, LAST))
    assert apply(plain(), stated(old)).source.publication == apply(plain(), stated(new)).source.publication


def test_a_table_that_states_no_edition_takes_the_one_stated() -> None:
    bare = table("rows.csv")
    assert "--effective" in bare.hints[0]
    ready = apply(bare, stated({"effective": "2025-04-01"}))
    assert (ready.source.title, ready.source.edition, ready.source.publication) == (
        "Made-up table, April 2025",
        "April 2025",
        "Made-up table",
    )
    assert ready.hints == ()
    assert ready.documents[0].effective is None
    assert apply(bare, stated({"edition": "2025 Q2"})).source.title == "Made-up table, 2025 Q2"
    assert apply(bare, stated({"edition": "2025 Q2"})).hints == bare.hints


def test_an_edition_that_is_corrected_does_not_take_the_place_of_another() -> None:
    dated = table("rows_2025-01.csv")
    assert dated.source.id == "made-up-table-2025-01"
    ready = apply(dated, stated({"effective": "2025-04-01"})).source
    assert (ready.id, ready.title) == ("made-up-table-2025-04", "Made-up table, April 2025")
    same = apply(dated, stated({"effective": "2025-01-01", "publisher": "Nobody"})).source
    assert same == replace(dated.source, publisher="Nobody")


def test_the_terms_of_the_ama_are_not_restated() -> None:
    reading = plain()
    licensed = replace(reading, source=replace(reading.source, licence=NOTICE))
    assert apply(licensed, stated({"licence": "free for all"})).source.licence == NOTICE
    assert apply(reading, stated({"licence": "free for all"})).source.licence == "free for all"


def test_dates_that_contradict_the_readers_are_refused(policy: Path, catalog: Catalog) -> None:
    policy.write_text("---\ntitle: Badgers\neffective: 2025-06-01\n---\nBadgers are covered.\n", encoding="utf-8")
    outcome = ingest.add(catalog, policy, told=stated({"ended": "2025-01-01"}))
    assert outcome.status == "refused"
    assert {"2025-01-01", "2025-06-01"} <= set(outcome.reason.replace(",", "").split())


def test_what_is_stated_anew_replaces_and_what_is_stated_again_does_not(policy: Path, catalog: Catalog) -> None:
    aetna, cigna = stated({"payer": "Aetna"}), stated({"payer": "Cigna"})
    steps = [(NOTHING, "added"), (NOTHING, "unchanged"), (aetna, "replaced"), (aetna, "unchanged"), (NOTHING, "unchanged")]
    for told, status in [*steps, (cigna, "replaced"), (NOTHING, "unchanged")]:
        assert ingest.add(catalog, policy, told=told).status == status
    (held,) = catalog.sources()
    assert (held.source.id, held.source.payer) == ("policy", "Cigna")


def test_a_sidecar_that_changes_replaces_and_options_win_over_it(policy: Path, catalog: Catalog) -> None:
    place = sidecar(policy, 'payer = "Aetna"\nstate = "CA"\n')
    assert ingest.add(catalog, policy).status == "added"
    assert ingest.add(catalog, policy).status == "unchanged"
    sidecar(policy, 'payer = "Aetna"\nstate = "NY"\n')
    assert ingest.add(catalog, policy).status == "replaced"
    assert ingest.add(catalog, policy, told=stated({"payer": "Cigna"})).status == "replaced"
    (held,) = catalog.sources()
    assert (held.source.payer, held.source.jurisdiction) == ("Cigna", "NY")
    assert ingest.add(catalog, policy).status == "replaced"  # the sidecar speaks again
    place.unlink()
    assert ingest.add(catalog, policy).status == "unchanged"
    assert catalog.sources()[0].source.payer == "Aetna"


def test_new_bytes_are_read_anew_whatever_was_stated(policy: Path, catalog: Catalog) -> None:
    ingest.add(catalog, policy, told=stated({"payer": "Aetna", "effective": FIRST}))
    policy.write_text(POLICY.replace("Badger", "Otter"), encoding="utf-8")
    assert ingest.add(catalog, policy).status == "replaced"
    assert catalog.sources()[0].source.effective is None


def test_the_same_bytes_may_be_two_payers_policies(policy: Path, tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "policy.md"
    other.write_text(POLICY, encoding="utf-8")
    assert ingest.add(catalog, policy).status == "added"
    assert ingest.add(catalog, other, told=stated({"payer": "Cigna"})).status == "added"
    for path in (policy, other, other, policy):
        assert ingest.add(catalog, path).status == "unchanged"
    assert [tally.source.payer for tally in catalog.sources()] == [None, "Cigna"]


def test_a_file_that_was_moved_keeps_what_was_stated(policy: Path, catalog: Catalog) -> None:
    ingest.add(catalog, policy, told=stated({"payer": "Cigna"}))
    moved = policy.rename(policy.with_name("moved.md"))
    assert ingest.add(catalog, moved).status == "unchanged"
    assert [tally.source.payer for tally in catalog.sources()] == ["Cigna"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), statements), min_size=1, max_size=6))
def test_every_file_ends_as_it_was_last_stated(steps: list[tuple[bool, dict[str, object]]], tmp_path: Path) -> None:
    """Two files of other words, stated in any order: each is there once, with what was said of it last."""
    folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    catalog = Catalog(folder / "catalog.sqlite")
    expected: dict[Path, Stated] = {}
    for first, values in steps:
        path = folder / ("one.md" if first else "two.md")
        path.write_text(POLICY.replace("Badger", path.stem), encoding="utf-8")
        told = stated(values)
        outcome = ingest.add(catalog, path, told=told)
        before = expected.get(path)
        assert outcome.status == ("added" if before is None else "unchanged" if told in (NOTHING, before) else "replaced")
        expected[path] = told if told.given or before is None else before
    held = {tally.source.path: tally.source for tally in catalog.sources()}
    assert set(held) == {str(path.resolve()) for path in expected}
    for path, told in expected.items():
        source = held[str(path.resolve())]
        assert (source.payer, source.jurisdiction, source.effective, source.ended) == (told.payer, told.state, told.effective, told.ended)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over a home with one starter document, and with the bag of words."""
    with_starter(Library(tmp_path / "home", "bag-of-words"), tmp_path).catalog.close()
    monkeypatch.setenv("CODECITE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(encoders, "load", lambda name, cache: BagEncoder())
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def loaded(run: Run) -> dict[str, dict[str, object]]:
    return {row["source_id"]: row for row in json.loads(run("sources", "--json").stdout)["sources"]}


def hits(run: Run, *words: object) -> set[str]:
    return {hit["source_id"] for hit in json.loads(run("search", "badger visits", "--json", *words).stdout)["hits"]}


def test_options_state_payer_and_dates_of_every_file_given(run: Run, policy: Path) -> None:
    other = policy.with_name("other.md")
    other.write_text(POLICY.replace("visits", "calls"), encoding="utf-8")
    words = ["--payer", "united healthcare", "--effective", FIRST, "--ended", LAST, "--state", "California", "--edition", "2025"]
    ended = run("add", policy, other, *words, "--publisher", "Acme", "--licence", "theirs", "--url", "https://example.org/p")
    assert (ended.exit_code, ended.stderr) == (0, "")
    rows = loaded(run)
    for name in ("policy", "other"):
        row = rows[name]
        assert (row["payer"], row["effective"], row["ended"], row["edition"]) == ("UnitedHealthcare", "2025-01-01", "2025-12-31", "2025")
        assert (row["publisher"], row["licence"], row["url"]) == ("Acme", "theirs", "https://example.org/p")


def test_search_keeps_to_the_payer_and_the_dates_stated(run: Run, policy: Path) -> None:
    assert run("add", policy, "--payer", "uhc", "--effective", "2025-01-01", "--ended", "2025-12-31").exit_code == 0
    assert "policy" in hits(run, "--payer", "UHC", "--date", "2025-06-01")
    assert "policy" not in hits(run, "--payer", "Aetna", "--date", "2025-06-01")
    assert "policy" not in hits(run, "--payer", "UHC", "--date", "2026-06-01")


def test_adding_again_without_options_changes_nothing(run: Run, policy: Path) -> None:
    assert ": added as markdown (policy)" in run("add", policy).stdout
    assert ": replaced as markdown (policy)" in run("add", policy, "--title", "Badgers of Acme").stdout
    assert run("add", policy).stdout == f"{policy}: unchanged (policy)\n"
    assert loaded(run)["policy"]["title"] == "Badgers of Acme"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--effective", "2025-02-30"], "--effective: '2025-02-30' is not a day"),
        (["--ended", "tomorrow"], "--ended: 'tomorrow'"),
        (["--effective", "2025-12-31", "--ended", "2025-01-01"], "--ended: 2025-01-01 is before 2025-12-31"),
        (["--state", "Calif."], "--state: 'Calif.'"),
        (["--url", "ftp://example.org"], "--url: "),
        (["--insurer", "Aetna"], "--insurer"),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_an_option_that_cannot_be_is_one_line_before_any_work(words: list[str], named: str, run: Run, policy: Path) -> None:
    ended = run("add", policy, *words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert named in ended.stderr
    assert "policy" not in loaded(run)


def test_a_folder_is_taken_in_with_its_sidecars(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "payers"
    folder.mkdir()
    for name, payer in (("one.md", "Aetna"), ("two.md", "Cigna"), ("bad.md", "")):
        (folder / name).write_text(POLICY.replace("Badger", name), encoding="utf-8")
        sidecar(folder / name, f'payer = "{payer}"\n' if payer else "payer = Aetna")
    ended = run("add", folder)
    assert ended.exit_code == 1
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [str(folder / "bad.md")]
    assert "bad.md.toml" in ended.stderr
    assert {row["payer"] for row in loaded(run).values()} >= {"Aetna", "Cigna"}
    alone = run("add", folder / "one.md.toml")
    assert (alone.exit_code, alone.stdout) == (0, "")
    assert alone.stderr == f"{folder / 'one.md.toml'}: left out: it says what one.md is, and is read with it\n"


def test_what_is_stated_of_an_archive_holds_for_what_is_in_it(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "policies.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("one.md", POLICY)
        packed.writestr("two.md", POLICY.replace("Badger", "Otter"))
    sidecar(archive, 'payer = "Cigna"\n')
    assert run("add", archive).exit_code == 0
    assert [row["payer"] for row in loaded(run).values() if row["source_id"] != "starter"] == ["Cigna", "Cigna"]
