"""Settings that operators change while everything runs: rows of rls_settings over what the environment says.

Every process applies them to Django's settings, at its start and when it hears of a change.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, run_checks

from rls.models import ChangedSetting

log = logging.getLogger("rls.settings")

_lock = Lock()
_given: dict[str, Any] = {}
_applied: dict[str, str] = {}


def given() -> dict[str, Any]:
    """What the environment of this process says of each setting that can be changed."""
    if not _given:
        _given.update({name: getattr(settings, name) for name in settings.LIVE_SETTINGS})
    return _given


def renew() -> bool:
    """Apply what operators say now; whether that is anything new. Raises DatabaseError.

    What the checks reject is logged and leaves everything as it was: other hosts may have another
    environment than that in which it was checked.
    """
    rows = dict(ChangedSetting.objects.values_list("name", "value"))
    with _lock:
        if rows == _applied:
            return False
        before = {name: getattr(settings, name) for name in given()}
        try:
            with _no_new_problems():
                _set({**given(), **values(rows)})
        except ValueError as error:
            _set(before)
            log.error("settings of the admin not taken", extra={"why": str(error)})
            return False
        _applied.clear()
        _applied.update(rows)
    log.info("settings of the admin taken", extra={"changed": ",".join(sorted(rows)) or "none"})
    return True


def values(rows: Mapping[str, str]) -> dict[str, object]:
    """The texts read; names that cannot be changed (any more) are left out. Raises ValueError."""
    readers = settings.LIVE_SETTINGS
    return {name: readers[name](text) for name, text in rows.items() if name in readers}


def _set(changed: Mapping[str, object]) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    for name, derive in settings.LIVE_DERIVED.items():
        setattr(settings, name, derive(settings))


@contextmanager
def _no_new_problems() -> Iterator[None]:
    known = errors()
    yield
    if found := [problem for problem in errors() if problem not in known]:
        raise ValueError(" ".join(f"{problem.msg} {problem.hint or ''}" for problem in found))


def errors() -> list[CheckMessage]:
    """What the checks of our settings reject."""
    return [problem for problem in run_checks(tags=["rls"]) if problem.level >= ERROR]
