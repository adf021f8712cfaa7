"""What the watchlist's arguments mean."""

from __future__ import annotations

import pytest

from sipworker.watchlist.options import BadOption, Options, own_server, server_uri, sip_uri


@pytest.mark.parametrize(
    ("text", "transport", "uri"),
    [
        ("rls.example.test", None, "sip:rls.example.test;transport=udp"),
        ("sips:rls.example.test", None, "sip:rls.example.test;transport=tls"),
        ("sips:rls.example.test", "wss", "sip:rls.example.test;transport=wss"),
        ("127.0.0.1:5080", "tcp", "sip:127.0.0.1:5080;transport=tcp"),
        ("sip:[::1]:5060;transport=tcp", None, "sip:[::1]:5060;transport=tcp"),
        ("sip:rls.example.test;transport=tcp", "udp", "sip:rls.example.test;transport=udp"),
    ],
)
def test_server_is_a_host_or_a_uri(text: str, transport: str | None, uri: str) -> None:
    assert server_uri(text, transport) == uri


@pytest.mark.parametrize("text", ["sip:rls;transport=sctp", "sip:", "a b"])
def test_server_that_cannot_be_reached_is_refused(text: str) -> None:
    with pytest.raises(BadOption):
        server_uri(text, None)


def test_own_server_is_the_first_that_is_listened_on() -> None:
    listen = ["udp:192.0.2.1:5060", "tcp:192.0.2.2:5070"]
    assert own_server(listen, None) == "sip:192.0.2.1:5060;transport=udp"
    assert own_server(listen, "tcp") == "sip:192.0.2.2:5070;transport=tcp"


def test_wildcard_address_is_reached_through_loopback() -> None:
    assert own_server(["udp:0.0.0.0:5060"], None) == "sip:127.0.0.1:5060;transport=udp"
    assert own_server(["udp:[::]:5060"], None) == "sip:[::1]:5060;transport=udp"


def test_transport_that_is_not_listened_on_is_said() -> None:
    with pytest.raises(BadOption, match="no tcp address"):
        own_server(["udp:127.0.0.1:5060"], "tcp")


def test_scheme_may_be_left_out() -> None:
    assert str(sip_uri("alice@example.test", "--as")) == "sip:alice@example.test"


@pytest.mark.parametrize(
    ("event", "last"),
    [
        ("presence", "application/rlmi+xml, application/pidf+xml"),
        ("dialog", "application/rlmi+xml, application/dialog-info+xml"),
        ("unheard-of", "multipart/related, application/rlmi+xml"),
    ],
)
def test_accept_follows_the_event_package(event: str, last: str) -> None:
    assert Options("sip:l@x", "sip:a@x", "sip:s", event=event).accept.endswith(last)
