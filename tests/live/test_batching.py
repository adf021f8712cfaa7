"""What changes between two ticks goes out as one partial NOTIFY."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList, Start, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script, pidf
from tests.live.test_live_settings import put


@pytest.mark.req("R4662-4.5-1")
@pytest.mark.req("R4662-5.2-7")
def test_changes_of_one_interval_are_folded(
    unstarted: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    server = unstarted()
    server.start_tickless_worker()
    call = new_phone(at=server).subscribe(store_list(server, "bob", "claire", "dave"))
    call.settled()
    for number in range(5):
        resources.dialog(bob).notify(pidf("bob", f"note {number}"))
        resources.dialog(dave).notify(pidf("dave", f"note {number}"))
    assert len(call.notifies) == 2
    put(server.database, "RLS_WAITN_TIME", "1")
    told = call.notify(2)
    assert not told.full
    assert told.resources == [bob, dave]
    assert told.body_of(bob) == pidf("bob", "note 4")
    assert told.body_of(dave) == pidf("dave", "note 4")
    resources.dialog(claire).notify(pidf("claire", "a later tick"))
    assert call.notify(3).resources == [claire]


def test_partial_notify_comes_with_a_tick(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "new"))
    assert call.notify(2).body_of(f"sip:bob@{domain}") == pidf("bob", "new")


def test_first_answers_wait_for_no_tick(
    tickless: ListServer, new_phone: NewPhone, store_list: StoreList, domain: str
) -> None:
    call = new_phone(at=tickless).subscribe(store_list(tickless, "bob", "claire"))
    assert call.settled().resources == [f"sip:{user}@{domain}" for user in ("bob", "claire")]


def test_first_answers_wait_neither_for_a_tick_nor_for_who_is_silent(
    unstarted: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    server = unstarted(RLS_SETTLE_TIME="6")
    server.start_tickless_worker()
    resources.scripts[claire] = Script()
    assert new_phone(at=server).subscribe(store_list(server, "bob", "claire")).settled().resources == [bob]


def test_many_lists_get_each_their_own_numbers(
    new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    calls = [new_phone(user).subscribe(put_list("bob", user=user)) for user in ("alice", "tom", "uma")]
    for call in calls:
        call.settled()
    for dialog in resources.dialogs:
        assert dialog.notify(pidf("bob", dialog.watcher)).status == 200
    for call in calls:
        assert call.notify(2).body_of(f"sip:bob@{domain}") == pidf("bob", call.phone.user)
