"""Who does not answer, or answers and then says nothing. With a T1 of 0.1 s, 6.4 s are borne with."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig import list_notify
from tests.live.rig.list_notify import Instance
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually

QUICK = {"RLS_T1": "0.1", "RLS_LOST_NOTIFIES": "9", "RLS_GRACE_TIME": "0"}
"""Who does answer is on a busy machine, too: no list subscription ends for that."""


def told(call: ListCall, resource: str) -> list[Instance]:
    """All that was said of it, in order."""
    notifies = map(list_notify.parse, call.notifies)
    return [instance for notify in notifies for instance in notify.instances.get(resource, [])]


def end_of(call: ListCall, resource: str) -> Instance:
    """What was said when it ended."""
    return eventually(
        lambda: [each for each in told(call, resource) if each.state == "terminated"],
        f"the end of {resource}",
    )[0]


@pytest.mark.req("R6665-4.1.2.4-1", "R6665-4.1.2.4-2", "R6665-4.4.1-2")
def test_back_end_that_accepts_and_tells_nothing_is_given_up(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(**QUICK)
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script()
    call = new_phone(at=server).subscribe(store_list(server, "bob"))
    assert end_of(call, bob).reason == "probation"
    given_up = resources.dialogs_of(bob)[0]
    assert given_up.notify(pidf("bob")).status == 481
    assert len(given_up.subscribes) == 1
    resources.scripts[bob] = Script(state=State(pidf("bob", "awake")))
    eventually(lambda: told(call, bob)[-1].body == pidf("bob", "awake"), "what a later try brought")


@pytest.mark.req("R6665-4.1.2.2-3", "R6665-4.1.2-1")
@pytest.mark.req("R6665-4.1.2.4-1")
def test_so_is_one_that_tells_nothing_after_a_refresh(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(**QUICK)
    bob = f"sip:bob@{domain}"
    call = new_phone(at=server).subscribe(store_list(server, "bob"))
    call.settled()
    resources.scripts[bob] = Script()
    dialog = resources.dialog(bob)
    dialog.notify(pidf("bob"), "active;expires=4")
    dialog.last = None  # nothing to say after the next SUBSCRIBE
    eventually(lambda: len(dialog.subscribes) > 1, "a refresh")
    assert end_of(call, bob).reason == "probation"


def test_nobody_is_given_up_for_one_lost_notify_if_two_may_be_lost(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_T1="0.05", RLS_LOST_NOTIFIES="2")
    phone = new_phone(at=server)
    phone.respond = lambda request: None
    call = phone.subscribe(store_list(server, "bob"))
    first, second = call.notify(0), call.notify(1)
    assert first.full and second.full, "state was lost with the first"
    eventually(lambda: any(each.ended for each in resources.dialogs), "the end after the second")
    assert call.subscribe().status == 481
    assert len(call.notifies) == 2


@pytest.mark.req("R6665-4.2.2-3", "R3261-12.2.1.2-2", "R3261-8.1.3.1-1")
def test_one_lost_notify_is_the_end_if_nothing_else_was_said(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_T1="0.05")
    phone = new_phone(at=server)
    phone.respond = lambda request: None
    call = phone.subscribe(store_list(server, "bob"))
    eventually(lambda: any(each.ended for each in resources.dialogs), "the end")
    assert call.subscribe().status == 481
    assert len(call.notifies) == 1


def fails(resources: Domain, resource: str) -> None:
    """It moves the subscription away, and then takes no other."""
    asked = len(resources.requests.all())
    resources.scripts[resource] = Script(503, headers=())
    assert resources.dialog(resource).notify(state="terminated;reason=deactivated").status == 200
    eventually(lambda: len(resources.requests.all()) > asked, "another SUBSCRIBE")


def test_a_known_state_stands_while_its_back_end_fails(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_GRACE_TIME="3000")
    bob = f"sip:bob@{domain}"
    call = new_phone(at=server).subscribe(store_list(server, "bob"))
    assert call.settled().body_of(bob) == pidf(f"bob@{domain}")
    fails(resources, bob)
    assert call.subscribe().status == 200
    assert call.notify(2).body_of(bob) == pidf(f"bob@{domain}")
    resources.scripts[bob] = Script(state=State(pidf("bob", "back")))
    assert call.notify(3).body_of(bob) == pidf("bob", "back")
    assert {each.state for each in told(call, bob)} == {"active"}


def test_it_is_withdrawn_after_the_grace_time(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    server = start_worker(RLS_GRACE_TIME="0.5")
    bob = f"sip:bob@{domain}"
    call = new_phone(at=server).subscribe(store_list(server, "bob"))
    call.settled()
    fails(resources, bob)
    withdrawn = call.notify(2).instance(bob)
    assert (withdrawn.state, withdrawn.reason, withdrawn.body) == ("terminated", "probation", b"")
