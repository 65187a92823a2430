"""The words a code is wanted for, and the code systems wanted."""

import re

from corpus.codes import CPT, HCPCS, ICD10CM

PHRASE = 14  # words of a phrase at most: longer ones tell a case
_SYSTEM_WORDS = {
    ICD10CM: r"icd(?!-?10-?pcs)|diagnos[ie]s\s+codes?|dx\s+codes?|^\W*dx\b|\bdx\W*$",
    CPT: r"\bcpt\b|procedure\s+codes?",
    HCPCS: r"hcpcs|\bj[\s-]?codes?",
}
_SYSTEM = r"(?:icd[\s-]*10(?:[\s-]*cm)?|cpt|hcpcs|dx|diagnosis|j)"
_REVERSE = re.compile(
    r"\b(?:codes?\s+(?:is\s+used\s+|do\s+(?:i|we|you)\s+use\s+|(?:should|would|can)\s+(?:i|we|you)\s+use\s+|to\s+use\s+|we\s+use\s+)?for"
    r"|code\s+4(?=\s+[a-z])"
    rf"|{_SYSTEM}\s+for|what\s+(?:do|should|would|can)\s+(?:i|we|you)\s+(?:use|bill|code|report)\s+for"
    r"|(?:how\s+(?:do\s+i|do\s+you|do\s+we|to|is|are|should\s+i|should\s+we|would\s+you|would\s+i|can\s+i|does\s+one)"
    r"\s+(?:code|coded|bill|report)(?:ed)?)"
    r"|(?:what|which)\s+(?:is\s+the\s+)?(?:\w+[\s-]*){0,3}?codes?\s+(?:is|are|describes?|covers?|reports?|represents?|names?)"
    r"(?!\s+(?:used\s+)?(?:with|together)))\b\s*(?:for\s+)?(?:an?\s+|the\s+)?(.+)",
    re.I,
)
_TRAILING = re.compile(
    rf"\s*(.+?)\s+(?:(?:{_SYSTEM}|billing|procedure)[\s-]*codes?|codes?|icd[\s-]*10(?:[\s-]*cm)?|hcpcs|cpt|dx)\s*\??\s*$",
    re.I,
)
_LEADING = re.compile(rf"\s*(?:{_SYSTEM}|j[\s-]?code)(?:[\s-]*codes?)?\s*[:=-]?\s+(?!codes?\b)(.+?)\s*\??\s*$", re.I)
_CODED_AS = re.compile(
    r"\s*(?:(?:what|how)\s+(?:is|are|would)\s+)?(?:an?\s+|the\s+)?(.+?)\s+(?:be\s+)?(?:is\s+|are\s+)?(?:coded|billed|reported)\s+(?:as|with|under)(?:\s+what)?\s*\??\s*$",
    re.I,
)
_ABOUT_A_KIND = re.compile(r"\s*(?:(?:how|why|when|can|may|should|is|are|does|do)\b|what(?:'s|\s+is|\s+are)\s+(?!the\b))", re.I)
_ASKING = re.compile(
    r"^\s*(?:what(?:'s|s|\s+is|\s+are)?|which|the|an?|give\s+me|find(?:\s+me)?|need|i\s+need|looking\s+for|look\s+up|lookup|whats|and|so|also|now"
    r"|please|pls|correct|right|best)\b\s*",
    re.I,
)
_CONCEPT = re.compile(  # ways of billing, which rules describe and no code names
    r"\b(?:incident[\s-]to|split|shared|bilateral\s+(?:procedures?|surger\w+)|multiple\s+(?:procedures|surger\w+)|global|co-?surg\w*|assistant\s+(?:at\s+)?surg\w*"
    r"|locum|discarded|wast(?:e|age|ed)|discontinued|reduced\s+services|repeat\s+procedures?|unlisted|secondary\s+payer|cosmetic|two\s+(?:visits|e/?ms))\b",
    re.I,
)
_RULE = re.compile(  # words of a case or of a rule, which a guideline settles and no title of a code holds
    r"\bdocument(?:ed|ation|s)\b|\bdiagnosis\b(?!\s+of)|\b(?:at|on|before|after|during)\s+(?:the\s+)?(?:admission|discharge)\b|\bfirst\W*$|\btwice\b"
    r"|\b(?:which|what|do\s+i|may|must|does\s+not|did\s+not|macs?|emergency\s+\w+ion)\b|:",
    re.I,
)
_CASE = re.compile(  # a case told, then asked about; or which of several codes comes first
    r"^[^.?!]{20,}[.:]\s+(?:what|which|how|can|may|any)\b|:\s*(?:any|which|two|what)\b[^:]*\?\s*$"
    r"|\b(?:which|what)\s+(?:code|diagnosis)\s+(?:is|goes|comes|should\s+be)\s+(?:listed\s+|sequenced\s+|coded\s+|reported\s+)?first\b"
    r"|^\W*(?:may|can|must|should)\b",
    re.I,
)
_TOPIC = re.compile(
    r"\b(guidelines?|rules?|coding|codes?|modifiers?|policy|requirements?|appeals?|sequenc\w*|billing|ncci|list|manual|updates?|changes?)\b",
    re.I,
)
_ASKS = re.compile(r"\?|\b(what|which|who|when|where|why|how|is|are|can|may|do|does|should|must|will)\b", re.I)


def systems_in(text: str) -> tuple[str, ...]:
    """The code systems a text names."""
    return tuple(system for system, pattern in _SYSTEM_WORDS.items() if re.search(pattern, text, re.I))


def subject_in(text: str) -> str:
    """The words a code is wanted for; empty where no code is asked for."""
    subject = _subject(text)
    return "" if _RULE.search(subject) or _CASE.search(text) else subject


def _subject(text: str) -> str:
    if found := _REVERSE.search(text):
        if _CONCEPT.search(found[1]) and re.search(r"\b(?:bill|report)", found[0][: found.start(1) - found.start()], re.I):
            return ""
        return _bare(found[1])
    if (found := _TRAILING.match(text)) and not _ABOUT_A_KIND.match(text) and not _TOPIC.search(found[1]):
        return _bare(found[1])
    if (found := _CODED_AS.match(text)) and not re.search(r"\b(?:when|why|can|may|should|must|if)\b", text, re.I):
        return _bare(found[1])
    if (found := _LEADING.match(text)) and not _ASKS.search(found[1]) and not _TOPIC.search(found[1]):
        return _bare(found[1])
    return ""


def _bare(words: str) -> str:
    """A description without the words that ask for its code."""
    words = words.strip(" ?.!\"'")
    while (shorter := _ASKING.sub("", words)) != words:
        words = shorter
    words = re.sub(r"^(?:used\s+)?(?:for|to)?\s*\b(?:an?|the)\s+", "", words, flags=re.I)
    return re.sub(r"\s+(?:please|pls|thanks?|coded\s+(?:as|with))$", "", words, flags=re.I).strip(" ?.!\"'")


def is_phrase(text: str) -> bool:
    """A few words that ask nothing: what a coder types to find a code."""
    return not _ASKS.search(text) and not _TOPIC.search(text) and len(text.split()) <= PHRASE
