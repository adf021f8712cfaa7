"""One timer wheel for all timers of an agent.

A timer costs one list append to set and one attribute to cancel, whatever their number;
an event loop's own timers cost microseconds each and keep their callback alive.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil, floor
from typing import TypeVar

T = TypeVar("T")
T1 = 0.5
T2 = 4.0
T4 = 5.0
ROUNDING = 1e-6
"""Of a slot: 43 * 0.1 / 0.1 is less than 43."""
TIMER_F = 64 * T1
"""Seconds; RFC 3261 appendix A. Timers J and N have the same length. All are for T1 as most have it."""

FAR, COARSE = 600, 10
"""Slots: what is due in more than FAR of them shares one of COARSE: a slot for each would be memory."""

SWEEP = 10_000
"""Timers that are set until those that were cancelled are forgotten; more where more are left."""

Callback = Callable[[float], None]


class Timer:
    """A scheduled call of `callback(now)`, or of `callback(owner, now)`; cancel() forgets it."""

    __slots__ = ("callback", "owner")

    def __init__(self, callback: Callable[..., None], owner: object = None) -> None:
        self.callback: Callable[..., None] | None = callback
        self.owner = owner

    def cancel(self) -> None:
        self.callback = self.owner = None

    def fire(self, now: float) -> None:
        if self.callback is None:
            return
        if self.owner is None:
            self.callback(now)
        else:
            self.callback(self.owner, now)


def _is_set(timer: Timer) -> bool:
    return timer.callback is not None


class TimerWheel:
    """Timers in slots of `resolution` seconds; a timer is never early and at most a slot late, one that was
    set for a time far away at most COARSE slots."""

    def __init__(self, now: float, resolution: float = 0.1) -> None:
        self._resolution = resolution
        self._position = int(now / resolution)
        self._slots: dict[int, list[Timer]] = {}
        self._due: deque[Timer] = deque()
        self._until_sweep = SWEEP

    def __len__(self) -> int:
        """How many timers are set or cancelled but not yet past."""
        return sum(map(len, self._slots.values())) + len(self._due)

    def schedule(self, when: float, callback: Callback) -> Timer:
        """Run `callback(now)` at `when` (seconds on the clock of advance()), or with the next slot."""
        return self._set(when, Timer(callback))

    def schedule_for(self, owner: T, when: float, callback: Callable[[T, float], None]) -> Timer:
        """The same with `callback(owner, now)`: a bound method for each of very many timers is memory."""
        return self._set(when, Timer(callback, owner))

    def _set(self, when: float, timer: Timer) -> Timer:
        slot = ceil(when / self._resolution)
        if slot <= self._position:
            slot = self._position + 1
        elif slot - self._position > FAR:
            slot += -slot % COARSE
        try:
            self._slots[slot].append(timer)
        except KeyError:
            self._slots[slot] = [timer]
        self._until_sweep -= 1
        if not self._until_sweep:
            self._sweep()
        return timer

    def _sweep(self) -> None:
        """Forget those that were cancelled: an ended subscription's would be due in an hour, or in a day."""
        kept = ((slot, list(filter(_is_set, timers))) for slot, timers in self._slots.items())
        self._slots = {slot: timers for slot, timers in kept if timers}
        self._until_sweep = max(SWEEP, sum(map(len, self._slots.values())))

    def advance(self, now: float) -> None:
        """Run what is due. Timers set meanwhile run at a later call.

        If a callback raises, those after it run at the next call.
        """
        self._collect(floor(now / self._resolution + ROUNDING))
        while self._due:
            self._due.popleft().fire(now)

    def _collect(self, target: int) -> None:
        if target - self._position > len(self._slots):
            due = sorted(slot for slot in self._slots if slot <= target)
        else:
            due = [slot for slot in range(self._position + 1, target + 1) if slot in self._slots]
        self._position = max(self._position, target)
        for slot in due:
            self._due.extend(self._slots.pop(slot))

    def next_due(self) -> float | None:
        """When the earliest slot in use is due, for a clock that jumps."""
        return min(self._slots) * self._resolution if self._slots else None
