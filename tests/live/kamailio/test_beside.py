"""deploy/kamailio/rls.cfg: Kamailio as proxy and presence server, lists through us and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.kamailio.server import Kamailio
from tests.live.rig import documents
from tests.live.rig.database import PROJECT
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.ports import free_port
from tests.live.rig.presence import PIDF_TYPE, pidf
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

ALICE, BOB, LIST = "sip:alice@beside.test", "sip:bob@beside.test", "sip:team@beside.test"


@pytest.fixture
def beside(start_worker: Start, tmp_path: Path) -> Iterator[tuple[Kamailio, ListServer]]:
    port, folder = str(free_port()), tmp_path / "kamailio"
    folder.mkdir()
    snippet = str(PROJECT / "deploy" / "kamailio" / "rls.cfg")
    kamailio = Kamailio(folder, Path(__file__).with_name("beside.cfg"), RLSPORT=port, SNIPPET=snippet)
    kamailio.start()
    try:
        server = start_worker(
            RLS_SIP_LISTEN=f"udp:127.0.0.1:{port}",
            RLS_TRUSTED_PROXIES="127.0.0.1",
            RLS_PRESENCE_SERVER=f"sip:127.0.0.1:{kamailio.address[1]}",
        )
        server.database.store_list("alice@beside.test", LIST, documents.simple(LIST, [BOB]))
        yield kamailio, server
    finally:
        kamailio.stop()


@pytest.fixture
def phone(beside: tuple[Kamailio, ListServer]) -> Iterator[Phone]:
    phone = Phone(UdpWire("127.0.0.1"), ALICE, beside[0].address)
    yield phone
    phone.close()


def publish(phone: Phone, note: str) -> None:
    headers = ("Event: presence", "Expires: 600", f"Content-Type: {PIDF_TYPE}")
    assert phone.ask(phone.request("PUBLISH", BOB, *headers, body=pidf("bob", note))).status == 200


def test_list_goes_through_the_proxy_and_states_come_from_it(phone: Phone) -> None:
    publish(phone, "at my desk")
    call = phone.call(LIST)
    (route,) = call.subscribe().rows("Record-Route")
    assert b"at my desk" in call.settled().body_of(BOB)
    assert {message.source for message in call.notifies} == {phone.server}
    assert call.subscribe(headers=(*call.headers, f"Route: {route}")).status == 200
    assert call.notify(2).full


def test_what_is_for_no_list_is_served_by_the_proxy_itself(phone: Phone) -> None:
    publish(phone, "hello")
    call = phone.call(BOB)
    assert call.subscribe().status in (200, 202)
    eventually(lambda: any(b"hello" in message.body for message in call.notifies), "NOTIFY of the proxy")
