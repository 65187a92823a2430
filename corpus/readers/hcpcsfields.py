"""What the letters and numbers in the fields of a HCPCS record stand for.

Source: CMS, HCPCS Contractor Record, contents of its fields; for the type of service CMS, Medicare Claims Processing Manual,
Chapter 26, 10.7.
"""

import re
from collections.abc import Mapping
from html import unescape

from corpus.readers.editions import day


def _meanings(table: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in table.strip().split("\n"))


PRICING = _meanings("""
00 not priced separately by Part B
11 national relative value units
12 national anesthesia base units
13 physician fee schedule, priced by the contractor
21 clinical laboratory fee schedule, subject to the national limit
22 clinical laboratory fee schedule, priced by the contractor
31 DME that is serviced often
32 DME, inexpensive or routinely purchased
33 oxygen and oxygen equipment
34 DME supplies
35 surgical dressings
36 DME, capped rental
37 ostomy, tracheostomy and urological supplies
38 orthotics, prosthetics, prosthetic devices and vision services
39 parenteral and enteral nutrition
40 lymphedema compression treatment items
45 customized DME
46 DMEPOS, priced by the contractor
51 drugs
52 reasonable charge
53 statute
54 vaccinations
55 splints and casts
56 intraocular lenses inserted in a physician's office
57 other, priced by the contractor
99 value not established""")
SERVICES = _meanings("""
0 whole blood
1 medical care
2 surgery
3 consultation
4 diagnostic radiology
5 diagnostic laboratory
6 therapeutic radiology
7 anesthesia
8 assistant at surgery
9 other medical items or services
A used DME
D ambulance
E enteral and parenteral nutrients and supplies
F ambulatory surgical center
G immunosuppressive drugs
H hospice
J diabetic shoes
K hearing items and services
L ESRD supplies
M monthly capitation payment for dialysis
N kidney donor
P lump-sum purchase of DME, prosthetics, orthotics
Q vision items or services
R rental of DME
S surgical dressings or other medical supplies
T outpatient mental health treatment limitation
U occupational therapy
V pneumococcal or influenza vaccine
W physical therapy""")
ACTIONS = _meanings("""
A added
B administrative data and long description changed
C long description changed
D discontinued
F administrative data changed
N no maintenance
P payment changed
R reactivated
S short description changed
T miscellaneous change""")


def words(cell: str) -> str:
    """A cell's text on one line, its HTML entities read."""
    return " ".join((unescape(cell) if "&" in cell and ";" in cell else cell).split())


def explained(cell: str, meanings: Mapping[str, str]) -> str:
    """Codes with what they stand for: '1, P' or 'A:P' becomes '1 (medical care), P (…)'."""
    found = (f"{key} ({meanings[key]})" if key in meanings else key for key in re.split(r"[,:\s]+", cell) if key)
    return ", ".join(found)


def iso(cell: str) -> str:
    """A date as 2026-01-31; a cell that is none as it stands."""
    try:
        return str(day(cell) or "")
    except ValueError:
        return cell


def figures(record: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a record says about payment and upkeep, in words."""
    has = record.get
    return [
        ("pricing", explained(has("price", ""), PRICING)),
        ("multiple pricing indicator", has("multiple", "")),
        ("type of service", explained(has("tos", ""), SERVICES)),
        ("BETOS", has("betos", "")),
        ("Coverage Issues Manual section", has("issues", "")),
        ("Medicare Carriers Manual section", has("manual", "")),
        ("statute", has("statute", "")),
        ("laboratory certification", has("lab", "")),
        ("ASC payment group", has("asc", "")),
        ("ASC payment group since", iso(has("asc_from", ""))),
        ("processing note", has("note", "")),
        ("anesthesia base units", has("anesthesia", "").lstrip("0")),
        ("last action", explained(has("action", ""), ACTIONS)),
        ("last action effective", iso(has("acted", ""))),
    ]
