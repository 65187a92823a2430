"""Plans for questions that prose answers: guidelines, coverage, and one aspect of a code."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from assistant import codeplans, reverse
from assistant.answer import Evidence, Question
from assistant.plan import Chosen, about, alike, cited_pages, filters, known, matches_payer, pick, scored, telling, topic, wordings, written
from assistant.sentences import Scored, split, whole
from assistant.subjects import is_phrase
from corpus.abbreviations import means
from corpus.codes import CPT, HCPCS, ICD10CM
from corpus.rows import Placed
from index.library import Library
from index.search import DEPTH, Filters, Hit

RESTS = 0.7  # least share of the question that the official sentence under a leading one must cover
WORTHY = 0.75  # share of the leading score from which an official sentence is put second
PHRASE = 0.75  # least similarity of a code's text to a bare phrase for a reverse lookup
CLOSE = 0.6  # least similarity of a code's text to words that were not asked as a description
ALIKE = 0.4  # least similarity of a passage that is shown as nearest
FOREIGN = 0.33  # likeness below which the nearest passage is of another field: questions of this one have 0.39 and more, others up to 0.27
NEAR = 0.3  # least share for passages to be shown as nearest
ENOUGH = 0.5  # least share of the question's words, by rarity, that the evidence must cover
TITLED = 0.85  # share of the question from which the first code says all of it, and no rule is looked for beside it
BESIDE = 0.6  # least share of the question that a rule beside codes must cover
AGREED = 0.35  # the same, where words and meaning both find its passage among the first two
RULES = 3  # sentences of rules beside codes
TOGETHER = 0.95  # least sum of that share and the likeness, where the share alone falls short
LINES = 6
LEADING = 3  # official passages of which an answer says at least a sentence, and documents whose basis is read as well
PROCEDURES = "ICD-10-PCS Official Guidelines"
GUIDES = frozenset({"ICD-10-CM guidelines", "NCCI policy manual", PROCEDURES})
LAW = frozenset({"United States Code, Title 42", "Medicare coverage documents: list"})
_PUBLICATIONS = re.compile(  # that people quote, and that nobody may have added
    r"\b(?:SNOMED(?:\s*CT)?|LOINC|RxNorm|ICD-?11|DSM-?(?:5|V)|MedDRA)\b|(?:Medicare\s+)?(?:Benefit\s+Policy|Claims\s+Processing|Program\s+Integrity|Secondary\s+Payer)\s+Manual|CPT\s+Assistant|Coding\s+Clinic",
    re.I,
)
_OPERATES = re.compile(r"\b(?:pcs|procedures?|operations?|approach(?:es)?|body\s+(?:part|system|region)s?)\b", re.I)
_LAW = re.compile(r"\b(statut\w*|law|act|u\.?s\.?c|congress|lcds?|articles?|documents?)\b|§", re.I)


def _covered(words: Sequence[str], picked: Sequence[Scored], library: Library) -> float:
    """How much of the question the sentences and their headings cover, by rarity of words."""
    rarity = library.keywords.rarity(words)
    total = sum(rarity[word] for word in set(words))
    held = frozenset().union(*(item.covers for item in picked)) if picked else frozenset()
    return sum(rarity[word] for word in set(words) & held) / total if total else 0.0


def _evidence(picked: Sequence[Scored]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence.of(item.placed, item.sentence, "lead" if at == 0 else "detail", label=item.placed.document.title)
        for at, item in enumerate(picked)
    )


def _codes(question: Question, picked: Sequence[Scored], library: Library) -> tuple[tuple[str, str], ...]:
    """The codes asked about, then those the leading sentence names."""
    from corpus.codes import mentions

    asked = [(listed.code.system, listed.code.value) for listed in known(question, library)[0]]
    said = [(m.system, m.value) for item in picked[:1] for m in mentions(item.sentence, library.catalog.knows) if m.wellformed]
    return tuple(dict.fromkeys(asked + [pair for pair in said if pair[0] in (CPT, HCPCS, ICD10CM)]))


def _hits(question: Question, library: Library, limit: int = 12) -> list[Hit]:
    """Passages that may answer: the statute and the cards of the coverage database only where they are asked for by name."""
    without = frozenset() if _LAW.search(question.standalone) else LAW
    return _found(question, library, replace(filters(question), without=without), limit)


def _guides(question: Question, library: Library, limit: int = 12) -> list[Hit]:
    """Passages of the official guidelines and manuals, searched apart: among everything else half of them are not found."""
    kinds = GUIDES if _OPERATES.search(question.standalone) else GUIDES - {PROCEDURES}
    return _found(question, library, replace(filters(question), kinds=kinds), limit)


def _found(question: Question, library: Library, allowed: Filters, limit: int) -> list[Hit]:
    """Passages near the question in any of its wordings; each counts with its best."""
    best: dict[str, Hit] = {}
    for text in wordings(question):
        for hit in library.shelves(text, ("prose",), allowed, limit)["prose"]:
            held = best.setdefault(hit.placed.passage.id, hit)
            best[hit.placed.passage.id] = max(held, hit, key=lambda found: found.score)
    return sorted(best.values(), key=lambda hit: -hit.score)[:limit]


def _ranked(question: Question, library: Library, hits: Sequence[Hit], more: Sequence[Placed] = ()) -> list[Scored]:
    """Sentences of the hits, of the official pages that the leading ones rest on, and of more passages."""
    leading = [hit.placed for hit in hits if hit.placed.document.references][:LEADING]
    passages = {hit.placed.passage.id: (hit.placed, hit.score) for hit in sorted(hits, key=lambda hit: hit.score)}
    for placed in cited_pages(library, leading):
        passages.setdefault(placed.passage.id, (placed, 0.5))
    for placed in more:
        passages.setdefault(placed.passage.id, (placed, 0.4))
    words = list(dict.fromkeys((*telling(question, library), *written(question, library))))
    return scored(question, library, list(passages.values()), words)


def _arranged(question: Question, ranked: Sequence[Scored], library: Library, trusted: Set[str] = frozenset()) -> list[Scored]:
    """The best sentence, beside it the official one it rests on or another worthy one, then the rest."""
    picked = _continued(pick(ranked, LINES, trusted), trusted)[:LINES]
    if picked and not any(_official(item) for item in picked[:2]):
        official = _basis(question, picked[0], ranked, library)
        official = official or next((item for item in ranked if _official(item) and item.score > WORTHY * picked[0].score), None)
        others = [item for item in picked[1:] if item is not official]
        picked = [*picked[:1], official, *others[: LINES - 2]] if official else picked
    return picked


def _continued(picked: list[Scored], trusted: Set[str]) -> list[Scored]:
    """The sentences picked, and behind a leading one of a passage surely meant what follows it there: rules run on."""
    if not picked or picked[0].placed.passage.id not in trusted:
        return picked
    lead, text = picked[0], picked[0].placed.passage.text
    follows = split(text[text.index(lead.sentence) + len(lead.sentence) :])[:1]
    added = [replace(lead, sentence=sentence) for sentence in follows if whole(sentence)]
    return [lead, *added, *(item for item in picked[1:] if not any(alike(item.sentence, other.sentence) for other in added))]


def _basis(question: Question, lead: Scored, ranked: Sequence[Scored], library: Library) -> Scored | None:
    """The official sentence that covers the question best, of the pages the leading document names as its sources."""
    pages = {placed.passage.id for placed in cited_pages(library, [lead.placed])}
    words = telling(question, library)
    there = [(_covered(words, [item], library), item.score, at) for at, item in enumerate(ranked) if item.placed.passage.id in pages]
    best = max(there, default=(0.0, 0.0, 0))
    return ranked[best[2]] if best[0] >= RESTS else None


def _official(item: Scored) -> bool:
    return item.placed.source.publisher not in (None, "codecite")


def _answer(question: Question, library: Library, picked: Sequence[Scored], remedy: str) -> Chosen:
    likeness = library.similarities(topic(question), [item.placed.passage.id for item in picked])
    nearest = max(likeness.values(), default=1.0)
    ours = nearest >= FOREIGN or any(mention.wellformed for mention in question.mentions)
    ways = (telling(question, library), written(question, library)) if ours else ()
    covered = max((_covered(words, picked, library) for words in ways), default=0.0)
    enough = covered >= ENOUGH or (covered >= NEAR and covered + nearest >= TOGETHER)
    if covered < ENOUGH and (named := _as_description(question, library)) is not None:
        return _with_rules(named, question, library)
    if not enough:
        picked = picked if covered >= NEAR and nearest >= ALIKE else ()
    found, missing = known(question, library)
    if not enough and found:  # what is on file about the code is nearer than any sentence
        defined = codeplans.definition(question, library)
        return replace(defined, remedy=remedy, complete=_told(question, library, defined.evidence) >= ENOUGH)
    codes = _codes(question, picked, library)
    absent = _absent(question, library)
    return Chosen(_evidence(picked), codes, unknown=tuple(missing), remedy=absent or remedy, complete=enough and not absent)


def _absent(question: Question, library: Library) -> str:
    """The publication a question names where it is not on file; other texts do not stand in for it."""
    named = _PUBLICATIONS.search(question.standalone)
    held = any(named[0].lower() in source.title.lower() for source in library.sources) if named else True
    return "" if held or not named else f"the {named[0]}"


def _told(question: Question, library: Library, evidence: Sequence[Evidence]) -> float:
    """How much of the question rows and their sentences cover, by rarity of words."""
    words = set(telling(question, library))
    held = words & {
        word for item in evidence for word in library.keywords.analyzed(f"{item.say or item.quote} {item.label} {item.source.title}")
    }
    rarity = library.keywords.rarity(words)
    return sum(rarity[word] for word in held) / (sum(rarity.values()) or 1.0)


def _as_description(question: Question, library: Library, least: float = CLOSE) -> Chosen | None:
    """Words that no prose answers may describe a code: candidates, where the best is near enough."""
    if any(mention.wellformed for mention in question.mentions) or _absent(question, library):
        return None
    found = reverse.lookup(replace(question, subject=question.standalone), library)
    if not found.evidence or question.payer:
        return None
    return found if found.near >= least or _told(question, library, found.evidence[:1]) >= TITLED else None


def described(question: Question, library: Library) -> Chosen:
    """Codes for a description, and beside them the rule that says what their titles do not."""
    chosen, absent = _with_rules(reverse.lookup(question, library), question, library), _absent(question, library)
    return replace(chosen, complete=False, remedy=absent) if absent else chosen


def _with_rules(chosen: Chosen, question: Question, library: Library) -> Chosen:
    """Candidates with the sentences of the manuals' nearest passages that cover the question."""
    told = _told(question, library, chosen.evidence[:1])
    if told >= TITLED:
        return chosen
    guides = [hit for hit in _guides(question, library) if hit.placed.source.kind != PROCEDURES]
    meant = _meant(guides)
    least = {key: AGREED if key in meant else BESIDE for key in (hit.placed.passage.id for hit in guides[:LEADING])}
    words = [telling(question, library), written(question, library)]
    ranked = [item for item in _ranked(question, library, guides) if item.placed.passage.id in least]
    fitting = [item for item in ranked if max(_covered(each, [item], library) for each in words) >= least[item.placed.passage.id]]
    rules = _evidence(_continued(pick(fitting, RULES, meant), meant)[:RULES])
    if not rules:
        return chosen
    if not chosen.evidence:
        return replace(chosen, evidence=rules, complete=True, remedy="")
    if question.intent == "guideline" and told < ENOUGH:  # no code was asked for, and none says what was asked
        return replace(chosen, evidence=(*rules, *(replace(item, role="candidate") for item in chosen.evidence)))
    return replace(chosen, evidence=(*chosen.evidence, *(replace(rule, role="detail") for rule in rules)))


def _meant(hits: Sequence[Hit]) -> frozenset[str]:
    """The passages that words and meaning alike put first or second."""
    return frozenset(hit.placed.passage.id for hit in hits if max(hit.by_keyword or DEPTH, hit.by_vector or DEPTH) <= 2)


def guideline(question: Question, library: Library) -> Chosen:
    """A rule asked about in words: the sentence that states it, and the official text beside it; a bare phrase may name a code."""
    everyday = means(question.standalone, "laywords", "diseases")  # as a whole what titles say in other words: no rule is asked about
    if everyday or is_phrase(question.standalone):
        named = _as_description(question, library, PHRASE)
        if named is not None:
            return named if everyday else _with_rules(named, question, library)
    guides = _guides(question, library)
    ranked = _ranked(question, library, [*guides, *_hits(question, library)])
    picked = _with_each(_arranged(question, ranked, library, _meant(guides)), ranked, [hit.placed for hit in guides[:LEADING]])
    return _answer(question, library, picked, "the guideline or manual that covers it")


def _with_each(picked: Sequence[Scored], ranked: Sequence[Scored], leading: Sequence[Placed]) -> list[Scored]:
    """The sentences picked, with the best one of each leading passage that has none among them, in place of the least."""
    held = {item.placed.passage.id for item in picked}
    wanted = {placed.passage.id for placed in leading} - held
    best = {item.placed.passage.id: item for item in reversed(ranked) if item.placed.passage.id in wanted}
    lacking = [best[placed.passage.id] for placed in leading if placed.passage.id in best]
    lacking = [item for item in lacking if not any(alike(item.sentence, other.sentence) for other in picked)]
    return [*picked[: max(1, LINES - len(lacking))], *lacking]


def aspect(question: Question, library: Library) -> Chosen:
    """One thing about a code: sentences of its own page, of the manuals and of whatever names it, ranked by the question's other words."""
    pairs = [pair for mention in question.mentions if mention.wellformed for pair in _with_category(mention.system, mention.value)]
    pages = [placed for pair in pairs for placed in about(library, pair)]
    named = [placed for pair in pairs for placed in library.catalog.naming(*pair, limit=60)]
    current = library.current(question.on)
    more = [placed for placed in pages + named if placed.passage.kind == "prose" and placed.source.id in current]
    guides = _guides(question, library)
    ranked = _ranked(question, library, [*guides, *_hits(question, library)], more)
    if pairs:
        leading = {hit.placed.passage.id for hit in guides[:1]}
        values = [value for _, value in pairs]
        ranked = [item for item in ranked if item.placed.passage.id in leading or _speaks_of(item, values)] or ranked
    return _answer(question, library, _arranged(question, ranked, library), "a source about it")


def _with_category(system: str, value: str) -> list[tuple[str, str]]:
    """A code, and for a diagnosis its category: guidelines speak of Z15, not of Z15.01."""
    return list(dict.fromkeys([(system, value), (system, value[:3])])) if system == ICD10CM else [(system, value)]


def _speaks_of(item: Scored, values: Sequence[str]) -> bool:
    ground = f"{item.placed.passage.text} {item.placed.document.title}"
    return any(re.search(rf"\b{re.escape(value)}\b", ground) for value in values)


def coverage(question: Question, library: Library) -> Chosen:
    """What a payer covers: its own text, or for Medicare the national rules; never another payer's in its place."""
    hits = _hits(question, library, 20)
    if question.payer:
        hits = [hit for hit in hits if matches_payer(question, hit.placed)]
    chosen = _answer(
        question,
        library,
        _arranged(question, _ranked(question, library, hits), library),
        f"a policy of {question.payer or 'the payer'} about it",
    )
    own = not question.payer or any(matches_payer(question, hit.placed) for hit in hits[:5])
    return chosen if own else Chosen((), remedy=chosen.remedy, complete=False)
