"""The objects that programs are given, as schemas. Later versions may add fields; those named here stay."""

from datetime import date as Day

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Status, Verdict
from assistant.findings import Severity


class _Object(BaseModel):
    model_config = ConfigDict(extra="allow")


class NamedCode(_Object):
    """A code and the system it belongs to."""

    system: str | None
    code: str


class StatementObject(_Object):
    """One sentence of an answer and the citations it rests on."""

    text: str
    citations: list[int]
    verdict: Verdict


class CitationObject(_Object):
    """A passage or a row of a table, and the exact words of it that were used."""

    number: int = Field(ge=1)
    source_id: str
    title: str
    publisher: str | None
    edition: str | None
    effective: Day | None
    ended: Day | None
    source_file: str | None
    page: int | None = Field(description="1-based page of the file, not the printed number")
    locator: str
    quote: str = Field(description="exact words of the passage")
    url: str | None
    licence: str


class WarningObject(_Object):
    """What the reader must know of the sources before relying on the answer."""

    kind: str
    text: str


class AnswerObject(_Object):
    """An answer: every supported statement cites what it rests on; `declined` means that the sources do not answer."""

    question: str
    standalone: str = Field(description="the question as it was understood")
    intent: str
    date_of_service: Day
    status: Status
    answer: str = Field(description="Markdown with [1] marks")
    statements: list[StatementObject]
    citations: list[CitationObject]
    codes: list[NamedCode] = Field(description="codes the answer is about, best first for a reverse lookup")
    warnings: list[WarningObject]
    writer: str
    elapsed_ms: dict[str, float]
    record: str | None = Field(None, description="id of the record of this answer, for `codecite replay`; null where none could be kept")


class Ranks(_Object):
    """From 1; null where that engine did not find it."""

    keyword: int | None
    vector: int | None


class HitObject(_Object):
    """A passage found."""

    passage_id: str
    source_id: str
    title: str
    locator: str
    page: int | None
    text: str
    score: float
    codes: list[NamedCode]
    ranks: Ranks


class Hits(_Object):
    """Passages found, best first."""

    hits: list[HitObject]
    elapsed_ms: float


class Note(_Object):
    """A note of the Tabular List that holds for a code."""

    locator: str
    text: str


class Listing(_Object):
    """What one source lists under a code."""

    title: str
    billable: bool | None
    valid_from: Day | None
    valid_to: Day | None
    in_force: bool
    parent: str | None
    attributes: dict[str, str]
    notes: list[Note]
    locator: str
    source_id: str
    source: str
    edition: str | None
    licence: str


class Edit(_Object):
    """A row of an NCCI table, as a sentence."""

    text: str
    locator: str
    source_id: str
    source: str


class Row(_Object):
    """A row of any other table about the code."""

    source_id: str
    source: str
    locator: str
    part: str
    in_force: bool
    cells: dict[str, str]


class Place(_Object):
    """Where prose names the code."""

    title: str
    locator: str
    page: int | None


class CodeFacts(_Object):
    """All that is on file for a code; with no listing and no row the code is not in these sources."""

    system: str | None
    code: str
    date: Day
    listings: list[Listing]
    units: list[Edit]
    add_on: list[Edit]
    rows: list[Row]
    named_in: list[Place]
    also: list[NamedCode] = Field(description="other systems that have the same code")
    nearest: list[str] = Field(description="real codes one keystroke away, where nothing is on file")


class FindingObject(_Object):
    """One thing about codes together, and the row it rests on."""

    severity: Severity
    kind: str
    text: str
    lines: list[int] = Field(description="lines of the claim it is about, from 1")
    codes: list[NamedCode]
    citation: CitationObject | None


class Findings(_Object):
    """Findings about codes together, worst first. A pair that is not on file is not a permission."""

    codes: list[NamedCode]
    date: Day
    findings: list[FindingObject]


class ClaimFindings(_Object):
    """Findings about one claim, worst first. What was not checked for want of a table is a finding too."""

    id: str
    date: Day
    findings: list[FindingObject]


class Further(_Object):
    """Something to know before choosing: what separates the candidates, or a row of a table that names the code."""

    text: str
    citation: CitationObject


class Candidate(Further):
    """A code that may fit a description, as the answer would state it."""

    system: str
    code: str
    why: str = Field(description="the words that led to it")


class Candidates(_Object):
    """Codes for a description, best first; `partial` means near but not settled, `declined` that nothing on file fits."""

    date: Day
    status: Status
    candidates: list[Candidate]
    further: list[Further]


class SourceObject(_Object):
    """An edition of a publication that is loaded."""

    source_id: str
    title: str
    kind: str
    publisher: str | None
    edition: str | None
    effective: Day | None
    ended: Day | None
    payer: str | None
    passages: int
    codes: int
    rows: int
    age: str | None
    overdue: bool = Field(description="whether at least two newer editions must have appeared since")
    licence: str
    url: str | None


class Sources(_Object):
    """What is loaded."""

    sources: list[SourceObject]
