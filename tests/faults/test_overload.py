"""More than the server can do: what was begun completes, the rest is sent away, soon all is well again."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.lists import DOMAIN, service_uri
from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import ENTRIES, Plant
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

pytestmark = pytest.mark.skipif(not LONG, reason="long: make faults")
STORM = 4000
"""Lists that are subscribed to at once."""


def phone_of(plant: Plant) -> Phone:
    return Phone(UdpWire(), f"sip:w0@{DOMAIN}", plant.server.sip)


def _is_served(phone: Phone) -> bool:
    answer = phone.ask(phone.call(service_uri(0)).request(0))
    assert answer.status in (200, 503)
    return answer.status == 200


def test_three_times_what_it_can_do_is_worked_off(plant: Plant) -> None:
    """The load generator finds out first how much that is."""
    load = Load(plant, phases="w256:4,p300:8")
    load.wait_until_subscribed()
    assert not (wrong := faults_of(load.result())), wrong
    phone = phone_of(plant)
    eventually(lambda: _is_served(phone), "recovery", 10)
    phone.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path, STORM)
    try:
        plant.start()
        yield plant
    finally:
        plant.stop()


@pytest.mark.parametrize("killed", [False, True], ids=["", "with a restart"])
def test_who_is_admitted_in_a_storm_gets_everything_and_others_an_answer(
    large: Plant, seed: int, killed: bool
) -> None:
    load = Load(large, mode="storm")
    if killed:
        time.sleep(random.Random(seed).uniform(0.5, 3))
        large.kill("worker")
        large.revive("worker")
    result = load.result()
    setup, unsub, counts = result["setup"], result["unsub"], result["total"]["counts"]
    admitted, refusals = setup["lists_200"], result["total"]["error_replies"]
    refused = counts["sub_errors"]
    assert (admitted + refused, refusals.get("503", 0)) == (STORM, refused), refusals
    assert (setup["lists_full"], setup["missing_states"]) == (admitted, (STORM - admitted) * ENTRIES)
    if (
        not killed
    ):  # else there are those of which it had stored nothing: the presence server gets 481 for them
        assert (result["backend_subs_alive"], refusals.get("481")) == (admitted * ENTRIES, None)
    assert (unsub["terminated_notifies"], unsub["backend_subs_alive"]) == (admitted, 0)
    assert (result["total"]["protocol_errors"], counts["sub_timeouts"], counts["be_notify_timeouts"]) == (
        0,
        0,
        0,
    )
    seconds, again = setup["t_last_full_s"], counts["sub_retrans"]
    sys.stderr.write(f"{admitted} of {STORM} admitted, {again} sent again, complete after {seconds:.1f} s\n")
    phone = phone_of(large)
    eventually(lambda: _is_served(phone), "recovery", 10)
    phone.close()
