"""Passwords, their hashes, tokens and keys are in no log, page, metric, trace or error."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
import redis

from rls.domain import digest
from tests.live.conftest import Start
from tests.live.rig import documents
from tests.live.rig.database import PROJECT, Database
from tests.live.rig.guarded_broker import GuardedBroker
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire
from tests.live.rig.xcap import ha1
from tests.live.test_admin_changes import Operator
from tests.live.test_rest import manage

USER, REALM = "alice", "secrets.test"
ALICE = f"{USER}@{REALM}"
PASSWORD, WRONG, NEXT = "Pa55-of-alice", "Pa55-that-is-wrong", "Pa55-that-comes"
KEY = "K3y-of-this-server-" + "x" * 50
OF_THE_DATABASE = "Pa55-of-PostgreSQL"
OF_THE_BROKER = "Pa55-of-Valkey"
HASHES = [ha1(algorithm, USER, REALM, PASSWORD) for algorithm in ("md5", "sha256")]
PAGES = (
    "/admin/", "/admin/rls/subscriber/", "/admin/rls/subscriber/1/change/", "/admin/rls/accesstoken/",
    "/admin/rls/watcher/", "/admin/rls/worker/", "/admin/rls/changedsetting/", "/admin/rls/trace/",
    "/api/v1/docs", "/metrics", "/healthz", "/readyz",
)  # fmt: skip


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[GuardedBroker]:
    broker = GuardedBroker(tmp_path / "broker", OF_THE_BROKER)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def server(unstarted: Start, broker: GuardedBroker) -> ListServer:
    """As talkative as it can be, with a database and a broker that ask for passwords."""
    server = unstarted(
        RLS_SIP_AUTH="digest",
        RLS_XCAP_AUTH="digest,basic,bearer",
        LOG_LEVEL="debug",
        SECRET_KEY=KEY,
        BROKER_URL=broker.url,
    )
    parts = urlsplit(server.database.url)
    user, _, place = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}:{OF_THE_DATABASE}@{place}"
    server.environment["DATABASE_URL"] = urlunsplit(parts._replace(netloc=netloc))
    server.start()
    return server


@pytest.fixture
def phone(server: ListServer) -> Iterator[Phone]:
    phone = Phone(UdpWire(), f"sip:{ALICE}", server.sip)
    yield phone
    phone.close()


def _http(server: ListServer, path: str, credentials: str, body: object = None) -> str:
    """What the server says, whatever its status."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": credentials, "Content-Type": "application/json"}
    try:
        with urlopen(Request(server.http + path, data, headers)) as answer:
            return str(answer.read())
    except HTTPError as error:
        with error:
            return f"{error.headers}{error.read()!r}"


def _subscribe(phone: Phone, uri: str, password: str, status: int) -> str:
    """With an answer to the server's challenge; its proof."""
    call = phone.call(uri)
    challenges = call.subscribe().rows("WWW-Authenticate")
    answer = digest.answer(
        challenges, method="SUBSCRIBE", uri=uri, username=USER, password=password, cnonce="c"
    )
    assert answer
    assert call.subscribe(600, [*call.headers, f"Authorization: {answer}"]).status == status
    return answer.partition('response="')[2].partition('"')[0]


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"{ALICE}:{password}".encode()).decode()


def _use_over_http(server: ListServer, token: str) -> list[str]:
    """Right, wrong and broken requests that carry secrets; what is answered."""
    index = f"/xcap-root/resource-lists/users/sip:{ALICE}/index"
    proofs = (_basic(PASSWORD), _basic(WRONG), f"Bearer {token}", f"Bearer {WRONG}", f"Digest {WRONG}")
    told = [
        _http(server, path, credentials)
        for path in (index, "/api/v1/subscribers/me", "/api/v1/nothing", "/nothing")
        for credentials in proofs
    ]
    for body in ({"password": [NEXT]}, {"password": NEXT, "domain": 5}, NEXT, {NEXT: 1}):
        told.append(_http(server, "/api/v1/subscribers", f"Bearer {token}", body))
    return told


def _use_over_sip(server: ListServer, phone: Phone) -> list[str]:
    """The same over SIP; what else must stay secret: the answers to challenges."""
    uri = f"sip:friends@{REALM}"
    server.database.store_list(ALICE, uri, documents.simple(uri, [f"sip:bob@{REALM}"]))
    for broken in (f"Authorization: {_basic(PASSWORD)}", f"Authorization: {WRONG}", f"Authorization {WRONG}"):
        phone.send(phone.request("SUBSCRIBE", uri, broken, "Event: presence"))
    return [_subscribe(phone, uri, PASSWORD, 200), _subscribe(phone, uri, WRONG, 401)]


def _use_in_the_admin(server: ListServer) -> list[str]:
    operator = Operator(server)
    stranger = build_opener(HTTPCookieProcessor(CookieJar()))
    with stranger.open(f"{server.http}/admin/login/") as page:
        found = re.search(r'csrfmiddlewaretoken" value="([^"]*)"', page.read().decode())
    assert found
    form = urlencode({"csrfmiddlewaretoken": found[1], "username": "operator", "password": WRONG})
    with stranger.open(f"{server.http}/admin/login/", form.encode()) as page:
        refused = page.read().decode()
    return [refused, *map(operator.get, PAGES)]


def _lose_the_broker(server: ListServer, broker: GuardedBroker) -> list[str]:
    """Celery's processes complain of a wrong password at first, then of nobody who asks for it."""
    with redis.Redis.from_url(broker.url) as client:
        client.config_set("requirepass", f"not {OF_THE_BROKER}")
        client.client_kill_filter(skipme=True)
    told = [_http(server, "/readyz", "")]
    server.celery.wait_until(lambda: "Cannot connect to" in server.celery.output())
    server.beat.wait_until(lambda: "Couldn't apply scheduled task" in server.beat.output())
    broker.stop()
    return [*told, _http(server, "/readyz", "")]


def _lose_the_database(server: ListServer) -> list[str]:
    """Every process finds it closed; what the web process says of that, and a command."""
    name = str(server.database.rows("select current_database() as name")[0]["name"])
    server.database.close()
    beside = Database(os.environ["DATABASE_URL"])
    beside.rows(f'alter database "{name}" allow_connections false')
    beside.rows("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", name)
    eventually(lambda: "not currently accepting" in server.worker.output(), "the worker's complaint")
    told = [
        _http(server, path, _basic(PASSWORD)) for path in ("/readyz", "/metrics", "/api/v1/subscribers/me")
    ]
    command = [sys.executable, "manage.py", "migrate"]
    done = subprocess.run(
        command, cwd=PROJECT, env=server.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode
    beside.rows(f'alter database "{name}" allow_connections true')
    beside.close()
    return [*told, done.stdout, done.stderr]


def test_no_secret_is_told_anywhere(server: ListServer, broker: GuardedBroker, phone: Phone) -> None:
    server.database.add_subscriber(ALICE, PASSWORD)
    token = manage(server, "createtoken", ALICE)
    manage(server, "shell", "-c", f"from rls import traces; traces.start('user', {ALICE!r}, 'test')")
    proofs = _use_over_sip(server, phone)
    traced = eventually(lambda: _traced(server), "the traced SUBSCRIBE")
    told = [*_use_over_http(server, token), *_use_in_the_admin(server), traced]
    told += [*_lose_the_broker(server, broker), *_lose_the_database(server)]
    told += [each.log.read_text() for each in (server.worker, server.web, server.celery, server.beat)]
    everything = "\n".join(told)
    assert ALICE in everything
    secrets = (
        PASSWORD,
        WRONG,
        NEXT,
        KEY,
        OF_THE_DATABASE,
        OF_THE_BROKER,
        token,
        _basic(PASSWORD)[6:],
        *HASHES,
        *proofs,
    )
    assert [secret for secret in secrets if secret in everything] == []


def _traced(server: ListServer) -> str:
    """All that was recorded, once a SUBSCRIBE with credentials is among it."""
    rows = server.database.rows("select message from rls_traced_messages")
    text = "\n".join(bytes(row["message"]).decode() for row in rows)
    return text if text.count("Authorization: Digest") > 1 else ""
