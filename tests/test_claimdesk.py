"""The claim desk's routes: what is typed is checked by the one implementation, and hostile input is escaped, bounded or refused."""

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest
from conftest import guarded, open_library
from fastapi.testclient import TestClient
from httpx import Response
from test_claims import MADE_UP, table

from assistant.claimfile import claim_of
from assistant.claims import check_claim
from assistant.store import Store
from assistant.web import claimdesk
from assistant.web.desks import desks
from corpus.model import Pair, Reading, Unit
from index.library import Library

HOSTILE = '"><img src=x onerror=hacked()><script>hacked()</script>'
DAY = "2026-08-01"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A made-up Tabular List with NCCI tables of the third quarter of 2026."""
    folder = tmp_path_factory.mktemp("claims")
    (folder / "tabular.xml").write_text(MADE_UP, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        opened = open_library(folder / "home", patch)
        assert opened.add(folder / "tabular.xml").status == "added"
    opened.catalog.put(Reading(table("pairs", "practitioner"), pairs=(Pair("90001", "90002", "1", "made up"),)))
    opened.catalog.put(Reading(table("units", "practitioner"), units=(Unit("90001", 2, "2"), Unit("90002", 9, "3"))))
    opened.freshen()
    return opened


@pytest.fixture(scope="module")
def desk(library: Library) -> Iterator[TestClient]:
    with TestClient(guarded(desks(library, lambda: None), Store.open(library.home)), base_url="http://desk.test") as client:
        yield client


def lines(*rows: tuple[str, str, str, str], **about: str) -> str:
    """The form of a claim as the browser sends it."""
    cells = [(f"line.{name}", cell) for row in rows for name, cell in zip(("code", "units", "modifiers", "diagnoses"), row, strict=True)]
    return urlencode([*({"date": DAY, "place": "11"} | about).items(), *cells])


def check(desk: TestClient, body: str, to: str = "check", **headers: str) -> Response:
    return desk.post(f"/view/claim/{to}", content=body, headers=headers)


TWO = lines(("90001", "3", "", "A11.0"), ("90002", "", "25", ""))


def test_what_is_typed_is_checked_as_a_program_would_have_it_checked(desk: TestClient, library: Library) -> None:
    held = {
        "date": DAY,
        "place": "11",
        "lines": [{"code": "90001", "units": 3, "diagnoses": "A11.0"}, {"code": "90002", "modifiers": "25"}],
    }
    shown = check(desk, TWO).text
    findings = check_claim(claim_of(held, date.today()), library)
    assert {"pair", "units"} <= {finding.kind for finding in findings}
    for finding in findings:
        assert finding.text.replace("'", "&#39;").replace(">", "&gt;") in shown


def test_a_finding_says_how_bad_it_is_which_lines_and_on_what_it_rests(desk: TestClient) -> None:
    shown = check(desk, TWO).text
    assert '<li class="s-error" data-lines="1">' in shown
    assert "units, 2026 Q3 · row 90001" in " ".join(shown.split())


def test_a_passage_a_finding_rests_on_can_be_opened(desk: TestClient, library: Library) -> None:
    shown = check(desk, lines(("90001", "1", "", "A12"))).text
    address = shown.split('data-open="view/source/')[1].split("?")[0]
    assert library.catalog.passages([address])[address].passage.section == "codeFirst"


def test_a_row_a_finding_rests_on_can_be_opened(desk: TestClient) -> None:
    shown = check(desk, lines(("90001", "3", "", ""))).text
    assert 'data-open="view/row/units?place=row+90001&amp;code=CPT%3A90001"' in shown


def test_lines_left_blank_are_none(desk: TestClient) -> None:
    with_gaps = lines(("", "", "", ""), ("90001", "3", "", "A11.0"), (" ", "", "", ""), ("90002", "", "25", ""))
    assert check(desk, with_gaps).text == check(desk, TWO).text


def test_it_is_said_what_was_checked_against_and_what_was_not(desk: TestClient) -> None:
    shown = " ".join(check(desk, lines(("90001", "1", "", "A11.0"))).text.split())
    assert "<b>units (MUE)</b> units, 2026 Q3" in shown
    assert "<b>ICD-10-CM Tabular List</b> ICD-10-CM Tabular List" in shown
    assert "<b>add-on codes</b> none on file for this claim: not checked" in shown
    assert claimdesk.claimreport.UNSEEN.replace("'", "&#39;") in shown


@pytest.mark.parametrize(
    ("row", "about", "told"),
    [
        (("9001", "", "", ""), {}, "<b>line 1, code</b>"),
        (("90001", "0", "", ""), {}, "<b>line 1, units</b> &#39;0&#39; units bill nothing"),
        (("90001", "many", "", ""), {}, "<b>line 1, units</b>"),
        (("90001", "", "ABC", ""), {}, "<b>line 1, modifiers</b>"),
        (("90001", "", "", "12"), {}, "<b>line 1, diagnoses</b>"),
        (("90001", "", "", ""), {"date": "soon"}, "<b>date</b> &#39;soon&#39; is not a date"),
        (("90001", "", "", ""), {"place": "abc"}, "<b>place</b>"),
        (("90001", "", "", ""), {"setting": "moon"}, "<b>setting</b>"),
        (("90001", "", "", ""), {"age": "200"}, "<b>age</b>"),
        (("90001", "", "", ""), {"diagnoses": HOSTILE}, "<b>diagnoses</b>"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_nothing_is_checked(
    desk: TestClient, row: tuple[str, str, str, str], about: dict[str, str], told: str
) -> None:
    shown = check(desk, lines(row, **about)).text
    assert told in shown
    assert "Not checked" in shown


def test_every_cell_that_cannot_be_read_is_named_at_once(desk: TestClient) -> None:
    assert "3 cells cannot be read" in check(desk, lines(("9", "x", "", ""), ("90001", "", "", "?"))).text


@pytest.mark.parametrize("name", ["date", "place", "setting", "payer", "age", "sex", "diagnoses"])
@pytest.mark.parametrize("to", ["check", "findings.md"])
def test_no_field_of_the_claim_can_write_html(desk: TestClient, name: str, to: str) -> None:
    shown = check(desk, lines(("90001", "1", "", "A11.0"), **{name: HOSTILE}), to).text
    assert not re.search(r"(?<!\\)<(?:img|script)", shown)


@pytest.mark.parametrize("cell", range(4))
def test_no_cell_of_a_line_can_write_html(desk: TestClient, cell: int) -> None:
    row = ["90001", "1", "", "A11.0"]
    row[cell] = HOSTILE
    shown = check(desk, lines(tuple(row))).text  # type: ignore[arg-type]
    assert "<img" not in shown
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 200),
        ("line.code=90001", 200),
        (b"\xff\xfe\x00", 422),
        ("&".join(["a=1"] * 30_000), 422),
        ("line.code=" + "9" * 300_000, 413),
        (lines(*[("90001", "1", "", "A11.0")] * 101), 422),
    ],
    ids=["nothing", "no other field", "no text", "too many fields", "too large", "too many lines"],
)
def test_what_is_no_form_of_this_page_is_one_line_and_no_traceback(desk: TestClient, body: str, status: int) -> None:
    reply = check(desk, body)
    assert reply.status_code == status
    assert "Traceback" not in reply.text
    if status > 400:
        assert len(reply.json()["detail"].splitlines()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://elsewhere.test"},
        {"origin": "null"},
        {"origin": "http://desk.test:81"},
        {"origin": "http://["},
        {"origin": "http://desk.test", "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("to", ["check", "findings.csv", "batch"])
def test_a_page_of_another_site_is_refused(desk: TestClient, to: str, headers: dict[str, str]) -> None:
    assert check(desk, TWO, to, **headers).status_code == 403


def test_the_page_itself_is_not_refused(desk: TestClient) -> None:
    assert check(desk, TWO, **{"origin": "http://desk.test", "sec-fetch-site": "same-origin"}).status_code == 200


def test_findings_are_taken_away_as_a_table_a_spreadsheet_opens(desk: TestClient) -> None:
    reply = check(desk, TWO, "findings.csv")
    assert reply.headers["content-disposition"] == f'attachment; filename="claim-{DAY}.csv"'
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert rows[0]["severity"] == "error"
    assert {"row 90001", "row 90001/90002"} <= {row["place"] for row in rows}


def test_findings_are_taken_away_as_a_page_of_markdown(desk: TestClient) -> None:
    text = check(desk, TWO, "findings.md").text
    assert "| 1 | 90001 | 3 |  | A11.0 |" in text
    assert "- **error**, line 1: 90001: 3 units" in text
    assert "- add-on codes: none on file, not checked" in text


@pytest.mark.parametrize("to", ["findings.csv", "findings.md"])
def test_nothing_is_taken_away_of_a_claim_that_cannot_be_read(desk: TestClient, to: str) -> None:
    assert check(desk, lines(("9", "", "", "")), to).status_code == 422


def ended(desk: TestClient, reply: Response) -> str:
    """The last word of a job, once it has ended."""
    job = reply.text.split('data-job="')[1].split('"')[0]
    for _ in range(400):
        shown = desk.get(f"/view/job/{job}").text
        if 'data-state="running"' not in shown:
            return shown
        time.sleep(0.02)
    raise AssertionError(shown)


def test_a_file_of_claims_gives_a_file_of_findings_and_errors_by_row(desk: TestClient) -> None:
    body = f"claim,code,units,dx,date,pos\n17,90001,3,A11.0,{DAY},11\n17,90002,1,,{DAY},11\n18,9000,1,,{DAY},11\n=cmd,90001,1,,{DAY},11\n"
    shown = ended(desk, desk.post("/view/claim/batch?name=claims.csv", content=body))
    assert "2 claims checked, 1 with an error; 1 could not be read." in shown
    assert "claim 18: row 4, code:" in shown
    address = shown.split('class="file" href="')[1].split('"')[0]
    text = desk.get(f"/{address}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["claim"]: row["severity"] for row in reversed(rows)} == {"17": "error", "18": "not read", "'=cmd": "note"}


def test_json_lines_are_claims_too(desk: TestClient) -> None:
    claims = [{"id": at, "date": DAY, "lines": [{"code": "90001"}]} for at in range(5)]
    shown = ended(desk, desk.post("/view/claim/batch?name=claims.jsonl", content="\n".join(map(json.dumps, claims))))
    assert "5 claims checked, 0 with an error." in shown


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("claims.csv", b"", "neither JSON lines nor a table"),
        ("claims.csv", b"\x00\x01\x02", "neither JSON lines nor a table"),
        ("claims.xlsx", b"PK\x03\x04 and no more", "damaged"),
        ("../../etc/passwd", b"root:x:0:0", "neither JSON lines nor a table"),
        (HOSTILE, b"claim,code\n<img src=x>,<script>\n", "claim &lt;img src=x&gt;: row 2"),
    ],
)
def test_a_file_that_holds_no_claims_is_told_so_in_one_line(desk: TestClient, name: str, body: bytes, told: str) -> None:
    shown = ended(desk, desk.post("/view/claim/batch", params={"name": name}, content=body))
    assert told in shown
    assert "<img" not in shown
    assert "Traceback" not in shown


def test_a_file_too_large_is_refused_before_it_is_read(desk: TestClient) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    reply = desk.post("/view/claim/batch?name=a.csv", content=never(), headers={"content-length": str(2**40)})
    assert reply.status_code == 413


def test_a_file_that_hides_its_size_is_read_no_further_than_the_limit(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claimdesk, "LARGEST", 100)
    assert desk.post("/view/claim/batch?name=a.csv", content=(b"a" * 60 for _ in range(2))).status_code == 413


def test_a_workbook_that_unpacks_to_too_much_is_refused(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claimdesk, "UNPACKED", 2**20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"0" * (2 * 2**20))
    assert "would unpack to 2 MB" in ended(desk, desk.post("/view/claim/batch?name=a.xlsx", content=packed.getvalue()))


def test_a_job_can_be_cancelled_and_leaves_no_file(desk: TestClient) -> None:
    claims = "\n".join(json.dumps({"id": at, "date": DAY, "lines": [{"code": "90001"}]}) for at in range(3000))
    reply = desk.post("/view/claim/batch?name=a.jsonl", content=claims)
    job = reply.text.split('data-job="')[1].split('"')[0]
    desk.post(f"/view/job/{job}/stop")
    shown = ended(desk, reply)
    assert "Cancelled after" in shown
    assert desk.get(f"/view/job/{job}/file").status_code == 404


@pytest.mark.parametrize("to", ["", "/file"])
def test_a_job_nobody_began_is_not_found(desk: TestClient, to: str) -> None:
    assert desk.get(f"/view/job/..%2f..%2fetc{to}").status_code == 404
    assert desk.get(f"/view/job/1{to}").status_code == 404
