"""Payer and dates found on a first page: proposed in words a person can check, never applied."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import need

from corpus import ingest
from corpus.catalog import Catalog
from corpus.model import PROSE, Document, Passage, Reading, Source
from corpus.proposals import named_payer, proposals
from corpus.stated import stated


def page(*texts: str, title: str = "Made-up policy", **fields: object) -> Reading:
    """A document of a page a text."""
    source = Source(id="", title=title, publication=title, licence="not stated", kind="pdf", file="policy.pdf")
    passages = tuple(Passage(id="", kind=PROSE, text=text, locator="", page=at) for at, text in enumerate(texts, 1))
    return Reading(replace(source, **fields), (Document(id="", title=title, kind="policy", passages=passages),))


def proposed(reading: Reading) -> str:
    """The options one proposal ends with."""
    (line,) = proposals(reading)
    assert "\n" not in line
    return line.split(" with ")[1].removesuffix(" if that is right")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Effective Date: 01/01/2025", "--effective 2025-01-01"),
        ("Effective Date 6/1/24 Program", "--effective 2024-06-01"),
        ("Effective Date: 09.01.18 Last Review Date: 08.18", "--effective 2018-09-01"),
        ("This policy is effective January 1, 2025.", "--effective 2025-01-01"),
        ("Policy effective as of 1 March 2024", "--effective 2024-03-01"),
        ("EFFECTIVE: MARCH 2024", "--effective 2024-03-01"),
        ("Effective for dates of service on or after 2024-05-06", "--effective 2024-05-06"),
        ("Effective Date:\nSept. 2nd, 2024", "--effective 2024-09-02"),
        ("Original Effective Date: 1/1/2010 Current Effective Date: 2/1/2025", "--effective 2025-02-01"),
        ("Effective 02/30/2025. Last reviewed 03/04/2025", "--effective 2025-03-04"),
        ("Last reviewed: 03/04/2024. Next review: 03/04/2026", "--effective 2024-03-04"),
        ("REVIEW DATE: 03/04/2024; revision 04/05/2024, 06/07/2024", "--effective 2024-06-07"),
        ("Reviewed 06/07/2024, revised 04/05/2024", "--effective 2024-06-07"),
        ("Coverage from January 1 – December 31, 2025", "--effective 2025-01-01 --ended 2025-12-31"),
        ("January 1, 2025 through June 30, 2026", "--effective 2025-01-01 --ended 2026-06-30"),
        ("Effective January 1, 2025. January 1 - December 31, 2025", "--effective 2025-01-01 --ended 2025-12-31"),
        ("Plan Year 2025", "--effective 2025-01-01 --ended 2025-12-31"),
        ("The 2025 plan year", "--effective 2025-01-01 --ended 2025-12-31"),
        ("Aetna. Effective Date: 01/01/2025", "--effective 2025-01-01 --payer Aetna"),
        ("A plan of uhc under Medicare. Cigna. UnitedHealthcare.", "--payer UnitedHealthcare"),
        ("Blue Cross of Nowhere", '--payer "Blue Cross Blue Shield"'),
    ],
)
def test_the_first_page_proposes(text: str, options: str) -> None:
    assert proposed(page(text)) == options


@pytest.mark.parametrize(
    "text",
    [
        "Badgers are covered.",
        "Hours are October 1 – March 31, daily.",
        "You may join from October 15 – December 7, 2025.",
        "OMB Approval 0938-1051 (Expires: August 31, 2026)",
        "Benefits may change on January 1, 2026.",
        "Approval Date 1/2017, 5/2017",
        "Next Review Date: 05/01/2026",
        "Medicare and Medicaid cover badgers.",
        "An effective treatment in 2024 was studied.",
        "Effective Date: 13/45/2025",
        "Call 1-800-555-0100 between 8:00 and 20:00",
    ],
)
def test_what_is_no_sign_proposes_nothing(text: str) -> None:
    assert proposals(page(text)) == ()


def test_the_words_and_the_payer_are_shown_as_the_page_has_them() -> None:
    assert proposals(page("Cigna\nEffective\nDate: 01/01/2025")) == (
        "its first page says “Effective Date: 01/01/2025” and names Cigna:"
        " state them with --effective 2025-01-01 --payer Cigna if that is right",
    )


def test_the_second_page_counts_only_after_a_cover() -> None:
    later = "Effective Date: 01/01/2025"
    assert proposed(page("Badgers", later)) == "--effective 2025-01-01"
    assert proposals(page("Badgers dig. " * 60, later)) == ()
    assert proposals(page("Badgers", "Otters", later)) == ()


def test_a_programme_is_proposed_where_the_title_names_it() -> None:
    assert proposed(page("Badgers.", title="Medicaid manual")) == "--payer Medicaid"


def test_nothing_is_proposed_where_it_is_known() -> None:
    text = "Aetna. Effective Date: 01/01/2025"
    known = page(text)
    assert proposals(page(text, publisher="CMS")) == ()
    assert proposals(page(text, effective=date(2024, 1, 1))) == ()
    assert proposals(page(text, ended=date(2024, 1, 1))) == ()
    assert proposals(replace(known, documents=(replace(known.documents[0], effective=date(2024, 1, 1)),))) == ()
    assert proposals(replace(known, documents=known.documents * 2)) == ()
    assert proposed(page(text, payer="Acme")) == "--effective 2025-01-01"


@given(st.text(max_size=300))
def test_no_page_is_too_odd(text: str) -> None:
    assert len(proposals(page(text))) <= 1


@given(st.dates(date(1990, 1, 1), date(2079, 12, 31)), st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%m.%d.%y", "%B %d, %Y", "%d %b %Y"]))
def test_a_day_is_read_as_it_is_written(day: date, form: str) -> None:
    if "%y" in form and day.year < 2000:
        return
    assert proposed(page(f"Effective date: {day.strftime(form)}.")) == f"--effective {day}"


def test_a_proposal_is_a_hint_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text("# Badgers\n\nAetna. Effective Date: 01/01/2025. Badgers are covered.\n", encoding="utf-8")
    catalog = Catalog(tmp_path / "catalog.sqlite")
    outcome = ingest.add(catalog, path)
    assert (outcome.status, len(outcome.hints), outcome.remarks) == ("added", 1, ())
    (held,) = catalog.sources()
    assert (held.source.payer, held.source.effective) == (None, None)
    told = ingest.add(catalog, path, told=stated({"payer": "Aetna", "effective": "2025-01-01"}))
    assert (told.status, told.hints) == ("replaced", ())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Aetna_EOC", "--effective 2025-01-01 --ended 2025-12-31 --payer Aetna"),
        ("Cigna_EOC", "--effective 2025-01-01 --ended 2025-12-31 --payer Cigna"),
        ("UHC_1_EOC", "--effective 2025-01-01 --ended 2025-12-31 --payer UnitedHealthcare"),
        ("policy_001", "--effective 2024-09-11 --payer Cigna"),
        ("policy_002", "--effective 2024-02-07 --payer Cigna"),
        ("policy_003", "--effective 2018-09-01"),
        ("policy_004", "--effective 2024-06-01 --payer UnitedHealthcare"),
        ("policy_005", "--effective 2024-08-01 --payer UnitedHealthcare"),
    ],
)
def test_real_policies_propose_what_their_first_pages_say(name: str, options: str) -> None:
    assert proposed(ingest.read(need(f"payer/{name}.pdf"))) == options


@pytest.mark.parametrize(
    ("reading", "payer"),
    [
        (page("Evidence of Coverage of your plan at Aetna"), "Aetna"),
        (page("Badgers dig."), None),
        (page("Your plan at Aetna", payer="Cigna"), None),
        (page("Your plan at Aetna", publisher="CMS"), None),
        (page("Your plan at Aetna", effective=date(2025, 1, 1)), "Aetna"),
    ],
)
def test_the_payer_a_first_page_names_is_known_apart_from_what_is_stated(reading: Reading, payer: str | None) -> None:
    assert named_payer(reading) == payer
