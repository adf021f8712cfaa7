"""Carries out what operators ordered: read from the database, done, written down as done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import Error, close_old_connections
from django.utils import timezone

from rls.models import Order
from sipworker.engine.admission import Admission
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.watchers import Watchers
from sipworker.engine.writer import Writer

log = logging.getLogger("rls.orders")

RETRY = 2.0
Kind = Order.Kind


class Orders:
    """look() makes run() read the orders for this worker."""

    def __init__(self, owner: int, watchers: Watchers, writer: Writer, admission: Admission) -> None:
        self._owner = owner
        self._watchers = watchers
        self._writer = writer
        self._admission = admission
        self._work = asyncio.Event()
        self._to_watcher: dict[str, Callable[[ListSubscription, Order, float], str]] = {
            Kind.FULL_STATE: self._tell_full,
            Kind.RETRY: self._retry,
            Kind.END: self._end,
        }

    def look(self, payload: str = "") -> None:
        self._work.set()

    async def run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                for order in await self._given():
                    await self._carry_out(order)
            except Error as error:
                log.error("orders cannot be read, will try again", extra={"error": str(error).strip()})
                await asyncio.sleep(RETRY)
                self._work.set()

    async def _carry_out(self, order: Order) -> None:
        """An order that fails is done with, too: it must not be tried for ever."""
        try:
            result = self._do(order, asyncio.get_running_loop().time())
        except Exception as error:
            log.exception("order failed", extra={"order": order.pk})
            result = f"failed: {error!r}"
        await self._committed()
        await self._done(order, result)
        log.info("order done", extra={"order": str(order), "by": order.by, "result": result})

    def _do(self, order: Order, now: float) -> str:
        if order.watcher_id is None:
            self._admission.draining = order.kind == Kind.DRAIN
            return "new subscriptions are refused" if self._admission.draining else "takes new subscriptions"
        watcher = self._watchers.get(order.watcher_id)
        if watcher is None or watcher.ending:
            return "over already"
        return self._to_watcher[order.kind](watcher, order, now)

    def _tell_full(self, watcher: ListSubscription, order: Order, now: float) -> str:
        self._watchers.telling.full(watcher)
        return "full state is on its way"

    def _retry(self, watcher: ListSubscription, order: Order, now: float) -> str:
        return f"{self._watchers.back_ends.retry_failed(watcher, now)} back ends are asked again"

    def _end(self, watcher: ListSubscription, order: Order, now: float) -> str:
        self._watchers.end(watcher, order.reason, now)
        return f"ended: {order.reason}"

    async def _committed(self) -> None:
        """A crash before has the order done once more, never not at all."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writer.after(lambda now: None if committed.done() else committed.set_result(None))
        await committed

    @sync_to_async
    def _given(self) -> list[Order]:
        close_old_connections()
        return list(Order.objects.filter(owner=self._owner, done=None).order_by("pk"))

    @sync_to_async
    def _done(self, order: Order, result: str) -> None:
        close_old_connections()
        Order.objects.filter(pk=order.pk).update(done=timezone.now(), result=result)
