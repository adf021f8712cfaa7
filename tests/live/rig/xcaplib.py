"""The wire habits of python3-xcaplib 2.0, the XCAP client of Blink and sipclients.

It is in no package registry, so that it cannot be installed here. It is a thin layer over urllib, which
therefore writes these requests, too: selectors with raw brackets and quotes, also inside the Digest `uri`;
the entity tag in quotes in If-Match; only the first challenge looked at, and only MD5 understood.
"""

from __future__ import annotations

from http.client import HTTPResponse
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPBasicAuthHandler, HTTPDigestAuthHandler, HTTPPasswordMgr, Request, build_opener

FRAGMENT = "application/xcap-el+xml"
ATTRIBUTE = "application/xcap-att+xml"


class Answer(NamedTuple):
    status: int
    etag: str | None
    media_type: str
    body: bytes


class XcapLib:
    """One account. `node` is a selector with its leading slash, as that library takes it."""

    def __init__(self, root: str, user: str, password: str) -> None:
        self._root, self._user = root, user
        username, _, domain = user.partition("@")
        passwords = HTTPPasswordMgr()
        passwords.add_password(domain, f"{root}/", username, password)
        self._opener = build_opener(HTTPDigestAuthHandler(passwords), HTTPBasicAuthHandler(passwords))

    def get(self, application: str, node: str = "", *, etag: str = "") -> Answer:
        return self._request("GET", self._path(application, node), etag=etag)

    def put(
        self,
        application: str,
        body: bytes,
        node: str = "",
        *,
        etag: str = "",
        etagnot: str = "",
        media_type: str = "",
    ) -> Answer:
        path = self._path(application, node)
        if node and not media_type:
            media_type = ATTRIBUTE if node.rpartition("/")[2].startswith("@") else FRAGMENT
        return self._request("PUT", path, body, media_type, etag, etagnot)

    def delete(self, application: str, node: str = "", *, etag: str = "") -> Answer:
        return self._request("DELETE", self._path(application, node), etag=etag)

    def _path(self, application: str, node: str) -> str:
        return f"/{application}/users/sip:{self._user}/index" + (f"/~~{node}" if node else "")

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        media_type: str = "",
        etag: str = "",
        etagnot: str = "",
    ) -> Answer:
        headers = {"User-Agent": "python-xcaplib/2.0.1"}
        headers |= {"Content-Type": media_type} if media_type else {}
        headers |= {"If-Match": _quoted(etag)} if etag else {}
        headers |= {"If-None-Match": _quoted(etagnot)} if etagnot else {}
        request = Request(self._root + path, body, headers, method=method)
        try:
            return _answer(self._opener.open(request))
        except HTTPError as error:
            return _answer(error)


def _quoted(etag: str) -> str:
    return etag if etag == "*" else f'"{etag}"'


def _answer(response: HTTPResponse | HTTPError) -> Answer:
    with response:
        etag = response.headers.get("ETag")
        assert etag is None or (
            len(etag) > 2 and etag[0] == etag[-1] == '"'
        )  # else that library raises ValueError
        media_type = response.headers.get("Content-Type", "")
        return Answer(response.status or 0, etag and etag[1:-1], media_type, response.read())
