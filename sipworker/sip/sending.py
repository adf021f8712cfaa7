"""Requests to the first of several servers that answers (RFC 3263 section 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sipworker.sip.flow import Flow
from sipworker.sip.grammar import leading_seconds
from sipworker.sip.transactions import Failure, OnFinal, Outcome

if TYPE_CHECKING:
    from sipworker.sip.agent import UserAgent

Build = Callable[[Flow, str, float], bytes | None]
"""build(flow, branch, now): the request as it goes there; None if nobody wants it any more."""
AVOIDED = 30.0
"""Seconds for which a server that failed comes after all others."""
LARGEST_OF_UDP = 1300
"""Octets of a request that may go by UDP while nobody knows the path's MTU (RFC 3261 section 18.1.1)."""


def send_request(
    agent: UserAgent,
    method: str,
    uri: str,
    build: Build,
    on_final: OnFinal,
    now: float,
    *,
    vias: int = 1,
    branch: str = "",
) -> None:
    """`on_final` gets what the first server says that does not fail, or how the last one failed.

    `branch` is that of the first try; each other has a new one.
    """
    agent.locate(uri, _Tries(agent, method, build, on_final, vias, branch).by, now)


def send_by(
    agent: UserAgent,
    method: str,
    flows: Sequence[Flow],
    build: Build,
    on_final: OnFinal,
    now: float,
    *,
    vias: int = 1,
    branch: str = "",
) -> None:
    """The same for flows that are known."""
    _Tries(agent, method, build, on_final, vias, branch).by(flows, now)


class _Tries:
    """One request on its way through the servers. Closures that know each other would be garbage in a
    circle, ten for each list that is subscribed to."""

    __slots__ = ("_agent", "_branch", "_build", "_by_udp", "_method", "_on_final", "_vias")

    def __init__(
        self, agent: UserAgent, method: str, build: Build, on_final: OnFinal, vias: int, branch: str
    ) -> None:
        self._agent = agent
        self._method = method
        self._build = build
        self._on_final = on_final
        self._vias = vias
        self._branch = branch
        self._by_udp: Flow | None = None

    def by(self, flows: Sequence[Flow], now: float) -> None:
        if flows:
            self._attempt(flows, self._branch or self._agent.new_branch(), now)
        else:
            self._on_final(Failure.TRANSPORT, now)

    def _attempt(self, flows: Sequence[Flow], branch: str, now: float) -> None:
        agent, flow = self._agent, flows[0]
        data = self._build(flow, branch, now)
        if data is None:
            return
        if len(data) > LARGEST_OF_UDP and not flow.reliable and flow != self._by_udp and agent.larger:
            self._by_udp = flow
            self._attempt((*(agent.larger(flow) or (flow,)), *flows[1:]), branch, now)
            return
        finished = partial(self._finished, flows)
        agent.transactions.send(self._method, branch, flow, data, finished, now, self._vias)

    def _finished(self, flows: Sequence[Flow], outcome: Outcome, now: float) -> None:
        """What came of the first of the flows."""
        failed = server_failed(outcome)
        if failed:
            self._agent.avoid(flows[0], _seconds(outcome))
        if failed and len(flows) > 1:
            self._attempt(flows[1:], self._agent.new_branch(), now)
        else:
            self._on_final(outcome, now)


def server_failed(outcome: Outcome) -> bool:
    """Whether the server is to blame, not the request."""
    return isinstance(outcome, Failure) or outcome.status == 503


def _seconds(outcome: Outcome) -> float:
    """A Retry-After is for the whole server (RFC 3261 section 21.5.4)."""
    asked = None if isinstance(outcome, Failure) else leading_seconds(outcome.header("retry-after"))
    return AVOIDED if asked is None else asked
