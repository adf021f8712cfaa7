"""Filters of a watcher go to the back ends that they are for (RFC 4660)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rls.domain import codings
from rls.domain.filters import MEDIA_TYPE, NAMESPACE
from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio
WHAT = '<what><include type="xpath">/p:presence</include></what>'


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


def document(*filters: str) -> bytes:
    return f'<filter-set xmlns="{NAMESPACE}" package="presence">{"".join(filters)}</filter-set>'.encode()


def of(name: str, uri: str, content: str = WHAT) -> str:
    return f'<filter id="{name}" uri="{uri}">{content}</filter>'


async def subscribed(rig: Rig, body: bytes) -> int:
    rig.phone.subscribe(FRIENDS, (("Content-Type", MEDIA_TYPE),), body)
    await rig.quiet()
    return rig.phone.status


async def refreshed(rig: Rig, body: bytes) -> int:
    to = next(answer for answer in reversed(rig.phone.responses) if answer.status == 200).rows("to")[0]
    rig.phone.subscribe(FRIENDS, (("Content-Type", MEDIA_TYPE),), body, to=to)
    await rig.quiet()
    return rig.phone.status


@pytest.mark.req("R4660-3.2-1", "R4660-4.1-2", "R6665-8.3.1-3")
async def test_only_bobs_subscribe_has_bobs_filter(rig: Rig) -> None:
    await rig.start()
    assert await subscribed(rig, document(of("1", BOB))) == 200
    (to_bob,), (to_carol,) = rig.server.subscribes(BOB), rig.server.subscribes(CAROL)
    assert to_bob.header("content-type") == MEDIA_TYPE
    assert b'id="1"' in to_bob.body and b"/p:presence" in to_bob.body
    assert "content-type" not in to_carol.headers
    assert to_carol.body == b""
    assert rig.phone.told[-1].states.keys() == {BOB, CAROL}


@pytest.mark.req("R4660-4.1-1")
async def test_a_filter_of_the_list_goes_to_all(rig: Rig) -> None:
    await rig.start()
    await subscribed(rig, document(of("1", FRIENDS)))
    for subscribe in rig.server.subscribes():
        assert b'id="1"' in subscribe.body
        assert FRIENDS.encode() not in subscribe.body


@pytest.mark.req("R4660-4.1-5", "R4660-5.4-1", "D37")
@pytest.mark.parametrize("body", [document(of("1", BOB), of("2", BOB)), document(of("1", BOB, "")), b"<odd>"])
async def test_filters_that_nobody_could_use_are_refused(rig: Rig, body: bytes) -> None:
    await rig.start()
    assert await subscribed(rig, body) == 488
    assert rig.phone.responses[-1].rows("warning")[0].startswith('399 rls "')
    assert not rig.server.subscribes()


@pytest.mark.req("R4660-4.2-1")
async def test_a_refresh_changes_filters_or_leaves_them(rig: Rig) -> None:
    await rig.start()
    await subscribed(rig, document(of("1", BOB)))
    rig.phone.refresh()
    await rig.quiet()
    assert len(rig.server.subscribes(BOB)) == 1
    assert await refreshed(rig, document(of("2", BOB))) == 488
    assert await refreshed(rig, document('<filter id="1" remove="true"/>', of("2", CAROL))) == 200
    before, ended, anew = sorted(rig.server.subscribes(BOB), key=lambda each: each.body == b"")
    assert before.body and not anew.body
    assert rig.server.subscribes(CAROL)[-1].body or rig.server.subscribes(CAROL)[-2].body
    assert ended.header("expires") == "0" or anew.header("expires") == "0"
    rig.server.tell(BOB, b"<unfiltered/>", subscribe=anew if anew.header("expires") != "0" else ended)
    await rig.quiet()
    await rig.tick()
    assert rig.phone.told[-1].body(BOB) == b"<unfiltered/>"


async def test_the_body_of_a_subscribe_is_decoded_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    decode, decoded = codings.decode, []

    def counted(names: Sequence[str], body: bytes, limit: int) -> bytes:
        decoded.append(body)
        return decode(names, body, limit)

    monkeypatch.setattr(codings, "decode", counted)
    await rig.start()
    first, second = document(of("1", BOB)), document(of("2", CAROL))
    assert await subscribed(rig, first) == 200
    assert await refreshed(rig, second) == 200
    assert decoded == [first, second]


async def test_what_is_tried_again_has_its_filter(rig: Rig) -> None:
    rig.server.refusals[BOB] = 503
    await rig.start()
    await subscribed(rig, document(of("1", BOB)))
    rig.server.refusals.clear()
    await rig.pass_time(30)
    assert all(b'id="1"' in each.body for each in rig.server.subscribes(BOB))
    assert len(rig.server.subscribes(BOB)) > 1


@pytest.mark.req("R4660-4.1-2", "R4660-4.1-3", "R4660-4.2-1")
async def test_filters_outlive_a_crash(rig: Rig) -> None:
    elsewhere = "sip:somebody@elsewhere.test"
    await rig.start()
    await subscribed(rig, document(of("1", BOB), of("2", CAROL), of("3", elsewhere)))
    assert await refreshed(rig, document('<filter id="1" remove="true"/>')) == 200
    await rig.crash()
    rig.server.refusals = {CAROL: 481}
    await rig.start()
    rig.server.refusals.clear()
    await rig.pass_time(1)
    for uri, wanted in ((BOB, [b'"3"']), (CAROL, [b'"2"', b'"3"'])):
        body = rig.server.subscribes(uri)[-1].body
        assert [name for name in (b'"1"', b'"2"', b'"3"') if b"id=" + name in body] == wanted
    assert await refreshed(rig, document(of("4", CAROL))) == 488, "there is one for carol already"


@pytest.mark.req("R3261-8.1.3.5-1")
async def test_filters_that_a_back_end_refused_are_not_offered_again_after_a_crash(rig: Rig) -> None:
    rig.server.refusal_of_bodies = 415
    await rig.start()
    await subscribed(rig, document(of("1", BOB)))
    assert [bool(each.body) for each in rig.server.subscribes(BOB)] == [True, False]
    await rig.crash()
    rig.server.bodies[BOB] = b"<meanwhile/>"
    await rig.start()
    await rig.tick()
    assert [bool(each.body) for each in rig.server.subscribes(BOB)] == [True, False, False]
    assert rig.phone.told[-1].body(BOB) == b"<meanwhile/>"


@pytest.mark.req("R4660-5.4-1")
async def test_a_filter_that_nobody_can_use_later_ends_the_list_subscription(rig: Rig) -> None:
    await rig.start()
    await subscribed(rig, document(of("1", FRIENDS)))
    for uri in (BOB, CAROL):
        assert rig.phone.told[-1].state.startswith("active")
        rig.server.tell(uri, b"", "terminated;reason=badfilter")
        await rig.quiet()
    told = rig.phone.told[-1]
    assert told.state == "terminated;reason=badfilter"
    assert told.states == dict.fromkeys((BOB, CAROL), ("terminated", "badfilter", b""))
    await rig.pass_time(600)
    assert len(rig.server.subscribes()) == 2
    assert rig.phone.told[-1] == told


@pytest.mark.req("R4660-5.4-1")
async def test_who_cannot_use_a_filter_is_asked_again_with_another(rig: Rig) -> None:
    rig.server.refusals = {BOB: 488}
    await rig.start()
    await subscribed(rig, document(of("1", BOB)))
    assert rig.phone.told[-1].states[BOB] == ("terminated", "badfilter", b"")
    await rig.pass_time(600)
    assert len(rig.server.subscribes(BOB)) == 1
    rig.server.refusals = {}
    assert await refreshed(rig, document(of("1", BOB, "<what><exclude>//note</exclude></what>"))) == 200
    assert b"//note" in rig.server.subscribes(BOB)[-1].body
    await rig.tick()
    assert rig.phone.told[-1].states[BOB] == ("active", None, f"<{BOB}/>".encode())


async def test_488_without_a_filter_is_about_something_else(rig: Rig) -> None:
    rig.server.refusals = {BOB: 488}
    await rig.start()
    await subscribed(rig, document(of("1", CAROL)))
    assert rig.phone.told[-1].states[BOB] == ("terminated", "giveup", b"")
