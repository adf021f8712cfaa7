"""A subscription ends when its final NOTIFY has been answered, and not before (RFC 6665 section 4.4.1)."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList, Start, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, Phone, ok
from tests.live.rig.presence import Domain
from tests.live.rig.waiting import eventually
from tests.live.test_dialog import is_stored

FINAL = "terminated;reason=timeout"


def finals(call: ListCall, count: int) -> list[Message]:
    """Waits until the final NOTIFY has come so often."""

    def is_final(message: Message) -> bool:
        return call.is_notify(message) and message["Subscription-State"] == FINAL

    call.phone.inbox.wait(is_final, count=count)
    return call.phone.inbox.all(is_final)


def unsubscribe_unheard(call: ListCall) -> None:
    """The phone answers no NOTIFY from now on."""
    call.phone.respond = lambda request: None
    assert call.subscribe(0).status == 200


@pytest.mark.req("R6665-4.4.1-1")
def test_final_notify_is_repeated_until_it_is_answered(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    unsubscribe_unheard(call)
    assert len({message.data for message in finals(call, 3)}) == 1
    assert is_stored(server, domain)
    phone.respond = ok
    eventually(lambda: not is_stored(server, domain), "rows are deleted")
    assert call.notify(2).state == FINAL


@pytest.mark.req("R6665-4.4.1-1")
def test_final_notify_that_a_kill_cut_off_comes_again(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker()
    call = new_phone(at=server).subscribe(store_list(server, "bob"))
    call.settled()
    unsubscribe_unheard(call)
    finals(call, 1)
    server.kill_worker()
    before = finals(call, 1)
    call.phone.respond = ok
    server.start_worker()
    again = finals(call, len(before) + 1)[-1]
    assert (again.cseq, again.body) == (before[0].cseq, before[0].body)
    eventually(lambda: not is_stored(server, domain), "rows are deleted")
