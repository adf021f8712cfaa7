from __future__ import annotations

import asyncio
import getpass
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from rich.console import Console

from rls.domain.listener import TRANSPORTS, InvalidListener
from sipworker.management.teaching import TeachingCommand
from sipworker.transport.certificates import InvalidCertificate
from sipworker.watchlist.displays import Display, JsonDisplay, LinesDisplay, LiveDisplay, RawTrace
from sipworker.watchlist.options import BadOption, Options, own_server, server_uri, sip_uri
from sipworker.watchlist.session import Ending, Session

PIPE_WIDTH = 150


class Command(TeachingCommand):
    help = """\
Subscribe to a list like a phone and show it live: each resource with its name, state, note,
how long it has been so, and the version of the NOTIFY that told it (full or partial).
Works against any resource list server (RFC 4662). Ctrl-C unsubscribes."""
    examples = """\
examples:
  Alice's list at the server of this project's settings:
    manage.py watchlist sip:alice-list@example.test --as sip:alice@example.test
  The same over TCP, every message as it was sent and received:
    manage.py watchlist sip:alice-list@example.test --as sip:alice@example.test --transport tcp --raw
  Over TLS, as who does not know the certificate's maker yet:
    manage.py watchlist sip:alice-list@example.test --as sip:alice@example.test \\
      --server rls.example.test --transport tls --ca /etc/ssl/our-ca.pem
  Who is on the phone (dialog-info instead of presence):
    manage.py watchlist sip:blf@example.test --as sip:tom@example.test --event dialog
  Another server, which asks for a password:
    RLS_PASSWORD=secret manage.py watchlist sip:friends@example.com --as sip:me@example.com \\
      --server proxy.example.com
  For scripts: the list once; a minute of changes as JSON:
    manage.py watchlist sip:alice-list@example.test --as sip:alice@example.test --once
    manage.py watchlist sip:alice-list@example.test --as sip:alice@example.test --for 60 --json

The exit code is 0 after an orderly end and 1 after a refusal, which is explained."""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("list", help="SIP URI of the list (or of a single contact)")
        add("--as", dest="watcher", required=True, metavar="URI", help="who subscribes: SIP URI for From")
        add(
            "--server",
            metavar="SERVER",
            help="HOST, HOST:PORT or SIP URI to send to; default: the first of RLS_SIP_LISTEN",
        )
        add("--transport", choices=TRANSPORTS, help="default: that of the server's URI, else udp")
        add("--ca", metavar="FILE", help="PEM file of whom to trust (tls, wss); default: RLS_TLS_CA")
        add("--event", default="presence", help="event package, presence or dialog for instance")
        add(
            "--expires",
            type=int,
            default=3600,
            metavar="SECONDS",
            help="how long to ask for; 0 fetches once (many servers then tell the list without states)",
        )
        add("--username", help="for Digest; default: the user part of --as")
        add("--password", help="for Digest; default: RLS_PASSWORD of the environment, else you are asked")
        add(
            "--once",
            action="store_true",
            help="end when every state is known, or 5 s after the first NOTIFY, and print the list",
        )
        add("--for", dest="seconds", type=float, metavar="SECONDS", help="end by itself after that time")
        add("--raw", action="store_true", help="print every message as sent and received")
        add(
            "--json", action="store_true", help="print one JSON object per NOTIFY (--raw then goes to stderr)"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        options = self._options(given)
        ending = self._watch(options, given)
        if ending.code in (401, 407) and not options.password and sys.stdin.isatty():
            password = getpass.getpass(f"Password of {options.username}: ")
            ending = self._watch(replace(options, password=password), given)
        if not ending.ok:
            raise CommandError(ending.text)
        if ending.text:
            self.stderr.write(ending.text)

    def _options(self, given: dict[str, Any]) -> Options:
        try:
            watcher = sip_uri(given["watcher"], "--as")
            return Options(
                list_uri=str(sip_uri(given["list"], "the list")),
                watcher=str(watcher),
                server=_server(given["server"], given["transport"]),
                event=given["event"],
                expires=given["expires"],
                username=given["username"] or watcher.user or "",
                password=given["password"] or os.environ.get("RLS_PASSWORD", ""),
                once=given["once"],
                seconds=given["seconds"],
                authorities=given["ca"] or settings.RLS_TLS_CA,
                dns=tuple(settings.RLS_DNS_SERVERS),
            )
        except (BadOption, InvalidListener) as error:
            raise CommandError(str(error)) from error

    def _watch(self, options: Options, given: dict[str, Any]) -> Ending:
        trace = RawTrace(_console(sys.stderr if given["json"] else sys.stdout)) if given["raw"] else None
        display = _display(given)

        async def watch() -> Ending:
            try:
                session = Session(options, display, trace)
            except InvalidCertificate as error:
                raise CommandError(f"--ca {error}") from error
            return await _until_signal(session.leave, session.run())

        return asyncio.run(watch())


def _server(named: str | None, transport: str | None) -> str:
    if named:
        return server_uri(named, transport)
    return own_server(settings.RLS_SIP_LISTEN, transport)


def _console(file: Any) -> Console:
    return Console(file=file, width=None if file.isatty() else PIPE_WIDTH)


def _display(given: dict[str, Any]) -> Display:
    console = _console(sys.stdout)
    if given["json"]:
        return JsonDisplay(console)
    if console.is_terminal and not given["raw"] and not given["once"]:
        return LiveDisplay(console)
    return LinesDisplay(console, only_end=given["once"] and not given["raw"])


async def _until_signal(leave: Callable[[], None], running: Coroutine[Any, Any, Ending]) -> Ending:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    return await running
