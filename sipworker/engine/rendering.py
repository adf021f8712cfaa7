"""The bytes of a NOTIFY, made from memory at the moment of sending."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.packages import package
from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.engine.marks import Choice, choose
from sipworker.engine.nested_views import NestedViews, Piece

REQUIRE = "Require: eventlist\r\n"
"""In every NOTIFY of a list subscription, the last one too (RFC 4662 section 4.1)."""
LARGEST_DATAGRAM = 60_000
"""Octets of a body that still fits into one UDP datagram with its headers."""
UNBOUNDED = sys.maxsize
PART_OVERHEAD = 300
"""Octets of a part's headers, its delimiter and its instance element, at the most."""


class Limits(NamedTuple):
    """`bodies` in one NOTIFY at most, 0 for any number; from so many octets on a body is deflated
    for watchers that accept it, 0 for never.
    """

    bodies: int = 0
    deflate_from: int = 0


NO_LIMITS = Limits()


class Notify(NamedTuple):
    """`left_over`: rows whose states did not fit; a partial NOTIFY has to follow with them.

    `shown`: back ends with another body to be told after this one. `choice`: what it tells, None for nothing.
    """

    state: str
    headers: str
    body: bytes
    full: bool
    left_over: set[int]
    shown: list[BackEnd]
    choice: Choice | None


def render(
    watcher: ListSubscription, row: OutboxRow, host: str, now: float, limits: Limits = NO_LIMITS
) -> Notify:
    """Full state, or what marks.choose() takes of the resources whose rows are named."""
    profile = watcher.profile
    full = row.kind == "F" or watcher.force_full
    choice = choose(watcher, row, full=full)
    seed = f"{watcher.label}.{row.version}"
    pieces = _pieces(choice)
    if watcher.members is not None:
        nested = NestedViews(watcher.resources, choice.wanted, row.version, host, seed, profile)
        pieces = nested.of(watcher.members)
    limit = None if watcher.sip.flow.reliable else LARGEST_DATAGRAM
    if limit or limits.bodies:
        views, left_over = _fitting(pieces, full, limit or UNBOUNDED, limits.bodies or UNBOUNDED)
    else:
        views, left_over = [piece.view for piece in pieces], set()
    content_type, body = compose(
        watcher.list_uri, row.version, full, watcher.names, views, host, seed, profile
    )
    state = watcher.sip.subscription_state(now, row.reason)
    if watcher.dormant and not row.reason:
        return Notify(state, f"{REQUIRE}SIP-ETag: {watcher.entity_tag}\r\n", b"", full, set(), [], None)
    if watcher.pace is not None and not row.reason:
        state += watcher.pace.rates.params()
    shown = [] if package(watcher.event).full_state else _untold(choice.back_ends, left_over)
    headers = f"{REQUIRE}SIP-ETag: {watcher.entity_tag}\r\nContent-Type: {content_type}\r\n"
    if watcher.deflate and 0 < limits.deflate_from <= len(body):
        headers, body = f"{headers}Content-Encoding: deflate\r\n", zlib.compress(body)
    return Notify(state, headers, body, full, left_over, shown, choice)


def _pieces(choice: Choice) -> Iterable[BackEnd | Piece]:
    if not choice.earlier:
        return choice.back_ends
    return [_as_before(each, choice.earlier.get(each.row_id)) for each in choice.back_ends]


def _as_before(back_end: BackEnd, instance: InstanceView | None) -> BackEnd | Piece:
    if instance is None:
        return back_end
    return Piece(ResourceView(back_end.view.uri, back_end.view.names, (instance,)), back_end.row_id)


def _untold(back_ends: Iterable[BackEnd], left_over: set[int]) -> list[BackEnd]:
    fitting = (each for each in back_ends if each.row_id not in left_over)
    return [
        each
        for back_end in fitting
        for each in back_end.family
        if each.untold and each.shown is each.instance
    ]


def _fitting(
    pieces: Iterable[BackEnd | Piece], full: bool, limit: int, bodies: int
) -> tuple[list[ResourceView], set[int]]:
    """The views that fit into `limit` octets with `bodies` at most, and the rows of the others.

    Full state names every resource; those that do not fit are named without an instance,
    which says that their state is not known yet (RFC 4662 section 4.5). So is, for good, one
    whose body no datagram can hold: sending it would end the subscription by Timer F.
    """
    views: list[ResourceView] = []
    left_over: set[int] = set()
    room = limit
    for piece in pieces:
        view = piece.view
        size, has_body = len(view.opening), False
        for instance in view.instances:
            size += PART_OVERHEAD + len(instance.body)
            has_body = has_body or bool(instance.body)
        if size <= room and bodies >= has_body:
            room -= size
            bodies -= has_body
            views.append(view)
            continue
        too_big = size > limit
        if not too_big:
            left_over.add(piece.row_id)
        if full or too_big:
            room -= len(view.opening)
            views.append(ResourceView(view.uri, view.names))
    return views, left_over


def render_fetch(watcher: ListSubscription, host: str, now: float) -> Notify:
    """The only NOTIFY of a fetch (RFC 6665 section 4.4.3)."""
    return render(watcher, OutboxRow(0, 0, watcher.id, 1, 0, "F", "timeout", []), host, now)
