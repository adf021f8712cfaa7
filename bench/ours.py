"""Our server in a folder of its own: durable PostgreSQL, broker, SIP workers, Celery and beat."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench.cluster import Cluster
from bench.generator import PRESENCE_PORT, SIP_PORT, WEB_PORT, RunFailed
from bench.lists import DOMAIN, RLS_SERVICES, document, service_uri, watchers
from rlsproject.embedded import Valkey
from rlsproject.run.commands import BEAT, CELERY_WORKER

PROJECT = Path(__file__).resolve().parent.parent
EMPTY = """
truncate xcap, xcap_service_uris, rls_watchers, rls_presentity, rls_outbox, rls_changes, rls_subscribers
 restart identity cascade
"""
LEFT = "select (select count(*) from rls_outbox), (select count(*) from rls_changes)"
START_LIMIT = 60.0


class Ours:
    """`workers`: how many SIP workers; the n-th listens on SIP_PORT + n."""

    token = ""
    """Of an operator, for the REST API, when the web has been started."""

    def __init__(self, folder: Path, *, workers: int = 1, web: bool = False) -> None:
        self.name = "ours" if workers == 1 else f"ours-{workers}"
        self.sip = ",".join(f"127.0.0.1:{SIP_PORT + number}" for number in range(workers))
        self._folder = folder
        self._cluster = Cluster(folder)
        self._broker = Valkey(self._cluster.places)
        self._workers = workers
        self._web = web
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            **os.environ,
            "DATABASE_URL": self._cluster.places.database_url,
            "BROKER_URL": self._cluster.places.broker_url,
            "RLS_VAR": str(folder),
            "RLS_ENV_FILE": "",
            "SECRET_KEY": "only measured",
            "RLS_XCAP_AUTH": "none",
            "RLS_HTTP_LISTEN": f"127.0.0.1:{WEB_PORT}",
            "RLS_API_RATE": "0",
            "DJANGO_SUPERUSER_USERNAME": "operator",
            "DJANGO_SUPERUSER_PASSWORD": "only measured",
            "DJANGO_SUPERUSER_EMAIL": "",
        }

    def prepare(self) -> None:
        self._cluster.start()
        self._broker.start()
        self.manage("migrate", "--verbosity", "0")
        if self._web:
            self.manage("createsuperuser", "--noinput", "--verbosity", "0")
        self.hook = self._cluster.count_statements("rls")

    def manage(self, *arguments: str) -> str:
        """What it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self._environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    # -- one run

    def start(self, lists: int, entries: int) -> None:
        """Fresh tables with these lists, fresh processes. Raises RunFailed."""
        self._seed(lists, entries)
        self.start_processes()

    def _seed(self, lists: int, entries: int) -> None:
        with psycopg.connect(self._cluster.dsn("rls")) as connection, connection.cursor() as cursor:
            cursor.execute(EMPTY)
            copy = "copy xcap (username, domain, doc, doc_type, etag, source, doc_uri, port) from stdin"
            with cursor.copy(copy) as rows:
                for number, user in watchers(lists):
                    doc = document(number, entries).encode()
                    rows.write_row((user, DOMAIN, doc, RLS_SERVICES, f"e{number}", 0, "index", 0))
            cursor.execute("select username, id from xcap")
            documents: dict[str, int] = dict(cursor.fetchall())
            with cursor.copy("copy xcap_service_uris (uri, document_id) from stdin") as rows:
                for number, user in watchers(lists):
                    rows.write_row((service_uri(number), documents[user]))
            with cursor.copy(
                "copy rls_subscribers (username, domain, ha1_md5, ha1_sha256) from stdin"
            ) as rows:
                for _, user in watchers(lists):
                    rows.write_row((user, DOMAIN, "", ""))
        with psycopg.connect(self._cluster.dsn("rls"), autocommit=True) as connection:
            connection.execute("vacuum analyze")
            connection.execute("select pg_stat_statements_reset()")

    def start_processes(self) -> None:
        for number in range(self._workers):
            self.start_worker(number)
        self._start("celery", *CELERY_WORKER)
        self._start("beat", *BEAT, "--schedule", str(self._folder / "beat.db"))
        if self._web:
            self.token = self.manage("createtoken", "--operator", "operator")
            self._start("web", sys.executable, "-m", "gunicorn", "--config", "python:rlsproject.gunicorn",
                        "rlsproject.wsgi")  # fmt: skip
        time.sleep(5)  # until the first ticks are over and the machine is quiet

    def start_worker(self, number: int) -> None:
        settings = {
            "RLS_WORKER": str(number + 1),
            "RLS_SIP_LISTEN": f"udp:127.0.0.1:{SIP_PORT + number}",
            "RLS_PRESENCE_SERVER": f"sip:127.0.0.1:{PRESENCE_PORT}",
        }
        command = (sys.executable, "manage.py", "runsipworker")
        self._start(worker_name(number), *command, until=" ready", **settings)

    def _start(self, name: str, *command: str, until: str = "", **settings: str) -> None:
        path = self._folder / f"{name}.log"
        with path.open("wb") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=PROJECT, env={**self._environment, **settings}, stdout=log, stderr=log
            )
        end = time.monotonic() + START_LIMIT
        while until not in path.read_text(errors="replace"):
            if self._running[name].poll() is not None or time.monotonic() > end:
                raise RunFailed(f"{name} did not start:\n{path.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def groups(self) -> dict[str, int]:
        """Process ids by what they are called in the tables."""
        pids = {name: process.pid for name, process in self._running.items()}
        assert self._broker.process is not None
        return {**pids, "database": self._cluster.pid, "broker": self._broker.process.pid}

    def kill(self, name: str) -> None:
        """As a crash: without a chance to say good-bye."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(30)
        self._running.clear()

    def close(self) -> None:
        self.stop()
        self._broker.stop()
        self._cluster.stop()

    def left(self) -> dict[str, int]:
        """Rows that should be gone when every change has been told."""
        with psycopg.connect(self._cluster.dsn("rls")) as connection:
            [(outbox, changes)] = connection.execute(LEFT).fetchall()
        return {"outbox": outbox, "changes": changes}


def worker_name(number: int) -> str:
    """The first is called as that of the peers."""
    return f"worker{number + 1}" if number else "worker"
