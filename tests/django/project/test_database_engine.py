"""A connection that PostgreSQL has closed is noticed before it is used."""

from __future__ import annotations

import pytest
from django.db import close_old_connections, connection

from rls.models import Subscriber
from tests.django.database import connect_sync

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_requests_after_a_restart_of_the_database_find_a_new_connection() -> None:
    before = backend()
    with connect_sync() as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (before,))
    close_old_connections()
    assert Subscriber.objects.count() == 0
    assert backend() != before


def test_a_living_connection_is_kept_without_asking_it() -> None:
    before = backend()
    with connect_sync() as other:
        close_old_connections()
        Subscriber.objects.count()
        [(last,)] = other.execute("select query from pg_stat_activity where pid = %s", (before,)).fetchall()
    assert "rls_subscribers" in last
    assert backend() == before
