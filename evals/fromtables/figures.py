"""Fees, limits and crosswalks, and the comparison of two codes."""

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from evals.fromtables import Made, made, place
from evals.fromtables.sheets import rows, sampled, telling

SCHEDULE = "pprrvu2025_oct_nodesc.csv"
DURING = "2025-11-03"  # a day on which the October 2025 fee schedule and Addendum B hold
QUARTER = "2026-02-16"  # a day on which the January 2026 drug limits hold


def _figure(text: str) -> str:
    """A figure with or without trailing zeros and thousands commas."""
    whole, _, part = text.partition(".")
    grouped = rf"{int(whole):,}".replace(",", ",?")
    part = part.rstrip("0")
    return rf"(?<![\d.]){grouped}(?:\.{part}0*)(?!\d)" if part else rf"(?<![\d.]){grouped}(?:\.0+)?(?!\d)"


def rvus(random: Random) -> Iterator[Made]:
    """Work and total RVUs, global days and status of the Physician Fee Schedule."""
    held = [
        row
        for row in rows(f"fees/{SCHEDULE}")
        if not row["mod"] and row["status_code"] == "A" and float(row["work_rvu"] or 0) > 0 and row["hcpcs"].isdigit()
    ]
    asks = (
        ("work RVU of {}?", "work_rvu"),
        ("What is the total non-facility RVU for {}?", "nonfac_total"),
        ("total facility RVUs {}", "fac_total"),
    )
    for row in sampled([row for row in held if not row["nonfac_na"] and not row["fac_na"]], 18, random):
        ask, column = random.choice(asks)
        cite = [place(SCHEDULE, f"row {row['hcpcs']}")]
        yield made(
            f"fee-{column}-{row['hcpcs']}",
            "fees",
            ask.format(row["hcpcs"]),
            codes=[row["hcpcs"]],
            facts=[_figure(row[column])],
            cite=cite,
            date_of_service=DURING,
        )
    for row in sampled([row for row in held if row["glob_days"] in ("010", "090")], 6, random):
        asked = f"How many global days does {row['hcpcs']} have?"
        yield made(
            f"fee-global-{row['hcpcs']}",
            "fees",
            asked,
            codes=[row["hcpcs"]],
            facts=[rf"\b0?{int(row['glob_days'])}\b"],
            cite=[place(SCHEDULE, f"row {row['hcpcs']}")],
            date_of_service=DURING,
        )


def amounts(random: Random) -> Iterator[Made]:
    """What Medicare pays nationally: total RVUs times the conversion factor."""
    held = [
        row
        for row in rows(f"fees/{SCHEDULE}")
        if not row["mod"] and row["status_code"] == "A" and row["hcpcs"].isdigit() and not row["nonfac_na"]
    ]
    for row in sampled([row for row in held if float(row["nonfac_total"]) > 0.5], 8, random):
        amount = round(float(row["nonfac_total"]) * float(row["conv_factor"]) + 1e-9, 2)
        asked = random.choice(
            (
                "What does Medicare pay for {} in the office?",
                "national non-facility payment for {}",
                "How much is {} under the physician fee schedule?",
            )
        ).format(row["hcpcs"])
        yield made(
            f"fee-amount-{row['hcpcs']}",
            "fees",
            asked,
            codes=[row["hcpcs"]],
            facts=[_figure(f"{amount:.2f}")],
            cite=[place(SCHEDULE, f"row {row['hcpcs']}")],
            date_of_service=DURING,
        )


def limits(random: Random) -> Iterator[Made]:
    """Part B drug payment limits and Addendum B payment rates."""
    file = "asp_payment_limits_2026_jan_nodesc.csv"
    for row in sampled([row for row in rows(f"fees/{file}") if re.fullmatch(r"[\d.]+", row["Payment Limit"])], 12, random):
        code = row["HCPCS Code"]
        asked = random.choice(("Part B payment limit for {}?", "What is the ASP limit of {}?", "medicare drug payment limit {}")).format(
            code
        )
        yield made(
            f"fee-asp-{code}",
            "fees",
            asked,
            codes=[code],
            facts=[_figure(row["Payment Limit"])],
            cite=[place(file, f"row {code}")],
            date_of_service=QUARTER,
        )
    file = "opps_addendum_b_2025_oct_nodesc.csv"
    for row in sampled([row for row in rows(f"fees/{file}") if row["APC"] and "$" in row["Payment Rate"]], 10, random):
        code = row["HCPCS Code"]
        asked = random.choice(("Which APC is {} assigned to under OPPS?", "OPPS status indicator and APC for {}")).format(code)
        yield made(
            f"fee-opps-{code}",
            "fees",
            asked,
            codes=[code],
            facts=[rf"\b{row['APC']}\b"],
            cite=[place(file, f"row {code}")],
            date_of_service=DURING,
        )


# Crosswalks


def drugs(random: Random) -> Iterator[Made]:
    """From an NDC to its billing code."""
    file = "asp_ndc_hcpcs_crosswalk_2026_jan_nodesc.csv"
    for row in sampled(rows(f"fees/{file}"), 14, random):
        ndc, code = row["NDC2"], row["_2026_CODE"]
        asked = random.choice(("Which HCPCS code goes with NDC {}?", "NDC {} billing code", "crosswalk NDC {} to HCPCS")).format(ndc)
        yield made(f"ndc-{ndc}", "crosswalk", asked, codes=[code], cite=[place(file)], date_of_service=QUARTER)


def vaccines(random: Random) -> Iterator[Made]:
    """Between CVX and CPT."""
    file = "cvx_to_cpt_codes_only_2026-01.csv"
    for row in sampled([row for row in rows(f"vaccines/{file}") if row["cpt_codes"] and row["status"] == "Active"], 12, random):
        asked = random.choice(("Which CPT code goes with CVX {}?", "CVX {} to CPT", "cpt for cvx code {}")).format(row["cvx_code"])
        yield made(
            f"cvx-cpt-{row['cvx_code']}",
            "crosswalk",
            asked,
            codes=row["cpt_codes"].split(";")[:1],
            cite=[place(file)],
            date_of_service=QUARTER,
        )


def risk(random: Random) -> Iterator[Made]:
    """From a diagnosis to its HCC of model V28."""
    file = "hcc_dx_to_cc_2026.csv"
    held = [row for row in rows(f"reference/{file}") if row["model_name"] == "CMS-HCC Model V28"]
    for row in sampled(held, 12, random):
        code = row["diagnosis_code"][:3] + ("." + row["diagnosis_code"][3:] if len(row["diagnosis_code"]) > 3 else "")
        asked = random.choice(("Which CMS-HCC V28 category does {} map to?", "HCC for {} (V28)", "Does {} risk adjust under V28?")).format(
            code
        )
        yield made(f"hcc-{code}", "crosswalk", asked, codes=[code], facts=[rf"\b(HCC ?)?{row['cc']}\b", "V28"], cite=[place(file)])


# Comparison


def compare(random: Random) -> Iterator[Made]:
    """Two codes that stand side by side in the HCPCS table."""
    held = [row for row in rows("hcpcs/hcpcs_2026Q1_jan.csv") if not row["term_date"]]
    for at in random.sample(range(len(held) - 1), 14):
        one, two = held[at], held[at + 1]
        only = [
            sorted(set(telling(row["long_description"], 8)) - set(telling(other["long_description"], 40)))[:1]
            for row, other in ((one, two), (two, one))
        ]
        asked = random.choice(("What is the difference between {} and {}?", "{} vs {}", "compare {} and {}")).format(
            one["code"], two["code"]
        )
        cite = [place("HCPC2026_JAN_ANWEB.xlsx", f"row {row['code']}") for row in (one, two)]
        yield made(
            f"compare-{one['code']}-{two['code']}",
            "comparison",
            asked,
            codes=[one["code"], two["code"]],
            facts=[re.escape(word) for found in only for word in found],
            cite=cite,
            date_of_service=QUARTER,
        )


MAKERS: Sequence[Callable[[Random], Iterator[Made]]] = (rvus, amounts, limits, drugs, vaccines, risk, compare)
