"""The environment is read once, when asked for, and what it says wrongly is named."""

import dataclasses
import os
from pathlib import Path

import platformdirs
import pytest

from assistant.settings import Settings, quiet_libraries
from index.encoders import DEFAULT

NAMES = ("CODECITE_HOME", "CODECITE_ENCODER", "CODECITE_HOST", "CODECITE_PORT", "CODECITE_MODEL", "CODECITE_STORE")
TELEMETRY = {
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name in TELEMETRY:  # set, so that what the test leaves behind is undone
        monkeypatch.setenv(name, os.environ.get(name, ""))


def defaults() -> Settings:
    home = Path(platformdirs.user_data_dir("codecite", appauthor=False))
    return Settings(home=home, encoder=DEFAULT, host="127.0.0.1", port=7860, model="quote")


def test_nothing_set_means_the_platforms_folder_the_packaged_encoder_and_this_machine_only() -> None:
    assert Settings.from_environment() == defaults()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_is_as_good_as_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert Settings.from_environment() == defaults()


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("CODECITE_HOME", "/srv/codes", "home", Path("/srv/codes")),
        ("CODECITE_HOME", "a folder/with spaces", "home", Path("a folder/with spaces")),
        ("CODECITE_ENCODER", "BAAI/bge-small-en-v1.5", "encoder", "BAAI/bge-small-en-v1.5"),
        ("CODECITE_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("CODECITE_PORT", "1", "port", 1),
        ("CODECITE_PORT", "08080", "port", 8080),
        ("CODECITE_PORT", "65535", "port", 65535),
        ("CODECITE_MODEL", "ollama:llama3.2", "model", "ollama:llama3.2"),
        ("CODECITE_STORE", "postgresql+psycopg://codes@db/codes", "store", "postgresql+psycopg://codes@db/codes"),
    ],
)
def test_each_variable_sets_its_own_field_and_no_other(
    name: str, value: str, field: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert Settings.from_environment() == dataclasses.replace(defaults(), **{field: expected})


def test_a_tilde_is_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CODECITE_HOME", "~/codes")
    assert Settings.from_environment().home == tmp_path / "codes"


@pytest.mark.parametrize("port", ["http", "-1", "7860.5", "7 860", "0x1ea4", "²", "٧٨٦٠x", "65536", "99999999999", " "])
def test_a_port_that_none_can_listen_on_is_refused_by_name(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECITE_PORT", port)
    with pytest.raises(ValueError, match="CODECITE_PORT") as caught:
        Settings.from_environment()
    assert repr(port) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_is_read_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings.from_environment()
    monkeypatch.setenv("CODECITE_PORT", "9000")
    assert (before.port, Settings.from_environment().port) == (7860, 9000)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_environment().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("before", ["", "True", "1", "true"])
def test_no_library_may_report_home_whatever_was_set_before(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TELEMETRY:
        monkeypatch.setenv(name, before)
    quiet_libraries()
    assert {name: os.environ[name] for name in TELEMETRY} == TELEMETRY
