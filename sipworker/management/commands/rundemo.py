from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from rls import demo
from rls.domain.listener import InvalidListener, parse_address
from sipworker.demo.run import Demo
from sipworker.management.teaching import TeachingCommand
from sipworker.sip.flow import Address
from sipworker.watchlist.options import BadOption, Options, own_server, server_uri

EXPIRES = 600


class Command(TeachingCommand):
    help = f"""\
Fill the demo with life until it is stopped (Ctrl-C, SIGTERM). `make run` starts it.

A presence agent answers SUBSCRIBEs (events presence and dialog) to any sip:*@{demo.DOMAIN};
its contacts come and go, rest, eat and telephone, in the same way for the same --seed.
Phones of the demo's users subscribe to the demo's lists and answer the NOTIFYs.
When RLS_PRESENCE_SERVER is set by you, `make run` leaves the presence agent out: the list
server asks your presence server then, and the demo only runs the phones."""
    examples = f"""\
examples:
  Phones only, at the first address of RLS_SIP_LISTEN:
    manage.py rundemo
  With the presence agent; the SIP worker has to know it, RLS_PRESENCE_SERVER=sip:127.0.0.1:5070:
    manage.py rundemo --presence 127.0.0.1:5070
  Ten times as fast, another course of events:
    manage.py rundemo --presence 127.0.0.1:5070 --rate 10 --seed 7
  A presence server to try any list server with, no phones:
    manage.py rundemo --presence 127.0.0.1:5070 --no-phones

what to look at meanwhile:
    manage.py watchlist {demo.ALICE_LIST} --as {demo.address("alice")}
    manage.py watchlist {demo.BLF_LIST} --as {demo.address("tom")} --event dialog"""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--presence", metavar="ADDRESS:PORT", help="run the presence agent there (UDP and TCP)")
        add("--server", help="where the phones subscribe; default: RLS_SIP_LISTEN")
        add("--no-phones", action="store_true", help="run the presence agent only")
        add("--seed", type=int, default=0, help="another number, another course of events; default 0")
        add("--rate", type=float, default=1.0, help="how many times as fast as usual; default 1")
        add("--for", dest="seconds", type=float, metavar="SECONDS", help="stop by itself after that time")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["rate"] <= 0:
            raise CommandError("--rate has to be more than 0")
        presence = _address(given["presence"])
        phones = [] if given["no_phones"] else _phones(given["server"])
        self._announce(presence, phones)
        running = Demo(presence, phones, demo.DOMAIN, demo.CONTACTS, given["seed"], given["rate"])
        try:
            asyncio.run(_run(running, given["seconds"]))
        except OSError as error:
            raise CommandError(
                f"{error}. Is another demo or presence server running there? Choose another --presence."
            ) from error

    def _announce(self, presence: Address | None, phones: list[Options]) -> None:
        if presence is not None:
            self.stdout.write(
                f"Presence agent at {presence[0]}:{presence[1]}, {len(demo.CONTACTS)} contacts."
            )
        elif servers := ",".join(settings.RLS_PRESENCE_SERVER):
            self.stdout.write(f"States come from RLS_PRESENCE_SERVER={servers}.")
        else:
            self.stdout.write("No presence agent (--presence starts one).")
        for phone in phones:
            self.stdout.write(f"Phone of {phone.watcher}: {phone.list_uri} ({phone.event})")


def _address(text: str | None) -> Address | None:
    try:
        return None if text is None else parse_address(text)
    except InvalidListener as error:
        raise CommandError(f"--presence {error}") from error


def _phones(server: str | None) -> list[Options]:
    try:
        uri = server_uri(server, None) if server else own_server(settings.RLS_SIP_LISTEN, None)
    except BadOption as error:
        raise CommandError(str(error)) from error
    return [
        Options(
            list_uri=list_uri,
            watcher=demo.address(user),
            server=uri,
            event=event,
            expires=EXPIRES,
            username=user,
            password=demo.PASSWORD,
        )
        for user, list_uri, event in demo.PHONES
    ]


async def _run(running: Demo, seconds: float | None) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    await running.run(stop)
