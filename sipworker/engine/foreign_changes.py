"""Subscribes to changes of foreign documents (xcap-diff, RFC 5875), where their server offers it.

Only a hint to fetch them at once: they are asked for now and then anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from xml.sax.saxutils import quoteattr

from rls.domain.backend import BackOff
from sipworker.sip.agent import UserAgent
from sipworker.sip.keyring import Keyring
from sipworker.sip.notifications import (
    SIPSubscriptionDidEnd,
    SIPSubscriptionDidFail,
    SIPSubscriptionGotNotify,
)
from sipworker.sip.subscription import Subscription
from xcap.foreign import diff
from xcap.foreign.roots import Roots
from xcap.namespaces import RESOURCE_LISTS_NS

log = logging.getLogger("rls.xcap_root")

TOGETHER = 8
"""Documents of one subscription: their URIs have to fit into a datagram."""
NOT_OFFERED = frozenset({405, 489, 501})
HEADERS = f"Accept: {diff.MEDIA_TYPE}\r\nContent-Type: application/resource-lists+xml\r\n"


class DocumentWatch:
    """One subscription to a few documents, by URL."""

    def __init__(self) -> None:
        self.urls: set[str] = set()
        self.subscription: Subscription | None = None
        self.attempts = 0
        self.told = frozenset[str]()


class ForeignChanges:
    """`changed(urls)` is called when the server says that documents changed."""

    def __init__(
        self,
        agent: UserAgent,
        roots: Roots,
        server: str,
        identity: str,
        keys: Keyring | None,
        changed: Callable[[Collection[str]], object],
    ) -> None:
        self._agent = agent
        self._roots = roots
        self._server = server
        self._identity = identity
        self._keys = keys
        self._changed = changed
        self._watches: list[DocumentWatch] = []
        self._back_off = BackOff()
        self._offered = True

    def watch(self, urls: Collection[str], now: float) -> None:
        """From now on these, and no others."""
        if not self._offered:
            return
        wanted = set(urls)
        for watch in self._watches:
            watch.urls &= wanted
            wanted -= watch.urls
        for url in sorted(wanted):
            self._with_room().urls.add(url)
        for watch in [watch for watch in self._watches if watch.urls != watch.told]:
            self._renew(watch, now)

    def _with_room(self) -> DocumentWatch:
        watch = next((watch for watch in self._watches if len(watch.urls) < TOGETHER), None)
        if watch is None:
            watch = DocumentWatch()
            self._watches.append(watch)
        return watch

    def _renew(self, watch: DocumentWatch, now: float) -> None:
        """A refresh with another list replaces the first (RFC 5875 section 4.4)."""
        subscription = watch.subscription
        if subscription is not None and subscription.state == "sent" and watch.urls:
            return  # no dialog yet to refresh in
        watch.told = frozenset(watch.urls)
        if not watch.urls:
            self._watches.remove(watch)
            if subscription is not None:
                subscription.owner = None
                subscription.end(now)
        elif subscription is None:
            self._subscribe(watch, now)
        else:
            subscription.body = self._list(watch)
            subscription.refresh(now)

    def _subscribe(self, watch: DocumentWatch, now: float) -> None:
        if watch not in self._watches or not self._offered:
            return
        watch.subscription = Subscription(
            self._agent,
            request_uri=self._server,
            from_header=f"<{self._identity}>",
            event="xcap-diff;diff-processing=no-patching",
            headers=HEADERS,
            body=self._list(watch),
            keys=self._keys,
            owner=watch,
        )
        watch.subscription.subscribe(now)

    def _list(self, watch: DocumentWatch) -> bytes:
        entries = "".join(f"<entry uri={quoteattr(self._below_root(url))}/>" for url in sorted(watch.urls))
        document = f'<resource-lists xmlns="{RESOURCE_LISTS_NS}"><list>{entries}</list></resource-lists>'
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()

    def _below_root(self, url: str) -> str:
        root = self._roots.of(url)
        return url.removeprefix(root.url) if root else url

    # -- what the server says

    def got_notify(self, notification: SIPSubscriptionGotNotify, now: float) -> None:
        watch, notify = notification.sender.owner, notification.notify
        notify.accept(now)
        if not isinstance(watch, DocumentWatch):
            return
        watch.attempts = 0
        named = diff.changed(notify.body)
        if urls := {url for url in watch.urls if self._below_root(url).partition("/~~/")[0] in named}:
            self._changed(urls)

    def failed(self, notification: SIPSubscriptionDidFail, now: float) -> None:
        watch = notification.sender.owner
        if not isinstance(watch, DocumentWatch):
            return
        if notification.code in NOT_OFFERED and self._offered:
            self._offered = False
            log.warning("xcap-diff is not offered there; documents are only asked for", extra=self._names())
        elif not watch.attempts:
            log.error("xcap-diff fails", extra={**self._names(), "code": notification.code})
        self._again(watch, notification.retry_after, now)

    def ended(self, notification: SIPSubscriptionDidEnd, now: float) -> None:
        watch, state = notification.sender.owner, notification.state
        if isinstance(watch, DocumentWatch):
            self._again(watch, state.retry_after if state else None, now)

    def _again(self, watch: DocumentWatch, after: int | None, now: float) -> None:
        watch.subscription = None
        delay = self._back_off.delay(watch.attempts, self._agent.random(), after)
        watch.attempts += 1
        self._agent.wheel.schedule(now + delay, lambda now: self._subscribe(watch, now))

    def _names(self) -> dict[str, str]:
        return {"server": self._server}
