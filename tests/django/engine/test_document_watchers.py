"""Who may subscribe to changes of documents, and what a broken database does to it."""

from __future__ import annotations

import asyncio
import time

import pytest

from rls.domain import digest
from sipworker.documents import store
from tests.django.engine.lists import BOB, FRIENDS, service
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import LIMIT

pytestmark = pytest.mark.asyncio

ALICE = "sip:alice@example.test"


def credentials(rig: Rig, password: str, nc: int = 1) -> str:
    challenge = next(answer for answer in reversed(rig.phone.responses) if answer.status == 401)
    rows = challenge.rows("www-authenticate")
    value = digest.answer(
        rows, method="SUBSCRIBE", uri=ALICE, username="alice", password=password, cnonce="c", nc=nc
    )
    return value or ""


def notifies(rig: Rig) -> list[int]:
    return [request.cseq.number for request in rig.phone.requests if request.method == "NOTIFY"]


async def test_only_who_has_the_password_subscribes(rig: Rig) -> None:
    rig.lists.users["alice", "example.test"] = {
        algorithm: digest.ha1(algorithm, "alice", "example.test", "secret")
        for algorithm in ("MD5", "SHA-256")
    }
    await rig.start(sip_auth="digest")
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="application/xcap-diff+xml")
    await rig.quiet()
    for password in ("wrong", "secret"):
        rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*", authorization=credentials(rig, password))
        await rig.eventually(lambda: rig.phone.statuses[-1] != 100)
    await rig.eventually(lambda: notifies(rig) == [1])
    assert rig.phone.statuses == [401, 401, 200]
    assert await rig.select("select identity from xcap_watchers") == [(ALICE,)]


async def test_nobody_refreshes_the_subscription_of_another(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*")
    await rig.eventually(lambda: notifies(rig) == [1])
    rig.phone.refresh(event="xcap-diff", accept="*/*", from_="<sip:mallory@example.test>;tag=phone")
    await rig.eventually(lambda: len(rig.phone.statuses) == 2)
    assert rig.phone.statuses == [200, 403]
    rig.phone.refresh("0", event="xcap-diff", accept="*/*")
    await rig.eventually(lambda: notifies(rig) == [1, 2])
    await rig.eventually(lambda: not rig.worker.documents)
    assert rig.phone.statuses[-1] == 200


async def test_an_identity_that_is_no_user_has_no_documents(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*", from_="<sip:example.test>;tag=phone")
    await rig.quiet()
    assert rig.phone.statuses == [403]


@pytest.mark.req("R5875-4.3-1")
async def test_a_list_is_subscribed_to_with_any_package(rig: Rig) -> None:
    """xcap-diff among the packages of lists goes to the back ends."""
    rig.lists.put(service(BOB))
    await rig.start(events=("presence", "xcap-diff"))
    rig.phone.subscribe(FRIENDS, event="xcap-diff")
    await rig.quiet()
    assert rig.phone.statuses == [200]
    assert rig.server.subscribes(BOB)[0].header("event") == "xcap-diff"
    rig.phone.subscribe(
        FRIENDS, event="xcap-diff", supported="", accept="*/*", call_id="other", cseq="1 SUBSCRIBE"
    )
    await rig.eventually(lambda: len(rig.phone.statuses) == 2)
    assert rig.phone.statuses == [200, 200]
    assert len(await rig.select("select id from xcap_watchers")) == 1


async def test_what_the_database_refuses_is_tried_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.start()
    write, failures = store._write, 2

    def fails(task: store.Task) -> store.Written:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OSError("no route to the database")
        return write(task)

    monkeypatch.setattr(store, "_write", fails)
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*")
    end = time.monotonic() + LIMIT
    while notifies(rig) != [1]:  # the retry is set from another thread: time passes until it was seen
        assert time.monotonic() < end, "not told"
        await rig.pass_time(0.5)
        await asyncio.sleep(0.01)
    assert failures < 0
    assert rig.phone.statuses[-1] == 200


@pytest.mark.req("R6665-4.2.2-5")
async def test_a_notify_that_failed_is_followed_when_its_answer_says(rig: Rig) -> None:
    await rig.start()
    rig.phone.answers, rig.phone.answer_headers = [503], (("Retry-After", "30"),)
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*")
    await rig.eventually(lambda: notifies(rig) == [1])
    await rig.pass_time(29)
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*", call_id="later", cseq="1 SUBSCRIBE")
    await rig.eventually(lambda: len(notifies(rig)) > 1)
    assert notifies(rig) == [1, 1], "the later one's, before anything more of the first"
    await rig.pass_time(1.1)
    await rig.eventually(lambda: notifies(rig) == [1, 1, 2])


@pytest.mark.req("R6665-4.2.2-5")
async def test_after_a_notify_that_failed_the_next_has_full_state(rig: Rig) -> None:
    await rig.start()
    rig.phone.answers = [500]
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*")
    await rig.eventually(lambda: notifies(rig) == [1])
    await rig.pass_time(5.1)
    await rig.eventually(lambda: notifies(rig) == [1, 2])


@pytest.mark.req("R6665-4.2.2-4")
async def test_an_answer_that_ends_the_dialog_ends_the_subscription(rig: Rig) -> None:
    await rig.start()
    rig.phone.answers = [481]
    rig.phone.subscribe(ALICE, event="xcap-diff", accept="*/*")
    await rig.eventually(lambda: notifies(rig) == [1])
    await rig.eventually(lambda: not rig.worker.agent.incoming)
    end = time.monotonic() + LIMIT
    while await rig.select("select id from xcap_watchers"):
        assert time.monotonic() < end, "the row is still there"
        await asyncio.sleep(0.02)
