"""Requests to the first of several servers that answers (RFC 3263 section 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def located(flows: Sequence[Flow], now: float) -> None:
        if flows:
            send_by(agent, method, flows, build, on_final, now, vias=vias, branch=branch)
        else:
            on_final(Failure.TRANSPORT, now)

    agent.locate(uri, located, now)


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
    by_udp: Flow | None = None

    def attempt(flows: Sequence[Flow], branch: str, now: float) -> None:
        nonlocal by_udp
        flow, others = flows[0], flows[1:]
        data = build(flow, branch, now)
        if data is None:
            return
        if len(data) > LARGEST_OF_UDP and not flow.reliable and flow != by_udp and agent.larger:
            by_udp = flow
            attempt((*(agent.larger(flow) or (flow,)), *others), branch, now)
            return

        def finished(outcome: Outcome, now: float) -> None:
            failed = server_failed(outcome)
            if failed:
                agent.avoid(flow, _seconds(outcome))
            if failed and others:
                attempt(others, agent.new_branch(), now)
            else:
                on_final(outcome, now)

        agent.transactions.send(method, branch, flow, data, finished, now, vias)

    attempt(flows, branch or agent.new_branch(), now)


def server_failed(outcome: Outcome) -> bool:
    """Whether the server is to blame, not the request."""
    return isinstance(outcome, Failure) or outcome.status == 503


def _seconds(outcome: Outcome) -> float:
    """A Retry-After is for the whole server (RFC 3261 section 21.5.4)."""
    asked = None if isinstance(outcome, Failure) else leading_seconds(outcome.header("retry-after"))
    return AVOIDED if asked is None else asked
