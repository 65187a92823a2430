"""Words as they are compared: synonyms of this field as one, codes and figures in one form, words that say nothing left out."""

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.synonyms import SYNONYMS

Analyze = Callable[[str], list[str]]
_SPELT = frozenset("OR IN NO IF OF TO IS ON AN AS AT BY IT DO BE".split())  # words written large
_DROPPED = frozenset(  # words that say nothing by themselves
    """
    a an the this that these those its their his her it they them he she we you your our my there here such as also already still too
    then so just who whom whose which what do does did done has have had having will would shall is are was were be been being am and or
    any each every all always only may can could might must should need needs needed require requires required requirement mean means
    not no never nor neither none nothing without if when where while because unless of for by with from on in to at into onto per than
    about until through within during under since between among toward both either other code codes modifier modifiers cpt hcpcs icd cm
    following allowed acceptable optional permitted possible able up least most yes listed date file answer sources source named
    difference nearby how much many some own one ones whereas however therefore thus person whoever someone anyone people anywhere
    somewhere elsewhere but even merely itself themselves apiece e g i whether happen happens happened located remain remains remained
    requiring permit permits limited restricted lack lacks lacking coder coders biller billers
    """.split()
)


@lru_cache(maxsize=8)
def _alike(analyze: Analyze) -> dict[str, str]:
    """The stem that stands for a stem: one for each line of synonyms."""
    lines = [
        [stem for word in line.split() for found in analyze(word) for stem in (found, _root(found))]
        for line in SYNONYMS.strip().splitlines()
    ]
    return {stem: line[0] for line in lines for stem in line}


def _value(word: str) -> str:
    """A code without its dot, a figure without its commas and without zeros at its end."""
    bare = word.replace(",", "").rstrip(".-").upper()
    if re.fullmatch(r"(?:\$\s*)?\d+\.\d+", bare):
        return bare.rstrip("0").rstrip(".")
    return bare.replace(".", "") if re.search("[A-Z]", bare) else bare


def _root(stem: str) -> str:
    """What a noun or an adjective is made of: "failur" and "fail", "billabl" and "bill", "applic" and "appli"."""
    return re.sub(r"(?<=\w{4})(?:at(?:ur)?|abl|ibl|icat|ic|ion|ment|[ae]nc|ur|i)$", "", stem)


@lru_cache(maxsize=50_000)
def raw(word: str, analyze: Analyze) -> str:
    """A word as it is compared, whether it says something by itself or not: its stem, or the one that stands for its synonyms."""
    if len(word) == 1 and word.isupper() and word not in "AI":
        return word
    if not word.replace("'", "").replace("’", "").isalpha() or (len(word) == 2 and word.isupper() and word not in _SPELT):
        return _value(word)
    found = "".join(analyze(re.sub(r"['’]s?$", "", word)))
    alike = _alike(analyze)
    return alike.get(found) or alike.get(root := _root(found), root)


@lru_cache(maxsize=50_000)
def stem(word: str, analyze: Analyze) -> str:
    """A word as it is compared; "" where it says nothing by itself."""
    return "" if re.sub(r"['’]s?$", "", word.lower()) in _DROPPED else raw(word, analyze)
