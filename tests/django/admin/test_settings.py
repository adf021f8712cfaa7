"""The page of settings that take effect at once."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rls import live
from rls.models import ChangedSetting
from rlsproject.live.form import LIVE, SettingsForm

pytestmark = pytest.mark.django_db
PAGE = "admin:rls_changedsetting_changelist"


def form(**changed: str) -> dict[str, str]:
    """What the page would send."""
    shown = SettingsForm()
    return {name: shown.get_initial_for_field(field, name) for name, field in shown.fields.items()} | changed


def save(client: Client, **changed: str) -> str:
    return client.post(reverse(PAGE), form(**changed), follow=True).content.decode()


def test_page_shows_every_setting_with_its_value(admin_client: Client) -> None:
    page = admin_client.get(reverse(PAGE)).content.decode()
    for setting in LIVE:
        assert f'name="{setting.name}"' in page
    assert 'value="7200"' in page


def test_a_change_is_stored_and_on_record(admin_client: Client) -> None:
    page = save(admin_client, RLS_TRUSTED_PROXIES="192.0.2.1", RLS_LIST_LIMIT="50")
    assert "in force within a second" in page
    stored = dict(ChangedSetting.objects.values_list("name", "value"))
    assert stored == {"RLS_TRUSTED_PROXIES": "192.0.2.1", "RLS_LIST_LIMIT": "50"}
    assert {str(entry.user) for entry in LogEntry.objects.all()} == {"admin"}
    assert "&#x27;1000&#x27; → &#x27;50&#x27;" in page
    assert "the environment says 1000" in page


def test_the_value_of_the_environment_takes_the_change_back(admin_client: Client) -> None:
    save(admin_client, RLS_LIST_LIMIT="50")
    save(admin_client, RLS_LIST_LIMIT="1000")
    assert not ChangedSetting.objects.exists()
    assert LogEntry.objects.count() == 2


def test_other_words_for_the_same_are_no_change(admin_client: Client) -> None:
    assert "Nothing was changed" in save(admin_client, RLS_LIST_LIMIT=" 1000 ", RLS_WAITN_TIME="1.0")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RLS_LIST_LIMIT", "many", "has to be a whole number"),
        ("RLS_LIST_LIMIT", "", "has to be a whole number"),
        ("RLS_LIST_LIMIT", "0", "it has to be at least 1"),
        ("RLS_MIN_EXPIRES", "9000", "no subscription could satisfy both"),
        ("RLS_TRUSTED_PROXIES", "proxy.example.com", "not an address or network"),
        ("RLS_WAITN_TIMES", "presence", "cannot be read"),
        ("RLS_WAITN_TIME", "nan", "more than 0"),
    ],
)
def test_senseless_values_are_refused_at_their_field(
    admin_client: Client, name: str, value: str, said: str
) -> None:
    answer = admin_client.post(reverse(PAGE), form(**{name: value}))
    assert said in str(answer.context["form"].errors[name])
    assert not ChangedSetting.objects.exists()


def test_trusting_nobody_on_an_open_listener_is_refused(admin_client: Client, settings: Settings) -> None:
    settings.RLS_SIP_LISTEN, settings.RLS_TRUSTED_PROXIES = ["udp:192.0.2.10:5060"], ["192.0.2.1"]
    live._given.clear()
    answer = admin_client.post(reverse(PAGE), form(RLS_TRUSTED_PROXIES=""))
    live._given.clear()
    assert "anybody could subscribe" in str(answer.context["form"].errors)


def test_nobody_undoes_what_they_have_not_seen(admin_client: Client) -> None:
    seen = form(RLS_API_RATE="7")
    save(admin_client, RLS_LIST_LIMIT="50")
    answer = admin_client.post(reverse(PAGE), seen)
    assert "meanwhile" in answer.content.decode()
    assert list(ChangedSetting.objects.values_list("name", flat=True)) == ["RLS_LIST_LIMIT"]


def test_who_may_only_look_changes_nothing(client: Client) -> None:
    user = User.objects.create_user("looker", password="x", is_staff=True)
    client.force_login(user)
    assert client.get(reverse(PAGE)).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_changedsetting"))
    page = client.get(reverse(PAGE))
    assert page.status_code == 200
    assert "disabled" in page.content.decode()
    assert client.post(reverse(PAGE), form(RLS_LIST_LIMIT="50")).status_code == 403
    assert not ChangedSetting.objects.exists()
