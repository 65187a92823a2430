"""Read the phrase a code is wanted for: in the words of the code set, with the side, the encounter and the status it states."""

import re
from dataclasses import dataclass

from corpus.abbreviations import found, replaced, table, written_out
from corpus.codes import HCPCS, ICD10CM

_SIDES = (
    ("bilateral", r"\bbilateral(?:ly)?\b|\bboth(?:\s+sides)?\b"),
    ("left", r"\bleft(?:[\s-]+sided?)?\b(?!\s+(?:ventric|anterior|circumflex|main|bundle|heart|atri|lower q|upper q|axis))"),
    ("right", r"\bright(?:[\s-]+sided?)?\b(?!\s+(?:ventric|coronary|bundle|heart|atri|lower q|upper q|axis))"),
)
_STATUS = re.compile(
    r"\b(status[\s-]post|post[\s-](?:op|operative)|presence\s+of|ha[sd]|status|in\s+place|removed|history\s+of|history|previous|prior|dependent)\b",
    re.I,
)
_PAST = re.compile(
    r"\b((?:personal\s+|past\s+)?(?:medical\s+)?history(?:\s+of)?|status[\s-]post|previous(?:ly)?|prior|(?:had\s+)(?=.*\b(?:ago|past)\b)|\w*\s*years?\s+ago"
    r"|in\s+(?:the\s+)?past|remote|no\s+(?:residual\s+)?deficits?)\b",
    re.I,
)
_FAMILY = re.compile(
    r"\b(?:family|maternal|paternal|mother|father|sister|brother|sibling)\b(?:\s+(?:history|had|has|with))?(?:\s+of)?", re.I
)
_LONG = re.compile(
    r"\b(long[\s-]term|chronic(?:ally)?|current(?:ly)?|daily|maintenance|takes|taking|on|use\s+of|use|high[\s-]risk|therapy|drug)\b", re.I
)
_CANCER = re.compile(r"\b(cancers?|malignan\w+|carcinoma|neoplasm|tumors?|melanoma|leukemia|lymphoma)\b", re.I)
_DIABETES = re.compile(r"\bdiabet(?:es|ic)\b", re.I)
_TYPED = re.compile(
    r"\btype\b|gestation|pregnan|prediabet|borderline|insipidus|secondary|drug|screen|history|education|train|shoe|supply|insert"
    r"|\bno[tn]?\b",
    re.I,
)
_INJURY = re.compile(
    r"fracture|\bbroken?\b|sprain|strain|lacerat|injur|burn|contus|dislocat|poison|wound|\btear\b|concuss|abrasion|bite|fall\b"
    r"|adverse|overdos|sting",
    re.I,
)
_ENCOUNTER = (
    ("sequela", r"\bsequelae?(?:\s+of)?\b|\blate\s+effects?(?:\s+of)?\b"),
    (
        "subsequent",
        r"\bsubsequent(?:\s+(?:encounter|visit))?(?:\s+for)?\b|\bfollow[\s-]?up(?:\s+(?:visit|encounter))?\b|\baftercare\b"
        r"|\b(?:routine|delayed)\s+healing\b|\b(?:non|mal)-?union\b|\bhealing\b",
    ),
    ("initial", r"\binitial(?:\s+(?:encounter|visit))?(?:\s+for)?\b|\bactive\s+treatment\b"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A phrase in the words of a code set, and what it states of side and encounter ('' where it does not)."""

    text: str
    side: str = ""
    encounter: str = ""


def _side(text: str) -> tuple[str, str]:
    """The side a text states, and the text without it; both sides named are both meant."""
    stated = [side for side, pattern in _SIDES if re.search(pattern, text, re.I)]
    rest = text
    for _, pattern in _SIDES:
        rest = re.sub(pattern, " ", rest, flags=re.I)
    side = "bilateral" if "bilateral" in stated or len(stated) == 2 else stated[0] if stated else ""
    return side, " ".join(rest.split())


def _encounter(text: str) -> tuple[str, str]:
    """The encounter that the phrase for an injury states, and the phrase without it."""
    if not _INJURY.search(text):
        return "", text
    stated = [name for name, pattern in _ENCOUNTER if re.search(pattern, text, re.I)]
    rest = text
    for _, pattern in _ENCOUNTER:
        rest = re.sub(pattern, " ", rest, flags=re.I)
    return (stated[0] if stated else ""), " ".join(rest.split()).strip(" ,;-")


def _family(text: str) -> str | None:
    """A disease in the family: its Z code says 'family history of'."""
    if not _FAMILY.search(text) or not re.search(r"histor|mother|father|sister|brother|sibling", text, re.I):
        return None
    disease = replaced(" ".join(_FAMILY.sub(" ", text).split()), "laywords", ("diseases",))
    if _CANCER.search(disease):
        return f"family history of malignant neoplasm of {_site(disease)}"
    return f"family history of {disease}"


def _site(text: str) -> str:
    return " ".join(re.sub(r"\b(?:of|the)\b", " ", _CANCER.sub(" ", text)).split())


def _past(text: str) -> str | None:
    """A procedure, device or disease of the past, in the words of its Z code."""
    if _STATUS.search(text) and (status := found(text, "laywords", "status")):
        return status[1]
    if not _PAST.search(text):
        return None
    if disease := found(text, "laywords", "history"):
        return disease[1]
    rest = re.sub(r"\bof\b", " ", _PAST.sub(" ", text)).strip()
    if _CANCER.search(text):
        return f"personal history of malignant neoplasm of {_site(rest)}"
    return f"personal history of {' '.join(rest.split())}" if re.search(r"histor", text, re.I) else None


def _regimen(text: str) -> str | None:
    """A drug taken for long, where little else is said."""
    drug = found(text, "laywords", "regimens")
    if not drug or not _LONG.search(text):
        return None
    rest = _LONG.sub(" ", re.sub(re.escape(drug[0]), " ", text, flags=re.I))
    others = [word for word in re.findall(r"\w+", rest.lower()) if word not in {"with", "of", "term", "for", "the", "his", "and", "a"}]
    return drug[1] if len(others) <= 1 else None


def _combined(text: str) -> str:
    rows = table("laywords")["combined"]
    assert isinstance(rows, list)
    meant = (str(row["means"]) for row in rows if all(re.search(pattern, text, re.I) for pattern in row["all"]))
    return next(meant, text)


def _diabetes(text: str) -> str:
    """Diabetes of no stated type is coded as type 2 (Guidelines I.C.4.a.2)."""
    if not (stated := _DIABETES.search(text)) or _TYPED.search(text):
        return text
    meant = "type 2 diabetes mellitus with diabetic" if stated[0].lower() == "diabetic" else "type 2 diabetes"
    return f"{text[: stated.start()]}{meant}{text[stated.end() :]}"


def _diagnosis(text: str) -> str:
    written = _family(text) or _regimen(text) or _past(text)
    return written or _combined(replaced(_diabetes(text), "laywords", ("diseases",)))


def read(phrase: str, system: str) -> Asked:
    """A phrase as a code set would put it."""
    text = written_out(phrase)
    if system != ICD10CM:
        sections = ("equipment", "brands") if system == HCPCS else ()
        return Asked(replaced(text, "laywords", sections))
    encounter, text = _encounter(text)
    side, bare = _side(text)
    said = _diagnosis(bare)
    return Asked(f"{said}, {side}" if side and said != bare else said if not side else text, side, encounter)
