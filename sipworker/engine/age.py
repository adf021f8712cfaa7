"""How long the oldest of what waits has waited: the measure of overload."""

from __future__ import annotations


class Age:
    """Of a batch that is collected and one that is under way; times are seconds."""

    __slots__ = ("_collecting", "_under_way")

    def __init__(self) -> None:
        self._collecting: float | None = None
        self._under_way: float | None = None

    def begin(self, now: float) -> None:
        """The first of a batch has come."""
        self._collecting = now

    def take(self, *, whole: bool = True) -> None:
        """The batch that was collected is under way; not `whole`: some of it goes on waiting."""
        self._under_way = self._collecting
        if whole:
            self._collecting = None

    def done(self) -> None:
        self._under_way = None

    def of_oldest(self, now: float) -> float:
        oldest = self._collecting if self._under_way is None else self._under_way
        return 0.0 if oldest is None else now - oldest
