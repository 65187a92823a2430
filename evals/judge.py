"""What one answer is worth beside its record: right or wrong, what its citations hold, and codes that nothing gave it.

Nothing here uses the product's own verification: a sentence is held to its citation by other code than the code that let it pass.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from evals.records import Place, Record

Answer = Mapping[str, Any]
Knows = Callable[[str], bool]  # whether the catalog lists a code

COVERED = 0.5  # least share of a sentence's content words that its citations must hold
RENDERED = 0.25  # and where all it cites are rows of tables, which an answer tells in its own words
_MARK = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_CODE = re.compile(r"(?<![\w.$])(?:[A-Z]\d{4}|\d{4}[A-Z0-9]|[A-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})?)(?![\w]|\.\d)")
_FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_SUM = re.compile(r"([(\d][\d.()+× ]*[+×][\d.()+× ]*) = \$?(\d[\d,]*(?:\.\d+)?)")
_BULLET = re.compile(r"^(?:[-*⚠]|\d+\.)\s+")
_ROW = re.compile(r"(?:no )?row |[A-Z]\d[0-9A-Z](?:\.|$)")
_WORD = re.compile(r"[a-z]{4,}")
_SMALL = frozenset(
    "that this with from have which when where what than then they them been were will would does into only also file".split()
)


def plain(text: str) -> str:
    """Markdown as its words: without emphasis, marks and escapes."""
    bare = re.sub(r"(?<!\\)\*+", "", _MARK.sub("", text))
    return " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare).split())


def codes_in(text: str) -> set[str]:
    """What has the form of a CPT, HCPCS or ICD-10-CM code."""
    return set(_CODE.findall(text))


def ground(citation: Mapping[str, Any]) -> str:
    """Everything a citation shows of its source."""
    names = ("quote", "title", "edition", "effective", "ended", "locator", "publisher", "source_file")
    return "\n".join(str(citation[name]) for name in names if citation.get(name))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer judged."""

    right: bool
    wrong: tuple[str, ...]  # what is wrong with it, in words
    cited_right: bool | None  # None where no place is expected
    held: tuple[bool, ...]  # for every citation of a sentence, whether it holds it
    backed: tuple[bool, ...]  # for every sentence, whether its citations hold it
    invented: tuple[str, ...]
    milliseconds: float


def missing(record: Record, answer: Answer) -> list[str]:
    """What an answer lacks or says that it must not."""
    text = plain(answer["answer"])
    named = {held["code"] for held in answer["codes"]} | codes_in(text)
    found = [f"status {answer['status']}"] if answer["status"] not in record.status else []
    found += [f"lacks code {code}" for code in record.codes if code not in named and code not in text]
    if record.gold and not any(same(gold, code) for gold in record.gold for code in named):
        found.append(f"lacks any of {', '.join(record.gold)}")
    found += [f"lacks {fact!r}" for fact in record.facts if not re.search(fact, text, re.I)]
    return found + [f"says {pattern!r}" for pattern in record.forbidden if re.search(pattern, answer["answer"], re.I)]


def same(gold: str, code: str) -> bool:
    """Whether a code is the one looked for, a 7th character that tells the encounter or the fetus and its placeholders aside."""
    return gold == code or _stem(gold) == _stem(code)


def _stem(code: str) -> str:
    bare = code.replace(".", "")
    return bare[:6].rstrip("X") if len(bare) == 7 and "." in code and (bare[-1].isalpha() or "X" in bare) else bare


def stands(place: Place, citation: Mapping[str, Any]) -> bool:
    """Whether a citation opens an expected place."""
    opened = citation["source_file"] == place.file and str(citation["locator"]).startswith(place.locator)
    return opened and (not place.pages or citation["page"] in place.pages)


def holds(sentence: str, grounds: str, asked: str, sums: Set[str] = frozenset(), least: float = COVERED) -> bool:
    """Whether all codes and figures of a sentence stand in its citations or the question, and enough of its words there.

    Figures that the answer works out before the reader's eyes from cited ones count as cited.
    """
    there = f"{grounds}\n{asked}"
    bare = there.replace(".", "")
    unknown = {code for code in codes_in(sentence) - codes_in(there) if code.replace(".", "") not in bare}
    return not unknown and figures(sentence) <= figures(there) | sums and _covered(sentence, there) >= least


def figures(text: str) -> set[str]:
    """The figures of a text, without thousands commas and closing zeros."""
    return {_figure(found) for found in _FIGURE.findall(text)}


def _figure(text: str) -> str:
    whole = text.replace(",", "").rstrip(".")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def worked_out(lines: Sequence[tuple[str, str]]) -> set[str]:
    """The results of sums written out in some sentences, where they come out and all they add and multiply is cited beside them."""
    found = set()
    for sentence, grounds in lines:
        for terms, result in _SUM.findall(sentence):
            right = abs(_value(ast.parse(terms.replace("×", "*").strip(), mode="eval").body) - float(result.replace(",", ""))) < 0.006
            if right and figures(terms) <= figures(grounds):
                found.add(_figure(result))
    return found


def _value(node: ast.expr) -> float:
    """A sum of products; not a number where it is anything else."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left) + _value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left) * _value(right)
    return math.nan


def _covered(sentence: str, grounds: str) -> float:
    words = {word[:6] for word in _WORD.findall(sentence.lower())} - {word[:6] for word in _SMALL}
    there = {word[:6] for word in _WORD.findall(grounds.lower())}
    return len(words & there) / len(words) if words else 1.0


def sentences(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    """The lines that claim something, with the marks they bear; what the assistant says of itself has none and was not judged."""
    judged = {plain(statement["text"]) for statement in answer["statements"]}
    lines = [(plain(line), tuple(int(mark) for mark in _MARK.findall(line))) for line in answer["answer"].splitlines()]
    return [(text, marks) for text, marks in lines if text and (marks or _BULLET.sub("", text) in judged)]


def invented(record: Record, answer: Answer, knows: Knows) -> tuple[str, ...]:
    """Codes of an answer that no citation, no question and no catalog holds."""
    asked = " ".join([record.question, answer["standalone"], *(turn["content"] for turn in record.given.get("history", ()))])
    there = "\n".join([asked, *map(ground, answer["citations"])])
    return tuple(sorted(code for code in codes_in(plain(answer["answer"])) if code not in there and not knows(code)))


def judge(record: Record, answer: Answer, knows: Knows) -> Verdict:
    """Judge one answer; what could not be answered at all is wrong."""
    if "error" in answer:
        return Verdict(False, (answer["error"],), False if record.cite else None, (), (), (), 0.0)
    cited = {citation["number"]: citation for citation in answer["citations"]}
    wrong = missing(record, answer)
    held, backed = _support(record, answer, cited)
    places = [any(stands(place, citation) for citation in answer["citations"]) for place in record.cite]
    return Verdict(
        not wrong,
        tuple(wrong),
        any(places) if places else None,
        held,
        backed,
        invented(record, answer, knows),
        float(answer["elapsed_ms"]["total"]),
    )


def _support(record: Record, answer: Answer, cited: Mapping[int, Mapping[str, Any]]) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """For every mark whether what it opens holds its sentence, and for every sentence whether all it cites together does."""
    if answer["status"] == "declined" or answer["intent"] == "smalltalk":
        return (), ()
    asked = f"{record.question} {answer['standalone']} {answer['date_of_service']}"
    lines = [(text, [cited.get(mark) for mark in marks]) for text, marks in sentences(answer)]
    grounds = ["\n".join(ground(citation) for citation in opened if citation) for _, opened in lines]
    sums = worked_out([(text, together) for (text, _), together in zip(lines, grounds, strict=True)])
    backed = []
    for (text, opened), together in zip(lines, grounds, strict=True):
        rows = all(citation and _ROW.match(citation["locator"]) for citation in opened)
        backed.append(bool(together) and holds(text, together, asked, sums, RENDERED if rows else COVERED))
    held = [good and citation is not None for (_, opened), good in zip(lines, backed, strict=True) for citation in opened]
    return tuple(held), tuple(backed)


def declines(records: Sequence[Record], answers: Sequence[Answer]) -> tuple[tuple[int, int], tuple[int, int]]:
    """(right, all) of the answers that decline, and of the questions that should be declined."""
    declined = [answer.get("status") == "declined" for answer in answers]
    due = [record.declines for record in records]
    allowed = ["declined" in record.status for record in records]
    kept = [answer.get("status") in record.status for record, answer in zip(records, answers, strict=True)]
    precise = (sum(map(min, declined, allowed)), sum(declined))
    return precise, (sum(map(min, kept, due)), sum(due))
