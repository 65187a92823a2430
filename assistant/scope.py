"""Tell apart what this assistant is for: small talk, questions about its sources, advice it must not give, and other fields."""

import re

_GREETING = re.compile(
    r"\s*(hi|hello|hey|good\s+(morning|afternoon|evening)|thanks?(\s+a\s+lot)?|thank\s+you|thx|ty|bye|goodbye|ok(ay)?|got\s+it|great|cool|perfect"
    r"|how\s+are\s+you(\s+doing)?|who\s+are\s+you|what\s+are\s+you|are\s+you\s+(an?\s+)?(ai|bot|human|robot)"
    r"|what\s+(can|do)\s+you\s+do|what\s+can\s+i\s+ask(\s+you)?|how\s+do\s+(you|i\s+use\s+(you|this))(\s+work)?|help)\b[\s,!.?]*"
    r"(there|codecite|all|you|so\s+much|very\s+much|for\s+your\s+help|for\s+the\s+help|me|today|thanks|thank\s+you)?[\s!.?]*",
    re.I,
)
_SOURCES = re.compile(
    r"\b(what|which|list|show|your)\b[\w\s'-]*\b(sources|editions?|data\s*sets?|documents|files|publications|references|databases?|knowledge)\b"
    r"(?=.*\b(you|your|loaded|have|use|available|installed|here)\b|\W*$)"
    r"|\b(how\s+(current|old|recent|fresh|up[\s-]to[\s-]date)|when\b.*\b|last\s+update|what\s+(year|quarter|version|edition))\b.*\b(your|you|loaded|data|edits|tables?|files?|sources?)\b"
    r"|\bwhen\b.*\byour\b.*\b(updated|loaded|refreshed)\b|\bare\s+your\b.*\b(current|up[\s-]to[\s-]date|recent|latest)\b|\bis\s+your\b.*\b(current|up[\s-]to[\s-]date|recent|latest)\b"
    r"|\bdo\s+you\s+have\b.*\b(loaded|edits|tables?|fee\s+schedule|manual|guidelines|lcds?|ncds?|polic(y|ies)|files?|data|edition)\b"
    r"|\bwhere\s+(do|does|did)\s+(you|your)\b.*\b(get|come|from)\b|\bwhat\b.*\bare\s+you\s+(based\s+on|using|trained\s+on)\b",
    re.I,
)
_ADVICE = re.compile(
    # clinical
    r"\b(should|can|could|may|must)\s+(i|we|my\s+(patient|mother|father|wife|husband|son|daughter|child|kid)|the\s+patient|he|she)\s+(take|stop|start|get\s+(a|the|my)\s+\w*\s*(surgery|vaccine|shot)"
    r"|eat|drink|undergo|be\s+treated|be\s+prescribed|have\s+surgery|switch\s+to|increase|worry)\b"
    r"|\bwhat\s+(dose|dosage|medication|medicine|treatment|drug|antibiotic)s?\s+(of\s+\w+\s+)?(should|do|would|can|is\s+best|works)\b|\b(how|what)\s+(should|do|would|can)\s+(i|we)\s+(treat|prescribe|diagnose)\b"
    r"|\b(diagnose|prescribe)\s+(me|my|for\s+(me|my))\b|\bis\s+(it|this)\s+(safe|dangerous)\s+(to|for)\b|\bbest\s+(treatment|drug|medication)\s+for\b|\bdo\s+i\s+have\s+(?!to\b)\w+|\bside\s+effects?\s+of\b"
    # legal
    r"|\b(sue|sued|suing|lawsuit|lawyer|attorney|go\s+to\s+(jail|prison)|legal\s+(advice|action|rights?|liab\w+|to)|(is|it)\s+(it\s+)?(il)?legal|liable|malpractice|against\s+the\s+law|commit\w*\s+fraud|whistle-?blow\w*|qui\s+tam)\b"
    # what would be fraud
    r"|\b(services?|visits?|procedures?|tests?|units?)\s+(that\s+)?(we\s+|i\s+|were\s+|was\s+|are\s+)?(not|never|didn'?t|did\s+not|weren'?t|wasn'?t)\s+(actually\s+)?(perform\w*|render\w*|provid\w*|done?|happen\w*|do)\b"
    r"|\b(up-?cod(e|ing)|phantom\s+bill\w*)\b(?=.*\b(how|help|get|without|want|more)\b)|\b(how|help|want|way|can\s+(i|we))\b.*\b(up-?code|unbundle)\b"
    r"|\b(falsif\w+|fabricat\w+|fake|forge|back-?dat\w+|doctor)\s+(a\s+|the\s+|some\s+|an?\s+|my\s+)?(\w+\s+)?(documentation|notes?|records?|charts?|diagnos\w+|dx|claims?|signatures?|claim|modifiers?|reports?|medical)\b"
    r"|\b(make|making)\s+up\s+(a\s+)?(diagnos\w+|dx|codes?)\b|\b(avoid|evade|hide\s+(it\s+|this\s+)?from|trick|fool|cheat|game|beat|get\s+(around|past))\s+(an?\s+|the\s+)?(audit\w*|payer|insurance|insurer|medicare|medicaid|system|ncci|edits?|detection)\b"
    r"|\b(even\s+though|although|but|when|if)\b.*\b(wasn'?t|weren'?t|didn'?t|did\s+not|was\s+not|never)\s+(actually\s+)?(documented|performed|done|happen\w*|do\s+it|supported|met|separate)\b(?=.*\b(bill|paid|pay|code|claim|get|use)\b)"
    r"|\b(bill|code|claim|charge)\b.*\b(even\s+though|although)\b.*\b(wasn'?t|weren'?t|didn'?t|did\s+not|was\s+not|never|isn'?t|no)\b"
    r"|\bhigher\s+(level|code)\b.*\bthan\b.*\b(document\w*|support\w*|perform\w*)|\b(maximi[sz]e|inflate|boost|increase)\b.*\b(reimbursement|payments?|revenue|billing|rvus?)\b"
    r"|\b(change|switch|alter|pick|add)\b.*\b(diagnos\w+|dx|codes?|record|documentation|note)\b.*\b(so|to)\b.*\b(get|gets|is|be|it)\s+(it\s+)?(paid|covered|reimbursed|pays)\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(weather|forecast|temperature\s+outside|joke|poem|haiku|song|lyrics|recipe|movie|super\s*bowl|world\s+cup|football|basketball|baseball|stock\s+(price|market)"
    r"|bitcoin|crypto\w*|president|election|capital\s+of|translate\s+(this|to|into|hello)|python|javascript|sql\s+query|write\s+(me\s+)?(an?\s+)?(essay|story|poem|email|cover\s+letter|program|script)"
    r"|horoscope|restaurant|hotel|flights?\s+to|homework|square\s+root|solve|meaning\s+of\s+life|girlfriend|boyfriend|dating|bedtime"
    r"|(ignore|forget|disregard)\s+(all\s+|your\s+|the\s+|any\s+)*(previous\s+|prior\s+|above\s+)?(instructions?|rules|prompts?)|system\s+prompt)\b",
    re.I,
)
_FIELD = re.compile(
    r"\b(codes?|coding|billing?|claims?|medicare|medicaid|icd|cpt|hcpcs|modifiers?|payers?|insurance|patients?|diagnos\w+|procedures?|cover\w*|denied|injur\w*|fracture)\b",
    re.I,
)


def greets(message: str) -> bool:
    """Whether a message only greets, thanks or asks what the assistant is."""
    return bool(_GREETING.fullmatch(message))


def asks_sources(text: str) -> bool:
    """Whether a text asks what is loaded here, or how current it is."""
    return bool(_SOURCES.search(text))


def wants_advice(text: str) -> bool:
    """Whether a text asks for clinical or legal advice, or for help with what would be fraud."""
    return bool(_ADVICE.search(text))


def elsewhere(text: str) -> bool:
    """Whether a text is of another field and names nothing of this one."""
    return bool(_ELSEWHERE.search(text)) and not _FIELD.search(text)
