"""Say the same thing the same way: numbers and dates, bounds, denials and periods in one form each."""

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.amounts import amounts, spans

# In their order, what may be said and what it is compared as: a space is any white space, "_" one at an edge.
_TABLE = r"""
\bat once\b|\bsimultaneously\b => at the same time
\b(?:ca|wo)n['’]t\b => can not
\b(is|are|do|does|did|was|were|must|should|has|have|could|would)n['’]t\b => \1 not
\bcannot\b => can not
\b(?:may|must|could|should|shall) (?:not|never)\b => can not
\bonce(?= (?:every|each|per|an?)\b) =>
,? one time(?: for)?(?= (?:every|each|per|an?)\b) =>
\bno(?:t)? (?:earlier|sooner) than(?= \w+ \w+ before\b) => at most
\bno(?:t)? later than(?= \w+ \w+ before\b) => at least
\bno(?:t)? later than(?= (?:the|its|their)\b) => on or before
\bno(?:t)? (?:earlier|sooner) than(?= (?:the|its|their)\b) => on or after
\b(?:(?:may|can|must|should|shall) )?not ((?:be )?\w+) (?:earlier|sooner) than(?= \w+ \w+ before\b) => \1 at most
\b(?:not|never) (?:be )?(?:separately )?(?:report|bill|pa[iy]|cod)\w* (?:separately(?: (?:from|with))?|in addition(?: to)?) => included in
\bdo not (?:report|bill|code) ([^.;,]*?) separately => \1 is included in
\b(?:not|never) (?:be )?separately (?:report|bill|pa[iy]|cod)\w*(?: (?:from|with))? => included in
\b(?:report|bill)\w* (?:separately|in addition) to\b => not included in
\b(?:reported|billed|paid) separately\b => not included in
\b(is|are|be|not|as) part of\b => \1 included in
\bbundled (?:into|with|in)\b => included in
\ba minimum of\b => at least
\ba maximum of\b => at most
\b(?:limited|restricted) to(?= \d) => at most
\b(is|are) (?:limited|restricted) to\b => \1 only
^(?:under|per|according to)(?: the)? ([\w ]*?)(?:['’]s)? (?:policy|policies|rules?|guid\w+|criteria|manual|handbook|notes?), => under \1,
\b(?:as|so) long as\b|(?:^|, )provided(?: that)?\b|\bprovided that\b|\bin the event that\b|\bon condition that\b => _if
\bwithin(?: the)? (\d+ [\w ]{3,14}) (?:of|following|from)\b => within \1 after
\b(?:in|during)(?: the)?(?: first)? (\d+ [\w ]{3,14}) (?:after|following)\b => within \1 after
(\$?\d[\d,.]*(?: (?!or\b)\w+){0,2}) or (?:more|above|over|greater|older|later)\b => at least \1
(\$?\d[\d,.]*(?: (?!or\b)\w+){0,2}) or (?:less|below|under|fewer|younger|earlier)\b => at most \1
\bnot\b([^.;]*?),? except (?:where|when|if|in cases where)\b => only\1 if
\bno(?:t)? (?:more|greater|later) than\b => at most
\bno(?:t)? (?:fewer|less|earlier|sooner) than\b => at least
\b(?:(?:may|can|must|should|shall) )?not ((?:be )?\w+) (?:more|greater|later) than\b => \1 at most
\b(?:(?:may|can|must|should|shall) )?not ((?:be )?\w+) (?:fewer|less|earlier|sooner) than\b => \1 at least
\b(?:(?:may|must|can|should|do|does|shall) )?not (?:to )?exceed(?:ing)?\b => at most
\bnot?\b([^.;,]*?)\bwithout\b => only\1with
\bnot\b([^.;,]*?) if ([^.;,]*?)\b(is|are) not\b => only\1 if \2\3
\bnot\b([^.;,]*?) if no\b => only\1 if
^without ([^,]+), ([^.;]*?)\b(can|is|are|do|does|will) not\b([^.;]*) => \2\3 only\4 with \1
\bwithout\b([^,;]*?)\b(can|is|are|do|does|will) not\b => with\1\2 only
\bnon-?(?!coverage)(?=[a-z]{4}) => not_
\bun(?=(?:related|necessary|documented|signed|confirmed|successful|available|able|covered|listed)\b) => not_
\bin(?=(?:valid|eligible|appropriate)\b) => not_
\bno longer\b => not
\b(?:remain|stay)s? (?:the same|unchanged)\b|\b(?:is|are) (?:left )?unchanged\b => do not change
\b(is|are) exempt from\b => \1 not applied
^(?:yes|no)(?:,|:| [-–—]) => _
^(?:note that|in other words,|in short,|specifically,|in addition,|additionally,|however,) => _
\b(?:stop(?:s|ped)?|ceas(?:es|ed?))(?= \w+ing\b) => not
(?<!that\s)(?<!which\s)\b(is|are|was|were|be) (?:denied|excluded from coverage)\b => \1 not paid
\b(is|are|was|were|be) (?:prohibited|forbidden)\b => \1 not allowed
\b(?:denies|deny)\b => does not pay
^unless ([^,]+), (.*?)\bnot\b([^.]*) => \2only\3 if \1
\bnot((?: [\w-]+){1,12}?) unless\b => only\1 if
,? (?:rather than|instead of)\b => , not
\b(?:more|greater) than\b|\bin excess of\b => over
\b(?:less|fewer) than\b => under
\b(?:every|each|per|a)(?= (?:day|week|month|quarter|year)\b) => every 1
\bmonthly\b => every 1 month
\b(?:annually|yearly)\b => every 1 year
\bweekly\b => every 1 week
\bdaily\b => every 1 day
\bquarterly\b => every 3 months
(?<=\d)\s?% => _percent
\bone(?= (?:units?|times?|days?|hours?|weeks?|years?|months?|doses?|visits?|services?|lines?|percent)\b)|(?<=column\s)one\b => 1
\b(exactly|at least|at most|just) one\b => \1 1
\b(an?|no|any|operative|written) report\b => \1 writeup
\bonce\b(?! (?:the|an?|it|they|all|\d)\b) => 1
\bsingle(?= (?:line|unit)\b) => 1
\ba single(?= [a-z]) => 1
(?<!first\s)(?<!second\s)\bone(?= (?!of|or|and|is|are|who|that|to|another|may|must|can|in|at|on|with|for|by|more|from|as|date)[a-z]{3}) => 1
\b(members?) of (?:the|its|a) (crew|staff|family|team)\b => \2\1
\b(crew|staff|family|team) (members?)\b => \1\2
\bpre-authori[sz]ation\b|\bprior (?:authori[sz]ation|approval)\b|\bpre-?certification\b => preauthorization
\b(?:have|has) (?:passed|elapsed) (?:since|after)\b => after
\bbased (?:up)?on\b => by
\b(?:the )?replacement (?:of|for) (?:codes? )?(\w+) is\b => \1 was replaced by
\bnot code\b => not report
(?:^|(?<=[;,]\s))code(?= (?:the|an?|it)\b) => report
\badd-on\b => addon
\bfollow-up\b => followup
\bin (?:effect|force)\b => effective
\b(pa(?:id|y|ys|yable)) in full\b => \1 at 100 percent
\bfree of\b => without
\bcalls? for\b => requires
\bonly(?= (?:once|one|every|\d)) =>
\bno matter(?: how)?\b => regardless of
\bplace of service\b => POS
\blast(?:s|ed|ing)\b|(?<=to\s)last\b => endure
\bmedications?\b => drug
\bdays? (\d+) (?:through|to) days? (\d+)\b => days \1 to \2
\bat (\d+)-(\w+) intervals\b => every \1 \2s
\bbeyond(?= day) => after
"""


def _rows() -> Iterator[tuple[list[str], re.Pattern[str], str]]:
    """Each phrase with words of which a text that has it has one: most texts have few, and are looked through faster so."""
    for line in _TABLE.strip().splitlines():
        pattern, alike = (side.strip() for side in line.split(" =>"))
        yield _telling(pattern), re.compile(pattern.replace(" ", r"\s+"), re.I), alike.replace("_", " ")


def _telling(pattern: str) -> list[str]:
    """The longest run of letters outside brackets in each alternative, else what it begins with; "" where there is none."""
    bare, size = pattern, 0
    while size != len(bare):
        size, bare = len(bare), re.sub(r"\([^()]*\)[?*+]?|\[[^\]]*\][?*+]?", " ", bare)
    found = [max(re.findall(r"(?<!\\)[a-z]+", re.sub(r"\\.|\w\?", " ", one)), key=len, default="") for one in bare.split("|")]
    choice = re.match(r"(?:\\b|\(\?<[^)]*\))*\((?:\?:)?([a-z| ]+)\)(?![?*])", pattern)  # what it begins with
    return found if all(found) else choice[1].split("|") if choice else [""]


_PHRASES = tuple(_rows())


@lru_cache(maxsize=4096)
def figured(text: str) -> str:
    """A text with its numbers in figures, its dates as 2026-01-31, and its bounds, denials and periods said in one way."""
    text = amounts(text)
    lower = text.lower()
    for letters, pattern, alike in _PHRASES:
        if any(some in lower for some in letters):
            text = pattern.sub(alike, text)
            lower = text.lower()
    return spans(re.sub(" {2,}", " ", text).strip(" "))
