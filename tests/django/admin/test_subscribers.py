"""Subscribers are the one thing an operator writes here."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from rls.domain import digest
from rls.models import Subscriber

ALICE = {"username": "alice", "domain": "example.test", "password": "wonder land"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Subscriber:
    subscriber = Subscriber(username="alice", domain="example.test")
    subscriber.set_password("old")
    subscriber.save()
    return subscriber


def change(client: Client, subscriber: Subscriber, **values: str) -> HttpResponse:
    url = reverse("admin:rls_subscriber_change", args=[subscriber.pk])
    return client.post(url, ALICE | values)  # type: ignore[return-value]


def test_password_becomes_ha1_of_both_algorithms(admin_client: Client) -> None:
    admin_client.post(reverse("admin:rls_subscriber_add"), ALICE)
    subscriber = Subscriber.objects.get(username="alice")
    credentials = ("alice", "example.test", "wonder land")
    assert subscriber.ha1_md5 == digest.ha1("MD5", *credentials)
    assert subscriber.ha1_sha256 == digest.ha1("SHA-256", *credentials)


def test_new_subscriber_needs_a_password(admin_client: Client) -> None:
    page = admin_client.post(reverse("admin:rls_subscriber_add"), ALICE | {"password": ""})
    assert "This field is required" in page.content.decode()
    assert not Subscriber.objects.exists()


def test_empty_password_leaves_the_old_one(admin_client: Client, alice: Subscriber) -> None:
    assert change(admin_client, alice, password="").status_code == 302
    assert Subscriber.objects.get().ha1_md5 == alice.ha1_md5


def test_a_user_keeps_the_name_that_documents_are_under(admin_client: Client, alice: Subscriber) -> None:
    page = admin_client.get(reverse("admin:rls_subscriber_change", args=[alice.pk])).content.decode()
    assert "The name stays, because documents and lists are under it." in page
    assert change(admin_client, alice, username="alicia", domain="other.test").status_code == 302
    renamed = Subscriber.objects.get()
    assert str(renamed) == "alice@example.test"
    assert renamed.ha1_md5 == digest.ha1("MD5", "alice", "example.test", "wonder land")


@pytest.mark.parametrize("values", [{"username": "a@b"}, {"username": "a b"}, {"domain": "a b"}])
def test_names_that_no_uri_can_hold_are_refused(admin_client: Client, values: dict[str, str]) -> None:
    page = admin_client.post(reverse("admin:rls_subscriber_add"), ALICE | values)
    assert "No spaces" in page.content.decode()


def test_same_user_twice_is_refused_in_words(admin_client: Client, alice: Subscriber) -> None:
    page = admin_client.post(reverse("admin:rls_subscriber_add"), ALICE)
    assert page.status_code == 200
    assert Subscriber.objects.count() == 1


def test_ha1_is_never_shown(admin_client: Client, alice: Subscriber) -> None:
    names = [
        reverse("admin:rls_subscriber_changelist"),
        reverse("admin:rls_subscriber_change", args=[alice.pk]),
    ]
    pages = "".join(admin_client.get(name).content.decode() for name in names)
    assert alice.ha1_md5 not in pages
    assert alice.ha1_sha256 not in pages
