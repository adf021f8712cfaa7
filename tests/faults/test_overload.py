"""More than the server can do: what was begun completes, the rest is sent away, soon all is well again."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.lists import DOMAIN, service_uri
from tests.faults.conftest import LONG
from tests.faults.load import Load, faults_of
from tests.faults.plant import ENTRIES, Plant
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import TcpWire

pytestmark = pytest.mark.skipif(not LONG, reason="long: make faults")
STORM = 4000
"""Lists that are subscribed to at once."""
MOST = 30_000
"""Lists that are stored."""


def phone_of(plant: Plant) -> Phone:
    """By TCP: nothing that UDP lost is waited for."""
    return Phone(TcpWire(plant.server.sip), f"sip:w0@{DOMAIN}", plant.server.sip)


def _is_served(phone: Phone) -> bool:
    answer = phone.ask(phone.call(service_uri(0)).request(0))
    assert answer.status in (200, 503)
    return answer.status == 200


def test_three_times_what_it_can_do_is_worked_off(plant: Plant) -> None:
    """The load generator finds out first how much that is."""
    with Load(plant, phases="w256:4,p300:8") as load:
        load.wait_until_subscribed()
        assert not (wrong := faults_of(load.result())), wrong
    _recovers(plant)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path, MOST)
    try:
        plant.start()
        yield plant
    finally:
        plant.stop()


def _judge(result: dict[str, Any], lists: int) -> None:
    """Who is admitted gets everything, others 503 (with Retry-After: else it is a protocol error) and sooner.

    In the end nothing is left.
    """
    setup, unsub, counts = result["setup"], result["unsub"], result["total"]["counts"]
    admitted, refused, refusals = setup["lists_200"], counts["sub_errors"], result["total"]["error_replies"]
    assert (admitted + refused, refusals.get("503", 0)) == (lists, refused), refusals
    assert (setup["lists_full"], setup["missing_states"]) == (admitted, (lists - admitted) * ENTRIES)
    assert (unsub["terminated_notifies"], unsub["backend_subs_alive"]) == (admitted, 0)
    unanswered = counts["sub_timeouts"], counts["be_notify_timeouts"]
    assert (result["total"]["protocol_errors"], *unanswered) == (0, 0, 0)
    if refused:
        assert setup["ms_to_503"]["p99"] < setup["ms_to_full_state"]["p50"]
    sys.stderr.write(
        f"{admitted} of {lists} admitted, {counts['sub_retrans']} sent again,"
        f" complete after {setup['t_last_full_s']:.1f} s\n"
        f"ms to full state: {setup['ms_to_full_state']}, to 503: {setup['ms_to_503']}\n"
        f"ms until complete, who asked first {setup['ms_until_full_of_first_half']},"
        f" and later {setup['ms_until_full_of_second_half']}\n"
    )


def _first_come_is_first_served(setup: dict[str, Any]) -> None:
    """Whoever asks later does not keep those who asked first from being complete."""
    first, second = (setup[f"ms_until_full_of_{half}_half"] for half in ("first", "second"))
    assert first["p50"] < second["p50"]
    assert first["p90"] <= second["p90"]


def _recovers(plant: Plant) -> None:
    phone, began = phone_of(plant), time.monotonic()
    eventually(lambda: _is_served(phone), "recovery")
    sys.stderr.write(f"new subscribers are served after {time.monotonic() - began:.2f} s\n")
    phone.close()


@pytest.mark.parametrize("killed", [False, True], ids=["", "with a restart"])
def test_who_is_admitted_in_a_storm_gets_everything_and_others_an_answer(
    large: Plant, seed: int, killed: bool
) -> None:
    with Load(large, mode="storm", lists=STORM) as load:
        if killed:
            time.sleep(random.Random(seed).uniform(0.5, 3))
            large.kill("worker")
            large.revive("worker")
        result = load.result()
    _judge(result, STORM)
    _first_come_is_first_served(result["setup"])
    if not killed:  # else the presence server gets 481 for those of which nothing was stored
        admitted, refusals = result["setup"]["lists_200"], result["total"]["error_replies"]
        assert (result["backend_subs_alive"], refusals.get("481")) == (admitted * ENTRIES, None)
    _recovers(large)


def test_of_new_subscriptions_at_four_times_the_rate_that_is_possible_the_rest_is_sent_away(
    large: Plant,
) -> None:
    """While they come, a phone by TCP is told when to come again, too; it is served when no more come."""
    possible = Load(large, "--window", "32", mode="subscribe", lists=400).result()
    rate = round(4 * possible["setup"]["lists_per_s_full"])
    lists = min(MOST, 20 * rate)
    with Load(large, "--arrive", str(rate), mode="storm", lists=lists) as load:
        over = time.monotonic() + lists / rate
        phone = phone_of(large)
        eventually(lambda: _is_sent_away(phone), "503", 60)
        phone.close()
        time.sleep(max(0.0, over - time.monotonic()))
        _recovers(large)
        _judge(load.result(), lists)


def _is_sent_away(phone: Phone) -> bool:
    answer = phone.ask(phone.call(service_uri(0)).request(0), 60)
    if answer.status == 503:
        assert 5 <= int(answer["Retry-After"]) <= 15
    return answer.status == 503
