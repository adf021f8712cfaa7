"""A list whose states no datagram holds together comes in several NOTIFYs."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

CROWD = [f"sip:user{number}@10.0.0.9" for number in range(8)]


@pytest.mark.req("R4662-5.2-4")
async def test_states_are_spread_over_notifies(rig: Rig) -> None:
    rig.lists.put(service(*CROWD))
    rig.server.bodies = {uri: uri.encode() + b"x" * 20_000 for uri in CROWD}
    await rig.start()
    await rig.subscribed(settle=False)
    await rig.quiet()
    told = rig.phone.told
    assert [each.version for each in told] == list(range(len(told)))
    assert [each.full for each in told] == [True] + [False] * (len(told) - 1)
    bodies = {uri: each.body(uri) for each in told for uri in each.states if each.states[uri]}
    assert bodies == rig.server.bodies
    assert all(len(packet.data) < 65_507 for packet in rig.network.sent)


async def test_a_refresh_shows_all_of_it_again(rig: Rig) -> None:
    rig.lists.put(service(*CROWD))
    rig.server.bodies = {uri: uri.encode() + b"x" * 20_000 for uri in CROWD}
    await rig.start()
    await rig.subscribed(settle=False)
    before = len(rig.phone.told)
    rig.phone.refresh()
    await rig.quiet()
    told = rig.phone.told[before:]
    assert told[0].full and set(told[0].states) == set(CROWD)
    assert {uri for each in told for uri, known in each.states.items() if known} == set(CROWD)


async def test_full_state_always_comes_to_an_end(rig: Rig) -> None:
    """What did not fit follows as partial state: else it would never fit."""
    rig.lists.put(service(*CROWD))
    rig.server.bodies = {uri: uri.encode() + b"x" * 20_000 for uri in CROWD}
    await rig.start(full_state=True)
    await rig.subscribed(settle=False)
    await rig.quiet()
    told = rig.phone.told
    assert told[0].full and len(told) < 12
    assert {uri for each in told for uri, known in each.states.items() if known} == set(CROWD)
