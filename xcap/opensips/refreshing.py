"""Where the rules or the state of a user change, OpenSIPS looks at the watchers anew (`refresh_watchers`).

The news is noted in the transaction of the write, and told by a task: no write waits for OpenSIPS, and
what it misses while it is away is told when it is back.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.utils import timezone

from rls.single_flight import single_flight
from xcap.models import Document, PresenceRefresh
from xcap.opensips import mi
from xcap.usages import usage_of

log = logging.getLogger("rls.opensips")

KEPT: Final = timedelta(days=1)
LOCK: Final = 0x6D69
"""Advisory lock of whoever tells."""
_AT_ONCE: Final = 500
_COMMANDS: Final = ("refresh_watchers", "refreshWatchers")  # the second in older versions
_away: set[str] = set()
"""URLs that did not answer the last time, so that one outage is one complaint."""


class News(NamedTuple):
    """What OpenSIPS is told, as its command has it."""

    presentity: str
    event: str
    kind: int


def note(document: Document) -> None:
    """To be called in the transaction of a change; does nothing where nobody is to be told."""
    if not settings.RLS_OPENSIPS_MI or document.owner is None:
        return
    usage = usage_of(document.doc_type)
    if usage and usage.refreshes:
        PresenceRefresh.objects.create(presentity=str(document.owner), **usage.refreshes._asdict())


def tell() -> int:
    """Tell what is noted, each news once however often it was written; returns how many were told."""
    with single_flight(LOCK) as alone:
        return _tell(settings.RLS_OPENSIPS_MI) if alone and settings.RLS_OPENSIPS_MI else 0


def _tell(url: str) -> int:
    told = 0
    for news, rows in _noted().items():
        try:
            _refresh(url, news)
        except mi.Refused as error:
            log.warning("OpenSIPS refuses to refresh watchers", extra={"why": str(error), **news._asdict()})
        except OSError as error:
            _is_away(url, error)
            return told
        _away.discard(url)
        PresenceRefresh.objects.filter(pk__in=rows).delete()
        told += 1
    return told


def _noted() -> dict[News, list[int]]:
    """The rows that say the same, the oldest first."""
    rows = PresenceRefresh.objects.order_by("pk").values_list("pk", "presentity", "event", "kind")
    noted: dict[News, list[int]] = defaultdict(list)
    for number, presentity, event, kind in rows[:_AT_ONCE]:
        noted[News(presentity, event, kind)].append(number)
    return noted


def _refresh(url: str, news: News) -> None:
    """By the name of today, or by the one before. Raises Refused, OSError."""
    for command in _COMMANDS:
        try:
            mi.call(url, command, presentity_uri=news.presentity, event=news.event, refresh_type=news.kind)
        except mi.UnknownCommand:
            if command == _COMMANDS[-1]:
                raise
        else:
            return


def _is_away(url: str, error: OSError) -> None:
    if url not in _away:
        _away.add(url)
        log.warning("OpenSIPS does not answer, will be told later", extra={"url": url, "why": str(error)})
    PresenceRefresh.objects.filter(written__lt=timezone.now() - KEPT).delete()
