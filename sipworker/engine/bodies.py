"""What a SUBSCRIBE brings along, or why it cannot be taken: rows D29, D30 and D33 of the decision table."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain import brought, codings, filters, recipients
from rls.domain.brought import Brought
from rls.domain.multipart import MalformedMultipart
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Rejection, with_warning
from sipworker.sip.message import Request

OPTION_TAG = "recipient-list-subscribe"


class Body(NamedTuple):
    """Documents, as yet unread; `refusal` says why nothing of it may be used."""

    filters: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    refusal: Rejection | None = None


def accepted(*, lists: bool) -> tuple[tuple[str, str], ...]:
    """The headers that say what a SUBSCRIBE may bring."""
    kinds = (filters.MEDIA_TYPE, *([recipients.MEDIA_TYPE] if lists else []), "multipart/mixed")
    return ("Accept", ", ".join(kinds)), ("Accept-Encoding", ", ".join(codings.DECODED))


def expects_list(request: Request) -> bool:
    """Whether it says that it brings one (RFC 5367 section 4)."""
    return any(tag.lower() == OPTION_TAG for tag in request.values("require"))


def body_of(request: Request, options: WorkerOptions) -> Body:
    lists = options.request_lists and request.to_tag is None  # in a dialog they are refused (section 5.1)
    try:
        found = _read(request, options, takes_lists=lists)
    except codings.TooLarge as error:
        return Body(refusal=Rejection(413, str(error)))
    except (codings.Undecodable, MalformedMultipart) as error:
        return Body(refusal=with_warning(400, "Bad body", str(error)))
    refusal = Rejection(415, headers=accepted(lists=lists)) if found.unknown else None
    return Body(found.filters, found.lists, refusal)


def _read(request: Request, options: WorkerOptions, *, takes_lists: bool) -> Brought:
    """Nothing is decoded that is not understood anyway."""
    kind, disposition = (request.header(name) or "" for name in ("content-type", "content-disposition"))
    body = request.body
    if not body:
        return Brought()
    try:
        if brought.is_looked_into(kind):
            body = codings.decode(request.values("content-encoding"), body, options.largest_document)
    except codings.UnknownCoding:
        kind = ""
    return brought.read(kind, disposition, body, takes_lists=takes_lists, expects_list=expects_list(request))
