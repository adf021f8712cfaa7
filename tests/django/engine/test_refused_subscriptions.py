"""What a SUBSCRIBE asks for and the database refuses to hold is refused, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from string import ascii_lowercase

import pytest
import pytest_asyncio

from tests.django.database import connect
from tests.django.engine.gate import Gate
from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.phone import Phone
from tests.django.engine.rig import Rig
from tests.django.engine.test_list_changes import announce
from tests.django.engine.waiting import until

pytestmark = pytest.mark.asyncio

TOO_LONG = f"sip:{''.join(Random(1).choices(ascii_lowercase, k=6000))}@10.0.0.9"
"""For the index of rls_presentity; no document brings an entry as long as that (rls/domain/uri.py)."""
UNSTORABLE = "<sip:alice@10.0.0.2:5062;unstorable>"
Refuse = Callable[[str], Awaitable[None]]


@pytest.fixture(autouse=True)
def _list(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


@pytest_asyncio.fixture
async def refuse(rig: Rig) -> AsyncIterator[Refuse]:
    """Let the database refuse rows of rls_watchers that are not like that."""
    async with await connect() as connection:

        async def refuse(condition: str) -> None:
            await connection.execute(f"alter table rls_watchers add constraint odd check ({condition})")

        yield refuse
        await rig.quiet()
        await connection.execute("alter table rls_watchers drop constraint odd")


@pytest_asyncio.fixture
async def rejecting(rig: Rig, refuse: Refuse) -> Rig:
    await refuse("contact not like '%unstorable%'")
    await rig.start()
    return rig


def _assert_refused(rig: Rig) -> None:
    answer = rig.phone.responses[-1]
    assert (answer.status, answer.header("retry-after")) == (500, "60")


async def _assert_nothing_is_left(rig: Rig) -> None:
    assert len(rig.worker.watchers) == 0
    assert not rig.worker.agent.incoming
    for table in ("rls_watchers", "rls_presentity"):
        assert await rig.select(f"select id from {table}") == []


def _assert_back_ends_ended(rig: Rig) -> None:
    assert [rig.server.subscribes(uri)[-1].header("expires") for uri in (BOB, CAROL)] == ["0", "0"]


async def test_a_subscription_that_is_refused_by_the_database_gets_500_and_can_be_asked_for_again(
    rejecting: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rejecting.phone.subscribe(contact=UNSTORABLE)
    await rejecting.quiet()
    [complaint] = [record for record in caplog.records if record.name == "rls.writer"]
    assert 'violates check constraint "odd"' in complaint.__dict__["error"]
    assert "unstorable" not in f"{complaint.__dict__}{caplog.text}"  # the row is nobody's business
    _assert_refused(rejecting)
    await _assert_nothing_is_left(rejecting)
    assert not rejecting.server.subscribes()
    rejecting.phone.subscribe(call_id="another")
    await rejecting.quiet()
    assert rejecting.phone.status == 200 and rejecting.phone.told[-1].body(BOB)


async def test_an_entry_that_is_too_long_for_an_index_costs_its_list_only(rig: Rig) -> None:
    rig.lists.put(service(BOB, TOO_LONG))
    await rig.start()
    rig.phone.subscribe()
    await rig.quiet()
    _assert_refused(rig)
    await _assert_nothing_is_left(rig)
    assert not rig.server.subscribes()


async def test_others_in_its_commit_group_are_served(rejecting: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Phone(rejecting.network, ("10.0.0.3", 5062))
    with monkeypatch.context() as patch:
        gate = Gate(patch)
        rejecting.worker.writer.wake()
        await gate.holds()
        rejecting.phone.subscribe(contact=UNSTORABLE)
        other.subscribe()
        rejecting.network.run()
        await until(lambda: len(rejecting.worker.watchers) == 2)
        gate.open()
        await rejecting.quiet()
    _assert_refused(rejecting)
    assert other.statuses == [200]
    assert other.told[-1].body(BOB) == f"<{BOB}/>".encode()


async def test_a_list_that_changes_before_its_subscription_is_refused_leaves_nothing_either(
    rejecting: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        gate = Gate(patch)
        rejecting.phone.subscribe(contact=UNSTORABLE)
        rejecting.network.run()
        await gate.holds()
        rejecting.lists.put(service(BOB, CAROL, "sip:dave@10.0.0.9"))
        rejecting.worker.list_changes.check_all()
        await until(lambda: rejecting.worker.writer.group.new_presentities)
        gate.open()
        await rejecting.quiet()
    _assert_refused(rejecting)
    await _assert_nothing_is_left(rejecting)
    assert not rejecting.server.subscribes()


async def test_a_refresh_that_is_refused_by_the_database_leaves_all_as_it_was(rejecting: Rig) -> None:
    await rejecting.subscribed()
    rejecting.phone.refresh("600", (("Suppress-If-Match", "*"),), contact=UNSTORABLE)
    await rejecting.quiet()
    _assert_refused(rejecting)
    rejecting.server.tell(BOB, b"<news/>")
    await rejecting.quiet()
    await rejecting.tick()
    assert rejecting.phone.told[-1].body(BOB) == b"<news/>", "it was to be silent from its commit on"
    rejecting.phone.refresh()
    await rejecting.quiet()
    assert rejecting.phone.status == 200 and rejecting.phone.told[-1].full


async def test_an_end_that_is_refused_by_the_database_comes_in_its_time(rejecting: Rig) -> None:
    await rejecting.subscribed()
    rejecting.phone.refresh("0", contact=UNSTORABLE)
    await rejecting.quiet()
    _assert_refused(rejecting)
    assert len(rejecting.worker.watchers) == 1
    await rejecting.pass_time(601)
    assert rejecting.phone.told[-1].state == "terminated;reason=timeout"
    await _assert_nothing_is_left(rejecting)


async def test_a_list_that_grows_by_what_the_database_refuses_is_to_be_subscribed_to_again(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(CAROL, TOO_LONG))
    await announce(rig)
    assert rig.phone.told[-1].state == "terminated;reason=probation"
    await _assert_nothing_is_left(rig)
    _assert_back_ends_ended(rig)


async def test_who_is_forgotten_is_not_told_what_a_notify_that_failed_was_to_tell(
    rig: Rig, refuse: Refuse
) -> None:
    await refuse("status <> 3")
    await rig.start()
    await rig.subscribed()
    rig.phone.answers = [500]
    rig.server.tell(BOB, b"<lost/>")
    await rig.quiet()
    await rig.tick()
    rig.lists.by_uri.pop(FRIENDS)
    await announce(rig)
    await _assert_nothing_is_left(rig)
    told = len(rig.phone.told)
    await rig.pass_time(6)
    assert len(rig.phone.told) == told


async def test_a_last_notify_that_cannot_be_numbered_holds_no_back_ends(rig: Rig, refuse: Refuse) -> None:
    await refuse("status <> 3")
    await rig.start()
    await rig.subscribed()
    rig.lists.by_uri.pop(FRIENDS)
    await announce(rig)
    await _assert_nothing_is_left(rig)
    _assert_back_ends_ended(rig)
