"""The history of a document: what was changed, by whom, when, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.admin import ModelAdmin

from xcap import history, store
from xcap.admin.author import author
from xcap.admin.page import page
from xcap.errors import Conflict
from xcap.models import Document, Version
from xcap.preconditions import Preconditions
from xcap.usages import USAGES

_LONGEST: Final = 400  # lines of a difference on the page


@dataclass(frozen=True, slots=True)
class Step:
    """A version and how it differs from the one before; `number` counts from the oldest that is kept."""

    number: int
    version: Version
    difference: list[tuple[str, str]]
    newest: bool


def history_page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    name: str,
    versions: QuerySet[Version],
    original: Document | None = None,
) -> HttpResponse:
    """Shows the versions, newest first; a POST restores one of them. `original`: the document, if any."""
    if request.method == "POST":
        if not (model_admin.has_change_permission(request) and model_admin.has_add_permission(request)):
            raise PermissionDenied
        version = get_object_or_404(versions, pk=request.POST.get("version"), doc__isnull=False)
        _restore(model_admin, request, version)
        return redirect(request.get_full_path())
    newest_first = list(versions)
    context = {"steps": list(_steps(newest_first)), "current": newest_first[0].etag if newest_first else ""}
    title = f"History of {name}"
    return page(model_admin, request, "xcap/history.html", title, original=original, **context)


def _steps(newest_first: list[Version]) -> Iterator[Step]:
    count = len(newest_first)
    for place, (version, older) in enumerate(pairwise([*newest_first, None])):
        if version:
            yield Step(count - place, version, _marked(older, version), place == 0)


def _marked(older: Version | None, version: Version) -> list[tuple[str, str]]:
    """Lines with what they are: added, removed, or there for orientation."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = [(kinds.get(line[:1], "same"), line) for line in history.difference(older, version)]
    more = len(lines) - _LONGEST
    return [*lines[:_LONGEST], ("place", f"{more} more lines")] if more > 0 else lines


def _restore(model_admin: ModelAdmin, request: HttpRequest, version: Version) -> None:
    selector, opened = version.selector, request.POST.get("current")
    condition = Preconditions(if_match=f'"{opened}"') if opened else Preconditions(if_none_match="*")
    try:
        if selector is None:
            raise store.NotFound("the application usage of the document")
        which = f"the version of {version.written:%Y-%m-%d %H:%M:%S} UTC"
        by, body = author(request, f"admin, {which}"), bytes(version.doc or b"")
        with transaction.atomic():
            document, _ = store.put(USAGES[selector.auid], selector, body, condition, by)
            model_admin.log_change(request, document, f"Restored {which}.")
    except Conflict as error:
        messages.error(request, f"It cannot be restored as it is: {error}")
    except store.NotFound as error:
        messages.error(request, f"It cannot be restored: {error} does not exist.")
    except store.PreconditionFailed:
        messages.error(request, "Somebody else has changed the document meanwhile. Look at it again.")
    else:
        messages.success(request, "The old version is restored. Running subscriptions are told.")
