"""`make run`: everything starts, heals and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from rls import demo
from rlsproject.embedded import Places, Postgres
from tests.live.rig.ports import free_port

PROJECT = Path(__file__).resolve().parent.parent.parent
LIMIT = 90.0


class Run:
    """A running supervisor with its own folder and ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder / "output"
        self.environment = {
            **{name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")},
            "RLS_VAR": str(folder / "var"),
            "RLS_HTTP_LISTEN": f"127.0.0.1:{self.port}",
            "RLS_SIP_LISTEN": f"udp:127.0.0.1:{free_port()}",
        }
        self.postgres = Postgres(Places(folder / "var"))
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "rlsproject.run"],
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self, text: str) -> bool:
        return text in self.output.read_text()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None, self.output.read_text()
            time.sleep(0.1)

    def database_made(self) -> float:
        return (self.postgres.data / "PG_VERSION").stat().st_mtime

    def children(self) -> dict[int, str]:
        listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True)
        rows = (line.split(None, 2) for line in listing.stdout.splitlines()[1:])
        return {int(pid): args for pid, parent, args in rows if int(parent) == self.process.pid}


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        error.close()
        return False


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("run"))
    try:
        run.wait_until(lambda: run.said("Ctrl-C stops it"))
        yield run
    finally:
        run.process.send_signal(signal.SIGINT)
        run.process.wait(LIMIT)


def test_everything_behind_the_web_is_ready(run: Run) -> None:
    run.wait_until(lambda: answers(f"http://127.0.0.1:{run.port}/readyz"))


def test_watcher_of_the_demo_list_sees_the_states_of_its_contacts(run: Run) -> None:
    watchlist = subprocess.run(
        [sys.executable, "manage.py", "watchlist", demo.ALICE_LIST, "--as", demo.address("alice"), "--once"],
        cwd=PROJECT,
        env=run.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    for contact in ("bob", "claire"):
        (row,) = [line for line in watchlist.stdout.splitlines() if demo.address(contact) in line]
        assert "open" in row or "closed" in row


def test_second_supervisor_is_refused(run: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "rlsproject.run"],
        cwd=PROJECT,
        env=run.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "runs already" in second.stderr
    assert "Traceback" not in second.stderr


def test_killed_process_is_reported_and_started_again(run: Run) -> None:
    (beat,) = [pid for pid, args in run.children().items() if args.endswith("beat")]
    os.kill(beat, signal.SIGKILL)
    run.wait_until(lambda: run.said("beat ended by signal 9"))
    run.wait_until(lambda: any(args.endswith("beat") for args in run.children().values()))


def test_ctrl_c_leaves_nothing_behind_and_a_new_start_finds_all_as_it_was(run: Run) -> None:
    """Nothing is made again, nor recovered as after a crash: a new start is quick."""
    before, made = run.children(), run.database_made()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(LIMIT) == 0
    assert run.said("Stopped.")
    assert not [pid for pid in before if Path(f"/proc/{pid}").exists()]
    run.process = run.start()
    run.wait_until(lambda: run.said("Ctrl-C stops it"))
    assert run.database_made() == made
    assert "not properly shut down" not in run.postgres.log.read_text()
