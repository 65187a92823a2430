"""Tell apart what this assistant is for: small talk, questions about its sources, and other fields."""

import re

_GREETING = re.compile(
    r"(?:\s*(hi|hello|hey|good\s+(morning|afternoon|evening)|thanks?(\s+a\s+lot)?|thank\s+you|thx|ty|bye|goodbye|ok(ay)?|got\s+it|great|cool|perfect"
    r"|how\s+are\s+you(\s+doing)?|who\s+are\s+you|what\s+are\s+you|are\s+you\s+(an?\s+)?(ai|bot|human|robot)"
    r"|what\s+(can|do)\s+you\s+do|what\s+can\s+i\s+ask(\s+you)?|how\s+do\s+(you|i\s+use\s+(you|this))(\s+work)?|help)\b[\s,!.?]*"
    r"(there|codecite|all|you|so\s+much|very\s+much|for\s+your\s+help|for\s+the\s+help|me|today|thanks|thank\s+you)?[\s,!.?]*){1,3}",
    re.I,
)
_SOURCES = re.compile(
    r"\bwhat(?:'?s|\s+is)\s+in\s+(?:your|the|this)\s+library\b|\b(what|which|list|show|your)\b[\w\s'-]*\b(sources|editions?|data\s*sets?|documents|files|publications|references|databases?|knowledge)\b"
    r"(?=.*\b(you|your|loaded|have|use|available|installed|here)\b|\W*$)"
    r"|\b(how\s+(current|old|recent|fresh|up[\s-]to[\s-]date)|when\b.*\b|last\s+update|what\s+(year|quarter|version|edition))\b.*\b(your|you|loaded|data|edits|tables?|files?|sources?)\b"
    r"|\bwhen\b.*\byour\b.*\b(updated|loaded|refreshed)\b|\bare\s+your\b.*\b(current|up[\s-]to[\s-]date|recent|latest)\b|\bis\s+your\b.*\b(current|up[\s-]to[\s-]date|recent|latest)\b"
    r"|\bdo\s+you\s+have\b.*\b(loaded|edits|tables?|fee\s+schedule|manual|guidelines|lcds?|ncds?|polic(y|ies)|files?|data|edition)\b"
    r"|\bwhere\s+(do|does|did)\s+(you|your)\b.*\b(get|come|from)\b|\bwhat\b.*\bare\s+you\s+(based\s+on|using|trained\s+on)\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(weather|forecast|temperature\s+outside|joke|poem|haiku|song|lyrics|recipe|movie|super\s*bowl|world\s+cup|football|basketball|baseball|stock\s+(price|market)"
    r"|bitcoin|crypto\w*|president|election|capital\s+of|translate\s+(this|to|into|hello)|python|javascript|sql\s+query|write\s+(me\s+)?(an?\s+)?(essay|story|poem|email|cover\s+letter|program|script)"
    r"|horoscope|restaurant|hotel|flights?\s+to|homework|square\s+root|solve|meaning\s+of\s+life|girlfriend|boyfriend|dating|bedtime"
    r"|(ignore|forget|disregard)\s+(all\s+|your\s+|the\s+|any\s+)*(previous\s+|prior\s+|above\s+)?(instructions?|rules|prompts?)|system\s+prompt)\b",
    re.I,
)
_TASKS = re.compile(  # of another trade, whatever they are about
    r"\b(?:write|draft|compose|edit|proofread)\s+(?:me\s+|us\s+)?(?:an?|my|the|our)\s+(?:\w+\s+)?(?:essay|story|poem|song|speech|cover\s+letter|resume|cv|toast)\b"
    r"|\bwhat(?:'?s|\s+is)\s+\d+(?:\.\d+)?\s*(?:[-+*/x×÷]|times|plus|minus|divided\s+by|multiplied\s+by)\s*\d"
    r"|\btranslate\b.{1,60}\b(?:in|to|into)\s+(?:french|spanish|german|italian|chinese|japanese|portuguese|russian|arabic|korean|vietnamese)\b"
    r"|\b(?:recommend|suggest)\s+(?:me\s+)?(?:an?|some)\s+(?:\w+\s+){0,3}(?:show|film|book|restaurant|game|song)s?\b",
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


def elsewhere(text: str) -> bool:
    """Whether a text is of another field and names nothing of this one."""
    return bool(_TASKS.search(text)) or (bool(_ELSEWHERE.search(text)) and not _FIELD.search(text))
