"""Read what a text names: what must stand as it is in what it cites, each thing with its kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from assistant.wording import Analyze, stem
from corpus.codes import MODIFIER, Mention, mentions
from corpus.payers import payers_in
from corpus.places import contractors_in, states_in

_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_AMOUNT = re.compile(r"(\$\s?)?(\d[\d,]*(?:\.\d+)?)")
_MIXED = re.compile(r"(?<![\w.])(?=[\w.]*\d)(?=[\w.]*[A-Za-z])\w[\w.]*\w")  # letters and digits: codes, parts of codes, doses
_PAIR = re.compile(r"(?<![\w.$-])(?!(?:OR|II|IV|VI|IN|NO|IF|OF|TO|IS|ON|AN|AS|AT|BY|IT|OK|US)\b)(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])(?![\w%.-]*\w)")
_LABELS = (
    "part|type|indicator|level|tier|chapter|section|column|character|stage|grade|phase|status|mai|pos|group|category|class|schedule|table"
    "|appendix|option|step"
)
_A = r"A(?=\W*$|\s+(?:is|marks|means|may|does|and|or|for)\b)"  # the value, not the article
_LABEL = rf"\b(?i:({_LABELS}))s?\s+(?i:codes?\s+|value\s+|is\s+|of\s+)?([B-Z0-9]|{_A}|[IVX]{{1,4}}|\d+|[A-Z][A-Z0-9])(?![\w.%-]*\w)"
_LABELLED = re.compile(_LABEL)
_TOKEN = re.compile(
    rf"(?P<label>{_LABEL})|\d{{4}}-\d{{2}}-\d{{2}}|\d+/\d+|(?:\$\s?)?\d[\d,]*(?:\.\d+)?(?!\w)|(?=[\w.]*\d)\w[\w.]*\w"
    r"|[A-Za-z]+(?:['’][a-z]+)?|[;:,()·]"
)
_TIMES = frozenset("minut hour day week month year".split())


@dataclass(frozen=True)
class Named:
    """Everything of a text that must stand as it is in what it cites; each kind is read when it is asked for."""

    text: str
    analyze: Analyze

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes without their dots, and whatever else has letters and digits."""
        mixed = {token.replace(".", "").upper() for token in _MIXED.findall(self.text) if not _PAIR.fullmatch(token)}
        return frozenset(mention.value.replace(".", "") for mention in self._mentions if mention.system != MODIFIER) | mixed

    @cached_property
    def modifiers(self) -> frozenset[str]:
        """Modifiers, and every two letters in capitals."""
        return frozenset(mention.value for mention in self._mentions if mention.system == MODIFIER) | set(_PAIR.findall(self.text))

    @cached_property
    def _mentions(self) -> list[Mention]:
        return mentions(self.text)

    @cached_property
    def dates(self) -> frozenset[str]:
        """Days, as 2026-01-31."""
        return frozenset(_DATE.findall(self.text))

    @cached_property
    def figures(self) -> frozenset[tuple[str, str]]:
        """Figures with what they count: ("day", "90"), ("percent", "80"), ("$", "52.75")."""
        return frozenset(_figures(self.text, self.codes, self.analyze))

    @cached_property
    def labels(self) -> frozenset[tuple[str, str]]:
        """Values with their label: ("indicator", "1"), ("part", "B")."""
        return frozenset((match[1].lower(), match[2].upper()) for match in _LABELLED.finditer(self.text))

    @cached_property
    def payers(self) -> frozenset[str]:
        """Payers, by the names documents carry."""
        return frozenset(payer.name for payer in payers_in(self.text))

    @cached_property
    def places(self) -> frozenset[str]:
        """States and Medicare contractors."""
        return frozenset(place.name for place in (*states_in(self.text), *contractors_in(self.text)))

    @property
    def values(self) -> frozenset[str]:
        """The figures and years, whatever they count."""
        return frozenset(value for _, value in self.figures) | {date[:4] for date in self.dates}

    def of_another(self, other: "Named") -> bool:
        """Whether both name codes, or values of one label, and none of them alike."""
        alike = {label for label, _ in self.labels} & {label for label, _ in other.labels}
        apart = bool(self.codes and other.codes and not self.codes & other.codes)
        return apart or any(not {pair for pair in self.labels if pair[0] == label} & other.labels for label in alike)

    def has_figure(self, counted: str, value: str) -> bool | None:
        """Whether a figure stands here of the same thing; None where nothing is said of it."""
        counts = {unit for unit, held in self.figures if held == value}
        if counted == "percent" or (counts and counts <= {"percent"}):
            return counted in counts or (False if counts or "percent" in {unit for unit, _ in self.figures} else None)
        if counted in _TIMES and counts and counts <= _TIMES - {counted}:
            return False
        alike = {held for unit, held in self.figures if unit == counted} if counted not in ("", "pay", "report") else set()
        if alike and value not in alike:
            return False
        return True if value in self.values or value in self.modifiers else None

    def stands_in(self, *others: "Named") -> bool:
        """Whether the others together hold every code, modifier, date and figure, whatever the figures count."""
        codes, modifiers, dates = (
            frozenset[str]().union(*(getattr(other, kind) for other in others)) for kind in ("codes", "modifiers", "dates")
        )
        figures = {figure for other in others for figure in other.figures}
        values = {value for counted, value in figures if counted != "percent"} | {date[:4] for date in dates} | modifiers
        return (
            self.codes <= codes
            and self.modifiers <= modifiers
            and self.dates <= dates
            and all(figure in figures if figure[0] == "percent" else figure[1] in values for figure in self.figures)
        )


def tokens(text: str) -> list[str]:
    """The words and signs of a text; a label with its value ("Part B", "indicator 1") is one."""
    return [_label(found[2], found[3]) if found["label"] else found[0] for found in _TOKEN.finditer(text)]


def _label(name: str, value: str) -> str:
    return f"{name.lower()}:{value.upper()}" if value[0].isdigit() else value


def _figures(text: str, codes: frozenset[str], analyze: Analyze) -> Iterable[tuple[str, str]]:
    words = tokens(text)
    for at, token in enumerate(words):
        found = _AMOUNT.fullmatch(token)
        if not found or _value(found[2]) in codes:
            continue
        behind = (stem(word, analyze) for word in words[at + 1 : at + 3])
        yield "$" if found[1] else next((unit for unit in behind if unit.isalpha()), ""), _value(found[2])


def _value(digits: str) -> str:
    whole = digits.replace(",", "")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole
