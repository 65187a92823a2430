"""Words of which only one can be meant: left or right, first or second, diagnostic or screening."""

from collections.abc import Iterable
from functools import lru_cache

from assistant.wording import Analyze, raw

_LINES = """
    left | right | bilateral
    inpatient | outpatient
    initial | subsequent | sequela sequelae
    new | established
    male men man | female women woman
    acute | chronic
    primary | secondary
    before | after | during
    increase raise | decrease reduce
    first | second | third | fourth | fifth | sixth | seventh | last
    professional | technical
    open | closed
    upper | lower
    anterior | posterior
    medial | lateral
    proximal | distal
    adult | child children pediatric
    mother | newborn | father
    mg | ml | mcg | gram
    diagnostic | screening | preventive preventative | therapeutic
    physical | occupational | speech
    same | different
    begin | end delete discontinue expire | suspend
    approve accept | reject
    include | exclude
    intramuscular | intravenous | subcutaneous | oral
    national | local
    vaccine | globulin
    emergency | elective scheduled
    single | multiple multi
    benign | malignant
    positive | negative
    odd | even
    above | below
    pay | charge
    high | low | average
    highest | lowest
    minor | major
    mild | moderate | severe
    full | half | partial
    brand | generic
    rural | urban
    internal | external
    complete | limited
    temporary | permanent
    minimum | maximum
    mandatory | voluntary
    add | remove
    lifetime | day
    month | lifetime
    year | lifetime
"""


@lru_cache(maxsize=8)
def _table(analyze: Analyze) -> dict[str, tuple[tuple[int, int], ...]]:
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for at, line in enumerate(_LINES.strip().splitlines()):
        for side, words in enumerate(line.split("|")):
            for word in words.split():
                stem = raw(word, analyze)
                found[stem] = (*found.get(stem, ()), (at, side))
    return found


def sides(stems: Iterable[str], analyze: Analyze) -> dict[str, tuple[tuple[int, int], ...]]:
    """The words that are a side of a contrast, each with its contrasts and sides."""
    table = _table(analyze)
    return {stem: table[stem] for stem in stems if stem in table}
