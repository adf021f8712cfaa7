from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from tests.django.xcap.client import XcapClient
from tests.django.xcap.documents import friends, inline, services

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put

ADD = "/admin/xcap/document/add/"
NO_INLINES = {"service_uris-TOTAL_FORMS": "0", "service_uris-INITIAL_FORMS": "0"}
SERVICE = "sip:list@example.test"


def form(body: bytes, **changes: str) -> dict[str, str]:
    given = {"username": "alice", "domain": "example.test", "doc_type": "8", "doc_uri": "index"}
    return {**given, **NO_INLINES, "body": body.decode(), "version": "", **changes}


def change_url(pk: int) -> str:
    return reverse("admin:xcap_document_change", args=[pk])


def test_document_can_be_added(admin_client: Client, alice: Subscriber) -> None:
    from xcap.models import Document

    body = services(inline(SERVICE, "bob@example.test"))
    assert admin_client.post(ADD, form(body)).status_code == 302
    document = Document.objects.get()
    assert bytes(document.doc) == body
    assert [each.uri for each in document.service_uris.all()] == [SERVICE]


@pytest.mark.parametrize(
    ("body", "changes", "words"),
    [
        (b"<rls-services", {}, "not-well-formed"),
        (b"<other/>", {}, "schema-validation-error"),
        (services(inline("sip:alice@example.test")), {}, "taken or double: rls-services/service[1]/@uri"),
        (services(), {"username": "nobody"}, "There is no subscriber sip:nobody@example.test."),
        (services(), {"doc_uri": "a/b"}, "no-parent"),
    ],
)
def test_refused_document_is_explained(
    admin_client: Client, alice: Subscriber, body: bytes, changes: dict[str, str], words: str
) -> None:
    from xcap.models import Document

    response = admin_client.post(ADD, form(body, **changes))
    assert words in response.content.decode()
    assert not Document.objects.exists()


def test_document_can_be_changed(admin_client: Client, put: Put) -> None:
    document = put("rls-services", services())
    page = admin_client.get(change_url(document.pk)).content.decode()
    assert document.etag in page
    response = admin_client.post(
        change_url(document.pk), form(services(inline(SERVICE)), version=document.etag)
    )
    assert response.status_code == 302
    old_etag = document.etag
    document.refresh_from_db()
    assert bytes(document.doc) == services(inline(SERVICE))
    assert document.etag != old_etag


def test_change_of_a_document_that_changed_meanwhile_is_refused(admin_client: Client, put: Put) -> None:
    document = put("rls-services", services())
    response = admin_client.post(change_url(document.pk), form(services(inline(SERVICE)), version="old"))
    assert "Somebody else has changed this document" in response.content.decode()
    document.refresh_from_db()
    assert bytes(document.doc) == services()


def test_lists_show_and_find_documents_and_services(admin_client: Client, put: Put) -> None:
    found = put("rls-services", services(inline(SERVICE)))
    other = put("resource-lists", friends("sip:bob@example.test"))
    page = admin_client.get("/admin/xcap/document/?q=list@example").content.decode()
    assert change_url(found.pk) in page
    assert change_url(other.pk) not in page
    assert SERVICE in admin_client.get("/admin/xcap/serviceuri/").content.decode()


def test_selected_documents_can_be_deleted(admin_client: Client, put: Put) -> None:
    from xcap.models import Document

    document = put("rls-services", services(inline(SERVICE, "sip:bob@example.test")))
    action = {"action": "delete_selected", "_selected_action": str(document.pk), "post": "yes"}
    admin_client.post("/admin/xcap/document/", action)
    assert not Document.objects.exists()


def test_document_is_deleted_with_the_services_it_defines(admin_client: Client, put: Put) -> None:
    from xcap.models import ServiceUri

    document = put("rls-services", services(inline(SERVICE, "sip:bob@example.test")))
    admin_client.post(reverse("admin:xcap_document_delete", args=[document.pk]), {"post": "yes"})
    assert not ServiceUri.objects.exists()


GLOBAL = {"username": "", "domain": "", "doc_type": "4", "doc_uri": "company"}


@pytest.mark.req("X-C7")
def test_global_document_is_added_edited_as_a_list_and_read_by_everybody(
    admin_client: Client, alice: Subscriber
) -> None:
    from xcap.models import Document

    assert admin_client.post(ADD, form(friends(), **GLOBAL)).status_code == 302
    document = Document.objects.get()
    rows = {"version": document.etag, "uri": "sip:bob@example.test", "name": "", "place": "", "save": "1"}
    editor = f"/admin/xcap/document/{document.pk}/lists/?list=friends"
    assert "friends" in admin_client.get(editor).content.decode()
    assert admin_client.post(editor, rows).status_code == 302
    seen = XcapClient().get("/xcap-root/resource-lists/global/company")
    assert seen.status_code == 200 and b'<entry uri="sip:bob@example.test"/>' in seen.content
    again = admin_client.post(ADD, form(friends(), **GLOBAL)).content.decode()
    assert "There is such a document already. Open it." in again


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"doc_type": "16"}, "pidf-manipulation has no global documents that can be written."),
        ({"doc_type": "8", "doc_uri": "index"}, "rls-services has no global documents that can be written."),
        ({"domain": "example.test"}, "There is no subscriber"),
    ],
)
def test_places_where_no_document_can_be_are_refused(
    admin_client: Client, alice: Subscriber, changes: dict[str, str], words: str
) -> None:
    from xcap.models import Document

    assert words in admin_client.post(ADD, form(friends(), **GLOBAL | changes)).content.decode()
    assert not Document.objects.exists()


def test_name_that_the_application_usage_does_not_know_is_refused(
    admin_client: Client, alice: Subscriber
) -> None:
    page = admin_client.post(ADD, form(b"<presence/>", doc_type="16", doc_uri="other")).content.decode()
    assert "pidf-manipulation has no document of that name." in page
