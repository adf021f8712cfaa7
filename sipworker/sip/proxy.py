"""A stateful proxy for non-INVITE requests that stays out of the dialog (RFC 3261 section 16).

It adds no Record-Route, so later requests of the dialog go past it.
"""

from __future__ import annotations

from collections.abc import Callable

from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow
from sipworker.sip.grammar import MalformedMessage, split_commas
from sipworker.sip.headers import NameAddr
from sipworker.sip.message import Request, Response
from sipworker.sip.sending import send_request
from sipworker.sip.transactions import Outcome, ServerTransaction

NamesUs = Callable[[str], bool]


def _nobody(uri: str) -> bool:
    return False


def forward(
    agent: UserAgent,
    transaction: ServerTransaction,
    next_hop_uri: str,
    now: float,
    *,
    names_us: NamesUs = _nobody,
    follows_routes: bool = True,
) -> None:
    """Relay the request, and its answer when it comes.

    `names_us` tells whether a Route URI is this server's; such a top Route is taken off
    (16.4). A Route that remains goes before `next_hop_uri`, or is refused: strangers would
    have us send to whom they like.
    """
    try:
        refusal = _refusal(transaction.request)
        request = _copy(transaction.request, names_us)
        next_hop = _next_hop(request, next_hop_uri)
        if request.rows("route") and not follows_routes:
            refusal = 403, "Route not allowed", ()
    except MalformedMessage as error:
        refusal = error.status, error.reason, ()
    if refusal is not None:
        status, reason, headers = refusal
        agent.reply(transaction, status, reason, headers=headers, now=now)
        return

    vias = request.rows("via")

    def build(flow: Flow, branch: str, now: float) -> bytes:
        request.headers["via"] = [agent.via(flow, branch), *vias]
        return request.to_bytes()

    def finished(outcome: Outcome, now: float) -> None:
        _relay(agent, transaction, outcome, now)

    count = 1 + sum(len(split_commas(row)) for row in vias)
    send_request(agent, request.method, next_hop, build, finished, now, vias=count)


def _refusal(request: Request) -> tuple[int, str, tuple[tuple[str, str], ...]] | None:
    """What 16.3 asks to look at and the agent has not; no extension is known here."""
    if int(request.header("max-forwards") or 70) == 0:
        return 483, "Too Many Hops", ()
    unknown = request.values("proxy-require")
    if unknown:
        return 420, "Bad Extension", (("Unsupported", ", ".join(unknown)),)
    return None


def _copy(request: Request, names_us: NamesUs) -> Request:
    """The request to send on but for our Via (16.6). Raises MalformedMessage."""
    headers = dict(request.headers)
    headers["max-forwards"] = [str(int(request.header("max-forwards") or 71) - 1)]
    routes = request.values("route")
    if routes and names_us(NameAddr.parse(routes[0]).uri):
        headers["route"] = routes[1:]
    return Request(request.method, request.uri, headers, request.body)


def _next_hop(request: Request, otherwise: str) -> str:
    routes = request.values("route")
    return NameAddr.parse(routes[0]).uri if routes else otherwise


def _relay(agent: UserAgent, transaction: ServerTransaction, outcome: Outcome, now: float) -> None:
    """Send the answer back (16.7).

    Nobody is told 408: the client has given up by itself (RFC 4320 section 4.2). 503 would
    make it leave this server for the sake of another (16.7 step 6).
    """
    if outcome.status == 408:
        transaction.abandon(now)
    elif outcome.status == 503:
        agent.reply(transaction, 500, "No way to the next server", now=now)
    elif isinstance(outcome, Response):
        transaction.respond(_without_our_via(outcome), now)


def _without_our_via(answer: Response) -> bytes:
    first, *others = answer.rows("via")
    rest = ", ".join(split_commas(first)[1:])
    headers = {**answer.headers, "via": [rest, *others] if rest else others}
    return Response(answer.status, answer.reason, headers, answer.body).to_bytes()
