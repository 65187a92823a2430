"""Texts in lines of fixed width: (name, whether the first 4,000 characters and the file's name show it, reader)."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from corpus.model import Reading, UnknownLayout
from corpus.readers.edits import ADD_ON_TEXT
from corpus.readers.hcpcs import HCPCS_FIXED
from corpus.readers.icd10history import is_addenda, read_addenda
from corpus.readers.icd10pcs import is_list, is_order, read_list, read_order
from corpus.readers.licensed import LICENSED_FIXED
from corpus.readers.vaccines import VACCINE_TEXTS

_CM_CODE = re.compile(r"[A-Z]\d[0-9A-Z]{1,5} +\S")


def _is_cm_list(head: str, name: str) -> bool:
    return "icd10cm" in name and all(_CM_CODE.match(line) for line in head.split("\n")[:3] if line.strip())


def _leave_cm_list(path: Path, text: str) -> NoReturn:
    """The list of codes that CMS ships in one ZIP with the order file holds nothing that the order file lacks."""
    raise UnknownLayout("its codes and titles are those of the order file that comes with it: add that (icd10cm_order_….txt)")


_RVU_LINE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z] .{50,60}[A-Z] .*\d\.\d\d .*\d\.\d\d ")


def _is_rvu_text(head: str, name: str) -> bool:
    return "rvu" in name and any(_RVU_LINE.match(line) for line in head.split("\n"))


def _leave_rvu_text(path: Path, text: str) -> NoReturn:
    """The fee schedule in fixed width comes in one ZIP with the table itself, and as prose it would spill AMA descriptors."""
    raise UnknownLayout("the fee schedule stands in the CSV or workbook that comes with it: add that (PPRRVU….csv)")


FIXED: tuple[tuple[str, Callable[[str, str], bool], Callable[[Path, str], Reading]], ...] = (
    ("ICD-10 addenda", is_addenda, read_addenda),
    ("ICD-10-CM codes", _is_cm_list, _leave_cm_list),
    ("ICD-10-PCS order file", is_order, read_order),
    ("ICD-10-PCS codes", is_list, read_list),
    HCPCS_FIXED,
    ADD_ON_TEXT,
    *VACCINE_TEXTS,
    *LICENSED_FIXED,
    ("RVU text", _is_rvu_text, _leave_rvu_text),
)
