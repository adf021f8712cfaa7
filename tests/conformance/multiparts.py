"""Bodies of several parts (RFC 5621)."""

from __future__ import annotations

from tests.live.rig.documents import filter_set
from tests.live.rig.phone import token

FILTERS = "application/simple-filter+xml"


def part(kind: str, content: str, disposition: str = "") -> str:
    """A part as it stands between delimiters."""
    row = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    return f"Content-Type: {kind}\r\n{row}\r\n{content}"


def multipart(*parts: str, kind: str = "mixed") -> tuple[str, str]:
    """Content-Type and body; part(*multipart(...)) is one within another."""
    boundary = token()
    body = "".join(f"--{boundary}\r\n{each}\r\n" for each in parts)
    return f"multipart/{kind};boundary={boundary}", f"{body}--{boundary}--\r\n"


OPTIONAL = part("text/odd", "odd", "render;handling=optional")
"""Nobody understands it."""


def filter_part(name: str) -> str:
    """A filter for the whole list."""
    return part(FILTERS, filter_set({name: ""}).decode())
