"""`manage.py rls` on a running server: what operators see and do reaches the watchers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live.conftest import NewPhone, PutList
from tests.live.rig.database import PROJECT
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, PresenceServer
from tests.live.rig.processes import Process
from tests.live.rig.secure import Authority
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import address_text

Rls = Callable[..., Any]


@pytest.fixture
def rls(server: ListServer) -> Rls:
    """Runs `manage.py rls … --json`; what it printed, and it has to end with `code`."""

    def run(*arguments: str, code: int = 0, **settings: str) -> Any:
        done = subprocess.run(
            [sys.executable, "manage.py", "rls", *arguments, "--json"],
            cwd=PROJECT,
            env={**server.environment, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout else done.stderr

    return run


def number_of(rls: Rls, phone: Phone) -> str:
    (watcher,) = rls("watchers", phone.user.removeprefix("sip:"))
    return hex(watcher["number"])  # one without letters would be a label in the log, too


@pytest.fixture
def call(phone: Phone, put_list: PutList, resources: Domain) -> ListCall:
    """Alice watches bob."""
    call = phone.subscribe(put_list("bob"))
    call.settled()
    return call


def test_status_tells_that_all_is_well(rls: Rls, server: ListServer, call: ListCall) -> None:
    eventually(lambda: server.ticked_by() == "celery", "tick by Celery")
    status = rls("status")
    assert status["faults"] == []
    assert status["watchers"]["active"] >= 1
    assert status["tick_by"] == "celery"


def test_one_subscription_is_found_by_everything_that_names_it(
    rls: Rls, call: ListCall, phone: Phone
) -> None:
    number = number_of(rls, phone)
    label = number.removeprefix("0x")
    for name in (number, call.list_uri, call.call_id, *([] if label.isdigit() else [label])):
        (shown,) = rls("show", name)
        assert (shown["call_id"], shown["list"]) == (call.call_id, call.list_uri)
        assert [each["back_end"] for each in shown["resources"]] == ["active"]
    assert "No subscription" in rls("show", "sip:nobody@nowhere.test", code=1)


def test_notify_sends_full_state_and_end_says_why(rls: Rls, call: ListCall, phone: Phone) -> None:
    version = len(call.notifies)
    number = number_of(rls, phone)
    (done,) = rls("notify", number)
    assert (done["done"], done["result"]) == (True, "full state is on its way")
    assert call.notify(version).full
    (done,) = rls("end", number, "--reason", "rejected")
    assert done["result"] == "ended: rejected"
    assert call.notify(version + 1).state == "terminated;reason=rejected"
    eventually(lambda: rls("watchers", phone.user.removeprefix("sip:")) == [], "end")


def test_drained_worker_refuses_new_subscriptions_until_it_is_told_otherwise(
    rls: Rls, call: ListCall, new_phone: NewPhone
) -> None:
    try:
        rls("drain", "1")
        refused = new_phone().call(call.list_uri).subscribe()
        assert (refused.status, refused["Retry-After"]) == (503, "5")
        assert call.subscribe().status == 200
    finally:
        rls("undrain", "1")
    assert new_phone().call(call.list_uri).subscribe().status == 200


def test_trace_shows_both_sides_of_a_subscription_until_it_is_interrupted(
    server: ListServer, phone: Phone, call: ListCall, presence: PresenceServer, tmp_path: Path
) -> None:
    recorded = tmp_path / "alice.pcap"
    user = phone.user.removeprefix("sip:")
    command = (sys.executable, "manage.py", "rls", "trace", user, "--for", "3600", "--pcap", str(recorded))
    at_once = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    trace = Process(command, {**server.environment, **at_once}, tmp_path / "trace")
    trace.start()

    def shown(*pieces: str) -> bool:
        return all(piece in trace.output() for piece in pieces)

    try:
        eventually(lambda: call.subscribe() and shown("SUBSCRIBE sip:", "SIP/2.0 200"), "trace")
        phone.subscribe(call.list_uri).notify(0)
        both = f"→ {presence.address} udp\nSUBSCRIBE", f"→ {address_text(phone.wire.local)} udp\nNOTIFY"
        eventually(lambda: shown(*both), "both sides")
    finally:
        code = trace.stop(signal.SIGINT)
    assert code == 0
    assert recorded.read_bytes()[:4] == b"\xd4\xc3\xb2\xa1"


def test_lists_are_read_again_and_records_cleaned_up(rls: Rls, call: ListCall, phone: Phone) -> None:
    assert rls("reload-list", phone.user)["documents"] >= 1
    assert rls("reload-list") == {"documents": None}
    assert rls("cleanup")["deleted"] >= 0


def test_doctor_tries_a_subscription_through_everything(rls: Rls, call: ListCall, phone: Phone) -> None:
    found = rls("doctor", "--list", call.list_uri, "--as", phone.user)
    assert {each["part"] for each in found if not each["ok"]} == set()
    parts = [each["part"] for each in found]
    assert parts[-1] == "test SUBSCRIBE"
    assert {"settings", "database", "broker", "web (XCAP, admin)", "DNS", "presence server"} <= set(parts)


def test_doctor_looks_at_each_of_several_presence_servers(
    rls: Rls, call: ListCall, phone: Phone, presence: PresenceServer
) -> None:
    good, away = f"sip:{presence.address}", f"sip:127.0.0.1:{free_port()};transport=tcp"
    arguments = ("doctor", "--list", call.list_uri, "--as", phone.user)
    found = rls(*arguments, code=1, RLS_PRESENCE_SERVER=f"{good},{away}")
    asked = [each for each in found if each["part"] == "presence server"]
    assert [(each["said"].split()[0], each["ok"]) for each in asked] == [(good, True), (away, False)]
    assert "Is it running?" in asked[1]["advice"]


def test_doctor_subscribes_by_tls_and_says_so_when_the_certificate_is_not_trusted(
    rls: Rls, server: ListServer, authority: Authority, call: ListCall, phone: Phone
) -> None:
    secure = f"sip:localhost:{server.ports['tls']};transport=tls"
    arguments = ("doctor", "--list", call.list_uri, "--as", phone.user, "--server", secure)
    assert rls(*arguments, RLS_TLS_CA=authority.path)[-1]["ok"]
    assert "certificate is refused" in rls(*arguments, code=1)[-1]["advice"]


def test_doctor_gives_advice_for_what_does_not_work(rls: Rls, call: ListCall) -> None:
    found = rls("doctor", "--list", call.list_uri, "--as", "sip:mallory@elsewhere.test", code=1)
    (failed,) = [each for each in found if not each["ok"]]
    assert "belongs to someone else" in failed["advice"]
