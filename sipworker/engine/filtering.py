"""Filters that a SUBSCRIBE brings (RFC 4660): taken or refused, and handed to the back ends they are for."""

from __future__ import annotations

from rls.domain.filters import MEDIA_TYPE, FilterSet, InvalidFilter
from sipworker.engine.bodies import Body
from sipworker.engine.list_subscription import BackEnd
from sipworker.engine.policy import Rejection, with_warning

NO_FILTERS = FilterSet()
CONTENT_TYPE = f"Content-Type: {MEDIA_TYPE}\r\n"


def filters_after(body: Body, event: str, before: FilterSet = NO_FILTERS) -> FilterSet:
    """What holds after a SUBSCRIBE; one that brings none changes nothing. Raises InvalidFilter."""
    for document in body.filters:
        before = before.after(FilterSet.read(document, event))
    return before


def invalid(body: Body, event: str, before: FilterSet = NO_FILTERS) -> Rejection | None:
    """Row D37."""
    try:
        filters_after(body, event, before)
    except InvalidFilter as error:
        return with_warning(488, "Bad filter", str(error))
    return None


def content_of(back_end: BackEnd) -> tuple[str, bytes]:
    """Header lines and body of the SUBSCRIBEs to a back end."""
    watcher = back_end.watcher
    if not watcher.filters or back_end.omitted == "filters":
        return "", b""
    text = watcher.filters.for_resource(
        back_end.request_uri, watcher.list_uri, (each.request_uri for each in watcher.resources.values())
    )
    return (CONTENT_TYPE, text.encode()) if text else ("", b"")
