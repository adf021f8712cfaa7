"""SUBSCRIBEs for changes of documents: what RFC 5875 section 4 asks of them, then acceptance."""

from __future__ import annotations

import time

from rls.domain.uri import InvalidUri
from sipworker.documents.notifier import EVENT, DocumentNotifier
from sipworker.documents.subscription import DocumentSubscription, new_row, xui_of
from sipworker.engine.directory import Answer, Directory
from sipworker.engine.expiry import granted, too_brief
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Claim, Policy, Rejection, aor
from sipworker.sip.headers import accepts, parse_event
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request
from sipworker.sip.notifications import SIPIncomingSubscriptionGotRefreshingSubscribe
from xcap.diff import report, watched
from xcap.selectors.root import XcapRoot

GONE = Rejection(481, "Subscription does not exist")


class DocumentAdmission:
    """Who asks is known when begin() is called; a refresh is verified here."""

    def __init__(
        self,
        notifier: DocumentNotifier,
        directory: Directory,
        policy: Policy,
        options: WorkerOptions,
        root: XcapRoot,
    ) -> None:
        self._notifier = notifier
        self._directory = directory
        self._policy = policy
        self._options = options
        self._root = root

    def begin(self, sip: IncomingSubscription, claim: Claim, now: float) -> None:
        request = sip.request
        uris = self._uris(request, None)
        refusal = uris if isinstance(uris, Rejection) else self._refusal(request)
        if refusal is None and not self._is_user(claim.identity):
            refusal = Rejection(403, "Only users have documents")
        if refusal is not None:
            refusal.answer(sip, now)
            return
        row = new_row(sip, owner=self._options.worker, identity=claim.identity, mode=mode_of(request))
        self._renew(DocumentSubscription(row, sip, self._root), uris)

    @staticmethod
    def _is_user(identity: str) -> bool:
        try:
            return bool(xui_of(identity).username)
        except InvalidUri:
            return False

    def _renew(self, subscription: DocumentSubscription, uris: list[str] | Rejection | None) -> None:
        request = subscription.sip.request
        assert not isinstance(uris, Rejection)
        subscription.watch(uris)
        subscription.mode = mode_of(request)
        self._notifier.renew(subscription, granted(request, EVENT, self._options))

    def _refusal(self, request: Request) -> Rejection | None:
        if "accept" in request.headers and not accepts(request.values("accept"), report.MEDIA_TYPE):
            return Rejection(406, headers=(("Accept", report.MEDIA_TYPE),))
        return too_brief(request, EVENT, self._options)

    @staticmethod
    def _uris(request: Request, present: list[str] | None) -> list[str] | Rejection | None:
        """Those of the body, which replace the `present` ones (section 4.4); without a body these stay."""
        if not request.body:
            return present
        media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
        encoding = (request.header("content-encoding") or "identity").strip().lower()
        if media_type != watched.MEDIA_TYPE or encoding != "identity":
            return Rejection(415, headers=(("Accept", watched.MEDIA_TYPE), ("Accept-Encoding", "identity")))
        try:
            return watched.parse_uris(request.body)
        except watched.TooManyUris:
            return Rejection(413, f"More than {watched.MOST} URIs")
        except watched.NoUriList:
            return Rejection(400, "The body is not a list of URIs")

    # -- in the dialog

    def got_refreshing_subscribe(
        self, notification: SIPIncomingSubscriptionGotRefreshingSubscribe, now: float
    ) -> None:
        subscription = notification.sender.owner
        assert isinstance(subscription, DocumentSubscription)
        transaction = subscription.sip.waiting
        claim = self._policy.claim(transaction.request, transaction.source, time.time())
        if isinstance(claim, Rejection):
            self._refresh(subscription, None, claim, now)
            return
        if claim.credentials is None:
            self._refresh(subscription, claim, None, now)
            return
        user = claim.credentials.username, claim.credentials.realm

        def decide(answer: Answer | None, now: float) -> None:
            refusal: Rejection | None = self._directory.excuse
            if answer is not None:
                refusal = self._policy.verified(transaction.request, claim, answer.ha1, time.time())
            self._refresh(subscription, claim, refusal, now)

        self._directory.ask(transaction.request.uri, user, decide)

    def _refresh(
        self, subscription: DocumentSubscription, claim: Claim | None, refusal: Rejection | None, now: float
    ) -> None:
        sip = subscription.sip
        uris = self._uris(sip.request, None if subscription.uris is None else list(subscription.uris))
        if refusal is None and subscription.ending:
            refusal = GONE
        if refusal is None and claim is not None and aor(claim.identity) != aor(subscription.row.identity):
            refusal = Rejection(403)
        if refusal is None:
            refusal = uris if isinstance(uris, Rejection) else self._refusal(sip.request)
        if refusal is not None:
            refusal.answer(sip, now)
            return
        self._renew(subscription, uris)


def mode_of(request: Request) -> str:
    """The diff-processing parameter; what is unknown is no-patching, which every client takes (4.3)."""
    _, _, params = parse_event(request.header("event") or "")
    wanted = (params.get("diff-processing") or "").strip('"').lower()
    return wanted if wanted in report.MODES else "no-patching"
