"""An XCAP client as a phone writes it: Digest by our own client side, raw targets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import get_ident
from typing import Any

from django.http import HttpResponse
from django.test import Client

from rls.domain import digest

PASSWORD = "secret"
MEDIA_TYPES = {
    "resource-lists": "application/resource-lists+xml",
    "rls-services": "application/rls-services+xml",
}


def path_of(auid: str, user: str = "sip:alice@example.test", name: str = "index") -> str:
    return f"/xcap-root/{auid}/users/{user}/{name}"


def media_type_of(target: str) -> str:
    """What a PUT to the target has to be: a document, an attribute or an element."""
    document, is_part, node = target.partition("/~~/")
    if not is_part:
        return MEDIA_TYPES[document.split("/")[2]]
    return "application/xcap-att+xml" if "/@" in node else "application/xcap-el+xml"


def challenges_of(response: HttpResponse) -> list[str]:
    """All WWW-Authenticate lines."""
    return [value for name, value in response.items() if name == "WWW-Authenticate"]


@dataclass
class XcapClient:
    """Sends one request, answers the challenge if there is one."""

    username: str = "alice"
    password: str = PASSWORD

    def get(self, target: str, **headers: str) -> HttpResponse:
        return self.request("GET", target, headers=headers)

    def delete(self, target: str, **headers: str) -> HttpResponse:
        return self.request("DELETE", target, headers=headers)

    def put(self, target: str, body: bytes, **headers: str) -> HttpResponse:
        return self.request("PUT", target, body, headers, media_type_of(target))

    def request(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        content_type: str = "application/octet-stream",
    ) -> HttpResponse:
        headers = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        response = send(method, target, body, headers, content_type)
        if response.status_code != 401:
            return response
        answer = digest.answer(
            challenges_of(response),
            method=method,
            uri=target,
            username=self.username,
            password=self.password,
            cnonce="c",
        )
        return send(method, target, body, {**headers, "Authorization": answer or ""}, content_type)


@cache
def _client(_thread: int) -> Client:
    """One for each thread: making one loads all middleware."""
    return Client()


def send(
    method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None, content_type: str = ""
) -> HttpResponse:
    """One request; the raw target travels as gunicorn hands it over."""
    extra: dict[str, Any] = {"RAW_URI": target, "headers": headers or {}}
    response: Any = _client(get_ident()).generic(method, target, body, content_type=content_type, **extra)
    return response  # type: ignore[no-any-return]
