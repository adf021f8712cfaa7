"""Back ends that need not repeat what is known (RFC 5839)."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually
from tests.live.test_silent_peers import QUICK, end_of, told

SHORT = "active;expires=4"


@pytest.mark.req("R6665-4.1.2.2-4", "R5839-5.2-1")
def test_no_notify_is_missed_after_204(
    start_worker: Start, new_phone: NewPhone, store_list: StoreList, resources: Domain, domain: str
) -> None:
    """Bob's back end answered so before claire's answered 200, and Timer N gave hers up."""
    server = start_worker(**QUICK)
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    tagged = State(pidf("bob", "tagged"), SHORT, headers=("SIP-ETag: t1",))
    resources.scripts[bob] = Script(state=tagged)
    call = new_phone(at=server).subscribe(store_list(server, "bob", "claire"))
    call.settled()
    spared, silent = resources.dialog(bob), resources.dialog(claire)
    refresh = eventually(lambda: spared.subscribes[1:], "a refresh")[0]
    assert refresh["Suppress-If-Match"] == "t1"
    silent.notify(pidf("claire"), SHORT)
    silent.last = None  # nothing to say after the next SUBSCRIBE
    assert end_of(call, claire).reason == "probation"
    assert spared.notify(pidf("bob", "later")).status == 200
    eventually(lambda: told(call, bob)[-1].body == pidf("bob", "later"), "what it said later")
    assert {each.state for each in told(call, bob)} == {"active"}
    assert len(spared.subscribes) == 2
