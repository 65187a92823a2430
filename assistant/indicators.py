"""What the letters and digits of Medicare's fee tables mean, in plain words."""

from collections.abc import Mapping

PAYABLE = "ART"  # CMS, PFS relative value file, record layout: only RVUs of these statuses are used for payment
# CMS, PFS relative value file, Attachment A.
STATUS: Mapping[str, str] = {
    "A": "active: paid separately where covered",
    "B": "bundled: always part of the payment for another service",
    "C": "priced by the Medicare contractor",
    "D": "deleted",
    "E": "excluded from the fee schedule by regulation",
    "I": "not valid for Medicare, which uses another code for the service",
    "J": "anesthesia: paid by base units and time, not by these RVUs",
    "M": "a measurement code, for reporting only",
    "N": "not covered by Medicare",
    "P": "bundled or excluded: no separate payment under the fee schedule",
    "R": "restricted: special coverage instructions apply",
    "T": "an injection paid only where the same provider has nothing else payable under the fee schedule that day",
    "X": "excluded by statute: not a physician service, so not payable under the fee schedule",
}
# CMS, PFS relative value file, record layout, "Global Surgery".
GLOBAL_DAYS: Mapping[str, str] = {
    "000": "minor procedure: the day of the procedure only",
    "010": "minor procedure: the day of the procedure and 10 days after it",
    "090": "major surgery: the day before, the day of the procedure and 90 days after it",
    "MMM": "maternity: the usual global period does not apply",
    "XXX": "the global concept does not apply",
    "YYY": "the Medicare contractor sets the period",
    "ZZZ": "an add-on that belongs to the global period of another service",
}
# CMS, PFS relative value file, record layout, "PC/TC indicator".
COMPONENTS: Mapping[str, str] = {
    "0": "a physician service: modifiers 26 and TC do not apply",
    "1": "a diagnostic test or radiology service: modifiers 26 and TC may be used",
    "2": "the professional component alone: modifiers 26 and TC do not apply",
    "3": "the technical component alone: modifiers 26 and TC do not apply",
    "4": "the whole test alone: modifiers 26 and TC do not apply",
    "5": "incident to a physician's service: not paid to the physician for hospital patients; modifiers 26 and TC do not apply",
    "6": "a laboratory physician's interpretation: modifier TC does not apply",
    "7": "physical therapy that is not paid for hospital patients when an independent therapist gives it",
    "8": "a physician's interpretation of a laboratory test, paid only for hospital inpatients",
    "9": "the concept does not apply",
}
# CMS, PFS relative value file, record layout: "Bilateral surgery", "Assistant at surgery", "Co-surgeons", "Team surgery".
BILATERAL: Mapping[str, str] = {
    "0": "both sides are paid as one: the 150% adjustment for modifier 50 does not apply",
    "1": "modifier 50 applies: 150% for both sides",
    "2": "the RVUs already stand for both sides: the 150% adjustment does not apply",
    "3": "each side is paid in full: the 150% adjustment does not apply",
    "9": "the concept does not apply",
}
ASSISTANT: Mapping[str, str] = {
    "0": "an assistant at surgery is paid only with documentation of medical necessity",
    "1": "by statute an assistant at surgery may not be paid",
    "2": "an assistant at surgery may be paid",
    "9": "the concept does not apply",
}
COSURGEONS: Mapping[str, str] = {
    "0": "co-surgeons (modifier 62) are not permitted",
    "1": "co-surgeons (modifier 62) may be paid with documentation of medical necessity",
    "2": "co-surgeons (modifier 62) of two specialties are permitted without documentation",
    "9": "the concept does not apply",
}
TEAM: Mapping[str, str] = {
    "0": "team surgery (modifier 66) is not permitted",
    "1": "team surgery (modifier 66) may be paid with documentation of medical necessity, by report",
    "2": "team surgery (modifier 66) is permitted, by report",
    "9": "the concept does not apply",
}
# CMS, OPPS Addendum D1.
OUTPATIENT: Mapping[str, str] = {
    "A": "paid under a fee schedule or system other than OPPS",
    "B": "not recognized under OPPS on a hospital outpatient claim",
    "C": "an inpatient procedure: not paid under OPPS",
    "E1": "not paid by Medicare on an outpatient claim",
    "E2": "not paid: no pricing information is available",
    "F": "paid at reasonable cost",
    "G": "a pass-through drug or biological: paid separately",
    "H": "a pass-through device: paid separately",
    "H1": "a non-opioid device for pain relief after surgery: paid separately",
    "J1": "paid through a comprehensive APC: one payment for everything on the claim",
    "J2": "may be paid through a comprehensive APC where the criteria are met",
    "K": "a drug or biological without pass-through status: paid separately",
    "K1": "a non-opioid drug or biological for pain relief after surgery: paid separately",
    "L": "a vaccine paid at reasonable cost",
    "M": "not billable to the Medicare contractor",
    "N": "packaged: no separate payment",
    "P": "partial hospitalization or intensive outpatient program: paid per day",
    "Q1": "packaged with a service of status S, T or V, else paid separately",
    "Q2": "packaged with a service of status T, else paid separately",
    "Q3": "may be paid through a composite APC",
    "Q4": "a laboratory test packaged with other outpatient services, else paid under the laboratory fee schedule",
    "R": "blood or a blood product: paid separately",
    "S": "paid separately, without a reduction where there are several procedures",
    "T": "paid separately, with a reduction where there are several procedures",
    "U": "a brachytherapy source: paid separately",
    "V": "a clinic or emergency department visit: paid separately",
    "Y": "non-implantable durable medical equipment: billed to the DME contractor",
}
