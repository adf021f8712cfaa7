"""Answering a request (RFC 3261 sections 8.2.6 and 18.2.1, RFC 3581)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.headers import NameAddr
from sipworker.sip.structure import Headers, Request, collect, serialise

REASONS = {
    100: "Trying",
    200: "OK",
    202: "Accepted",
    204: "No Notification",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    305: "Use Proxy",
    380: "Alternative Service",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    412: "Conditional Request Failed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    421: "Extension Required",
    423: "Interval Too Brief",
    470: "Consent Needed",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    485: "Ambiguous",
    486: "Busy Here",
    488: "Not Acceptable Here",
    489: "Bad Event",
    491: "Request Pending",
    494: "Security Agreement Required",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}

_COPIED = ("via", "from", "to", "call-id", "cseq")


def response(
    request: Request,
    status: int,
    reason: str | None = None,
    *,
    to_tag: str | None = None,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> bytes:
    """The answer: Via, From, To, Call-ID and CSeq copied as written, `to_tag` put on To if it has none.

    Raises ValueError if a value would break out of its line.
    """
    rows: Headers = {name: request.headers[name] for name in _COPIED if name in request.headers}
    if to_tag and "to" in rows:
        rows["to"] = [_tagged(rows["to"][0], to_tag)]
    for name, values in collect(headers).items():
        rows[name] = values
    return serialise(f"SIP/2.0 {status} {reason or REASONS.get(status, '')}", rows, body)


def _tagged(to: str, tag: str) -> str:
    try:
        return to if NameAddr.parse(to).tag else f"{to};tag={tag}"
    except MalformedMessage:
        return to


def with_received(request: Request, source_host: str, source_port: int) -> Request:
    """Notes in the top Via where the request came from, in place, so that its answer goes there.

    `received` when sent-by is a name or another address (RFC 3261 18.2.1); with `rport` always both, and what
    the client wrote there itself is overwritten (RFC 3581 section 4). `source_host`: an address, no brackets.
    """
    via = request.via
    params = via.params
    rport = "rport" in params
    if not rport and "received" not in params and via.host.strip("[]") == source_host:
        return request
    observed = {"rport": str(source_port), "received": source_host} if rport else {"received": source_host}
    request.replace_top_via(replace(via, params={**params, **observed}))
    return request
