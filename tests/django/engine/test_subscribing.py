"""One list subscription from SUBSCRIBE to its end, through the whole engine."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


@pytest.mark.req("R4662-4.5-10", "R4662-5.2-3", "R4662-5.2-8", "R6665-4.2.1.2-1")
async def test_full_state_comes_at_once_and_names_every_resource(rig: Rig) -> None:
    rig.server.refusals = {BOB: 0, CAROL: 0}
    await rig.start()
    await rig.subscribed(settle=False)
    (told,) = rig.phone.told
    assert (told.version, told.cseq, told.full) == (0, 1, True)
    assert told.states == {BOB: None, CAROL: None}
    assert told.state in ("active;expires=600", "active;expires=599")


@pytest.mark.req("R4662-4.1-1", "R4662-4.1-2", "R4662-5.2-2", "R6665-4.2.1.1-5", "R6665-4.4.4-1")
async def test_answer_and_notify_say_that_it_is_a_list(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    answer = rig.phone.responses[0]
    assert (answer.status, answer.header("require"), answer.header("expires")) == (200, "eventlist", "600")
    assert answer.header("contact") == "<sip:rls@10.0.0.1:5060>"
    assert answer.header("allow-events") == "presence, dialog, xcap-diff"
    assert {notify.header("require") for notify in rig.phone.requests} == {"eventlist"}
    assert f'uri="{FRIENDS}"'.encode() in rig.phone.requests[0].body


@pytest.mark.req("R4662-5.2-4", "R4662-5.2-7")
async def test_the_first_answers_are_told_without_a_tick(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    told = rig.phone.told[1]
    assert (told.version, told.cseq, told.full) == (1, 2, False)
    assert {uri: told.body(uri) for uri in told.states} == {uri: f"<{uri}/>".encode() for uri in (BOB, CAROL)}


async def test_a_silent_back_end_does_not_hold_the_others_up_for_long(rig: Rig) -> None:
    rig.server.refusals = {CAROL: 0}
    await rig.start(settle_time=2.0)
    await rig.subscribed(settle=False)
    await rig.pass_time(1.5)
    assert len(rig.phone.told) == 1
    await rig.pass_time(0.7)
    assert set(rig.phone.told[1].states) == {BOB}


async def test_what_changes_before_all_have_answered_is_told_with_their_answers(rig: Rig) -> None:
    rig.server.refusals = {CAROL: 0}
    await rig.start()
    await rig.subscribed(settle=False)
    rig.server.tell(BOB, b"<second/>")
    await rig.quiet()
    assert len(rig.phone.told) == 1
    rig.server.accept(rig.server.subscribes(CAROL)[0], "3600")
    rig.server.tell(CAROL, b"<late/>")
    await rig.quiet()
    told = rig.phone.told[1]
    assert (told.body(BOB), told.body(CAROL)) == (b"<second/>", b"<late/>")


@pytest.mark.req("R4662-4.5-1", "R6665-4.2.2-2")
async def test_later_changes_wait_for_the_tick(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    for body in (b"<one/>", b"<two/>"):
        rig.server.tell(BOB, body)
    await rig.quiet()
    assert len(rig.phone.told) == 2
    assert await rig.tick() == 1
    told = rig.phone.told[2]
    assert (told.version, told.full, told.states) == (2, False, {BOB: ("active", None, b"<two/>")})


@pytest.mark.req("R4662-4.5-12", "R4662-4.5-13", "R4662-5.2-9", "R6665-4.2.2-1")
async def test_a_refresh_brings_full_state_at_once_and_swallows_what_waited(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<new/>")
    rig.phone.refresh()
    await rig.quiet()
    told = rig.phone.told[2]
    assert (told.version, told.full) == (2, True)
    assert (told.body(BOB), told.body(CAROL)) == (b"<new/>", f"<{CAROL}/>".encode())


@pytest.mark.req("R6665-3.1-1")
async def test_a_refresh_moves_the_target(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.refresh(contact="<sip:alice@10.0.0.2:6666>")
    await rig.quiet()
    notify = [packet for packet in rig.network.sent if packet.start_line.startswith("NOTIFY sip:alice@")]
    assert notify[-1].flow.remote == ("10.0.0.2", 6666)
    assert await rig.select("select contact from rls_watchers") == [("sip:alice@10.0.0.2:6666",)]


@pytest.mark.req("R6665-4.2.1.4-4", "R4662-5.2-9", "R6665-4.1.3-1", "R6665-4.2.2-9")
async def test_unsubscribing_ends_everything(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.refresh(expires="0")
    await rig.quiet()
    assert rig.phone.responses[-1].header("expires") == "0"
    final = rig.phone.told[2]
    assert (final.version, final.full, final.state) == (2, True, "terminated;reason=timeout")
    assert [rig.server.subscribes(uri)[-1].header("expires") for uri in (BOB, CAROL)] == ["0", "0"]
    assert await rig.select("select id from rls_watchers union select id from rls_presentity") == []


@pytest.mark.req("R6665-4.2.1.4-3", "R6665-4.4.1-1")
async def test_a_subscription_that_is_not_refreshed_times_out(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.pass_time(599)
    assert len(rig.phone.told) == 2
    await rig.pass_time(2)
    assert rig.phone.told[2].state == "terminated;reason=timeout"
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.status == 481


@pytest.mark.req("R6665-4.2.2-4")
async def test_a_watcher_that_denies_its_dialog_is_forgotten(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [481]
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    assert await rig.select("select id from rls_watchers") == []
    assert rig.server.subscribes(BOB)[-1].header("expires") == "0"
    assert len(rig.worker.watchers) == 0


@pytest.mark.req("R6665-4.2.2-3")
async def test_a_watcher_that_is_silent_for_64_t1_is_forgotten(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0] * 20
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await rig.pass_time(31)
    assert len(rig.worker.watchers) == 1
    await rig.pass_time(2)
    assert len(rig.worker.watchers) == 0


@pytest.mark.req("R6665-4.2.2-5")
async def test_after_a_failure_that_ends_nothing_full_state_follows(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [500]
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await rig.pass_time(6)
    lost, again = rig.phone.told[2:]
    assert (lost.version, lost.full) == (2, False)
    assert (again.version, again.full, again.body(BOB)) == (3, True, b"<new/>")


@pytest.mark.req("R6665-4.2.2-5")
async def test_retry_after_is_honoured(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [503]
    rig.phone.answer_headers = (("Retry-After", "30 (busy)"),)
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await rig.pass_time(29)
    assert len(rig.phone.told) == 3
    await rig.pass_time(2)
    assert len(rig.phone.told) == 4


@pytest.mark.req("R6665-4.2.2-3")
async def test_lost_notifies_may_be_borne_with(rig: Rig) -> None:
    await rig.start(lost_notifies=2)
    await rig.subscribed()
    rig.phone.answers = [0] * 11
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await rig.pass_time(40)
    again = rig.phone.told[-1]
    assert (again.version, again.full, again.body(BOB)) == (3, True, b"<new/>")
    rig.phone.answers = [0] * 11
    rig.server.tell(BOB, b"<newer/>")
    await rig.quiet()
    await rig.tick()
    await rig.pass_time(33)
    assert len(rig.worker.watchers) == 1  # the one that was answered began the count anew


async def test_every_notify_may_have_full_state(rig: Rig) -> None:
    await rig.start(full_state=True)
    await rig.subscribed()
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    assert [told.full for told in rig.phone.told] == [True, True, True]
    assert set(rig.phone.told[-1].states) == {BOB, CAROL}
