"""Conditional notification (RFC 5839): who knows the state is spared the NOTIFY, on both sides."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig
from tests.django.engine.test_list_changes import announce

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


def tag(rig: Rig) -> str:
    """SIP-ETag of the newest NOTIFY."""
    return next(each for each in reversed(rig.phone.requests) if each.method == "NOTIFY").rows("sip-etag")[0]


def notifies(rig: Rig) -> int:
    return sum(each.method == "NOTIFY" for each in rig.phone.requests)


async def refreshed(rig: Rig, condition: str, expires: str = "600") -> int:
    """How many NOTIFYs a refresh under this condition brings."""
    before = notifies(rig)
    rig.phone.refresh(expires, (("Suppress-If-Match", condition),))
    await rig.quiet()
    return notifies(rig) - before


async def changed(rig: Rig, body: bytes) -> None:
    rig.server.tell(BOB, body)
    await rig.quiet()
    await rig.tick()


@pytest.mark.req("R5839-6.1-1", "R5839-6.5-1")
async def test_the_tag_is_that_of_the_whole_list(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    settled = tag(rig)
    rig.phone.refresh()
    await rig.quiet()
    assert tag(rig) == settled
    await changed(rig, b"<other/>")
    after = tag(rig)
    assert after != settled
    rig.phone.refresh()
    await rig.quiet()
    assert tag(rig) == after
    rig.lists.put(service(CAROL))
    await announce(rig)
    assert tag(rig) != after


@pytest.mark.req("R5839-6.3-1")
async def test_who_knows_the_state_is_answered_204_and_not_notified(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    known = tag(rig)
    assert await refreshed(rig, known) == 0
    answer = rig.phone.responses[-1]
    assert (answer.status, answer.header("expires")) == (204, "600")
    await rig.pass_time(500)
    assert await refreshed(rig, known) == 0
    await rig.pass_time(500)  # the subscription lasts
    await changed(rig, b"<other/>")
    assert rig.phone.told[-1].body(BOB) == b"<other/>"
    assert await refreshed(rig, known) == 1
    assert rig.phone.status == 200
    assert rig.phone.told[-1].full


@pytest.mark.req("R5839-6.3-1")
async def test_what_a_spared_refresh_changes_outlives_a_crash(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    known = tag(rig)
    await rig.pass_time(500)
    assert await refreshed(rig, known) == 0
    await rig.crash()
    await rig.start()
    await rig.pass_time(300)
    assert await refreshed(rig, known) == 0
    assert rig.phone.status == 204


@pytest.mark.req("R5839-6.1-1", "R5839-6.3-1")
@pytest.mark.parametrize("plain_refreshes", [0, 2])
async def test_a_tag_outlives_a_crash_if_the_state_does(rig: Rig, plain_refreshes: int) -> None:
    await rig.start()
    await rig.subscribed()
    for _ in range(plain_refreshes):
        rig.phone.refresh()
        await rig.quiet()
    known = tag(rig)
    await rig.crash()
    await rig.start()
    assert await refreshed(rig, known) == 0
    await changed(rig, b"<after the crash/>")
    after = tag(rig)
    assert await refreshed(rig, known) == 1
    assert tag(rig) == after
    await rig.crash()
    await rig.start()
    assert await refreshed(rig, after) == 0


@pytest.mark.req("R5839-6.3-1")
async def test_a_tag_does_not_outlive_what_changed_while_the_worker_was_away(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    known = tag(rig)
    await rig.crash()
    rig.lists.put(service(CAROL))
    await rig.start()
    assert tag(rig) != known
    assert await refreshed(rig, known) == 1
    assert rig.phone.told[-1].states.keys() == {CAROL}


async def test_who_knows_the_state_may_go_without_a_word(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    assert await refreshed(rig, tag(rig), "0") == 0
    assert rig.phone.status == 204
    assert len(rig.worker.watchers) == 0


@pytest.mark.req("R5839-6.2-2")
async def test_a_dormant_subscription_is_told_nothing(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    assert await refreshed(rig, "*") == 0
    before = notifies(rig)
    await changed(rig, b"<unseen/>")
    rig.lists.put(service(BOB))
    await announce(rig)
    await rig.pass_time(60)
    assert notifies(rig) == before
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].states.keys() == {BOB}
    assert rig.phone.told[-1].body(BOB) == b"<unseen/>"
    await changed(rig, b"<awake/>")
    await rig.pass_time(2)
    assert rig.phone.told[-1].body(BOB) == b"<awake/>"


@pytest.mark.req("R5839-6.2-2")
async def test_a_dormant_subscription_sleeps_on_after_a_crash(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    known = tag(rig)
    assert await refreshed(rig, "*") == 0
    before = notifies(rig)
    rig.server.tell(BOB, b"<unseen/>")
    await rig.quiet()
    await rig.crash()
    await rig.start()
    await rig.tick()
    await rig.pass_time(60)
    assert notifies(rig) == before
    assert await refreshed(rig, known) == 1, "what was not told is told to who names an old tag"
    assert rig.phone.told[-1].body(BOB) == b"<unseen/>"


@pytest.mark.req("R5839-6.3-2", "R5839-6.2-1")
async def test_outside_a_dialog_only_the_body_is_left_out(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe("sip:friends@example.test", (("Suppress-If-Match", "*"),))
    await rig.quiet()
    (notify,) = [each for each in rig.phone.requests if each.method == "NOTIFY"]
    assert rig.phone.status == 200
    assert notify.rows("sip-etag")
    assert "content-type" not in notify.headers
    assert notify.body == b""


@pytest.mark.req("R5839-5.2-1", "R6665-4.1.2.2-4")
async def test_back_ends_need_not_repeat_what_is_known(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<tagged/>", headers=(("SIP-ETag", "t1"),))
    await rig.quiet()
    await rig.tick()
    rig.server.tags[BOB] = "t1"
    told = len(rig.phone.told)
    for _ in range(15):
        await rig.pass_time(500)
        rig.phone.refresh()
    refreshes = [each for each in rig.server.subscribes(BOB) if each.header("suppress-if-match") == "t1"]
    assert len(refreshes) >= 2
    assert rig.phone.told[-1].body(BOB) == b"<tagged/>"
    assert all(each.states[BOB] for each in rig.phone.told[told:])  # Timer N ended nothing


@pytest.mark.req("R5839-5.2-1")
async def test_back_ends_need_not_repeat_after_a_crash_what_is_stored(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<tagged/>", headers=(("SIP-ETag", "t1"),))
    await rig.quiet()
    await rig.tick()
    rig.server.tags[BOB] = "t1"
    before = len(rig.server.subscribes(BOB))
    await rig.crash()
    await rig.start()
    (resumed,) = rig.server.subscribes(BOB)[before:]
    assert resumed.header("suppress-if-match") == "t1"
    assert "suppress-if-match" not in rig.server.subscribes(CAROL)[-1].headers
    await rig.pass_time(60)
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.told[-1].body(BOB) == b"<tagged/>"
