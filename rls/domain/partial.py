"""Documents that tell only what changed (RFC 4662 section 4.6, RFC 6446 section 5.4).

In a list the last body of a batch wins, so a partial one must not stand in for the whole:
RFC 4235 (dialog-info), RFC 3858 (watcherinfo), RFC 3680 (reginfo), RFC 4575 (conference-info).
"""

import re

_TYPES = ("dialog-info", "watcherinfo", "reginfo", "conference-info")
# The root's start tag; an attribute of that name stands nowhere before it but in a comment.
_PARTIAL_ROOT = re.compile(
    rb"<(?:[\w.-]+:)?(?:" + "|".join(_TYPES).encode() + rb")\b[^<>]*?\sstate\s*=\s*[\"']partial[\"']"
)
_HEAD = 4096
"""Octets in which a root's start tag has to end."""


def is_partial(content_type: str, body: bytes) -> bool:
    """Whether `body` is a document of a known delta format that says of itself to be partial."""
    if b"partial" not in body[:_HEAD] or not any(name in content_type.lower() for name in _TYPES):
        return False
    return _PARTIAL_ROOT.search(body, 0, _HEAD) is not None
