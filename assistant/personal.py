"""Find personal data in a message and leave it out before anything is searched, written, kept or sent on.

What counts: the identifiers of 45 CFR 164.514(b)(2) that people type into a question. Codes, NDCs, policy numbers, provider numbers,
dates of service and the names of diseases stay.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from assistant.names import people

NAME, BIRTH, RECORD, ACCOUNT, MEMBER = "name", "date of birth", "record number", "account number", "member number"
SSN, PHONE, EMAIL, ADDRESS = "social security number", "phone number", "e-mail address", "address"

_DATE = (
    r"(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}[-/]\d{1,2}[-/]\d{1,2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{4})"
)
_NUMBER = r"\s*(?:number|num\.?|no\.|nbr\.?|#|id(?:entifier|entification)?(?:\s*(?:number|no\.?|#))?)"
_IS = r"\s*(?:\(?(?:is|was|=|:|#|-)\)?\s*)*"
_VALUE = r"(?P<it>(?=[A-Z0-9-]*\d)[A-Z0-9](?:[A-Z0-9]|-(?=[A-Z0-9])){4,24})(?![\w.]*\w)"
_MBI_LETTER, _MBI_ANY = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"  # CMS, MBI format: no S, L, O, I, B, Z
_RECORD = (
    r"(?:\bM\.?R\.?N\.?(?:\s*#)?|\b(?:medical\s+record|record|chart|case|encounter|visit|accession|patient|pt|hospital|claim(?:\s+control)?"
    rf"|auth(?:orization)?|prescription|rx|specimen|licen[cs]e){_NUMBER}|\b(?:CSN|ICN|DCN)\b)"
)
_MEMBER = (
    r"(?:\b(?:member|subscriber|beneficiary|insured|insurance|recipient|enrollee|policyholder|medicaid|medicare|group"
    rf"|(?:his|her|their|my|patient['’]?s)\s+policy){_NUMBER}|\b(?:MBI|HICN)\b)"
)
_WAY = r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Circle|Cir|Highway|Hwy|Parkway|Pkwy|Terrace|Trail)"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (  # `it` is what the mark stands for; what is around it goes too
    (EMAIL, re.compile(r"(?P<it>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)")),
    (
        SSN,
        re.compile(
            rf"\b(?:SSN|SS#|social\s+security(?:\s+(?:number|no\.?|#))?)(?:\s+ending(?:\s+in)?)?{_IS}(?P<it>\d[\d-]{{3,10}})\b", re.I
        ),
    ),
    (SSN, re.compile(r"(?<![\w-])(?P<it>\d{3}-\d{2}-\d{4})(?![\w-])")),
    (BIRTH, re.compile(rf"\b(?:D\.?O\.?B\.?|date\s+of\s+birth|birth\s*-?\s*date|birthday|born(?:\s+on)?){_IS}(?P<it>{_DATE})", re.I)),
    (BIRTH, re.compile(r"\bborn\s+in\s+(?P<it>(?:[a-z]{3,9}\.?\s+)?(?:19|20)\d\d)\b", re.I)),
    (MEMBER, re.compile(_MEMBER + _IS + _VALUE, re.I)),
    (
        MEMBER,
        re.compile(rf"(?<![\w-])(?P<it>[1-9]{_MBI_LETTER}{_MBI_ANY}\d-?{_MBI_LETTER}{_MBI_ANY}\d-?{_MBI_LETTER}{{2}}\d\d)(?![\w-])", re.I),
    ),
    (ACCOUNT, re.compile(rf"\b(?:acct\.?(?:{_NUMBER})?|account{_NUMBER}){_IS}{_VALUE}", re.I)),
    (RECORD, re.compile(_RECORD + _IS + _VALUE, re.I)),
    (RECORD, re.compile(rf"\bM\.?R\.?N\.?{_IS}(?P<it>\d{{3,12}})\b", re.I)),
    (
        PHONE,
        re.compile(
            rf"\b(?:phone|tel(?:ephone)?|cell|mobile|fax|call)\b\.?(?:{_NUMBER}|\s+(?:me|him|her|them)\s+at)?{_IS}"
            r"(?P<it>\+?\d?[-.\s]?(?:\(?\d{3}\)?[-.\s]*)?\d{3}[-.\s]?\d{4})(?![\w-])",
            re.I,
        ),
    ),
    (
        PHONE,
        re.compile(
            r"(?<![\w.-])(?P<it>(?:\+?1[-.\s])?(?!\(?8(?:00|33|44|55|66|77|88))(?:\(\d{3}\)\s?|\d{3}[-.\s])\d{3}[-.]\d{4})(?![\w-])"
        ),
    ),
    (
        ADDRESS,
        re.compile(
            rf"(?<![\w.$-])(?P<it>\d{{1,5}}\s+(?:[NSEW]\.?\s+)?(?:[A-Z][\w'.]*\s+){{1,3}}{_WAY}\b\.?"
            r"(?:,?\s*(?:Apt|Unit|Suite|Ste|#)\.?\s*\w{1,5})?(?:,\s*[A-Z][\w.]*(?:\s[A-Z][\w.]*)?,?\s+[A-Z]{2}(?:\s+\d{5}(?:-\d{4})?)?)?)"
        ),
    ),
    (ADDRESS, re.compile(r"(?<![\w.$-])(?P<it>\d{1,5}\s+(?!(?:in|on|the|of|at|a|and|or|for)\b)[a-z]+\s+(?:street|avenue|boulevard))\b")),
    (ADDRESS, re.compile(r"\b(?P<it>P\.?\s?O\.?\s+Box\s+\d+)\b", re.I)),
)
_EARLY = re.compile(r"[\s,(:-]*(?P<it>\d{1,2}[-/]\d{1,2}[-/](?:19)\d\d)\)?(?!\d)")  # behind a name: no claim of those years is asked about


class _Span(NamedTuple):
    """A piece of a text that is left out: all of it goes, the mark stands for what begins at `mark`."""

    start: int
    mark: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A message without the personal data in it."""

    text: str  # for understanding, searching and writing
    marked: str  # as typed, with [name] and the like in their places
    kinds: tuple[str, ...] = ()
    born: date | None = None

    def age(self, on: date) -> int | None:
        """Years of age on a day, where a date of birth was given."""
        if self.born is None:
            return None
        years = on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))
        return years if years >= 0 else years + 100 if years > -100 else None  # a year of two digits is read into the future

    def told(self) -> str:
        """What was left out, in words: 'a name and a record number'."""
        said = [f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in self.kinds]
        return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def withhold(text: str) -> Withheld:
    """Leave the personal data out of a text; a text without any stays as it is, letter for letter."""
    told = "@" in text or re.search(r"\d", text)  # one or the other is in whatever a rule finds
    spans = _apart(found for kind, pattern in _RULES for found in _matches(kind, pattern, text)) if told else []
    spans = sorted(_apart([*spans, *_names(text, spans)]))
    if not spans:
        return Withheld(text, text)
    kept, marked, at = "", "", 0
    for span in spans:
        kept += text[at : span.start] + " "
        marked += f"{text[at : span.mark]}[{span.kind}]"
        at = span.end
    born = next((day for span in spans if span.kind == BIRTH and (day := _day(text[span.mark : span.end]))), None)
    kinds = tuple(dict.fromkeys(span.kind for span in spans))
    return Withheld(_tidy(kept + text[at:]), marked + text[at:], kinds, born)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[_Span]:
    for match in pattern.finditer(text):
        yield _Span(match.start(), match.start("it"), match.end("it"), kind)


def _apart(spans: Iterable[_Span]) -> list[_Span]:
    """Spans that do not overlap; the first of those that would, stays."""
    kept: list[_Span] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _tidy(text: str) -> str:
    """A text again, where pieces were taken out."""
    text = re.sub(r"[(\[][\s,;:/-]*[)\]]", " ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\s*[,;:]){2,}", ",", text)
    text = re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"([(\[])[\s,;:]+", r"\1", text))
    text = re.sub(r"[,;:]\s*([.?!)])", r"\1", text)
    return re.sub(r"^[\s,;:.)/-]+", "", text).strip()


def _day(text: str) -> date | None:
    """A date of birth as written; of a year alone its middle."""
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|[,.]", lambda found: "/" if found[0] == "." else "", text)
    plain = re.sub(r"(?<=\d)[-/](?=\d)", "/", plain).replace("/ ", " ").strip("/ ")
    for form in ("%m/%d/%Y", "%Y/%m/%d", "%m/%d/%y", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%B %Y", "%b %Y", "%Y"):
        try:
            day = datetime.strptime(plain, form).date()
        except ValueError:
            continue
        return day.replace(month=7) if form == "%Y" else day
    return None


def _names(text: str, others: list[_Span]) -> Iterator[_Span]:
    """Where names of people stand, each with the date of birth that follows it unlabelled."""
    for start, mark, end in people(text, {span.start for span in others}):
        yield _Span(start, mark, end, NAME)
        if born := _EARLY.match(text, end):
            yield _Span(end, born.start("it"), born.end("it"), BIRTH)
