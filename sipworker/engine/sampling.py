"""The counters of a worker as a row, for the charts of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from rls.models import Sample

if TYPE_CHECKING:
    from sipworker.engine.worker import SipWorker


def sample(worker: SipWorker, lag: float) -> Sample:
    """Not saved. `lag` of the last tick in seconds."""
    watchers, sender = worker.watchers, worker.sender
    return Sample(
        at=timezone.now(),
        owner=worker.options.worker,
        watchers=len(watchers),
        back_ends=len(worker.agent.subscriptions),
        updates=worker.writer.updates,
        notifies=sender.full + sender.partial,
        failures=watchers.notify_failures.total() + watchers.back_ends.failures.total(),
        delays=list(sender.delay.counts),
        lag=lag,
    )
