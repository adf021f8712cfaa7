"""Several notifiers that answer one SUBSCRIBE (RFC 6665 section 4.1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipworker.sip.message import Request

if TYPE_CHECKING:
    from sipworker.sip.subscription import Subscription

MAX_FORKS = 10
"""Dialogs that one SUBSCRIBE may make; more are refused."""


class Family:
    """The subscriptions that came of one SUBSCRIBE, by remote tag; new ones until Timer N."""

    __slots__ = ("grows_until", "members")

    def __init__(self) -> None:
        self.members: dict[str, Subscription] = {}
        self.grows_until = 0.0

    def other_of(self, asked: Subscription, request: Request, now: float) -> Subscription | None:
        """Another than the one that was asked, if the NOTIFY is for it."""
        tag, own = request.from_tag or "", asked.dialog.remote_tag
        if not own or tag == own:
            return None
        known = self.members.get(tag)
        if known is None and now < self.grows_until and len(self.members) < MAX_FORKS:
            known = asked.fork(now)
        return known

    def left_by(self, member: Subscription) -> Subscription | None:
        """Who of those that stay takes its place."""
        self.members.pop(member.dialog.remote_tag, None)
        return next(iter(self.members.values()), None)
