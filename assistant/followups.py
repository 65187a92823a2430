"""Make a follow-up stand alone: recognised by rule, completed from the codes and the subject of the turns before."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant import dates
from assistant.answer import Turn
from assistant.intents import intent_of
from assistant.message import LIMIT, cleaned
from assistant.reask import reasked
from assistant.scope import greets
from assistant.spelling import mended
from assistant.subjects import subject_in
from corpus.codes import Known, Mention, mentions, named, ranges
from corpus.payers import payers_in
from corpus.places import contractors_in, states_in

RECENT = 8  # turns that are looked back upon
_READ = 3000  # characters of an answer in which codes are looked for
_PLEASANT = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|thanks?|thank\s+you|thx|great|got\s+it|hm+|well|cool|perfect|alright)\b[\s,.!;-]*)+(?=\w)", re.I
)
_LEAD = re.compile(r"^\W*(and|what\s+about|what\s+if|how\s+about|so|then|also|or|but|plus)\b\W*", re.I)
_NOUN = (
    "one|code|codes|vaccine|drug|medication|procedure|service|test|modifier|modifiers|pair|edit|diagnosis|dx|condition|rule|policy|lcd|ncd|article"
    "|item|device|limit|amount|fee|denial"
)
_NEW = r"(?!\s+(?:patient|case|claim|scenario|situation|year|quarter|month|week|day|visit|encounter|an?|the)\b)"
_POINTS = re.compile(
    rf"\b(?:its?|they|them|their|both|either|(?:that|this|these|those|(?:the\s+)?same|the\s+other|the\s+above|such)(?:\s+(?:two|both))?\s+(?:{_NOUN}))\b"
    rf"|\b(?:is|are|was|were|does|do|can|could|should|would|will|did|for|with|about|covers?|bill|of|on|why|under|use|report|code|append|to|why's)\s+"
    rf"(?:that|this|these|those)\b{_NEW}|^\W*(?:that|this|these|those)\b{_NEW}|\b(?:that|this|these|those)\W*$",
    re.I,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|would|will|be)\s+it\s+(?:be\s+)?(?:true|possible|ok(?:ay)?|allowed|necessary|correct|appropriate|permissible|required|legal|common|right)\s+(?:that|to|for|if)\b"
    r"|\bit\s+(?:is|was)\s+(?:true|possible|necessary|required)\s+(?:that|to)\b|\bhow\s+(?:long|much|many\s+\w+)\s+does\s+it\s+take\b",
    re.I,
)
_KIND = re.compile(r"\b(?:what(?:'?s|\s+is|\s+are)|define|explain)\s+(?:an?\s+)(?!\w+\s+(?:for|of|on)\s+(?:it|this|that)\b)", re.I)
_AGAIN = re.compile(
    r"\W*(?:why(?:\s+(?:not|is\s+that|so))?|are\s+you\s+sure|really|how\s+come|explain(?:\s+(?:that|why|more|it))?|(?:tell\s+me\s+|give\s+me\s+)?more(?:\s+details?|\s+info\w*)?|details?|go\s+on|elaborate|source|says\s+who|according\s+to\s+(?:what|whom?))\W*",
    re.I,
)
_ASPECTS = frozenset(
    """
    instead child children parent siblings specific
    mue mues unit units limit limits max maximum fee fees rvu rvus price prices cost costs payment payments pay pays paid rate
    allowed billable valid active deleted expired covered cover covers coverage lcd lcds ncd ncds prior authorization auth preauth
    required requirements need needed modifier modifiers apply applies administration admin administered code codes excludes
    excludes1 excludes2 note notes replaced replacement replaces when why bundled bundle bundling edit edits ncci addon add
    primary global days period status indicator description mean meaning definition guideline guidelines rule rules documentation
    medical medically necessity necessary diagnosis dx hcc history changed change changes date dates effective end start frequency
    long short descriptor ptp pair pairs crosswalk icd cpt hcpcs ndc cvx medicare medicaid still current currently reimbursed
    reimbursement separately together billed bill billing reported report used use many much often per day
    """.split()
)
_WEAK = frozenset(
    """
    a an the is are was were be been do does did can could may might must should would will shall what which who whom when where
    why how of in on at for to with without by from as and or but if so then than that this these those it its they them their
    there here i we you me my our your us any some no not please pls about into under over also just only tell show give get got
    have has had know want need like there's whats what's right ok okay hi hello hey good between after before each every all more
    most other same one ones
    """.split()
)
_FINER = frozenset(
    """
    left right bilateral unilateral both initial subsequent sequela acute chronic unspecified recurrent severe moderate mild type
    stage grade 1 2 3 3a 3b 4 5 upper lower displaced nondisplaced open closed healing uncontrolled controlled side encounter
    follow up follow-up active treatment first second third trimester male female adult child newborn pediatric primary secondary
    malignant benign in remission hyperglycemia hypoglycemia complication complications
    """.split()
)
_ORDINAL = re.compile(
    r"\b(?:the\s+)?(?:(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|last|latter|former|other)(?:\s+(?:one|code|option|candidate|result|choice)|(?=\W*$|\s+(?:is|valid|billable|covered|mean)))"
    r"|(?:number|no\.?|option|#)\s*(one|two|three|four|five|[1-9])(?!\d))\b",
    re.I,
)
_PLACES = {"fi": 0, "1s": 0, "fo": 3, "se": 1, "2n": 1, "th": 2, "3r": 2, "4t": 3, "5t": 4, "on": 0, "tw": 1, "la": -1, "ot": 1}


class Whole(NamedTuple):
    """A message made stand-alone, and other wordings to search with."""

    text: str
    also: tuple[str, ...] = ()


class _Before(NamedTuple):
    """The last question, stand-alone, and its answer."""

    asked: str
    answer: str = ""


def standalone(text: str, turns: Sequence[Turn], known: Known, today: date) -> Whole:
    """Complete a follow-up from the turns before it; any other message stays as it is."""
    before: _Before | None = None
    greeted = False
    for turn in turns[-RECENT:]:
        said = cleaned(turn.content[: LIMIT if turn.role == "user" else _READ * 2])
        if turn.role == "user":
            greeted = greets(said)
            before = before if greeted else _Before(_resolved(said, before, known, today))
        elif before and not greeted:
            before = before._replace(answer=turn.content[:_READ])
    whole = _resolved(text, before, known, today)
    if before is None or whole == text:
        return Whole(text)
    return Whole(whole, tuple(dict.fromkeys((text, f"{text.rstrip(' ?.!')} {_topic(before.asked, known)}".strip()))))


def _resolved(text: str, before: _Before | None, known: Known, today: date) -> str:
    """One message after another, stand-alone."""
    if before is None:
        return text
    said = _PLEASANT.sub("", text)
    if _AGAIN.fullmatch(said):
        return f"{before.asked.rstrip(' ?.!')} ({said.strip(' ?.!')})?"
    if numbered := _by_number(said, before, known):
        said = numbered
    elif again := reasked(said, before.asked, known, today):
        return again
    if numbered or not _leans(said, known):
        return said if numbered else text
    return _narrowed(said, before, known) or _completed(said, before, known, today)


def _leans(text: str, known: Known) -> bool:
    """Whether a message needs the one before it: it points back, leads on, or has no subject of its own."""
    points = bool(_POINTS.search(text)) and not _EMPTY_IT.search(text)
    if [mention for mention in named(text, known) if mention.system != "modifier"]:
        return points
    if _KIND.search(text) or (subject_in(text) and not points):
        return False
    lead = _LEAD.match(text)
    own = _content(text[lead.end() :] if lead else text)
    if points or not own:
        return points or bool(_spoken(text))
    if lead is None:
        return _refines(text)
    about = lead[1].lower().startswith(("what", "how"))
    return (
        about or len(own) < 2 or not re.match(r"(?:what|which|who|how|is|are|can|does|do|should|may|must|will)\b", text[lead.end() :], re.I)
    )


def _spoken(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9']+", mended(text).lower()) if word in _ASPECTS]


def _content(text: str) -> list[str]:
    """The words that make a subject: no function words, and no aspects a code may be asked about."""
    return [word for word in re.findall(r"[a-z0-9][a-z0-9'.-]*[a-z0-9]|[a-z0-9]", mended(text).lower()) if word not in _WEAK | _ASPECTS]


def _refines(text: str) -> bool:
    """A few words that narrow a description: 'left', 'with hyperglycemia', 'initial encounter'."""
    words = re.findall(r"[a-z0-9-]+", text.lower())
    return 0 < len(words) <= 6 and (all(word in _FINER | _WEAK for word in words) or words[0] in ("with", "without", "due"))


def _narrowed(text: str, before: _Before, known: Known) -> str | None:
    """After a reverse lookup: the description made finer, or another description in its place."""
    wanted = subject_in(before.asked)
    if not wanted or intent_of(before.asked, named(before.asked, known), ranges(before.asked)) != "reverse":
        return None
    lead = _LEAD.match(text)
    more = re.sub(
        r"^(?:(?:if|when)\s+|make\s+)?(?:it\s*(?:is\b|'s\b|\b)|the\s+\w+\s+is|he\s+is|she\s+is)\s+|^for\s+(?:an?\s+|the\s+)?",
        "",
        text[lead.end() if lead else 0 :].strip(" ?.!"),
        flags=re.I,
    )
    if _refines(more):
        return before.asked.replace(wanted, f"{wanted} {more}")
    if lead and _content(more) and not re.search(r"\b(?:is|are|can|does|do|should|may|it|that|this|them)\b", more, re.I):
        return before.asked.replace(wanted, more)
    return None


def _completed(text: str, before: _Before, known: Known, today: date) -> str:
    """The message with what it is about in brackets: codes, else the subject; then payer, place and day of the question before."""
    own = {mention.value for mention in named(text, known)}
    about = [item for item in _codes(before, known, text) if item.split(" ", 1)[-1] not in own]
    if not about and (topic := _topic(before.asked, known)):
        about = [topic]
    if not about:
        return text
    return f"{text.rstrip('?.! ')} ({', '.join(dict.fromkeys([*about, *_circumstances(text, before.asked, today)]))})?"


def _circumstances(text: str, asked: str, today: date) -> list[str]:
    """Payer, state, contractor and day of the last question, as far as the message names none of its own."""
    found = [asked[item.start : item.end] for item in payers_in(asked)[:1] if not payers_in(text)]
    placed = [*states_in(asked), *contractors_in(asked)][:1]
    if placed and not states_in(text) and not contractors_in(text):
        found.append(f"in {asked[placed[0].start : placed[0].end]}")
    when = dates.stated(asked, today)
    if when and when.on and not dates.stated(text, today) and not re.search(r"\b(?:now|currently|still|today|current)\b", text, re.I):
        found.append(when.on.isoformat())
    return found


def _written(found: Sequence[Mention]) -> list[str]:
    return list(dict.fromkeys(f"{mention.system} {mention.value}" for mention in found))


def _codes(before: _Before, known: Known, text: str) -> list[str]:
    """The codes the last question named, else the one its answer led with, where a code is what was asked for."""
    asked = [mention for mention in named(before.asked, known) if mention.wellformed]
    if asked:
        return _written(asked)[:4]
    intent = intent_of(before.asked, [], [])
    if intent in ("reverse", "administration") or re.search(r"\b(?:that|this|the)\s+code\b", text, re.I):
        return _written(_led(before, known))[:1]
    return []


def _led(before: _Before, known: Known) -> list[Mention]:
    """The code each line of the answer leads with."""
    lines = (mentions(line, known) for line in before.answer.splitlines())
    return [next(mention for mention in found if mention.wellformed) for found in lines if any(mention.wellformed for mention in found)]


def _by_number(text: str, before: _Before, known: Known) -> str | None:
    """The message with the code that 'the second one' stands for in its place."""
    found = _ORDINAL.search(text)
    if not found:
        return None
    asked = [mention for mention in named(before.asked, known) if mention.wellformed]
    listed = _written(asked) if len(_written(asked)) >= 2 else _written(_led(before, known))
    word = (found[1] or found[2]).lower()
    place = int(word) - 1 if word.isdigit() else -1 if word == "latter" else 0 if word == "former" else _PLACES[word[:2]]
    if not -1 <= place < len(listed):
        return None
    whole = text[: found.start()] + listed[place] + text[found.end() :]
    rest = whole.replace(listed[place], "")
    return f"what is {listed[place]}?" if not _content(rest) and not _spoken(rest) else whole


def _topic(asked: str, known: Known) -> str:
    """The words a question is about, without its codes, in its order."""
    for mention in sorted(named(asked, known), key=lambda mention: -mention.start):
        asked = asked[: mention.start] + " " + asked[mention.end :]
    return " ".join(_content(re.sub(r"\([^)]*\)", " ", asked)))
