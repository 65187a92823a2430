"""The values of one conversation turn: what was asked, what supports an answer, and the answer."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from corpus.codes import Mention
from corpus.model import Document, Source
from corpus.rows import Placed

Status = Literal["answered", "partial", "declined"]
Verdict = Literal["supported", "unsupported"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: str  # user | assistant
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A message understood: stand-alone, with what it names and what it asks."""

    text: str  # as typed
    standalone: str
    intent: str
    on: date  # date of service
    dated: bool  # whether the person gave the date
    mentions: tuple[Mention, ...] = ()
    ranges: tuple[tuple[str, str, str], ...] = ()
    payer: str | None = None
    state: str | None = None
    systems: tuple[str, ...] = ()
    subject: str = ""  # for a reverse lookup: the words to find a code for
    setting: str | None = None  # practitioner | outpatient hospital | DME supplier | inpatient hospital
    contractor: str | None = None  # the Medicare contractor named, as the coverage tables write it
    units: int | None = None
    age: int | None = None  # of the patient, in years
    also: tuple[str, ...] = ()  # other wordings to search with: a follow-up as typed, and beside the last question's subject
    withheld: tuple[str, ...] = ()  # kinds of personal data left out of `text` and `standalone`


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage or a table's row, shown to the writer under a number, with the exact words it offers."""

    number: int
    role: str  # lead | detail | candidate | gap | aside
    text: str  # the whole passage, or the row rendered
    quote: str  # exact words of `text`
    locator: str
    document: Document
    source: Source
    say: str | None = None  # a sentence that states the quote as an answer; the quote itself where None
    page: int | None = None
    passage_id: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    label: str = ""

    @classmethod
    def of(cls, placed: Placed, quote: str, role: str, **more: Any) -> "Evidence":
        """Offer some words of a passage."""
        passage = placed.passage
        return cls(
            number=0,
            role=role,
            text=passage.text,
            quote=quote,
            locator=passage.locator,
            document=placed.document,
            source=placed.source,
            page=passage.page,
            passage_id=passage.id,
            codes=passage.codes,
            **more,
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the answer, the numbers it cites and the verdict on it."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Citation:
    """A number the answer used and was offered."""

    number: int
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """The citation as the contract promises it to programs."""
        document, source = self.evidence.document, self.evidence.source
        effective, ended = (document.effective, document.ended) if document.kind == "policy" else (None, None)
        begins, ends = effective or source.effective, ended or source.ended
        return {
            "number": self.number,
            "source_id": source.id,
            "title": document.title,
            "publisher": source.publisher,
            "edition": source.edition,
            "effective": begins.isoformat() if begins else None,
            "ended": ends.isoformat() if ends else None,
            "source_file": source.file.rsplit("/", 1)[-1] if source.file else None,
            "page": self.evidence.page,
            "locator": self.evidence.locator,
            "quote": self.evidence.quote,
            "url": document.url or source.url,
            "licence": source.licence,
        }


@dataclass(frozen=True, slots=True)
class Warning:
    """Something about the sources that the reader must know before relying on the answer."""

    kind: str
    text: str
    about: tuple[str, ...] = ()  # ids of sources and documents, or codes: it stands beside the sentence by which all are named


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said, what it rests on, and the date it holds for."""

    question: Question
    status: Status
    text: str  # Markdown with [1] marks
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    codes: tuple[tuple[str, str], ...]
    warnings: tuple[Warning, ...]
    steps: tuple[str, ...]
    elapsed_ms: dict[str, float] = field(default_factory=dict)
    writer: str = "quote"
    prompt: str = ""  # digest of what a language model was told; empty where none wrote

    def as_json(self) -> dict[str, Any]:
        """The object the contract promises to programs."""
        return {
            "question": self.question.text,
            "standalone": self.question.standalone,
            "intent": self.question.intent,
            "date_of_service": self.question.on.isoformat(),
            "status": self.status,
            "answer": self.text,
            "statements": [{"text": s.text, "citations": list(s.citations), "verdict": s.verdict} for s in self.statements],
            "citations": [citation.as_json() for citation in self.citations],
            "codes": [{"system": system, "code": value} for system, value in self.codes],
            "warnings": [{"kind": warning.kind, "text": warning.text} for warning in self.warnings],
            "writer": self.writer,
            "prompt": self.prompt or None,
            "elapsed_ms": self.elapsed_ms,
        }
