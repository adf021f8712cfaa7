"""What phones and presence servers said besides states outlives a kill of the worker, too."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from rls.domain.filters import MEDIA_TYPE
from tests.live.conftest import NewPhone, Start, StoreList
from tests.live.rig.documents import filter_set
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


@pytest.mark.req("R4660-3.2-1", "R5367-3.2-1", "R6665-8.3.1-3")
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
    assert not refreshed(forgetful).body and not refreshed(forgetful).rows("Content-Type")
    resources.dialog(bob).refusal = 481
    killed_and_started(server)
    anew = resources.dialog(bob, count=2).first
    assert b'id="f1"' in anew.body and anew["Content-Type"] == MEDIA_TYPE


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
