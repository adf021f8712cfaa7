"""From nothing to a running server: checks, servers, migrations, demo data, processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TypeVar

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from rls.domain.listener import Listener, parse_address
from rlsproject.embedded import Places, Postgres, Server, ServerFailed, Valkey
from rlsproject.run.banner import banner
from rlsproject.run.commands import processes
from rlsproject.run.demo import arguments_of_demo
from rlsproject.run.lock import lock
from rlsproject.run.ports import obstacles
from rlsproject.run.readiness import wait_until_ready
from rlsproject.run.supervisor import Supervisor

Result = TypeVar("Result")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rlsproject.settings")
    try:
        django.setup()
        call_command("check", tags=["rls"], stdout=StringIO())
        places = Places(settings.RLS_VAR)
        places.create()
        with _only_one(places), Supervisor(say) as supervisor:
            _run(places, supervisor)
    except (ImproperlyConfigured, CommandError, ServerFailed, PermissionError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        say("Stopped.")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def _only_one(places: Places) -> TextIOWrapper:
    held = lock(places.folder / "run.lock")
    if held is None:
        raise CommandError(
            f"The server runs already ({places.folder} is in use). Stop that one with Ctrl-C first."
        )
    return held


def _run(places: Places, supervisor: Supervisor) -> None:
    _require_free_ports()
    for server in _embedded_servers(places):
        _step(f"{server.name}", lambda server=server: supervisor.start_server(server))  # type: ignore[misc]
    _step("Database tables", lambda: call_command("migrate", verbosity=0))
    demo = arguments_of_demo() if _step("Demo data", _seed) else None
    _step("Static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
    for process in processes(Path(settings.BASE_DIR), places.logs, demo):
        supervisor.start_process(process)
    _step("Web, SIP worker, Celery", lambda: wait_until_ready(supervisor))
    say(banner())
    supervisor.watch_for_ever()


def _step(name: str, work: Callable[[], Result]) -> Result:
    say(f"  {name} …")
    return work()


def _require_free_ports() -> None:
    http = Listener("tcp", *parse_address(settings.RLS_HTTP_LISTEN))
    sip = [("RLS_SIP_LISTEN", Listener.parse(text)) for text in settings.RLS_SIP_LISTEN]
    if problems := obstacles([("RLS_HTTP_LISTEN", http), *sip]):
        raise CommandError("\n".join(problems))


def _embedded_servers(places: Places) -> list[Server]:
    """Those whose URL nobody set."""
    servers: list[Server] = []
    if settings.DATABASES["default"]["OPTIONS"].get("host") == str(places.sockets):
        servers.append(Postgres(places))
    if places.broker_url == settings.BROKER_URL:
        servers.append(Valkey(places))
    return servers


def _seed() -> bool:
    """Whether the demo is there."""
    try:
        call_command("seeddemo")
    except CommandError as error:
        say(f"  No demo data: {error}")
        return False
    return True
