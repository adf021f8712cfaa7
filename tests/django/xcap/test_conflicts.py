from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.django.xcap.client import XcapClient, path_of, send
from tests.django.xcap.documents import LISTS_ROOT, inline, pointing, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

SERVICES = path_of("rls-services")
LIST = "sip:list@example.test"
NS = {"e": "urn:ietf:params:xml:ns:xcap-error"}
pytestmark = pytest.mark.usefixtures("alice")


def conflict(body: bytes, target: str = SERVICES) -> etree._Element:
    """The one error element of the report on a refused PUT."""
    response = XcapClient().put(target, body)
    assert (response.status_code, response["Content-Type"]) == (409, "application/xcap-error+xml")
    (error,) = etree.fromstring(response.content)
    return error


@pytest.mark.req("X-H1")
@pytest.mark.req("X-E4")
@pytest.mark.req("X-H3")
@pytest.mark.req("X-H11")
@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"<rls-services", "not-well-formed"),
        (b"<a>\xe9</a>", "not-utf-8"),
        (b"<other/>", "schema-validation-error"),
        (services(inline("tel:5", "bob@example.test")), "constraint-failure"),
    ],
)
def test_refused_document_is_reported_and_not_stored(body: bytes, name: str) -> None:
    assert etree.QName(conflict(body)).localname == name
    assert XcapClient().get(SERVICES).status_code == 404


@pytest.mark.req("X-K1")
@pytest.mark.req("X-K3")
@pytest.mark.req("R4826-4.4.5-1")
def test_service_of_another_user_is_taken_and_free_ones_are_offered(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    put("rls-services", services(inline(LIST), inline("sip:list-2@example.test")), owner="bob@example.test")
    error = conflict(services(inline("sip:%6cist@EXAMPLE.test")))
    assert etree.QName(error).localname == "uniqueness-failure"
    assert error.xpath("e:exists/@field", namespaces=NS) == ["rls-services/service%5B1%5D/@uri"]
    assert error.findtext("e:exists/e:alt-value", namespaces=NS) == "sip:list-3@example.test"


@pytest.mark.req("X-K2")
def test_address_of_a_subscriber_is_no_service() -> None:
    error = conflict(services(inline("sip:alice@example.test")))
    assert etree.QName(error).localname == "uniqueness-failure"


@pytest.mark.req("X-K1")
def test_service_can_be_renamed_moved_and_used_again(put: Put, subscribe: Subscribe) -> None:
    subscribe("bob@example.test")
    put("rls-services", services(inline(LIST)))
    put("rls-services", services(inline("sip:renamed@example.test")))
    put("rls-services", services(inline(LIST)), owner="bob@example.test")
    assert XcapClient().delete(SERVICES).status_code == 200
    put("rls-services", services(inline("sip:renamed@example.test")), owner="bob@example.test")


@pytest.mark.req("X-K4", "R4826-4.4.5-2")
@pytest.mark.req("X-K5")
@pytest.mark.req("R4826-4.4.5-2")
@pytest.mark.parametrize(
    "uri",
    [
        f"{LISTS_ROOT}/sip:bob@example.test/index/~~/resource-lists/list",
        "http://elsewhere.test/xcap-root/resource-lists/users/sip:alice@example.test/index",
        "http://127.0.0.1/xcap-root/rls-services/users/sip:alice@example.test/index",
        "resource-lists/users/sip:alice@example.test/index",
    ],
)
def test_pointer_out_of_the_own_lists_is_refused(uri: str) -> None:
    assert etree.QName(conflict(services(pointing(LIST, uri)))).localname == "constraint-failure"


@pytest.mark.req("X-A5")
def test_another_root_is_another_world() -> None:
    """Neither its documents nor references to them exist for this one."""
    elsewhere = path_of("resource-lists").replace("/xcap-root/", "/other-root/")
    for method in ("GET", "PUT", "DELETE"):
        assert send(method, elsewhere, b"<resource-lists/>").status_code == 404
    pointer = f"http://127.0.0.1{elsewhere}/~~/resource-lists/list"
    assert etree.QName(conflict(services(pointing(LIST, pointer)))).localname == "constraint-failure"


@pytest.mark.req("X-K9")
def test_pointer_to_a_list_that_is_not_there_yet_is_stored() -> None:
    uri = f"{LISTS_ROOT}/sip%3Aalice%40example.test/later/~~/resource-lists/list"
    assert XcapClient().put(SERVICES, services(pointing(LIST, uri))).status_code == 201
