"""XCAP PUT, SUBSCRIBE, PUBLISH at Kamailio: every part is a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.live.conftest import NewServer
from tests.live.kamailio.server import Kamailio
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import PIDF_TYPE
from tests.live.rig.wire import UdpWire

ALICE, BOB, CLAIRE, DAVE = (f"sip:{user}@opensips.org" for user in ("alice", "bob", "claire", "dave"))
LIST = "sip:alice-list@opensips.org"
PIDF = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="{}">'
    "\n  <tuple id='t1'><status><basic>open</basic></status><note>{}</note></tuple>\n</presence>\n"
)


@pytest.fixture(scope="module")
def kamailio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    kamailio = Kamailio(tmp_path_factory.mktemp("kamailio"))
    try:
        kamailio.start()
        yield kamailio
    finally:
        kamailio.stop()


def another_database(broker_url: str) -> str:
    """Of the same Redis or Valkey: the ticks of two list servers must not mix."""
    if broker_url.startswith("redis+socket:"):
        return f"{broker_url}?virtual_host=1"
    return urlunsplit(urlsplit(broker_url)._replace(path="/1"))


@pytest.fixture(scope="module")
def list_server(kamailio: Kamailio, new_server: NewServer, broker_url: str) -> Iterator[ListServer]:
    """All processes of a list server whose presence server is Kamailio."""
    presence_server = f"sip:127.0.0.1:{kamailio.address[1]}"
    with new_server(RLS_PRESENCE_SERVER=presence_server, BROKER_URL=another_database(broker_url)) as server:
        server.start()
        yield server


@pytest.fixture
def alice(list_server: ListServer) -> Iterator[Phone]:
    """Her phone at the list server."""
    phone = Phone(UdpWire(), ALICE, list_server.sip)
    yield phone
    phone.close()


NewPublisher = Callable[[str], Phone]


@pytest.fixture
def publisher(kamailio: Kamailio) -> Iterator[NewPublisher]:
    """Makes phones at Kamailio."""
    with ExitStack() as stack:

        def make(user: str) -> Phone:
            phone = Phone(UdpWire(), user, kamailio.address)
            stack.callback(phone.close)
            return phone

        yield make


def publish(phone: Phone, note: str) -> None:
    """Its user tells Kamailio how he is."""
    body = PIDF.format(phone.user, note).encode()
    headers = ("Event: presence", "Expires: 600", f"Content-Type: {PIDF_TYPE}")
    assert phone.ask(phone.request("PUBLISH", phone.user, *headers, body=body)).status == 200


@pytest.mark.req("R4662-7.3-1")
@pytest.mark.req("R4662-4.5-1")
def test_published_state_reaches_the_watcher_untouched(
    list_server: ListServer, kamailio: Kamailio, alice: Phone, publisher: NewPublisher
) -> None:
    xcap = list_server.xcap("alice@opensips.org")
    members = ["bob@opensips.org", "claire@opensips.org"]
    assert xcap.put("rls-services", documents.simple(LIST, members)) == 201

    call = alice.call(LIST)
    assert call.subscribe(300)["Require"] == "eventlist"
    first = call.notify(0)
    assert (first.full, first.resources) == (True, [BOB, CLAIRE])
    assert call.notify(1).instances == {BOB: [], CLAIRE: []}  # nobody has published anything

    publish(publisher(BOB), "At my desk")
    query = "select be_callid, presence_state from rls_presentity where resource_uri = %s"
    told = call.notify(2)
    (row,) = list_server.database.rows(query, BOB)
    sent = kamailio.last_notify(row["be_callid"], b"At my desk")
    assert (told.full, told.resources) == (False, [BOB])
    assert told.instance(BOB).content_type == sent["Content-Type"] == PIDF_TYPE
    assert told.body_of(BOB) == sent.body == row["presence_state"]
    assert b"\r\n\r\n" + sent.body + b"\r\n--" in told.message.body

    assert call.subscribe(300).status == 200
    refreshed = call.notify(3)  # so there was one NOTIFY for one PUBLISH
    assert (refreshed.full, refreshed.body_of(BOB)) == (True, sent.body)
    assert call.subscribe(0).status == 200
    assert call.notify(4).state == "terminated;reason=timeout"
    assert kamailio.last_notify(row["be_callid"], b"", "terminated")["Event"] == "presence"


@pytest.mark.req("R4662-4.1-6")
def test_subscription_to_one_user_goes_to_kamailio(
    kamailio: Kamailio, alice: Phone, publisher: NewPublisher
) -> None:
    """The list server stays out of the dialog: Kamailio's NOTIFY comes straight to the phone."""
    publish(publisher(DAVE), "Seen without a list")
    response = alice.call(DAVE).subscribe(300)
    assert response.status == 200
    assert not response.rows("Require")
    notify = alice.inbox.wait(lambda message: message.start_line.startswith("NOTIFY"))
    assert notify.source == kamailio.address
    assert b"Seen without a list" in notify.body
