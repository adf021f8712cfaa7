"""Filters that a SUBSCRIBE brings (RFC 4660): taken or refused, and handed to the back ends they are for."""

from __future__ import annotations

from rls.domain.filters import MEDIA_TYPE, FilterSet, InvalidFilter
from sipworker.engine.list_subscription import BackEnd
from sipworker.engine.policy import Rejection, with_warning
from sipworker.sip.message import Request

NO_FILTERS = FilterSet()
CONTENT_TYPE = f"Content-Type: {MEDIA_TYPE}\r\n"


def brings_filters(request: Request) -> bool:
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return bool(request.body) and kind == MEDIA_TYPE and "content-encoding" not in request.headers


def filters_after(request: Request, event: str, before: FilterSet = NO_FILTERS) -> FilterSet:
    """What holds after a SUBSCRIBE; one without a body changes nothing. Raises InvalidFilter."""
    return before.after(FilterSet.read(request.body, event)) if brings_filters(request) else before


def invalid(request: Request, event: str, before: FilterSet = NO_FILTERS) -> Rejection | None:
    """Row D37."""
    try:
        filters_after(request, event, before)
    except InvalidFilter as error:
        return with_warning(488, "Bad filter", str(error))
    return None


def content_of(back_end: BackEnd) -> tuple[str, bytes]:
    """Header lines and body of the SUBSCRIBEs to a back end."""
    watcher = back_end.watcher
    text = watcher.filters.for_resource(
        back_end.request_uri, watcher.list_uri, (each.request_uri for each in watcher.resources.values())
    )
    return (CONTENT_TYPE, text.encode()) if text else ("", b"")
