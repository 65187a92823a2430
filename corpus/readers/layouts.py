"""The table of readers: a new publication is one function and one line here."""

from corpus.readers import coverage, edits, fees, hcpcs, icd10history, icd10pcs, licensed, rbcs, reference, vaccines
from corpus.readers.sheets import Layout

LAYOUTS: tuple[Layout, ...] = (
    *edits.LAYOUTS,
    *fees.LAYOUTS,
    *hcpcs.LAYOUTS,
    *rbcs.LAYOUTS,
    *vaccines.LAYOUTS,
    *coverage.LAYOUTS,
    *icd10history.LAYOUTS,
    *icd10pcs.LAYOUTS,
    *reference.LAYOUTS,
    *licensed.LAYOUTS,
)
