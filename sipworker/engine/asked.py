"""A SUBSCRIBE that asks for a new subscription."""

from __future__ import annotations

from functools import cached_property

from rls.domain.profile import Profile
from sipworker.engine.bodies import Body, body_of
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Claim
from sipworker.sip.incoming_subscription import IncomingSubscription


class Asked:
    """`claim` says by whom, `profile` by what kind of phone; `event` is the package that this one means."""

    def __init__(
        self, sip: IncomingSubscription, claim: Claim, profile: Profile, options: WorkerOptions
    ) -> None:
        self.sip = sip
        self.claim = claim
        self.profile = profile
        self.request = sip.request
        self.event = profile.package(sip.event)
        self._options = options

    @property
    def list_uri(self) -> str:
        return self.profile.list_uri(self.request.uri, self.request.to.uri)

    @cached_property
    def body(self) -> Body:
        """Decoded once, and only if somebody wants to know."""
        return body_of(self.request, self._options)
