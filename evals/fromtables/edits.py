"""NCCI edits asked as coders ask: pairs, units, add-on codes, and claims that break one of them."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from evals.fromtables import Made, made, place
from evals.fromtables.sheets import Row, order, paired, pairs, rows, sampled, tabular

QUARTER = "2024-08-15"  # the NCCI tables on file are those of the third quarter of 2024
SETTINGS = {"prac": "practitioner", "out": "outpatient hospital", "dme": "DME supplier"}
SAYS = {"0": r"indicator 0|no modifier", "1": r"indicator 1|modifier may|with a modifier", "9": r"indicator (is )?9|not applicable|No edit"}
TOGETHER = (
    "Can {} and {} be billed together?",
    "is {} bundled with {}",
    "May I report {} with {} on the same day?",
    "NCCI edit for {} and {}?",
    "{} and {} same session",
)


def pair(random: Random) -> Iterator[Made]:
    """Pairs on file, in either order."""
    for setting, count in (("prac", 9), ("out", 4)):
        for one, two, indicator in pairs(setting, count, random):
            name, cite = f"pair-{setting}-{one}-{two}", [place(f"ptp_2024Q3_{setting}_active.csv", f"row {one}/{two}")]
            asked = random.choice(TOGETHER).format(*random.sample((one, two), 2))
            given = {"date_of_service": QUARTER, "setting": SETTINGS[setting]}
            yield made(name, "pairs", asked, codes=[one, two], facts=[SAYS[indicator]], cite=cite, **given)


def no_pairs(random: Random) -> Iterator[Made]:
    """Codes without a pair: never a permission."""
    listed = sorted({row["hcpcs_code"] for row in rows("ncci/mue_2024Q3_prac.csv") if row["hcpcs_code"].isdigit()})
    forbidden = ["may be billed together", "can be billed together", r"is permitted"]
    drawn = [random.sample(listed, 2) for _ in range(12)]
    found = paired({frozenset(pair) for pair in drawn})
    for one, two in [pair for pair in drawn if frozenset(pair) not in found][:8]:
        asked, facts = f"Is there an NCCI pair for {one} and {two}?", [r"\bno pair\b|not? .{0,20}pair"]
        yield made(f"no-pair-{one}-{two}", "pairs", asked, facts=facts, forbidden=forbidden, date_of_service=QUARTER)


def units(random: Random) -> Iterator[Made]:
    """Medically unlikely edits, the setting named."""
    asks = ("MUE for {}, {}?", "How many units of {} are allowed ({})?", "max units {} {}", "medically unlikely edit {} for {}")
    for setting, count in (("prac", 12), ("out", 7), ("dme", 5)):
        for row in sampled(rows(f"ncci/mue_2024Q3_{setting}.csv"), count, random):
            code = row["hcpcs_code"]
            asked = random.choice(asks).format(code, SETTINGS[setting])
            facts = [rf"\b{row['mue_units']} units?\b", rf"MAI {row['mue_mai']}"]
            cite = [place(f"mue_2024Q3_{setting}.csv", f"row {code}")]
            yield made(
                f"mue-{setting}-{code}",
                "units",
                asked,
                codes=[code],
                facts=facts,
                cite=cite,
                date_of_service=QUARTER,
                setting=SETTINGS[setting],
            )


def addons(random: Random) -> Iterator[Made]:
    """Add-on codes and their primaries."""
    held: dict[str, list[Row]] = {}
    for row in rows("ncci/addon_code_edits_2024.csv"):
        held.setdefault(row["add_on_code"], []).append(row)
    few = sorted(code for code, found in held.items() if len(found) <= 3)
    asks = ("What is the primary code for add-on {}?", "Is {} an add-on code?", "add-on {} primary procedure", "Can {} be billed alone?")
    for code in random.sample(few, 16):
        primaries = [row["primary_code"] for row in held[code] if row["primary_code"] != "CCCCC"]
        facts = [rf"type {held[code][0]['aoc_edit_type']}"] if not primaries else []
        cite = [place("addon_code_edits_2024.csv", f"row {code}")]
        yield made(
            f"addon-{code}",
            "add-on",
            random.choice(asks).format(code),
            codes=[code, *primaries],
            facts=facts,
            cite=cite,
            date_of_service=QUARTER,
        )


# Claims


def claims(random: Random) -> Iterator[Made]:
    """Claims in words, each with a fault the tables show."""
    mue = [
        row
        for row in rows("ncci/mue_2024Q3_prac.csv")
        if row["hcpcs_code"].isdigit() and row["mue_units"] in "1234" and row["mue_mai"] == "2"
    ]
    for row in sampled(mue, 6, random):
        code, most = row["hcpcs_code"], int(row["mue_units"])
        asked = f"Check this claim, professional, one date of service: {code} x {most + 3}"
        yield made(
            f"claim-units-{code}",
            "claims",
            asked,
            codes=[code],
            facts=[rf"\b{most} units?\b"],
            cite=[place("mue_2024Q3_prac.csv", f"row {code}")],
            date_of_service=QUARTER,
        )
    for one, two, indicator in [found for found in pairs("prac", 7, random) if found[2] != "9"]:
        asked = random.choice(
            (f"Claim with {two}, {one}, no modifiers. Any problem?", f"Please scrub this claim: {one} and {two}, same day, same provider")
        )
        yield made(
            f"claim-pair-{one}-{two}",
            "claims",
            asked,
            codes=[one, two],
            facts=[SAYS[indicator]],
            cite=[place("ptp_2024Q3_prac_active.csv", f"row {one}/{two}")],
            date_of_service=QUARTER,
        )
    heads = sorted(code for code in order() if code in tabular() and not order()[code][0] and len(code) > 4)
    for code in random.sample(heads, 6):
        asked = f"Will this claim pass? CPT 99213 with diagnosis {code}"
        yield made(f"claim-heading-{code}", "claims", asked, codes=[code], facts=["not billable|heading"], date_of_service="2026-05-04")


MAKERS: Sequence[Callable[[Random], Iterator[Made]]] = (pair, no_pairs, units, addons, claims)
