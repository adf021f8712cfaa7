"""`rls doctor`: everything that has to work, tried in order, with advice for what does not."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.management.base import CommandParser

from rls.domain.listener import Listener
from rls.domain.uri import with_scheme
from rls.overview import overview
from sipworker.check import CHECKS
from sipworker.operating.command import Options, Part, Result
from sipworker.operating.probe import options_ping, subscribe_once
from sipworker.operating.status import faults_of
from sipworker.transport.resolver import targets_of
from sipworker.watchlist.options import own_server, server_uri
from xcap.foreign.roots import Roots
from xcap.models import ServiceUri

PATIENCE = 3.0
"""Seconds for an HTTP answer."""
UNENCRYPTED = ("udp", "tcp", "ws")
SLOW = 1.0
"""Seconds from which an answer that came is called slow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is empty if all is well; then `said` tells what was found."""

    part: str
    said: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        return not self.advice


Findings = Iterator[Finding]


def _run(options: Options) -> Result:
    found = [finding for examine in EXAMINATIONS for finding in examine(options)]
    lines = (f"{'ok' if each.ok else 'FAILED':6}  {each.part}: {each.said}{_advice(each)}" for each in found)
    data = [{**asdict(each), "ok": each.ok} for each in found]
    return Result(data, "\n".join(lines), ok=all(each.ok for each in found))


def _advice(finding: Finding) -> str:
    return f"\n        {finding.advice}" if finding.advice else ""


def _parts(options: Options) -> Findings:
    """What `runsipworker --check` looks at, but for the sockets, which are in use."""
    for name, examine in CHECKS.items():
        if name == "sockets":
            continue
        faults = list(examine())
        yield from (Finding(name, "not well", fault) for fault in faults)
        if not faults:
            yield Finding(name, "well")


def _processes(options: Options) -> Findings:
    faults = faults_of(overview())
    yield from (Finding("processes", "not well", fault) for fault in faults)
    if not faults:
        yield Finding("processes", "SIP workers and ticks live")


def _web(options: Options) -> Findings:
    address = f"http://{settings.RLS_HTTP_LISTEN}/healthz"
    yield _reached("web (XCAP, admin)", address, "is gunicorn running, and RLS_HTTP_LISTEN right?")


def _foreign_xcap(options: Options) -> Findings:
    for root in Roots.parse(settings.RLS_XCAP_ROOT).all:
        yield _reached("XCAP server", root.url, "is RLS_XCAP_ROOT right, and reachable from here?")


def _reached(part: str, url: str, question: str) -> Finding:
    """Any answer is one: what it says is not the point."""
    began = time.monotonic()
    try:
        urllib.request.urlopen(url, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError) as error:
        return Finding(part, f"{url} does not answer ({error})", question)
    took = time.monotonic() - began
    return Finding(part, f"{url} answers" + (f", slowly: {took:.1f} s" if took > SLOW else ""))


def _presence(options: Options) -> Findings:
    if not settings.RLS_PRESENCE_SERVER:
        yield Finding("presence server", "none is set: back ends are found by the domain of each URI")
    for server in settings.RLS_PRESENCE_SERVER:
        yield from _presence_server(with_scheme(server))


def _presence_server(uri: str) -> Findings:
    """DNS, then an OPTIONS: any answer says that a SIP server is there."""
    hop, targets = asyncio.run(targets_of(uri, settings.RLS_DNS_SERVERS))
    if not targets:
        yield Finding("DNS", f"{hop.host} has no address", "Mend RLS_PRESENCE_SERVER, or the name server.")
        return
    for target in targets:
        yield Finding("DNS", f"{hop.host} is {target.address[0]}, port {target.address[1]}")
    status, took = asyncio.run(options_ping(uri, hop, targets[0]))
    if status is None:
        advice = "Is it running? Does a firewall drop SIP between it and us? Is the transport right?"
        yield Finding("presence server", f"{uri} does not answer OPTIONS within {took:.0f} s", advice)
    else:
        yield Finding("presence server", f"{uri} answers ({status}) after {took * 1000:.0f} ms")


def _subscribe(options: Options) -> Findings:
    """Through everything: SIP in, look-up, database, NOTIFY out."""
    list_uri, watcher = options["list"], options["watcher"]
    if not list_uri:
        service = ServiceUri.objects.select_related("document").order_by("pk").first()
        if service is None:
            advice = "Make one in the admin, or name one with --list and --as."
            yield Finding("test SUBSCRIBE", "there is no list to subscribe to", advice)
            return
        list_uri, watcher = service.uri, f"sip:{service.document.username}@{service.document.domain}"
    server = server_uri(options["server"], None) if options["server"] else _own_server()
    ending, resources, took = asyncio.run(
        subscribe_once(list_uri, watcher or list_uri, server, options["password"] or "")
    )
    said = f"{list_uri} as {watcher}"
    if ending.ok:
        yield Finding("test SUBSCRIBE", f"{said}: {resources} resources after {took * 1000:.0f} ms")
    else:
        yield Finding("test SUBSCRIBE", f"{said}: failed", ending.text)


def _own_server() -> str:
    """Without TLS if that is possible: a certificate names the host, and the listener an address."""
    plain = [text for text in settings.RLS_SIP_LISTEN if Listener.parse(text).transport in UNENCRYPTED]
    return own_server(plain or settings.RLS_SIP_LISTEN, None)


EXAMINATIONS: tuple[Callable[[Options], Findings], ...] = (
    _parts,
    _processes,
    _web,
    _foreign_xcap,
    _presence,
    _subscribe,
)


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--list", default="", metavar="URI", help="list to subscribe to (default: the oldest one)"
    )
    parser.add_argument(
        "--as", dest="watcher", default="", metavar="URI", help="who subscribes (default: its owner)"
    )
    parser.add_argument(
        "--server",
        default="",
        metavar="URI",
        help="where to subscribe, such as 'sip:rls.example.com;transport=tls' (default: RLS_SIP_LISTEN)",
    )
    parser.add_argument("--password", metavar="TEXT", help="of the watcher, with RLS_SIP_AUTH=digest")


PART = Part(
    "doctor",
    "Try everything that has to work, down to a test SUBSCRIBE, and say what to do about what does not.",
    ("doctor", "doctor --list sip:team@example.com --as sip:alice@example.com", "doctor --json"),
    _run,
    _add_arguments,
)
