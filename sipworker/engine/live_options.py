"""The options of the worker that operators change while it runs."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from rls import live
from sipworker.engine.options import WorkerOptions
from sipworker.engine.renewal import Renewal


class LiveOptions(Renewal):
    """Changes `options` in place; `renewed()` is called when they have another value."""

    what = "settings"

    def __init__(self, options: WorkerOptions, renewed: Callable[[], None]) -> None:
        super().__init__()
        self._options = options
        self._renewed = renewed

    async def load(self) -> None:
        """Raises DatabaseError."""
        if await _renew():
            self._options.renew()
            self._renewed()


@sync_to_async
def _renew() -> bool:
    close_old_connections()
    return live.renew()
