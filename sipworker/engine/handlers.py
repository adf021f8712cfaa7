"""Who serves what the user agent posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipworker.documents.admission import DocumentAdmission
from sipworker.documents.notifier import DocumentNotifier
from sipworker.documents.subscription import DocumentSubscription
from sipworker.engine.admission import Admission
from sipworker.engine.back_ends import BackEnds
from sipworker.engine.foreign_changes import DocumentWatch, ForeignChanges
from sipworker.engine.watchers import Watchers
from sipworker.sip import notifications as told

Handler = Callable[[Any, float], None]


def of_subscriptions(back_ends: BackEnds, changes: ForeignChanges | None) -> dict[type, Handler]:
    """Of ours at others; `changes` has those that tell of documents at foreign XCAP servers."""
    handlers: dict[type, Handler] = {
        told.SIPSubscriptionGotNotify: back_ends.got_notify,
        told.SIPSubscriptionDidFork: back_ends.forked,
        told.SIPSubscriptionDidFail: back_ends.failed,
        told.SIPSubscriptionDidEnd: back_ends.ended,
    }
    if changes is None:
        return handlers
    return handlers | {
        told.SIPSubscriptionGotNotify: _both(back_ends.got_notify, changes.got_notify),
        told.SIPSubscriptionDidFail: _both(back_ends.failed, changes.failed),
        told.SIPSubscriptionDidEnd: _both(back_ends.ended, changes.ended),
    }


def _both(of_back_ends: Handler, of_changes: Handler) -> Handler:
    """What is subscribed to on behalf of watchers, and what for ourselves."""

    def handle(notification: Any, now: float) -> None:
        ours = isinstance(notification.sender.owner, DocumentWatch)
        (of_changes if ours else of_back_ends)(notification, now)

    return handle


def of_requests(
    admission: Admission,
    watchers: Watchers,
    document_admission: DocumentAdmission,
    documents: DocumentNotifier,
) -> dict[type, Handler]:
    """Of others' subscriptions here, to lists or to documents, and of what else they ask."""
    return {
        told.SIPIncomingSubscriptionGotSubscribe: admission.got_subscribe,
        told.SIPIncomingSubscriptionGotRefreshingSubscribe: _either(
            admission.got_refreshing_subscribe, document_admission.got_refreshing_subscribe
        ),
        told.SIPIncomingSubscriptionNotifyDidSucceed: _either(
            watchers.notify_succeeded, documents.notify_succeeded
        ),
        told.SIPIncomingSubscriptionNotifyDidFail: _either(watchers.notify_failed, documents.notify_failed),
        told.SIPIncomingSubscriptionDidTimeout: _either(watchers.timed_out, documents.timed_out),
        told.SIPRequestReceived: admission.request_received,
    }


def _either(of_lists: Handler, of_documents: Handler) -> Handler:
    """Who serves a subscription depends on what it is to."""

    def handle(notification: Any, now: float) -> None:
        is_list = not isinstance(notification.sender.owner, DocumentSubscription)
        (of_lists if is_list else of_documents)(notification, now)

    return handle
