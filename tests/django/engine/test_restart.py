"""A worker starts where another stopped or died: nobody notices."""

from __future__ import annotations

from typing import Any

import pytest

from rls.models import Watcher
from tests.django.engine.lists import BOB, CAROL, DAVE, FRIENDS, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL, names={BOB: "Bob"}))


async def restarted(rig: Rig, *, crash: bool = False, **options: Any) -> None:
    await (rig.crash() if crash else rig.stop())
    await rig.start(**options)


@pytest.mark.req("R4662-5.2-6")
@pytest.mark.parametrize("crash", [False, True], ids=["stop", "crash"])
async def test_a_restart_is_not_told_and_counting_goes_on(rig: Rig, crash: bool) -> None:
    await rig.start()
    await rig.subscribed()
    await restarted(rig, crash=crash)
    assert len(rig.phone.told) == 2
    rig.phone.refresh()
    await rig.quiet()
    told = rig.phone.told[2]
    assert (told.version, told.cseq, told.full) == (2, 3, True)
    assert {uri: told.body(uri) for uri in told.states} == {uri: f"<{uri}/>".encode() for uri in (BOB, CAROL)}


async def test_names_come_back_without_noise(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await restarted(rig)
    rig.phone.refresh()
    await rig.quiet()
    notifies = [request for request in rig.phone.requests if request.method == "NOTIFY"]
    assert b">Bob</name>" in notifies[0].body
    assert b">Bob</name>" in notifies[-1].body


async def test_back_ends_are_refreshed_in_their_dialogs(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    before = {uri: rig.server.subscribes(uri)[-1] for uri in (BOB, CAROL)}
    await restarted(rig)
    for uri, old in before.items():
        new = rig.server.subscribes(uri)[-1]
        assert new is not old
        assert (new.call_id, new.from_.tag, new.to.tag) == (old.call_id, old.from_.tag, "peer")
        assert new.cseq.number > old.cseq.number
    assert len(rig.phone.told) == 2


@pytest.mark.parametrize("crash", [False, True], ids=["stop", "crash"])
async def test_back_end_that_was_begun_anew_with_the_same_state_is_refreshed_in_its_new_dialog(
    rig: Rig, crash: bool
) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"", "terminated;reason=deactivated")
    await rig.quiet()
    await rig.pass_time(1)
    anew = rig.server.subscribes(BOB)[-1]
    await restarted(rig, crash=crash)
    assert [each.call_id for each in rig.server.subscribes(BOB)[-2:]] == [anew.call_id] * 2
    assert await rig.tick() == 0


async def test_what_a_back_end_says_afterwards_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await restarted(rig)
    notify = rig.server.tell(BOB, b"<later/>")
    await rig.quiet()
    await rig.tick()
    assert rig.server.answers_to(notify) == [200]
    assert rig.phone.told[2].states == {BOB: ("active", None, b"<later/>")}


async def test_a_change_that_no_tick_had_claimed_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await restarted(rig, crash=True)
    assert await rig.tick() == 1
    assert rig.phone.told[2].states == {BOB: ("active", None, b"<new/>")}


@pytest.mark.req("R4662-5.2-6")
async def test_a_notify_that_was_not_answered_is_sent_again_under_its_number(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0]
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await restarted(rig, crash=True)
    first, again = [request for request in rig.phone.requests if request.method == "NOTIFY"][2:]
    assert (first.cseq, first.via.branch) == (again.cseq, again.via.branch)
    assert first.body == again.body
    assert await rig.select("select version, local_cseq from rls_watchers") == [(2, 3)]
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].cseq == 4


async def test_a_notify_numbered_while_no_worker_ran_is_sent(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.crash()
    assert await rig.tick_alone() == 1
    await rig.start()
    assert rig.phone.told[2].states == {BOB: ("active", None, b"<new/>")}
    assert len(rig.phone.told) == 3


async def test_an_unsettled_subscription_settles(rig: Rig) -> None:
    rig.server.refusals = {CAROL: 0}
    await rig.start()
    await rig.subscribed(settle=False)
    await restarted(rig, crash=True)
    rig.server.refusals = {}
    rig.server.tell(CAROL, b"<late/>")
    await rig.quiet()
    assert rig.phone.told[-1].body(CAROL)
    shown = [told for told in rig.phone.told if told.states.get(BOB)]
    assert shown and [told.version for told in rig.phone.told] == list(range(len(rig.phone.told)))
    assert await rig.select("select settled from rls_watchers") == [(True,)]


@pytest.mark.req("R6665-4.2.1.4-3")
async def test_what_expired_meanwhile_is_ended(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.connection.execute("update rls_watchers set expires = 1000000000")
    await restarted(rig)
    assert rig.phone.told[2].state == "terminated;reason=timeout"
    assert await rig.select("select id from rls_watchers union select id from rls_presentity") == []


@pytest.mark.req("R6665-4.4.1-1")
async def test_an_end_that_was_not_answered_is_told_again(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [0]
    rig.phone.refresh(expires="0")
    await rig.quiet()
    await restarted(rig, crash=True)
    assert [told.state for told in rig.phone.told[2:]] == ["terminated;reason=timeout"] * 2
    assert await rig.select("select id from rls_watchers") == []


async def test_an_end_that_was_answered_is_cleared_away(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    ended = Watcher.Status.TERMINATED.value
    await rig.connection.execute("update rls_watchers set status = %s, reason = 'timeout'", (ended,))
    await restarted(rig, crash=True)
    assert await rig.select("select id from rls_watchers") == []
    assert len(rig.phone.told) == 2
    last = [rig.server.subscribes(uri)[-1] for uri in (BOB, CAROL)]
    assert [subscribe.header("expires") for subscribe in last] == ["0", "0"], "no back end is left behind"


async def test_a_list_that_changed_meanwhile_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.stop()
    rig.lists.put(service(CAROL, DAVE))
    await rig.start()
    told = rig.phone.told[2]
    assert (told.version, told.full, list(told.states)) == (2, True, [CAROL, DAVE])
    assert rig.server.subscribes(BOB)[-1].header("expires") == "0"
    assert len({request.call_id for request in rig.server.subscribes(DAVE)}) == 1


async def test_a_list_that_is_gone_ends_its_subscription(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.stop()
    del rig.lists.by_uri[FRIENDS]
    await rig.start()
    assert rig.phone.told[2].state == "terminated;reason=noresource"


async def test_who_refused_for_good_is_not_asked_again_and_who_failed_is(rig: Rig) -> None:
    rig.server.refusals = {BOB: 403, CAROL: 503}
    await rig.start()
    await rig.subscribed()
    await restarted(rig)
    calls = {uri: {request.call_id for request in rig.server.subscribes(uri)} for uri in (BOB, CAROL)}
    assert (len(calls[BOB]), len(calls[CAROL])) == (1, 2)
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].states[BOB] == ("terminated", "rejected", b"")


async def test_a_back_end_that_forgot_its_dialog_is_asked_anew_and_the_state_stands(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await rig.crash()
    rig.server.refusals = {BOB: 481}
    await rig.start()
    rig.server.refusals = {}
    await rig.pass_time(1)
    assert len({request.call_id for request in rig.server.subscribes(BOB)}) == 2
    assert await rig.tick() == 0
    assert len(rig.phone.told) == 2


@pytest.mark.req("R3261-12.2.2-1")
async def test_only_the_workers_own_subscriptions_are_taken_up(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await restarted(rig, worker=2)
    assert len(rig.worker.watchers) == 0
    assert await rig.select("select owner from rls_watchers") == [(1,)]
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.status == 481


async def test_a_stopping_worker_ends_nothing(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    sent = len(rig.network.sent)
    await rig.stop()
    assert len(rig.network.sent) == sent
    await rig.start()
    await rig.pass_time(500)
    assert len(rig.worker.watchers) == 1
    await rig.pass_time(101)
    assert len(rig.worker.watchers) == 0
