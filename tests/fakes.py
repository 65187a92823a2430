"""An encoder that keeps meaning without weights: a hashed bag of words."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from index.encoders import Vectors


class BagEncoder:
    """Texts that share words are near; the same text always has the same vector of unit length."""

    name = "bag-of-words"

    def __init__(self) -> None:
        self.encoded = 0

    def for_passages(self) -> "BagEncoder":
        return self

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        out = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                out[row, zlib.crc32(word.encode()) % 64] += 1.0
        return out / np.linalg.norm(out, axis=1, keepdims=True)
