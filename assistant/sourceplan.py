"""The plan for questions about the sources themselves: what is loaded, of which edition, and how old that is."""

import re

from assistant.answer import Evidence, Question
from assistant.plan import Chosen
from corpus.ages import age
from corpus.model import Document, Source
from index.library import Library

LISTED = 40  # sources at most
_KINDS = {  # words of a question → words of the titles meant
    r"\b(?:n?cci|ptp|pairs?|edits?|bundl\w*)\b": r"NCCI|PTP|MUE",
    r"\bmues?\b|medically\s+unlikely": r"MUE",
    r"\badd[\s-]?ons?\b": r"add-on",
    r"\bfees?\b|\brvus?\b|\bm?pfs\b|\bschedule\b": r"Fee Schedule",
    r"\bopps\b|\bapcs?\b": r"OPPS",
    r"\basp\b|\bdrugs?\b|\bndcs?\b": r"Drug|NDC",
    r"\blcds?\b|\bncds?\b|\bcoverage\b|\barticles?\b": r"Coverage|Determination",
    r"\bicd\b|\bdiagnos\w+": r"ICD-10-CM",
    r"\bpcs\b": r"ICD-10-PCS",
    r"\bhcpcs\b": r"HCPCS",
    r"\bcpt\b": r"CPT",
    r"\bguidelines?\b": r"Guidelines",
    r"\bmanuals?\b": r"Manual",
    r"\bvaccin\w+|\bcvx\b": r"CVX|accine",
    r"\bpos\b|place\s+of\s+service": r"Place of service",
    r"\bmodifiers?\b": r"odifier",
    r"\bdenials?\b|\bcarcs?\b|\brarcs?\b": r"CARC",
    r"\bstatutes?\b|\blaws?\b|\bsocial\s+security\b": r"United States Code",
    r"\bdrgs?\b": r"DRG",
    r"\brevenue\b": r"Revenue",
}


def _meant(question: Question, library: Library) -> list[Source]:
    """The sources a question is about: by payer and by kind, else all; the newest first."""
    text = question.standalone
    titles = [title for words, title in _KINDS.items() if re.search(words, text, re.I)]
    held = sorted(library.sources, key=lambda source: (source.effective is not None, source.effective, source.title), reverse=True)
    named = [source for source in held if any(re.search(title, source.title) for title in titles)]
    own = [source for source in held if question.payer and source.payer == question.payer] if not titles else []
    return named or own or ([] if titles else held)


def _row(source: Source, question: Question) -> Evidence:
    """One source as a sentence: its edition, since when, how old."""
    dates = [f"edition {source.edition}"] * bool(source.edition) + [f"from {source.effective}"] * bool(source.effective)
    dates += [f"until {source.ended}"] * bool(source.ended)
    old = age(source, question.on)
    dates += [f"{old} on {question.on}"] * bool(old and old.editions)
    publisher = f" ({source.publisher})" if source.publisher else ""
    text = f"{source.title}{publisher}: {', '.join(dates) or 'no edition and no date on file'}."
    document = Document(id=source.id, title=source.title, kind="table", passages=(), url=source.url)
    return Evidence(0, "candidate", text, text, "this source", document, source, say=text)


def sources(question: Question, library: Library) -> Chosen:
    """What is loaded that bears on the question, with edition and age."""
    meant = _meant(question, library)
    rows = tuple(_row(source, question) for source in meant[:LISTED])
    more = (f"{len(meant) - LISTED} more sources are listed by `codecite sources`",) if len(meant) > LISTED else ()
    return Chosen(rows, steps=more, complete=bool(rows), remedy="that publication")
