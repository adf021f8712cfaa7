"""Everything that a list server consists of, each part of it a process that a fault can hit."""

from __future__ import annotations

import signal
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.lists import DOMAIN, document, service_uri, watchers
from rlsproject.embedded import Places, Postgres, Valkey
from rlsproject.embedded.server import ServerFailed
from tests.live.rig.database import PROJECT, Database, Databases
from tests.live.rig.list_server import ListServer
from tests.live.rig.ports import free_port
from tests.live.rig.processes import Process
from tests.live.rig.waiting import eventually

CLOCK = Path(__file__).parent / "clock.c"
LISTS, ENTRIES = 30, 10
"""Lists that are stored, with resources of their own."""
CLEAN_PERIOD = 5


class Plant:
    """PostgreSQL (durable: commits must survive its death), broker, and a list server on both.

    `project`: the folder of the version that runs at first.
    """

    def __init__(self, folder: Path, lists: int = LISTS, *, project: Path = PROJECT, **settings: str) -> None:
        self.lists = lists
        places = Places(folder / "var")
        self.postgres = Postgres(places)
        self.broker = Valkey(places)
        self.postgres.start()
        self.broker.start()
        self.presence = f"127.0.0.1:{free_port()}"
        self.broker_url = places.broker_url
        self._databases = Databases(places.database_url, project)
        self.database = self._databases.create()
        self._store_lists()
        self._clock = folder / "clock"
        self.set_clock(0)
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", folder / "clock.so", CLOCK], check=True)
        self.server = ListServer(
            self.database,
            self.broker_url,
            folder,
            RLS_PRESENCE_SERVER=f"sip:{self.presence}",
            RLS_CLEAN_PERIOD=str(CLEAN_PERIOD),
            LD_PRELOAD=str(folder / "clock.so"),
            CLOCK_OFFSET=str(self._clock),
            **settings,
        )
        for process in self.processes.values():
            process.project = project

    def _store_lists(self) -> None:
        self.database.store_lists(
            (f"{user}@{DOMAIN}", document(number, ENTRIES), [service_uri(number)])
            for number, user in watchers(self.lists)
        )

    @property
    def processes(self) -> dict[str, Process]:
        server = self.server
        return {"worker": server.worker, "celery": server.celery, "beat": server.beat, "web": server.web}

    def start(self) -> None:
        self.server.start()

    def another_database(self, *, migrated: bool) -> Database:
        return self._databases.create(migrated=migrated)

    def restart(self, project: Path) -> None:
        """Part after part, with the version in the folder `project`."""
        for name, process in self.processes.items():
            process.project = project
            assert process.stop(signal.SIGTERM) == 0, name
            self.revive(name)

    # -- faults of processes

    def kill(self, *names: str) -> None:
        """SIGKILL, all of them before the first is missed."""
        for name in names:
            self.processes[name].ask_to_stop(signal.SIGKILL)
        for name in names:
            self.processes[name].stop(signal.SIGKILL)

    def revive(self, *names: str) -> None:
        """As a supervisor does."""
        for name in names:
            self.processes[name].start()
        if "worker" in names:
            self.server.worker_ready()

    def set_clock(self, seconds: int) -> None:
        """Wall clock of the list server's processes, against the real one."""
        with self._clock.open("r+b" if self._clock.exists() else "wb") as file:
            file.write(struct.pack("q", seconds))

    # -- faults of servers

    def kill_postgres(self) -> None:
        self._kill(self.postgres)
        self.database.close()

    def revive_postgres(self) -> None:
        """Its orphans may hold the shared memory for a moment."""
        eventually(lambda: _starts(self.postgres.start), "start of PostgreSQL")

    def kill_broker(self) -> None:
        self._kill(self.broker)

    @staticmethod
    def _kill(server: Postgres | Valkey) -> None:
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.process = None

    def stop(self) -> None:
        self.server.stop()
        self.broker.stop()
        self.postgres.stop()
        if self.postgres.foreign:
            self.postgres.foreign.remove()


def _starts(start: Callable[[], None]) -> bool:
    try:
        start()
    except ServerFailed:
        return False
    return True
