"""A watcher gets no NOTIFY before it has answered the one before (RFC 5263 section 4.4)."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone, PutList
from tests.live.rig.list_notify import parse
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, ok
from tests.live.rig.presence import Domain, pidf


def told(call: ListCall) -> list[int]:
    """CSeqs; a retransmission is no further NOTIFY."""
    return sorted({message.cseq for message in call.notifies})


@pytest.mark.req("R5263-4.4-2")
def test_what_changes_while_a_notify_is_unanswered_comes_in_order_with_those_that_follow(
    new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    """Another phone is told of each change by a tick of its own. Of those between, some are passed over."""
    bob, uri = f"sip:bob@{domain}", put_list("bob")
    silent = new_phone().subscribe(uri)
    first = silent.settled().message.cseq
    other = new_phone().subscribe(uri)
    assert other.notify(0).body_of(bob) == pidf(f"bob@{domain}")
    resources.dialog(bob, count=2)
    silent.phone.respond = lambda request: None
    notes = [pidf("bob", f"note {number}") for number in range(4)]
    for number, note in enumerate(notes):
        for dialog in resources.dialogs_of(bob):
            assert dialog.notify(note).status == 200
        assert other.notify(1 + number).body_of(bob) == note
        silent.phone.inbox.wait(lambda message: silent.is_notify(message) and message.cseq == first + 1)
    assert told(silent) == [first - 1, first, first + 1]
    silent.phone.respond = ok
    silent.phone.inbox.wait(lambda message: silent.is_notify(message) and notes[-1] in bodies(message, bob))
    later = {message.cseq: message for message in silent.notifies if message.cseq > first + 1}
    said = [body for _, message in sorted(later.items()) for body in bodies(message, bob)]
    assert said == [note for note in notes if note in said]  # in order, none twice
    assert said[-1] == notes[-1]


def bodies(notify: Message, resource: str) -> list[bytes]:
    return [instance.body for instance in parse(notify).instances.get(resource, ())]
