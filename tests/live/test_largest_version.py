"""RLMI versions of a subscription that has been told billions of times."""

from __future__ import annotations

import pytest

from tests.live.conftest import PutList
from tests.live.rig import list_notify
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually

LARGEST = 2**32 - 1


@pytest.mark.req("R4662-5.2-5")
def test_versions_go_up_to_the_largest_unsigned_int(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    server.database.rows(
        "update rls_watchers set version = %s where watcher_domain = %s", LARGEST - 2, domain
    )
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "news"))
    eventually(lambda: call.notifies[2:], "a partial NOTIFY")
    assert call.subscribe().status == 200
    eventually(lambda: call.notifies[3:], "full state")
    told = [list_notify.parse(notify) for notify in call.notifies[2:]]
    assert [(notify.version, notify.full) for notify in told] == [(LARGEST - 1, False), (LARGEST, True)]
