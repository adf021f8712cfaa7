"""Settings of the admin reach every running process, and so does what goes wrong reach the admin."""

from __future__ import annotations

from urllib.error import HTTPError

from tests.live.conftest import NewPhone, PutList
from tests.live.rig.database import Database
from tests.live.rig.list_server import ListServer
from tests.live.rig.waiting import eventually
from tests.live.rig.xcap import XcapClient

DOCUMENT = '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>'


def put(database: Database, name: str, value: str) -> None:
    database.rows(
        "insert into rls_settings values (%s, %s) on conflict (name) do update set value = excluded.value "
        "returning pg_notify('rls_settings', '')::text",
        name,
        value,
    )


def put_document(client: XcapClient) -> int:
    try:
        return client.put("resource-lists", DOCUMENT)
    except HTTPError as error:
        return error.code


def test_a_change_reaches_all_processes_and_nonsense_none(
    server: ListServer, put_list: PutList, new_phone: NewPhone, domain: str
) -> None:
    uri = put_list("bob")
    try:
        put(server.database, "RLS_XCAP_MAX_DOCUMENT", "10")
        client = server.xcap(f"alice@{domain}")
        eventually(lambda: put_document(client) == 413, "the web's new limit")
        put(server.database, "RLS_MIN_EXPIRES", "1800")
        phone = new_phone()
        eventually(
            lambda: phone.call(uri).subscribe(expires=900).status == 423, "the worker's new shortest time"
        )
        put(server.database, "RLS_LIST_LIMIT", "many")
        told = "select distinct owner, process from rls_problems where message like %s"
        everybody = [(0, "beat"), (0, "celery"), (0, "web"), (1, "")]

        def complained() -> bool:
            rows = server.database.rows(told, "%RLS_LIST_LIMIT='many'%")
            return sorted((row["owner"], row["process"]) for row in rows) == everybody

        eventually(complained, "a line of every process on the overview")
        assert phone.call(uri).subscribe(expires=900).status == 423
    finally:
        server.database.rows("delete from rls_settings returning pg_notify('rls_settings', '')::text")
    eventually(lambda: put_document(client) in (200, 201), "the old limit")
    eventually(lambda: phone.call(uri).subscribe(expires=900).status == 200, "the old shortest time")
