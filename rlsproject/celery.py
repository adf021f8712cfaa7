"""The Celery application and its beat.

The tick is the only thing that is in a hurry, so it has its own queue. Nothing is stored:
no results, and no schedule file (intervals this short need no memory of the last run).
"""

from __future__ import annotations

import os
import sys

from celery import Celery, signals
from django.conf import settings
from django.db import close_old_connections
from kombu import Queue

from rls.domain.slots import TICK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rlsproject.settings")

REFRESH_WATCHERS = {"task": "xcap.tasks.refresh_watchers", "schedule": 1.0, "options": {"expires": 1.0}}

app = Celery("rlsproject")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """A receiver is all Celery needs to leave logging to the settings."""


@signals.worker_ready.connect
@signals.worker_process_init.connect
def attend_tasks(**kwargs: object) -> None:
    """In the worker, and in the processes of its pool if it has some."""
    _attend("celery")


@signals.beat_init.connect
def attend_beat(**kwargs: object) -> None:
    _attend("beat")


def _attend(process: str) -> None:
    from rls.attendant import attend  # it needs the models

    attend(process)


@signals.task_prerun.connect
def leave_old_connections(**kwargs: object) -> None:
    """As Django does before a request: those that are lost or older than CONN_MAX_AGE."""
    close_old_connections()


def configuration(broker_url: str, clean_period: float, *, refreshing: bool = False) -> dict[str, object]:
    """`refreshing`: OpenSIPS has to be told of documents."""
    return {
        "broker_url": broker_url,
        "broker_connection_retry_on_startup": True,
        "task_ignore_result": True,
        "task_acks_late": False,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        # Else every task has a connection made anew, which costs more than a second's ticks.
        "CELERY_DB_REUSE_MAX": sys.maxsize,
        "task_queues": [Queue("rls.tick"), Queue("rls.housekeeping")],
        "task_default_queue": "rls.housekeeping",
        "task_routes": {"rls.tasks.tick": {"queue": "rls.tick"}},
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_max_loop_interval": TICK,
        "beat_schedule": {
            # A tick that waited in the queue is worthless: the next one does its work.
            "tick": {
                "task": "rls.tasks.tick",
                "schedule": TICK,
                "options": {"expires": TICK},
            },
            "clean_up": {
                "task": "rls.tasks.clean_up",
                "schedule": clean_period,
                "options": {"expires": clean_period},
            },
            **({"refresh_watchers": REFRESH_WATCHERS} if refreshing else {}),
        },
    }


app.conf.update(
    configuration(
        settings.BROKER_URL,
        settings.RLS_CLEAN_PERIOD,
        refreshing=bool(settings.RLS_OPENSIPS_MI),
    )
)
