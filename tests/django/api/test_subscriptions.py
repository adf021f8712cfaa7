"""Running subscriptions over REST, to read."""

from __future__ import annotations

import pytest

from rls.models import Presentity, Subscriber, Watcher
from tests.django.admin import rows
from tests.django.api.client import Api, api_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _busy() -> None:
    rows.fill(watchers=10, resources=3)


def test_operator_sees_all_and_filters(operator: Api) -> None:
    everything = operator.get("subscriptions").body["results"]
    assert [each["id"] for each in everything] == list(range(1, 11))
    third = everything[2]
    assert (third["event"], third["state"]) == ("dialog", "active")
    for name, value in (
        ("watcher", third["watcher"].removeprefix("sip:")),
        ("list_uri", third["list_uri"]),
        ("event", "dialog"),
        ("call_id", third["call_id"]),
    ):
        found = operator.get(f"subscriptions?{name}={value}").body["results"]
        assert third in found
        assert len(found) < len(everything)
    assert operator.get("subscriptions/3").body == third
    assert operator.get("subscriptions/11").status == 404


def test_resources_say_what_the_back_ends_said(operator: Api) -> None:
    found = operator.get("subscriptions/3/resources").body["results"]
    assert len(found) == 3
    answered = [each for each in found if each["says"]]
    assert answered and all(each["state"] == "active" and each["code"] == 200 for each in answered)
    uri = found[0]["uri"]
    assert [each["uri"] for each in operator.get(f"subscriptions/3/resources?uri={uri}").body["results"]] == [
        uri
    ]
    assert operator.get("subscriptions/3/resources?state=x").status == 400
    assert operator.get("subscriptions/11/resources").status == 404


def test_subscriber_sees_only_what_he_or_she_watches() -> None:
    alice = api_of(Subscriber.objects.get(username="alice"))
    own = Watcher.objects.get(pk=1)
    Watcher.objects.filter(pk=1).update(watcher_username="alice", watcher_domain="example.test")
    Watcher.objects.exclude(pk=1).update(watcher_username="other")
    assert [each["id"] for each in alice.get("subscriptions").body["results"]] == [own.pk]
    assert alice.get("subscriptions/2").status == alice.get("subscriptions/2/resources").status == 404
    assert len(alice.get("subscriptions/1/resources").body["results"]) == 3
    assert Presentity.objects.count() == 30
