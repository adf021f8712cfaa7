"""Back-end subscriptions: how they are asked for, what their NOTIFYs change."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, DAVE, service
from tests.django.engine.phone import Phone
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

CROWD = [f"sip:user{number}@10.0.0.9" for number in range(20)]


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


@pytest.mark.req("R4662-7.1.1-2", "R6665-3.1.2-2", "R4662-4.1-5")
async def test_they_are_asked_for_in_the_watchers_name(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    (request,) = rig.server.subscribes(BOB)
    assert request.from_.uri == "sip:alice@example.test"
    assert (request.uri, request.to.uri) == (BOB, BOB)
    assert request.rows("event") == ["presence"]
    assert request.header("accept") == "application/pidf+xml"
    assert request.header("require") is None


async def test_they_go_through_the_presence_server(rig: Rig) -> None:
    rig.lists.put(service("sip:erin@example.test"))
    await rig.start(presence_servers=("sip:10.0.0.9:5060",))
    await rig.subscribed()
    (request,) = rig.server.subscribes()
    assert (request.uri, request.header("route")) == ("sip:erin@example.test", "<sip:10.0.0.9:5060;lr>")


async def test_no_more_are_under_way_than_allowed(rig: Rig) -> None:
    rig.lists.put(service(*CROWD))
    rig.server.refusals = dict.fromkeys(CROWD, 0)
    await rig.start(backend_in_flight=4)
    await rig.subscribed(settle=False)
    assert len({request.call_id for request in rig.server.subscribes()}) == 4
    rig.server.tell(CROWD[0], b"<late/>")
    rig.server.tell(CROWD[1], b"<late/>")
    await rig.quiet()
    assert len({request.call_id for request in rig.server.subscribes()}) == 6


async def test_all_of_a_crowd_are_asked_and_told(rig: Rig) -> None:
    rig.lists.put(service(*CROWD))
    await rig.start(backend_in_flight=3)
    await rig.subscribed()
    assert set(rig.phone.told[1].states) == set(CROWD)


async def test_refusals_make_room_too(rig: Rig) -> None:
    rig.lists.put(service(*CROWD))
    rig.server.refusals = dict.fromkeys(CROWD, 404)
    await rig.start(backend_in_flight=1)
    await rig.subscribed()
    assert {known and known[:2] for known in rig.phone.told[1].states.values()} == {
        ("terminated", "noresource")
    }


async def test_a_notify_is_answered_when_it_is_stored(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    notify = rig.server.tell(BOB, b"<new/>")
    rig.network.now = rig.clock.now()
    rig.network.run()
    assert rig.server.answers_to(notify) == []
    await rig.quiet()
    assert rig.server.answers_to(notify) == [200]
    assert (await rig.select("select presence_state from rls_presentity order by position"))[0] == (
        b"<new/>",
    )


async def test_an_unchanged_body_costs_no_write(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    before = await rig.select("select xmin::text from rls_presentity order by id")
    notify = rig.server.tell(BOB, None)
    rig.network.now = rig.clock.now()
    rig.network.run()
    rig.network.run()
    assert rig.server.answers_to(notify) == [200]
    await rig.quiet()
    assert await rig.select("select xmin::text from rls_presentity order by id") == before
    assert await rig.tick() == 0


async def test_a_notify_without_a_body_keeps_the_document(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"")
    await rig.quiet()
    assert await rig.tick() == 0
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].body(BOB) == f"<{BOB}/>".encode()


@pytest.mark.req("R4662-5.5-7")
async def test_active_without_any_body_yet_says_nothing(rig: Rig) -> None:
    rig.server.bodies = {BOB: b""}
    await rig.start()
    await rig.subscribed()
    assert rig.phone.told[1].states[BOB] is None


@pytest.mark.req("R4662-4.5-5")
async def test_pending_is_told(rig: Rig) -> None:
    rig.server.states = {BOB: "pending;expires=600"}
    rig.server.bodies = {BOB: b""}
    await rig.start()
    await rig.subscribed()
    assert rig.phone.told[1].states[BOB] == ("pending", None, b"")
    rig.server.tell(BOB, b"<here/>")
    await rig.quiet()
    await rig.tick()
    assert rig.phone.told[2].states == {BOB: ("active", None, b"<here/>")}


async def test_a_changed_type_of_an_equal_body_is_news(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, None, content_type="application/cpim-pidf+xml")
    await rig.quiet()
    assert await rig.tick() == 1


@pytest.mark.req("R4662-7.2-1")
async def test_each_user_has_back_ends_of_their_own(rig: Rig) -> None:
    await rig.start(list_access="anyone")
    await rig.subscribed()
    other = Phone(rig.network, ("10.0.0.3", 5062), "sip:mallory@example.test")
    rig.server.refusals = {BOB: 403, CAROL: 403}
    other.subscribe()
    await rig.quiet()
    assert other.told[0].states == {BOB: None, CAROL: None}
    assert {known and known[1] for known in other.told[1].states.values()} == {"rejected"}
    senders = {request.from_.uri for request in rig.server.subscribes(BOB)}
    assert senders == {"sip:alice@example.test", "sip:mallory@example.test"}


async def test_what_comes_after_the_end_is_answered_and_forgotten(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL, DAVE))
    await rig.start()
    await rig.subscribed()
    rig.server.refusals = {BOB: 0}
    rig.phone.refresh(expires="0")
    await rig.quiet()
    notify = rig.server.tell(BOB, b"<late/>", subscribe=rig.server.subscribes(BOB)[0])
    await rig.quiet()
    assert rig.server.answers_to(notify) == [200]
    assert await rig.select("select id from rls_presentity") == []
