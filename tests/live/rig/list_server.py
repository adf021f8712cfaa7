"""A list server under test: a database of its own, and the processes that a test wants."""

from __future__ import annotations

import os
import signal
import sys
import urllib.request
from pathlib import Path

from rlsproject.environment import SETTINGS
from rlsproject.run.commands import BEAT, CELERY_WORKER
from tests.live.rig.database import PASSWORD, Database
from tests.live.rig.message import Address
from tests.live.rig.ports import free_port
from tests.live.rig.processes import START_LIMIT, Process
from tests.live.rig.waiting import LIMIT, eventually
from tests.live.rig.xcap import XcapClient

WEEKS = "6000000"
SLICES = next(int(setting.default) for setting in SETTINGS if setting.name == "RLS_SLICES")
KINDS = ("udp", "tcp", "tls", "ws", "wss")


def ready(worker: Process) -> None:
    """Waits until a SIP worker serves."""
    worker.wait_until(lambda: '"ready"' in worker.output() or "ready " in worker.output())


class ListServer:
    """`settings` are environment variables. Everything listens on free loopback ports.

    First answers are waited for as long as a test waits: slow ones are told together, too.
    """

    def __init__(self, database: Database, broker_url: str, folder: Path, **settings: str) -> None:
        port, http_port, tls_port, ws_port, wss_port = (free_port() for _ in range(5))
        self.database = database
        self.sip: Address = ("127.0.0.1", port)
        self.sip6: Address = ("::1", port)
        self.ports = {"udp": port, "tcp": port, "tls": tls_port, "ws": ws_port, "wss": wss_port}
        self.http = f"http://127.0.0.1:{http_port}"
        kinds = KINDS if "RLS_TLS_CERTIFICATES" in settings else ("udp", "tcp")
        listen = (f"{kind}:{host}:{self.ports[kind]}" for kind in kinds for host in ("127.0.0.1", "[::1]"))
        self.environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "BROKER_URL": broker_url,
            "RLS_SIP_LISTEN": ",".join(listen),
            "RLS_HTTP_LISTEN": f"127.0.0.1:{http_port}",
            "RLS_VAR": str(folder),
            "RLS_XCAP_TIMEOUT": str(LIMIT),
            "RLS_SETTLE_TIME": str(LIMIT),
            **settings,
        }

        def process(name: str, *command: str) -> Process:
            return Process((sys.executable, *command), self.environment, folder / f"{name}.log")

        self.worker = process("worker", "manage.py", "runsipworker")
        self.celery = process("celery", *CELERY_WORKER[1:])
        self.beat = process("beat", *BEAT[1:])
        self.web = process(
            "web", "-m", "gunicorn", "--config", "python:rlsproject.gunicorn", "rlsproject.wsgi"
        )

    def sip_by(self, kind: str) -> Address:
        """Where a transport is listened for: `tls`, or `tls6` for IPv6."""
        return ("::1" if kind.endswith("6") else "127.0.0.1"), self.ports[kind.removesuffix("6")]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.sip[1]}"

    def start(self) -> None:
        """All processes, side by side."""
        for process in (self.web, self.celery, self.beat, self.worker):
            process.start()
        self.worker_ready()
        self.web.wait_until(self.web_answers)
        eventually(lambda: self.ticked_by() == "celery", "tick by Celery", START_LIMIT)

    def start_worker(self, **settings: str) -> None:
        self.worker.start(**settings)
        self.worker_ready()

    def start_tickless_worker(self) -> None:
        """It tells only what waits for no tick, once it has made the tick that was missing at its start."""
        self.start_worker(RLS_WAITN_TIME=WEEKS)
        served = "select 1 from rls_tick where slots >= %s"
        eventually(lambda: self.database.rows(served, SLICES), "tick of all slices")

    def worker_ready(self) -> None:
        ready(self.worker)

    def kill_worker(self) -> None:
        assert self.worker.stop(signal.SIGKILL) == -signal.SIGKILL

    def stop(self) -> None:
        processes = (self.beat, self.celery, self.web, self.worker)
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.stop()
        self.database.close()

    def ticked_by(self) -> str:
        return next((row["by"] for row in self.database.rows("select by from rls_tick")), "")

    def web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.http}/healthz") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def xcap(self, user: str) -> XcapClient:
        """A client of a user who has an account from now on."""
        known = "select 1 from rls_subscribers where username || '@' || domain = %s"
        if not self.database.rows(known, user):
            self.database.add_subscriber(user)
        return XcapClient(self.http, user, PASSWORD)
