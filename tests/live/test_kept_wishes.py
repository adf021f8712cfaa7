"""What phones and presence servers said besides states outlives a kill of the worker, too."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import pytest
from lxml import etree

from rls.domain.filters import MEDIA_TYPE, NAMESPACE
from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import BackEndDialog, Domain, State, pidf
from tests.live.rig.waiting import eventually

Calling = Callable[[ListServer], ListCall]


@pytest.fixture
def calling(new_phone: NewPhone, store_list: StoreList) -> Calling:
    """Alice's phone, about to subscribe to a list of bob and claire."""
    return lambda server: new_phone(at=server).call(store_list(server, "bob", "claire"))


def killed_and_started(server: ListServer) -> None:
    """When it has noted all answers: a NOTIFY without one is sent again, and until then is news."""
    eventually(lambda: not server.database.rows("select id from rls_outbox"), "answers noted")
    server.kill_worker()
    server.start_worker()


def refreshed(dialog: BackEndDialog, count: int = 2) -> Message:
    """The newest SUBSCRIBE of a back end, once there are so many."""
    eventually(lambda: len(dialog.subscribes) >= count, "refresh of the back end")
    return dialog.subscribes[-1]


@pytest.mark.req("R4660-3.2-1", "R6665-8.3.1-3")
@pytest.mark.req("R4660-4.1-2", "R4660-4.2-1")
def test_filters_outlive_a_kill(
    start_worker: Start, calling: Calling, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    server = start_worker()
    call = calling(server)
    call.body = filter_set({"f1": f'uri="{bob}"'})
    assert call.subscribe(headers=(*call.headers, f"Content-Type: {MEDIA_TYPE}")).status == 200
    call.settled()
    call.body = b""
    forgetful = resources.dialog(claire)
    forgetful.refusal = 481
    killed_and_started(server)
    assert b'id="f1"' in refreshed(resources.dialog(bob)).body
    assert not refreshed(forgetful).body
    resources.dialog(bob).refusal = 481
    killed_and_started(server)
    anew = resources.dialog(bob, count=2).first
    assert b'id="f1"' in anew.body and anew["Content-Type"] == MEDIA_TYPE


@pytest.mark.req("R4660-4.1-1", "R4660-4.1-3", "R4660-4.1-4")
def test_filters_go_to_those_whom_they_concern(
    start_worker: Start, calling: Calling, resources: Domain, domain: str
) -> None:
    """One of somebody here who is no member goes to nobody."""
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    first = calling(start_worker())
    whom = {
        "list": f'uri="sip:alice-list@{domain}"',
        "bob": f'uri="{bob}"',
        "elsewhere": 'uri="sip:dave@elsewhere.test"',
        "domain": 'domain="elsewhere.test"',
        "nobody": f'uri="sip:dave@{domain}"',
    }
    for filters, call in ((whom, first), ({"all": ""}, first.phone.call(first.list_uri))):
        call.body = filter_set(filters)
        assert call.subscribe(headers=(*call.headers, f"Content-Type: {MEDIA_TYPE}")).status == 200
        call.settled()
    got = {uri: [ids_of(dialog.first) for dialog in resources.dialogs_of(uri)] for uri in (bob, claire)}
    everybody = {"list", "elsewhere", "domain"}
    assert got == {bob: [everybody | {"bob"}, {"all"}], claire: [everybody, {"all"}]}


def filter_set(filters: Mapping[str, str]) -> bytes:
    """By id, whom each is for."""
    what = '<what><include type="xpath">/p:presence</include></what>'
    each = "".join(f'<filter id="{name}" {whom}>{what}</filter>' for name, whom in filters.items())
    return f'<filter-set xmlns="{NAMESPACE}">{each}</filter-set>'.encode()


def ids_of(subscribe: Message) -> set[str]:
    return {str(name) for name in etree.fromstring(subscribe.body).xpath("//@id")}


@pytest.mark.req("R5839-6.1-1", "R5839-6.3-1", "R5839-6.5-1")
def test_entity_tags_of_lists_outlive_a_kill(
    start_worker: Start, calling: Calling, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    server = start_worker()
    call = calling(server)
    assert call.subscribe().status == 200
    tag = call.settled().message["SIP-ETag"]
    assert call.subscribe().status == 200
    assert call.notify(2).message["SIP-ETag"] == tag, "another version, the same state"
    killed_and_started(server)
    condition = (*call.headers, f"Suppress-If-Match: {tag}")
    assert call.subscribe(600, condition).status == 204
    killed_and_started(server)
    assert call.subscribe(600, condition).status == 204, "its own refresh changed nothing"
    refreshed(resources.dialog(bob), 3)
    resources.dialog(bob).notify(pidf("bob", "new"))
    told = call.notify(3)
    assert not told.full and told.message["SIP-ETag"] != tag
    killed_and_started(server)
    assert call.subscribe(600, condition).status == 200, "an old tag"
    assert call.notify(4).body_of(bob) == pidf("bob", "new")


@pytest.mark.req("R5839-5.2-1", "R3261-20.12-1")
def test_entity_tags_of_back_ends_and_the_wish_for_deflated_bodies_outlive_a_kill(
    start_worker: Start, calling: Calling, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    server = start_worker(RLS_DEFLATE_FROM="1")
    call = calling(server)
    call.headers = (*call.headers, "Accept-Encoding: deflate")
    assert call.subscribe().status == 200
    dialog = resources.dialog(bob)
    dialog.send(dialog.notify_request(State(pidf("bob", "tagged"), headers=("SIP-ETag: t1",))))
    assert dialog.answer_to_last().status == 200
    killed_and_started(server)
    assert refreshed(dialog)["Suppress-If-Match"] == "t1"
    assert not refreshed(resources.dialog(claire)).rows("Suppress-If-Match")
    dialog.notify(pidf("bob", "new"))

    def told() -> bool:
        """Whatever was left to tell from before has come, too."""
        last = call.notifies[-1]
        return last["Content-Encoding"] == "deflate" and pidf("bob", "new") in zlib.decompress(last.body)

    eventually(told, "the new state")
