"""Compare one starter document with the public tables: every entry of its `checks`, every code, date and wording."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import frontmatter
import tables

STARTER = Path(__file__).parents[1] / "corpus" / "starter"
KINDS = {"code", "guideline", "policy", "reference"}
SHINGLE = 9  # words in a row that must not stand in any source
Check = dict[str, object]


def load(path: Path) -> frontmatter.Post:
    return frontmatter.load(str(path))


def _day(stamp: str) -> str:
    """Normalise 19990101, 1999-01-01 00:00:00 and 1999-01-01 to ISO; 9999-12-31 and blanks mean none."""
    digits = re.sub(r"\D", "", stamp)[:8]
    return "" if not digits or digits == "99991231" else f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _row(check: Check) -> dict[str, str]:
    """The table's own values under the names a check uses."""
    code = _text(check.get("code"))
    match check["table"]:
        case "rbcs":
            row = tables.rbcs()[code]
            return {"begin": _day(row["hcpcs_date_added"]), "end": _day(row["hcpcs_date_ended"]), "family": row["rbcs_family"]}
        case "mue":
            row = tables.mue(_text(check["setting"]))[code]
            return {"units": row["mue_units"], "mai": row["mue_mai"], "rationale": row["mue_rationale"]}
        case "pfs":
            row = tables.pfs()[code]
            return {"status": row["status_code"], "global": row["glob_days"], "pctc": row["pctc_ind"], "work_rvu": row["work_rvu"]}
        case "asp":
            row = tables.asp()[code]
            return {"limit": row["Payment Limit"], "dosage": row["HCPCS Code Dosage"]}
        case "hcpcs":
            row = tables.hcpcs()[code]
            return {"added": _day(row["add_date"]), "ended": _day(row["term_date"]), "coverage": row["coverage_code"]}
        case "cvx":
            row = tables.cvx()[_text(check["cvx"])]
            return {"cpt": row["cpt_codes"], "status": row["status"]}
        case "pos":
            return {"name": tables.pos()[code]["pos_name"]}
        case "ncd":
            row = tables.ncds()[_text(check["section"])]
            return {"effective": _day(row["NCD_efctv_dt"]), "terminated": _day(row["NCD_trmntn_dt"])}
        case "ptp":
            pair = tables.pair_indicator(_text(check["setting"]), _text(check["column1"]), _text(check["column2"]))
            return {"indicator": pair or "none"}
        case other:
            raise AssertionError(f"no such table: {other}")


def _says(check: Check) -> str | None:
    """Key terms that must stand on a page of a manual, in an NCD or in the statute; the complaint, or None."""
    match check["table"]:
        case "ncci_manual" | "guidelines" as name:
            where = tables.pdf_pages(str(name))[int(_text(check["page"])) - 1]
        case "ncd":
            where = " ".join(tables.ncds()[_text(check["section"])].values())
        case "statute":
            where = tables.statute()
        case other:
            raise AssertionError(f"`mentions` cannot be checked in {other}")
    flat = re.sub(r"\s+", " ", where).casefold()
    terms = [_text(term) for term in check["mentions"]]  # type: ignore[attr-defined]
    missing = [term for term in terms if term.casefold() not in flat]
    return f"{check}: not found: {missing}" if missing else None


def check_complaints(post: frontmatter.Post) -> list[str]:
    """Each `checks` entry against its table; each value checked must also stand in the document."""
    complaints = []
    for check in post.get("checks") or []:
        if check["table"] == "addon":
            row = (_text(check["primary"]), _text(check["addon"]), _text(check["type"]))
            if row not in tables.addons():
                complaints.append(f"{check}: no such row")
            continue
        if "mentions" in check:
            complaints += [said] if (said := _says(check)) else []
            continue
        keys = {"table", "code", "setting", "cvx", "section", "column1", "column2"}
        try:
            actual = _row(check)
        except KeyError as missing:
            complaints.append(f"{check}: no row {missing}")
            continue
        complaints += [
            f"{check}: {key} is {actual[key]!r} in the table"
            for key, value in check.items()
            if key not in keys and _text(value) != actual[key]
        ]
    return complaints


def code_complaints(post: frontmatter.Post) -> list[str]:
    """Every five-character code and ICD-10-CM code named in the body exists in the public files."""
    body = re.sub(r"https?://\S+", "", post.content)
    named = set(re.findall(r"\b(?:\d{4}[0-9A-Z]|[A-CEGHJ-MP-V]\d{4})\b", body))
    years = {code for code in named if code.isdigit() and len(code) == 4}
    allowed = {_text(code) for code in post.get("not_codes") or []}
    unknown = sorted(named - years - tables.seen_codes() - allowed)
    diagnoses = set(re.findall(r"\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b", body)) - allowed
    stems = tables.icd10cm()
    lost = sorted(code for code in diagnoses if code not in stems and not _extends(code, stems))
    return [f"unknown code {code}" for code in unknown + lost]


def _extends(code: str, stems: frozenset[str]) -> bool:
    """A 7th-character code extends a stem, with X as the placeholder (ICD-10-CM guidelines I.A.4 and I.A.5)."""
    return len(code) == 8 and code[:-1].rstrip("X").rstrip(".") in stems


def date_complaints(post: frontmatter.Post) -> list[str]:
    """Every ISO date in the body is one of the document's dates or of its checks, or listed under `dates` with a reason."""
    known = {_text(post.get("effective")), _text(post.get("ended"))} | set(post.get("dates") or {})
    for check in post.get("checks") or []:
        known |= {_text(value) for value in check.values()}
    known = {str(day) for day in known}
    return [f"date {day} has no check" for day in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", post.content) if day not in known]


def shape_complaints(path: Path, post: frontmatter.Post) -> list[str]:
    """The front matter has what a reader needs to judge the document."""
    complaints = [f"no {key}" for key in ("id", "title", "kind", "codes", "sources") if key not in post]
    if post.get("id") != path.stem:
        complaints.append("id is not the file name")
    if post.get("kind") not in KINDS:
        complaints.append(f"kind {post.get('kind')!r}")
    for key in ("effective", "ended"):
        if post.get(key) is not None and not isinstance(post.get(key), date):
            complaints.append(f"{key} is not a date")
    for source in post.get("sources") or [{}]:
        complaints += [f"source without {key}" for key in ("publication", "publisher", "section", "address") if not source.get(key)]
    return complaints


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _shingles(text: str) -> set[str]:
    words = _words(text)
    return {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


@cache
def source_shingles() -> frozenset[str]:
    """Every run of nine words in the seeds, the manuals, the NCDs, the modifier table, HCPCS and POS texts."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(tables.SEEDS.glob("*.txt"))]
    texts += [page for name in tables.PDFS for page in tables.pdf_pages(name)]
    texts += [" ".join(row.values()) for row in tables.ncds().values()]
    texts += [row["long_description"] for row in tables.hcpcs().values()]
    texts += [row["pos_description"] for row in tables.pos().values()]
    texts += [tables.need("reference/modifiers_northstar_2024.csv").read_text(encoding="utf-8", errors="replace")]
    texts += [tables.need("reference/modifiers_additional_northstar_2024.csv").read_text(encoding="utf-8", errors="replace")]
    return frozenset(shingle for text in texts for shingle in _shingles(text))


def wording_complaints(post: frontmatter.Post) -> list[str]:
    """No nine words in a row are anybody else's."""
    return [f"copied wording: {shingle!r}" for shingle in sorted(_shingles(post.content) & source_shingles())]


def complaints(path: Path) -> list[str]:
    """Everything wrong with one starter document; empty when it can be trusted as far as the tables reach."""
    post = load(path)
    return shape_complaints(path, post) + check_complaints(post) + code_complaints(post) + date_complaints(post) + wording_complaints(post)
