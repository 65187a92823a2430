"""Which words of a text are codes: any case, dot or not, with the system named or not; and which only look like it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import hcpcs, icd10cm, pdf_pages, seen_codes

from corpus.codes import CPT, HCPCS, ICD9CM, ICD10CM, MODIFIER, dotted, icd9_mentions, mentions, ranges, system_of

ON_FILE = {(ICD10CM, value) for value in "A49 A49.01 C7A.00 E08 E10 E11 E11.65 E11.9 E13 I10 J45.21 O9A.2 Z23 Z79.4".split()}
ON_FILE |= {(HCPCS, value) for value in "A4901 E0100 J1670".split()}


def known(system: str, value: str) -> bool:
    return (system, value) in ON_FILE


def written(text: str) -> str:
    """What a text names, in order: 'CPT 90389', a malformed one as 'CPT? 9021'."""
    return ", ".join(f"{m.system}{'' if m.wellformed else '?'} {m.value}" for m in mentions(text, known))


@pytest.mark.parametrize(
    ("value", "system"),
    [
        ("90389", CPT), ("00100", CPT), ("0552T", CPT), ("0552t", CPT), ("1126F", CPT), ("0001U", CPT), ("0002M", CPT), ("0011A", CPT),
        ("J1670", HCPCS), ("g2212", HCPCS), ("A0021", HCPCS), ("V5364", HCPCS), ("E1165", HCPCS),
        ("E11", ICD10CM), ("e11.65", ICD10CM), ("I10", ICD10CM), ("Z3A.01", ICD10CM), ("C7A.00", ICD10CM), ("T88.7XXA", ICD10CM),
        ("U07.1", ICD10CM), ("S72.001A", ICD10CM), ("F32.A", ICD10CM),
        ("25", MODIFIER), ("lt", MODIFIER), ("E1", MODIFIER), ("XU", MODIFIER), ("1P", MODIFIER),
        ("", None), ("9", None), ("9038", None), ("903890", None), ("9038X", None), ("90389\n", None), ("90 389", None),
        ("D0120", None), ("W1234", None), ("J167", None), ("J16700", None), ("JJ1670", None),
        ("E11.", None), ("E11.65000", None), ("E1.165", None), ("EE1.65", None), ("U071", None), ("250.00", None), ("025", None),
    ],
)  # fmt: skip
def test_a_code_obeys_one_grammar_or_none(value: str, system: str | None) -> None:
    assert system_of(value) == system


@pytest.mark.parametrize(
    ("raw", "value"),
    [("e1165", "E11.65"), ("E11.65", "E11.65"), ("E11", "E11"), ("e11.", "E11"), ("S72001A", "S72.001A"), ("t887xxa", "T88.7XXA")],
)
def test_a_diagnosis_code_is_written_in_capitals_with_its_dot(raw: str, value: str) -> None:
    assert dotted(raw) == value


@given(st.from_regex(r"[A-Za-z]\d[0-9ABab][0-9A-Za-z]{0,4}", fullmatch=True).filter(str.isascii))
def test_writing_a_dot_twice_is_writing_it_once(raw: str) -> None:
    assert dotted(dotted(raw)) == dotted(raw)
    assert system_of(dotted(raw)) == ICD10CM


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # procedures
        ("90389", "CPT 90389"),
        ("What is 90389?", "CPT 90389"),
        ("(90389)", "CPT 90389"),
        ("It is 90389.", "CPT 90389"),
        ("90389: what is it", "CPT 90389"),
        ("#90389", "CPT 90389"),
        ("0552T and 1126f", "CPT 0552T, CPT 1126F"),
        ("vaccine administration 0011A", "CPT 0011A"),
        ("90714, 90715", "CPT 90714, CPT 90715"),
        ("90714,90715", "CPT 90714, CPT 90715"),
        ("90714,90715,90702", "CPT 90714, CPT 90715, CPT 90702"),
        ("90714;90715/90702+90389&96372", "CPT 90714, CPT 90715, CPT 90702, CPT 90389, CPT 96372"),
        ("Can I bill 45380 with 45378?", "CPT 45380, CPT 45378"),
        ("99202-99215", "CPT 99202, CPT 99215"),
        ("99202–99215", "CPT 99202, CPT 99215"),
        ("J1670", "HCPCS J1670"),
        ("j1670 x 2", "HCPCS J1670"),
        ("G2212 for 99215", "HCPCS G2212, CPT 99215"),
        # diagnoses
        ("E11.65 billable?", "ICD-10-CM E11.65"),
        ("e11.65", "ICD-10-CM E11.65"),
        ("Use E11.65.", "ICD-10-CM E11.65"),
        ("E11.65/E11.9", "ICD-10-CM E11.65, ICD-10-CM E11.9"),
        ("E11.65-E11.69", "ICD-10-CM E11.65, ICD-10-CM E11.69"),
        ("T88.7XXA, s72.001a", "ICD-10-CM T88.7XXA, ICD-10-CM S72.001A"),
        ("Z3A.01 and F32.A", "ICD-10-CM Z3A.01, ICD-10-CM F32.A"),
        ("E119", "ICD-10-CM E11.9"),
        ("e119", "ICD-10-CM E11.9"),
        ("E1165/E119", "ICD-10-CM E11.65, ICD-10-CM E11.9"),
        ("C7A00", "ICD-10-CM C7A.00"),
        ("excludes1 at I10", "ICD-10-CM I10"),
        ("is i10 billable?", "ICD-10-CM I10"),
        ("Assign code I10.", "ICD-10-CM I10"),
        ("insulin Z794. Then", "ICD-10-CM Z79.4"),
        ("hypertension (I10)", "ICD-10-CM I10"),
        ("E08-E13", "ICD-10-CM E08, ICD-10-CM E13"),
        ("type 1 diabetes (E10.-)", "ICD-10-CM E10"),
        ("(O9A.2-)", "ICD-10-CM O9A.2"),
        # modifiers
        ("modifier 25", "modifier 25"),
        ("Modifier -25", "modifier 25"),
        ("mod 59", "modifier 59"),
        ("mod-59", "modifier 59"),
        ("modifier xu", "modifier XU"),
        ("modifiers 25, 59 and XE", "modifier 25, modifier 59, modifier XE"),
        ("modifiers LT/RT", "modifier LT, modifier RT"),
        ("modifier 25 vs. 57", "modifier 25, modifier 57"),
        ("modifier 25 or modifier 59", "modifier 25, modifier 59"),
        ("modifier AS", "modifier AS"),
        ("JW and JZ", "modifier JW, modifier JZ"),
        ("99213-25", "CPT 99213, modifier 25"),
        ("99213-TC", "CPT 99213, modifier TC"),
        ("99213-lt", "CPT 99213, modifier LT"),
        ("99213-25-59", "CPT 99213, modifier 25, modifier 59"),
        ("J1670-JZ", "HCPCS J1670, modifier JZ"),
        ("99213 with modifier 25 and 20610", "CPT 99213, modifier 25, CPT 20610"),
    ],
)  # fmt: skip
def test_codes_are_found_as_people_write_them(text: str, found: str) -> None:
    assert written(text) == found


@pytest.mark.parametrize(
    "name", ["CPT", "cpt", "CPT®", "CPT(R)", "CPT code", "CPT codes", "CPT code:", "CPT:", "CPT-", "CPT #", "cpt#", "CPT code #", "CPT\n"]
)
def test_the_name_of_a_system_may_stand_before_a_code(name: str) -> None:
    assert written(f"what is {name} 90389?") == "CPT 90389"
    assert written(f"what is {name} 9038?") == "CPT? 9038"


@pytest.mark.parametrize(
    "name", ["ICD-10", "ICD10", "ICD 10", "icd-10-cm", "ICD10CM", "ICD 10 CM", "ICD-10-CM code", "ICD-10:", "ICD-10-CM codes:"]
)
@pytest.mark.parametrize("raw", ["E11.65", "E1165", "e1165", "S72.001A", "s72001a", "I10"])
def test_named_as_a_diagnosis_a_code_needs_no_dot_and_need_not_be_on_file(name: str, raw: str) -> None:
    assert written(f"{name} {raw}") == f"ICD-10-CM {dotted(raw)}"


@pytest.mark.parametrize("name", ["HCPCS", "hcpcs", "HCPCS code", "HCPCS Level II", "HCPCS Level II code", "HCPCS level 2 codes:"])
def test_hcpcs_may_be_named_with_its_level(name: str) -> None:
    assert written(f"{name} J9999") == "HCPCS J9999"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CPT90389", "CPT 90389"),
        ("CPT J1670", "HCPCS J1670"),
        ("HCPCS 90389", "CPT 90389"),
        ("HCPCS 0552t", "CPT 0552T"),
        ("CPT 99213-25", "CPT 99213, modifier 25"),
        ("CPT codes 90714 and 90715", "CPT 90714, CPT 90715"),
        ("CPT 90714,90715", "CPT 90714, CPT 90715"),
        ("CPT code range 99202-99215", "CPT 99202, CPT 99215"),
        ("ICD-10 E11.65, CPT 90389, HCPCS J1670", "ICD-10-CM E11.65, CPT 90389, HCPCS J1670"),
        ("ICD-10 and CPT 90389", "CPT 90389"),
        ("ICD-9 250.00", "ICD-9-CM 250.00"),
        ("ICD-9-CM code V03.7", "ICD-9-CM V03.7"),
        ("ICD9 E920.8", "ICD-9-CM E920.8"),
        ("ICD-10 E11.-", "ICD-10-CM E11"),
    ],
)
def test_the_name_decides_only_what_the_grammar_leaves_open(text: str, found: str) -> None:
    assert written(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CPT 98765432", "CPT? 98765432"),
        ("CPT 9021", "CPT? 9021"),
        ("CPT 903890.", "CPT? 903890"),
        ("CPT 9038X", "CPT? 9038X"),
        ("HCPCS J167", "HCPCS? J167"),
        ("HCPCS JJ1670", "HCPCS? JJ1670"),
        ("HCPCS D0120", "HCPCS? D0120"),
        ("ICD-10 E1", ""),
        ("ICD-10 EE1.65", "ICD-10-CM? EE1.65"),
        ("ICD-10-CM E11.65000", "ICD-10-CM? E11.65000"),
    ],
)
def test_what_is_named_as_a_code_but_cannot_be_one_is_reported_malformed(text: str, found: str) -> None:
    assert written(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("E1165", "ICD-10-CM E11.65"),  # on file as a diagnosis only
        ("J4521", "ICD-10-CM J45.21"),
        ("E0100", "HCPCS E0100"),  # on file as HCPCS only
        ("A4901", "HCPCS A4901"),  # on file as both: the system that writes no dot
        ("K1234", "HCPCS K1234"),  # on file as neither
        ("Z23", "ICD-10-CM Z23"),
        ("B12", ""),  # a vitamin as long as no such category is on file
        ("T12", ""),  # a vertebra
        ("A1C", ""),
        ("H1N1", ""),
    ],
)
def test_what_grammar_leaves_open_the_files_settle(text: str, found: str) -> None:
    assert written(text) == found


def test_without_files_an_undotted_word_is_no_diagnosis() -> None:
    assert [(m.system, m.value) for m in mentions("E1165 I10 E119")] == [(HCPCS, "E1165")]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "tetanus", "COVID-19", "section I.C.9", "Chapter I, E.1",
        "2026", "2015-12-31", "12/31/2015", "20151231", "2024Q3", "FY2026", "October 2025", "10:30", "2026-01-01T09:30:00",
        "$90389", "US$90389", "$ 90389", "$90389.50", "$12,345", "12,345", "12,345.67", "12345.67", "1,212,345 claims", "90389%",
        "MRN 448812", "NPI 1234567893", "555-123-4567", "1-800-633-4227", "ZIP 12345-6789", "0.90389", "10 000",
        "X90389", "903891", "1234567", "90389abc", "v1.2.3", "www.a10.example", "9038", "D0120", "W1234",
        "modifier", "the modifier is of use", "which modifiers to report", "modifier as needed", "modifier if any",
        "modified 25 times", "modification 59", "-25", "my RTX card", "JWT", "GAXX", "$LT",
        "CPT", "CPT codes", "CPT code set", "HCPCS Level II", "HCPCS level 2", "ICD-10", "ICD-10-CM", "ICD-10-PCS", "ICD-10 and ICD-9",
        "What is new in CPT 2026?", "the HCPCS 2026 file", "ICD-10-CM 2026 guidelines", "ICD-10-CM FY2026", "ICD-10-CM 2025-10-01",
        "ICD-10-CM 4th quarter",
    ],
)  # fmt: skip
def test_dates_money_numbers_and_names_are_no_codes(text: str) -> None:
    assert written(text) == ""


SYSTEM_NAMES = ("CPT", "HCPCS", "ICD-10", "ICD-9-CM", "modifier", "codes", "$", "-", "–", ",", ".", "/", "and", "to", "\n", " ")
CODES = ("90389", "0552t", "J1670", "e1165", "E11.65", "I10", "25", "LT", "XE", "250.00", "98765432", "2026")
texts = st.lists(st.sampled_from(SYSTEM_NAMES + CODES) | st.text(max_size=3), max_size=12)
joints = st.sampled_from(("", " "))


@given(texts, joints)
def test_mentions_stand_in_the_text_in_order_and_apart(parts: list[str], joint: str) -> None:
    text = joint.join(parts)
    at = 0
    for mention in mentions(text, known):
        assert at <= mention.start < mention.end
        assert text[mention.start : mention.end].upper().replace(".", "") == mention.value.replace(".", "")
        at = mention.end


@given(texts, joints)
def test_a_wellformed_mention_obeys_its_system(parts: list[str], joint: str) -> None:
    for mention in mentions(joint.join(parts), known):
        if mention.wellformed and mention.system != ICD9CM:
            assert system_of(mention.value) == mention.system


@given(texts, joints)
def test_what_is_found_in_a_text_is_found_in_it_within_brackets(parts: list[str], joint: str) -> None:
    text = joint.join(parts)
    assert written(f"({text})") == written(text)


def test_every_code_of_the_public_files_is_of_its_system() -> None:
    assert {system_of(value) for value in hcpcs()} == {HCPCS}
    assert {system_of(value) for value in icd10cm()} == {ICD10CM}
    dental = {value for value in seen_codes() if value.startswith("D")}
    assert {system_of(value) for value in seen_codes() - dental if value} == {CPT, HCPCS}
    assert {system_of(value) for value in dental} == {None}


def test_every_diagnosis_on_file_is_found_without_its_dot_unless_hcpcs_writes_it_so() -> None:
    diagnoses, supplies = icd10cm(), frozenset(hcpcs())
    files = {ICD10CM: diagnoses, HCPCS: supplies}
    for value in diagnoses:
        bare = value.replace(".", "")
        meant = (HCPCS, bare) if bare in supplies else (ICD10CM, value)
        assert [(m.system, m.value) for m in mentions(bare, lambda system, code: code in files[system])] == [meant]


def test_categories_that_end_a_sentence_of_the_guidelines_are_found() -> None:
    on_file = icd10cm()
    for page in pdf_pages("guidelines"):
        found = {m.start for m in mentions(page, lambda system, value: value in on_file)}
        ending = [match for match in re.finditer(r"(?<![\w.])[A-Z]\d[0-9AB](?=\.\s)", page) if match[0] in on_file]
        assert {match.start() for match in ending} <= found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("99202-99215", [(CPT, "99202", "99215")]),
        ("99202–99215", [(CPT, "99202", "99215")]),
        ("99202 — 99215", [(CPT, "99202", "99215")]),
        ("codes 99202 through 99215", [(CPT, "99202", "99215")]),
        ("from 99202 thru 99215?", [(CPT, "99202", "99215")]),
        ("Report 99202 to 99215.", [(CPT, "99202", "99215")]),
        ("Report 99202-99215.", [(CPT, "99202", "99215")]),
        ("99202-99205, 99211-99215", [(CPT, "99202", "99205"), (CPT, "99211", "99215")]),
        ("0552t-0559t", [(CPT, "0552T", "0559T")]),
        ("g2211 to G2212", [(HCPCS, "G2211", "G2212")]),
        ("J1459-1599", [(HCPCS, "J1459", "J1599")]),
        ("99215-99202", []),
        ("99213-99213", []),
        ("E0100-99215", []),
        ("99202-0215", []),
        ("2015-2016", []),
        ("12345-6789", []),
        ("2015-12-31", []),
        ("99213-25", []),
        ("99213 and 99215", []),
        ("$90000-95000", []),
        ("E08-E13", []),
        ("X99202-99215", []),
        ("99202-992155", []),
        ("", []),
    ],
)
def test_a_range_has_two_ends_of_one_system(text: str, found: list[tuple[str, str, str]]) -> None:
    assert ranges(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ICD-9 250.00", ["250.00"]),
        ("ICD9: 250.00, V03.7.", ["250.00", "V03.7"]),
        ("ICD 9 code 250.00", ["250.00"]),
        ("diagnosis codes V06.1 and 884.0", ["V06.1", "884.0"]),
        ("E920.8", ["E920.8"]),
        ("250.00", []),
        ("costs 884.00", []),
        ("diagnosis in 12.5% of 123.45 cases: $123.45", ["123.45"]),
        ("diagnosis E11.65", []),
        ("diagnosis 2500.00", []),
    ],
)
def test_old_diagnosis_codes_are_read_only_where_a_text_speaks_of_diagnoses(text: str, found: list[str]) -> None:
    assert icd9_mentions(text) == found


def test_a_mention_says_where_it_stands() -> None:
    text = "Is CPT 99213-25 right for e1165?"
    assert [text[m.start : m.end] for m in mentions(text, known)] == ["99213", "25", "e1165"]
    assert not re.search(r"\d", text[: mentions(text)[0].start])
