"""The processes that make up a server, in the order of their start."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rlsproject.run.process import Process

CELERY = (sys.executable, "-m", "celery", "--app", "rlsproject")
# Celery's workers have nothing to tell each other: what is to be done is in the database.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
CELERY_WORKER = (*CELERY, "worker", "--pool", "threads", "--concurrency", "2", *ALONE)
BEAT = (*CELERY, "beat")


def processes(project: Path, logs: Path, demo: Sequence[str] | None) -> Iterator[Process]:
    """`demo` are the arguments of rundemo; None leaves it out."""
    manage = (sys.executable, str(project / "manage.py"))
    gunicorn = (sys.executable, "-m", "gunicorn", "--config", "python:rlsproject.gunicorn")
    yield Process("web", (*gunicorn, "rlsproject.wsgi"), logs)
    yield Process("sipworker", (*manage, "runsipworker"), logs)
    yield Process("celery", CELERY_WORKER, logs)
    yield Process("beat", BEAT, logs)
    if demo is not None:
        yield Process("demo", (*manage, "rundemo", *demo), logs)
