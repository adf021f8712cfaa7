"""How often one may ask: each operator and subscriber, and each address that has not said who it is."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Final

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from rls.store import allowances

_REMEMBERED: Final = 10_000


class Allowed:
    """What this process may still answer without asking the database, and whom it need not ask about.

    It takes the requests of a second at once, so that the counting of all processes together costs each
    of them little.
    """

    def __init__(self) -> None:
        self._left: OrderedDict[str, int] = OrderedDict()
        self._refused: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, who: str, rate: int, now: float) -> float:
        """0 if one more request of `rate` a minute may come; else the seconds until then."""
        with self._lock:
            if self._left.get(who):
                self._left[who] -= 1
                return 0.0
            if (until := self._refused.get(who, now)) > now:
                return until - now
        count = max(1, rate // 60)
        seconds = allowances.take(who, rate, count)
        with self._lock:
            self._remember(who, 0 if seconds else count - 1, now + seconds if seconds else 0.0)
        return seconds

    def _remember(self, who: str, left: int, refused_until: float) -> None:
        self._left[who] = self._left.get(who, 0) + left
        self._left.move_to_end(who)
        if refused_until:
            self._refused[who] = refused_until
        else:
            self._refused.pop(who, None)
        while len(self._left) > _REMEMBERED:
            self._refused.pop(self._left.popitem(last=False)[0], None)

    def forget(self) -> None:
        with self._lock:
            self._left.clear()
            self._refused.clear()


allowed: Final = Allowed()


class Throttle(BaseThrottle):
    """RLS_API_RATE requests a minute, whichever process they come to; 0: any number."""

    seconds = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        rate = settings.RLS_API_RATE
        self.seconds = allowed.wait(self._who(request), rate, time.monotonic()) if rate else 0.0
        return not self.seconds

    def wait(self) -> float:
        return self.seconds

    def _who(self, request: Request) -> str:
        user: object = request._user if hasattr(request, "_user") else None
        known = getattr(user, "pk", None)
        return str(known) if known else f"from-{self.get_ident(request)}"
