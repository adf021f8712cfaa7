"""Processes under supervision: restarted when they die, all stopped at the end."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rls.domain.listener import Listener
from rlsproject.run.lock import lock
from rlsproject.run.ports import obstacles
from rlsproject.run.process import Process
from rlsproject.run.supervisor import Supervisor
from tests.live.rig.waiting import eventually

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = [signal.getsignal(number) for number in numbers]
    with Supervisor(said.append) as supervisor:
        yield supervisor
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)


def python(name: str, program: str, logs: Path) -> Process:
    return Process(name, [sys.executable, "-c", program], logs)


def watched(supervisor: Supervisor, sign: Callable[[], object]) -> Callable[[], object]:
    def look() -> object:
        supervisor.watch()
        return sign()

    return look


def test_death_is_told_with_the_log_and_followed_by_a_restart(
    supervisor: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlsproject.run.process.FIRST_PAUSE", 0.01)
    process = python("beat", "print('the reason'); raise SystemExit(3)", tmp_path)
    supervisor.start_process(process)
    eventually(watched(supervisor, lambda: said), "report")
    assert "beat ended with code 3" in said[0]
    assert "the reason" in said[0]
    eventually(watched(supervisor, lambda: process.pid), "restart")


def test_pause_before_restart_grows(tmp_path: Path) -> None:
    process = python("beat", "raise SystemExit(1)", tmp_path)
    pauses = []
    for _ in range(7):
        process.start()
        eventually(lambda: process._running and process._running.poll() is not None, "end")
        report = process.watch()
        assert report
        pauses.append(int(report.rsplit("in ", 1)[1].removesuffix(" s.")))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_killed_process_is_told_with_its_signal(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    process = python("web", "import time; time.sleep(60)", tmp_path)
    supervisor.start_process(process)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    eventually(watched(supervisor, lambda: said), "report")
    assert "web ended by signal 9" in said[0]


def test_leaving_stops_everything_also_what_ignores_a_request(
    tmp_path: Path,
) -> None:
    process = python("deaf", DEAF, tmp_path)
    process.start()
    eventually(lambda: "up" in process.log.read_text(), "start")
    pid = process.pid
    assert pid
    process.ask_to_stop()
    process.wait(time.monotonic() + 0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_port_in_use_is_explained() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        listener = Listener("udp", "127.0.0.1", other.getsockname()[1])
        (sentence,) = obstacles([("RLS_SIP_LISTEN", listener)])
    assert f"{listener} cannot be opened: another program uses it" in sentence
    assert "RLS_SIP_LISTEN=" in sentence


def test_foreign_address_is_explained() -> None:
    (sentence,) = obstacles([("RLS_HTTP_LISTEN", Listener("tcp", "192.0.2.1", 8000))])
    assert "does not have the address" in sentence


def test_free_port_is_no_obstacle() -> None:
    assert obstacles([("RLS_SIP_LISTEN", Listener("tcp", "127.0.0.1", 0))]) == []


def test_second_supervisor_finds_the_folder_taken(tmp_path: Path) -> None:
    first = lock(tmp_path / "run.lock")
    assert first
    assert lock(tmp_path / "run.lock") is None
    first.close()
    second = lock(tmp_path / "run.lock")
    assert second
    second.close()
