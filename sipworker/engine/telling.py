"""What a watcher is to be told, and when: by the next commit, at its own pace, or once it wakes up."""

from __future__ import annotations

from rls.domain.notify_rates import Rates
from rls.store.numbering import NotifyRequest
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.options import WorkerOptions
from sipworker.engine.pace import FOREVER, Pace
from sipworker.engine.writer import Writer
from sipworker.sip.timers import TimerWheel


class Telling:
    """The ticks tell what has only a mark; here is all else."""

    def __init__(self, wheel: TimerWheel, writer: Writer, options: WorkerOptions) -> None:
        self._wheel = wheel
        self._writer = writer
        self._options = options

    def set_pace(self, watcher: ListSubscription, seconds: float) -> None:
        """What the watcher asked for, for so long; and what its event package allows."""
        rates = Rates.of(watcher.params).within(seconds)
        pause = FOREVER if watcher.dormant else self._options.pause_of(watcher.event, watcher.service_uri)
        if watcher.pace is not None:
            watcher.pace.ask(rates, pause)
        elif rates or pause != self._options.waitn_time:
            watcher.pace = Pace(self._wheel, lambda rows: self._held(watcher, rows), rates, pause)

    def hold(self, watcher: ListSubscription, rows: set[int], row_id: int | None = None) -> None:
        """From their commit on: full state that goes out before does not show them, but counts as all."""

        def committed(now: float) -> None:
            if watcher.pace is not None and not watcher.ending:
                watcher.pace.hold(rows)

        self._writer.after(committed, row_id)

    def _held(self, watcher: ListSubscription, rows: set[int]) -> None:
        """Full state, if that is no more (RFC 6446 section 5.5.1)."""
        if len(rows) >= len(watcher.resources) > 0:
            self.full(watcher)
        else:
            self._rows(watcher, rows)

    def rest(self, watcher: ListSubscription, rows: set[int]) -> None:
        """What did not fit into a NOTIFY goes into the next."""
        if watcher.pace is not None:
            self.hold(watcher, rows)
        else:
            self._rows(watcher, rows)

    def _rows(self, watcher: ListSubscription, rows: set[int]) -> None:
        if not watcher.ending:
            self._number(NotifyRequest(watcher.id, full=False, row_ids=rows))

    def full(self, watcher: ListSubscription) -> None:
        """Full state as soon as it is numbered, or as soon as a dormant watcher asks for it."""
        watcher.has_news = True
        if not watcher.ending and not watcher.dormant:
            self._writer.group.notify(NotifyRequest(watcher.id, full=True), settled=watcher.settled)
            self._writer.wake()

    def final(self, watcher: ListSubscription, reason: str) -> None:
        """The last NOTIFY, with full state."""
        watcher.resting = False
        self._number(NotifyRequest(watcher.id, full=True, reason=reason))

    def _number(self, request: NotifyRequest) -> None:
        self._writer.group.notify(request)
        self._writer.wake()
