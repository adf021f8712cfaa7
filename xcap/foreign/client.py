"""GET from foreign XCAP servers: conditional, bounded in time and size, without redirects."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from xcap.foreign.roots import ForeignRoot

_HEADERS: Final = {
    "Accept": "application/resource-lists+xml, application/rls-services+xml, application/xcap-el+xml",
    "Accept-Encoding": "identity",  # nothing that could blow up
    "User-Agent": "rls",
}
_CONNECTIONS: Final = 8
"""Connections to each server at the same time."""


class Unreachable(Exception):
    """A foreign server cannot be asked, or its answer is no answer; the message says why."""


class Reply(NamedTuple):
    """`body` None: there is no such document. `etag` "" if the server has none; `changed` False for a 304."""

    body: bytes | None
    etag: str = ""
    changed: bool = True


class Client:
    """One of these for each root. `timeout` in seconds for a whole answer, `limit` in octets."""

    def __init__(self, root: ForeignRoot, *, token: str, ca_file: str, timeout: float, limit: int) -> None:
        self._timeout = timeout
        self._limit = limit
        self._http = httpx.AsyncClient(
            auth=httpx.DigestAuth(root.user, root.password) if root.user else None,
            headers=_HEADERS | ({"Authorization": f"Bearer {token}"} if token and not root.user else {}),
            timeout=timeout,
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            # The system's certificates, and no proxy that the environment names.
            verify=ssl.create_default_context(cafile=ca_file or None)
            if urlsplit(root.url).scheme == "https"
            else False,
            trust_env=False,
            follow_redirects=False,
        )

    async def get(self, url: str, etag: str) -> Reply:
        """The document, unless it still has this entity tag. Raises Unreachable."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._get(url, etag)
        except TimeoutError:
            raise Unreachable(f"no answer within {self._timeout:g} s") from None
        except Unreachable:
            raise
        except Exception as error:  # whatever a foreign server makes the library raise
            raise Unreachable(str(error) or type(error).__name__) from error

    async def _get(self, url: str, etag: str) -> Reply:
        headers = {"If-None-Match": etag} if etag else {}
        async with self._http.stream("GET", url, headers=headers) as response:
            match response.status_code:
                case 200:
                    return Reply(await self._body(response), response.headers.get("etag", ""))
                case 304 if etag:
                    return Reply(None, etag, changed=False)
                case 404 | 410:
                    return Reply(None)
        raise Unreachable(f"it answers {response.status_code} {response.reason_phrase}".rstrip())

    async def _body(self, response: httpx.Response) -> bytes:
        """Raises Unreachable for too much and for a coding that was not asked for."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise Unreachable("it sends a compressed document, which was not asked for")
        pieces: list[bytes] = []
        size = 0
        async for piece in response.aiter_raw():
            size += len(piece)
            if size > self._limit:
                raise Unreachable(f"it sends a document of more than {self._limit} bytes")
            pieces.append(piece)
        return b"".join(pieces)

    async def close(self) -> None:
        await self._http.aclose()


def clients(
    roots: Iterable[ForeignRoot], *, token: str, ca_file: str, timeout: float, limit: int
) -> dict[str, Client]:
    """A client for each root, by its URL."""
    return {
        root.url: Client(root, token=token, ca_file=ca_file, timeout=timeout, limit=limit) for root in roots
    }
