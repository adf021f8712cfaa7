"""What is read and written for subscriptions to documents, in a thread: a few phones, seldom."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction

from rls.services import ABANDONED_AFTER
from xcap import observation
from xcap.diff.report import MODES, Report, entity_tag, full_state, report
from xcap.diff.watched import Watched
from xcap.models import DocumentWatcher
from xcap.selectors import Xui

log = logging.getLogger("rls.documents")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a SUBSCRIBE changes in the row. `expires` is a Unix time."""

    contact: str
    flow: str
    remote_cseq: int
    expires: int
    mode: str
    uris: Sequence[str] | None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written of one subscription; `row` is not touched, a new one comes back.

    `notify`: tell what is new, with `full` all; `room` in octets. `answered`: forget the kept body.
    """

    row: DocumentWatcher
    watched: Sequence[Watched]
    reader: Xui
    room: int
    root: str
    renewal: Renewal | None = None
    notify: bool = False
    full: bool = False
    reason: str = ""
    answered: bool = False
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """`body` None: nothing to tell. `more`: there is, in another NOTIFY. `suppressed`: the SUBSCRIBE asked
    for silence (RFC 5839 section 6.3)."""

    row: DocumentWatcher
    body: bytes | None = None
    more: bool = False
    suppressed: bool = False


@sync_to_async
def write(tasks: Sequence[Task]) -> list[Written | None]:
    """None for what could not be written; try that again."""
    close_old_connections()
    return [_try(task) for task in tasks]


def _try(task: Task) -> Written | None:
    try:
        with transaction.atomic():
            return _write(task)
    except Exception:  # the database is away, or one subscription is at fault: the others go on
        log.exception("not written, will try again", extra={"watcher": task.row.identity})
        return None


def _write(task: Task) -> Written:
    row = copy(task.row)
    if task.delete:
        if row.pk is not None:
            DocumentWatcher.objects.filter(pk=row.pk).delete()
        return Written(row)
    if task.answered:
        row.unanswered = None
    if renewal := task.renewal:
        _renew(row, renewal)
    written = _tell(task, row) if task.notify else Written(row)
    row.save()
    return written


def _tell(task: Task, row: DocumentWatcher) -> Written:
    """Number a NOTIFY and put it into the row, if there is anything to tell and no wish not to be told."""
    told, state = _observe(task, row)
    holds = row.condition in ("*", entity_tag(state))
    if holds and task.renewal and row.pk is not None:
        row.reason = task.reason
        return Written(row, suppressed=True)
    if not (task.full or task.reason or (told.items and not holds)):
        return Written(row)
    body = b"" if holds else told.body(task.root)
    row.known, row.reason, row.unanswered = state if holds else told.known, task.reason, body
    row.local_cseq += 1
    return Written(row, body, told.more and not holds)


def _renew(row: DocumentWatcher, renewal: Renewal) -> None:
    row.contact, row.flow = renewal.contact, renewal.flow
    row.remote_cseq, row.expires = renewal.remote_cseq, renewal.expires
    row.mode, row.uris = renewal.mode, None if renewal.uris is None else list(renewal.uris)
    row.condition = renewal.condition


def _observe(task: Task, row: DocumentWatcher) -> tuple[Report, dict[str, str]]:
    """What to tell, and the state of which it is a part or the whole."""
    mode, known = MODES[row.mode], {} if task.full else row.known
    stored = observation.documents(task.watched, task.reader)
    present = observation.whole(task.watched, stored, known, patching=mode != "no-patching")
    components = observation.components(task.watched, stored)
    return report(known, present, components, mode, task.room), full_state(present, components)


@sync_to_async
def load(owner: int) -> list[DocumentWatcher]:
    """The subscriptions of a worker that starts; those that nobody ended are deleted."""
    close_old_connections()
    DocumentWatcher.objects.filter(expires__lt=int(time.time()) - ABANDONED_AFTER).delete()
    return list(DocumentWatcher.objects.filter(owner=owner).order_by("pk"))
