"""The first page tells whether all is well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rls.models import Tick, Watcher, Worker

pytestmark = pytest.mark.django_db
INDEX = "/admin/"


def overview(client: Client) -> str:
    return client.get(INDEX).content.decode()


@pytest.mark.usefixtures("busy_server")
def test_numbers_lead_to_their_rows(admin_client: Client) -> None:
    page = overview(admin_client)
    assert f'href="{reverse("admin:rls_watcher_changelist")}?status__exact=2">12 pending' in page
    assert f'href="{reverse("admin:rls_presentity_changelist")}?auth_state__exact=8">36 terminated' in page
    assert f'href="{reverse("admin:rls_presentity_changelist")}?answer=403">403' in page


def test_empty_server_says_what_to_do(admin_client: Client) -> None:
    page = overview(admin_client)
    assert "manage.py runsipworker" in page
    assert "Is Celery running?" in page
    assert "Nobody watches a list yet." in page


@pytest.mark.usefixtures("busy_server")
def test_dead_worker_and_late_tick_are_conspicuous(admin_client: Client) -> None:
    assert 'class="rls-fine"' in overview(admin_client)
    long_ago = timezone.now() - timedelta(minutes=2)
    Worker.objects.update(heartbeat=long_ago)
    Tick.objects.update(last=long_ago)
    page = overview(admin_client)
    assert page.count('<span class="rls-bad"><time') == 3
    assert 'class="rls-fine"' not in page


def test_poll_gets_the_figures_without_the_page_around(admin_client: Client) -> None:
    polled = admin_client.get(INDEX, headers={"HX-Request": "true"}).content.decode()
    assert 'id="overview"' in polled
    assert "<html" not in polled


@pytest.mark.usefixtures("busy_server")
def test_operator_without_permission_sees_no_figures(client: Client) -> None:
    client.force_login(User.objects.create_user("guest", is_staff=True))
    page = overview(client)
    assert "may not see" in page
    assert "example.test" not in page


@pytest.mark.usefixtures("busy_server")
def test_big_tables_are_not_counted_again_for_every_poll(admin_client: Client) -> None:
    overview(admin_client)
    Watcher.objects.all().delete()
    assert '<p class="rls-number">60</p>' in overview(admin_client)
