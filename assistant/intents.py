"""What kind of answer a question wants, from the most telling sign to the least."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant import scope
from assistant.advice import declined
from assistant.encounter import units_in
from assistant.message import english
from assistant.spelling import mended
from assistant.subjects import subject_in
from corpus.codes import ARTICLE, CARC, CPT, CVX, HCPCS, ICD9CM, ICD10CM, LCD, MODIFIER, NCD, NDC, RARC, Mention

_VALID = re.compile(
    r"\b(valid|still\s+(?:be\s+)?(?:report|bill|use|code)(?:ed|d|able)?|billable(?!\s+(?:with|alongside|together|beside))|deleted|active|inactive|expired?|discontinued|retired|terminated|still\s+(in\s+use|good|used|exist\w*|ok(ay)?|there)"
    r"|current(ly)?|in\s+force|exists?|real\s+code|effective\s+dates?|end\s+date|good\s+code|obsolete|specific\s+enough|too\s+(vague|unspecific))\b",
    re.I,
)
_HOW_LONG = re.compile(r"\bhow\s+long\s+(?:after|can|may|should|does|do|is)\b", re.I)
_WHAT = re.compile(r"\bwhat(?:'s|\s+is)\s+(?:the\s+)?(?:(?:cpt|hcpcs|icd[-\w]*|code|modifier)\s+)*$", re.I)
_ENDS = re.compile(r"\W*$|\s*[.?!;\[('\"]")  # of the question, whatever is written after it
_COMPARE = re.compile(
    r"\b(differences?|differs?|different\s+(?:from|than|to)|diff|compare[ds]?|comparison|versus|vs\.?|distinguish\w*|instead\s+of|rather\s+than)\b",
    re.I,
)
_NOTES = re.compile(
    r"\b(ex(?:c|l|cl|lc)udes?\s*[12]?|code\s+first|use\s+additional|code\s+also|includes?|included|inclusion|(?:7th|seventh)\s+char\w*|instructional\s+notes?)\b",
    re.I,
)
_PAIR = re.compile(
    r"\b(together|both|bundl\w*|unbundl\w*|(?:same|one|single)\s+(day|session|claim|time|visit|encounter|dos|date|knee|shoulder|site|side|lesion|eye)|with|and\s+also|plus|ptp|ncci|cci|edits?|pair"
    r"|column|mutually\s+exclusive|component\s+of|separately)\b|\bw/|\s[+&]\s",
    re.I,
)
_UNITS = re.compile(
    r"\b(mues?|medically\s+unlikely|max(imum)?(\s+\w+){0,3}\s+(units?|per\s+day|qty|quantity)|max\s+units?|how\s+many|units?\s+(limit|allowed|per\s+day|max)"
    r"|(daily|unit|quantity|frequency)\s+limits?)\b",
    re.I,
)
_BILLS = re.compile(r"\b(bill\w*|allow\w*|report\w*|charg\w*|ok(ay)?|too\s+many|exceeds?|over|pay|paid|can|may|limit|per\s+day)\b", re.I)
_ADDON = re.compile(
    r"\badd[\s-]?ons?\b|\b(primary|parent|base)\s+(codes?|procedures?|services?)\b|\b(stand[\s-]?)?alone\b|\b(by\s+itself|on\s+its\s+own)\b"
    r"|\bwithout\s+(?:also\s+)?(?:billing\s+|reporting\s+)?(?:a\s+|the\s+)?(?:primary\b|(?:cpt\s+|hcpcs\s+)?[A-Z]?\d{4}[A-Z\d]\b)",
    re.I,
)
_FEE = re.compile(
    r"\b(fees?|w?rvus?|prices?|pricing|reimburse\w*|payment\s+(amount|rate|limit)|allowed\s+amount|allowables?|how\s+much|conversion\s+factor|costs?|pays"
    r"|what\s+(?:does|do|did|will|would)\s+(?:\w+\s+){1,3}pay|payment(?:\s+for)?|asp|apc\s+(rate|payment)|global\s+(?:days?|period|surgery\s+(?:days|period))|pfs|mpfs|gpci|rates?)\b",
    re.I,
)
_OUTPATIENT = re.compile(r"\b(?:apcs?\b(?!\s+(?:rate|payment))|status\s+indicators?\b)", re.I)
_FIGURE = re.compile(r"\b(?:rvus?|global\s+(?:days?|period))\b", re.I)  # what only the fee schedule counts
_COVER = re.compile(
    r"\b(cover(s|ed|age|ing)?|noncovered|medical(ly)?\s+necess\w*|pays?\s+for|paid|payable|ncds?|lcds?|prior\s+auth\w*|pre-?auth\w*|precert\w*|\bpa\s+(needed|required)"
    r"|policy(?!\s+manual)|policies|benefits?|eligible|supporting\s+(dx|diagnos\w*))\b",
    re.I,
)
_ADMINISTRATION = re.compile(
    r"\b(?:report|bill|code)\s+(?:the\s+)?administ\w+|\badmin(?:ist\w+)?\s+(?:\w+\s+)?codes?\b|\bcodes?\s+(?:\w+\s+){0,4}administ\w+", re.I
)
_CLAIM = re.compile(
    r"\b((check|review|scrub|audit|look\s+at|validate|clean)\s+(up\s+)?(this|my|the|these|our|following)?\s*(claims?|lines?|codes\b.*\bclaim)|claim\s*:|claim\s+lines?"
    r"|^\W*claims?\s+(?:with|has|have|had|of|on|for|dated|\d)|scrub\s+(this|these|it)|(anything|what'?s?)\s+wrong\s+with|is\s+this\s+(claim|coding)|will\s+this\s+(claim|pay|go\s+through|deny))",
    re.I,
)
_STANDS = re.compile(
    r"\b(ok(ay)?|fine|allow(ed|able)?|acceptable|accepted|correct|right|problems?|wrong|issues?|conflicts?|den(y|ies|ied|ial)|reject\w*|go(es)?\s+through|kick\w*)\b",
    re.I,
)
_PERSON = re.compile(r"\b(patient|male|female|man|woman|boy|girl|newborn|infant|baby|[\s-]years?[\s-]old|[yY]/?[oO]|pt)\b", re.I)
_ON_CLAIM = re.compile(
    r"\bclaims?\b|\b(?:listed|sequenced|coded)\s+first\b|\bfirst[\s-]listed\b|\b(?:principal|primary)\s+(?:dx|diagnos\w*)\b", re.I
)
_CROSSWALK = re.compile(
    r"\b(crosswalk\w*|convert\w*|conversion(?!\s+factor)|equivalents?|maps?\s+to|mapp(?:ed|ing)|translat\w+|replac\w+|successor|supersed\w+|new\s+code\s+for"
    r"|hccs?|risk[\s-]adjust\w*|raf|took\s+the\s+place|instead\s+of\s+(the\s+)?(deleted|old))\b",
    re.I,
)
_PRODUCT = re.compile(r"\b(ndcs?|cvx)\b", re.I)
_OTHER_SYSTEM = re.compile(r"\b(cpt|hcpcs|bill\w*|procedure|administ\w+)\b", re.I)
_HISTORY = re.compile(
    r"\b(when\s+(was|were|did)\b.*\b(add\w*|creat\w+|introduc\w+|new|revis\w+|chang\w+|start\w*|begin|began|come|become|implemented|established)"
    r"|what\s+(has\s+)?changed|(history|changes?)\s+(of|to|in|for)\s+(?:code\s+|icd\S*\s+|cpt\s+)*[A-Z]?\d[0-9AB]\S*|how\s+long\s+has|since\s+when|is\s+\S+\s+(a\s+)?new(\s+code)?\b|new\s+(this|in|for)\b"
    r"|code\s+history|first\s+(valid|effective|available))",
    re.I,
)
_ASKS_WHY = re.compile(r"\b(when|why|how|may|can|should|must|guidelines?|rules?|sequenc\w*|mean(s|ing)?|difference)\b", re.I)
_ASKS = re.compile(r"\b(what|which|why|when|how|can|may|is|are|does|do|should|need)\b", re.I)
_MODIFIER = re.compile(
    r"\b(?:which|what|need|needs|require[ds]?|append|add|use|right|correct|any|best|without|a)\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,2}mod(?:ifier)?s?\b(?!\s+indicators?)|^\W*mod(?:ifier)?s?\s+for\b",
    re.I,
)
_LISTED = re.compile(r"\b(list|common|all|every)\b.*\bmodifiers\b", re.I)
_DEFINE = frozenset(
    """
    pos place drg ms revenue carc rarc denial remark cvx pcs reason group ndc rev rc what whats what's wats
    wat s is are does do define describe description explain tell me about meaning of definition defination look up lookup show
    the an a code codes cpt hcpcs icd 10 cm modifier modifiers mod mean means please pls plz describes describe for in date on dos
    service as and or i info information used use stand stands hi hello hey good morning afternoon evening can you could want
    to know details detail desc this that descriptor give lookup full long short title name called procedure diagnosis dx
    """.split()
)


@dataclass(frozen=True)
class _Asked:
    """A message with what it names, sorted."""

    typed: str
    text: str  # with the words that tell intents spelt right
    mentions: Sequence[Mention]
    spans: Sequence[object]

    def has(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.text))

    @cached_property
    def systems(self) -> frozenset[str]:
        return frozenset(mention.system for mention in self.mentions)

    @cached_property
    def codes(self) -> list[str]:
        """Values of codes, modifiers aside, each once."""
        return list(dict.fromkeys(mention.value for mention in self.mentions if mention.system != MODIFIER))

    @cached_property
    def main(self) -> list[str]:
        """Values of procedures and diagnoses: what is billed together or compared."""
        return list(dict.fromkeys(mention.value for mention in self.mentions if mention.system in (CPT, HCPCS, ICD10CM)))

    @cached_property
    def procedures(self) -> list[str]:
        return list(dict.fromkeys(mention.value for mention in self.mentions if mention.system in (CPT, HCPCS)))

    @cached_property
    def modifiers(self) -> list[str]:
        return list(dict.fromkeys(mention.value for mention in self.mentions if mention.system == MODIFIER))

    @cached_property
    def rest(self) -> str:
        """The words beside the codes and dates."""
        text = self.typed
        for mention in sorted(self.mentions, key=lambda mention: -mention.start):
            text = text[: mention.start] + " " + text[mention.end :]
        return re.sub(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|\b(?:19|20)\d\d\b", " ", text)


def _compares(asked: _Asked) -> bool:
    return asked.has(_COMPARE) and (len(asked.codes) >= 2 or (not asked.codes and len(asked.modifiers) >= 2))


def _is_claim(asked: _Asked) -> bool:
    """Lines of a claim: what says so, or several codes with what only a claim line has."""
    diagnoses = ICD10CM in asked.systems
    if not asked.procedures and not diagnoses:
        return False
    if asked.has(_CLAIM) or (asked.has(_STANDS) and (asked.has(_ON_CLAIM) or (diagnoses and asked.has(_PERSON)))):
        return not asked.has(_ADDON)
    if asked.procedures and diagnoses and not asked.has(_COVER):
        return len(asked.procedures) >= 2 or asked.has(_ON_CLAIM) or asked.has(_PAIR) or not _ASKS.search(asked.rest)
    details = [bool(asked.modifiers), diagnoses, units_in(asked.text) is not None]
    several = len(asked.procedures) >= 2
    telegraphic = not _ASKS.search(asked.rest)
    return (several and sum(details) >= 2) or (bool(asked.procedures) and telegraphic and sum(details) >= (1 if several else 2))


def _crosses(asked: _Asked) -> bool:
    """From a code of one system, or a code that ended, to its counterpart."""
    if asked.systems & {ICD9CM, NDC}:
        return True
    if CVX in asked.systems:
        return asked.has(_OTHER_SYSTEM)
    if asked.has(_PRODUCT) and asked.codes:
        return True
    return bool(asked.codes) and (asked.has(_CROSSWALK) or asked.has(_OUTPATIENT))


def _asks_units(asked: _Asked) -> bool:
    if not asked.procedures:
        return False
    return asked.has(_UNITS) or (
        len(asked.procedures) == 1 and units_in(asked.text) is not None and (asked.has(_BILLS) or len(asked.rest.split()) <= 9)
    )


def _asks_what(asked: _Asked) -> bool:
    """Whether nothing is said beside the codes but 'what is'; in another language nothing else can be read."""
    plainly = any(_WHAT.search(asked.typed[: m.start]) and _ENDS.match(asked.typed[m.end :]) for m in asked.mentions)
    return bool(asked.mentions) and (plainly or set(re.findall(r"[\w']+", asked.rest.lower())) <= _DEFINE or not english(asked.typed))


def _about_modifiers(asked: _Asked) -> bool:
    if asked.has(re.compile(r"\bmodifier\s+indicators?\b", re.I)):
        return False
    return (bool(asked.modifiers) or asked.has(_MODIFIER)) and len(asked.main) < 2


def _asks_coverage(asked: _Asked) -> bool:
    """Coverage; of a coverage document alone its own text answers."""
    documents = asked.systems & {NCD, LCD, ARTICLE}
    return asked.has(_COVER) and not (documents and len(asked.codes) == 1)


Sign = tuple[str, Callable[[_Asked], bool]]
_SIGNS: tuple[Sign, ...] = (
    ("advice", lambda asked: declined(asked.text) is not None),
    ("out of scope", lambda asked: not asked.mentions and scope.elsewhere(asked.text)),
    ("sources", lambda asked: not asked.codes and scope.asks_sources(asked.text)),
    ("denial", lambda asked: bool(asked.systems & {CARC, RARC})),
    ("comparison", _compares),
    ("range", lambda asked: bool(asked.spans) and not asked.has(_ASKS_WHY)),
    ("notes", lambda asked: ICD10CM in asked.systems and asked.has(_NOTES)),
    ("claim", _is_claim),
    ("crosswalk", _crosses),
    ("history", lambda asked: bool(asked.codes) and asked.has(_HISTORY)),
    ("fee", lambda asked: bool(asked.codes) and asked.has(_FEE) and asked.has(_FIGURE)),
    ("units", _asks_units),
    ("validity", lambda asked: bool(asked.codes) and asked.has(_VALID) and not asked.has(_HOW_LONG)),
    ("pair", lambda asked: len(asked.main) >= 2 and asked.has(_PAIR)),
    ("addon", lambda asked: bool(asked.codes) and asked.has(_ADDON)),
    ("fee", lambda asked: bool(asked.codes) and asked.has(_FEE)),
    ("definition", _asks_what),
    ("modifiers", lambda asked: not asked.mentions and asked.has(_LISTED) and len(asked.text) < 60),
    ("coverage", _asks_coverage),
    ("administration", lambda asked: asked.has(_ADMINISTRATION)),
    ("modifier", _about_modifiers),
    ("aspect", lambda asked: bool(asked.mentions)),
    ("reverse", lambda asked: bool(subject_in(asked.text))),
)


def intent_of(text: str, mentions: Sequence[Mention], spans: Sequence[object]) -> str:
    """What is asked."""
    asked = _Asked(text, mended(text), mentions, spans)
    return next((name for name, shown in _SIGNS if shown(asked)), "guideline")
