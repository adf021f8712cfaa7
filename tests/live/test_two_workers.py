"""Two SIP workers with numbers of their own share one database: each serves the dialogs that it owns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import NewPhone, PutList
from tests.live.rig.list_server import ListServer, ready
from tests.live.rig.message import Address
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.processes import Process
from tests.live.rig.waiting import eventually


@pytest.fixture
def second(server: ListServer, tmp_path: Path) -> Iterator[tuple[Process, Address]]:
    """Worker 2 beside worker 1 of the common server, and where it listens."""
    worker, port = server.worker.twin(tmp_path / "second.log"), free_port()
    start_second(worker, port)
    yield worker, ("127.0.0.1", port)
    assert worker.stop() == 0


def start_second(worker: Process, port: int) -> None:
    worker.start(
        RLS_WORKER="2",
        RLS_SIP_LISTEN=f"udp:127.0.0.1:{port}",
        RLS_WORKER_HTTP=f"127.0.0.1:{free_port()}",
    )
    ready(worker)


def sources(call: ListCall) -> set[Address]:
    """Who sent its NOTIFYs."""
    return {each.source for each in call.notifies}


def both(phone: Phone, new_phone: NewPhone, put_list: PutList, second: Address) -> tuple[ListCall, ListCall]:
    """A subscription to the same list at each worker, told what the back ends say."""
    uri = put_list("bob")
    other = new_phone("alice")
    other.server = second
    calls = phone.subscribe(uri), other.subscribe(uri)
    for call in calls:
        call.settled()
    return calls


def test_each_worker_tells_its_own_dialogs_what_one_tick_claims_for_all(
    phone: Phone,
    new_phone: NewPhone,
    put_list: PutList,
    resources: Domain,
    domain: str,
    second: tuple[Process, Address],
) -> None:
    bob, (_, address) = f"sip:bob@{domain}", second
    calls = both(phone, new_phone, put_list, address)
    for number, dialog in enumerate(resources.dialogs_of(bob)):
        assert dialog.notify(pidf("bob", f"state {number}")).status == 200
    told = {call.notify(2).body_of(bob) for call in calls}
    assert told == {pidf("bob", "state 0"), pidf("bob", "state 1")}, "each its own back end's"
    put_list("bob", "claire")
    for call in calls:
        assert call.notify(3).full and len(call.notify(3).resources) == 2
        assert call.subscribe(600).status == 200
    assert [sources(call) for call in calls] == [{phone.server}, {address}]


def test_requests_in_a_dialog_belong_to_its_owner_also_after_its_restart(
    phone: Phone,
    new_phone: NewPhone,
    put_list: PutList,
    resources: Domain,
    domain: str,
    second: tuple[Process, Address],
) -> None:
    worker, address = second
    first, other = both(phone, new_phone, put_list, address)
    first.phone.server, home = address, first.phone.server
    assert first.subscribe(600).status == 481, "not a dialog of the second"
    first.phone.server = home
    assert worker.stop() == 0
    assert first.subscribe(600).status == 200
    assert first.notify(2).full
    start_second(worker, address[1])
    assert other.subscribe(600).status == 200
    bob = f"sip:bob@{domain}"
    eventually(lambda: any(each.source == address for each in other.notifies[2:]), "NOTIFY of the second")
    assert len(resources.dialogs_of(bob)) == 2, "no back end anew"
    assert sources(first) == {home} and sources(other) == {address}
