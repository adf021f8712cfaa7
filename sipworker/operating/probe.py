"""Requests of our own that show whether a SIP server is there: OPTIONS, and a subscription to a list."""

from __future__ import annotations

import asyncio
import time

from django.conf import settings

from rls.domain.uri import SipUri
from sipworker.endpoint import Endpoint, callers, listeners
from sipworker.engine.options import tls_files
from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow
from sipworker.sip.message import Response
from sipworker.sip.transactions import Outcome
from sipworker.transport.certificates import Tls
from sipworker.transport.lookup import NextHop, Target
from sipworker.transport.resolver import flow_to
from sipworker.watchlist.options import Options
from sipworker.watchlist.report import Report
from sipworker.watchlist.session import Ending, Session, local_host
from sipworker.watchlist.table import ListTable

PATIENCE = 4.0
"""Seconds for an answer to OPTIONS; the request is repeated meanwhile (RFC 3261 section 17.1.2)."""


class _Silent:
    """A display that shows nothing."""

    def say(self, text: str) -> None: ...
    def notified(self, report: Report, table: ListTable, now: float) -> None: ...
    def refresh(self, table: ListTable, now: float) -> None: ...
    def close(self, table: ListTable, now: float) -> None: ...


async def subscribe_once(
    list_uri: str, watcher: str, server: str, password: str
) -> tuple[Ending, int, float]:
    """Subscribe, wait for the states, unsubscribe: how it ended, the resources, seconds."""
    username = SipUri.parse(watcher).user or ""
    options = Options(
        list_uri,
        watcher,
        server,
        username=username,
        password=password,
        once=True,
        expires=60,
        authorities=settings.RLS_TLS_CA,
    )
    began = time.monotonic()
    session = Session(options, _Silent())
    ending = await session.run()
    return ending, len(session.table.rows), time.monotonic() - began


async def options_ping(uri: str, hop: NextHop, target: Target) -> tuple[int | None, float]:
    """The status of the answer (None: there was none) and how long it took in seconds."""
    local = local_host(target.address)
    began = time.monotonic()
    if not local:
        return None, 0.0
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    everywhere, tls = [*listeners(local), *callers(local)], Tls(tls_files())
    async with Endpoint(everywhere, lambda notification, now: None, tls=tls) as endpoint:
        flow = flow_to(endpoint.transports, hop, target)
        if flow is None:
            return None, 0.0
        _ask(endpoint.agent, flow, uri, answered, endpoint.now)
        try:
            status = await asyncio.wait_for(answered, PATIENCE)
        except TimeoutError:
            status = 0
    return status or None, time.monotonic() - began


def _ask(agent: UserAgent, flow: Flow, uri: str, answered: asyncio.Future[int], now: float) -> None:
    branch = agent.new_branch()
    lines = (
        f"OPTIONS {uri} SIP/2.0",
        f"Via: {agent.via(flow, branch)}",
        "Max-Forwards: 70",
        f"From: <{agent.contact(flow)}>;tag={agent.new_token()}",
        f"To: <{uri}>",
        f"Call-ID: {agent.new_call_id()}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    )

    def finished(outcome: Outcome, now: float) -> None:
        if not answered.done():
            answered.set_result(outcome.status if isinstance(outcome, Response) else 0)

    agent.transactions.send("OPTIONS", branch, flow, "\r\n".join((*lines, "\r\n")).encode(), finished, now)
