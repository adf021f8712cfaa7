"""Header names: any spelling and compact form (RFC 3261 section 7.3.3) to one key, and back to the wire."""

from __future__ import annotations

from sipworker.sip.grammar import is_token, malformed

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}

# fmt: off
_COMMON = (
    "Accept", "Accept-Encoding", "Accept-Language", "Allow", "Allow-Events", "Authorization", "Call-ID",
    "Contact", "Content-Disposition", "Content-Encoding", "Content-Length", "Content-Type", "CSeq", "Date",
    "Event", "Expires", "From", "Max-Forwards", "MIME-Version", "Min-Expires", "P-Asserted-Identity",
    "Privacy", "Proxy-Authorization", "RAck", "Record-Route", "Require", "Retry-After", "Route", "RSeq",
    "Server", "SIP-ETag", "SIP-If-Match", "Subject", "Subscription-State", "Supported", "To", "Unsupported",
    "User-Agent", "Via", "Warning", "WWW-Authenticate",
)
# fmt: on

_WIRE_NAMES = {name.lower(): name for name in _COMMON}

# One look-up for what nearly every row carries; canonical() does the rest.
KNOWN_SPELLINGS = (
    {name: key for key, name in _WIRE_NAMES.items()} | {key: key for key in _WIRE_NAMES} | COMPACT
)


def canonical(name: str) -> str:
    """The key of a header name: lower case, long form. Raises MalformedMessage if it is no token."""
    name = name.rstrip(" \t")
    if not is_token(name):
        raise malformed("header name")
    lower = name.lower()
    return COMPACT.get(lower, lower)


def wire_name(key: str) -> str:
    """`call-id` -> `Call-ID`."""
    return _WIRE_NAMES.get(key) or key.title()
