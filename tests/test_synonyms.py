"""A word stands for one thing only."""

from collections import Counter

from assistant.synonyms import SYNONYMS


def test_no_word_stands_in_two_lines() -> None:
    assert [word for word, times in Counter(SYNONYMS.split()).items() if times > 1] == []
