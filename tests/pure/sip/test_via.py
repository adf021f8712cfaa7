from __future__ import annotations

import pytest

from sipworker.sip.headers import Via
from sipworker.sip.message import MalformedMessage, parse
from tests.pure.sip.samples import raw


@pytest.mark.req("R3261-20.42-1")
@pytest.mark.parametrize(
    "value",
    [
        "SIP/2.0/UDP host:5060;branch=z9hG4bK1",
        "SIP / 2.0 / UDP host : 5060 ; branch = z9hG4bK1",
        "sip/2.0/udp\t host:5060;BRANCH=z9hG4bK1",
    ],
)
def test_space_around_slashes_and_colon_means_nothing(value: str) -> None:
    via = Via.parse(value)
    assert (via.transport, via.host, via.port, via.branch) == ("UDP", "host", 5060, "z9hG4bK1")
    assert str(via).lower() == "sip/2.0/udp host:5060;branch=z9hg4bk1"


@pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]", "proxy-1.example.com", "a_b.example"])
def test_hosts_are_kept_as_written(host: str) -> None:
    assert Via.parse(f"SIP/2.0/TLS {host};branch=z9hG4bK1").host == host
    assert Via.parse(f"SIP/2.0/TLS {host}:5061;rport;branch=z9hG4bK1").port == 5061


@pytest.mark.req("R3261-7.3.1-1")
def test_the_top_via_is_the_first_of_the_first_row() -> None:
    message = parse(raw(change={"Via": 'SIP/2.0/UDP a;branch=z9hG4bKa;x="1,2", SIP/2.0/TCP b'}))
    assert (message.via.host, message.via.params["x"]) == ("a", '"1,2"')
    assert len(message.values("via")) == 2


@pytest.mark.parametrize(
    "value",
    [
        "",
        ",",
        "SIP/2.0/UDP",
        "SIP/2.0 host",
        "SIP/2.0/UDP ho st",
        "SIP/2.0/UDP host:65536;branch=z9hG4bK1",
        "SIP/2.0/UDP host:99999 ;branch=z9hG4bK1",
        "SIP/2.0/UDP host:;branch=z9hG4bK1",
        "SIP/2.0/UDP host;;branch=z9hG4bK1",
        "SIP/2.0/UDP host;branch=",
        "SIP/2.0/UDP host;branch=a;branch=b",
        "SIP/2.0/UDP host;branch=a b",
        'SIP/2.0/UDP host;x="',
    ],
)
def test_a_broken_via_is_refused_and_cannot_be_answered(value: str) -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(raw(change={"Via": value}))
    assert caught.value.request is None


@pytest.mark.req("R3261-17.2.3-1")
@pytest.mark.parametrize(
    ("branch", "unique"),
    [(";branch=z9hG4bK1", True), (";branch=Z9HG4BK1", True), (";branch=z9hG4bK", False), ("", False)],
)
def test_only_a_branch_beyond_the_cookie_is_unique(branch: str, unique: bool) -> None:
    assert Via.parse(f"SIP/2.0/UDP host{branch}").has_unique_branch is unique
