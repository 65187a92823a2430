"""What was found on claims, to take away: a table for a spreadsheet, and one claim as a page of Markdown."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO

from assistant.findings import Claim, Finding
from assistant.quote import escaped
from corpus.model import Source

UNSEEN = "The record, the payer's own edits and policies, prior authorization and fees are not checked."
_COLUMNS = ("claim", "date", "severity", "kind", "lines", "finding", "source", "edition", "from", "place", "page", "address", "licence")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def header() -> str:
    """The first line of a table of findings."""
    return _lines([_COLUMNS])


def rows(name: str, day: str, findings: Sequence[Finding]) -> str:
    """The findings of one claim as lines of that table; a line that says so where there are none."""
    if not findings:
        return _lines([(name, day, "nothing found")])
    return _lines(_row(name, day, finding) for finding in findings)


def unread(name: str, errors: Iterable[str]) -> str:
    """A line for each reason why a claim could not be read."""
    return _lines((name, "", "not read", "", "", error) for error in errors)


def _row(name: str, day: str, finding: Finding) -> tuple[object, ...]:
    told = finding.as_json(1)
    cited = told["citation"] or {}
    facts = (cited.get(key) for key in ("title", "edition", "effective", "locator", "page", "url", "licence"))
    return name, day, finding.severity, finding.kind, " ".join(map(str, finding.lines)), finding.text, *facts


def _lines(table: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([cell(value) for value in row] for row in table)
    return text.getvalue()


def markdown(claim: Claim, findings: Sequence[Finding], measured: Mapping[str, Sequence[Source]]) -> str:
    """One claim, what was found on it, and what it was checked against."""
    return "\n".join([*_billed(claim), "", *_found(findings), "", *_against(measured), ""])


def _billed(claim: Claim) -> Iterator[str]:
    facts = {"place of service": claim.place, "setting": claim.setting, "payer": claim.payer, "age": claim.age, "sex": claim.sex}
    told = [f"{name} {value}" for name, value in facts.items() if value not in (None, "")]
    yield f"# Claim of {claim.on}\n"
    yield from [escaped(", ".join(told)) + "\n"] if told else []
    yield "| line | code | units | modifiers | diagnoses |\n|---:|---|---:|---|---|"
    for at, line in enumerate(claim.lines):
        yield f"| {at + 1} | {line.code} | {line.units} | {' '.join(line.modifiers or ())} | {' '.join(claim.of_line(at))} |"


def _found(findings: Sequence[Finding]) -> Iterator[str]:
    yield "## Findings\n"
    for finding in findings:
        item, lines = finding.evidence, ", ".join(map(str, finding.lines))
        place = f"{'line' if len(finding.lines) == 1 else 'lines'} {lines}" if lines else "claim"
        source = " · ".join(filter(None, (item.document.title, item.source.edition, item.locator))) if item else ""
        yield f"- **{finding.severity}**, {place}: {escaped(finding.text)}" + (f" *({escaped(source)})*" if source else "")
    if not findings:
        yield "Nothing found."


def _against(measured: Mapping[str, Sequence[Source]]) -> Iterator[str]:
    yield "## Checked against\n"
    for name, sources in measured.items():
        yield f"- {name}: {escaped('; '.join(source.title for source in sources)) or 'none on file, not checked'}"
    yield f"\n{UNSEEN}"
