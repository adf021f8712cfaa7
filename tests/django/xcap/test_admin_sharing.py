"""Who may subscribe is set in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.django.xcap.documents import inline, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put
    from xcap.models import Document

TEAM, HOME = "sip:team@example.test", "sip:home@example.test"
BODY = services(inline(TEAM, "sip:bob@example.test") + inline(HOME))


@pytest.fixture
def document(put: Put) -> Document:
    return put("rls-services", BODY)


def url(document: Document) -> str:
    return f"/admin/xcap/document/{document.pk}/sharing/"


def send(client: Client, document: Document, users: str, **more: str) -> Any:
    data = {"version": document.etag, "uri": [TEAM, HOME], "access": ["users", ""], "users": [users, ""]}
    return client.post(url(document), {**data, **more})


def test_service_is_opened_to_named_users_and_the_rest_stays(
    admin_client: Client, document: Document
) -> None:
    from django.contrib.admin.models import LogEntry

    from xcap.models import Version

    assert send(admin_client, document, "Bob <sip:bob@example.test>\r\ncarol@example.test").status_code == 302
    document.refresh_from_db()
    said = (
        b'<sharing xmlns="urn:rls:sharing" access="users"><user uri="sip:bob@example.test"/>'
        b'<user uri="sip:carol@example.test"/></sharing>'
    )
    assert bytes(document.doc).replace(said, b"") == BODY
    assert Version.objects.order_by("-pk")[0].author == "admin (admin)"
    assert LogEntry.objects.get().change_message == "Said who may subscribe."
    page = admin_client.get(url(document)).content.decode()
    assert '<option value="users" selected>' in page
    assert "sip:bob@example.test\nsip:carol@example.test" in page


@pytest.mark.parametrize(
    ("users", "more", "words"),
    [
        ("tel:+1234", {}, "&#x27;tel:+1234&#x27; is not a SIP URI"),
        ("", {"version": "old"}, "Somebody else has changed this document"),
    ],
)
def test_mistakes_are_explained(
    admin_client: Client, document: Document, users: str, more: dict[str, str], words: str
) -> None:
    assert words in send(admin_client, document, users, **more).content.decode()
    document.refresh_from_db()
    assert bytes(document.doc) == BODY


def test_who_may_only_look_does_not_see_the_page(
    client: Client, django_user_model: Any, document: Document
) -> None:
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_document"))
    client.force_login(user)
    assert client.get(url(document)).status_code == send(client, document, "").status_code == 403


def test_page_is_offered_where_there_are_services(admin_client: Client, document: Document, put: Put) -> None:
    from tests.django.xcap.documents import friends

    lists = put("resource-lists", friends())
    offered = [
        b"Who may subscribe" in admin_client.get(f"/admin/xcap/document/{each.pk}/change/").content
        for each in (document, lists)
    ]
    assert offered == [True, False]
