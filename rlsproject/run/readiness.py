"""Waiting until the web says that everything behind it answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from django.conf import settings

from rlsproject.run.supervisor import Supervisor

LIMIT = 60.0


def wait_until_ready(supervisor: Supervisor) -> None:
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit and not _ready():
        supervisor.watch()
        time.sleep(0.2)


def _ready() -> bool:
    request = urllib.request.Request(
        f"http://{settings.RLS_HTTP_LISTEN}/readyz", headers={"Host": settings.ALLOWED_HOSTS[0]}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
