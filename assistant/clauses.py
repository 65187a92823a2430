"""Cut sentences into clauses: what is said of one subject, with its own codes, figures, sides and denials."""

import re
from dataclasses import dataclass
from functools import lru_cache

VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|may|must|can|cannot|could|should|shall|will|do|does|did|means?|takes?|marks?|pays?|covers?"
    r"|requires?|needs?|apply|applies|makes?|gives?|comes?|bills?|reports?|uses?|carries|carry|includes?|considers?|ends?|begins?|becomes?|became"
    r"|rests?|runs?|goes|receives?|attests?|assign|append|submit|sequence|attach|follows|replaced|bears?|holds?|prefers?"
    r"|counts?|equals?|represents?|remains?|becomes?|pays|lacks?|lets?|qualif(?:y|ies)|continues?|depends?|contains?|describes?|indicates?|develops?|accepts?|allows?|furnish(?:es)?|stands?)\b",
    re.I,
)
_IT = re.compile(r"((?:since|without|with|before|after|in|at|on|from)\s+(?:an?\s+|the\s+)?[\w-]+\s+)?(?:it|they|this|these)\s+(?=\w)", re.I)
_POINTS = re.compile(r"\b(?:it|its|they|their|them|either|neither|instead)\b", re.I)
_MODAL = re.compile(r"\s*(?:may|must|can|should|shall|will)\s", re.I)
_IMPERATIVE = re.compile(r"(?:report|use|append|assign|code|bill|submit|attach|sequence|do|mark|take)\b", re.I)
_JOINT = re.compile(
    r";\s+|\s·\s|:\s+|,?\s+(?:but|whereas|although|though|since(?=\s+(?:the|it|they)\b))\s+|,\s+while\s+|,?\s+(?:and|so)\s+(?:therefore\s+)?|,\s+then\s+|,\s+(?=which\b)",
    re.I,
)
_BARE = re.compile(
    r";\s+|\s·\s|,?\s+(?:and\s+then|then)\s+|(?<!\d),\s+(?:and\s+|but\s+)?(?=(?:not|never)\b)|\s+(?:and|but)\s+(?=no\s)|,?\s+because\s+(?!of\b)|,\s+followed\s+by\s+|,\s+and\s+(?=(?:\w+\s+){1,2}(?:before|after)\s)",
    re.I,
)  # need no verb behind
_BECAUSE = re.compile(r"(?:because|since|although)\s+([^,]+),\s+(.+)$", re.I)  # in front
_LISTED = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
_CODE = r"(?:[A-Z]{1,2}|[A-Z]\d[\w.]*\w|\d{4,5}[A-Z]?)"
_CODE_FIRST = re.compile(rf"(?:(?:modifier|code|indicator|character|type|part|MAI|POS)\s+\w+|{_CODE})\s+(?!or\b|and\b)[a-z]")
_VALUE_LAST = re.compile(
    rf"(?:those|the|an?)\s(?:.*\s)?(?:(?:with|as|by|at|on|in|within|for)\s+(?:[a-z]+\s)?(?:{_CODE}|\d[\d.,-]*)(?:\s\w+)?(?:\s(?:of|after)\s.*)?|eye\s+{_CODE})\W*$"
)
_CODES_GO_ON = re.compile(rf"{_CODE},")
_ENDS_IN_CODE = re.compile(rf"\b{_CODE}$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause; with the subject of the clause before it, if it `points` there or has none of its own."""

    text: str
    points: bool


@lru_cache(maxsize=8192)
def clauses(sentence: str, before: str = "") -> tuple[Clause, ...]:
    """The clauses of a sentence in order; "TC the technical component" counts as one after "26 marks the professional component"."""
    found: list[Clause] = []
    for part in parts(sentence):
        for piece in _elliptic(part):
            text = _with_condition(piece, before) or _with_object(_with_subject(piece, before), before)
            found.append(Clause(text, text != piece or bool(_POINTS.search(piece))))
            before = text
    return tuple(found)


def _with_condition(clause: str, before: str) -> str:
    """ "Included unless it is separate; then modifier 25 is appended": the second holds if it is separate."""
    condition = re.search(r"\b(?:unless|if|when)\s+(.+)$", before)
    return f"if {condition[1]}, {clause[5:]}" if clause.startswith("then ") and condition else ""


def _with_object(clause: str, before: str) -> str:
    """ "Modifier KX is used with insulin and KS without": without insulin."""
    named = re.search(r"\bwith\s+([^,]+)$", before)
    return re.sub(r"\bwithout(?=\W*$)", f"without {named[1]}", clause) if named else clause


def _with_subject(clause: str, before: str) -> str:
    verb, pointing = VERB.match(clause), _IT.match(clause)
    lead = pointing[1] or "" if pointing else ""
    behind = clause[pointing.end() :] if pointing and VERB.match(clause, pointing.end()) else clause if verb else ""
    subject = _subject(before, lead)
    if not behind or not 0 < len(subject.split()) <= 10 or _IMPERATIVE.match(behind):
        return clause
    modal = _MODAL.match(before, len(_until_verb(before))) if behind.startswith("be ") else None
    return f"{lead}{subject} {modal[0].lstrip() if modal else ''}{behind}"


def _until_verb(clause: str) -> str:
    verb = VERB.search(clause)
    return clause[: verb.start()].rstrip() if verb else ""


def _subject(clause: str, lead: str) -> str:
    """What stands before the verb, without what the clause behind puts otherwise: "in an emergency" before "without an emergency"."""
    subject = re.sub(r"^(?:since|in|from|on|after|before)\s+[\d-]+,?\s+", "", _until_verb(clause), flags=re.I)
    shared = [word for word in re.findall(r"\w{4,}", lead.lower())[1:] if word in subject.lower()]
    return re.sub(rf"\s+\w+\s+(?:an?\s+|the\s+)?{shared[-1]}.*$", "", subject, flags=re.I) if shared else subject


@lru_cache(maxsize=8192)
def parts(sentence: str) -> tuple[str, ...]:
    """The pieces of a sentence that each have a verb, and what follows ";", "then" or ", not"."""
    if (because := _BECAUSE.match(sentence)) and VERB.search(because[1]) and VERB.search(because[2]):
        return (because[1], *parts(because[2]))
    return tuple(piece for part in _cut(sentence, _BARE, verb=False) for piece in _cut(part, _JOINT, verb=True))


def _cut(text: str, joint: re.Pattern[str], verb: bool) -> list[str]:
    """Cut where both pieces have a verb; only the first needs one if the joint is cut `verb` or not."""
    begins, found = 0, []
    joints = [*joint.finditer(text)]
    for at, match in enumerate(joints):
        until = joints[at + 1].start() if at + 1 < len(joints) else len(text)
        before, after = text[begins : match.start()], text[match.end() : until]
        if _joins_conditions(before, match[0].strip(), after) or _CODES_GO_ON.match(after):
            continue
        if VERB.search(before) and (not verb or VERB.search(after)):
            found.append(before)
            begins = match.end()
    return [*found, text[begins:]]


def _joins_conditions(before: str, joint: str, after: str) -> bool:
    """Whether an "and" joins two conditions: "if it is done and signed", "is paid when it is done and the form is signed"."""
    condition = re.search(r"\b(?:if|when|where|unless|although)\b[^,;]*$", before, re.I)
    return bool(condition) and not joint.startswith((";", ", but")) and not VERB.match(after)


def _elliptic(part: str) -> list[str]:
    """Cut before pieces that begin with another code and leave the verb out."""
    begins, found = 0, []
    joints = [*_LISTED.finditer(part)] if VERB.search(part) else []
    for at, match in enumerate(joints):
        before = part[begins : match.start()]
        ends = [joint.start() for joint in joints[at + 1 : at + 2]] + [len(part)]
        behind = [part[match.end() : end] for end in ends]
        if VERB.search(part[: match.start()]) and any(_is_elliptic(before, after) for after in behind):
            found.append(before)
            begins = match.end()
    return [*found, part[begins:]]


def _is_elliptic(before: str, after: str) -> bool:
    if VERB.search(after):
        return False
    return bool(_VALUE_LAST.match(after)) or (bool(_CODE_FIRST.match(after)) and not _ENDS_IN_CODE.search(before))
