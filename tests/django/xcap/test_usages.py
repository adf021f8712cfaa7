"""Application usages over HTTP: where documents may be, who reads them, how many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.django.xcap.client import XcapClient, path_of, send
from tests.django.xcap.documents import LISTS_ROOT, friends, lists, pointing, services
from tests.pure.xcap.test_usages import icon, rule

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

ICON = path_of("org.openmobilealliance.pres-content", name="oma_status-icon/photo")
pytestmark = pytest.mark.usefixtures("alice")


def put_as(media_type: str, target: str, body: bytes, user: str = "alice") -> int:
    return XcapClient(user).request("PUT", target, body, content_type=media_type).status_code


@pytest.mark.req("X-I10")
@pytest.mark.parametrize(
    ("auid", "name"),
    [("pres-rules", "index"), ("pres-rules", "work"), ("org.openxcap.dialog-rules", "index")],
)
def test_rules_are_the_owner_s_alone(subscribe: Subscribe, auid: str, name: str) -> None:
    subscribe("bob@example.test")
    target = path_of(auid, name=name)
    assert put_as("application/auth-policy+xml", target, rule()) == 201
    assert put_as("application/auth-policy+xml", target, rule(), "bob") == 403
    assert XcapClient("bob").get(target).status_code == 403
    assert XcapClient().get(target).content == rule()


@pytest.mark.req("X-B14", "R4825-6.4-1")
@pytest.mark.req("X-B16")
def test_rule_is_selected_with_the_prefix_of_its_namespace(put: Put) -> None:
    put("pres-rules", rule())
    prefixed = f"{path_of('pres-rules')}/~~/cp:ruleset/cp:rule%5B@id=%22friends%22%5D"
    query = "?xmlns(cp=urn:ietf:params:xml:ns:common-policy)"
    assert XcapClient().get(prefixed + query).status_code == 200
    assert XcapClient().get(f"{path_of('pres-rules')}/~~/ruleset/rule").status_code == 404


def test_icon_is_the_owner_s_to_write_and_everybody_s_to_see(subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    media_type = "application/vnd.oma.pres-content+xml"
    assert put_as(media_type, ICON, icon(), "bob") == 403
    assert put_as(media_type, ICON, icon()) == 201
    seen = send("GET", ICON)
    assert (seen.status_code, seen["Content-Type"], seen.content) == (200, media_type, icon())
    assert send("DELETE", ICON).status_code == 401
    assert put_as(media_type, ICON, icon(data="x" * 400_000)) == 413


@pytest.mark.req("X-A12")
@pytest.mark.req("X-A13")
@pytest.mark.parametrize(
    ("auid", "name", "status"),
    [
        ("org.openmobilealliance.pres-content", "elsewhere/photo", 409),
        ("org.openmobilealliance.pres-content", "oma_status-icon/a/b", 409),
        ("pidf-manipulation", "other", 404),
    ],
)
def test_document_has_no_place_elsewhere(auid: str, name: str, status: int) -> None:
    from xcap.usages import USAGES

    assert put_as(USAGES[auid].media_type, path_of(auid, name=name), icon()) == status
    assert XcapClient().get(path_of(auid, name=name)).status_code == 404


@pytest.mark.req("X-H12")
def test_user_has_so_many_documents_and_no_more(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    from xcap.usages import RESOURCE_LISTS, USAGES

    monkeypatch.setitem(USAGES, "resource-lists", replace(RESOURCE_LISTS, max_documents=2))
    targets = [path_of("resource-lists", name=name) for name in ("a", "b", "c")]
    answers = [XcapClient().put(target, friends()) for target in targets]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2]["Content-Type"] == "application/xcap-error+xml"
    assert b'<extension><limit xmlns="urn:rls:limit" documents="2">' in answers[2].content
    assert XcapClient().put(targets[1], friends("sip:bob@example.test")).status_code == 200
    assert XcapClient().delete(targets[0]).status_code == 200
    assert XcapClient().put(targets[2], friends()).status_code == 201


def test_list_of_a_phone_that_breaks_the_schema_can_be_subscribed_to(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xcap.lookup import resolve
    from xcap.resolution import ResolvedService
    from xcap.usages import RESOURCE_LISTS, USAGES

    odd = lists('<list name="friends"><entry><display-name>No URI</display-name></entry>'
                '<entry uri="sip:bob@example.test"/><odd/></list>')  # fmt: skip
    target = path_of("resource-lists")
    assert XcapClient().put(target, odd).status_code == 409
    monkeypatch.setitem(USAGES, "resource-lists", replace(RESOURCE_LISTS, validation="lax"))
    assert XcapClient().put(target, odd).status_code == 201
    assert XcapClient().get(target).content == odd
    pointer = f"{LISTS_ROOT}/sip:alice@example.test/index/~~/resource-lists/list%5B1%5D"
    put("rls-services", services(pointing("sip:friends@example.test", pointer)))
    service = resolve(["sip:friends@example.test"])["sip:friends@example.test"]
    assert isinstance(service, ResolvedService)
    assert [entry.uri for entry in service.flat.entries] == ["sip:bob@example.test"]


def test_usage_of_the_operator_is_served_stored_and_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    from xcap.models import Document
    from xcap.usages import USAGES, ApplicationUsage

    usage = ApplicationUsage(
        auid="com.example.notes",
        media_type="application/vnd.example.notes+xml",
        namespace="urn:example:notes",
        root="{urn:example:notes}notes",
        doc_type=1024,
    )
    monkeypatch.setitem(USAGES, usage.auid, usage)
    body = b'<notes xmlns="urn:example:notes"><note>milk</note></notes>'
    target = path_of(usage.auid)
    assert put_as(usage.media_type, target, body) == 201
    assert XcapClient().get(f"{target}/~~/notes/note").content == b"<note>milk</note>"
    assert str(Document.objects.get(doc_type=1024)).startswith("com.example.notes/users/")
    assert b"<auid>com.example.notes</auid>" in XcapClient().get("/xcap-root/xcap-caps/global/index").content
