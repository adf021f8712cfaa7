"""Who may subscribe to a list: its owner, named users, the domain, anyone, as its service says."""

from __future__ import annotations

import pytest

from tests.live.conftest import NewPhone
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.presence import Domain

ALLOWED = {
    "owner": {"alice"},
    "users": {"alice", "claire"},
    "domain": {"alice", "claire", "bob"},
    "anyone": {"alice", "claire", "bob", "stranger"},
}


@pytest.mark.req("R4662-4.4-1", "D25")
def test_each_gets_what_is_open_to_them(
    server: ListServer, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    services = [
        documents.service(
            f"sip:{access}-list@{domain}",
            f"<list>{documents.entries([f'sip:bob@{domain}'])}</list>",
        ).replace(
            "</service>",
            f'<s:sharing xmlns:s="urn:rls:sharing" access="{access}">'
            f'<s:user uri="sip:claire@{domain}"/></s:sharing></service>',
        )
        for access in ALLOWED
    ]
    assert server.xcap(f"alice@{domain}").put("rls-services", documents.rls_services(*services)) == 201
    seen: dict[str, set[str]] = {access: set() for access in ALLOWED}
    for user in ALLOWED["anyone"]:
        phone = new_phone(user)
        if user == "stranger":
            phone.user = "sip:stranger@elsewhere.test"
        for access in ALLOWED:
            answer = phone.call(f"sip:{access}-list@{domain}").subscribe()
            assert answer.status in (200, 403)
            seen[access] |= {user} if answer.status == 200 else set()
    assert seen == ALLOWED


@pytest.mark.req("R4826-4.1-1")
def test_a_service_that_names_no_packages_is_open_to_all_that_are_served(
    server: ListServer, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    uri = f"sip:open-list@{domain}"
    document = documents.simple(uri, [f"sip:bob@{domain}"], packages=()).replace("<packages></packages>", "")
    assert server.xcap(f"alice@{domain}").put("rls-services", document) == 201
    phone = new_phone("alice")
    answers = [phone.call(uri, event).subscribe() for event in ("presence", "dialog")]
    assert [(each.status, each["Require"]) for each in answers] == [(200, "eventlist")] * 2
