"""HTTP mode against Kamailio's xcap_server: its lists, its changes, its death."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.kamailio.xcap_server import PASSWORD, USER, KamailioXcap
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.waiting import eventually


@pytest.fixture
def kamailio(tmp_path: Path) -> Iterator[KamailioXcap]:
    folder = tmp_path / "kamailio"
    folder.mkdir()
    kamailio = KamailioXcap(folder)
    try:
        kamailio.start()
        yield kamailio
    finally:
        kamailio.stop()


@pytest.fixture
def server(kamailio: KamailioXcap, start_worker: Start) -> ListServer:
    """A worker that has no lists of its own."""
    root = kamailio.root.replace("//", f"//{USER}:{PASSWORD}@")
    return start_worker(RLS_INTEGRATED_XCAP_SERVER="0", RLS_XCAP_ROOT=root, RLS_XCAP_POLL="0.2")


@pytest.fixture
def phone(new_phone: NewPhone, server: ListServer) -> Phone:
    return new_phone(at=server)


@pytest.fixture
def user(domain: str) -> str:
    return f"alice@{domain}"


def members(domain: str, *names: str) -> list[str]:
    return [f"sip:{name}@{domain}" for name in names]


def put(kamailio: KamailioXcap, user: str, domain: str, *names: str) -> str:
    """Let the user's list have these members; its URI."""
    uri = f"sip:friends@{domain}"
    kamailio.put("rls-services", user, documents.simple(uri, members(domain, *names)))
    return uri


@pytest.mark.req("R4826-4.5-1", "R4826-3.1-1")
def test_list_comes_from_kamailio_and_its_changes_too(
    kamailio: KamailioXcap, phone: Phone, user: str, domain: str
) -> None:
    call = phone.subscribe(put(kamailio, user, domain, "bob", "claire"))
    told = call.settled()
    assert told.resources == members(domain, "bob", "claire")
    put(kamailio, user, domain, "claire", "dave")
    told = call.notify(2)
    assert (told.full, told.resources) == (True, members(domain, "claire", "dave"))
    kamailio.delete("rls-services", user)
    phone.inbox.wait(lambda message: message.rows("Subscription-State") == ["terminated;reason=noresource"])


@pytest.mark.req("R4826-4.1-2")
def test_resource_list_leads_to_another_document_of_kamailio(
    kamailio: KamailioXcap, phone: Phone, user: str, domain: str
) -> None:
    uri = f"sip:friends@{domain}"
    names = documents.entries(members(domain, "bob")).replace("rl:", "")
    lists = documents.resource_lists(f'<list name="work"/><list name="friends">{names}</list>')
    kamailio.put("resource-lists", user, lists)
    node = "/~~/resource-lists/list%5b@name=%22friends%22%5d"
    reference = f"<resource-list>{kamailio.url('resource-lists', user)}{node}</resource-list>"
    kamailio.put("rls-services", user, documents.rls_services(documents.service(uri, reference)))
    call = phone.subscribe(uri)
    assert call.settled().resources == members(domain, "bob")
    names = documents.entries(members(domain, "bob", "eve")).replace("rl:", "")
    kamailio.put("resource-lists", user, documents.resource_lists(f'<list name="friends">{names}</list>'))
    assert call.notify(2).resources == members(domain, "bob", "eve")


@pytest.mark.req("R4825-8.3-2", "D21")
def test_what_kamailio_does_not_know_is_no_list(phone: Phone, domain: str) -> None:
    assert not phone.call(f"sip:bob@{domain}").subscribe().rows("Require")


@pytest.mark.req("R4825-8.3-2", "D22")
def test_death_of_kamailio_changes_no_list_and_outlives_a_restart(
    kamailio: KamailioXcap, server: ListServer, phone: Phone, user: str, domain: str
) -> None:
    uri = put(kamailio, user, domain, "bob")
    call = phone.subscribe(uri)
    call.settled()
    eventually(lambda: server.database.rows("select url from xcap_foreign"), "stored document")
    kamailio.stop()
    eventually(lambda: "a foreign XCAP server fails" in server.worker.output(), "complaint")
    refused = phone.call(uri).subscribe()
    assert (refused.status, refused["Retry-After"]) == (500, "5")
    server.worker.stop()
    server.start_worker()
    assert call.subscribe().status == 200
    assert call.notify(2).resources == members(domain, "bob")
    kamailio.start()
    put(kamailio, user, domain, "bob", "claire")
    assert call.notify(3).resources == members(domain, "bob", "claire")
