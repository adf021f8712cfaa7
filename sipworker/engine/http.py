"""A very small HTTP server: metrics and health of a SIP worker, for those who watch it.

GET and HEAD of a few paths, one request per connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple

log = logging.getLogger("rls.http")

PATIENCE = 5.0
"""Seconds that a client has for its request."""
LONGEST_HEAD = 8192


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes


Serve = Callable[[], Answer]


def as_json(parts: Mapping[str, str], *, ok: bool = True) -> Answer:
    """200, or 503 if not `ok`."""
    return Answer(200 if ok else 503, "application/json", json.dumps(dict(parts)).encode())


class HttpListener:
    """`paths`: who answers what."""

    def __init__(self, host: str, port: int, paths: Mapping[str, Serve]) -> None:
        self._address = host, port
        self._paths = paths
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises OSError that names the address."""
        try:
            self._server = await asyncio.start_server(self._connected, *self._address, limit=LONGEST_HEAD)
        except OSError as error:
            host, port = self._address
            raise OSError(f"RLS_WORKER_HTTP {host}:{port}: {error.strerror}") from error

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._reply(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            pass  # whoever asks so badly gets nothing
        finally:
            writer.close()

    def _reply(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        path = rest.split(b" ", 1)[0].split(b"?", 1)[0].decode("ascii", "replace")
        status, content_type, body = self._answer(method, path)
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        return "\r\n".join((*lines, "\r\n")).encode() + (b"" if method == b"HEAD" else body)

    def _answer(self, method: bytes, path: str) -> Answer:
        if method not in (b"GET", b"HEAD"):
            return Answer(405, "text/plain", b"GET or HEAD\n")
        serve = self._paths.get(path)
        if serve is None:
            return Answer(404, "text/plain", f"one of {' '.join(self._paths)}\n".encode())
        try:
            return serve()
        except Exception:
            log.exception("cannot answer", extra={"path": path})
            return Answer(500, "text/plain", b"the log says why\n")
