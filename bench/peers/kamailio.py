"""Kamailio as a list server, in its durable mode (PostgreSQL) and in its memory mode (MariaDB)."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.generator import PRESENCE_PORT, SIP_PORT, RunFailed
from bench.lists import DOMAIN, RLS_SERVICES, kamailio_document, watchers
from bench.peers.database import Database

TABLES = ("xcap", "rls_presentity", "rls_watchers", "pua", "presentity", "active_watchers", "watchers")
ROOT = "/xcap-root/rls-services/users/sip:{user}@{domain}/index"


class Kamailio:
    """`memory`: rls db_mode 0, which keeps nothing; else db_mode 2, every change in the database."""

    template = Path(__file__).parent / "kamailio.cfg"

    def __init__(self, folder: Path, database: Database, *, memory: bool) -> None:
        self.name = "kamailio-memory" if memory else "kamailio-durable"
        self.sip = f"127.0.0.1:{SIP_PORT}"
        self._folder = folder
        self._database = database
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self.hook = ""

    def prepare(self) -> None:
        """Raises RunFailed if something has to be installed first."""
        if shutil.which("kamailio") is None:
            raise RunFailed("Kamailio is not installed; docs/how-to/measure.md says how to get it")
        self._database.start()
        self.hook = self._database.count_statements()

    def start(self, lists: int, entries: int) -> None:
        self._database.fill(TABLES, "xcap", self._rows(lists, entries))
        self._launch()

    def _launch(self) -> None:
        self._folder.mkdir(exist_ok=True)
        config = self._folder / "kamailio.cfg"
        config.write_text(self._config())
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["kamailio", "-f", config, "-m", "4096", "-M", "64", "-DD", "-E", "-w", self._folder,
                 "-Y", self._folder],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        time.sleep(5)
        if self._process.poll() is not None:
            raise RunFailed(f"Kamailio did not start:\n{(self._folder / 'log').read_text()[-2000:]}")

    @staticmethod
    def _rows(lists: int, entries: int) -> Iterator[dict[str, object]]:
        for number, user in watchers(lists):
            yield {
                "username": user, "domain": DOMAIN, "doc": kamailio_document(number, entries),
                "doc_type": RLS_SERVICES, "etag": f"e{number}", "source": 0,
                "doc_uri": ROOT.format(user=user, domain=DOMAIN), "port": 0,
            }  # fmt: skip

    def _config(self) -> str:
        values = {
            "DBMOD": self._database.module, "DB": self._database.url, "DEBUG": 0, "CHILDREN": 4,
            "PORT": SIP_PORT, "RUN": self._folder, "PRES_SUBS_MODE": 1, "PUA_DB_MODE": 0,
            "PUA_UPDATE": 100, "RLS_DB_MODE": 0 if self._memory else 2, "PRESPORT": PRESENCE_PORT,
            "WAITN": 1, "POLLRATE": 10, "NOTIFIERS": 1, "MAXBODY": 0,
        }  # fmt: skip
        text = self.template.read_text()
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def groups(self) -> dict[str, int]:
        assert self._process is not None
        return {"worker": self._process.pid, "database": self._database.pid}

    def left(self) -> dict[str, int]:
        return {}

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            children = subprocess.run(
                ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
            )
            subprocess.run(["kill", "-KILL", *children.stdout.split(), str(process.pid)], check=False)
            process.wait()

    def close(self) -> None:
        self.stop()
        self._database.stop()
