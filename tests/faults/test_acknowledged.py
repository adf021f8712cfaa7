"""While PostgreSQL is in trouble nothing is answered 200 that is not stored: neither SUBSCRIBE nor NOTIFY."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bench.lists import DOMAIN, service_uri
from tests.faults.conftest import LONG
from tests.faults.plant import Plant
from tests.faults.test_servers import DATABASE, TROUBLE, disk_full, postgres_killed, postgres_slow
from tests.faults.test_servers import small_disk as small_disk
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone
from tests.live.rig.presence import BackEndDialog, PresenceServer, State, pidf
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

pytestmark = pytest.mark.skipif(not LONG, reason="long: make faults")
BOB = f"sip:r0@{DOMAIN}"


def _phone(plant: Plant) -> Phone:
    return Phone(UdpWire(), f"sip:w0@{DOMAIN}", plant.server.sip)


@pytest.fixture
def phone(plant: Plant) -> Iterator[Phone]:
    phone = _phone(plant)
    yield phone
    phone.close()


def _cannot_subscribe(plant: Plant, phone: Phone, trouble: AbstractContextManager[None]) -> None:
    call = phone.call(service_uri(0))
    request = call.request(600)
    with trouble:
        phone.send(request)
        time.sleep(TROUBLE / 2)
        assert {message.status for message in phone.inbox.all()} <= {100, 503}
    if not phone.inbox.all(lambda message: message.status >= 300):
        assert call.heard(phone.response_to(request)).status == 200
        assert call.subscribe(0).status == 200
    eventually(lambda: phone.ask(phone.call(service_uri(0)).request(0)).status == 200, "recovery")


@pytest.mark.parametrize("trouble", DATABASE)
def test_subscription_is_not_accepted_before_it_can_be_stored(
    plant: Plant, phone: Phone, trouble: Callable[[Plant], AbstractContextManager[None]]
) -> None:
    _cannot_subscribe(plant, phone, trouble(plant))


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
def test_subscription_is_not_accepted_while_the_disk_is_full(small_disk: Plant, tmp_path: Path) -> None:
    phone = _phone(small_disk)
    try:
        _cannot_subscribe(small_disk, phone, disk_full(small_disk, tmp_path))
    finally:
        phone.close()


def test_subscription_accepted_by_a_slow_database_is_stored(plant: Plant, phone: Phone) -> None:
    """Whoever dies when the phone has its 200: the subscription goes on."""
    call = phone.call(service_uri(0))
    with postgres_slow(plant):
        response = call.ask(call.request(600))
        plant.kill("worker")
        with postgres_killed(plant):
            pass
    assert response.status == 200
    plant.revive("worker")
    assert call.subscribe(0).status == 200


@pytest.fixture
def presence(plant: Plant) -> Iterator[PresenceServer]:
    host, _, port = plant.presence.partition(":")
    server = PresenceServer(host, int(port))
    yield server
    server.close()


def _has_been_read(phone: Phone) -> None:
    """What came before: messages are read in turn."""
    phone.ask(phone.request("PUBLISH", service_uri(0)))


def _answers(presence: PresenceServer, dialog: BackEndDialog, notify: bytes) -> list[Message]:
    number = f"{_cseq(notify)} NOTIFY"
    return presence.answers.all(
        lambda message: (message["Call-ID"], message["CSeq"]) == (dialog.call_id, number)
    )


def _cseq(request: bytes) -> str:
    return request.partition(b"CSeq: ")[2].split(b" ", 1)[0].decode()


def _failed_writes(plant: Plant) -> int:
    """Of the SIP worker since its start; one in a row of them."""
    return plant.server.worker.output().count("not written, will try again")


@pytest.mark.parametrize("killed", [False, True])
def test_state_is_not_acknowledged_before_it_is_stored(
    plant: Plant, phone: Phone, presence: PresenceServer, killed: bool
) -> None:
    """The presence server sends it until it has a 200, and the watcher gets it."""
    call = phone.subscribe(service_uri(0))
    call.settled()
    told, failed = len(call.notifies), _failed_writes(plant)
    dialog = presence.domain(DOMAIN).dialog(BOB)
    with postgres_killed(plant):
        notify = dialog.notify_request(State(pidf("r0", "news")))
        dialog.last = None  # a refresh tells nothing
        dialog.send(notify)
        _has_been_read(phone)
        eventually(lambda: _failed_writes(plant) > failed, "attempt to store it")
        _has_been_read(phone)
        assert not [answer for answer in _answers(presence, dialog, notify) if answer.status < 300]
        if killed:
            plant.kill("worker")
    if killed:
        plant.revive("worker")

    def acknowledged() -> bool:
        dialog.send(notify)
        return any(answer.status == 200 for answer in _answers(presence, dialog, notify))

    eventually(acknowledged, "200")
    assert call.notify(told).body_of(BOB) == pidf("r0", "news")
    assert call.subscribe(0).status == 200
