"""Configuration of the web process (`gunicorn --config python:rlsproject.gunicorn`)."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import django
from django.conf import settings
from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from gunicorn.config import Config

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rlsproject.settings")
django.setup()

from rls.attendant import attend  # noqa: E402  (it needs the models)


class ProjectLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Leaves format and place to `rlsproject.logs`, as all processes do."""

    def setup(self, cfg: Config) -> None:
        for logger in (self.error_log, self.access_log):
            logger.handlers = []
            logger.propagate = True
            logger.setLevel(logging.INFO)


bind = [settings.RLS_HTTP_LISTEN]
workers = 1
threads = 8
worker_class = "gthread"
logger_class = ProjectLogger
control_socket_disable = True


def post_worker_init(worker: object) -> None:
    attend("web")


def on_reload(server: object) -> None:
    """SIGHUP: the new processes come from this one, and have its log level."""
    settings.RELOAD_LOG_LEVEL()
