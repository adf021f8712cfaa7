"""RLS_WAITN_TIMES: event packages and lists that are told at another pace than all others."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually
from tests.live.test_live_settings import put

HOUR = "3599"


def test_a_list_with_a_time_of_its_own_waits_for_nobody(
    unstarted: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Nor do others get anything sooner: there are no ticks here until the end."""
    server = unstarted(RLS_WAITN_TIMES=f"sip:tom-list@{domain}:0.2")
    server.start_tickless_worker()
    bob = f"sip:bob@{domain}"
    alice = new_phone("alice", server).subscribe(store_list(server, "bob"))
    tom = new_phone("tom", server).subscribe(store_list(server, "bob", user="tom"))
    for call in (alice, tom):
        call.settled()
    for number in range(2, 5):
        for dialog in resources.dialogs_of(bob):
            dialog.notify(pidf("bob", str(number)))
        assert tom.notify(number).body_of(bob) == pidf("bob", str(number))
    assert len(alice.notifies) == 2
    put(server.database, "RLS_WAITN_TIME", "1")
    assert alice.notify(2).body_of(bob) == pidf("bob", "4")


@pytest.mark.req("R3856-6.10-1")
def test_an_event_package_with_a_time_of_its_own_is_told_no_sooner(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Until the operator says otherwise, which counts from then on."""
    server = start_worker(RLS_WAITN_TIME="0.2", RLS_WAITN_TIMES=f"presence:{HOUR}")
    uri, bob = store_list(server, "bob"), f"sip:bob@{domain}"
    slow, quick = (new_phone(at=server).subscribe(uri, event=event) for event in ("presence", "dialog"))
    quick.settled()
    eventually(lambda: len(resources.dialogs_of(bob)) == 2, "a back end of each")
    for number in range(2, 5):
        for dialog in resources.dialogs_of(bob):
            dialog.notify(pidf("bob", str(number)))
        assert quick.notify(number).body_of(bob) == pidf("bob", str(number))
    assert len(slow.notifies) == 1
    put(server.database, "RLS_WAITN_TIMES", "")
    assert slow.notify(1).body_of(bob) == pidf("bob", "4")
