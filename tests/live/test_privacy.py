"""What bob shows to alice alone, tom never sees, whatever he asks for; and nobody acts in alice's dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents, list_notify
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ACCEPT, ListCall, Phone
from tests.live.rig.presence import PIDF_TYPE, Domain, Script, State, pidf
from tests.live.rig.waiting import eventually

DIALOG_INFO = "application/dialog-info+xml"
BRINGING = (
    "Require: recipient-list-subscribe",
    "Content-Disposition: recipient-list",
    "Content-Type: application/resource-lists+xml",
)
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


@pytest.mark.req("R5367-4-1")
@pytest.mark.parametrize("event", ["presence", "dialog"])
@pytest.mark.parametrize("brings", [False, True], ids=["stored list", "list in the SUBSCRIBE"])
def test_each_sees_what_the_presence_server_shows_to_them_in_every_package_and_kind_of_list(
    new_phone: NewPhone, put_list: PutList, resources: Domain, domain: str, event: str, brings: bool
) -> None:
    """Pieces that make one document of the states before them, too."""
    bob, told = f"sip:bob@{domain}", {}
    resources.scripts[bob] = Script(state=State(state="pending"))
    for user in ("alice", "tom"):
        stored = put_list("bob", user=user)
        told[user] = _watching(new_phone(user), bob, stored if not brings else "", event)
    for version, state in enumerate(("full", "partial") if event == "dialog" else ("full",)):
        for user, call in told.items():
            body, kind = _shown(event, user, version, state)
            assert resources.dialog(bob, f"sip:{user}@{domain}").notify(body, kind=kind).status == 200
            eventually(partial(_heard, call, f"for-{user}-{version}"), "bob's state")
    for user, call in told.items():
        before = len(call.notifies)
        assert call.subscribe(600).status == 200, "refresh"
        eventually(lambda call=call, before=before: len(call.notifies) > before, "full state")  # type: ignore[misc]
        assert f"for-{user}".encode() in call.notifies[-1].body
    assert not _heard(told["tom"], "for-alice"), "what alice sees"
    assert not _heard(told["alice"], "for-tom"), "what tom sees"


def _watching(phone: Phone, bob: str, stored: str, event: str) -> ListCall:
    """A subscription to a stored list, or to one with bob that it brings along."""
    uri = stored or f"sip:adhoc@{bob.partition('@')[2]}"
    call = phone.call(uri, event, f"{ACCEPT}, {DIALOG_INFO}")
    body, headers = b"", call.headers
    if not stored:
        body = documents.resource_lists(f'<list><entry uri="{bob}"/></list>').encode()
        headers = (*call.headers, *BRINGING)
    assert call.ask(call.request(3600, headers, body=body)).status == 200
    return call


def _shown(event: str, user: str, version: int, state: str) -> tuple[bytes, str]:
    """What bob shows to a user, and its media type."""
    name = f"for-{user}-{version}"
    if event == "presence":
        return pidf("bob", name), PIDF_TYPE
    info = (
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" entity="sip:b@x" version="{version}" '
        f'state="{state}"><dialog id="{name}"><state>early</state></dialog></dialog-info>'
    )
    return info.encode(), DIALOG_INFO


def _heard(call: ListCall, name: str) -> bool:
    return any(name.encode() in notify.data for notify in call.notifies)


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


@pytest.mark.parametrize(
    ("watcher", "brings"), [("tom@{}", False), ("tom@{}", True), ("alice@elsewhere.test", True)]
)
def test_list_of_alice_in_a_list_of_others_shows_them_nobody_of_hers(
    alice: ListCall,
    new_phone: NewPhone,
    put_list: PutList,
    resources: Domain,
    domain: str,
    watcher: str,
    brings: bool,
) -> None:
    """In a list that is brought along it is asked for as anybody, in the watcher's name."""
    phone = new_phone("tom")
    phone.user = f"sip:{watcher.format(domain)}"
    stored = "" if brings else put_list("alice-list", user="tom")
    call = _watching(phone, alice.list_uri, stored, "presence")
    told = call.settled() if brings else call.notify(0)
    assert told.resources == [alice.list_uri]
    assert told.instance(alice.list_uri).reason == (None if brings else "rejected")
    assert not _heard(call, f"bob@{domain}")
    asked = {dialog.watcher for dialog in resources.dialogs_of(f"sip:bob@{domain}")}
    assert asked == {alice.phone.user}


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
