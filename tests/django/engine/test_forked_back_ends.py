"""One SUBSCRIBE, several notifiers: an instance for each (RFC 4662 section 5.5, RFC 6665 section 4.1.4)."""

from __future__ import annotations

import pytest

from rls.domain import multipart, rlmi
from sipworker.sip.message import Request
from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


def say(
    rig: Rig,
    tag: str,
    cseq: int,
    body: bytes = b"",
    state: str = "active;expires=3600",
    event: str = "dialog",
) -> Request:
    """A NOTIFY of another notifier that got Bob's first SUBSCRIBE."""
    headers = (("Content-Type", "application/dialog-info+xml"),) if body else ()
    return rig.server.notify(
        rig.server.subscribes(BOB)[0], cseq, state, headers, body, event=event, from_=f"<{BOB}>;tag={tag}"
    )


def told(rig: Rig) -> list[tuple[str, str, str | None, bytes]]:
    """Id, state, reason and body of Bob's instances, in the last NOTIFY."""
    notify = next(request for request in reversed(rig.phone.requests) if request.method == "NOTIFY")
    root, *parts = multipart.parse(notify.header("content-type") or "", notify.body)
    bodies = {part.content_id: part.body for part in parts}
    bob = next(resource for resource in rlmi.parse(root.body).resources if resource.uri == BOB)
    return [(each.id, each.state, each.reason, bodies.get(each.cid, b"")) for each in bob.instances]


async def forked(rig: Rig) -> None:
    """Both have answered, and were told."""
    await rig.start()
    await rig.subscribed(event="dialog")
    say(rig, "second", 1, b"<two/>")
    await rig.quiet()
    await rig.tick()


FIRST = ("1", "active", None, f"<{BOB}/>".encode())
SECOND = ("2", "active", None, b"<two/>")


@pytest.mark.req("R4235-3.9-1", "R4662-5.5-1", "R6665-4.1.4-1", "R3842-3.10-1")
async def test_each_notifier_is_an_instance_of_its_own(rig: Rig) -> None:
    await forked(rig)
    assert told(rig) == [FIRST, SECOND]


@pytest.mark.req("R4662-5.5-3")
async def test_what_one_says_changes_its_instance_only(rig: Rig) -> None:
    await forked(rig)
    say(rig, "second", 2, b"<busy/>")
    await rig.quiet()
    assert await rig.tick() == 1
    assert told(rig) == [FIRST, ("2", "active", None, b"<busy/>")]


async def test_one_that_ends_is_told_and_leaves_its_place(rig: Rig) -> None:
    await forked(rig)
    say(rig, "second", 2, state="terminated;reason=deactivated")
    await rig.quiet()
    await rig.tick()
    assert told(rig) == [FIRST, ("2", "terminated", "deactivated", b"")]
    say(rig, "third", 1, b"<three/>")
    await rig.quiet()
    await rig.tick()
    assert told(rig) == [FIRST, ("2", "active", None, b"<three/>")]


@pytest.mark.req("R6665-4.1.2.4-2", "R6665-5.4.9-1")
async def test_who_comes_after_timer_n_is_refused(rig: Rig) -> None:
    await forked(rig)
    await rig.pass_time(33)
    late = say(rig, "third", 1, b"<three/>")
    await rig.quiet()
    assert rig.server.answers_to(late)[-1] == 481


@pytest.mark.req("R6665-5.4.9-1", "R3856-6.9-1")
async def test_presence_has_one_notifier(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    other = say(rig, "second", 1, b"<two/>", event="presence")
    await rig.quiet()
    assert rig.server.answers_to(other)[-1] == 481


async def test_all_are_unsubscribed_from_and_forgotten(rig: Rig) -> None:
    await forked(rig)
    rig.phone.refresh(expires="0", event="dialog")
    await rig.quiet()
    ends = {request.to_tag for request in rig.server.subscribes(BOB) if request.header("expires") == "0"}
    assert ends == {"peer", "second"}
    await rig.pass_time(70)
    assert len(rig.worker.agent.subscriptions) == 0
    assert await rig.select("select id from rls_presentity") == []


async def test_who_leaves_the_list_leaves_with_all_rows(rig: Rig) -> None:
    await forked(rig)
    asked = len(rig.lists.asked)
    rig.lists.put(service(CAROL))
    rig.worker.list_changes.changed("1")
    await until(lambda: len(rig.lists.asked) > asked)
    await rig.quiet()
    assert await rig.select("select instance from rls_presentity") == [("1",)]


@pytest.mark.req("R4662-5.5-3")
async def test_a_restart_keeps_the_instances(rig: Rig) -> None:
    await forked(rig)
    await rig.stop()
    await rig.start()
    rig.phone.refresh(event="dialog")
    await rig.quiet()
    assert [(number, state) for number, state, *_ in told(rig)] == [("1", "active"), ("2", "active")]
    refreshed = {request.to_tag for request in rig.server.subscribes(BOB)[1:]}
    assert refreshed == {"peer", "second"}
    say(rig, "second", 9, b"<busy/>")
    await rig.quiet()
    await rig.tick()
    assert told(rig) == [FIRST, ("2", "active", None, b"<busy/>")]


async def test_a_new_subscribe_starts_all_over(rig: Rig) -> None:
    await forked(rig)
    rig.server.tell(BOB, b"", "terminated;reason=deactivated", subscribe=rig.server.subscribes(BOB)[0])
    await rig.quiet()
    await rig.pass_time(1)
    await rig.tick()
    assert told(rig) == [FIRST, ("2", "terminated", "deactivated", b"")]
    assert [request.to_tag for request in rig.server.subscribes(BOB)[1:]] == ["second", None]
