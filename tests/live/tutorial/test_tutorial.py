"""The example of the OpenSIPS tutorial on resource lists, byte for byte on our side of the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone
from tests.live.rig.presence import PresenceServer, Script, State, pidf
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire, address_text
from tests.live.tutorial.exchange import Exchange

DOCUMENT = Path(__file__).with_name("rls-services.xml")
ALICE, BOB, CLAIRE = (f"sip:{user}@opensips.org" for user in ("alice", "bob", "claire"))


@pytest.fixture
def phone(server: ListServer) -> Iterator[Phone]:
    phone = Phone(UdpWire(), ALICE, server.sip)
    yield phone
    phone.close()


def notify(phone: Phone, cseq: int) -> Message:
    return phone.inbox.wait(lambda message: message.start_line.startswith("NOTIFY") and message.cseq == cseq)


@pytest.mark.req("R4662-4.1-1")
@pytest.mark.req("R4662-4.1-2")
@pytest.mark.req("R4662-4.5-4")
@pytest.mark.req("R4662-5.1-1")
@pytest.mark.req("R4662-8.2-1")
@pytest.mark.req("R3261-8.2.6.2-1")
def test_tutorial(server: ListServer, phone: Phone, presence: PresenceServer) -> None:
    assert server.xcap("alice@opensips.org").put("rls-services", DOCUMENT.read_text()) == 201
    domain = presence.domain("opensips.org")
    bob_online = pidf("bob@opensips.org", "online")
    domain.scripts = {
        BOB: Script(state=State(bob_online)),
        CLAIRE: Script(state=State(state="pending;expires=3600")),
    }
    exchange = Exchange(
        phone=address_text(phone.wire.local),
        phone_port=str(phone.wire.local[1]),
        worker=server.address,
        presence=presence.address,
        bob_online=bob_online.decode(),
        claire_online=pidf("claire@opensips.org", "online").decode(),
    )

    exchange.check("02-accepted", phone.ask(exchange.request("01-subscribe")))
    (row,) = server.database.rows("select id from rls_watchers where callid = 'alices-call'")
    exchange.values["watcher"] = f"{row['id']:x}"
    exchange.check("03-full-state", notify(phone, 1))
    bob, claire = domain.dialog(BOB), domain.dialog(CLAIRE)
    exchange.check("04-back-end-bob", bob.first)
    exchange.check("05-back-end-claire", claire.first)
    exchange.check("06-first-answers", notify(phone, 2))

    assert claire.notify(exchange.values["claire_online"].encode()).status == 200
    exchange.check("07-change", notify(phone, 3))

    exchange.check("09-unsubscribed", phone.ask(exchange.request("08-unsubscribe")))
    exchange.check("10-final-state", notify(phone, 4))
    eventually(lambda: bob.ended and claire.ended, "end of the back ends")
    exchange.check("11-back-end-bob-unsubscribed", bob.subscribes[-1])
    exchange.check("12-back-end-claire-unsubscribed", claire.subscribes[-1])
    assert exchange.values["our_tag"] != exchange.values["tag_bob"] != exchange.values["tag_claire"]
    assert exchange.values["call_bob"] != exchange.values["call_claire"]
    assert all(295 <= int(exchange.values[left]) <= 300 for left in ("left_6", "left_7"))
