"""Phones behind a NAT, which write addresses into Via and Contact where nobody can reach them."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.wire import address_text

PRIVATE = "192.0.2.7"


def subscribe(call: ListCall, expires: int = 3600) -> None:
    """Its Via says the private address; the answer finds the way back."""
    own = address_text(call.phone.wire.local).encode()
    response = call.ask(
        call.request(expires).replace(own + b";branch", PRIVATE.encode() + b":5062;rport;branch")
    )
    assert response.status == 200
    assert f";rport={call.phone.wire.local[1]}" in response["Via"]
    assert ";received=127.0.0.1" in response["Via"]


def heard(phone: Phone, call: ListCall) -> list[int]:
    """CSeqs of the NOTIFYs that came to this socket."""
    return [message.cseq for message in phone.inbox.all(call.is_notify)]


@pytest.mark.req("R3581-4-1", "R5626-5.3-1")
@pytest.mark.parametrize("contact", [f"sip:phone@{PRIVATE}", f"sip:phone@{PRIVATE}:5062;ob"])
def test_notifies_follow_a_phone_whose_nat_gives_it_another_port(
    contact: str, new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, old, new = f"sip:bob@{domain}", new_phone(), new_phone()
    call = old.call(put_list("bob"))
    call.contact = contact
    subscribe(call)
    call.settled()
    before = heard(old, call)
    call.phone = new
    subscribe(call)
    for number in (1, 2):
        new.inbox.wait(call.is_notify, number)
        resources.dialog(bob).notify(pidf("bob", f"by the new way, {number}"))
    last = new.inbox.wait(call.is_notify, 3)
    assert pidf("bob", "by the new way, 2") in last.body
    assert last.request_uri == contact
    assert heard(new, call) == [before[-1] + number for number in (1, 2, 3)]
    assert heard(old, call) == before
    subscribe(call, 0)
    assert new.inbox.wait(call.is_notify, 4)["Subscription-State"] == "terminated;reason=timeout"
    assert heard(old, call) == before
