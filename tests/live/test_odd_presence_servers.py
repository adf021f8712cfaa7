"""Presence servers that are silent, slow, restart, send garbage, flood, fork or mix up their NOTIFYs."""

from __future__ import annotations

import re

import pytest

from tests.live.conftest import NewPhone, PutList, Start, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone, token
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually


def test_silent_back_end_holds_nobody_up(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(status=0)
    server = start_worker(RLS_SETTLE_TIME="1")
    call = new_phone(at=server).subscribe(store_list(server, "bob", "claire"))
    call.notify(1)
    eventually(lambda: pidf(f"claire@{domain}") in call.notifies[-1].body, "the state of claire")
    assert not resources.dialogs_of(bob)


def test_answer_that_comes_late_counts(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(status=0)
    call = phone.subscribe(put_list("bob"))
    resources.requests.wait(lambda message: message.request_uri == bob, count=2)
    del resources.scripts[bob]
    eventually(lambda: pidf(f"bob@{domain}") in call.notifies[-1].body, "the state")
    assert len(resources.dialogs_of(bob)) == 1


def test_presence_server_that_forgot_its_subscriptions_gets_new_ones(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    short = Script(headers=("Expires: 4",), state=State(pidf("bob"), "active;expires=4"))
    resources.default = lambda uri: short
    call = phone.subscribe(put_list("bob"))
    call.settled()
    resources.dialog(bob).refusal = 481
    again = resources.dialog(bob, count=2)
    news = pidf("bob", "after the restart")
    assert again.notify(news).status == 200
    eventually(lambda: news in call.notifies[-1].body, "the news")


@pytest.mark.parametrize(
    "kind",
    ["application/pidf+xml", "application/pidf-diff+xml", "application/rlmi+xml", "multipart/related", "x"],
)
def test_garbage_of_a_presence_server_hides_no_later_state(
    kind: str, server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    for body in (b"\xff\0<<", b"--b\r\n\r\n--b--", b"<a><b></a>"):
        assert dialog.notify(body, kind=kind).status in (200, 400, 415)
    assert dialog.notify(pidf("bob", "good")).status == 200
    eventually(lambda: pidf("bob", "good") in call.notifies[-1].body, "the good state")
    assert "Traceback" not in server.worker.output()


def turns(server: ListServer) -> float:
    """How often a tick has served each watcher."""
    return float(server.database.rows("select slots from rls_tick")[0]["slots"]) / 10


def test_flood_of_notifies_is_answered_and_the_last_state_told(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    before = turns(server)
    for number in range(1000):
        dialog.send(dialog.notify_request(State(pidf("bob", f"note {number}"))))
    last = pidf("bob", "note 1000")
    request = dialog.notify_request(State(last))

    def answered() -> bool:
        """Sent again and again, as UDP asks: the sockets' buffers may be full."""
        dialog.send(request)
        return last in call.notifies[-1].body

    eventually(answered, "the last state")
    assert dialog.answer_to_last().status == 200
    assert len(call.notifies) - 2 < turns(server) - before + 2, "batched"


@pytest.mark.req("R6665-5.4.9-1", "R3856-6.9-1", "R4662-4.7-1")
@pytest.mark.req("R6665-4.1.2.4-3")
def test_fork_that_comes_second_is_refused(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    forked = dialog.notify_request(State(pidf("bob", "forked")))
    dialog.send(forked.replace(dialog.tag.encode(), token().encode()))
    assert dialog.answer_to_last().status == 481
    assert dialog.notify(pidf("bob", "the first")).status == 200
    assert call.notify(2).body_of(bob) == pidf("bob", "the first")


@pytest.mark.req("R3261-12.2.2-2")
def test_notify_that_was_overtaken_is_refused(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    late = dialog.notify_request(State(pidf("bob", "old")))
    assert dialog.notify(pidf("bob", "new")).status == 200
    dialog.send(late)
    (cseq,) = re.findall(rb"CSeq: (\d+)", late)
    answer = dialog.answer_to(int(cseq))
    assert answer.status == 500
    assert call.notify(2).body_of(bob) == pidf("bob", "new")
