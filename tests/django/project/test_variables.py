"""Reading settings from environment variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from rlsproject.environment import SETTINGS
from rlsproject.variables import Kind, Setting, Value, load_env_file, read


def value(kind: Kind, text: str, default: str = "") -> Value:
    setting = Setting("NAME", kind, default, "s", "What it is for.")
    return read([setting], {"NAME": text})["NAME"]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.TEXT, " x ", "x"),
        (Kind.WHOLE, "7200", 7200),
        (Kind.NUMBER, "0.2", 0.2),
        (Kind.FLAG, "Yes", True),
        (Kind.FLAG, "0", False),
        (Kind.LIST, "udp:[::1]:5060, tcp:127.0.0.1:5060,", ["udp:[::1]:5060", "tcp:127.0.0.1:5060"]),
        (Kind.LIST, "", []),
    ],
)
def test_text_is_read_by_its_kind(kind: Kind, text: str, expected: Value) -> None:
    assert value(kind, text) == expected


def test_empty_variable_has_its_default() -> None:
    assert value(Kind.WHOLE, "", default="100") == 100


@pytest.mark.parametrize(("kind", "text"), [(Kind.WHOLE, "1.5"), (Kind.NUMBER, "five"), (Kind.FLAG, "flase")])
def test_unreadable_text_is_refused_in_words(kind: Kind, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"NAME='{text}' has to be a {kind.value} \(s\)"):
        value(kind, text)


def test_every_default_can_be_read() -> None:
    assert set(read(SETTINGS, {})) == {setting.name for setting in SETTINGS}


def test_no_setting_is_described_twice() -> None:
    names = [setting.name for setting in SETTINGS]
    assert sorted(names) == sorted(set(names))


def test_environment_wins_over_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("TEST_ONE=file\nTEST_TWO=file\n")
    monkeypatch.setenv("RLS_ENV_FILE", "file")
    monkeypatch.setenv("TEST_ONE", "environment")
    monkeypatch.setenv("TEST_TWO", "")
    monkeypatch.delenv("TEST_TWO")
    load_env_file(tmp_path)
    assert (os.environ["TEST_ONE"], os.environ["TEST_TWO"]) == ("environment", "file")
