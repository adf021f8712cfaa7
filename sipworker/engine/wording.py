"""What the SUBSCRIBEs to back ends say."""

from __future__ import annotations

from rls.domain.packages import package
from sipworker.engine.filtering import content_of
from sipworker.engine.identity import BackEndIdentity
from sipworker.engine.list_subscription import BackEnd, ListSubscription, with_forks
from sipworker.engine.presence_servers import PresenceServers
from sipworker.sip.agent import UserAgent
from sipworker.sip.keyring import Keyring
from sipworker.sip.subscription import Subscription

EXPIRES = 3600
"""Seconds asked of back ends; the presence server has the last word."""
MOST_HEADERS = 10_000
"""Kinds of watchers whose header lines are remembered."""


class Wording:
    """In whose name they are, where they go, what they accept; `keys` answer challenges."""

    def __init__(
        self, agent: UserAgent, servers: PresenceServers, identity: BackEndIdentity, keys: Keyring | None
    ) -> None:
        self._agent = agent
        self._servers = servers
        self._identity = identity
        self._keys = keys
        self._headers: dict[tuple[str, int, tuple[str, ...], str], str] = {}

    def subscription_of(self, back_end: BackEnd) -> Subscription:
        """A subscription on behalf of the watcher (RFC 4662 section 7.1.1)."""
        watcher = back_end.watcher
        back_end.server = self._servers.best
        headers, body = self._phrase(back_end)
        return Subscription(
            self._agent,
            request_uri=back_end.request_uri,
            from_header=watcher.from_header,
            event=watcher.back_end_event,
            headers=headers,
            body=body,
            route=(f"<{_loose(back_end.server)}>",) if back_end.server else (),
            expires=EXPIRES,
            keys=self._keys,
            owner=back_end,
            forks=package(watcher.event).forks,
        )

    def _phrase(self, back_end: BackEnd) -> tuple[str, bytes]:
        """Header lines and body of its SUBSCRIBEs."""
        content, body = content_of(back_end)
        return self._headers_of(back_end) + content, body

    def _headers_of(self, back_end: BackEnd) -> str:
        """One string for all back ends of equal watchers. Max-Forwards: RFC 7332 section 5."""
        watcher = back_end.watcher
        offered = () if back_end.omitted == "types" else watcher.offered
        asserted = self._identity.headers(watcher.identity, watcher.privacy, back_end.request_uri)
        key = watcher.event, watcher.max_forwards, offered, asserted
        headers = self._headers.get(key)
        if headers is None:
            accept = ", ".join((*package(watcher.event).accept, *offered))
            headers = f"Max-Forwards: {max(watcher.max_forwards - 1, 0)}\r\n"
            if accept:
                headers += f"Accept: {accept}\r\n"
            headers += asserted
            if len(self._headers) > MOST_HEADERS:
                self._headers.clear()
            self._headers[key] = headers
        return headers

    def offer_anew(self, watcher: ListSubscription) -> None:
        """Let the next SUBSCRIBEs ask for what the watcher takes now (RFC 3856 section 6.7)."""
        for subscription in self.phrase_anew(watcher):
            subscription.entity_tag = ""  # the state may now be told in another way

    def phrase_anew(self, watcher: ListSubscription) -> list[Subscription]:
        """Let the next SUBSCRIBEs say what holds now; returns whose."""
        subscriptions = []
        for back_end in with_forks(watcher.resources.values()):
            if (subscription := back_end.subscription) is not None:
                subscription.headers, subscription.body = self._phrase(back_end)
                subscriptions.append(subscription)
        return subscriptions


def _loose(uri: str) -> str:
    """The presence server's URI as a preloaded loose route (RFC 3261 section 8.1.2)."""
    return uri if ";lr" in uri else f"{uri};lr"
