"""What does not parse or cannot be served gets the reply of the decision table, or none, and harms nobody."""

from __future__ import annotations

import random
import time

import pytest

from sipworker.engine.complaints import QUIET
from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig.list_notify import DATA
from tests.live.rig.list_server import ListServer
from tests.live.rig.memory import own_memory
from tests.live.rig.message import Message
from tests.live.rig.phone import Phone, token
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.wire import UdpWire, Wire

ALLOW = "SUBSCRIBE, NOTIFY, OPTIONS, CANCEL, ACK"


def without(request: bytes, *names: str) -> bytes:
    """The request less the rows of some headers."""
    lines = request.split(b"\r\n")
    return b"\r\n".join(line for line in lines if line.split(b":")[0].decode() not in names)


@pytest.mark.req("R3261-8.1.1.8-1")
@pytest.mark.req("R3261-8.2.2.1-2")
@pytest.mark.req("R3261-8.2.2.3-1")
@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        pytest.param(b"CSeq: 1 SUBSCRIBE", b"CSeq: one SUBSCRIBE", 400, id="CSeq is no number"),
        pytest.param(b"CSeq: 1 SUBSCRIBE", b"CSeq: 1 NOTIFY", 400, id="CSeq names another method"),
        pytest.param(b"Content-Length: 0", b"Content-Length: 500", 400, id="body is too short"),
        pytest.param(b" SIP/2.0\r\nVia", b" SIP/3.0\r\nVia", 505, id="version"),
        pytest.param(b"SUBSCRIBE sip:", b"SUBSCRIBE http:", 416, id="scheme"),
        pytest.param(b"Event:", b"Require: foo, eventlist\r\nEvent:", 420, id="unknown extension"),
        pytest.param(b"Event:", b"Event: dialog\r\nEvent:", 400, id="two Events"),
        pytest.param(b"Contact:", b"Contact: <sip:a@127.0.0.1>\r\nContact:", 400, id="two Contacts"),
    ],
)
def test_broken_subscribe_is_refused(
    before: bytes, after: bytes, status: int, phone: Phone, put_list: PutList
) -> None:
    request = phone.call(put_list("bob")).request(3600)
    assert before in request
    response = phone.ask(request.replace(before, after, 1))
    assert response.status == status
    assert response.rows("Unsupported") == (["foo"] if status == 420 else [])


@pytest.mark.req("R6665-4.2.3-1")
@pytest.mark.req("R3265-7.1-1")
@pytest.mark.parametrize(
    ("name", "status"),
    [("From", 400), ("To", 400), ("Call-ID", 400), ("CSeq", 400), ("Contact", 400), ("Event", 489)],
)
def test_missing_header_is_refused(name: str, status: int, phone: Phone, put_list: PutList) -> None:
    response = phone.ask(without(phone.call(put_list("bob")).request(3600), name))
    assert response.status == status
    assert response.rows("Allow-Events") == (["presence, dialog, xcap-diff"] if status == 489 else [])


@pytest.mark.req("R3261-8.2.1-1")
@pytest.mark.req("R3261-21.5.2-1")
@pytest.mark.parametrize(("method", "status"), [("FOO", 501), ("INVITE", 405), ("REGISTER", 405)])
def test_other_methods_are_refused(method: str, status: int, phone: Phone, domain: str) -> None:
    response = phone.ask(phone.request(method, f"sip:rls@{domain}"))
    assert (response.status, response["Allow"]) == (status, ALLOW)


@pytest.mark.req("R3261-11.2-1")
@pytest.mark.req("R6665-4.4.4-2")
def test_options_tell_what_is_served(phone: Phone, domain: str) -> None:
    response = phone.ask(phone.options(f"sip:{domain}"))
    assert response.status == 200
    assert (response["Accept-Encoding"], response["Accept-Language"]) == ("deflate, gzip, identity", "en")
    assert (response["Allow"], response["Supported"]) == (ALLOW, "eventlist, recipient-list-subscribe")
    assert response["Allow-Events"] == "presence, dialog, xcap-diff"


@pytest.mark.req("R3261-12.2.2-1")
def test_unknown_dialog_is_told(phone: Phone, put_list: PutList) -> None:
    call = phone.call(put_list("bob"))
    call.to_tag = token()
    assert call.subscribe().status == 481


@pytest.mark.req("R6665-4.6-1")
def test_cancel_is_answered_and_changes_nothing(phone: Phone, put_list: PutList, resources: Domain) -> None:
    call = phone.call(put_list("bob"))
    request = call.request(3600)
    phone.send(request)
    assert phone.response_to(request).status == 200
    cancel = request.replace(b"SUBSCRIBE sip:", b"CANCEL sip:").replace(b"1 SUBSCRIBE", b"1 CANCEL")
    phone.send(without(cancel, "Event", "Expires", "Accept", "Supported", "Contact"))
    cancelled = phone.inbox.wait(lambda message: message.status > 0 and message.method == "CANCEL")
    assert cancelled.status == 200
    assert call.settled().state.startswith("active")


@pytest.mark.req("R3261-8.2.2.3-1")
def test_unknown_extension_in_a_back_end_notify_is_refused(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    bob = resources.dialog(f"sip:bob@{domain}")
    assert bob.last is not None
    request = bob.notify_request(bob.last)
    bob.send(request.replace(b"Event:", b"Require: foo\r\nEvent:"))
    assert bob.answer_to_last().status == 420
    assert bob.notify(pidf("bob", "understood")).status == 200


def garbage(seed: int = 4475) -> list[bytes]:
    """Torture messages, pieces of them, and noise."""
    randomness = random.Random(seed)
    files = [path.read_bytes() for path in sorted((DATA / "torture").glob("*.sip"))]
    pieces = [data[: randomness.randrange(len(data))] for data in files]
    noise = [randomness.randbytes(randomness.randrange(1, 1500)) for _ in range(100)]
    return [*files, *pieces, *noise, b"\0", b"\r\n" * 40, b"SIP/2.0 200 OK\r\n\r\n"]


@pytest.mark.req("R3261-18.3-1")
@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_garbage_never_stops_the_worker(
    kind: str,
    server: ListServer,
    new_phone: NewPhone,
    phone: Phone,
    put_list: PutList,
    resources: Domain,
    domain: str,
) -> None:
    call = phone.subscribe(put_list("bob"))
    call.settled()
    attacker = new_phone("mallory", kind=kind)
    attacker.respond = lambda request: None
    for data in garbage():
        attacker = _send(attacker, data, new_phone, kind)
    resources.dialog(f"sip:bob@{domain}").notify(pidf("bob", "unharmed"))
    assert call.notify(2).body_of(f"sip:bob@{domain}") == pidf("bob", "unharmed")
    assert server.worker.lives
    assert "Traceback" not in server.worker.output()


WARM = 20
"""Rounds after which the worker has taken what it needs of the memory."""


@pytest.mark.req("R3261-18.3-1")
def test_garbage_without_end_takes_no_memory_and_a_line_of_the_log_each_minute(
    start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    """Other garbage in each round; a quarter of it is far more than the worker may have kept."""
    server = start_worker(RLS_SOURCE_RATE="0", RLS_DOMAINS=domain)
    phone, attacker = new_phone(at=server), UdpWire()
    start = time.monotonic()
    warm, sent = 0.0, 0
    for seed in range(WARM + 150):
        if seed == WARM:
            warm, sent = own_memory(server.worker.pid), 0
        sent += bombard(attacker, garbage(seed), phone)
    attacker.close()
    assert own_memory(server.worker.pid) - warm < sent / 1000 / 4
    lines = server.worker.output().count("malformed message")
    assert 1 <= lines <= 1 + (time.monotonic() - start) // QUIET


def bombard(attacker: Wire, messages: list[bytes], phone: Phone) -> int:
    """Send them, no faster than the server reads; how many bytes they are."""
    for number, data in enumerate(messages, 1):
        attacker.send(data, phone.server)
        if number % 50 == 0:
            assert phone.ask(phone.request("OPTIONS", phone.user)).status == 200
    return sum(map(len, messages))


def _send(attacker: Phone, data: bytes, new_phone: NewPhone, kind: str) -> Phone:
    """The phone for the next message: a stream that got nonsense is closed by the server."""
    try:
        attacker.send(data)
    except OSError:
        attacker = new_phone("mallory", kind=kind)
        attacker.send(data)
    return attacker


@pytest.mark.req("R3261-18.3-1")
def test_bytes_after_the_body_are_ignored(phone: Phone, put_list: PutList, resources: Domain) -> None:
    request = phone.call(put_list("bob")).request(3600)
    assert phone.ask(request + b"surplus").status == 200


def test_publish_belongs_to_the_presence_server(phone: Phone, resources: Domain, domain: str) -> None:
    request = phone.request("PUBLISH", f"sip:alice@{domain}", "Event: presence", body=pidf("alice"))
    assert phone.ask(request).status == 200
    (forwarded,) = resources.requests.all()
    assert forwarded.body == Message(request, 0.0, phone.wire.local).body
