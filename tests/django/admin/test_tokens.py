from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from rls.models import AccessToken, Subscriber

pytestmark = pytest.mark.django_db


def test_token_is_shown_when_it_is_made_and_never_again(admin_client: Client) -> None:
    alice = Subscriber.objects.create(username="alice", domain="example.test")
    form = {"subscriber": str(alice.pk), "label": "script", "expires_0": "", "expires_1": ""}
    made = admin_client.post(reverse("admin:rls_accesstoken_add"), form, follow=True)
    told = re.search(r"The token of alice@example.test is (\S+) - copy it now", made.content.decode())
    assert told is not None
    token = AccessToken.find(told[1])
    assert token is not None and token.label == "script"
    page = admin_client.get(reverse("admin:rls_accesstoken_changelist")).content.decode()
    assert "script" in page
    assert told[1] not in page and token.sha256 not in page


def test_token_that_is_deleted_is_no_longer_valid(admin_client: Client) -> None:
    alice = Subscriber.objects.create(username="alice", domain="example.test")
    token, text = AccessToken.issue(alice)
    admin_client.post(reverse("admin:rls_accesstoken_delete", args=[token.pk]), {"post": "yes"})
    assert AccessToken.find(text) is None


def test_token_of_an_operator_is_for_the_api_only_and_has_one_owner(admin_client: Client) -> None:
    alice = Subscriber.objects.create(username="alice", domain="example.test")
    boss = User.objects.get()
    add = reverse("admin:rls_accesstoken_add")
    form = {"operator": str(boss.pk), "expires_0": "", "expires_1": "", "read_only": "on"}
    assert (
        "belongs to a subscriber or to an operator"
        in admin_client.post(add, {**form, "subscriber": str(alice.pk)}).content.decode()
    )
    admin_client.post(add, form)
    token = AccessToken.objects.get()
    assert (token.owner, token.read_only) == (boss, True)
