from __future__ import annotations

import pytest

from sipworker.sip.message import MalformedMessage, Request, Response, parse, response, with_received
from tests.pure.sip.samples import raw

VIAS = ['SIP / 2.0 / UDP a ;branch=z9hG4bKa;Strange="X", SIP/2.0/TCP b;branch=z9hG4bKb', "SIP/2.0/TLS c"]


def request(**change: str) -> Request:
    message = parse(raw(change={name.replace("_", "-"): value for name, value in change.items()}))
    assert isinstance(message, Request)
    return message


def answer(to: Request, status: int = 200, to_tag: str | None = None) -> Response:
    message = parse(response(to, status, to_tag=to_tag), stream=True)
    assert isinstance(message, Response)
    return message


@pytest.mark.req("R3261-8.2.6.2-1")
def test_a_response_copies_what_ties_it_to_its_request() -> None:
    asked = parse(raw(change={"Via": VIAS[0], "From": 'B  <sip:b@c>;x;tag="q"'}, extra=[f"Via: {VIAS[1]}"]))
    assert isinstance(asked, Request)
    answered = answer(asked)
    assert answered.rows("via") == VIAS
    for name in ("from", "to", "call-id", "cseq"):
        assert answered.rows(name) == asked.rows(name)


@pytest.mark.req("R3261-8.2.6.2-1")
@pytest.mark.parametrize("to", ["<sip:a@b>", "sip:a@b", '"A" <sip:a@b;tag=no>;x="tag=1"'])
def test_a_to_without_tag_gets_ours(to: str) -> None:
    assert answer(request(To=to), to_tag="ours").rows("to") == [f"{to};tag=ours"]


@pytest.mark.req("R3261-8.2.6.2-1")
def test_a_to_with_tag_keeps_it() -> None:
    assert answer(request(), to_tag="ours").to.tag == "alice1"


def test_a_to_nobody_can_read_is_copied_untouched() -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(raw(change={"To": '"open <sip:a@b>'}))
    assert caught.value.request is not None
    assert b'\r\nTo: "open <sip:a@b>\r\n' in response(caught.value.request, 400, to_tag="ours")


def test_the_reason_is_the_usual_one_unless_given() -> None:
    assert response(request(), 489).startswith(b"SIP/2.0 489 Bad Event\r\n")
    assert response(request(), 400, "No Event").startswith(b"SIP/2.0 400 No Event\r\n")
    assert response(request(), 299).startswith(b"SIP/2.0 299 \r\n")


@pytest.mark.req("R3261-7.4.1-1")
def test_headers_and_body_are_added() -> None:
    data = response(
        request(), 200, headers=[("Expires", "60"), ("Content-Type", "text/plain")], body=b"\xff\r\n"
    )
    message = parse(data, stream=True)
    assert (message.header("expires"), message.body) == ("60", b"\xff\r\n")


@pytest.mark.parametrize("evil", ["a\r\nRoute: <sip:evil>", "a\nb", "a\rb"])
def test_a_response_never_carries_a_line_break_from_a_value(evil: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        response(request(), 200, headers=[("Warning", evil)])
    with pytest.raises(ValueError, match="line break"):
        response(request(), 200, evil)


@pytest.mark.req("R3261-18.2.1-2")
@pytest.mark.parametrize(
    ("sent_by", "source", "received"),
    [
        ("192.0.2.7:5060", "192.0.2.7", None),
        ("[2001:db8::1]:5060", "2001:db8::1", None),
        ("192.0.2.7", "198.51.100.9", "198.51.100.9"),
        ("pc33.example.com", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7;received=203.0.113.1", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_received_tells_where_a_request_really_came_from(
    sent_by: str, source: str, received: str | None
) -> None:
    asked = with_received(request(Via=f"SIP/2.0/UDP {sent_by};branch=z9hG4bK1"), source, 40000)
    assert answer(asked).via.params.get("received") == received
    assert "rport" not in asked.via.params


@pytest.mark.req("R3581-4-1")
@pytest.mark.parametrize("rport", ["rport", "rport=1"])
def test_rport_is_filled_with_the_source_port_and_received_added(rport: str) -> None:
    via = f"SIP/2.0/UDP 192.0.2.7;{rport};branch=z9hG4bK1, SIP/2.0/UDP next;branch=z9hG4bK2"
    answered = answer(with_received(request(Via=via), "192.0.2.7", 40000))
    assert answered.via.params == {"rport": "40000", "branch": "z9hG4bK1", "received": "192.0.2.7"}
    assert answered.values("via")[1] == "SIP/2.0/UDP next;branch=z9hG4bK2"


@pytest.mark.req("D2")
def test_the_answer_to_another_version_keeps_its_via() -> None:
    via = "SIP/7.0/UDP c.example.com;branch=z9hG4bK7"
    with pytest.raises(MalformedMessage) as caught:
        parse(raw("NOTIFY sip:a@b SIP/7.0", change={"Via": via}))
    assert caught.value.request is not None
    asked = with_received(caught.value.request, "192.0.2.7", 5060)
    assert f"Via: {via};received=192.0.2.7".encode() in response(asked, 505)
