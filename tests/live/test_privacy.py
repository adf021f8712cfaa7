"""What bob shows to alice alone, tom never sees, whatever he asks for; and nobody acts in alice's dialog."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents, list_notify
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually

SECRET = pidf("bob", "for alice's eyes only")


@pytest.fixture
def alice(new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str) -> ListCall:
    """She sees what bob shows to her; whoever else asks has to wait for his consent."""
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(state=State(state="pending"))
    call = new_phone("alice").subscribe(put_list("bob"))
    assert resources.dialog(bob).notify(SECRET).status == 200
    eventually(lambda: any(SECRET in notify.body for notify in call.notifies), "bob's state")
    return call


def _told(call: ListCall) -> None:
    eventually(lambda: call.notifies, "a NOTIFY")
    for notify in call.notifies:
        instances = list_notify.parse(notify).instances.values()
        assert not [instance for found in instances for instance in found if instance.body]
        assert SECRET not in notify.data


def test_tom_sees_nothing_of_it_in_any_subscription_of_his(
    alice: ListCall, new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str
) -> None:
    tom, uri = new_phone("tom"), put_list("bob", "claire", user="tom")
    resources.scripts[f"sip:claire@{domain}"] = Script(state=State(state="pending"))
    first = tom.subscribe(uri)
    assert first.subscribe(600).status == 200, "refresh"
    second = tom.subscribe(uri)
    fetched = tom.call(uri)
    assert fetched.subscribe(0).status == 200
    for call in (first, second, fetched):
        _told(call)
    asked = {dialog.watcher for dialog in resources.dialogs_of(f"sip:bob@{domain}")}
    assert asked == {f"sip:alice@{domain}", f"sip:tom@{domain}"}, "each is asked for in their own name"


def test_tom_sees_nothing_of_it_after_a_restart(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server, bob = start_worker(), f"sip:bob@{domain}"
    resources.scripts[bob] = Script(state=State(state="pending"))
    calls = {}
    for user in ("alice", "tom"):
        uri = f"sip:{user}-list@{domain}"
        server.database.store_list(f"{user}@{domain}", uri, documents.simple(uri, [bob]))
        calls[user] = new_phone(user, server).subscribe(uri)
    assert resources.dialog(bob, f"sip:alice@{domain}").notify(SECRET).status == 200
    server.kill_worker()
    server.start_worker()
    for call in calls.values():
        assert call.subscribe(600).status == 200
    eventually(lambda: SECRET in calls["alice"].notifies[-1].body, "bob's state")
    _told(calls["tom"])


@pytest.mark.parametrize("expires", [3600, 0], ids=["subscription", "fetch"])
def test_tom_may_not_subscribe_to_the_list_of_alice(
    alice: ListCall, new_phone: NewPhone, expires: int
) -> None:
    call = new_phone("tom").call(alice.list_uri)
    assert call.subscribe(expires).status == 403
    assert not call.notifies


@pytest.mark.parametrize(
    "spelling", ["sip:alice-list@{}", "sip:%61lice-list@{}", "sip:alice-list@{};transport=udp"]
)
@pytest.mark.parametrize("domain_of", [str, str.upper], ids=["", "in capitals"])
def test_namesake_of_alice_in_another_domain_does_not_get_her_list_by_any_spelling(
    alice: ListCall, new_phone: NewPhone, domain: str, spelling: str, domain_of: Callable[[str], str]
) -> None:
    namesake = new_phone("alice")
    namesake.user = "sip:alice@elsewhere.test"
    assert namesake.call(spelling.format(domain_of(domain))).subscribe().status == 403
    assert not namesake.inbox.all(lambda message: not message.status)


def _as(phone: Phone, call: ListCall) -> ListCall:
    """The dialog of `call` as somebody who overheard it would use it."""
    stolen = phone.call(call.list_uri)
    stolen.target, stolen.call_id, stolen.tag, stolen.to_tag = (
        call.target,
        call.call_id,
        call.tag,
        call.to_tag,
    )
    stolen.cseq = call.cseq + 10
    return stolen


@pytest.mark.parametrize("expires", [600, 0], ids=["refresh to another Contact", "end"])
def test_dialog_of_alice_is_of_no_use_to_tom(alice: ListCall, new_phone: NewPhone, expires: int) -> None:
    before = len(alice.notifies)
    stolen = _as(new_phone("tom"), alice)
    assert stolen.subscribe(expires).status == 403
    assert not stolen.phone.inbox.all(lambda message: not message.status)
    alice.cseq += 20
    assert alice.subscribe(600).status == 200
    eventually(lambda: len(alice.notifies) == before + 1, "full state for alice")
    assert SECRET in alice.notifies[-1].body


def test_notify_that_guesses_a_dialog_changes_nothing(
    alice: ListCall, server: ListServer, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    dialog = resources.dialog(f"sip:bob@{domain}")
    forged = dialog.notify_request(State(pidf("bob", "forged"))).replace(
        f";tag={dialog.first.tag('From')}".encode(), b";tag=0123456789abcdef"
    )
    mallory = new_phone("mallory")
    mallory.send(forged)
    answer = dialog.answer_to_last()
    assert answer.status == 481
    assert alice.subscribe(600).status == 200
    eventually(lambda: SECRET in alice.notifies[-1].body, "bob's state as it was")
