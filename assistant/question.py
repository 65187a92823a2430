"""Understand a message by rule: what it names, when and whose rules are asked about, and what kind of answer it wants."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.answer import Question, Turn
from corpus.codes import ARTICLE, CPT, HCPCS, ICD10CM, LCD, MODIFIER, NCD, Known, Mention, mentions, named, ranges
from corpus.payers import payer_in, payer_named

LIMIT = 2000  # characters a question may have

_SYSTEM_WORDS = {ICD10CM: r"icd|diagnos[ie]s\s+codes?|dx\s+codes?", CPT: r"\bcpt\b|procedure\s+codes?", HCPCS: r"hcpcs|\bj[\s-]?codes?"}
_MONTHS = "january february march april may june july august september october november december".split()
_NO_YEAR = r"[-/]|\s*(?:manual|edition|guidelines?|mg|ml|units?|mcg|iu)\b"  # what follows a number that is no year
_MONTH = "|".join(rf"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_GREETING = re.compile(
    r"\s*(hi|hello|hey|good\s+(morning|afternoon|evening)|thanks?(\s+a\s+lot)?|thank\s+you|bye|goodbye|ok(ay)?|how\s+are\s+you|who\s+are\s+you"
    r"|what\s+(can|do)\s+you\s+do|help)\b[\s,!.?]*(there|codecite|all|you|so\s+much|very\s+much|for\s+your\s+help|me)?[\s!.?]*",
    re.I,
)
_FOLLOW = re.compile(
    r"^\s*(and|what\s+about|how\s+about|so|then|also|or|but)\b|\b(its?|that\s+(one|code)|this\s+(one|code)|they|them|those|these|it)\b",
    re.I,
)
_VALID = re.compile(
    r"\b(valid|billable|deleted|active|expired?|discontinued|retired|terminated|still\s+(in\s+use|good|used|exist\w*)"
    r"|current(ly)?|in\s+force|exists?|effective\s+dates?)\b",
    re.I,
)
_COMPARE = re.compile(r"\b(differences?|differs?|compare[ds]?|comparison|versus|vs\.?|distinguish\w*)\b", re.I)
_NOTES = re.compile(
    r"\b(excludes?\s*[12]?|code\s+first|use\s+additional|code\s+also|includes?|included|inclusion|7th\s+char\w*|seventh\s+char\w*)\b", re.I
)
_PAIR = re.compile(r"\b(together|bundl\w*|unbundl\w*|same\s+(day|session|claim|time)|with|ptp|ncci|edit|pair|column)\b", re.I)
_UNITS = re.compile(r"\b(mues?|medically\s+unlikely|max(imum)?\s+units?|how\s+many\s+units?|units?\s+(limit|allowed))\b", re.I)
_ADDON = re.compile(r"\badd[\s-]?ons?\b|\bprimary\s+(codes?|procedures?|services?)\b", re.I)
_FEE = re.compile(
    r"\b(fees?|rvus?|price|reimburse\w*|payment\s+(amount|rate|limit)|allowed\s+amount|how\s+much|conversion\s+factor"
    r"|what\s+(?:does|do|will|would)\s+(?:\w+\s+){1,3}pay|payment\s+for)\b",
    re.I,
)
_COVER = re.compile(
    r"\b(cover(s|ed|age)?|medical(ly)?\s+necess\w*|pays?\s+for|paid|ncd|lcd|prior\s+auth\w*|preauth\w*|policy|benefit)\b", re.I
)
_REVERSE = re.compile(
    r"\b(?:codes?\s+(?:is\s+used\s+|do\s+i\s+use\s+|should\s+i\s+use\s+|to\s+use\s+)?for|(?:icd[\s-]*10(?:[\s-]*cm)?|cpt|hcpcs|dx|diagnosis)\s+for"
    r"|(?:how\s+(?:do\s+i|do\s+you|to|is|are|should\s+i|would\s+you)\s+(?:code|coded|bill|report)(?:ed)?)"
    r"|(?:what|which)\s+(?:is\s+the\s+)?(?:\w+[\s-]*){0,3}?codes?\s+(?:is|are|describes?|covers?|reports?|represents?|names?)"
    r"(?!\s+(?:used\s+)?(?:with|together)))\b\s*(?:for\s+)?(?:an?\s+|the\s+)?(.+)",
    re.I,
)
_ADMINISTRATION = re.compile(
    r"\b(?:report|bill|code)\s+(?:the\s+)?administ\w+|\badminist\w+\s+(?:\w+\s+)?codes?\b|\bcodes?\s+(?:\w+\s+){0,4}administ\w+", re.I
)
_ASKS_WHY = re.compile(r"\b(when|why|how|may|can|should|must|guidelines?|rules?|sequenc\w*|mean(s|ing)?|difference)\b", re.I)
_DEFINE = frozenset(
    """
    pos place drg ms revenue carc rarc denial remark cvx ncd lcd article pcs reason
    what whats what's s is are does do define describe description explain tell me about meaning of definition look up lookup show
    the an a code codes cpt hcpcs icd 10 cm modifier modifiers mean means please describes for in date on dos service as and or
    i need info information used use stand stands hi hello hey good morning afternoon evening
    """.split()
)


def cleaned(text: str) -> str:
    """Without control characters and doubled spaces; compatibility forms (ﬁ, ９) written plainly."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in plain).split())


def english(text: str) -> bool:
    """Whether a text can be meant as English: its letters are Latin and its small words are not another language's."""
    letters = [c for c in text if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if letters and latin < len(letters) * 0.7:
        return False
    words = set(re.findall(r"[a-zà-ÿ]+", text.lower()))
    foreign = words & set(
        "el la los las una qué que es cuál cual está por para código del le les des est quel quelle pour une der die das ist"
        " für und welche wie ein eine il lo gli che quale codice uma você é são".split()
    )
    home = words & set("the is a of for what how to in and are do does can with which be when may this that it".split())
    return len(foreign) < 2 or len(home) >= len(foreign)


def date_in(text: str) -> date | None:
    """The date of service a text states: 2015-12-31, 3/1/24 (month first), March 1, 2024, 1 March 2024, March 2024, 'in 2014'."""
    if found := re.search(r"\b((?:19|20)\d\d)[-/](\d{1,2})[-/](\d{1,2})\b", text):
        return _day(found[1], found[2], found[3])
    if found := re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b", text):
        return _day(found[3] if len(found[3]) == 4 else f"20{found[3]}", found[1], found[2])
    if found := re.search(rf"\b(?:(\d{{1,2}})\s+)?({_MONTH})\.?\s+(?:(\d{{1,2}})(?:st|nd|rd|th)?,?\s*)?((?:19|20)\d\d)\b", text, re.I):
        month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(found[2][:3].lower()))
        return _day(found[4], str(month), found[1] or found[3] or "1")
    if found := re.search(rf"\b(?:in|during|since|dos|year)\s+((?:19|20)\d\d)\b(?!{_NO_YEAR})", text, re.I):
        return _day(found[1], "7", "1")
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def systems_in(text: str) -> tuple[str, ...]:
    """The code systems a text names."""
    return tuple(system for system, pattern in _SYSTEM_WORDS.items() if re.search(pattern, text, re.I))


def _intent(text: str, named: Sequence[Mention], spans: Sequence[object]) -> str:
    """What is asked, from the most telling sign to the least."""
    codes = [mention for mention in named if mention.system != MODIFIER]
    modifiers = [mention for mention in named if mention.system == MODIFIER]
    two = len({mention.value for mention in codes}) >= 2 or (not codes and len({m.value for m in modifiers}) >= 2)
    signs = (
        ("comparison", two and bool(_COMPARE.search(text))),
        ("range", bool(spans) and not _ASKS_WHY.search(text)),
        ("notes", any(mention.system == ICD10CM for mention in codes) and bool(_NOTES.search(text))),
        ("units", bool(codes) and bool(_UNITS.search(text))),
        ("validity", bool(codes) and bool(_VALID.search(text))),
        ("pair", len({mention.value for mention in codes}) >= 2 and bool(_PAIR.search(text))),
        ("addon", bool(codes) and bool(_ADDON.search(text))),
        ("fee", bool(codes) and bool(_FEE.search(text))),
        ("definition", bool(named) and _asks_what(text, named)),
        ("modifiers", not named and bool(re.search(r"\b(list|common|all|every)\b.*\bmodifiers\b", text, re.I)) and len(text) < 60),
        ("aspect", any(mention.system in (NCD, LCD, ARTICLE) for mention in named)),
        ("coverage", bool(_COVER.search(text))),
        ("administration", bool(_ADMINISTRATION.search(text))),
        ("aspect", bool(named)),
        ("reverse", bool(_subject(text))),
    )
    return next((name for name, shown in signs if shown), "guideline")


def _asks_what(text: str, named: Sequence[Mention]) -> bool:
    """Whether nothing is said beside the codes but 'what is'; in another language nothing else can be read."""
    return set(re.findall(r"[\w']+", _without(text, named).lower())) <= _DEFINE or not english(text)


def _without(text: str, named: Sequence[Mention]) -> str:
    for mention in sorted(named, key=lambda mention: -mention.start):
        text = text[: mention.start] + " " + text[mention.end :]
    return re.sub(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}", " ", text)


_TRAILING = re.compile(
    r"\s*(.+?)\s+(?:(?:cpt|hcpcs|icd[\s-]*10(?:[\s-]*cm)?|dx|diagnosis|billing|procedure|j)[\s-]*codes?|codes?|icd[\s-]*10(?:[\s-]*cm)?|hcpcs|cpt)\s*\??\s*$",
    re.I,
)
_ABOUT_A_KIND = re.compile(r"\s*(?:(?:how|why|when|can|may|should|is|are|does|do)\b|what(?:'s|\s+is|\s+are)\s+(?!the\b))", re.I)
_ASKING = re.compile(r"^\s*(?:what(?:'s|s|\s+is|\s+are)?|which|the|an?|give\s+me|find|need|i\s+need)\b\s*", re.I)


def _subject(text: str) -> str:
    """The words a code is wanted for; empty where no code is asked for."""
    if found := _REVERSE.search(text):
        return re.sub(r"^(?:used\s+)?(?:for|to)?\s*\b(?:an?|the)\s+", "", found[1].strip(" ?.!\"'"), flags=re.I)
    if (found := _TRAILING.match(text)) and not _ABOUT_A_KIND.match(text):
        subject = found[1]
        while (shorter := _ASKING.sub("", subject)) != subject:
            subject = shorter
        return subject.strip()
    return ""


def is_phrase(text: str) -> bool:
    """A few words that ask nothing: what a coder types to find a code."""
    plain = not re.search(r"\?|\b(what|which|who|when|where|why|how|is|are|can|may|do|does|should|must|will)\b", text, re.I)
    topic = re.search(
        r"\b(guidelines?|rules?|coding|codes?|modifiers?|policy|requirements?|appeals?|sequenc\w*|billing|ncci|list)\b", text, re.I
    )
    return plain and not topic and len(text.split()) <= 10


def _subjects(turns: Sequence[Turn], known: Known) -> list[Mention]:
    """The codes the last question named, else the one its answer led with, else those of the exchange before."""
    asked = [at for at, turn in enumerate(turns) if turn.role == "user"]
    for at in reversed(asked):
        for turn, most in [(turns[at], 3), *((turn, 1) for turn in turns[at + 1 : at + 2] if turn.role != "user")]:
            if found := [m for m in mentions(turn.content, known) if m.wellformed]:
                return found[:most]
    return []


def standalone(text: str, turns: Sequence[Turn], known: Known) -> str:
    """Make a follow-up stand alone by naming the code it is about; any other message stays as it is."""
    if not turns or [m for m in mentions(text, known) if m.system != MODIFIER] or not _FOLLOW.search(text):
        return text
    named = dict.fromkeys(f"{m.system} {m.value}" for m in _subjects(turns, known))
    return f"{text.rstrip('?.! ')} ({', '.join(named)})?" if named else text


def understand(text: str, known: Known, today: date, turns: Sequence[Turn] = (), **given: object) -> Question:
    """Read one message in its conversation; `given` holds what the person set apart: on, payer, state, systems."""
    message = cleaned(text)
    whole = standalone(message, turns, known)
    on = given.get("on") or date_in(whole)
    found = tuple(named(whole, known))
    spans = tuple(ranges(whole))
    intent = "smalltalk" if _GREETING.fullmatch(message) else _intent(whole, found, spans)
    systems = given.get("systems") or systems_in(whole)
    question = Question(
        text=message,
        standalone=whole,
        intent=intent,
        on=on if isinstance(on, date) else today,
        dated=isinstance(on, date),
        mentions=found,
        ranges=spans,
        payer=payer_named(given.get("payer")) or payer_in(whole),
        state=str(given["state"]) if given.get("state") else None,
        systems=tuple(systems) if isinstance(systems, tuple | list) else (),
    )
    return replace(question, subject=_subject(whole) if intent == "reverse" else "")
