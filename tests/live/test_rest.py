"""A list changed over REST reaches the running subscriptions at once; the how-to works as it is written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

from tests.live.conftest import NewPhone
from tests.live.rig.database import PROJECT
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually

HOW_TO = PROJECT / "docs" / "how-to" / "rest.md"


class Rest:
    """The API of a list server for one user."""

    def __init__(self, server: ListServer, user: str) -> None:
        server.xcap(user)  # who has an account from now on
        self.root = f"{server.http}/api/v1/"
        self.token = manage(server, "createtoken", user)

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def manage(server: ListServer, *arguments: str) -> str:
    environment = {**os.environ, "DATABASE_URL": server.database.url}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.check_output(command, cwd=PROJECT, env=environment, text=True).strip()


def test_changes_over_rest_are_told_in_full_and_change_the_back_ends(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    rest = Rest(server, f"alice@{domain}")
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    rest("POST", "lists", {"name": "team", "entries": [{"uri": bob}, {"uri": claire}]})
    rest("POST", "services", {"uri": f"sip:team@{domain}", "list": "team"})
    call = phone.subscribe(f"sip:team@{domain}")
    call.settled()
    rest(
        "PATCH",
        "lists/me/team/entries",
        {"remove": [bob], "add": [{"uri": dave}], "order": [dave]},
        If_Match="*",
    )
    told = call.notify(2)
    assert (told.full, told.resources) == (True, [dave, claire])
    assert told.body_of(claire) == pidf(claire.removeprefix("sip:"))
    eventually(lambda: resources.dialog(bob).ended, "end of bob's back end")
    assert call.notify(3).body_of(dave) == pidf(dave.removeprefix("sip:"))
    assert not resources.dialog(claire).ended
    rest("DELETE", "lists/me/team")
    final = call.notify(4)
    assert (final.full, final.state) == (True, "terminated;reason=noresource")
    eventually(lambda: resources.dialog(dave).ended, "end of dave's back end")


@pytest.mark.req("R6665-4.2.1.3-4")
def test_list_is_opened_to_a_user_and_closed_again(
    server: ListServer, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    rest = Rest(server, f"alice@{domain}")
    bob, team = f"sip:bob@{domain}", f"sip:team@{domain}"
    rest("POST", "services", {"uri": team, "entries": [{"uri": bob}]})
    phone = new_phone("claire")
    assert phone.call(team).subscribe().status == 403
    for_claire = {"sharing": {"access": "users", "users": [f"sip:claire@{domain}"]}}
    rest("PATCH", f"services/me/{team}", for_claire, If_Match="*")
    call = phone.subscribe(team)
    call.settled()
    rest("PATCH", f"services/me/{team}", {"sharing": {"access": "owner"}}, If_Match="*")
    assert call.notify(2).state == "terminated;reason=rejected"
    eventually(lambda: resources.dialog(bob).ended, "end of bob's back end")
    assert phone.call(team).subscribe().status == 403


def test_list_changed_by_sql_is_told_after_an_operator_asks_for_it(
    server: ListServer, phone: Phone, resources: Domain, domain: str
) -> None:
    rest = Rest(server, f"alice@{domain}")
    bob, claire = (f"sip:{user}@{domain}" for user in ("bob", "claire"))
    rest("POST", "services", {"uri": f"sip:team@{domain}", "entries": [{"uri": bob}]})
    call = phone.subscribe(f"sip:team@{domain}")
    call.settled()
    server.database.rows(
        "update xcap set etag = 'by-sql',"
        " doc = convert_to(replace(convert_from(doc, 'UTF8'), %s, %s), 'UTF8')"
        " where domain = %s",
        bob,
        claire,
        domain,
    )
    manage(server, "shell", "-c", _SUPERUSER)
    operator = Rest(server, f"alice@{domain}")
    operator.token = manage(server, "createtoken", "--operator", "boss")
    assert operator("POST", "update-subscriptions", {}) == {"documents": None}
    told = call.notify(2)
    assert (told.full, told.resources) == (True, [claire])


_SUPERUSER = """
from django.contrib.auth.models import User
User.objects.filter(username="boss").exists() or User.objects.create_superuser("boss", password="x")
"""


def test_examples_of_the_how_to_work_as_they_are_written(server: ListServer) -> None:
    manage(server, "seeddemo")
    blocks = re.findall(r"```sh\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    script = "set -e\n" + "\necho\n".join(blocks)
    script = script.replace("http://127.0.0.1:8000", server.http).replace(".venv/bin/python", sys.executable)
    environment = {**os.environ, "DATABASE_URL": server.database.url}
    done = subprocess.run(
        ["bash", "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.replace("}{", "}\n{").splitlines() if line[:1] == "{"]
    assert [each["status"] for each in answers if "status" in each] == [412]
    entries = [[row["uri"][4:-13] for row in each["entries"]] for each in answers if "entries" in each]
    assert entries == [["bob", "claire"], ["bob", "claire", "dan"], ["dan", "bob"]]
    assert {"uri": "sip:bob@example.test", "display_name": "Robert"} in answers
    imported = [each["lists"][0]["lines"] for each in answers if "lists" in each and "dry_run" in each]
    assert [[line["change"] for line in lines] for lines in imported] == [["added", "changed"]] * 2
    assert "alice@example.test,choir,sip:eve@example.test,Eve" in done.stdout
    assert "IMPP:sip:eve@example.test" in done.stdout
    assert answers[-2:] == [{"documents": 2}, {"documents": None}]
