"""Filters of a watcher, handed to back ends, and what becomes of those that a back end cannot use."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from lxml import etree

from rls.domain.filters import MEDIA_TYPE
from tests.live.conftest import NewPhone, StoreList
from tests.live.rig.documents import filter_set
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import Domain, Script, State


@pytest.fixture
def call(server: ListServer, new_phone: NewPhone, store_list: StoreList) -> ListCall:
    """Alice's phone, about to subscribe to a list of bob and claire."""
    return new_phone().call(store_list(server, "bob", "claire"))


def subscribed(call: ListCall, filters: Mapping[str, str]) -> ListCall:
    call.body = filter_set(filters)
    assert call.subscribe(headers=(*call.headers, f"Content-Type: {MEDIA_TYPE}")).status == 200
    return call


@pytest.mark.req("R4660-4.1-1", "R4660-4.1-3", "R4660-4.1-4")
def test_filters_go_to_those_whom_they_concern(call: ListCall, resources: Domain, domain: str) -> None:
    """One of somebody here who is no member goes to nobody."""
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    whom = {
        "list": f'uri="sip:alice-list@{domain}"',
        "bob": f'uri="{bob}"',
        "elsewhere": 'uri="sip:dave@elsewhere.test"',
        "domain": 'domain="elsewhere.test"',
        "nobody": f'uri="sip:dave@{domain}"',
    }
    subscribed(call, whom).settled()
    subscribed(call.phone.call(call.list_uri), {"all": ""}).settled()
    got = {uri: [ids_of(dialog.first) for dialog in resources.dialogs_of(uri)] for uri in (bob, claire)}
    everybody = {"list", "elsewhere", "domain"}
    assert got == {bob: [everybody | {"bob"}, {"all"}], claire: [everybody, {"all"}]}


def ids_of(subscribe: Message) -> set[str]:
    return {str(name) for name in etree.fromstring(subscribe.body).xpath("//@id")}


REFUSED = Script(status=488)


@pytest.mark.req("R4660-5.4-1")
def test_a_filter_that_no_back_end_can_use_ends_the_list_subscription(
    call: ListCall, resources: Domain, domain: str
) -> None:
    uris = [f"sip:{name}@{domain}" for name in ("bob", "claire")]
    resources.scripts = {uris[0]: REFUSED, uris[1]: Script(state=State(state="terminated;reason=badfilter"))}
    subscribed(call, {"all": ""})
    told = call.notify(1)
    assert told.state == "terminated;reason=badfilter"
    assert [(told.instance(uri).state, told.instance(uri).reason) for uri in uris] == [
        ("terminated", "badfilter")
    ] * 2
    assert [len(resources.dialogs_of(uri)) for uri in uris] == [0, 1], "asked once"


@pytest.mark.req("R4660-5.4-1")
def test_a_filter_that_one_back_end_cannot_use_is_told_of_that_resource_until_it_is_another(
    call: ListCall, resources: Domain, domain: str
) -> None:
    bob, claire = (f"sip:{name}@{domain}" for name in ("bob", "claire"))
    resources.scripts = {bob: REFUSED}
    subscribed(call, {"mine": f'uri="{bob}"'})
    told = call.settled()
    assert (told.instance(bob).state, told.instance(bob).reason) == ("terminated", "badfilter")
    assert told.instance(claire).state == "active"
    resources.scripts = {}
    subscribed(call, {"mine": f'uri="{bob}" enabled="true"'})
    assert ids_of(resources.dialog(bob).first) == {"mine"}
