"""Waiting until the web says that everything behind it answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from django.conf import settings

from rlsproject.run.supervisor import Supervisor

LIMIT = 60.0


def wait_until_ready(supervisor: Supervisor) -> None:
    """Says what is missing if it takes longer than a minute, and goes on."""
    limit = time.monotonic() + LIMIT
    while problem := _problem():
        if time.monotonic() > limit:
            supervisor.say(f"  Not everything is ready: {problem}")
            return
        supervisor.watch()
        time.sleep(0.2)


def _problem() -> str:
    """What /readyz complains about; empty if nothing."""
    url = f"http://{settings.RLS_HTTP_LISTEN}/readyz"
    request = urllib.request.Request(url, headers={"Host": settings.ALLOWED_HOSTS[0]})
    try:
        with urllib.request.urlopen(request, timeout=2):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except OSError as error:
        return str(error)
