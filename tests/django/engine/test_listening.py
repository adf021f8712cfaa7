"""The listener: what ticks announce reaches the watchers, through lost connections too."""

from __future__ import annotations

import pytest

from tests.django.engine.lists import BOB, service
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import until

pytestmark = pytest.mark.asyncio

KILL = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %%'"


@pytest.fixture(autouse=True)
def _one_friend(rig: Rig) -> None:
    rig.lists.put(service(BOB))


async def test_what_was_announced_while_nobody_listened_is_delivered(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.server.tell(BOB, b"<missed/>")
    await rig.quiet()
    await rig.connection.execute(KILL)
    await until(lambda: not rig.worker.listener.listening.is_set())
    assert await rig.tick_alone() == 1
    rig.clock.set_forward_to(rig.clock.now() + 2)
    await rig.told(3)
    assert rig.phone.told[2].states == {BOB: ("active", None, b"<missed/>")}


async def test_rows_of_forgotten_watchers_leave_the_outbox(rig: Rig) -> None:
    await rig.start()
    await rig.connection.execute(
        "insert into rls_outbox (owner, watcher_id, cseq, version, kind, reason, row_ids)"
        " values (1, 99, 1, 0, 'F', '', '{}')"
    )
    await rig.connection.execute(
        "select pg_notify('rls_outbox_1', min(id) || ':' || max(id)) from rls_outbox"
    )
    await until(lambda: rig.delivered == 1)
    await rig.quiet()
    assert await rig.select("select id from rls_outbox") == []


async def test_another_workers_rows_are_left_alone(rig: Rig) -> None:
    await rig.start()
    await rig.connection.execute(
        "insert into rls_outbox (owner, watcher_id, cseq, version, kind, reason, row_ids)"
        " values (2, 99, 1, 0, 'F', '', '{}')"
    )
    await rig.subscribed()
    assert await rig.select("select owner from rls_outbox where watcher_id = 99") == [(2,)]
