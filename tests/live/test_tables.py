"""`rls_watchers` and `rls_presentity` hold what the tables of OpenSIPS would say."""

from __future__ import annotations

import time

import pytest

from tests.live.conftest import PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import PIDF_TYPE, Domain, Script, State, pidf
from tests.live.rig.waiting import eventually


@pytest.mark.req("R3261-12.1.1-2")
def test_watcher_row(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    began = time.time()
    call = phone.call(put_list("bob"))
    routes = [f"<sip:127.0.0.1:{phone.wire.local[1]};lr>", "<sip:192.0.2.1;lr;x=1>"]
    assert call.subscribe(600, [*call.headers, *(f"Record-Route: {route}" for route in routes)]).status == 200
    told = call.settled()
    assert told.message.rows("Route") == routes
    (row,) = server.database.rows("select * from rls_watchers where callid = %s", call.call_id)
    expected = {
        "presentity_uri": call.list_uri,
        "to_user": "alice-list",
        "to_domain": domain,
        "watcher_username": "alice",
        "watcher_domain": domain,
        "event": "presence",
        "event_id": None,
        "to_tag": call.to_tag,
        "from_tag": call.tag,
        "local_cseq": 2,
        "remote_cseq": 1,
        "contact": phone.contact,
        "record_route": ", ".join(routes),
        "status": 1,
        "reason": "",
        "version": 1,
        "socket_info": f"udp:{server.address}",
        "local_contact": call.target,
        "rlsubs_did": f"{call.call_id};{call.tag};{call.to_tag}",
    }
    assert {name: row[name] for name in expected} == expected
    assert int(began) + 600 <= row["expires"] <= time.time() + 601


def test_presentity_rows(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire, dave = (f"sip:{user}@{domain}" for user in ("bob", "claire", "dave"))
    resources.scripts[bob] = Script(state=State(pidf("bob"), "active;expires=500"))
    resources.scripts[claire] = Script(state=State(state="pending;expires=500"))
    resources.scripts[dave] = Script(403, headers=())
    began = time.time()
    call = phone.subscribe(put_list("bob", "claire", "dave"))
    call.settled()
    did = f"{call.call_id};{call.tag};{call.to_tag}"
    rows = server.database.rows("select * from rls_presentity where rlsubs_did = %s order by position", did)
    columns = ("resource_uri", "content_type", "presence_state", "auth_state", "reason")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        (bob, PIDF_TYPE, pidf("bob"), 2, ""),
        (claire, "", None, 4, ""),
        (dave, "", None, 8, "rejected"),
    ]
    assert int(began) + 500 <= rows[0]["expires"] <= time.time() + 501
    dialog = resources.dialog(bob)
    assert (rows[0]["be_callid"], rows[0]["be_remote_tag"]) == (dialog.call_id, dialog.tag)


def test_what_was_told_leaves_nothing_to_send(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "told"))
    call.notify(2)
    unsent = "select 1 from rls_outbox o join rls_watchers w on w.id = o.watcher_id where w.callid = %s"
    eventually(lambda: not server.database.rows(unsent, call.call_id), "outbox is empty")
    (row,) = server.database.rows("select * from rls_watchers where callid = %s", call.call_id)
    assert not server.database.rows("select 1 from rls_changes where %s = any(watcher_ids)", row["id"])
