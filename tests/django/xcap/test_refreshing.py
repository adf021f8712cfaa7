"""What OpenSIPS is told of documents (its MI command refresh_watchers), over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from pytest_django import Settings

from tests.django.xcap.documents import friends
from tests.live.rig.opensips import OpenSips
from tests.live.rig.ports import free_port
from xcap import store
from xcap.models import PresenceRefresh
from xcap.opensips import mi, refreshing

if TYPE_CHECKING:
    from rls.models import Subscriber
    from tests.django.xcap.conftest import Put, Subscribe

pytestmark = [pytest.mark.django_db, pytest.mark.req("X-O5")]

RULES = '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy">{}</ruleset>'
ALICE, BOB = "sip:alice@example.test", "sip:bob@example.test"


def rules(number: int = 0) -> bytes:
    return RULES.format(f'<rule id="r{number}"/>').encode()


def pidf(owner: str) -> bytes:
    return f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="{owner}"/>'.encode()


@pytest.fixture
def opensips(settings: Settings) -> Iterator[OpenSips]:
    server = OpenSips()
    settings.RLS_OPENSIPS_MI = server.url
    yield server
    server.close()


def test_rules_and_state_are_told_with_their_kind(put: Put, subscribe: Subscribe, opensips: OpenSips) -> None:
    subscribe("bob@example.test")
    put("pres-rules", rules(), path="any-name")
    put("pidf-manipulation", pidf(ALICE))
    put("org.openmobilealliance.pres-rules", rules(), owner="bob@example.test", path="pres-rules")
    put("resource-lists", friends())
    assert opensips.calls == []
    assert refreshing.tell() == 3
    assert opensips.calls == [(ALICE, "presence", 0), (ALICE, "presence", 1), (BOB, "presence", 0)]
    assert refreshing.tell() == 0 and len(opensips.calls) == 3


def test_many_writes_are_told_once_and_so_is_a_deletion(put: Put, opensips: OpenSips) -> None:
    for number in range(5):
        document = put("pres-rules", rules(number))
    put("pres-rules", rules(4))
    assert PresenceRefresh.objects.count() == 5
    assert refreshing.tell() == 1
    store.delete(document.usage, document.selector)
    assert refreshing.tell() == 1
    assert opensips.calls == [(ALICE, "presence", 0)] * 2


def test_what_was_not_written_is_not_told(put: Put, opensips: OpenSips) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put("pres-rules", rules())
        raise RuntimeError
    assert refreshing.tell() == 0


def test_where_there_is_no_opensips_nothing_is_kept(put: Put, settings: Settings) -> None:
    put("pres-rules", rules())
    assert not PresenceRefresh.objects.exists()
    assert refreshing.tell() == 0


def test_older_opensips_is_told_by_the_name_it_knows(put: Put, settings: Settings) -> None:
    old = OpenSips("refreshWatchers")
    settings.RLS_OPENSIPS_MI = old.url
    put("pres-rules", rules())
    assert refreshing.tell() == 1
    assert old.calls == [(ALICE, "presence", 0)]
    old.close()


def test_opensips_that_is_away_is_told_when_it_is_back_and_complained_of_once(
    put: Put, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    settings.RLS_OPENSIPS_MI = f"http://127.0.0.1:{port}/mi"
    put("pres-rules", rules())
    assert [refreshing.tell() for _ in range(3)] == [0, 0, 0]
    assert [record.getMessage() for record in caplog.records] == [
        "OpenSIPS does not answer, will be told later"
    ]
    back = OpenSips(port=port)
    assert refreshing.tell() == 1
    assert back.calls == [(ALICE, "presence", 0)]
    back.close()


@pytest.mark.parametrize(
    ("commands", "broken", "words"),
    [(("other",), False, "Method not found"), ((), True, "HTTP 500")],
    ids=["without the presence module", "without rules"],
)
def test_refusal_is_logged_and_not_repeated(
    put: Put,
    opensips: OpenSips,
    caplog: pytest.LogCaptureFixture,
    commands: tuple[str, ...],
    broken: bool,
    words: str,
) -> None:
    opensips.commands, opensips.broken = commands, broken
    put("pres-rules", rules())
    refreshing.tell()
    [record] = caplog.records
    assert words in record.__dict__["why"] and record.__dict__["presentity"] == ALICE
    refreshing.tell()
    assert len(caplog.records) == 1


def test_news_of_a_day_ago_is_dropped_while_nobody_answers(put: Put, settings: Settings) -> None:
    settings.RLS_OPENSIPS_MI = f"http://127.0.0.1:{free_port()}/mi"
    put("pres-rules", rules())
    PresenceRefresh.objects.update(written="2020-01-01T00:00:00Z")
    put("pres-rules", rules(1))
    refreshing.tell()
    assert PresenceRefresh.objects.count() == 1


def test_one_process_tells_at_a_time(alice: Subscriber, put: Put, opensips: OpenSips) -> None:
    from tests.django.database import connect_sync

    put("pres-rules", rules())
    with connect_sync() as other:
        other.execute("select pg_advisory_lock(%s)", (refreshing.LOCK,))
        assert refreshing.tell() == 0
        other.execute("select pg_advisory_unlock(%s)", (refreshing.LOCK,))
    assert refreshing.tell() == 1


def test_who_is_no_web_server_is_a_refusal() -> None:
    import socket
    from threading import Thread

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            accepted, _ = listening.accept()
            with accepted:
                accepted.recv(1000)
                accepted.sendall(b"SIP/2.0 400 Bad Request\r\n\r\n")

        Thread(target=answer, daemon=True).start()
        with pytest.raises(mi.Refused, match="no HTTP"):
            mi.call(f"http://127.0.0.1:{listening.getsockname()[1]}/", "ps")
