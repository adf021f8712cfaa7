"""The processes that make up a server, in the order of their start."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rlsproject.run.process import Process

CELERY = (sys.executable, "-m", "celery", "--app", "rlsproject")


def processes(project: Path, logs: Path, demo: Sequence[str] | None) -> Iterator[Process]:
    """`demo` are the arguments of rundemo; None leaves it out."""
    manage = (sys.executable, str(project / "manage.py"))
    gunicorn = (sys.executable, "-m", "gunicorn", "--config", "python:rlsproject.gunicorn")
    yield Process("web", (*gunicorn, "rlsproject.wsgi"), logs)
    yield Process("sipworker", (*manage, "runsipworker"), logs)
    yield Process("celery", (*CELERY, "worker", "--pool", "threads", "--concurrency", "2"), logs)
    yield Process("beat", (*CELERY, "beat"), logs)
    if demo is not None:
        yield Process("demo", (*manage, "rundemo", *demo), logs)
