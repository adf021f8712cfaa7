"""/healthz and /readyz."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from rls.models import Tick, Worker


def test_healthz_needs_nothing(client: Client) -> None:
    assert json.loads(client.get("/healthz").content) == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_all_parts_live(client: Client, broker_url: str) -> None:
    now = timezone.now()
    Worker.objects.create(id=1, contact="sip:rls@127.0.0.1", started=now, heartbeat=now)
    Tick.objects.create(id=1, last=now, by="test")
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})


@pytest.mark.django_db
def test_dead_worker_and_beat_are_told(client: Client, broker_url: str) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    Worker.objects.create(id=1, contact="sip:rls@127.0.0.1", started=long_ago, heartbeat=long_ago)
    Tick.objects.create(id=1, last=long_ago, by="test")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert {name for name, state in answer.json().items() if state != "ok"} == {"sip_worker", "tick"}


@pytest.mark.django_db
def test_silent_broker_is_told(client: Client, settings: Settings) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    assert client.get("/readyz").json()["broker"] == "not reachable"


def test_admin_is_where_the_root_leads(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/admin/"
