"""A worker follows the settings of the admin while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from rls import live
from rls.models import ChangedSetting
from tests.django.engine.lists import BOB, CAROL, service
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import LIMIT

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _as_the_environment_says(rig: Rig, settings: Settings) -> Iterator[None]:
    rig.lists.put(service(BOB, CAROL))
    for name in (*settings.LIVE_SETTINGS, *settings.LIVE_DERIVED):
        setattr(settings, name, getattr(settings, name))
    yield
    live._applied.clear()


async def put(rig: Rig, name: str, value: str) -> None:
    """The settings are renewed in a thread; the worker follows a turn or two later."""
    heard, renewed = asyncio.Event(), rig.worker.live._renewed

    def follow() -> None:
        renewed()
        heard.set()

    rig.worker.live._renewed = follow
    await sync_to_async(ChangedSetting(name=name, value=value).save)()
    await asyncio.wait_for(heard.wait(), LIMIT)
    await rig.quiet()


async def test_a_quota_holds_for_the_next_subscribe(rig: Rig) -> None:
    await rig.start()
    await put(rig, "RLS_MAX_SUBSCRIPTIONS", "1")
    await rig.subscribed()
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.status == 503


async def test_who_is_no_trusted_proxy_any_more_is_refused(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await put(rig, "RLS_TRUSTED_PROXIES", "192.0.2.99")
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.status == 403


async def test_a_longer_time_for_a_package_holds_for_running_subscriptions(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    await put(rig, "RLS_WAITN_TIMES", "presence:30")
    rig.server.tell(BOB, b"<first/>")
    await rig.pass_time(1)
    told = len(rig.phone.told)
    rig.server.tell(BOB, b"<second/>")
    await rig.pass_time(20)
    assert len(rig.phone.told) == told
    await rig.pass_time(11)
    assert rig.phone.told[-1].body(BOB) == b"<second/>"
