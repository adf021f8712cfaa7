"""From the worker's objects to the rows of the database."""

from __future__ import annotations

import time

from rls.domain.uri import InvalidUri, SipUri
from rls.models import Presentity, Watcher
from rls.store.rows import PresentityRow, RefreshRow, StateRow, WatcherRow
from sipworker.engine.clock import unix
from sipworker.engine.list_subscription import BackEnd, ListSubscription
from sipworker.engine.wishes import Wishes
from sipworker.sip.grammar import format_params
from sipworker.sip.headers import NameAddr
from sipworker.sip.incoming_subscription import notify_flow
from sipworker.sip.message import Request
from sipworker.sip.transactions import ServerTransaction

AUTH_STATES = {
    "active": Presentity.AuthState.ACTIVE.value,
    "pending": Presentity.AuthState.PENDING.value,
    "terminated": Presentity.AuthState.TERMINATED.value,
}


def storable(text: str) -> str:
    """Text from the network as PostgreSQL takes it: no NUL, no octets that are not UTF-8."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def user_and_domain(uri: str) -> tuple[str, str]:
    try:
        parsed = SipUri.parse(uri)
    except InvalidUri:
        return "", ""
    return storable(parsed.user or ""), storable(parsed.host)


def watcher_row(
    watcher: ListSubscription, request: Request, *, owner: int, expires: int, now: float
) -> WatcherRow:
    """The row of a new subscription; its numbers are one before those of the first NOTIFY."""
    sip = watcher.sip
    dialog = sip.dialog
    to_user, to_domain = user_and_domain(NameAddr.parse(dialog.local).uri)
    username, domain = user_and_domain(watcher.identity)
    return WatcherRow(
        id=watcher.id,
        presentity_uri=storable(watcher.list_uri),
        to_user=to_user,
        to_domain=to_domain,
        watcher_username=username,
        watcher_domain=domain,
        event=sip.event,
        event_id=None if sip.event_id is None else storable(sip.event_id),
        to_tag=dialog.local_tag,
        from_tag=storable(dialog.remote_tag),
        callid=storable(dialog.call_id),
        local_cseq=0,
        remote_cseq=dialog.remote_cseq,
        contact=storable(dialog.remote_target),
        record_route=storable(", ".join(dialog.route_set)),
        expires=int(time.time()) + expires,
        status=Watcher.Status.ACTIVE.value,
        reason="",
        version=-1,
        socket_info=f"{sip.flow.transport}:{sip.flow.local[0]}:{sip.flow.local[1]}",
        local_contact=sip.local_contact,
        owner=owner,
        rlsubs_did=storable(dialog.did),
        service_uri=storable(watcher.service_uri),
        identity=storable(watcher.identity),
        from_header=storable(dialog.remote),
        to_header=storable(dialog.local),
        accept=storable(", ".join(request.values("accept"))),
        event_params=storable(format_params(watcher.params)),
        flow=sip.flow.dumps(),
        user_agent=storable(watcher.user_agent),
        max_forwards=watcher.max_forwards,
        privacy=watcher.privacy,
        recipients=watcher.recipients,
        filters=watcher.filters.document(),
        deflate=watcher.deflate,
        dormant=watcher.dormant,
        news_cseq=0,
        full_mark=0,
        settled=False,
        created=int(time.time()),
    )


def refresh_row(
    watcher: ListSubscription,
    transaction: ServerTransaction,
    wishes: Wishes,
    contact: str,
    expires: int,
    news_cseq: int | None,
) -> RefreshRow:
    request = transaction.request
    return RefreshRow(
        id=watcher.id,
        contact=storable(contact),
        expires=int(time.time()) + expires,
        remote_cseq=request.cseq.number,
        accept=storable(", ".join(wishes.accept)),
        event_params=storable(format_params(wishes.params)),
        flow=notify_flow(request, transaction.source, contact).dumps(),
        filters=wishes.filters.document(),
        deflate=wishes.deflate,
        dormant=wishes.dormant,
        news_cseq=news_cseq,
    )


def presentity_row(back_end: BackEnd, position: int) -> PresentityRow:
    watcher = back_end.watcher
    return PresentityRow(
        id=back_end.row_id,
        watcher_id=watcher.id,
        rlsubs_did=storable(watcher.sip.dialog.did),
        resource_uri=back_end.view.uri,
        instance=back_end.instance.id,
        position=position,
        be_callid="",
        be_local_tag="",
        be_request_uri=back_end.request_uri,
    )


def state_row(back_end: BackEnd, now: float) -> StateRow:
    """What the back end has said last."""
    instance, subscription = back_end.instance, back_end.subscription
    call_id = local_tag = remote_tag = target = route = etag = ""
    local_cseq = remote_cseq = expires = 0
    if subscription is not None:
        dialog = subscription.dialog
        call_id, local_tag, remote_tag = dialog.call_id, dialog.local_tag, storable(dialog.remote_tag)
        target, route = storable(dialog.remote_target), storable(", ".join(dialog.route_set))
        local_cseq, remote_cseq = dialog.local_cseq, dialog.remote_cseq
        expires = unix(subscription.expires_at, now)
        etag = storable(subscription.entity_tag)
    elif back_end.retry is not None:
        expires = unix(back_end.retry_at, now)
    return StateRow(
        id=back_end.row_id,
        presence_state=instance.body or None,
        content_type=storable(instance.content_type),
        expires=expires,
        auth_state=AUTH_STATES[instance.state] if back_end.is_known else 0,
        reason=storable(instance.reason or ""),
        be_callid=call_id,
        be_local_tag=local_tag,
        be_remote_tag=remote_tag,
        be_target=target,
        be_route=route,
        be_local_cseq=local_cseq,
        be_remote_cseq=remote_cseq,
        be_code=back_end.code,
        be_etag=etag,
        be_omitted=back_end.omitted,
    )
