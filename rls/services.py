"""Use cases that other parts call: one call each, inside the caller's transaction."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from rls import history, orders, traces
from rls.models import Allowance, OutboxEntry, Presentity, Watcher, Worker

LISTS, PROFILES, SETTINGS = "rls_lists", "rls_profiles", "rls_settings"
"""Channels of PostgreSQL on which the SIP workers listen; on the last one all processes do."""


def _announce(channel: str, payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", (channel, payload))


def list_changed(document_id: int) -> None:
    """Tell the SIP workers, on commit, that a stored list document has changed or is gone."""
    _announce(LISTS, str(document_id))


def list_created(name: str) -> None:
    """Tell the SIP workers, on commit, that there is a document now to which lists may refer."""
    _announce(LISTS, name)


ALL_LISTS = "all"
"""Payload of LISTS that stands for every list."""


def all_lists_changed() -> None:
    """Tell the SIP workers, on commit, to compare all their subscriptions with the lists."""
    _announce(LISTS, ALL_LISTS)


def profiles_changed(**signal: Any) -> None:
    """Tell the SIP workers, on commit, to read the profiles of phones anew."""
    _announce(PROFILES, "")


def settings_changed(**signal: Any) -> None:
    """Tell all processes, on commit, to read the settings of the admin anew."""
    _announce(SETTINGS, "")


ABANDONED_AFTER = 3600
"""Seconds after its expiry that a subscription's owner has to end it; then nobody will."""
LIVING = 60
"""Seconds since its heartbeat for which a worker counts as living."""


def clean_up() -> int:
    """Delete what nobody owns any more, and records that are old; returns the rows deleted.

    Living workers end their own subscriptions with a final NOTIFY, whatever the clock of this
    host says; this is for the rows of workers that never came back.
    """
    living = Worker.objects.filter(heartbeat__gt=Now() - timedelta(seconds=LIVING)).values("id")
    expired = Watcher.objects.filter(expires__lt=int(time.time()) - ABANDONED_AFTER)
    abandoned = expired.exclude(owner__in=living)
    deleted = abandoned.delete()[0]
    Allowance.objects.filter(used_until__lt=time.time()).delete()
    orphans = Presentity.objects.exclude(watcher_id__in=Watcher.objects.values("id"))
    unsent = OutboxEntry.objects.exclude(watcher_id__in=Watcher.objects.values("id"))
    old = history.clean_up() + orders.clean_up() + traces.clean_up()
    return deleted + orphans.delete()[0] + unsent.delete()[0] + old
