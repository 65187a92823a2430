"""Abbreviations are written out whole, in any case, and nothing else is touched; what means several things needs its context."""

import pytest

from corpus.abbreviations import found, key, means, replaced, table, written_out


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("COPD", "chronic obstructive pulmonary disease"),
        ("copd with UTI", "chronic obstructive pulmonary disease with urinary tract infection"),
        ("NSTEMI", "non-ST elevation myocardial infarction"),
        ("T2DM and CKD", "type 2 diabetes mellitus and chronic kidney disease"),
        ("CKD 3b", "chronic kidney disease stage 3b"),
        ("CKD stage III", "chronic kidney disease stage 3"),
        ("s/p CABG", "status post aortocoronary bypass graft"),
        ("BPH w/o LUTS", "benign prostatic hyperplasia without lower urinary tract symptoms"),
        ("a-fib, h/o DVT", "atrial fibrillation, history of deep vein thrombosis"),
        ("fx of lt tibia", "fracture of left tibia"),
        ("MI", "myocardial infarction"),
        ("CAP", "community acquired pneumonia"),
        ("cap of a bottle", "cap of a bottle"),  # in small letters a word
        ("as needed", "as needed"),
        ("administration of a drug", "administration of a drug"),
        ("anaemia", "anemia"),
        ("", ""),
    ],
)
def test_abbreviations_are_written_out(text: str, written: str) -> None:
    assert written_out(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("rheumatic MS of the valve", "rheumatic mitral stenosis of the valve"),
        ("MS", "multiple sclerosis"),
        ("ALS ambulance transport", "advanced life support ambulance transport"),
        ("ALS", "amyotrophic lateral sclerosis"),
        ("ED visit level 3", "emergency department visit level 3"),
        ("severe AS", "severe aortic stenosis"),
        ("AS", "AS"),
    ],
)
def test_what_means_several_things_is_settled_by_the_words_near_it(text: str, written: str) -> None:
    assert written_out(text) == written


def test_writing_out_twice_changes_nothing() -> None:
    unstable = [
        short
        for section in ("any", "capitals")
        for short in table("abbreviations")[section]
        if written_out(written_out(short)) != written_out(short)
    ]
    assert unstable == []


def test_the_longest_entry_is_taken() -> None:
    assert replaced("stomach flu", "laywords", ("diseases",)) == "infectious gastroenteritis and colitis"
    assert found("status post total hysterectomy", "laywords", "status") == (
        "total hysterectomy",
        "acquired absence of both cervix and uterus",
    )


@pytest.mark.parametrize(("one", "other"), [("stones", "stone"), ("Parkinson’s", "parkinson's"), ("pus", "pus"), ("abscess", "abscess")])
def test_a_plural_is_its_singular(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_a_text_means_an_entry_only_as_a_whole() -> None:
    assert means("burning when urinating?", "laywords", "diseases") == "dysuria"
    assert means("burning when urinating in a child", "laywords", "diseases") is None
