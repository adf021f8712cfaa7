"""What a watcher that asked for few NOTIFYs gets at once nevertheless, and in the end (RFC 6446)."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually
from tests.live.test_live_settings import put
from tests.live.test_paces import HOUR

RARELY = "presence;max-rate=0.0003"
"""Not twice in an hour."""


def tell_all(resources: Domain, domain: str, user: str, note: str) -> None:
    """Every subscription to the user."""
    for dialog in resources.dialogs_of(f"sip:{user}@{domain}"):
        assert dialog.notify(pidf(user, note)).status == 200


@pytest.mark.req("R6446-5.2-2")
def test_only_subscribes_are_answered_sooner_than_the_rate_allows(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Changes are not, however often another watcher is told meanwhile."""
    server = start_worker(RLS_WAITN_TIME="0.2")
    uri, bob = store_list(server, "bob"), f"sip:bob@{domain}"
    quick, slow = (new_phone(at=server).subscribe(uri, event=event) for event in ("presence", RARELY))
    quick.settled()
    eventually(lambda: len(resources.dialogs_of(bob)) == 2, "a back end of each")
    for number in (2, 3, 4):
        tell_all(resources, domain, "bob", f"note {number}")
        assert quick.notify(number).body_of(bob) == pidf("bob", f"note {number}")
    assert len(slow.notifies) == 1
    assert slow.subscribe().status == 200
    refreshed = slow.notify(1)
    assert (refreshed.full, refreshed.body_of(bob)) == (True, pidf("bob", "note 4"))
    tell_all(resources, domain, "bob", "last")
    assert quick.notify(5).body_of(bob) == pidf("bob", "last")
    assert len(slow.notifies) == 2
    assert slow.subscribe(0).status == 200
    final = slow.notify(2)
    assert (final.state, final.body_of(bob)) == ("terminated;reason=timeout", pidf("bob", "last"))


def refreshed(call: ListCall, resources: Domain) -> None:
    """Everything has been told that its back ends answered."""
    for dialog in resources.dialogs:
        assert dialog.answer_to_last().status == 200
    assert call.subscribe().status == 200
    assert all(call.notify(1).instances.values())


@pytest.mark.req("R6446-5.5.1-1")
def test_full_state_is_told_when_everybody_has_changed(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Alice's list is all that changed, Tom's has one more, who did not."""
    server = start_worker(RLS_WAITN_TIME="0.2", RLS_WAITN_TIMES=f"presence:{HOUR}")
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    alice = new_phone("alice", server).subscribe(store_list(server, "bob", "claire"))
    tom = new_phone("tom", server).subscribe(store_list(server, "bob", "claire", "dave", user="tom"))
    eventually(lambda: len(resources.dialogs) == 5, "back ends")
    for call in (alice, tom):
        refreshed(call, resources)
    for user in ("bob", "claire"):
        tell_all(resources, domain, user, "new")
    put(server.database, "RLS_WAITN_TIMES", "")
    for call, full in ((alice, True), (tom, False)):
        told = call.notify(2)
        assert (told.full, told.resources) == (full, [bob, claire])
        assert told.body_of(claire) == pidf("claire", "new")
