"""Octets that are no text and texts that are no names reach the database without harm."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

STRAY = "\udcff\udc80"  # the octets FF 80, as the parser keeps them


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


@pytest.mark.parametrize(
    "changed",
    [
        {"event": f"presence;id=x{STRAY}"},
        {"user_agent": f"phone{STRAY}"},
        {"from_": f'"{STRAY}" <sip:alice@example.test>;tag=phone'},
        {"to": f'"{STRAY}" <sip:friends@example.test>'},
        {"record_route": f"<sip:10.0.0.2:5062;lr;x={STRAY}>"},
        {"accept": f"*/*, text/x;a={STRAY}"},
        {"call_id": "%00'\"\\{}"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_a_subscribe_with_stray_octets_is_served_and_survives_a_restart(
    rig: Rig, changed: dict[str, str]
) -> None:
    await rig.start()
    rig.phone.subscribe(**changed)
    await rig.quiet()
    assert rig.phone.status in (200, 400)
    await rig.crash()
    await rig.start()
    assert len(rig.worker.watchers) == (rig.phone.status == 200)


@pytest.mark.req("R4662-7.3-1")
async def test_a_body_is_passed_on_octet_for_octet(rig: Rig) -> None:
    rig.server.bodies = {BOB: bytes(range(256)) * 4, CAROL: b"\xff\xfe\x00"}
    await rig.start()
    await rig.subscribed()
    assert {uri: rig.phone.told[1].body(uri) for uri in (BOB, CAROL)} == rig.server.bodies
    await rig.crash()
    await rig.start()
    rig.phone.refresh()
    await rig.quiet()
    assert {uri: rig.phone.told[-1].body(uri) for uri in (BOB, CAROL)} == rig.server.bodies


@pytest.mark.parametrize(
    "header",
    [("Contact", f"<sip:{STRAY}@10.0.0.9>"), ("Record-Route", f"<sip:10.0.0.9;lr;x={STRAY}>")],
    ids=str,
)
async def test_a_notify_with_stray_octets_holds_nobody_up(rig: Rig, header: tuple[str, str]) -> None:
    await rig.start()
    await rig.subscribed()
    subscribe = rig.server.subscribes(BOB)[-1]
    rig.server.notify(subscribe, 9, "active;expires=60", (header,), f"<{STRAY}>".encode(errors="ignore"))
    rig.server.tell(CAROL, b"<fine/>")
    await rig.quiet()
    await rig.tick()
    assert rig.phone.told[-1].body(CAROL) == b"<fine/>"


@pytest.mark.parametrize("content_type", [f"text/x;a={STRAY}", "", "no type at all", 'text/x; a="\r'])
async def test_an_odd_content_type_holds_nobody_up(rig: Rig, content_type: str) -> None:
    await rig.start()
    await rig.subscribed()
    subscribe = rig.server.subscribes(BOB)[-1]
    headers = (("Content-Type", content_type),) if content_type.isprintable() else ()
    rig.server.notify(subscribe, 9, "active;expires=60", headers, b"<odd/>")
    rig.server.tell(CAROL, b"<fine/>")
    await rig.quiet()
    await rig.tick()
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].body(CAROL) == b"<fine/>"


@pytest.mark.parametrize(
    "state", ["unheard;expires=5", "active;expires=soon", "active;expires=4294967296000"]
)
async def test_odd_subscription_states_are_survived(rig: Rig, state: str) -> None:
    rig.server.states = {BOB: state}
    await rig.start()
    await rig.subscribed()
    assert rig.phone.told[1].states[BOB] in (
        ("active", None, f"<{BOB}/>".encode()),
        ("pending", None, f"<{BOB}/>".encode()),
    )
    await rig.crash()
    await rig.start()
    assert len(rig.worker.watchers) == 1
