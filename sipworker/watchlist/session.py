"""One subscription to a list, from the SUBSCRIBE to the final NOTIFY."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from rls.domain.uri import SipUri
from sipworker.endpoint import Endpoint, Trace, callers, listeners
from sipworker.sip import notifications as told
from sipworker.sip.agent import Located
from sipworker.sip.flow import Address
from sipworker.sip.keyring import Keyring
from sipworker.sip.subscription import Subscription
from sipworker.sip.transactions import Failure
from sipworker.transport.certificates import Tls, TlsFiles
from sipworker.transport.lookup import NextHop, Target
from sipworker.transport.resolver import flow_to, targets_of
from sipworker.watchlist import advice
from sipworker.watchlist.displays import Display
from sipworker.watchlist.options import Options
from sipworker.watchlist.report import needs_refresh, take
from sipworker.watchlist.table import ListTable

ONCE_PATIENCE = 5.0
"""Seconds that --once waits for the states of all resources after the first NOTIFY."""
FAREWELL = 5.0
"""Seconds that leaving waits for the final NOTIFY."""
NUDGE = 4.0
"""Seconds of silence until the user is told that we still wait."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How it went: `ok`, a sentence (or nothing to say), the SIP code of a refusal."""

    ok: bool
    text: str = ""
    code: int = 0


class Session:
    """`await run()`; leave() unsubscribes, a second leave() does not wait for the final NOTIFY.

    Raises InvalidCertificate.
    """

    def __init__(self, options: Options, display: Display, trace: Trace | None = None) -> None:
        self._options = options
        self._display = display
        self._trace = trace
        self._tls = Tls(TlsFiles(authorities=options.authorities))
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[Ending] = self._loop.create_future()
        self._accepted = self._leaving = self._patient = False
        self.table = ListTable()

    async def run(self) -> Ending:
        try:
            return await self._run()
        finally:
            self._display.close(self.table, self._loop.time())

    async def _run(self) -> Ending:
        hop, targets = await targets_of(self._options.server, self._options.dns)
        local = local_host(targets[0].address) if targets else None
        if local is None:
            return Ending(False, advice.unreachable(self._options), Failure.TRANSPORT.status)
        async with Endpoint(
            [*listeners(local), *callers(local)],
            self._observe,
            contact_user=SipUri.parse(self._options.watcher).user or "watchlist",
            extensions=("eventlist",),
            trace=self._trace,
            tls=self._tls,
            dns=self._options.dns,
        ) as self._endpoint:
            self._endpoint.agent.locate = partial(self._locate, hop, targets)
            self._subscribe()
            return await self._until_done()

    # -- the request

    def _subscribe(self) -> None:
        options = self._options
        headers = f"Max-Forwards: 70\r\nSupported: eventlist\r\nAccept: {options.accept}\r\n"
        self._subscription = Subscription(
            self._endpoint.agent,
            request_uri=options.list_uri,
            from_header=f"<{options.watcher}>",
            event=options.event,
            headers=f"{headers}User-Agent: watchlist\r\n",
            expires=options.expires,
            keys=Keyring.of_one(options.credentials) if options.credentials else None,
        )
        self._display.say(f"Subscribing to {options.list_uri} at {options.server} …")
        self._subscription.subscribe(self._endpoint.now)

    def _locate(self, hop: NextHop, targets: list[Target], uri: str, done: Located, now: float) -> None:
        """The first hop is the server we were given; in the dialog its Contact or Record-Route counts."""
        if self._subscription.dialog.remote_tag:
            self._endpoint.resolver.locate(uri, done, now)
        else:
            flows = (flow_to(self._endpoint.transports, hop, target) for target in targets)
            done([flow for flow in flows if flow is not None], now)

    async def _until_done(self) -> Ending:
        if self._options.seconds is not None:
            self._loop.call_later(self._options.seconds, self.leave)
        self._loop.call_later(NUDGE, self._nudge)
        while not self._done.done():
            await asyncio.wait([self._done], timeout=1.0)
            if self.table.version is not None:
                self._display.refresh(self.table, self._loop.time())
        return self._done.result()

    def _nudge(self) -> None:
        if self._subscription.state == "sent" and not self._done.done():
            self._display.say(f"No answer from {self._options.server} yet; trying for 32 s …")

    # -- the end

    def leave(self) -> None:
        if self._leaving or self._subscription.state in ("null", "sent", "terminated"):
            self._finish(Ending(True))
            return
        self._leaving = True
        self._display.say("Unsubscribing …")
        self._loop.call_later(FAREWELL, self._finish, Ending(True, "No final NOTIFY came."))
        self._subscription.end(self._endpoint.now)

    def _finish(self, ending: Ending) -> None:
        if not self._done.done():
            self._done.set_result(ending)

    # -- what happens

    def _observe(self, notification: told.Notification, now: float) -> None:
        handlers: dict[type, Callable[[Any, float], None]] = {
            told.SIPSubscriptionDidStart: self._did_start,
            told.SIPSubscriptionGotNotify: self._got_notify,
            told.SIPSubscriptionDidFail: self._did_fail,
            told.SIPSubscriptionDidEnd: self._did_end,
        }
        if handler := handlers.get(type(notification)):
            handler(notification, now)

    def _did_start(self, notification: told.SIPSubscriptionDidStart, now: float) -> None:
        self._accepted = True
        self._display.say(f"Accepted for {notification.expires} s; waiting for the first NOTIFY …")

    def _got_notify(self, notification: told.SIPSubscriptionGotNotify, now: float) -> None:
        notification.notify.accept(now)
        self._accepted = True
        # --once prints what was so before we left; many servers take the states back at the end.
        table = replace(self.table) if self._options.once and self._leaving else self.table
        report = take(notification.notify, table, self._options.list_uri, now)
        self._display.notified(report, table, now)
        if needs_refresh(report) and not self._leaving:
            notification.sender.refresh(now)
        if self._options.once:
            self._enough()

    def _enough(self) -> None:
        """Does --once have what it waits for?"""
        if self.table.complete:
            self._leave_unless_leaving()
        elif not self._patient:
            self._patient = True
            self._loop.call_later(ONCE_PATIENCE, self._leave_unless_leaving)

    def _leave_unless_leaving(self) -> None:
        if not self._leaving:
            self.leave()

    def _did_fail(self, failure: told.SIPSubscriptionDidFail, now: float) -> None:
        options = self._options
        answered = failure.reason not in ("No answer", "No NOTIFY")
        if answered:
            text = advice.refusal(failure.code, failure.reason, options)
        elif failure.code == Failure.TRANSPORT.status:
            text = advice.unreachable(options)
        else:
            # Timer N starts with the SUBSCRIBE, so that it may fire before Timer F does.
            text = advice.no_notify(options) if self._accepted else advice.silence(options)
        self._finish(Ending(False, text, failure.code))

    def _did_end(self, end: told.SIPSubscriptionDidEnd, now: float) -> None:
        expected = self._leaving or not self._options.expires
        reason = end.state.reason if end.state else None
        self._finish(Ending(True) if expected else Ending(False, advice.ended_by_server(reason)))


def local_host(remote: Address) -> str | None:
    """Our address as the server sees it; None if there is no way to it. Nothing is sent."""
    family = socket.AF_INET6 if ":" in remote[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(remote)
        except OSError:
            return None
        return str(probe.getsockname()[0])
