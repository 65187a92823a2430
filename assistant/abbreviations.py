"""Clinical abbreviations coders type, written out for the search: the code sets write them out too."""

import re

WRITTEN = {
    "AFIB": "atrial fibrillation",
    "BPH": "benign prostatic hyperplasia",
    "CAD": "coronary artery disease",
    "CHF": "congestive heart failure",
    "CKD": "chronic kidney disease",
    "COPD": "chronic obstructive pulmonary disease",
    "CVA": "cerebral infarction",
    "DM": "diabetes mellitus",
    "DVT": "deep vein thrombosis",
    "ESRD": "end stage renal disease",
    "GERD": "gastro-esophageal reflux disease",
    "HTN": "hypertension",
    "MI": "myocardial infarction",
    "NSTEMI": "non-ST elevation myocardial infarction",
    "OA": "osteoarthritis",
    "OSA": "obstructive sleep apnea",
    "PTSD": "post-traumatic stress disorder",
    "RA": "rheumatoid arthritis",
    "STEMI": "ST elevation myocardial infarction",
    "T1DM": "type 1 diabetes mellitus",
    "T2DM": "type 2 diabetes mellitus",
    "TIA": "transient cerebral ischemic attack",
    "UTI": "urinary tract infection",
}
_KNOWN = re.compile(rf"\b({'|'.join(sorted(WRITTEN, key=len, reverse=True))})\b", re.I)


def written_out(text: str) -> str:
    """The text with its abbreviations replaced by what they stand for."""
    return _KNOWN.sub(lambda found: WRITTEN[found[1].upper()], text)
