"""Words kept apart from code: what the assistant says of itself, and later what it tells a language model."""

from functools import cache
from hashlib import sha256
from importlib import resources
from string import Template


@cache
def _text(name: str) -> str:
    return (resources.files(__name__) / f"{name}.md").read_text(encoding="utf-8").strip()


def render(name: str, /, **values: object) -> str:
    """Fill a template's `$name` places.

    Raises KeyError for a missing value and ValueError for one the template does not have, before anything is said.
    """
    template = Template(_text(name))
    if extra := set(values) - set(template.get_identifiers()):
        raise ValueError(f"{name}.md has no place for {', '.join(sorted(extra))}")
    return template.substitute({key: str(value) for key, value in values.items()})


def fingerprint(*names: str) -> str:
    """Twelve hexadecimal digits that change when the wording of a template does."""
    return sha256("\n".join(map(_text, names)).encode()).hexdigest()[:12]
