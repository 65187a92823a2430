"""A message as typed: made plain, and told apart from other languages."""

import re
import unicodedata

LIMIT = 2000  # characters a question may have


def cleaned(text: str) -> str:
    """Without control characters and doubled spaces; compatibility forms (ﬁ, ９) written plainly."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in plain).split())


def english(text: str) -> bool:
    """Whether a text can be meant as English: its letters are Latin and its small words are not another language's."""
    letters = [c for c in text if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if letters and latin < len(letters) * 0.7:
        return False
    words = set(re.findall(r"[a-zà-ÿ]+", text.lower()))
    foreign = words & set(
        "el la los las una qué que es cuál cual está por para código del le les des est quel quelle pour une der die das ist"
        " für und welche wie ein eine il lo gli che quale codice uma você é são".split()
    )
    home = words & set("the is a of for what how to in and are do does can with which be when may this that it".split())
    return len(foreign) < 2 or len(home) >= len(foreign)
