"""Where the demo's presence agent listens under `make run`."""

from __future__ import annotations

import os
import socket

import pytest
from pytest_django import Settings

from rlsproject.run import demo


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RLS_PRESENCE_SERVER", "")


def test_processes_find_the_demo_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind((demo.HOST, 0))
        monkeypatch.setattr(demo, "PORT", probe.getsockname()[1])
    address = f"127.0.0.1:{demo.PORT}"
    assert demo.arguments_of_demo() == ["--presence", address]
    assert os.environ["RLS_PRESENCE_SERVER"] == f"sip:{address}"


def test_another_port_is_taken_if_the_usual_one_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((demo.HOST, 0))
        taken = other.getsockname()[1]
        monkeypatch.setattr(demo, "PORT", taken)
        _, address = demo.arguments_of_demo()
    assert address != f"127.0.0.1:{taken}"
    assert os.environ["RLS_PRESENCE_SERVER"] == f"sip:{address}"


def test_presence_server_of_the_operator_stays(settings: Settings) -> None:
    settings.RLS_PRESENCE_SERVER = ["sip:presence.example.test"]
    assert demo.arguments_of_demo() == []
    assert os.environ["RLS_PRESENCE_SERVER"] == ""
