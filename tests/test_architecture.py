"""The shape of the program: imports go one way, each heavy library has one home, and nothing grows too long."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"prompts": set(), "corpus": set(), "index": {"corpus"}, "assistant": {"corpus", "index", "prompts"}}
OURS = {*MAY_IMPORT, "evals", "bench", "tests"}
HOMES = {
    "chromadb": "index/vectors.py",
    "tantivy": "index/keywords.py",
    "sentence_transformers": "index/encoders.py",
    "torch": "index/encoders.py",
    "gradio": "assistant/web/",
    "sqlalchemy": "assistant/store/",
    "alembic": "assistant/store/",
    "argon2": "assistant/store/people.py",
    "reportlab": "assistant/export/pdf.py",
    "langchain": ("assistant/models.py", "assistant/agent.py"),
}
PROVIDERS = re.compile(r"(langchain_)?(openai|anthropic|ollama|google|mistralai)")  # named by the person, imported by LangChain
MODULES = sorted(path.relative_to(ROOT).as_posix() for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
each_module = pytest.mark.parametrize("module", MODULES)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


@cache
def imported(module: str) -> frozenset[str]:
    """Dotted names of everything a module imports, wherever in it."""
    names = set()
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def tops(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(module)}


def functions(module: str) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(module)) if isinstance(node, Function))


def public(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Functions and classes that others may use: not private, nor inside a function or a private class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{node.name}.")


def is_short_property(node: Function | ast.ClassDef) -> bool:
    marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
    return len(node.body) == 1 and bool(marks & {"property", "cached_property"})


@each_module
def test_imports_go_one_way(module: str) -> None:
    package = module.split("/")[0]
    assert tops(module) & OURS <= MAY_IMPORT[package] | {package}


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_a_heavy_library_has_one_home(library: str, home: str) -> None:
    users = [module for module in MODULES if library in tops(module)]
    assert users
    assert all(module.startswith(home) for module in users)


@each_module
def test_no_provider_of_models_is_imported_by_name(module: str) -> None:
    assert not [top for top in tops(module) if PROVIDERS.match(top)]


def loaded_by(*names: str) -> set[str]:
    """The top-level modules a fresh process holds after importing these."""
    code = f"import {', '.join(names)}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["assistant.cli", "assistant.chat, assistant.batch", "corpus.ingest, index.library, prompts"])
def test_importing_loads_no_heavy_library(name: str) -> None:
    heavy = {"torch", "gradio", "chromadb", "sentence_transformers", "onnxruntime", "transformers", "langchain", "sqlalchemy"}
    assert loaded_by(name) & heavy == set()


def test_corpus_and_prompts_stand_alone() -> None:
    assert loaded_by("corpus.ingest", "prompts") & {*OURS, "tantivy", "numpy"} == {"corpus", "prompts"}


@each_module
def test_the_environment_is_read_by_settings_alone(module: str) -> None:
    reads = [
        node
        for node in ast.walk(parsed(module))
        if (isinstance(node, ast.Attribute) and node.attr == "getenv")
        or (isinstance(node, ast.Attribute) and node.attr == "get" and ast.unparse(node.value) == "os.environ")
        or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "os.environ")
    ]
    assert not reads or module == "assistant/settings.py"


@each_module
def test_no_module_is_over_330_lines(module: str) -> None:
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= 330


@each_module
def test_no_function_is_over_60_lines(module: str) -> None:
    assert {node.name: lines for node in functions(module) if (lines := node.end_lineno - node.lineno + 1) > 60} == {}


@each_module
def test_what_is_public_says_what_it_does(module: str) -> None:
    assert ast.get_docstring(parsed(module))
    silent = [name for name, node in public(parsed(module)) if not ast.get_docstring(node) and not is_short_property(node)]
    assert silent == []


@each_module
def test_no_module_is_a_drawer_for_odds_and_ends(module: str) -> None:
    assert Path(module).stem not in {"utils", "util", "helpers", "common", "base", "manager", "misc"}
    assert "IndexError" not in {node.name for node in ast.walk(parsed(module)) if isinstance(node, ast.ClassDef)}


@cache
def distributions() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def carriers(top: str) -> set[str]:
    """The distributions that bring a module, as a dependency names them."""
    return {name.lower().replace("_", "-") for name in distributions().get(top, ())}


@each_module
def test_every_library_imported_is_a_declared_dependency(module: str) -> None:
    declared = {re.split(r"[=<>\[ ]", line)[0].lower() for line in PROJECT["project"]["dependencies"]}
    foreign = tops(module) - OURS - sys.stdlib_module_names
    assert [top for top in foreign if not carriers(top) & declared] == []


def test_every_file_of_a_package_is_installed_with_it() -> None:
    setup = PROJECT["tool"]["setuptools"]
    patterns = [(package, pattern) for package, found in setup["package-data"].items() for pattern in found]
    patterns += [(package, "*.py") for package in setup["packages"]]
    carried = {path for package, pattern in patterns for path in (ROOT / package.replace(".", "/")).glob(pattern)}
    present = {path for package in MAY_IMPORT for path in (ROOT / package).rglob("*") if path.is_file()}
    assert {path for path in present - carried if "__pycache__" not in path.parts} == set()


def test_prompts_are_package_data() -> None:
    on_disk = {path.name for path in (ROOT / "prompts").glob("*.md")}
    carried = {item.name for item in resources.files("prompts").iterdir() if item.name.endswith(".md")}
    assert on_disk == carried != set()
