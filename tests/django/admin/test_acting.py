"""Actions are for those who may, asked once more, announced to the owner, and on record."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from rls.models import Order, Trace, Watcher
from tests.django.admin import rows

pytestmark = pytest.mark.django_db
ACTIONS = ("full-state", "retry", "reread", "end", "end-all", "trace")


@pytest.fixture
def watcher() -> Watcher:
    rows.fill(watchers=60, resources=2)
    return Watcher.objects.order_by("pk").first() or pytest.fail("no rows")


def page_of(watcher: Watcher, action: str) -> str:
    return reverse("admin:rls_watcher_change", args=[watcher.pk]).replace("/change/", f"/{action}/")


def operator(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


@pytest.mark.parametrize("action", ACTIONS)
def test_action_is_asked_for_and_nothing_happens_before(
    admin_client: Client, watcher: Watcher, action: str
) -> None:
    page = admin_client.get(page_of(watcher, action))
    assert b"Leave it as it is" in page.content
    assert not Order.objects.exists() and not Trace.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_only_look_cannot_act(client: Client, watcher: Watcher, action: str) -> None:
    looking = operator(client, "view_watcher", "view_presentity")
    page = looking.get(reverse("admin:rls_watcher_change", args=[watcher.pk]))
    assert page.status_code == 200
    assert f"/{action}/" not in page.content.decode()
    assert looking.post(page_of(watcher, action)).status_code == 403
    assert not Order.objects.exists() and not Trace.objects.exists()


def test_order_goes_to_the_owner_with_the_operators_name(client: Client, watcher: Watcher) -> None:
    acting = operator(client, "view_watcher", "view_presentity", "add_order")
    acting.post(page_of(watcher, "end"), {"choice": "noresource"})
    order = Order.objects.get()
    assert (order.owner, order.watcher_id, order.by) == (watcher.owner, watcher.pk, "operator")
    assert (order.kind, order.reason) == ("end", "noresource")
    assert LogEntry.objects.get().change_message.startswith("End subscription:")


def test_unknown_choice_is_the_first_one(admin_client: Client, watcher: Watcher) -> None:
    admin_client.post(page_of(watcher, "end"), {"choice": "sabotage"})
    assert Order.objects.get().reason == "deactivated"


def test_all_of_a_user_are_ended(admin_client: Client, watcher: Watcher) -> None:
    theirs = Watcher.objects.filter(
        watcher_username=watcher.watcher_username, watcher_domain=watcher.watcher_domain
    )
    assert theirs.count() > 1
    admin_client.post(page_of(watcher, "end-all"), {"choice": "deactivated"})
    assert set(Order.objects.values_list("watcher_id", flat=True)) == set(theirs.values_list("pk", flat=True))


def test_trace_of_the_user_is_switched_on(admin_client: Client, watcher: Watcher) -> None:
    answer = admin_client.post(page_of(watcher, "trace"), {"choice": "user"})
    trace = Trace.objects.get()
    assert trace.target == f"{watcher.watcher_username}@{watcher.watcher_domain}"
    assert answer.headers["Location"] == reverse("admin:rls_trace_change", args=[trace.pk])
    assert b"Nothing yet." in admin_client.get(answer.headers["Location"]).content
