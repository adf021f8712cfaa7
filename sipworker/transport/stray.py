"""Answers whose connection has gone look for their client (RFC 3261 section 18.2.2, RFC 3263 section 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from sipworker.sip.agent import Locate
from sipworker.sip.flow import DEFAULT_PORTS, Flow
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.parse import parse
from sipworker.sip.transactions import Transmit
from sipworker.transport.streams import CONNECT_TIMEOUT

FORGET_AFTER = CONNECT_TIMEOUT + 1
"""Seconds after which an answer has gone out or can no longer do so."""
Next = Callable[[], None]


class StrayAnswers:
    """First to where the request came from, at the port of its Via; then to where its sent-by leads."""

    def __init__(self, send: Transmit, locate: Locate) -> None:
        self._send = send
        self._locate = locate
        self._under_way: dict[Flow, list[Next]] = {}

    def take(self, flow: Flow, answer: bytes) -> None:
        """The connection of `flow` is no more, and the answer was for it."""
        with suppress(MalformedMessage):
            via = parse(answer, stream=True).via
            port = f":{via.port}" if via.port else ""
            uri = f"sip:{via.host}{port};transport={flow.transport}"
            address = (
                via.params.get("received") or via.host.strip("[]"),
                via.port or DEFAULT_PORTS[flow.transport],
            )
            name = "" if flow.transport == "tcp" else via.host
            self._try(flow.to(address, name), answer, lambda: self._look_up(uri, answer))

    def failed(self, flow: Flow) -> None:
        """Nobody is there: on to the next place."""
        for on in self._under_way.pop(flow, ()):
            on()

    def _try(self, flow: Flow, answer: bytes, otherwise: Next) -> None:
        self._under_way.setdefault(flow, []).append(otherwise)
        asyncio.get_running_loop().call_later(FORGET_AFTER, self._under_way.pop, flow, None)
        self._send(flow, answer)

    def _look_up(self, uri: str, answer: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self._locate(uri, lambda flows, now: self._try_each(flows, answer), now)

    def _try_each(self, flows: Sequence[Flow], answer: bytes) -> None:
        if flows:
            self._try(flows[0], answer, lambda: self._try_each(flows[1:], answer))
