"""Presence servers that are silent, flood, fork or mix up their NOTIFYs."""

from __future__ import annotations

import re

import pytest

from tests.live.conftest import PutList
from tests.live.rig.phone import Phone, token
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually


def test_silent_back_end_holds_nobody_up(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    resources.scripts[bob] = Script(status=0)
    told = phone.subscribe(put_list("bob", "claire")).settled()
    assert told.resources == [claire]
    assert told.body_of(claire) == pidf(f"claire@{domain}")


def test_flood_of_notifies_is_answered_and_the_last_state_told(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    for number in range(1000):
        dialog.send(dialog.notify_request(State(pidf("bob", f"note {number}"))))
    last = pidf("bob", "note 1000")
    request = dialog.notify_request(State(last))

    def answered() -> bool:
        """Sent again and again, as UDP asks: the sockets' buffers may be full."""
        dialog.send(request)
        return last in call.notifies[-1].body

    eventually(answered, "the last state")
    assert dialog.answer_to_last().status == 200
    assert len(call.notifies) < 20, "batched"


@pytest.mark.req("R6665-4.1.2.4-3")
def test_fork_that_comes_second_is_refused(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    forked = dialog.notify_request(State(pidf("bob", "forked")))
    dialog.send(forked.replace(dialog.tag.encode(), token().encode()))
    assert dialog.answer_to_last().status == 481
    assert dialog.notify(pidf("bob", "the first")).status == 200
    assert call.notify(2).body_of(bob) == pidf("bob", "the first")


@pytest.mark.req("R3261-12.2.2-2")
def test_notify_that_was_overtaken_is_refused(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    dialog = resources.dialog(bob)
    late = dialog.notify_request(State(pidf("bob", "old")))
    assert dialog.notify(pidf("bob", "new")).status == 200
    dialog.send(late)
    (cseq,) = re.findall(rb"CSeq: (\d+)", late)
    answer = dialog.answer_to(int(cseq))
    assert answer.status == 500
    assert call.notify(2).body_of(bob) == pidf("bob", "new")
