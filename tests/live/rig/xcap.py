"""An XCAP client: urllib, and Digest by hashlib."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.message import Message as Headers
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MEDIA_TYPES = {
    "pres-rules": "application/auth-policy+xml",
    "rls-services": "application/rls-services+xml",
    "resource-lists": "application/resource-lists+xml",
}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ha1(algorithm: str, user: str, realm: str, password: str) -> str:
    return hashlib.new(algorithm, f"{user}:{realm}:{password}".encode()).hexdigest()


@dataclass(frozen=True)
class XcapClient:
    """Acts for one user (`alice@domain`) at one server, in the user's tree if no `tree` is named."""

    server: str
    user: str
    password: str
    tree: str = ""
    name: str = "index"

    def put(self, auid: str, document: str) -> int:
        """The status."""
        return self._request("PUT", auid, document.encode())

    def delete(self, auid: str) -> int:
        return self._request("DELETE", auid)

    def url(self, auid: str) -> str:
        tree = self.tree or f"users/sip:{self.user}"
        return f"{self.server}/xcap-root/{auid}/{tree}/{self.name}"

    def get(self, auid: str, node: str = "") -> int:
        """Of the document or of what the `node` selector names, query included; the status."""
        return self._request("GET", auid, node=node)

    def _request(self, method: str, auid: str, body: bytes | None = None, node: str = "") -> int:
        url = self.url(auid) + (f"/~~/{node}" if node else "")
        request = Request(url, body, {"Content-Type": MEDIA_TYPES[auid]}, method=method)
        status, headers = self._send(request)
        if status == 401:
            request.add_header("Authorization", self._credentials(request, headers))
            status, _ = self._send(request)
        return status

    @staticmethod
    def _send(request: Request) -> tuple[int, Headers]:
        try:
            with urlopen(request) as response:
                return int(response.status), response.headers
        except HTTPError as error:
            with error:
                return error.code, error.headers

    def _credentials(self, request: Request, headers: Headers) -> str:
        """The answer to a SHA-256 challenge with qop=auth (RFC 7616 section 3.4)."""
        challenge = next(value for value in headers.get_all("WWW-Authenticate", []) if "SHA-256" in value)
        given = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        username, realm, nonce = self.user.partition("@")[0], given["realm"], given["nonce"]
        uri = request.selector
        a1, a2 = ha1("sha256", username, realm, self.password), _sha256(f"{request.method}:{uri}")
        response = _sha256(f"{a1}:{nonce}:00000001:c0ffee:auth:{a2}")
        return (
            f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'algorithm=SHA-256, response="{response}", qop=auth, nc=00000001, cnonce="c0ffee"'
        )
