"""What changes between two ticks goes out as one partial NOTIFY."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, Script, pidf

NO_TICKS = {"RLS_WAITN_TIME": "6000"}
"""Ten minutes from one slice to the next."""


@pytest.mark.req("R4662-4.5-1")
@pytest.mark.req("R4662-5.2-7")
def test_changes_of_one_interval_are_folded(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    call = phone.subscribe(put_list("bob", "claire", "dave"))
    call.settled()
    resources.dialog(bob).notify(pidf("bob", "now the tick's time is known"))
    call.notify(2)
    for number in range(5):
        resources.dialog(bob).notify(pidf("bob", f"note {number}"))
        resources.dialog(dave).notify(pidf("dave", f"note {number}"))
    told = call.notify(3)
    assert not told.full
    assert told.resources == [bob, dave]
    assert told.body_of(bob) == pidf("bob", "note 4")
    assert told.body_of(dave) == pidf("dave", "note 4")
    resources.dialog(claire).notify(pidf("claire", "a later tick"))
    assert call.notify(4).resources == [claire]


def test_partial_notify_comes_within_the_interval(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    committed = resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "new"))
    assert call.notify(2).message.at - committed.at < 2.5  # 1 s, and a busy machine


def test_first_answers_wait_for_no_tick(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    """All answer: at once. One is silent: after two seconds. No tick comes in this test."""
    server = start_worker(**NO_TICKS)
    everybody = [f"sip:{user}@{domain}" for user in ("bob", "claire")]
    lists = {f"sip:{user}-list@{domain}": user for user in ("alice", "tom")}
    for uri, user in lists.items():
        server.database.store_list(f"{user}@{domain}", uri, documents.simple(uri, everybody))

    call = new_phone("alice", server).subscribe(f"sip:alice-list@{domain}")
    told = call.notify(1)
    assert told.resources == everybody
    assert told.message.at - call.notify(0).message.at < 0.5

    resources.scripts[everybody[1]] = Script()
    call = new_phone("tom", server).subscribe(f"sip:tom-list@{domain}")
    told = call.notify(1)
    assert told.resources == everybody[:1]
    assert 1.5 < told.message.at - call.notify(0).message.at < 3


def test_states_after_the_first_answers_wait_for_the_tick(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    resources.scripts[claire] = Script()
    call = phone.subscribe(put_list("bob", "claire"))
    resources.dialog(claire)
    resources.dialog(bob).notify(pidf("bob", "second"))
    resources.dialog(claire).notify(pidf("claire"))
    told = call.settled()
    assert told.body_of(bob) == pidf("bob", "second")
    assert told.body_of(claire) == pidf("claire")


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
