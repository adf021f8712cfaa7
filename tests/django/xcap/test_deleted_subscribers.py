"""A subscriber who is deleted in the admin leaves nothing to the next one of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from rls.domain.lists import UnresolvableReference
from tests.django.xcap.documents import LISTS_ROOT, friends, pointing, services
from xcap.lookup import resolve
from xcap.resolution import ResolvedService

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put, Subscribe

TEAM = "sip:team@example.test"
OWN = f"{LISTS_ROOT}/sip:alice@example.test/index/~~/resource-lists/list"


@pytest.mark.parametrize("how", ["one", "selected"])
def test_documents_and_services_go_along(
    admin_client: Client, alice: Subscriber, put: Put, subscribe: Subscribe, how: str
) -> None:
    from xcap.models import Document, ServiceUri, Version

    subscribe("bob@example.test")
    kept = put("resource-lists", friends(), owner="bob@example.test")
    put("resource-lists", friends("sip:bob@example.test"))
    put("rls-services", services(pointing(TEAM, OWN)))
    Document.objects.create(username="alice", domain="example.test", doc_type=9999, doc=b"<x/>", etag="e")
    assert isinstance(resolve([TEAM])[TEAM], ResolvedService)
    if how == "one":
        admin_client.post(reverse("admin:rls_subscriber_delete", args=[alice.pk]), {"post": "yes"})
    else:
        action = {"action": "delete_selected", "_selected_action": str(alice.pk), "post": "yes"}
        admin_client.post(reverse("admin:rls_subscriber_changelist"), action)
    assert list(Document.objects.all()) == [kept]
    assert not ServiceUri.objects.exists() and resolve([TEAM]) == {TEAM: None}
    newest = Version.objects.filter(username="alice").latest("pk")
    assert (newest.doc, newest.author) == (None, "deletion of the subscriber")


def test_lists_of_others_that_refer_there_cannot_be_made_out(
    alice: Subscriber, put: Put, subscribe: Subscribe
) -> None:
    from tests.django.xcap.documents import lists

    bob = subscribe("bob@example.test")
    put("resource-lists", friends("sip:carol@example.test"), owner="bob@example.test")
    reference = "resource-lists/users/sip:bob@example.test/index/~~/resource-lists/list/entry"
    put("resource-lists", lists(f'<list><entry-ref ref="{reference}"/></list>'))
    put("rls-services", services(pointing(TEAM, OWN)))
    bob.delete()
    assert isinstance(resolve([TEAM])[TEAM], UnresolvableReference)
