"""Say the same thing the same way: numbers in figures, dates as 2026-01-31, bounds, denials and periods in one form each."""

import re
from functools import lru_cache

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {
    **{word: at for at, word in enumerate([*_UNITS[1:], *_TEENS], 2)},
    **{f"{ten}{sign}{one}": 10 * tens + at for tens, ten in enumerate(_TENS, 2) for at, one in enumerate(_UNITS, 1) for sign in "- "},
    **{ten: 10 * tens for tens, ten in enumerate(_TENS, 2)},
    **{f"{one} hundred": 100 * at for at, one in enumerate(_UNITS, 1)},
    "twice": 2,
}
_WORDED = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b", re.I)
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})\.?,?\s+(\d{{4}})\b", re.I)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_LASTING = re.compile(
    r"\b([a-z]+)\s+of\s+(\d+)\s+((?:day|week|month|year|minute|hour)s?)\b(?!\s+or\b)"
)  # periods of 90 days: 90 days periods
_PHRASES = tuple(  # in their order, each with letters of which a text that it is in has some: most texts have few
    (letters.split(), re.compile(pattern, re.I), alike)
    for letters, pattern, alike in (
        ("once", r"\bat\s+once\b", "at the same time"),
        ("simultaneously", r"\bsimultaneously\b", "at the same time"),
        ("n't n’t", r"\b(?:ca|wo)n['’]t\b", "can not"),
        ("n't n’t", r"\b(is|are|do|does|was|were|did|must|should|has|have|could|would)n['’]t\b", r"\1 not"),
        ("cannot", r"\bcannot\b", "can not"),
        ("not never", r"\b(?:may|must|could|should|shall)\s+(?:not|never)\b", "can not"),
        ("once", r"\bonce\s+(?=(?:every|each|per|an?)\b)", ""),
        ("one", r",?\s+one\s+time\s+(?:for\s+)?(?=(?:every|each|per|an?)\b)", " "),
        ("than", r"\bno(?:t)?\s+(?:earlier|sooner)\s+than\s+(?=\w+\s+\w+\s+before\b)", "at most "),
        ("than", r"\bno(?:t)?\s+later\s+than\s+(?=\w+\s+\w+\s+before\b)", "at least "),
        (
            "than",
            r"\b(?:(?:may|can|must|should|shall)\s+)?not\s+((?:be\s+)?\w+)\s+(?:earlier|sooner)\s+than\s+(?=\w+\s+\w+\s+before\b)",
            r"\1 at most ",
        ),
        (
            "separate addition",
            r"\b(?:not|never)\s+(?:be\s+)?(?:separately\s+)?(?:report|bill|pa[iy]|cod)\w*\s+(?:separately(?:\s+(?:from|with))?|in\s+addition(?:\s+to)?)",
            "included in",
        ),
        ("separate", r"\bdo\s+not\s+(?:report|bill|code)\s+([^.;,]*?)\s+separately", r"\1 is included in"),
        ("separate", r"\b(?:not|never)\s+(?:be\s+)?separately\s+(?:report|bill|pa[iy]|cod)\w*(?:\s+(?:from|with))?", "included in"),
        ("part bundle", r"\b(?:part\s+of|bundled\s+(?:into|with|in))\b", "included in"),
        ("limited restricted", r"\b(?:limited|restricted)\s+to\s+(?=\d)", "at most "),
        ("than", r"\bno(?:t)?\s+(?:more|greater|later)\s+than\b", "at most"),
        ("than", r"\bno(?:t)?\s+(?:fewer|less|earlier|sooner)\s+than\b", "at least"),
        ("than", r"\b(?:(?:may|can|must|should|shall)\s+)?not\s+((?:be\s+)?\w+)\s+(?:more|greater|later)\s+than\b", r"\1 at most"),
        ("than", r"\b(?:(?:may|can|must|should|shall)\s+)?not\s+((?:be\s+)?\w+)\s+(?:fewer|less|earlier|sooner)\s+than\b", r"\1 at least"),
        ("exceed", r"\b(?:(?:may|must|can|should|do|does|shall)\s+)?not\s+(?:to\s+)?exceed(?:ing)?\b", "at most"),
        ("without", r"\bnot?\b([^.;,]*?)\bwithout\b", r"only\1with"),
        ("non", r"\bnon-?(?!coverage)(?=[a-z]{4})", "not "),
        ("un", r"\bun(?=(?:related|necessary|documented|signed|confirmed|successful|available|able|covered|listed)\b)", "not "),
        ("invalid ineligible inappropriate", r"\bin(?=(?:valid|eligible|appropriate)\b)", "not "),
        ("longer", r"\bno\s+longer\b", "not"),
        ("stop ceas", r"\b(?:stop(?:s|ped)?|ceas(?:es|ed?))\s+(?=\w+ing\b)", "not "),
        ("denied excluded", r"(?<!that )(?<!which )\b(is|are|was|were|be)\s+(?:denied|excluded\s+from\s+coverage)\b", r"\1 not paid"),
        ("prohibited forbidden", r"\b(is|are|was|were|be)\s+(?:prohibited|forbidden)\b", r"\1 not allowed"),
        ("den", r"\b(?:denies|deny)\b", "does not pay"),
        ("unless", r"^unless\s+([^,]+),\s+(.*?)\bnot\b([^.]*)", r"\2only\3 if \1"),
        ("unless", r"\bnot((?:\s+\w+){1,4}?)\s+unless\b", r"only\1 if"),
        ("than instead", r",?\s+(?:rather\s+than|instead\s+of)\s+", ", not "),
        ("than excess", r"\b(?:more|greater)\s+than\b|\bin\s+excess\s+of\b", "over"),
        ("than", r"\b(?:less|fewer)\s+than\b", "under"),
        ("every each per a", r"\b(?:every|each|per|a)\s+(?=(?:day|week|month|quarter|year)\b)", "every 1 "),
        ("monthly", r"\bmonthly\b", "every 1 month"),
        ("annually yearly", r"\b(?:annually|yearly)\b", "every 1 year"),
        ("weekly", r"\bweekly\b", "every 1 week"),
        ("daily", r"\bdaily\b", "every 1 day"),
        ("quarterly", r"\bquarterly\b", "every 3 months"),
        ("%", r"(?<=\d)\s?%", " percent"),
        (
            "one",
            r"\bone(?=\s+(?:units?|times?|days?|hours?|years?|months?|doses?|visits?|services?|lines?|percent)\b)|(?<=column\s)one\b",
            "1",
        ),
        ("one", r"\b(exactly|at\s+least|at\s+most|just)\s+one\b", r"\1 1"),
        ("report", r"\b(an?|no|any|operative|written)\s+report\b", r"\1 writeup"),
        ("once", r"\bonce\b(?!\s+(?:the|an?|it|they|all|\d|two|three)\b)", "1"),
        ("single", r"\bsingle(?=\s+(?:line|unit)\b)", "1"),
        ("member", r"\b(members?)\s+of\s+(?:the|its|a)\s+(crew|staff|family|team)\b", r"\2\1"),
        ("member", r"\b(crew|staff|family|team)\s+(members?)\b", r"\1\2"),
        (
            "authori approval certification",
            r"\bpre-authori[sz]ation\b|\bprior\s+(?:authori[sz]ation|approval)\b|\bpre-?certification\b",
            "preauthorization",
        ),
        ("based", r"\bbased\s+(?:up)?on\b", "by"),
        ("replacement", r"\b(?:the\s+)?replacement\s+(?:of|for)\s+(?:codes?\s+)?(\w+)\s+is\b", r"\1 was replaced by"),
        ("code", r"\bnot\s+code\b", "not report"),
        ("code", r"(?:^|(?<=[;,] ))code\s+(?=(?:the|an?|it)\b)", "report "),
        ("add-on", r"\badd-on\b", "addon"),
        ("follow-up", r"\bfollow-up\b", "followup"),
        ("effect", r"\b(?:took|takes?|taken|went|goes|go|comes?|came)\s+(?:in)?(?:to)?\s*effect\b|\bbecame\s+effective\b", "was effective"),
        ("effect force", r"\bin\s+(?:effect|force)\b", "effective"),
        ("full", r"\b(pa(?:id|y|ys|yable))\s+in\s+full\b", r"\1 at 100 percent"),
        ("half", r"\b(pa(?:id|y|ys|yable))\s+at\s+half\b", r"\1 at 50 percent"),
        ("free", r"\bfree\s+of\b", "without"),
        ("only", r"\bonly\s+(?=(?:once|one|twice|every|\d)\b)", ""),
        ("matter", r"\bno\s+matter(?:\s+how)?\b", "regardless of"),
        ("place", r"\bplace\s+of\s+service\b", "POS"),
    )
)


@lru_cache(maxsize=4096)
def figured(text: str) -> str:
    """A text with its numbers in figures, its dates as 2026-01-31, and its bounds, denials and periods said in one way."""
    lower = text.lower()
    for letters, pattern, alike in _PHRASES:
        if any(some in lower for some in letters):
            text = pattern.sub(alike, text)
    text = _WORDED.sub(lambda found: str(_NUMBERS[found[0].lower()]), text)
    if not any(sign.isdigit() for sign in text):
        return text
    text = re.sub(r"(?<=\d)\s+times\b", "", text)
    text = _LASTING.sub(r"\2 \3 \1", text)
    text = _MONTH_FIRST.sub(lambda found: _iso(found[3], found[1], found[2]), text)
    text = _DAY_FIRST.sub(lambda found: _iso(found[3], found[2], found[1]), text)
    return _SLASHED.sub(lambda found: _iso(found[3], _MONTHS[int(found[1]) - 1], found[2]) if 0 < int(found[1]) < 13 else found[0], text)


def _iso(year: str, month: str, day: str) -> str:
    number = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(month[:3].lower()))
    return f"{year}-{number:02}-{int(day):02}"
