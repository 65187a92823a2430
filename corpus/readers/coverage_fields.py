"""The fields of national and local determinations and of coverage articles, as the Medicare Coverage Database names them."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.codes import ARTICLE, LCD, NCD
from corpus.readers.editions import PUBLIC

_AMA = "CMS; CPT codes and descriptors quoted in it are © American Medical Association"
Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its columns, and the headings its fields of text get, in the order in which they are read."""

    system: str
    publication: str
    licence: str
    columns: Columns
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """What people call it where a sentence begins."""
        return self.system[0].upper() + self.system[1:]

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields without which it is not this kind."""
        return ("id", "version", "title", "effective", "limits", "section" if self.system == NCD else "status")


_NCD_COLUMNS: Columns = {
    "id": ("ncd id", "document id"),
    "version": ("ncd vrsn num", "ncd version", "document version"),
    "section": ("ncd mnl sect", "document display id"),
    "title": ("ncd mnl sect title", "title"),
    "effective": ("ncd efctv dt", "effective date"),
    "implemented": ("ncd impltn dt", "implementation date"),
    "terminated": ("ncd trmntn dt", "effective end date"),
    "item": ("itm srvc desc", "item service description"),
    "limits": ("indctn lmtn", "indications limitations"),
    "crossed": ("xref txt", "cross reference"),
    "other": ("othr txt", "other text"),
    "level": ("cvrg lvl cd",),
    "change": ("chg rqst num", "change request number"),
    "transmittal": ("trnsmtl num", "transmittal number"),
    "issued": ("trnsmtl issnc dt", "transmittal issuance date"),
    "address": ("trnsmtl url", "transmittal url"),
    "updated": ("last updt tmstmp", "last updated timestamp"),
    "cleared": ("last clrnc tmstmp", "last clearance timestamp"),
}
_LOCAL_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "display": ("display id",),
    "status": ("status",),
    "retired": ("date retired", "retirement date"),
    "updated": ("last updated",),
    "policy": ("cms cov policy",),
    "icd10": ("add icd10 info",),
}
_LCD_COLUMNS: Columns = _LOCAL_COLUMNS | {
    "id": ("lcd id",),
    "version": ("lcd version",),
    "effective": ("rev eff date",),
    "began": ("orig det eff date",),
    "terminated": ("ent det end date",),
    "ended": ("rev end date",),
    "limits": ("indication", "indications"),
    "evidence": ("summary of evidence",),
    "analysis": ("analysis of evidence",),
    "supporting": ("diagnoses support",),
    "opposing": ("diagnoses dont support",),
    "guidelines": ("coding guidelines",),
    "documentation": ("doc reqs",),
    "utilization": ("util guide",),
    "associated": ("associated info",),
    "appendices": ("appendices",),
    "information": ("source info",),
    "bibliography": ("bibliography",),
}
_ARTICLE_COLUMNS: Columns = _LOCAL_COLUMNS | {
    "id": ("article id",),
    "version": ("article version",),
    "effective": ("article eff date", "effective date"),
    "ended": ("article end date",),
    "terminated": ("article rev end date",),
    "limits": ("description",),
    "supporting": ("icd9 covered para", "icd10 covered para"),
    "opposing": ("icd9 noncovered para", "icd10 noncovered para"),
    "revenue": ("revenue para",),
    "other": ("other comments",),
}
_NATIONAL = Kind(
    NCD,
    "National Coverage Determinations",
    PUBLIC,
    _NCD_COLUMNS,
    {"item": "Item/service description", "limits": "Indications and limitations", "crossed": "Cross references", "other": "Other"},
)
_LOCAL = Kind(
    LCD,
    "Local Coverage Determinations",
    _AMA,
    _LCD_COLUMNS,
    {
        "policy": "CMS national coverage policy",
        "limits": "Coverage indications, limitations and medical necessity",
        "evidence": "Summary of evidence",
        "analysis": "Analysis of evidence",
        "supporting": "Diagnoses that support medical necessity",
        "opposing": "Diagnoses that do not support medical necessity",
        "guidelines": "Coding guidelines",
        "documentation": "Documentation requirements",
        "utilization": "Utilization guidelines",
        "associated": "Associated information",
        "icd10": "Additional ICD-10 information",
        "appendices": "Appendices",
        "information": "Sources of information",
        "bibliography": "Bibliography",
    },
)
_ARTICLES = Kind(
    ARTICLE,
    "Coverage articles",
    _AMA,
    _ARTICLE_COLUMNS,
    {
        "policy": "CMS national coverage policy",
        "limits": "Article text",
        "supporting": "Diagnoses that are covered",
        "opposing": "Diagnoses that are not covered",
        "icd10": "Additional ICD-10 information",
        "revenue": "Revenue codes",
        "other": "Other comments",
    },
)
KINDS = (_NATIONAL, _LOCAL, _ARTICLES)
