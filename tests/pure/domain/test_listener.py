"""Listening addresses as settings write them."""

import pytest

from rls.domain.listener import InvalidListener, Listener


@pytest.mark.parametrize("text", ["udp:127.0.0.1:5060", "tcp:[::1]:0", "udp:0.0.0.0:65535"])
def test_text_comes_back(text: str) -> None:
    assert str(Listener.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("127.0.0.1:5060", "transport '127.0.0.1' is unknown"),
        ("sctp:127.0.0.1:5060", "may be udp, tcp, tls, ws, wss"),
        ("udp:localhost:5060", "not an IP address"),
        ("udp:::1:5060", "in brackets"),
        ("udp:127.0.0.1", "not an IP address"),
        ("udp:127.0.0.1:-1", "port '-1'"),
        ("udp:127.0.0.1:70000", "from 0 to 65535"),
        ("udp:127.0.0.1:٥", "port"),
    ],
)
def test_senseless_text_is_explained(text: str, reason: str) -> None:
    with pytest.raises(InvalidListener, match=reason):
        Listener.parse(text)


@pytest.mark.parametrize(
    ("text", "loopback"), [("udp:127.0.0.2:1", True), ("tcp:[::1]:1", True), ("udp:[::]:1", False)]
)
def test_loopback_is_known(text: str, loopback: bool) -> None:
    assert Listener.parse(text).loopback is loopback
