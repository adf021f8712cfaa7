"""The worker dies between a commit and the answer: the SUBSCRIBE that is sent again is the same one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sipworker.sip.message import Request
from sipworker.sip.timers import TIMER_F
from tests.django.engine.gate import Gate
from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.phone import RLS
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _list(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


async def _unheard(rig: Rig, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Request]) -> Request:
    """`ask` is committed; the worker is killed before it could answer, and started again."""
    with monkeypatch.context() as patch:
        gate = Gate(patch)
        request = ask()
        rig.network.run()
        await gate.holds()
        await gate.let_one_through_silently()
        await rig.crash()
    await rig.start()
    return request


async def _sent_again(rig: Rig, request: Request) -> None:
    rig.phone.send(RLS, request.to_bytes())
    await rig.quiet()


async def _watchers(rig: Rig) -> int:
    return int((await rig.select("select count(*) from rls_watchers"))[0][0])


@pytest.mark.req("R3261-17.2.2-1")
async def test_a_subscription_that_nobody_was_told_of_is_the_one_that_is_asked_for_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.start()
    request = await _unheard(rig, monkeypatch, rig.phone.subscribe)
    assert not rig.phone.responses
    await _sent_again(rig, request)
    answer = rig.phone.responses[-1]
    assert (answer.status, answer.header("expires"), len(rig.phone.responses)) == (200, "600", 1)
    assert await _watchers(rig) == 1
    notifies = [each for each in rig.phone.requests if each.method == "NOTIFY"]
    assert {each.from_tag for each in notifies} == {answer.to.tag}
    assert rig.phone.told[-1].body(BOB) == f"<{BOB}/>".encode()
    assert len(rig.server.subscribes(BOB)) == 1
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.status == 200 and rig.phone.told[-1].full


async def test_a_list_that_came_along_need_not_be_asked_for_twice(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its body has no place in a refresh; this is none (RFC 5367)."""
    entries = f'<list><entry uri="{BOB}"/></list>'
    document = f'<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">{entries}</resource-lists>'
    headers = (
        ("Require", "recipient-list-subscribe"),
        ("Content-Type", "application/resource-lists+xml"),
        ("Content-Disposition", "recipient-list"),
    )
    await rig.start()
    body = document.encode()
    request = await _unheard(rig, monkeypatch, lambda: rig.phone.subscribe(FRIENDS, headers, body))
    await _sent_again(rig, request)
    assert rig.phone.statuses == [200]
    assert await _watchers(rig) == 1


@pytest.mark.parametrize("expires", ["600", "0"])
async def test_a_refresh_without_an_answer_is_answered_when_it_is_sent_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, expires: str
) -> None:
    await rig.start()
    await rig.subscribed()
    request = await _unheard(rig, monkeypatch, lambda: rig.phone.refresh(expires))
    await _sent_again(rig, request)
    assert rig.phone.statuses == [200, 200 if expires != "0" else 481]
    assert rig.phone.told[-1].full


async def test_the_same_numbers_long_after_a_restart_ask_for_another_subscription(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No phone sends a request again after Timer F."""
    await rig.start()
    request = await _unheard(rig, monkeypatch, rig.phone.subscribe)
    await rig.pass_time(TIMER_F + 1)
    await _sent_again(rig, request)
    assert rig.phone.statuses == [200]
    assert await _watchers(rig) == 2


async def test_nobody_else_takes_a_subscription_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.start()
    request = await _unheard(rig, monkeypatch, rig.phone.subscribe)
    theirs = request.to_bytes().replace(b"<sip:alice@", b"<sip:mallory@")
    rig.phone.send(RLS, theirs)
    await rig.quiet()
    assert rig.phone.statuses == [403]


async def test_one_that_has_ended_since_is_not_taken_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.start()
    request = await _unheard(rig, monkeypatch, lambda: rig.phone.subscribe(expires="600"))
    rig.phone.answers = [481]
    await rig.pass_time(1)
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    await _sent_again(rig, request)
    assert rig.phone.statuses == [200]
