"""Tells the database that the worker lives, and stands in for a beat that died."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from rls import batching
from rls.history import SAMPLE_EVERY
from rls.models import Problem, Sample, Tick, Worker
from rls.problems import Problems
from sipworker.engine import systemd

log = logging.getLogger("rls.heartbeat")

INTERVAL = 1.0
PATIENCE = 3.0
"""Seconds, or slots if they are longer, without a tick before the worker runs them itself."""


class Heartbeat:
    """`note` gives the worker's counters, with the lag of the last tick; `draining` whether it refuses
    new subscriptions.

    Times are the database's: the clocks of hosts may differ, and be set.
    """

    def __init__(
        self,
        number: int,
        contact: str,
        note: Callable[[float], Sample],
        problems: Problems,
        draining: Callable[[], bool],
    ) -> None:
        self._number = number
        self._name = f"worker {number}"
        self._contact = contact
        self._note = note
        self._problems = problems
        self._draining = draining
        self._beats = 0
        self._lag = 0.0
        self.standing_in = False
        self._reachable = True

    async def run(self) -> None:
        await self._register()
        while True:
            systemd.tell(systemd.ALIVE)
            try:
                await self._beat(self._note(self._lag), self._draining())
                await self._look_at_ticks()
                self._reachable = True
            except Error as error:
                if self._reachable:
                    log.error("no heartbeat: database unreachable", extra={"error": str(error).strip()})
                self._reachable = False
            await asyncio.sleep(INTERVAL)

    @sync_to_async
    def _register(self) -> None:
        Worker.objects.update_or_create(
            pk=self._number, defaults={"contact": self._contact, "started": Now(), "heartbeat": Now()}
        )

    @sync_to_async
    def _beat(self, sample: Sample, draining: bool) -> None:
        close_old_connections()
        Worker.objects.filter(pk=self._number).update(
            heartbeat=Now(), watchers=sample.watchers, back_ends=sample.back_ends, draining=draining
        )
        if self._beats % SAMPLE_EVERY == 0:
            sample.save()
        self._beats += 1
        if problems := self._problems.take():
            Problem.objects.bulk_create(problems)

    @sync_to_async
    def _last_tick(self) -> tuple[float, str]:
        """How many seconds ago, and by whom."""
        ago = ExpressionWrapper(Now() - F("last"), output_field=DurationField())
        tick = Tick.objects.filter(pk=1).annotate(ago=ago).first()
        self._lag = tick.lag if tick else 0.0
        return (tick.ago.total_seconds(), tick.by) if tick else (float("inf"), "")

    async def _look_at_ticks(self) -> None:
        age, by = await self._last_tick()
        slot = settings.RLS_WAITN_TIME / settings.RLS_SLICES
        # In the future: the clock was set back, and beat may wait until it has caught up.
        missing = abs(age) > PATIENCE * max(1.0, slot) or by == self._name
        if missing and not self.standing_in:
            log.warning("no tick from Celery: this worker batches until it is back", extra={"age": age})
        elif self.standing_in and not missing:
            log.info("Celery ticks again")
        self.standing_in = missing
        if missing:
            await asyncio.to_thread(_tick_in_thread, self._name)


def _tick_in_thread(by: str) -> None:
    """Without waiting for slots to come, so that Celery finds the lock free when it is back."""
    close_old_connections()
    batching.tick(by, window=0.0)
    connection.close()
