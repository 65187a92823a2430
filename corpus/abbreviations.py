"""Clinical abbreviations written out, for understanding and search alike: the code sets write them out too."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_TOKEN = re.compile(r"[A-Za-z0-9&][\w'’&/+-]*(?:\.(?=\s\w+\b))?", re.A)
_LONGEST = 9  # words of an entry
_ARTICLES = {"an", "the", "my", "his", "her", "their"}
_STAGE = re.compile(r"\b(stage|type|grade|class|ckd|dm)\s+(iii|ii|iv|i|v)(a|b)?\b", re.I)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}


@cache
def table(name: str) -> Mapping[str, Mapping[str, object]]:
    """A table of words shipped with the program, by section."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def key(word: str) -> str:
    """A word as the tables compare it: small letters, without a plural's s."""
    plain = word.lower().replace("’", "'").rstrip(".")
    return plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith(("ss", "'s", "us", "is")) else plain


@cache
def _entries(name: str, section: str) -> Mapping[tuple[str, ...], str]:
    rows = table(name)[section].items()
    return {tuple(key(word) for word in _words(said)): str(meant) for said, meant in rows}


def _words(text: str) -> list[str]:
    return [word for word in _TOKEN.findall(text) if word.lower() not in _ARTICLES]


def replaced(text: str, name: str, sections: Sequence[str]) -> str:
    """The text with what these sections of a table list put in its other words, the longest entry first."""
    tables = [_entries(name, section) for section in sections]
    spans = [found for found in _TOKEN.finditer(text) if found[0].lower() not in _ARTICLES]
    keys = [key(found[0]) for found in spans]
    written, end, at = [], 0, 0
    while at < len(spans):
        for size in range(min(_LONGEST, len(spans) - at), 0, -1):
            meant = next((rows[run] for rows in tables if (run := tuple(keys[at : at + size])) in rows), None)
            if meant is not None:
                written += [text[end : spans[at].start()], meant]
                end, at = spans[at + size - 1].end(), at + size
                break
        else:
            at += 1
    return "".join([*written, text[end:]])


def means(text: str, name: str, section: str) -> str | None:
    """What a text as a whole stands for in a section; None where it says more or less than an entry."""
    return _entries(name, section).get(tuple(key(word) for word in _words(text)))


def found(text: str, name: str, section: str) -> tuple[str, str] | None:
    """The longest entry of a section that stands in a text, and what it means."""
    rows, words = _entries(name, section), [key(word) for word in _words(text)]
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            run = tuple(words[at : at + size])
            if run in rows:
                return " ".join(run), rows[run]
    return None


def _by_context(text: str) -> str:
    """Write out what means several things, by the words near it."""
    for short, meanings in table("abbreviations")["context"].items():
        if re.search(rf"\b{short}\b", text):
            rest = re.sub(rf"\b{short}\b", " ", text)
            assert isinstance(meanings, list)
            meant = next((row["means"] for row in meanings if re.search(row.get("near", ""), rest, re.I)), short)
            text = re.sub(rf"\b{short}\b", meant, text)
    return text


def _in_capitals(text: str) -> str:
    shorts = table("abbreviations")["capitals"]
    return re.sub(r"\b[A-Z][A-Za-z]{0,4}\b(?![-/]\w)", lambda word: str(shorts.get(word[0], word[0])), text)


def written_out(text: str) -> str:
    """The text with its abbreviations replaced by what they stand for; spellings are American, and right."""
    arabic = _STAGE.sub(lambda part: f"{part[1]} {_ROMAN[part[2].lower()]}{part[3] or ''}", text)
    arabic = re.sub(r"\bckd\s*-?\s*(\d[ab]?)\b", r"chronic kidney disease stage \1", arabic, flags=re.I)
    whole = replaced(_in_capitals(_by_context(arabic)), "abbreviations", ("any",))
    return replaced(whole, "laywords", ("british", "misspelled"))


def in_rules(text: str) -> str:
    """The text in the words of guidelines and manuals: abbreviations written out, lay terms in theirs."""
    return replaced(written_out(text), "laywords", ("rules",))
