"""Tell requests that are declined by their kind: what to do with a patient, whether one can be sued, how to bill what was not done.

Questions about such rules ("is upcoding fraud?", "which diagnoses support coverage?") are questions about coding, and are answered.
"""

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal["clinical", "legal", "fraud"]
DEEDS: Mapping[Kind, str] = {  # what is not done here
    "clinical": "advise on treating a patient",
    "legal": "give legal advice",
    "fraud": "help to bill anything but what was done and documented",
}

_BILLING = re.compile(
    r"\b(bill\w*|codes?|coded|coding|claims?|cover\w*|modifiers?|pays?|paid|payment|payers?|reimburs\w*|report(?:ed)?|units?|cpt|hcpcs|icd"
    r"|mue|ncd|lcd|ncci|policy|benefits?|deni\w+|document\w*|guidelines?|sequenc\w*|dx|first-listed|drg|\d{5}|[A-V]\d{4}|[A-Z]\d\d\.\w+)\b",
    re.I,
)
_WHO = r"(?:i|we|she|he|they|you|(?:my|the|our|this|a)\s+(?:patient|pt|mother|father|wife|husband|son|daughter|child|baby|nurse|doctor))"
_CLINICAL = re.compile(
    rf"\b(?:should|can|could|do|does|must|may|shall)\s+{_WHO}\s+(?:really\s+|still\s+|safely\s+)?(?:give|take|start|stop|prescribe|administer"
    r"|inject|treat|operate|receive|switch|increase|decrease|lower|raise|hold|continue|discontinue|drink|eat|be\s+(?:admitted|treated|operated|discharged|given)|have\s+surgery|get\s+(?:the|a)\s+(?:\w+\s+)?"
    r"(?:shot|vaccine|surgery|mri|ct))\b"
    r"|\b(?:dose|doses|dosage|dosing)\b|\bhow\s+(?:much|many\s+(?:mg|mcg|milligrams|ml|tablets|pills|drops))\b.*\b(?:give|take|inject|prescribe|for)\b"
    r"|\b(?:side\s+effects?|contraindicat\w+|drug\s+interactions?|interact\s+with)\b"
    r"|\b(?:is|are)\s+(?:it|this|that|these|\w+)\s+safe\b|\bhow\s+(?:do|should|can|would)\s+(?:i|we|you)\s+treat\b|\bhow\s+to\s+treat\b"
    r"|\b(?:best|right|first[\s-]line)\s+(?:drug|medication|medicine|treatment|therapy|antibiotic)\b|\b(?:what|which)\s+(?:drug|medication|antibiotic|treatment)\b"
    r"|\b(?:i|my\s+\w+)\s+(?:have|has|had|got|feels?)\b[^.?!]*[,.;]\s*(?:is\s+(?:it|this|that)|could\s+(?:it|this)\s+be|what\s+(?:is|could)\s+(?:it|this))\b"
    r"|\b(?:read|interpret|look\s+at)\s+(?:this|my|his|her|the)\s+(?:mri|ct|x-?ray|scan|ecg|ekg|ultrasound|labs?|blood\s*work|biopsy)\b"
    r"|\bdo\s+i\s+have\b|\bdiagnose\s+(?:me|my|this|the|him|her)\b|\bwhat(?:'s|\s+is)\s+wrong\s+with\s+(?:me|my|the)\b|\bprognosis\b"
    r"|\bshould\s+\w+\s+be\s+(?:given|started|stopped|prescribed|treated|admitted|operated|intubated|discharged)\b",
    re.I,
)
_LEGAL = re.compile(
    r"\b(?:sue|sued|suing|lawsuits?|lawyer|attorney|legal\s+advice|malpractice|jail|prison|go\s+to\s+court|in\s+court|legally\s+liable"
    r"|prosecut\w+|press\s+charges|settle\s+(?:the|my|this)\s+case|take\s+legal\s+action)\b"
    r"|\b(?:am|are)\s+(?:i|we)\s+(?:personally\s+)?(?:liable|guilty)\b|\b(?:draft|write|review)\s+(?:me\s+)?(?:a|my|the|our)\s+contract\b"
    r"|\b(?:is|would)\s+it\s+(?:be\s+)?(?:il)?legal\b|\bwill\s+i\s+(?:be|get)\s+(?:arrested|charged|fired|convicted)\b|\blose\s+my\s+licen[cs]e\b",
    re.I,
)
_RULES = re.compile(  # a question about the rules, not a request to break them
    r"^\W*(?:how\s+(?:is|are)|is|are|isn't|was|does|do\s+(?!i\s+just)|what\s+(?:is|are|counts|does|do|happens|rules?|penalt\w+)|what's|why|when|define|explain"
    r"|who|which\s+(?:law|rules?)|may\s+(?:i|we)|can\s+(?:i|we)\s+be)\b(?!\s+(?:there|the\s+(?:best|easiest|safest)|a\s+(?:good|safe))\b)",
    re.I,
)
_CAUGHT = re.compile(
    r"\b(?:without|avoid\w*|not|never|don'?t|escape|evade|so)\b[^.?!]{0,40}\b(?:caught|detect\w*|flag(?:ged|ging)|notic(?:e|ed|ing)|audit(?:ed|s)?"
    r"|found\s+out|red\s+flags?)\b|\b(?:get|getting)\s+(?:away\s+with|around)\b|\b(?:under|off)\s+(?:the\s+)?radar\b|\bloopholes?\b",
    re.I,
)
_GAIN = r"(?:paid|covered|payable|approved|reimbursed|through)"
_FRAUD = re.compile(
    r"\b(?:upcod(?:e|ing)|up-cod(?:e|ing)|overbill|over-bill|double[\s-]?bill|phantom\s+bill\w*)\b"
    rf"|\b(?:regardless|no\s+matter\s+what|whatever\s+it\s+takes|either\s+way)\b[^.?!]*\b{_GAIN}\b|\b{_GAIN}\b[^.?!]*\b(?:regardless|no\s+matter|anyway|even\s+(?:though|if))\b"
    rf"|\b(?:change|alter|switch|swap|make\s+up|invent|fake|tweak|pick)\b[^.?!]*\b(?:diagnos\w+|dx|codes?|date|place)\b[^.?!]*\b(?:so|to\s+(?:get|make|be))\b[^.?!]*\b{_GAIN}\b"
    rf"|\b(?:diagnos\w+|dx|codes?)\b[^.?!]*\b(?:make\s+up|invent|fake)\b[^.?!]*\b{_GAIN}\b"
    r"|\b(?:make|making)\s+up\s+(?:an?\s+)?(?:diagnos\w+|dx|codes?)\b|\b(?:maximi[sz]e|inflate|boost)\b[^.?!]*\b(?:reimbursement|payments?|revenue|billing|rvus?)\b"
    r"|\b(?:falsif\w+|forge|backdat\w+|back-dat\w+|fabricat\w+|doctor\s+the)\b"
    r"|\b(?:change|alter|edit|rewrite|fake|add\s+to)\s+(?:the|my|our|a)\s+(?:\w+\s+)?(?:note|record|chart|documentation|date\s+of\s+service)\b"
    r"|\b(?:bill|charge|code|report|claim)\w*\b[^.?!]*\b(?:not|never|n't|wasn't|weren't|didn't)\s+(?:\w+\s+)?(?:perform\w*|render\w*|provid\w*|done|happen\w*|give|given|seen|see|do|document\w*|support\w*)\b"
    r"|\bhigher\s+(?:level|code|em|e/m)\b[^.?!]*\bthan\b|\b(?:doesn't|does\s+not|don't|do\s+not)\s+(?:actually\s+|really\s+)?have\b[^.?!]*\b(?:paid|covered|code|diagnosis)\b"
    r"|\b(?:diagnosis|dx)\b[^.?!]*\b(?:patient|she|he|they)\b[^.?!]*\b(?:doesn't|does\s+not|don't|never)\s+(?:actually\s+|really\s+)?ha(?:ve|d)\b"
    r"|\bmake\s+it\s+look\b|\b(?:trick|fool|deceive|cheat|scam|game|beat)\s+(?:the\s+|an?\s+)?(?:payers?|insur\w+|medicare|medicaid|system|auditors?|edits?|aetna|uhc|cigna)\b"
    r"|\b(?:hide|conceal)\b[^.?!]*\b(?:payer|auditor|medicare|insur\w+|oig|cms)\b"
    r"|\bunbundl\w+\b[^.?!]*\b(?:more\s+money|higher\s+pay\w*|both\s+(?:get\s+)?paid|extra|caught|increase|maximi[sz]e)\b"
    r"|\b(?:more\s+money|increase|maximi[sz]e)\b[^.?!]*\bunbundl\w+\b",
    re.I,
)


def declined(text: str) -> Kind | None:
    """The kind of advice a message asks for that is not given here; None where it may be answered."""
    about_rules = bool(_RULES.search(text))
    if _CAUGHT.search(text) and not about_rules:
        return "fraud"
    if _FRAUD.search(text) and not about_rules:
        return "fraud"
    if _LEGAL.search(text):
        return "legal"
    return "clinical" if _CLINICAL.search(text) and not _BILLING.search(text) else None
