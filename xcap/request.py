"""What XCAP needs of an HTTP request and Django does not keep."""

import string
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from xcap.errors import Conflict
from xcap.preconditions import Preconditions

_ASCII: Final = string.printable
_UTF8: Final = ("utf-8", "utf8", "us-ascii")


class BodyTooLarge(Exception):
    """The body is longer than the limit."""


def raw_target(request: Request | HttpRequest) -> str:
    """The request target as it came, all in ASCII.

    `request.path` is decoded already: an encoded slash or `~~` inside a value could not be told from a
    real one. gunicorn keeps the raw target; runserver and the test client do not, and what they leave is
    encoded again.
    """
    raw = request.META.get("RAW_URI") or request.META.get("REQUEST_URI")
    return quote(raw.encode("latin-1"), safe=_ASCII) if raw else request.get_full_path()


def read_body(request: Request, limit: int) -> bytes:
    """Up to `limit` bytes. Raises BodyTooLarge."""
    chunked = "HTTP_TRANSFER_ENCODING" in request.META and request.META.get("wsgi.input_terminated")
    # Django takes a body without Content-Length for an empty one.
    stream = request.META["wsgi.input"] if chunked else request
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


def require_media_type(request: Request, expected: str) -> None:
    """Of the body of a PUT (RFC 4825 section 8.2.2). Raises UnsupportedMediaType, Conflict (not-utf-8)."""
    media_type = request._request.content_type or ""
    if media_type != expected:
        raise UnsupportedMediaType(media_type, f"Send it as {expected}.")
    charset = (request._request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in _UTF8:
        raise Conflict("not-utf-8", f"all documents are in UTF-8, not in {charset}")


def preconditions(request: Request) -> Preconditions:
    return Preconditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
