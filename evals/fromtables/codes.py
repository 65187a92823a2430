"""Codes asked by code: what each is, and whether it holds on a date."""

import csv
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random

from evals.fromtables import Made, made, place
from evals.fromtables.sheets import DATA, Row, day, order, rows, sampled, tabular, telling

HCPCS = "HCPC2026_JAN_ANWEB.xlsx"
TABULAR = "icd10c-tabular-April-1-2026.xml"
ORDER = "icd10cm_order_2025_april.txt"
DURING = "2026-02-15"  # a day on which the January 2026 HCPCS holds
ASK = ("what is {}?", "What does {} stand for?", "define {}", "{}", "tell me about {}", "what's {}", "describe {}")


def _hcpcs() -> list[Row]:
    return rows("hcpcs/hcpcs_2026Q1_jan.csv")


def hcpcs(random: Random) -> Iterator[Made]:
    """HCPCS Level II codes in force."""
    for row in sampled([row for row in _hcpcs() if not row["term_date"]], 34, random):
        code = row["code"]
        asked = random.choice(ASK).format(random.choice((code, f"HCPCS {code}", f"hcpcs code {code.lower()}")))
        facts = [re.escape(word) for word in telling(row["long_description"])]
        yield made(f"code-hcpcs-{code}", "code lookup", asked, codes=[code], facts=facts, cite=[place(HCPCS, f"row {code}")])


def icd10cm(random: Random) -> Iterator[Made]:
    """ICD-10-CM codes, billable and headings."""
    both = sorted(code for code in order() if code in tabular())
    for code in random.sample(both, 34):
        asked = random.choice(ASK).format(random.choice((code, f"ICD-10 {code}", f"dx code {code.replace('.', '')}", code.lower())))
        facts = [re.escape(word) for word in telling(order()[code][1])]
        yield made(f"code-icd-{code}", "code lookup", asked, codes=[code], facts=facts, cite=[place(TABULAR, code), place(ORDER, code)])


def cpt(random: Random) -> Iterator[Made]:
    """CPT codes: what CMS's categories say of them, and that no descriptor is made up."""
    held = [row for row in rows("codes_only/rbcs_categories_2024_nodesc.csv") if row["hcpcs_date_ended"].startswith("9999")]
    listed = {row["hcpcs"] for row in rows("fees/pprrvu2025_oct_nodesc.csv")}
    plain = [row for row in held if row["hcpcs_code"].isdigit() and row["hcpcs_code"] in listed]
    for row in sampled(plain, 26, random):
        code = row["hcpcs_code"]
        asked = random.choice(ASK).format(random.choice((f"CPT {code}", f"cpt code {code}", code)))
        facts = [rf"{re.escape(row['rbcs_category'])}|{re.escape(row['rbcs_subcategory'])}"]
        yield made(f"code-cpt-{code}", "code lookup", asked, codes=[code], facts=facts, cite=[])


def pcs(random: Random) -> Iterator[Made]:
    """ICD-10-PCS codes."""
    with gzip.open(DATA / "icd10pcs" / "icd10pcs_codes.csv.gz", "rt") as text:
        kept = [row for number, row in enumerate(csv.DictReader(text)) if number % 1009 == 0]
    for row in sampled(kept, 8, random):
        code, facts = row["code"], [re.escape(word) for word in telling(row["long_name"])]
        yield made(
            f"code-pcs-{code}", "code lookup", f"What is ICD-10-PCS {code}?", codes=[code], facts=facts,
            cite=[place("icd10pcs_codes.csv", f"row {code}"), place("icd10pcs_codes.csv.gz", f"row {code}")],
        )  # fmt: skip


LISTS = """
pos|reference/place_of_service_codes.csv|pos_code|pos_name|12|POS {}?;What is place of service {}?;place of service code {}
revenue|reference/tuva_revenue_center_code.csv|revenue_center_code|description|10|What is revenue code {}?;rev code {} meaning
drg|reference/tuva_ms_drg.csv|ms_drg|description|12|What is MS-DRG {}?;DRG {}
discharge|reference/tuva_discharge_disposition.csv|discharge_disposition_code|description|5|What does discharge status {} mean?
admit-source|reference/tuva_admit_source.csv|code|description|3|What is admission source code {}?
admit-type|reference/tuva_admit_type.csv|admit_type_code|description|3|What does admission type {} mean?
"""


def lists(random: Random) -> Iterator[Made]:
    """Places of service, revenue codes, MS-DRGs and the small lists of a claim form."""
    for name, file, key, title, count, asks in (line.split("|") for line in LISTS.strip().splitlines()):
        kept = [row for row in rows(file) if telling(row[title], 1) and "assigned" not in row[title].lower()]
        for row in sampled(kept, int(count), random):
            code, facts = row[key].strip('"'), [re.escape(word) for word in telling(row[title])]
            asked = random.choice(asks.split(";")).format(code)
            yield made(f"code-{name}-{code}", "code lookup", asked, facts=facts, cite=[place(file.rsplit("/", 1)[1])])


DENIALS = {
    "CARC": (12, ("What is CARC {}?", "denial code {} meaning", "claim adjustment reason code {}")),
    "RARC": (10, ("What does remark code {} mean?", "RARC {}")),
    "Group": (3, ("What does group code {} mean on a remittance?",)),
}


def denials(random: Random) -> Iterator[Made]:
    """Claim adjustment reason and remark codes."""
    file = "carc_rarc_adjustment_codes_2024.csv"
    held = [row for row in rows(f"reference/{file}") if telling(row["adj_description"]) and not row["adj_end_date"]]
    for kind, (count, asks) in DENIALS.items():
        for row in sampled([row for row in held if row["adj_type"] == kind], count, random):
            code, facts = row["adj_code"], [re.escape(word) for word in telling(row["adj_description"], 1)]
            asked = random.choice(asks).format(code)
            yield made(f"code-{kind.lower()}-{code}", "code lookup", asked, facts=facts, cite=[place(file)])


def modifiers(random: Random) -> Iterator[Made]:
    """HCPCS modifiers; those of CPT belong to the AMA and are left out."""
    file = "reference/modifiers_northstar_2024.csv"
    kept = [row for row in rows(file) if row["mod_type"] != "CPT" and row["mod_code"].isalpha() and telling(row["mod_description"])]
    unique = list({row["mod_code"]: row for row in kept}.values())
    for row in sampled(unique, 14, random):
        code, facts = row["mod_code"], [re.escape(word) for word in telling(row["mod_description"], 1)]
        asked = random.choice(("What is modifier {}?", "modifier {} meaning", "when is modifier -{} used?")).format(code)
        yield made(f"code-modifier-{code}", "code lookup", asked, facts=facts, cite=[])


def vaccines(random: Random) -> Iterator[Made]:
    """CVX codes."""
    for row in sampled([row for row in rows("vaccines/cvx_to_cpt_codes_only_2026-01.csv") if row["cvx_short_name"]], 8, random):
        facts = [re.escape(row["cvx_short_name"].split(",")[0].split(" ")[0])]
        asked = f"What is CVX {row['cvx_code']}?"
        yield made(f"code-cvx-{row['cvx_code']}", "code lookup", asked, facts=facts, cite=[place("cvx_to_cpt_codes_only_2026-01.csv")])


# Validity


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=40)).isoformat()


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=40)).isoformat()


def terminated(random: Random) -> Iterator[Made]:
    """HCPCS codes with a last day: after it, and before it."""
    held = [row for row in _hcpcs() if row["term_date"] and row["add_date"]]
    for at, row in enumerate(sampled([row for row in held if "2005" < row["term_date"] < "20251201"], 24, random)):
        code, last, first = row["code"], day(row["term_date"]), day(row["add_date"])
        cite = [place(HCPCS, f"row {code}")]
        if at % 2:
            asked = random.choice((f"Is {code} still valid?", f"is HCPCS {code} active", f"Can I still bill {code}?"))
            yield made(
                f"valid-ended-{code}",
                "validity",
                asked,
                codes=[code],
                facts=[last],
                forbidden=[r"\bis valid\b"],
                cite=cite,
                date_of_service=_after(last),
            )
        elif first < _before(last):
            asked = random.choice((f"Was {code} valid?", f"Is {code} valid on the date of service?"))
            yield made(
                f"valid-while-{code}",
                "validity",
                asked,
                codes=[code],
                facts=[last],
                forbidden=[r"not valid"],
                cite=cite,
                date_of_service=_before(last),
            )


def begun(random: Random) -> Iterator[Made]:
    """HCPCS codes before their first day, and active ones on a day they hold."""
    held = [row for row in _hcpcs() if row["add_date"] > "20180101" and not row["term_date"]]
    for at, row in enumerate(sampled(held, 20, random)):
        code, first = row["code"], day(row["add_date"])
        cite = [place(HCPCS, f"row {code}")]
        if at % 2:
            asked = f"Was {code} valid on {_before(first)}?"
            yield made(f"valid-early-{code}", "validity", asked, codes=[code], facts=[first, r"not (yet )?valid|\bNo\b"], cite=cite)
        else:
            asked = random.choice((f"Is {code} valid?", f"is {code} billable in 2026", f"{code} still active?"))
            yield made(
                f"valid-now-{code}",
                "validity",
                asked,
                codes=[code],
                facts=[first],
                forbidden=["not valid"],
                cite=cite,
                date_of_service=DURING,
            )


def billable(random: Random) -> Iterator[Made]:
    """ICD-10-CM codes and headings: which may stand on a claim."""
    both = sorted(code for code in order() if code in tabular() and len(code) > 3)
    leaves = [code for code in both if order()[code][0]]
    heads = [code for code in both if not order()[code][0]]
    for code in random.sample(leaves, 12):
        asked = random.choice(
            (f"Is {code} billable?", f"{code} billable?", f"is {code} a valid ICD-10 code", f"Can {code} be reported on a claim?")
        )
        yield made(
            f"billable-{code}",
            "validity",
            asked,
            codes=[code],
            facts=[r"\bbillable\b"],
            forbidden=["not billable"],
            cite=[place(TABULAR, code), place(ORDER, code)],
        )
    for code in random.sample(heads, 12):
        asked = random.choice((f"Is {code} billable?", f"{code} billable?", f"is {code} specific enough to bill"))
        yield made(
            f"heading-{code}",
            "validity",
            asked,
            codes=[code],
            facts=[r"not billable|heading|\bNo\b"],
            cite=[place(TABULAR, code), place(ORDER, code)],
        )


def ended_cpt(random: Random) -> Iterator[Made]:
    """CPT codes whose last day CMS's categories state."""
    last: dict[str, set[str]] = {}
    for row in rows("codes_only/rbcs_categories_2024_nodesc.csv"):
        last.setdefault(row["hcpcs_code"], set()).add(row["hcpcs_date_ended"])
    over = sorted(
        (code, days.pop()) for code, days in last.items() if code.isdigit() and len(days) == 1 and not min(days).startswith("9999")
    )
    for code, end in random.sample(over, 12):
        asked = random.choice((f"Is CPT {code} still valid?", f"is {code} deleted?", f"Can I still report {code}?"))
        yield made(
            f"valid-cpt-{code}",
            "validity",
            asked,
            codes=[code],
            facts=[end],
            forbidden=[r"\bis valid on\b"],
            cite=[place("rbcs_categories_2024_nodesc.csv", f"row {code}")],
        )


def new_icd(random: Random) -> Iterator[Made]:
    """Codes new in fiscal 2025: when they began, and what was reported before."""
    table = rows("icd10cm/icd10cm_conversion_table_FY25.csv", above=3)
    listed = [list(row.values()) for row in table]
    fresh = [
        row for row in listed if len(row) > 2 and row[1] == "2025" and re.fullmatch(r"[A-Z]\d\w(\.\w+)?", row[0]) and row[0] in order()
    ]
    for code, _, before in random.sample(fresh, min(12, len(fresh))):
        old = re.findall(r"[A-Z]\d\w(?:\.\w+)?", before)
        asked = random.choice(
            (f"What was {code} coded as before fiscal year 2025?", f"previous code for {code}", f"What did {code} replace?")
        )
        yield made(f"history-{code}", "crosswalk", asked, codes=[code, *old[:1]], cite=[place("icd10cm_conversion_table_FY25.csv")])


MAKERS: Sequence[Callable[[Random], Iterator[Made]]] = (
    hcpcs, icd10cm, cpt, pcs, lists, denials, modifiers, vaccines, terminated, begun, billable, ended_cpt, new_icd,
)  # fmt: skip
