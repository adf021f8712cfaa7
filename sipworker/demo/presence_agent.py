"""A small presence agent (RFC 3856, RFC 4235) whose contacts live on their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rls.domain.packages import package
from rls.domain.uri import InvalidUri, SipUri
from sipworker.demo.contact import PACKAGES, Contact
from sipworker.demo.life import life
from sipworker.sip import notifications as told
from sipworker.sip.agent import UserAgent
from sipworker.sip.grammar import delta_seconds
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request

MAX_EXPIRES = 3600
MAX_CONTACTS = 1000
"""Contacts come to life when somebody asks for them; one who asks for any name must not fill the memory."""

EVENTS = tuple(PACKAGES)


class PresenceAgent:
    """Notifies for every SIP URI of `domain`; those of `users` live from the start.

    Give `observe` to a UserAgent as its observer, then call start(). `peers` of calls are
    the same users.
    """

    def __init__(self, domain: str, users: Sequence[str], *, seed: object = 0, rate: float = 1.0) -> None:
        self._domain = domain
        self._users = users
        self._peers = [f"sip:{user}@{domain}" for user in users] or [f"sip:nobody@{domain}"]
        self._seed = seed
        self._rate = rate
        self.contacts: dict[str, Contact] = {}
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            told.SIPIncomingSubscriptionGotSubscribe: self._got_subscribe,
            told.SIPIncomingSubscriptionGotRefreshingSubscribe: self._got_refreshing_subscribe,
            told.SIPIncomingSubscriptionDidTimeout: self._did_timeout,
            told.SIPIncomingSubscriptionDidEnd: self._did_end,
        }

    def start(self, agent: UserAgent, now: float) -> None:
        self._agent = agent
        for user in self._users:
            self._contact(f"sip:{user}@{self._domain}", now)

    def observe(self, notification: told.Notification, now: float) -> None:
        if handler := self._handlers.get(type(notification)):
            handler(notification, now)

    def _contact(self, uri: str, now: float) -> Contact:
        if uri not in self.contacts:
            moments = life(uri, self._peers, self._seed)
            self.contacts[uri] = Contact(uri, moments, self._rate, self._agent.wheel, now)
        return self.contacts[uri]

    def _find(self, request: Request, now: float) -> Contact | None:
        try:
            uri = SipUri.parse(request.uri)
        except InvalidUri:
            return None
        known = uri.aor() in self.contacts or len(self.contacts) < MAX_CONTACTS
        if not uri.user or uri.host.lower() != self._domain or not known:
            return None
        return self._contact(uri.aor(), now)

    # -- what happens

    def _got_subscribe(self, notification: told.SIPIncomingSubscriptionGotSubscribe, now: float) -> None:
        subscription, request = notification.sender, notification.request
        if subscription.event not in EVENTS:
            subscription.reject(489, now, headers=self._agent.allow_events())
            return
        contact = self._find(request, now)
        if contact is None:
            subscription.reject(404, now)
            return
        subscription.owner = contact
        self._accept(subscription, contact, request, now)

    def _got_refreshing_subscribe(
        self, notification: told.SIPIncomingSubscriptionGotRefreshingSubscribe, now: float
    ) -> None:
        contact = notification.sender.owner
        assert isinstance(contact, Contact)
        self._accept(notification.sender, contact, notification.request, now)

    def _accept(
        self, subscription: IncomingSubscription, contact: Contact, request: Request, now: float
    ) -> None:
        asked = delta_seconds(request.header("expires"))
        expires = min(package(subscription.event).default_expires if asked is None else asked, MAX_EXPIRES)
        subscription.accept(expires, now)
        if expires:
            contact.tell(subscription, now)
        else:
            contact.tell_last(subscription, now)

    def _did_timeout(self, notification: told.SIPIncomingSubscriptionDidTimeout, now: float) -> None:
        notification.sender.end(now, "timeout")

    def _did_end(self, notification: told.SIPIncomingSubscriptionDidEnd, now: float) -> None:
        contact = notification.sender.owner
        if isinstance(contact, Contact):
            contact.forget(notification.sender)
