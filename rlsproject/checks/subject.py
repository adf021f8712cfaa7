"""What the checks look at: Django's settings, or those with other values that somebody proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings as in_force

_proposed: ContextVar[Mapping[str, Any] | None] = ContextVar("proposed", default=None)


class _Subject:
    def __getattr__(self, name: str) -> Any:
        proposed = _proposed.get()
        return proposed[name] if proposed and name in proposed else getattr(in_force, name)


settings = _Subject()


@contextmanager
def proposing(values: Mapping[str, Any]) -> Iterator[None]:
    """The checks of this thread see these values meanwhile."""
    token = _proposed.set(values)
    try:
        yield
    finally:
        _proposed.reset(token)
