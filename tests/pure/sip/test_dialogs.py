"""Dialogs as both ends keep them (RFC 3261 section 12)."""

from __future__ import annotations

import pytest

from sipworker.sip.dialog import Dialog
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.message import Request, parse

ROUTES = ("<sip:p1.example.net;lr;ftag=x>", "<sip:p2.example.net;lr>")


NORA = '"Nora, N." <sip:nora@example.net>;x=1;tag=n1'


def subscribe(*headers: tuple[str, str], from_header: str = NORA) -> Request:
    return Request.build(
        "SUBSCRIBE",
        "sip:list@example.net",
        [
            ("Via", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1"),
            ("From", from_header),
            ("To", "<sip:list@example.net>"),
            ("Call-ID", "c1"),
            ("CSeq", "7 SUBSCRIBE"),
            *headers,
        ],
    )


def contact(value: str = "<sip:nora@10.0.0.9:5070;ob>") -> tuple[str, str]:
    return "Contact", value


def sent(dialog: Dialog) -> Request:
    message = parse(
        dialog.serialize("NOTIFY", 1, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2", "Event: presence\r\n")
    )
    assert isinstance(message, Request)
    return message


@pytest.mark.req("R3261-12.1.1-2")
def test_the_uas_takes_route_set_target_sequence_and_tags_from_the_request() -> None:
    dialog = Dialog.for_server(subscribe(contact(), ("Record-Route", ", ".join(ROUTES))), "ours")
    assert dialog.route_set == ROUTES
    assert dialog.remote_target == "sip:nora@10.0.0.9:5070;ob"
    assert dialog.remote_cseq == 7
    assert dialog.did == "c1;n1;ours"


@pytest.mark.req("R3261-12.2.1.1-1")
def test_requests_swap_from_and_to_and_keep_what_stood_beside_the_tags() -> None:
    request = sent(Dialog.for_server(subscribe(contact()), "ours"))
    assert request.rows("from") == ["<sip:list@example.net>;tag=ours"]
    assert request.rows("to") == [NORA]
    assert request.call_id == "c1"


@pytest.mark.req("R3261-12.1.1-3")
def test_a_request_without_from_tag_makes_a_dialog_without_remote_tag() -> None:
    dialog = Dialog.for_server(subscribe(contact(), from_header="<sip:nora@example.net>"), "ours")
    assert dialog.remote_tag == "" and sent(dialog).to.tag is None


@pytest.mark.req("R3261-12.2.1.1-2")
def test_without_routes_the_request_uri_is_the_target() -> None:
    request = sent(Dialog.for_server(subscribe(contact()), "ours"))
    assert request.uri == "sip:nora@10.0.0.9:5070;ob" and request.rows("route") == []


@pytest.mark.req("R3261-12.2.1.1-3")
def test_loose_routes_all_go_into_route_with_their_parameters() -> None:
    dialog = Dialog.for_server(subscribe(contact(), *(("Record-Route", route) for route in ROUTES)), "ours")
    request = sent(dialog)
    assert request.uri == "sip:nora@10.0.0.9:5070;ob" and tuple(request.values("route")) == ROUTES
    assert dialog.next_hop() == "sip:p1.example.net;lr;ftag=x"


@pytest.mark.req("R3261-12.2.1.1-4")
def test_a_strict_first_route_becomes_the_request_uri_and_the_target_goes_last() -> None:
    """The example of section 12.2.1.1."""
    dialog = Dialog(
        call_id="c1", local="<sip:a@x>", local_tag="1", remote="<sip:b@y>", remote_tag="2",
        remote_target="sip:user@remoteua",
        route_set=("<sip:proxy1>", "<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>"),
    )  # fmt: skip
    request = sent(dialog)
    assert request.uri == "sip:proxy1"
    assert request.values("route") == [
        "<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>", "<sip:user@remoteua>"
    ]  # fmt: skip
    assert dialog.next_hop() == "sip:proxy1"


@pytest.mark.req("R3261-8.1.1.8-1")
@pytest.mark.parametrize(
    "headers",
    [
        (),
        (contact("<sip:a@10.0.0.1>, <sip:b@10.0.0.1>"),),
        (contact("<sip:a@10.0.0.1>"), contact("<sip:b@10.0.0.1>")),
        (contact("*"),),
        (contact("<tel:+1555>"),),
        (contact(), ("Record-Route", "<sip:>")),
        (contact(), ("Record-Route", '"unclosed <sip:p1;lr>')),
    ],
)
def test_no_dialog_without_one_sip_contact_and_usable_routes(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(MalformedMessage) as refused:
        Dialog.for_server(subscribe(*headers), "ours")
    assert refused.value.status == 400


@pytest.mark.req("R3261-12.2.2-3")
@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("<sip:nora@10.0.0.9:6000>", "sip:nora@10.0.0.9:6000"),
        ("sip:nora@10.0.0.9:6000;expires=5", "sip:nora@10.0.0.9:6000"),
        ('"N" <sip:nora@10.0.0.9:5070;ob>;q=1', "sip:nora@10.0.0.9:5070;ob"),
    ],
)
def test_a_target_refresh_moves_the_target(written: str, target: str) -> None:
    dialog = Dialog.for_server(subscribe(contact()), "ours")
    dialog.follow(subscribe(contact(written)))
    assert dialog.remote_target == target


@pytest.mark.req("R3261-12.2.2-3")
def test_a_target_refresh_without_contact_leaves_the_target() -> None:
    dialog = Dialog.for_server(subscribe(contact()), "ours")
    dialog.follow(subscribe())
    assert dialog.remote_target == "sip:nora@10.0.0.9:5070;ob"


@pytest.mark.req("R3261-12.2-1")
def test_a_target_refresh_never_changes_the_route_set() -> None:
    dialog = Dialog.for_server(subscribe(contact(), ("Record-Route", ROUTES[0])), "ours")
    dialog.follow(subscribe(contact("<sip:n@10.0.0.8>"), ("Record-Route", ROUTES[1])))
    assert dialog.route_set == ROUTES[:1]
