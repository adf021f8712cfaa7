"""What can happen in a list subscription and in its back-end subscriptions; the reply to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.conformance.situations import Peers, Situation
from tests.live.rig.message import Message
from tests.live.rig.phone import token
from tests.live.rig.presence import BackEndDialog, State, pidf
from tests.live.rig.waiting import eventually


def older_cseq(peers: Peers) -> Message:
    call = peers.subscribed()
    call.cseq = 0
    return call.subscribe()


def refreshed_with_body(peers: Peers) -> Message:
    call = peers.subscribed()
    kind = ("Content-Type: application/resource-lists+xml", "Content-Disposition: recipient-list")
    request = call.request(3600, [*call.headers, *kind])
    return peers.phone.ask(request.replace(b"Content-Length: 0", b"Content-Length: 4") + b"<a/>")


def unsubscribed(peers: Peers) -> Message:
    """The final NOTIFY has come too, and the back ends are left."""
    call = peers.subscribed()
    response = call.subscribe(0)
    final = "terminated;reason=timeout"
    peers.phone.inbox.wait(lambda message: call.is_notify(message) and message["Subscription-State"] == final)
    return response


def one_more(peers: Peers) -> Message:
    """The answer to a second subscription; the first is given up again."""
    first = peers.subscribed()
    try:
        return peers.call().subscribe()
    finally:
        assert first.subscribe(0).status == 200


def other_event(peers: Peers) -> Message:
    call = peers.subscribed()
    call.event = "dialog"
    return call.subscribe()


def cancelled(peers: Peers) -> Message:
    call = peers.call()
    request = call.request(3600)
    assert peers.phone.ask(request).status == 200
    cancel = request.replace(b"SUBSCRIBE sip:", b"CANCEL sip:").replace(b"1 SUBSCRIBE", b"1 CANCEL")
    peers.phone.send(cancel)
    return peers.phone.inbox.wait(lambda message: message.status > 0 and message.method == "CANCEL")


# -- NOTIFYs of back ends


def back_end(peers: Peers) -> BackEndDialog:
    """The back-end subscription to a member that comes of a list subscription made now."""
    member = peers.subject.members[0]
    domain = peers.back_ends.domain(member.rpartition("@")[2])
    before = len(domain.dialogs_of(member))
    peers.subscribed()
    dialog = eventually(lambda: domain.dialogs_of(member)[before:], "a back-end SUBSCRIBE")[0]
    dialog.answer_to_last()
    return dialog


def notified(before: str = "", after: str = "") -> Situation:
    """A NOTIFY in which one piece of text differs."""

    def situation(peers: Peers) -> Message:
        dialog = back_end(peers)
        request = dialog.notify_request(State(pidf("bob"), content_type="application/x-odd"))
        assert before.encode() in request
        dialog.send(request.replace(before.encode(), after.encode(), 1))
        return dialog.answer_to_last()

    return situation


def of_no_subscription(peers: Peers) -> Message:
    dialog = back_end(peers)
    request = dialog.notify_request(State(pidf("bob")))
    own_tag = f";tag={dialog.first.tag('From')}"
    dialog.send(request.replace(own_tag.encode(), f";tag={token()}".encode()))
    return dialog.answer_to_last()


def of_a_second_dialog(peers: Peers) -> Message:
    dialog = back_end(peers)
    request = dialog.notify_request(State(pidf("bob")))
    dialog.send(request.replace(dialog.tag.encode(), token().encode()))
    return dialog.answer_to_last()


# -- trouble with the database


@contextmanager
def _table_away(peers: Peers) -> Iterator[None]:
    database = peers.subject.ours().database
    database.rows("alter table xcap_service_uris rename to away")
    try:
        yield
    finally:
        database.rows("alter table away rename to xcap_service_uris")


def store_is_away(peers: Peers) -> Message:
    with _table_away(peers):
        return peers.call().subscribe()


def store_is_slow(peers: Peers) -> Message:
    """The 100, which came when Timer E of a client had reached T2; the 200 followed, and nothing else."""
    request = peers.call().request(3600)
    with psycopg.connect(peers.subject.ours().database.url) as connection:
        connection.execute("lock table xcap_service_uris")
        start = time.monotonic()
        peers.phone.send(request)
        trying = peers.phone.inbox.wait(lambda message: message.status == 100)
    assert trying.at - start > 3.4
    assert peers.phone.response_to(request).status == 200
    assert [each.status for each in peers.phone.inbox.all(lambda message: message.status > 0)] == [100, 200]
    return trying
