"""SUBSCRIBE to a list: the decision table, row by row, then acceptance.

The order is that of rows D5 to D47: who asks, is it for us, is it a list, may they, do we
understand each other, for how long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rls.domain.digest import Credentials
from sipworker.engine.acceptable import hops_of, unacceptable, wants_lists
from sipworker.engine.age import Age
from sipworker.engine.asked import Asked
from sipworker.engine.bodies import Body, body_of, expects_list
from sipworker.engine.broken_lists import described, is_offered, too_long, unresolvable
from sipworker.engine.directory import RETRY_AFTER, UNREACHABLE, Answer, Directory, Found
from sipworker.engine.doorstep import Doorstep
from sipworker.engine.expiry import granted, too_brief
from sipworker.engine.filtering import filters_after, invalid
from sipworker.engine.foreign_lists import ForeignLists
from sipworker.engine.identity import BackEndIdentity, privacy_of
from sipworker.engine.layout import Layout
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Claim, Policy, Rejection, aor
from sipworker.engine.presence_servers import PresenceServers
from sipworker.engine.profiles import KnownProfiles
from sipworker.engine.recipient_lists import Recipients, recipients_in
from sipworker.engine.rendering import render_fetch
from sipworker.engine.watchers import REQUIRE, Watchers
from sipworker.sip import proxy
from sipworker.sip.agent import UserAgent
from sipworker.sip.brevity import UNBOUNDED
from sipworker.sip.headers import accepts_coding, event_params
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request
from sipworker.sip.notifications import (
    SIPIncomingSubscriptionGotRefreshingSubscribe,
    SIPIncomingSubscriptionGotSubscribe,
    SIPRequestReceived,
)
from sipworker.sip.transactions import ServerTransaction
from xcap.foreign.client import Unreachable
from xcap.resolution import ResolvedService, Sought

MAX_WAITING = 10_000
"""SUBSCRIBEs that may wait for the database; more are sent away with Retry-After."""
OVERLOADED = 4.0
"""Seconds that anything has waited for the database, or that datagrams have come too fast to be read: new
SUBSCRIBEs are sent away, what was begun goes on."""
GONE = Rejection(481, "Subscription does not exist")
Begin = Callable[[IncomingSubscription, Claim, float], None]


class Admission:
    """Decides on SUBSCRIBEs; `learned(service)` gets every list that was accepted.

    `packages` are served to whoever does not ask for a list: their begin(sip, claim, now) decides on it.
    """

    def __init__(
        self,
        agent: UserAgent,
        watchers: Watchers,
        directory: Directory,
        written: Age,
        policy: Policy,
        doorstep: Doorstep,
        options: WorkerOptions,
        learned: Callable[[Sought, ResolvedService], None],
        new_id: Callable[[], int],
        host: str,
        names_us: Callable[[str], bool],
        servers: PresenceServers,
        profiles: KnownProfiles,
        list_user: Callable[[str], str],
        identity: BackEndIdentity,
        packages: Mapping[str, Begin],
        foreign: ForeignLists | None,
        overflow: Callable[[float], float],
    ) -> None:
        self._agent = agent
        self._watchers = watchers
        self._directory = directory
        self._written = written
        self._policy = policy
        self._doorstep = doorstep
        self._options = options
        self._learned = learned
        self._new_id = new_id
        self._host = host
        self._names_us = names_us
        self._servers = servers
        self._profiles = profiles
        self._list_user = list_user
        self._identity = identity
        self._packages = packages
        self._foreign = foreign
        self._overflow = overflow
        self.draining = False

    # -- a new subscription

    def got_subscribe(self, notification: SIPIncomingSubscriptionGotSubscribe, now: float) -> None:
        sip, request = notification.sender, notification.request
        if self.draining:
            sip.reject(503, now, headers=(RETRY_AFTER,))
            return
        if self._is_overloaded(now):
            later = str(round(5 + 10 * self._agent.random()))  # not all of them at once
            sip.reject(503, now, headers=(("Retry-After", later),))
            return
        claim = self._doorstep.claim(sip.waiting)
        if isinstance(claim, Rejection):
            claim.answer(sip, now)
            return
        asked = Asked(sip, claim, self._profiles.of(request.header("user-agent")), self._options)

        def decide(answer: Answer | None, now: float) -> None:
            self._decide(asked, answer, now)

        credentials = claim.credentials
        user = (credentials.username, credentials.realm) if credentials else None
        self._directory.ask(asked.list_uri, user, decide)

    def _is_overloaded(self, now: float) -> bool:
        ages = self._directory.age, self._written
        waited = max(self._overflow(now), *(age.of_oldest(now) for age in ages))
        return waited > OVERLOADED or self._waiting() > MAX_WAITING

    def _waiting(self) -> int:
        return len(self._directory) + (0 if self._foreign is None else len(self._foreign))

    def _decide(self, asked: Asked, answer: Answer | None, now: float) -> None:
        sip, request, claim = asked.sip, asked.request, asked.claim
        if answer is None:
            self._directory.excuse.answer(sip, now)
            return
        refusal = self._policy.verified(request, claim, answer.ha1, time.time())
        recipients = None if refusal else self._recipients(asked)
        if isinstance(recipients, Rejection):
            refusal = recipients
        if refusal is not None:
            refusal.answer(sip, now)
        elif isinstance(recipients, Recipients):
            self._make_room(asked, recipients)
        elif self._foreign is None or self._is_presence(request, asked.event):
            self._decide_list(asked, answer.service, now)
        else:
            # Not before we know who asks: a stranger could make us ask others as often as they like.
            self._foreign.ask(
                asked.list_uri,
                claim.identity,
                lambda service, now: self._decide_list(asked, service, now),
            )

    def _decide_list(self, asked: Asked, service: Found | Unreachable, now: float) -> None:
        sip, claim, event = asked.sip, asked.claim, asked.event
        if self._is_for_no_list(asked.request, event, service):
            if begin := self._packages.get(event):
                begin(sip, claim, now)
                return
            transaction = sip.hand_over()
            transaction.room = UNBOUNDED  # we know who asks
            self._hand_over(transaction, now, self._without_presence(event, service))
            return
        layout, known = None, described(service)
        if known is not None:
            layout = self._policy.layout(claim.identity, event, known)
        refusal = self._refusal(asked, service, layout)
        if refusal is not None:
            refusal.answer(sip, now)
            return
        assert isinstance(service, ResolvedService) and layout is not None
        watcher = self._watcher(asked, layout, service_uri=service.uri)
        if granted(asked.request, sip.event, self._options):
            self._learned(watcher.sought, service)
        self._begin(watcher, layout, now)

    # -- a list in the SUBSCRIBE

    def _recipients(self, asked: Asked) -> Recipients | Rejection | None:
        """Not of xcap-diff, whose body says what to watch (RFC 5875 section 4.3)."""
        request, event = asked.request, asked.event
        if event not in self._options.events or event in self._packages:
            return None
        body = asked.body
        if not (body.lists or expects_list(request)):
            return None
        if not wants_lists(request):
            return Rejection(421, headers=(REQUIRE,))
        if refusal := unacceptable(request, event, asked.profile) or body.refusal:
            return refusal
        found = recipients_in(body, self._options)
        if isinstance(found, Rejection):
            return found
        return (
            invalid(body, event) or too_brief(request, event, self._options) or self._too_many(asked) or found
        )

    def _make_room(self, asked: Asked, recipients: Recipients) -> None:
        layout = Layout.plain(recipients.flat.entries)

        def begin(room: bool, now: float) -> None:
            if not room:
                self._directory.excuse.answer(asked.sip, now)
                return
            watcher = self._watcher(asked, layout, recipients=recipients.document)
            self._begin(watcher, layout, now)

        self._directory.make_room(1 + len(layout.entries), begin)

    # -- not ours: presence (rows D19, D21, D24')

    def _is_presence(self, request: Request, event: str) -> bool:
        """Whether somebody else serves the request, be it for a list or not."""
        others = self._options.presence_servers or self._options.to_presence_code
        return event not in self._options.events or bool(others and not wants_lists(request))

    def _is_for_no_list(self, request: Request, event: str, service: Found | Unreachable) -> bool:
        return service is None or event not in self._options.events or not wants_lists(request)

    def _without_presence(self, event: str, service: Found | Unreachable) -> Rejection:
        """The answer when nobody else could serve the request."""
        if event not in self._options.events or not is_offered(service, event):
            return Rejection(489, headers=tuple(self._agent.allow_events()))
        if service is None:
            return Rejection(404)
        return Rejection(421, headers=(REQUIRE,))

    def _hand_over(
        self, transaction: ServerTransaction, now: float, otherwise: Rejection, *, is_proven: bool = True
    ) -> None:
        """`to_presence_code` if it is set; else forward; else refuse."""
        if self._options.to_presence_code:
            self._agent.reply(transaction, self._options.to_presence_code, now=now)
        elif hop := self._servers.best:
            agent, ours = self._agent, self._names_us
            proxy.forward(agent, transaction, hop, now, names_us=ours, follows_routes=is_proven)
        else:
            self._agent.reply(transaction, otherwise.status, headers=otherwise.headers, now=now)

    def request_received(self, notification: SIPRequestReceived, now: float) -> None:
        """PUBLISH and whatever else the presence server may know (row D57), which asks for credentials."""
        allow = Rejection(405, headers=(("Allow", "SUBSCRIBE, NOTIFY, OPTIONS, CANCEL, ACK"),))
        claim = self._doorstep.claim(notification.transaction)
        if isinstance(claim, Rejection) and claim.status != 401:
            allow = claim
        is_proven = isinstance(claim, Claim) and claim.credentials is None
        self._hand_over(notification.transaction, now, allow, is_proven=is_proven)

    # -- a list

    def _refusal(self, asked: Asked, service: Found | Unreachable, layout: Layout | None) -> Rejection | None:
        """Rows D22 to D45."""
        request, event, body = asked.request, asked.event, asked.body
        if isinstance(service, Unreachable):
            return UNREACHABLE._replace(status=self._options.xcap_failure_code)
        if not is_offered(service, event):
            return Rejection(489, headers=tuple(self._agent.allow_events()))
        if layout is None and described(service) is not None:
            return Rejection(403)
        return (
            unacceptable(request, event, asked.profile)
            or body.refusal
            or too_long(service)
            or invalid(body, event)
            or too_brief(request, event, self._options)
            or unresolvable(service)
            or self._too_many(asked)
        )

    def _too_many(self, asked: Asked) -> Rejection | None:
        """Row D45; a fetch leaves nothing behind."""
        if not granted(asked.request, asked.event, self._options):
            return None
        if 0 < self._options.max_subscriptions <= len(self._watchers):
            return Rejection(503, "Too many subscriptions", (RETRY_AFTER,))
        if 0 < self._options.max_user_subscriptions <= self._watchers.count_of(asked.claim.identity):
            return Rejection(403, "Too many subscriptions")
        return None

    def _watcher(
        self, asked: Asked, layout: Layout, service_uri: str = "", recipients: bytes | None = None
    ) -> ListSubscription:
        request, claim = asked.request, asked.claim
        privacy = privacy_of(request)
        watcher = ListSubscription(
            self._new_id(),
            asked.sip,
            asked.list_uri,
            service_uri,
            identity=claim.identity,
            from_header=self._identity.from_header(claim.identity, privacy),
            list_user=self._list_user(claim.identity),
            privacy=privacy,
            recipients=recipients,
            user_agent=request.header("user-agent") or "",
            profile=asked.profile,
            params=event_params(request.header("event") or ""),
            max_forwards=hops_of(request),
            names=layout.names,
            accept=request.values("accept"),
        )
        watcher.filters = filters_after(asked.body, watcher.event)
        watcher.deflate = accepts_coding(request.rows("accept-encoding"), "deflate")
        watcher.members = layout.members
        return watcher

    def _begin(self, watcher: ListSubscription, layout: Layout, now: float) -> None:
        expires = granted(watcher.sip.request, watcher.event, self._options)
        if expires:
            self._watchers.begin(watcher, layout.entries.values(), expires, now)
        else:
            self._fetch(watcher, layout, now)

    def _fetch(self, watcher: ListSubscription, layout: Layout, now: float) -> None:
        """Row D42: one NOTIFY, nothing kept."""
        sip = watcher.sip
        for entry in layout.entries.values():
            watcher.add(entry, 0)
        sip.owner = None
        sip.accept(0, now, headers=(REQUIRE, *self._agent.allow_events()))
        notify = render_fetch(watcher, self._host, now)
        sip.send_notify(1, notify.state, notify.headers, notify.body, now)
        sip.drop(now)

    # -- in the dialog

    def got_refreshing_subscribe(
        self, notification: SIPIncomingSubscriptionGotRefreshingSubscribe, now: float
    ) -> None:
        sip, watcher = notification.sender, notification.sender.owner
        if not isinstance(watcher, ListSubscription) or watcher.ending:
            GONE.answer(sip, now)
            return
        claim = self._doorstep.claim(sip.waiting)
        if isinstance(claim, Rejection):
            claim.answer(sip, now)
        elif claim.credentials is None:
            self._refresh(watcher, claim, None, now)
        else:
            self._verify_then_refresh(watcher, claim, claim.credentials, now)

    def _verify_then_refresh(
        self, watcher: ListSubscription, claim: Claim, credentials: Credentials, now: float
    ) -> None:
        def decide(answer: Answer | None, now: float) -> None:
            if answer is None:
                refusal: Rejection | None = self._directory.excuse
            else:
                refusal = self._policy.verified(watcher.sip.request, claim, answer.ha1, time.time())
            self._refresh(watcher, claim, refusal, now)

        self._directory.ask(watcher.service_uri, (credentials.username, credentials.realm), decide)

    def _refresh(
        self, watcher: ListSubscription, claim: Claim, refusal: Rejection | None, now: float
    ) -> None:
        request = watcher.sip.request
        refusal = refusal or self._not_theirs(watcher, claim)
        body = Body() if refusal else body_of(request, self._options)
        refusal = refusal or self._unfit(watcher, request, body)
        if refusal is not None:
            refusal.answer(watcher.sip, now)
            return
        self._watchers.refresh(watcher, body, granted(request, watcher.event, self._options), now)

    def _unfit(self, watcher: ListSubscription, request: Request, body: Body) -> Rejection | None:
        if request.to_tag is None:
            return None  # the SUBSCRIBE that began it, sent again after a restart: it was fit then
        return (
            unacceptable(request, watcher.event, watcher.profile)
            or body.refusal
            or invalid(body, watcher.event, watcher.filters)
            or too_brief(request, watcher.event, self._options)
        )

    @staticmethod
    def _not_theirs(watcher: ListSubscription, claim: Claim) -> Rejection | None:
        """It may have ended while the credentials were looked up; and nobody but its watcher may move it."""
        if watcher.ending:
            return GONE
        return None if aor(claim.identity) == aor(watcher.identity) else Rejection(403)
