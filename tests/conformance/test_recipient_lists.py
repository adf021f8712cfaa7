"""Lists that a SUBSCRIBE brings along (RFC 5367, RFC 5363)."""

from __future__ import annotations

import socket
import zlib

import pytest

from tests.conformance.recipients import MEDIA_TYPE, bringing, bringing_parts, list_of, list_part, refreshing
from tests.conformance.situations import Peers
from tests.live.rig import documents
from tests.live.rig.phone import token
from tests.live.rig.presence import Script, pidf
from tests.live.rig.waiting import eventually


@pytest.mark.req("R5367-3-1", "R5367-4-1", "R5367-5-2", "R3261-20.12-1")
@pytest.mark.parametrize("coding", ["", "deflate"])
def test_list_in_the_body_is_served_like_a_stored_one(peers: Peers, coding: str) -> None:
    call = bringing(peers, list_of(*peers.subject.members), coding=coding)
    assert call.subscribe()["Require"] == "eventlist"
    first = call.notify(0)
    assert (first.full, first.uri) == (True, call.list_uri)
    assert call.notify(1).instances.keys() == set(peers.subject.members)
    peers.resources.dialog(peers.member).notify(pidf("bob", "news"))
    told = call.notify(2)
    assert (told.full, told.resources) == (False, [peers.member])
    assert refreshing(call).subscribe().status == 200
    assert call.notify(3).resources == list(peers.subject.members)


@pytest.mark.req("R5367-5-1")
def test_options_names_the_extension_and_what_it_takes(peers: Peers) -> None:
    answer = peers.phone.ask(peers.phone.options(f"sip:{peers.subject.domain}"))
    assert "recipient-list-subscribe" in answer["Supported"]
    assert MEDIA_TYPE in answer["Accept"]
    assert "deflate" in answer["Accept-Encoding"]


@pytest.mark.req("R5363-4.1-1", "R5363-4.1-2")
def test_several_lists_are_one_in_which_each_resource_is_once(peers: Peers) -> None:
    bob, claire = peers.subject.members[:2]
    same = bob.replace("sip:b", "sip:%62")
    call = bringing_parts(peers, list_part(bob, same), list_part(claire, bob))
    assert call.subscribe().status == 200
    assert call.notify(0).resources == [bob, claire]


@pytest.mark.req("R5367-4-2")
def test_references_in_the_body_are_left_out(peers: Peers, trap: socket.socket) -> None:
    """The same ones that a stored list may have."""
    domain, database = peers.subject.domain, peers.subject.ours().database
    owner = f"owner-{token()}@{domain}"
    peers.phone.user, friend, stored = f"sip:{owner}", f"sip:friend-{owner}", f"sip:list-{owner}"
    node = f"resource-lists/users/sip:{owner}/index/~~/resource-lists/list/entry"
    database.store_contacts(owner, list_of(friend))
    service = documents.service(stored, f'<list><rl:entry-ref ref="{node}"/></list>')
    database.store_list(owner, stored, documents.rls_services(service))
    elsewhere = f"http://127.0.0.1:{trap.getsockname()[1]}/xcap-root/{node}"
    content = (
        f'<list><entry uri="{peers.member}"/><entry-ref ref="{node}"/><entry-ref ref="{elsewhere}"/>'
        f'<external anchor="{elsewhere}"/><list><entry uri="tel:+1555"/></list></list>'
    )
    call = bringing(peers, documents.resource_lists(content))
    assert call.subscribe().status == 200
    assert call.settled().resources == [peers.member]
    assert not peers.resources.dialogs_of(friend)
    with pytest.raises(TimeoutError):
        trap.accept()
    assert peers.phone.subscribe(stored).settled().resources == [friend]


@pytest.mark.req("R5367-3.1-1")
def test_answer_says_nothing_about_the_members(peers: Peers) -> None:
    bob, claire = peers.subject.members[:2]
    peers.resources.scripts[bob] = Script(status=404)
    call = bringing(peers, list_of(bob, claire))
    assert call.subscribe().status == 200
    assert call.settled().instance(bob).reason == "noresource"


@pytest.mark.req("R5367-4-1")
def test_other_formats_of_lists_are_unsupported(peers: Peers) -> None:
    answer = bringing(peers, "sip:bob@example.com", kind="text/uri-list").subscribe()
    assert answer.status == 415
    assert MEDIA_TYPE in answer["Accept"]


@pytest.mark.req("R3261-20.12-1", "R5363-5.3-1")
def test_body_that_blows_up_is_refused(peers: Peers) -> None:
    call = bringing(peers, list_of(peers.member), coding="deflate")
    call.body = zlib.compress(b" " * 5_000_000, 9)
    assert call.subscribe().status == 413
    call = bringing(peers, list_of(peers.member), coding="deflate")
    call.body = b"not deflated"
    assert call.subscribe().status == 400


@pytest.mark.req("R5367-5-2")
def test_list_of_a_subscribe_outlives_a_restart(peers: Peers) -> None:
    own = peers.subject.ours()
    bob, claire = peers.subject.members[:2]
    named = f'<entry uri="{bob}"><display-name>Bob</display-name></entry>'
    call = bringing(peers, documents.resource_lists(f'<list>{named}<entry uri="{claire}"/></list>'))
    assert call.subscribe().status == 200
    assert call.settled().resources == [bob, claire]
    own.worker.stop()
    own.start_worker()
    eventually(lambda: len(peers.resources.dialogs_of(bob)[-1].subscribes) > 1, "refresh of bob's back end")
    assert refreshing(call).subscribe().status == 200
    told = call.notify(2)
    assert told.resources == [bob, claire]
    assert b"<name>Bob</name>" in told.message.body


@pytest.mark.req("R5875-4.3-1")
def test_body_of_xcap_diff_is_no_list_of_recipients(peers: Peers) -> None:
    call = bringing(peers, list_of("resource-lists/users/x/index"), require=False, disposition="")
    call.event = "xcap-diff"
    call.headers = (*call.headers[2:], "Accept: application/xcap-diff+xml")
    response = call.subscribe()
    assert response.status == 200
    assert not response.rows("Require")
