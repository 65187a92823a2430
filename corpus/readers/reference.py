"""Read reference codes: places of service, revenue codes, MS-DRGs and the other fields of a claim that hold codes."""

from functools import partial

from corpus.codes import ADMISSION_SOURCE, ADMISSION_TYPE, DISCHARGE, MSDRG, POS, REVENUE
from corpus.readers import denials, modifiers, risk
from corpus.readers.codelists import CodeList
from corpus.readers.sheets import Layout

ADMISSION_INDICATOR = "POA indicator"
NUBC = "code set of the National Uniform Billing Committee: test input only"
_claim_list = partial(CodeList, url="https://www.nubc.org", publisher="National Uniform Billing Committee", licence=NUBC)
_DESCRIBED = ("description", "desc", "name")

LISTS = (
    CodeList(
        POS,
        "Place of service codes",
        r"\d\d",
        2,
        ("pos code", "place of service code", "place of service code s", "place of service codes"),
        ("pos name", "place of service name", *_DESCRIBED),
        "https://www.cms.gov/medicare/coding-billing/place-of-service-codes/code-sets",
        long=("pos description", "place of service description", "description"),
        more={"setting": ("pos type", "facility non facility")},
    ),
    _claim_list(REVENUE, "Revenue codes", r"\d{3}[0-9X]", 4, ("revenue center code", "revenue code", "rev code"), _DESCRIBED, grouped=True),
    CodeList(
        MSDRG,
        "MS-DRG",
        r"\d{3}",
        3,
        ("ms drg", "ms drg code"),
        ("ms drg title", *_DESCRIBED),
        "https://www.cms.gov/medicare/payment/prospective-payment-systems/acute-inpatient-pps/ms-drg-classifications-and-software",
        more={"MDC": ("mdc",), "type": ("medical surgical", "type"), "relative weight": ("weights", "weight", "relative weight")},
    ),
    _claim_list(ADMISSION_TYPE, "Admission types", r"\d", 1, ("admit type code", "admission type code"), _DESCRIBED),
    _claim_list(
        ADMISSION_SOURCE,
        "Admission sources",
        r"[0-9A-Z]",
        1,
        ("admit source code", "admission source code", "code"),
        _DESCRIBED,
        named=r"admi(?:t|ssion)[ _-]?source|point[ _-]?of[ _-]?origin",
    ),
    _claim_list(DISCHARGE, "Discharge status", r"\d\d", 2, ("discharge disposition code", "discharge status code"), _DESCRIBED),
    CodeList(
        ADMISSION_INDICATOR,
        "Present on admission indicators",
        r"[YNUW1]",
        1,
        ("present on admit code", "present on admission code", "poa code"),
        _DESCRIBED,
        "https://www.cms.gov/medicare/payment/fee-for-service-providers/hospital-aquired-conditions-hac/coding",
    ),
)
LAYOUTS: tuple[Layout, ...] = (*(kind.layout for kind in LISTS), *modifiers.LAYOUTS, *denials.LAYOUTS, *risk.LAYOUTS)
