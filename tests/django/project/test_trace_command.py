"""`manage.py rls trace` takes what its siblings take."""

from __future__ import annotations

import time

import pytest
from django.core.management import CommandError, call_command

from rls.models import Trace, Watcher
from sipworker.operating import tracing
from tests.django.admin import rows

NUMBER = 0x12AB


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "LINGER", 0.0)


@pytest.fixture
def watcher(db: None) -> Watcher:
    watcher = rows.watcher(NUMBER, int(time.time()))
    watcher.save(force_insert=True)
    return watcher


def traced(what: str) -> tuple[str, str]:
    call_command("rls", "trace", what, "--for", "0", "--json")
    trace = Trace.objects.latest("pk")
    return trace.kind, trace.target


def test_a_subscription_is_traced_by_number_log_label_and_call_id(watcher: Watcher) -> None:
    for what in (str(NUMBER), f"{NUMBER:x}", f"0x{NUMBER:x}", watcher.callid):
        assert traced(what) == (Trace.Kind.WATCHER, str(NUMBER)), what


def test_a_user_and_a_list_are_traced_with_and_without_subscriptions(watcher: Watcher) -> None:
    user = f"{watcher.watcher_username}@{watcher.watcher_domain}"
    for name in (user, "nobody@example.test"):
        assert traced(name) == (Trace.Kind.USER, name)
    assert traced(watcher.identity) == (Trace.Kind.USER, watcher.identity.removeprefix("sip:"))
    for uri in (watcher.service_uri, "sip:none@example.test"):
        assert traced(uri) == (Trace.Kind.LIST, uri)


def test_what_names_no_subscription_is_refused(watcher: Watcher) -> None:
    for what in ("4711", "0x4711", "no-call-id"):
        with pytest.raises(CommandError, match="No subscription is"):
            traced(what)


def test_a_call_id_of_several_subscriptions_asks_which(watcher: Watcher) -> None:
    other = rows.watcher(7, int(time.time()), callid=watcher.callid, rlsubs_did=f"{watcher.callid};f;t")
    other.save(force_insert=True)
    with pytest.raises(CommandError, match=f"2 subscriptions have this Call-ID.*7.*{NUMBER}"):
        traced(watcher.callid)
