"""What a document of a delta format says of itself: whether it is a piece, and its number.

dialog-info (RFC 4235), watcherinfo (RFC 3858), reginfo (RFC 3680), conference-info (RFC 4575) and
pidf-full with pidf-diff (RFC 5262). Read without parsing XML: nearly all of them are complete.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TYPES = ("dialog-info", "watcherinfo", "reginfo", "conference-info", "pidf-diff")
_ROOTS = b"dialog-info|watcherinfo|reginfo|conference-info|pidf-full|pidf-diff"
# The root's start tag; nothing like it stands before it but in a comment.
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(" + _ROOTS + rb")\b([^<>]*)>")
_PARTIAL = re.compile(rb"\sstate\s*=\s*[\"']partial[\"']").search
_VERSION = re.compile(rb"(\sversion\s*=\s*[\"'])(\d{1,10})([\"'])")
_HEAD = 4096
"""Octets in which a root's start tag has to end."""


class Heading(NamedTuple):
    """`version` None: it has no number."""

    partial: bool
    version: int | None


def heading(content_type: str, body: bytes) -> Heading | None:
    """None for a body of another type, or one that cannot be made out."""
    if not any(name in content_type.lower() for name in _TYPES):
        return None
    root = _ROOT.search(body, 0, _HEAD)
    if root is None:
        return None
    version = _VERSION.search(root[2])
    partial = root[1] == b"pidf-diff" or _PARTIAL(root[2]) is not None
    return Heading(partial, int(version[2]) if version else None)


def renumbered(body: bytes, version: int) -> bytes:
    """The same document with another version in its start tag, and not an octet more changed."""
    root = _ROOT.search(body, 0, _HEAD)
    found = root and _VERSION.search(body, root.start(2), root.end(2))
    if not found:
        return body
    return body[: found.start(2)] + str(version).encode() + body[found.end(2) :]
