"""Which of the presence servers is used: the first that answers OPTIONS (RFC 3261 section 11)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sipworker.sip.agent import UserAgent
from sipworker.sip.dialog import Dialog
from sipworker.sip.flow import Flow
from sipworker.sip.sending import send_request, server_failed
from sipworker.sip.transactions import Outcome

log = logging.getLogger("rls.presence_servers")


class PresenceServers:
    """`uris` in the order of preference. `failed(uri, now)` is called for one that has gone down.

    Asked every `interval` seconds; who has not answered by the next time is down until it does. One
    server alone is not asked: there is no choice.
    """

    def __init__(self, agent: UserAgent, uris: Sequence[str], interval: float) -> None:
        self._agent = agent
        self._uris = uris
        self._interval = interval
        self._down: set[str] = set()
        self._unanswered: set[str] = set()
        self.best = uris[0] if uris else ""
        """The URI of the server to use, "" if none is configured; the first if all are down."""
        self.failed: Callable[[str, float], None] = lambda uri, now: None

    def up(self) -> list[str]:
        return [uri for uri in self._uris if uri not in self._down]

    def watch(self, now: float) -> None:
        """Ask now, and again and again."""
        if len(self._uris) < 2 or not self._interval:
            return
        for uri in self._uris:
            if uri in self._unanswered:
                self._set(uri, up=False, now=now)
            else:
                self._ask(uri, now)
        self._agent.wheel.schedule(now + self._interval, self.watch)

    def _ask(self, uri: str, now: float) -> None:
        agent = self._agent
        self._unanswered.add(uri)
        call_id, tag = agent.new_call_id(), agent.new_token()

        def build(flow: Flow, branch: str, now: float) -> bytes:
            contact = f"<{agent.contact(flow)}>"
            dialog = Dialog(call_id, contact, tag, uri, "", uri)
            headers = f"Max-Forwards: 70\r\nContact: {contact}\r\nAccept: application/sdp\r\n"
            return dialog.serialize("OPTIONS", 1, agent.via(flow, branch), headers)

        def finished(outcome: Outcome, now: float) -> None:
            self._unanswered.discard(uri)
            self._set(uri, up=not server_failed(outcome), now=now)

        send_request(agent, "OPTIONS", uri, build, finished, now)

    def _set(self, uri: str, *, up: bool, now: float) -> None:
        if up == (uri not in self._down):
            return
        log.warning("a presence server is %s", "back" if up else "down", extra={"server": uri})
        if up:
            self._down.discard(uri)
        else:
            self._down.add(uri)
        self.best = next(iter(self.up()), self._uris[0])
        if not up:
            self.failed(uri, now)
