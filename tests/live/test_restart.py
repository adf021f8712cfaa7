"""A worker that was stopped or killed goes on with its subscriptions as if it had never been away."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, ok
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually

Subscribed = Callable[[ListServer], ListCall]


@pytest.fixture
def subscribed(new_phone: NewPhone, store_list: StoreList, resources: Domain) -> Subscribed:
    """A settled subscription of alice to bob and claire."""

    def make(server: ListServer) -> ListCall:
        call = new_phone(at=server).subscribe(store_list(server, "bob", "claire"))
        call.settled()
        return call

    return make


@pytest.mark.req("R4662-5.2-6")
@pytest.mark.req("R3261-12.1.1-2")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_restarted_worker_goes_on(
    number: signal.Signals, start_worker: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    server = start_worker()
    call = subscribed(server)
    dialogs = [resources.dialog(uri) for uri in (bob, claire)]
    assert server.worker.stop(number) == (-number if number == signal.SIGKILL else 0)
    assert len(call.notifies) == 2, "a stopped worker ends no subscription"
    server.start_worker()
    for dialog in dialogs:
        eventually(lambda dialog=dialog: len(dialog.subscribes) == 2, "refresh of the back end")  # type: ignore[misc]
    dialogs[0].notify(pidf("bob", "after the restart"))
    told = call.notify(2)
    assert (told.full, told.resources) == (False, [bob])
    assert told.body_of(bob) == pidf("bob", "after the restart")
    assert call.subscribe(600).status == 200
    assert call.notify(3).body_of(claire) == pidf(f"claire@{domain}")
    assert call.subscribe(0).status == 200
    assert call.notify(4).state == "terminated;reason=timeout"
    assert len(resources.dialogs) == 2, "the back-end dialogs went on"
    for dialog in dialogs:
        eventually(lambda dialog=dialog: dialog.ended, "end of the back end")  # type: ignore[misc]


def test_state_acknowledged_before_a_kill_is_told_after_the_restart(
    unstarted: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    """SIGKILL between a back end's 200 and the tick."""
    bob = f"sip:bob@{domain}"
    server = unstarted()
    server.start_tickless_worker()
    call = subscribed(server)
    assert resources.dialog(bob).notify(pidf("bob", "acknowledged")).status == 200
    server.kill_worker()
    assert len(call.notifies) == 2, "nothing was told"
    server.start_worker()
    told = call.notify(2)
    assert told.body_of(bob) == pidf("bob", "acknowledged")


@pytest.mark.req("R4662-5.2-6")
def test_notify_unanswered_before_a_kill_is_sent_again_as_a_retransmission(
    start_worker: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    server = start_worker()
    call = subscribed(server)
    call.phone.respond = lambda request: None
    resources.dialog(bob).notify(pidf("bob", "unheard"))
    assert not call.notify(2).full
    server.kill_worker()
    heard = len(call.phone.inbox.all(call.is_notify))
    call.phone.respond = ok
    server.start_worker()
    again = call.phone.inbox.wait(call.is_notify, count=heard + 1)
    assert (again.cseq, again["Via"]) == (3, call.notify(2).message["Via"])
    assert again.body == call.notify(2).message.body
    resources.dialog(bob).notify(pidf("bob", "next"))
    assert call.notify(3).body_of(bob) == pidf("bob", "next")


@pytest.mark.req("R3261-17.2.2-1")
def test_subscribe_that_comes_again_after_a_kill_begins_no_second_subscription(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Nobody knows whether the worker died before its 200 or after."""
    server = start_worker()
    call = new_phone(at=server).call(store_list(server, "bob", "claire"))
    request = call.request(3600)
    first = call.ask(request)
    call.settled()
    server.kill_worker()
    server.start_worker()
    call.phone.send(request)
    again = call.phone.inbox.wait(lambda message: message.start_line == first.start_line, count=2)
    assert (again.tag("To"), again["Contact"], again["Expires"]) == (call.to_tag, first["Contact"], "3600")
    assert (call.notify(2).full, call.notify(2).message.cseq) == (True, 3)
    assert len(server.database.rows("select id from rls_watchers")) == 1
    assert len(resources.dialogs) == 2


def test_subscription_that_expired_while_the_worker_was_away_is_ended(
    start_worker: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    server = start_worker()
    call = subscribed(server)
    server.worker.stop()
    server.database.rows("update rls_watchers set expires = 1")
    server.start_worker()
    assert call.notify(2).state == "terminated;reason=timeout"
    for dialog in resources.dialogs:
        eventually(lambda dialog=dialog: dialog.ended, "end of the back end")  # type: ignore[misc]


def test_list_changed_while_the_worker_was_away_is_noticed(
    start_worker: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    server = start_worker()
    call = subscribed(server)
    server.worker.stop()
    changed = documents.simple(call.list_uri, [f"sip:claire@{domain}", f"sip:dave@{domain}"])
    server.database.rows("update xcap set doc = %s, etag = 'f'", changed.encode())
    server.start_worker()
    told = call.notify(2)
    assert told.full
    assert told.resources == [f"sip:claire@{domain}", f"sip:dave@{domain}"]
    eventually(lambda: resources.dialog(f"sip:bob@{domain}").ended, "end of the back end")
    assert call.notify(3).resources == [f"sip:dave@{domain}"]
    assert len(resources.dialog(f"sip:dave@{domain}").subscribes) == 1


@pytest.mark.req("R3261-12.2.2-2")
def test_worker_killed_again_and_again_repeats_no_cseq_to_its_back_ends(
    start_worker: Start, subscribed: Subscribed, resources: Domain, domain: str
) -> None:
    server = start_worker()
    subscribed(server)
    dialog = resources.dialog(f"sip:bob@{domain}")
    for restarts in (1, 2, 3):
        server.kill_worker()
        server.start_worker()
        eventually(lambda restarts=restarts: len(dialog.subscribes) == 1 + restarts, "refresh")  # type: ignore[misc]
    cseqs = [subscribe.cseq for subscribe in dialog.subscribes]
    assert cseqs == sorted(set(cseqs))
