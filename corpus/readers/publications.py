"""Know the official manuals by their covers; any other PDF is its owner's."""

import re
from datetime import date
from pathlib import Path

from corpus.model import Source

_GUIDELINES = re.compile(r"ICD-10-CM Official Guidelines for Coding and ?Reporting(?:[ ,-]+FY ?20\d\d.*)?", re.I)
_NCCI = re.compile(
    r"(?:20\d\d )?(?:Medicare )?(?:NCCI|National Correct Coding Initiative) (?:Coding )?Policy Manual(?: for Medicare(?: Services)?)?", re.I
)
_COVER = 6  # lines at most before a manual names itself


def recognised(path: Path, texts: list[str], meta: dict[str, str]) -> Source:
    """Say which publication a PDF is: a manual's name is a line of its own on the cover, and in other papers a part of a sentence."""
    cover = [line for raw in texts[0].split("\n") if (line := " ".join(raw.split()))][:_COVER]
    opening = " ".join(" ".join(texts[:3]).split())
    if any(_GUIDELINES.fullmatch(line) for line in cover):
        return _guidelines(path, opening)
    if any(_NCCI.fullmatch(line) for line in cover):
        return _ncci_manual(path, texts, opening)
    title = meta.get("Title", "").strip() or path.stem.replace("_", " ")
    return Source(id="", title=title, publication=title, licence="not stated; supplied by you", kind="pdf", file=path.name)


def _guidelines(path: Path, opening: str) -> Source:
    year = re.search(r"FY\s*(20\d\d)", opening)
    fiscal = int(year[1]) if year else None
    return Source(
        id="",
        title="ICD-10-CM Official Guidelines for Coding and Reporting" + (f", FY {fiscal}" if fiscal else ""),
        publication="ICD-10-CM Official Guidelines",
        licence="public domain (US government)",
        kind="ICD-10-CM guidelines",
        publisher="CMS and NCHS",
        edition=f"FY {fiscal}" if fiscal else None,
        url="https://www.cms.gov/medicare/coding-billing/icd-10-codes",
        jurisdiction="US",
        effective=date(fiscal - 1, 10, 1) if fiscal else None,
        ended=date(fiscal, 9, 30) if fiscal else None,
        file=path.name,
    )


def _ncci_manual(path: Path, texts: list[str], opening: str) -> Source:
    year = re.search(r"January 1, (20\d\d)", opening) or re.search(r"1/1/(20\d\d)", " ".join(texts[:40]))
    edition = year[1] if year else None
    return Source(
        id="",
        title="NCCI Policy Manual for Medicare" + (f", {edition}" if edition else ""),
        publication="NCCI Policy Manual for Medicare",
        licence="public domain (US government); CPT quotations © AMA",
        kind="NCCI policy manual",
        publisher="CMS",
        edition=edition,
        url="https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits/medicare-ncci-policy-manual",
        payer="Medicare",
        jurisdiction="US",
        effective=date(int(edition), 1, 1) if edition else None,
        ended=date(int(edition), 12, 31) if edition else None,
        file=path.name,
    )
