"""Lists that a SUBSCRIBE brings along (RFC 5367): rows D31 to D35 of the decision table."""

from __future__ import annotations

from typing import NamedTuple

from rls.domain import codings, recipients
from rls.domain.lists import FlatList, ListTooLong
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import Rejection, with_warning
from sipworker.sip.message import Request

BAD_LIST = "Bad recipient list"
OPTION_TAG = "recipient-list-subscribe"
ACCEPT = ("Accept", f"{recipients.MEDIA_TYPE}, multipart/mixed")
ACCEPT_ENCODING = ("Accept-Encoding", ", ".join(codings.DECODED))


class Recipients(NamedTuple):
    """`document` is what has to be kept of the body."""

    document: bytes
    flat: FlatList


def recipients_of(request: Request, options: WorkerOptions) -> Recipients | Rejection | None:
    """None for a SUBSCRIBE that brings no list along."""
    disposition = request.header("content-disposition") or ""
    required = any(tag.lower() == OPTION_TAG for tag in request.values("require"))
    content_type = request.header("content-type") or ""
    may_have = recipients.is_recipient_list(disposition) or content_type.lower().startswith("multipart/")
    if not options.request_lists or not (required or (may_have and request.body)):
        return None
    if required and not disposition:
        disposition = recipients.DISPOSITION
    try:
        return _read(request, content_type, disposition, options, required)
    except codings.UnknownCoding:
        return Rejection(415, headers=(ACCEPT, ACCEPT_ENCODING))
    except recipients.UnknownListType:
        return Rejection(415, headers=(ACCEPT,))
    except codings.TooLarge as error:
        return Rejection(413, str(error))
    except ListTooLong as error:
        return Rejection(413, str(error))
    except (codings.Undecodable, recipients.NoRecipientList) as error:
        return with_warning(400, BAD_LIST, str(error))


def _read(
    request: Request, content_type: str, disposition: str, options: WorkerOptions, required: bool
) -> Recipients | Rejection | None:
    body = codings.decode(request.values("content-encoding"), request.body, options.largest_document)
    found = recipients.documents(content_type, disposition, body)
    if not found:
        return with_warning(400, BAD_LIST, "there is no list in it") if required else None
    document = recipients.joined(found)
    return Recipients(document, recipients.flat_list([document], options.list_limit))
