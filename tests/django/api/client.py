"""A client of the API: JSON in and out, a token for each request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from rls.models import AccessToken, Subscriber

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass(frozen=True)
class Api:
    """Acts for whom the token is; without one for nobody."""

    token: str = ""

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        url = path if path.startswith(("/", "http:")) else ROOT + path
        response: Any = Client().generic(method, url, content, content_type="application/json", headers=named)
        text = response.content
        return Answer(response.status_code, json.loads(text) if text else None, dict(response.items()))

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.request("DELETE", path, **headers)

    def make_list(self, name: str = "friends", *uris: str, **more: Any) -> Answer:
        made = self.post("lists", {"name": name, "entries": [{"uri": uri} for uri in uris], **more})
        assert made.status == 201, made
        return made


def api_of(owner: Subscriber | User, **options: Any) -> Api:
    return Api(AccessToken.issue(owner, **options)[1])
