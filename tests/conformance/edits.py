"""What makes a good request a bad one, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce

Edit = Callable[[bytes], bytes]


def instead(before: str, after: str) -> Edit:
    def edit(request: bytes) -> bytes:
        assert before.encode() in request
        return request.replace(before.encode(), after.encode())

    return edit


def more(lines: str) -> Edit:
    return instead("\r\nContent-Length", f"\r\n{lines}\r\nContent-Length")


def no(name: str) -> Edit:
    return lambda request: re.sub(rb"\r\n" + name.encode() + rb":[^\r]*", b"", request)


def also(*edits: Edit) -> Edit:
    return lambda request: reduce(lambda edited, edit: edit(edited), edits, request)


def with_body(kind: str) -> Edit:
    return instead("Content-Length: 0\r\n\r\n", f"Content-Type: {kind}\r\nContent-Length: 0\r\n\r\nodd")


def measured(request: bytes) -> bytes:
    """With the Content-Length that its body has."""
    head, _, body = request.partition(b"\r\n\r\n")
    head = re.sub(rb"(\r\nContent-Length:) \d+", rb"\1 %d" % len(body), head)
    return head + b"\r\n\r\n" + body
