"""Commands that check what is to be billed: codes together, and claims of a file line by line."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.findings import Finding
from assistant.home import opened
from assistant.options import Day, Json
from assistant.output import fail, say, say_json, show, warn

if TYPE_CHECKING:
    from assistant.claimfile import Filed


def check(codes: list[str], as_json: Json = False, on: Day = None) -> None:
    """Check codes of one claim together: validity, NCCI pairs, add-on codes, units, notes. Exit status 1 where something is wrong."""
    from assistant.checks import as_table
    from assistant.checks import check as checked

    day = on or date.today()
    with opened() as library:
        named, findings = checked(codes, library, day)
    if as_json:
        listed = [{"system": system or None, "code": value} for system, value in named]
        say_json({"codes": listed, "date": day.isoformat(), "findings": _as_json(findings)})
    elif findings:
        show(as_table(findings, f"{', '.join(f'{system} {value}'.strip() for system, value in named)} on {day}"))
    else:
        say("Nothing on file speaks of these codes together: add the NCCI tables.")
    _end(_wrong(findings))


def claim(file: Annotated[Path, typer.Argument(metavar="FILE")], as_json: Json = False, on: Day = None) -> None:
    """Check the claims of a file line by line: codes, NCCI edits, units, diagnoses, patient. Exit status 1 where one is wrong.

    FILE is a table with a row a claim line (CSV, tab-delimited, xlsx), whose columns may be called otherwise and stand in any order:

    \b
    claim,code,units,modifiers,diagnoses,date,place,setting,payer,age,sex
    17,99213,1,25,M17.11,2024-03-01,11,,Medicare,71,F
    17,20610,1,RT,M17.11,2024-03-01,11,,Medicare,71,F

    or JSON lines, an object a claim:

    \b
    {"id": 17, "date": "2024-03-01", "place": "11", "age": 71, "lines": [{"code": "20610", "modifiers": ["RT"], "diagnoses": ["M17.11"]}]}
    """
    from assistant.claimfile import read
    from assistant.claims import check_claim

    with opened() as library:
        try:
            filed = read(file, on or date.today())
        except OSError as error:
            raise fail(f"{file}: {error.strerror or error}", 2) from None
        found = [(item, check_claim(item.claim, library) if item.claim else []) for item in filed]
    if as_json:
        say_json({"claims": [_object(item, findings) for item, findings in found]})
    else:
        for item, findings in found:
            _show(item, findings)
    _end(any(item.errors for item in filed) or any(_wrong(findings) for _, findings in found))


def _object(item: "Filed", findings: Sequence[Finding]) -> dict[str, Any]:
    if item.claim is None:
        return {"id": item.id, "errors": item.errors}
    return {"id": item.id, "date": item.claim.on.isoformat(), "findings": _as_json(findings)}


def _show(item: "Filed", findings: Sequence[Finding]) -> None:
    from assistant.checks import as_table

    for error in item.errors:
        warn(f"claim {item.id}: {error}")
    if item.claim and findings:
        show(as_table(findings, f"claim {item.id} on {item.claim.on}: {_tally(findings)}"))
    elif item.claim:
        say(f"claim {item.id} on {item.claim.on}: nothing found.")


def _tally(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{count} {severity}{'s' * (count > 1)}" for severity, count in counts.items())


def _as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [finding.as_json(number) for number, finding in enumerate(findings, 1)]


def _wrong(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _end(wrong: bool) -> None:
    if wrong:
        raise typer.Exit(1)
