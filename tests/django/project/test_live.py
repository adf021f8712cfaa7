"""Settings of the admin take effect in a running process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from rls import live
from rls.models import ChangedSetting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_the_environment_says(settings: Settings) -> Iterator[None]:
    """The fixture `settings` takes back what it knows of only."""
    for name in (*settings.LIVE_SETTINGS, *settings.LIVE_DERIVED):
        setattr(settings, name, getattr(settings, name))
    yield
    live._applied.clear()


def put(name: str, value: str) -> bool:
    ChangedSetting.objects.update_or_create(name=name, defaults={"value": value})
    return live.renew()


def test_values_are_read_as_those_of_the_environment(settings: Settings) -> None:
    assert put("RLS_LIST_LIMIT", "50")
    assert put("RLS_TRUSTED_PROXIES", "192.0.2.1, 198.51.100.0/24")
    assert settings.RLS_LIST_LIMIT == 50
    assert settings.RLS_TRUSTED_PROXIES == ["192.0.2.1", "198.51.100.0/24"]
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == 1150
    assert not live.renew()


def test_without_a_row_the_environment_counts_again(settings: Settings) -> None:
    before = settings.RLS_LIST_LIMIT
    put("RLS_LIST_LIMIT", "50")
    ChangedSetting.objects.all().delete()
    assert live.renew()
    assert before == settings.RLS_LIST_LIMIT


@pytest.mark.parametrize(
    ("name", "value"),
    [("RLS_LIST_LIMIT", "many"), ("RLS_LIST_LIMIT", "0"), ("RLS_TRUSTED_PROXIES", "proxy.example.com")],
)
def test_what_makes_no_sense_leaves_everything_as_it_was(
    settings: Settings, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    put("RLS_API_RATE", "7")
    before = getattr(settings, name)
    assert not put(name, value)
    assert getattr(settings, name) == before
    assert settings.RLS_API_RATE == 7
    assert name in vars(caplog.records[-1])["why"]


def test_a_process_does_not_open_itself_to_strangers(settings: Settings) -> None:
    """What is harmless where the operator sat may not be so on this host."""
    settings.RLS_SIP_LISTEN, settings.RLS_TRUSTED_PROXIES = ["udp:192.0.2.10:5060"], ["192.0.2.1"]
    assert not put("RLS_TRUSTED_PROXIES", "")
    assert settings.RLS_TRUSTED_PROXIES == ["192.0.2.1"]


def test_other_settings_are_not_touched(settings: Settings) -> None:
    secret = settings.SECRET_KEY
    put("SECRET_KEY", "known")
    assert secret == settings.SECRET_KEY


def test_xcap_takes_documents_of_the_new_size(client: Client, settings: Settings) -> None:
    settings.RLS_XCAP_AUTH = ["none"]
    put("RLS_XCAP_MAX_DOCUMENT", "10")
    address = "/xcap-root/resource-lists/users/sip:alice@example.org/index"
    answer = client.put(address, b"<resource-lists/>", content_type="application/resource-lists+xml")
    assert answer.status_code == 413
