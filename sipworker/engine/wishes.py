"""What a SUBSCRIBE in the dialog asks for, from its commit on."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain.filters import FilterSet
from sipworker.engine.bodies import Body
from sipworker.engine.filtering import filters_after
from sipworker.engine.list_subscription import ListSubscription
from sipworker.sip.grammar import Params
from sipworker.sip.headers import accepts_coding, event_params
from sipworker.sip.message import Request


class Wishes(NamedTuple):
    """`params` are those of Event; `dormant`: nothing is to be told (RFC 5839 section 6.4)."""

    accept: tuple[str, ...]
    params: Params
    filters: FilterSet
    deflate: bool
    dormant: bool


def wishes_of(request: Request, body: Body, watcher: ListSubscription) -> Wishes:
    """Raises InvalidFilter."""
    return Wishes(
        accept=tuple(request.values("accept")),
        params=event_params(request.header("event") or ""),
        filters=filters_after(body, watcher.event, watcher.filters),
        deflate=accepts_coding(request.rows("accept-encoding"), "deflate"),
        dormant=request.header("suppress-if-match") == "*",
    )
