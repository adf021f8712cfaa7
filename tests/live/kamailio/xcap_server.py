"""Kamailio's xcap_server, with its documents in text files, and a client that may write to it."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx

from tests.live.kamailio.server import Kamailio

MEDIA_TYPES = {
    "rls-services": "application/rls-services+xml",
    "resource-lists": "application/resource-lists+xml",
}
VERSION = "table_name(string) table_version(int) \nxcap:4\n"
XCAP = (
    "id(int,auto) username(string) domain(string) doc(string) doc_type(int) etag(string) source(int) "
    "doc_uri(string) port(int) \n"
)
USER, PASSWORD = "rls", "secret"


class KamailioXcap(Kamailio):
    """`root` is its XCAP root."""

    configuration = "xcap.cfg"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "version").write_text(VERSION)
        (folder / "xcap").write_text(XCAP)
        self.root = f"http://127.0.0.1:{self.address[1]}/xcap-root/"

    def _answers(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(self.address) == 0

    def put(self, auid: str, user: str, document: str) -> None:
        assert self._send("PUT", auid, user, document).status_code in (200, 201)

    def delete(self, auid: str, user: str) -> None:
        assert self._send("DELETE", auid, user).status_code == 200

    def url(self, auid: str, user: str) -> str:
        return f"{self.root}{auid}/users/sip:{user}/index"

    def _send(self, method: str, auid: str, user: str, document: str = "") -> httpx.Response:
        headers = {"Content-Type": MEDIA_TYPES[auid]}
        digest = httpx.DigestAuth(USER, PASSWORD)
        url = self.url(auid, user)
        return httpx.request(method, url, content=document, headers=headers, auth=digest, trust_env=False)
