"""What the pages of a watcher and of a resource say in words."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from rls.models import CompatibilityProfile, Presentity
from tests.django.admin import rows

pytestmark = pytest.mark.django_db
NOW = int(time.time())


def page(client: Client, model: str, number: int) -> str:
    return client.get(reverse(f"admin:rls_{model}_change", args=[number])).content.decode()


def test_back_end_that_failed_says_when_it_is_tried_again(admin_client: Client) -> None:
    watcher = rows.watcher(1, NOW)
    watcher.save()
    failed = rows.presentity(0, watcher, 0, NOW)
    failed.auth_state, failed.be_code, failed.be_callid, failed.expires = 8, 503, "", int(time.time()) + 280
    failed.save()
    assert "in 4 min" in page(admin_client, "watcher", 1)
    assert "in 4 min" in page(admin_client, "presentity", failed.pk)
    Presentity.objects.update(expires=NOW - 1)
    assert ">now<" in page(admin_client, "presentity", failed.pk)


def test_resource_says_why_its_lamp_is_dark(admin_client: Client) -> None:
    watcher = rows.watcher(1, NOW)
    watcher.save()
    refused = rows.presentity(7, watcher, 0, NOW)
    refused.save()
    why = "he back end answered 403: it does not let this watcher see the resource"
    assert f'title="t{why}"' in page(admin_client, "watcher", 1)
    assert f"T{why}." in page(admin_client, "presentity", refused.pk)


def test_page_names_the_profile_by_which_the_phone_is_served(admin_client: Client) -> None:
    rows.watcher(1, NOW, user_agent="Odd/1.0").save()
    assert "as the RFCs say" in page(admin_client, "watcher", 1)
    profile = CompatibilityProfile.objects.create(name="Odd phones", user_agents="odd/*")
    shown = page(admin_client, "watcher", 1)
    assert f'{reverse("admin:rls_compatibilityprofile_change", args=[profile.pk])}">Odd phones</a>' in shown
    CompatibilityProfile.objects.update(enabled=False)
    assert "as the RFCs say" in page(admin_client, "watcher", 1)


def test_documents_are_explained_in_sentences(admin_client: Client) -> None:
    watcher = rows.watcher(1, NOW, event="dialog")
    watcher.save()
    row = rows.presentity(0, watcher, 0, NOW)
    row.content_type = "application/dialog-info+xml"
    row.presence_state = rows.dialog_info("bob", "early", peer="tom").strip()
    row.save()
    shown = page(admin_client, "presentity", row.pk)
    assert "is ringing, called by" in shown
    assert "&lt;dialog-info" in shown


def test_list_leads_to_all_who_watch_it_and_resources_name_their_lists(admin_client: Client) -> None:
    team = "sip:team@example.test"
    for number, uri in ((1, team), (2, team), (3, "sip:other@example.test")):
        watcher = rows.watcher(number, NOW, presentity_uri=uri, service_uri=uri)
        watcher.save()
        rows.presentity(number, watcher, 0, NOW).save()
    link = f"{reverse('admin:rls_watcher_changelist')}?q=sip%3Ateam%40example.test"
    assert link in page(admin_client, "watcher", 1)
    found = admin_client.get(link).context["cl"].result_list
    assert sorted(row.pk for row in found) == [1, 2]
    resources = admin_client.get(reverse("admin:rls_presentity_changelist")).content.decode()
    assert f'title="{team}"' in resources
    assert 'title="sip:other@example.test"' in resources
