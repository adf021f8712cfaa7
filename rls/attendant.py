"""What a web or Celery process does beside its work: hears of settings that operators change, and writes down
for the admin what went wrong in it. The SIP worker does the same in its own loop."""

from __future__ import annotations

import logging
import time
from threading import Thread

import psycopg
from django.db import DatabaseError, connection

from rls import live
from rls.models import Problem
from rls.problems import Problems
from rls.services import SETTINGS

log = logging.getLogger("rls.attendant")

EVERY = 1.0
"""Seconds between two looks at what went wrong, and between two attempts to connect."""


def attend(process: str) -> None:
    """Start it in this process, of which `process` is the name, such as web."""
    problems = Problems(process=process)
    logging.getLogger().addHandler(problems)
    Thread(target=_run, args=(problems,), name="attendant", daemon=True).start()


def _run(problems: Problems) -> None:
    reachable = True
    while True:
        try:
            connection.ensure_connection()
            _listen(connection.connection, problems)
        except (DatabaseError, psycopg.Error) as error:
            if reachable:
                log.error("settings of the admin not heard of", extra={"error": str(error).strip()})
            reachable = False
            connection.close()
            time.sleep(EVERY)


def _listen(raw: psycopg.Connection[object], problems: Problems) -> None:
    """Raises DatabaseError, psycopg.Error when the connection is lost."""
    raw.execute(f"listen {SETTINGS}".encode())
    while True:
        live.renew()
        heard = False
        while not heard:
            heard = bool(list(raw.notifies(timeout=EVERY, stop_after=1)))
            if found := problems.take():
                Problem.objects.bulk_create(found)
