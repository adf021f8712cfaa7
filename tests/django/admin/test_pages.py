"""Every page of the admin: it opens, and only to be read."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.text import capfirst

from rls.models import Change, OutboxEntry, Presentity, Tick, Trace, Watcher, Worker

READ_ONLY = [Watcher, Presentity, OutboxEntry, Change, Worker, Tick]
LISTS = [
    *(f"rls_{model._meta.model_name}" for model in READ_ONLY),
    "rls_subscriber",
    "rls_changedsetting",
    "rls_trace",
    "rls_order",
    "admin_logentry",
    "xcap_document",
    "xcap_serviceuri",
    "xcap_version",
    "auth_user",
    "auth_group",
]

pytestmark = pytest.mark.usefixtures("busy_server")


@pytest.mark.parametrize("name", LISTS)
def test_list_opens(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(f"admin:{name}_changelist")).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_row_opens_without_a_field_to_write_in(admin_client: Client, model: type[Watcher]) -> None:
    first = model.objects.order_by("pk").first()
    assert first is not None
    page = admin_client.get(reverse(f"admin:rls_{model._meta.model_name}_change", args=[first.pk]))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert b"<textarea" not in page.content


@pytest.mark.parametrize("model", [*READ_ONLY, Trace])
@pytest.mark.parametrize("number", ["0", "none"])
def test_row_that_is_not_there_leads_back(admin_client: Client, model: type[Watcher], number: str) -> None:
    address = reverse(f"admin:rls_{model._meta.model_name}_change", args=[number])
    assert admin_client.get(address).status_code == 302


@pytest.mark.parametrize("model", READ_ONLY)
def test_nothing_is_added_changed_or_deleted(admin_client: Client, model: type[Watcher]) -> None:
    name, first = f"admin:rls_{model._meta.model_name}", model.objects.order_by("pk").first()
    assert first is not None
    addresses = [
        reverse(f"{name}_add"),
        reverse(f"{name}_change", args=[first.pk]),
        reverse(f"{name}_delete", args=[first.pk]),
    ]
    assert [admin_client.post(address, {"post": "yes"}).status_code for address in addresses] == [403] * 3


def test_navigation_names_every_list_as_its_page_does(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:index"))
    named = {
        item["link"]: item["title"] for group in page.context["sidebar_navigation"] for item in group["items"]
    }
    models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
    for name in LISTS:
        heading = capfirst(models[name]._meta.verbose_name_plural)
        assert named[reverse(f"admin:{name}_changelist")] == heading


def test_login_ends_on_the_overview(client: Client, admin_user: object) -> None:
    answer = client.post(reverse("admin:login"), {"username": "admin", "password": "password"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("admin:index")
