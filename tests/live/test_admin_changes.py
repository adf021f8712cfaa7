"""A list changed in the admin's editor reaches the running subscriptions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.live.conftest import PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain
from tests.live.rig.waiting import eventually


def create_operator(server: ListServer, name: str) -> None:
    command = ("manage.py", "createsuperuser", "--noinput", f"--username={name}", "--email=o@example.test")
    settings = {"DATABASE_URL": server.database.url, "SECRET_KEY": "for this command only"}
    environment = {**os.environ, **settings, "DJANGO_SUPERUSER_PASSWORD": "password"}
    subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True)


class Operator:
    """A browser without a screen, logged in to the admin."""

    def __init__(self, server: ListServer, name: str = "operator") -> None:
        self._root = server.http
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        create_operator(server, name)
        self.post("/admin/login/?next=/healthz", username=name, password="password")

    def get(self, path: str) -> str:
        with self._open(self._root + path) as response:
            return str(response.read().decode())

    def post(self, path: str, **fields: str | list[str]) -> str:
        """Sends the form of a page, with the hidden fields that the page gave."""
        page = self.get(path)
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|version)" value="([^"]*)"', page))
        body = urlencode({**hidden, **fields}, doseq=True).encode()
        with self._open(self._root + path, body) as response:
            return str(response.read().decode())


def test_list_edited_in_the_admin_is_told_to_its_subscribers(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    uri = put_list("bob", "claire")
    call = phone.subscribe(uri)
    call.settled()
    operator = Operator(server)
    found = re.search(
        r"/admin/xcap/document/(\d+)/change/", operator.get(f"/admin/xcap/document/?q={domain}")
    )
    assert found
    editor = f"/admin/xcap/document/{found[1]}/lists/?{urlencode({'list': uri})}"
    assert "is saved" in operator.post(editor, uri=[dave, claire], name=["Dave", ""])
    told = call.notify(2)
    assert told.full
    assert told.resources == [dave, claire]
    assert b"<name>Dave</name>" in told.message.body
    eventually(lambda: resources.dialog(bob).ended, "end of bob's back end")
