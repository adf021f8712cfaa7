from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import friends, inline, services

if TYPE_CHECKING:
    from rls.models import Subscriber

INDEX = path_of("resource-lists")
pytestmark = pytest.mark.usefixtures("alice")


@pytest.mark.req("X-D1")
@pytest.mark.req("X-C17")
def test_document_comes_back_byte_for_byte_with_its_media_type() -> None:
    body = b"<!-- mine -->\n" + friends("sip:bob@example.test").replace(b"/>", b"\n\t/>")
    XcapClient().put(INDEX, body)
    response = XcapClient().get(INDEX)
    assert (response.status_code, response.content) == (200, body)
    assert response["Content-Type"] == "application/resource-lists+xml"


@pytest.mark.req("X-D1")
def test_missing_document_is_not_found() -> None:
    assert XcapClient().get(INDEX).status_code == 404


@pytest.mark.req("X-E8")
@pytest.mark.req("X-C13")
def test_first_put_creates_and_the_next_replaces() -> None:
    created = XcapClient().put(INDEX, friends())
    replaced = XcapClient().put(INDEX, friends("sip:bob@example.test"))
    assert (created.status_code, replaced.status_code) == (201, 200)
    assert created.content == replaced.content == b""
    assert created["ETag"] != replaced["ETag"] == XcapClient().get(INDEX)["ETag"]


@pytest.mark.req("X-C1")
def test_head_is_a_get_without_a_body() -> None:
    XcapClient().put(INDEX, friends())
    response = XcapClient().request("HEAD", INDEX)
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(friends()))


@pytest.mark.req("X-F1")
@pytest.mark.req("X-F9")
def test_deleted_document_is_gone() -> None:
    XcapClient().put(INDEX, friends())
    deleted = XcapClient().delete(INDEX)
    assert deleted.status_code == 200
    assert "ETag" not in deleted
    assert XcapClient().get(INDEX).status_code == XcapClient().delete(INDEX).status_code == 404


@pytest.mark.req("X-E5")
@pytest.mark.req("X-P10")
@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/resource-lists+xml; charset=utf-8", 201),
        ("Application/Resource-Lists+XML", 201),
        ("application/rls-services+xml", 415),
        ("text/xml", 415),
    ],
)
def test_media_type_of_a_put_is_that_of_the_application(media_type: str, status: int) -> None:
    response = XcapClient().request("PUT", INDEX, friends(), content_type=media_type)
    assert response.status_code == status


@pytest.mark.req("X-A12")
@pytest.mark.req("X-E1")
def test_put_into_a_missing_directory_names_the_home_directory() -> None:
    response = XcapClient().put(f"{INDEX}/deeper", friends())
    assert response.status_code == 409
    assert b"<no-parent" in response.content
    assert b"<ancestor>/xcap-root/resource-lists/users/sip:alice@example.test/</ancestor>" in response.content


@pytest.mark.req("X-C9")
@pytest.mark.req("X-C11")
def test_post_is_not_allowed() -> None:
    response = XcapClient().request("POST", INDEX, friends())
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, PUT, DELETE")


@pytest.mark.req("X-C12")
def test_answers_are_not_for_caches() -> None:
    assert XcapClient().get(INDEX)["Cache-Control"] == "private, no-cache"


@pytest.mark.req("X-C2")
@pytest.mark.parametrize(
    "target",
    [
        "/xcap-root/unknown/users/sip:alice@example.test/index",
        "/xcap-root/resource-lists/everybody/sip:alice@example.test/index",
        "/xcap-root/",
        "/xcap-root",
    ],
)
def test_what_the_server_does_not_have_is_not_found(target: str) -> None:
    assert XcapClient().get(target).status_code == 404


@pytest.mark.req("R4825-8.3-2")
def test_neither_a_missing_document_nor_a_selector_without_match_is_found() -> None:
    document = path_of("rls-services")
    assert XcapClient().get(document).status_code == 404
    XcapClient().put(document, services(inline("sip:list@example.test", "bob@example.test")))
    assert XcapClient().get(document).status_code == 200
    missing = f"{document}/~~/rls-services/service[@uri=%22sip:other@example.test%22]"
    assert XcapClient().get(missing).status_code == 404


def test_body_over_the_quota_is_refused(settings: Settings) -> None:
    settings.RLS_XCAP_MAX_DOCUMENT = 100
    response = XcapClient().put(INDEX, friends("sip:bob@example.test") + b" " * 100)
    assert response.status_code == 413


@pytest.mark.req("X-I1")
@pytest.mark.req("X-I3")
def test_capabilities_list_what_is_served_and_are_read_only() -> None:
    target = "/xcap-root/xcap-caps/global/index"
    client = XcapClient()
    response = client.get(target)
    assert response.status_code == 200
    for auid in ("xcap-caps", "resource-lists", "rls-services"):
        assert f"<auid>{auid}</auid>".encode() in response.content
        assert f"<namespace>urn:ietf:params:xml:ns:{auid}</namespace>".encode() in response.content
    refused = client.request("PUT", target, response.content)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


@pytest.mark.req("X-D2")
@pytest.mark.req("X-D3", "R4825-8.3-1")
def test_element_is_cut_out_of_the_stored_bytes() -> None:
    body = services(inline("sip:list@example.test", "bob@example.test"))
    XcapClient().put(path_of("rls-services"), body)
    selector = "rls-services/service[@uri=%22sip:list@example.test%22]/list"
    response = XcapClient().get(f"{path_of('rls-services')}/~~/{selector}")
    assert (response.status_code, response["Content-Type"]) == (200, "application/xcap-el+xml")
    assert response.content == b'<list><rl:entry uri="bob@example.test"/></list>'


def test_table_has_what_opensips_reads(alice: Subscriber) -> None:
    from xcap.models import Document

    XcapClient().put(path_of("rls-services"), services())
    row = Document.objects.values("username", "domain", "doc_type", "doc_uri", "source", "port").get()
    assert row == {
        "username": "alice",
        "domain": "example.test",
        "doc_type": 8,
        "doc_uri": "index",
        "source": 0,
        "port": 0,
    }
