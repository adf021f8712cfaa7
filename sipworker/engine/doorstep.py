"""What a SUBSCRIBE is asked before anybody looks for a list: rows D5, D10, D15, D18 of the decision table."""

from __future__ import annotations

import time
from collections.abc import Collection

from rls.domain.uri import InvalidUri, SipUri
from sipworker.engine.acceptable import hops_of
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Claim, Policy, Rejection
from sipworker.engine.profiles import KnownProfiles
from sipworker.sip.headers import parse_event
from sipworker.sip.message import MalformedMessage, Request
from sipworker.sip.transactions import ServerTransaction

LONGEST_DIALOG = 512
"""Octets of Call-ID and From tag: they are keys of an index."""


class Doorstep:
    """`events` are the packages that are served here, of lists and others."""

    def __init__(
        self, policy: Policy, options: WorkerOptions, profiles: KnownProfiles, events: Collection[str]
    ) -> None:
        self._policy = policy
        self._options = options
        self._profiles = profiles
        self._events = frozenset(events)

    def claim(self, transaction: ServerTransaction) -> Claim | Rejection:
        """Who asks."""
        try:
            return self._policy.claim(transaction.request, transaction.source, time.time())
        except MalformedMessage as error:
            return Rejection(400, error.reason)

    def unproven(self, transaction: ServerTransaction) -> Rejection | None:
        """The answer to who shows no credentials that could hold."""
        claim = self.claim(transaction)
        return claim if isinstance(claim, Rejection) else None

    def misdirected(self, request: Request) -> Rejection | None:
        """It is for another domain, or of a dialog that no table could hold."""
        if len(request.call_id) + len(request.from_tag or "") > LONGEST_DIALOG:
            return Rejection(400, "Call-ID or From tag too long")
        try:
            host = SipUri.parse(request.uri).host.lower()
        except InvalidUri:
            return Rejection(400, "Bad Request-URI")
        if self._options.domains and host not in self._options.domains:
            return Rejection(404)
        return None

    def unfit(self, transaction: ServerTransaction) -> Rejection | None:
        """Nobody here could serve it, whatever it is for.

        Who has a password to show hears about packages when that was found to be right.
        """
        request = transaction.request
        if hops_of(request) == 0:
            return Rejection(483)
        if not self._is_of_unknown_event(request):
            return None
        claim = self.claim(transaction)
        is_proven = isinstance(claim, Claim) and claim.credentials is None
        return Rejection(489) if is_proven else None

    def _is_of_unknown_event(self, request: Request) -> bool:
        events = request.rows("event")
        others = self._options.presence_servers or self._options.to_presence_code
        if len(events) != 1 or others:
            return False
        profile = self._profiles.of(request.header("user-agent"))
        return profile.package(parse_event(events[0])[0]) not in self._events
