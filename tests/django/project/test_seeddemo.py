"""The demo data."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django import Settings

from rls import demo
from rls.models import Subscriber
from xcap.lookup import resolve
from xcap.resolution import ResolvedService

pytestmark = pytest.mark.django_db


def entries(uri: str) -> list[str]:
    service = resolve([uri])[uri]
    assert isinstance(service, ResolvedService)
    return [entry.request_uri for entry in service.flat.entries]


def test_lists_can_be_resolved() -> None:
    call_command("seeddemo")
    assert entries(demo.ALICE_LIST) == ["sip:bob@example.test", "sip:claire@example.test"]
    assert entries(demo.TOM_LIST) == ["sip:bob@example.test"]
    assert entries(demo.TEAM_LIST) == [demo.address(user) for user in demo.TEAM]
    assert demo.address("alice") in entries(demo.CLAIRE_LIST)


def test_every_list_of_the_demo_phones_is_there_for_its_user_and_package() -> None:
    call_command("seeddemo")
    for user, uri, event in demo.PHONES:
        service = resolve([uri])[uri]
        assert isinstance(service, ResolvedService)
        assert service.owner == f"{user}@{demo.DOMAIN}"
        assert service.packages is not None and event in service.packages


def test_contacts_of_the_lists_have_states() -> None:
    call_command("seeddemo")
    known = {demo.address(user) for user in demo.CONTACTS}
    assert {entry for _, uri, _ in demo.PHONES for entry in entries(uri)} <= known


def test_admin_can_log_in() -> None:
    call_command("seeddemo")
    assert authenticate(username=demo.ADMIN, password=demo.PASSWORD)


def test_second_run_changes_nothing() -> None:
    call_command("seeddemo")
    changed = Subscriber.objects.get(username="alice")
    changed.set_password("another")
    changed.save()
    call_command("seeddemo")
    assert Subscriber.objects.get(username="alice").ha1_md5 == changed.ha1_md5
    assert Subscriber.objects.count() == len(demo.SUBSCRIBERS)


def test_public_passwords_are_not_put_where_strangers_come(settings: Settings) -> None:
    settings.RLS_HTTP_LISTEN = "0.0.0.0:8000"
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("seeddemo")
