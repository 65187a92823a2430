"""Templates are strict: a missing or a surplus value is an error before anything is said."""

import ast
import importlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from assistant.chat import PLAIN

FOLDER = Path(prompts.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
each_template = pytest.mark.parametrize("name", NAMES)


def places(name: str) -> list[str]:
    return Template((FOLDER / f"{name}.md").read_text(encoding="utf-8")).get_identifiers()


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """The package's own code over templates made up here; each call stands for a new process."""

    def package(**templates: str) -> ModuleType:
        folder = tmp_path / "made_up_prompts"
        folder.mkdir(exist_ok=True)
        shutil.copy(prompts.__file__, folder)
        for name, text in templates.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, folder.name, raising=False)
        return importlib.import_module(folder.name)

    monkeypatch.syspath_prepend(tmp_path)
    return package


@each_template
def test_a_shipped_template_is_valid_and_says_something(name: str) -> None:
    template = Template((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    assert template.is_valid()
    assert prompts.render(name, **dict.fromkeys(places(name), "value"))


@each_template
def test_every_value_is_shown_and_no_place_is_left(name: str) -> None:
    given = {place: f"<{at}>" for at, place in enumerate(places(name))}
    said = prompts.render(name, **given)
    assert all(value in said for value in given.values())
    assert not re.search(r"\$\w", said)


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in NAMES for place in places(name)])
def test_a_missing_value_is_an_error(name: str, place: str) -> None:
    with pytest.raises(KeyError, match=place):
        prompts.render(name, **dict.fromkeys(set(places(name)) - {place}, "value"))


@each_template
def test_a_surplus_value_is_an_error_that_names_it(name: str) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        prompts.render(name, **dict.fromkeys(places(name), "value"), nowhere="value")


def test_a_template_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        prompts.render("no_such_template")


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("$code is $title.", {"code": "90001", "title": "made up"}, "90001 is made up."),
        ("${count}x $count", {"count": 3}, "3x 3"),
        ("costs $$5", {}, "costs $5"),
        ("\n padded \n", {}, "padded"),
        ("$word", {"word": "$other ${other} $$"}, "$other ${other} $$"),
        ("“ß” $word 𝔘", {"word": "é"}, "“ß” é 𝔘"),
        ("$name and $values", {"name": "a", "values": "b"}, "a and b"),
    ],
)
def test_a_template_is_filled_as_written(words: Callable[..., ModuleType], template: str, values: dict[str, object], said: str) -> None:
    assert words(made_up=template).render("made_up", **values) == said


@given(st.text())
def test_a_value_is_shown_unchanged_whatever_it_holds(value: str) -> None:
    name = next(name for name in NAMES if places(name))
    assert value in prompts.render(name, **dict.fromkeys(places(name), value))


def test_the_fingerprint_changes_with_the_wording_alone(words: Callable[..., ModuleType]) -> None:
    first = words(one="Say $what.", two="Say $who.")
    one, two = first.fingerprint("one"), first.fingerprint("two")
    assert all(re.fullmatch(r"[0-9a-f]{12}", mark) for mark in (one, two))
    assert one != two
    again = words(one="Say $what.", two="Tell $who.")
    assert again.fingerprint("one") == one
    assert again.fingerprint("two") != two


def test_templates_and_their_uses_fit() -> None:
    used: dict[str, list[set[str]]] = {name: [] for name in NAMES}
    for name, _ in PLAIN.values():  # answered without evidence: named in a table, rendered without values
        used[name].append(set())
    for path in (FOLDER.parent / "assistant").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(node, ast.Import) and node.names[0].name == "prompts" for node in ast.walk(tree)):
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) != "prompts.fingerprint"):
            for name in (part.value for part in call.args if isinstance(part, ast.Constant) and part.value in used):
                used[name].append({keyword.arg for keyword in call.keywords if keyword.arg})
    assert {name: uses for name, uses in used.items() if not uses or any(use != set(places(name)) for use in uses)} == {}
