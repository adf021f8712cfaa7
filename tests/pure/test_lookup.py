"""RFC 3263 sections 4.1 and 4.2 as a table: what DNS says, and where a URI leads."""

from __future__ import annotations

import asyncio
from typing import Any

import dns.rdata
import pytest

from sipworker.transport.lookup import Lookup, Names, NextHop, Target, ordered
from sipworker.transport.resolver import next_hop

ALL = {"udp", "tcp", "tls"}
NAPTR = {
    ("x.test", "NAPTR"): [
        '50 50 "s" "SIPS+D2T" "" _sips._tcp.x.test.',
        '90 50 "s" "SIP+D2T" "" _sip._tcp.x.test.',
        '100 50 "s" "SIP+D2U" "" _sip._udp.x.test.',
        '10 50 "u" "E2U+sip" "!.*!sip:x!" .',
    ]
}
SRV = {
    ("_sips._tcp.x.test", "SRV"): ["0 0 5061 s.x.test."],
    ("_sip._tcp.x.test", "SRV"): ["0 0 5070 a.x.test.", "1 0 5071 b.x.test."],
    ("_sip._udp.x.test", "SRV"): ["0 0 5080 a.x.test."],
}
HOSTS = {"x.test": "192.0.2.9", "a.x.test": "192.0.2.1", "b.x.test": "192.0.2.2", "s.x.test": "192.0.2.3"}
TLS, TCP, UDP = ["tls 192.0.2.3:5061"], ["tcp 192.0.2.1:5070", "tcp 192.0.2.2:5071"], ["udp 192.0.2.1:5080"]


class Zone(Names):
    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        super().__init__()
        self._records = records

    async def records(self, name: str, kind: str) -> tuple[list[Any], float]:
        texts = self._records.get((name.rstrip("."), kind), [])
        return [dns.rdata.from_text("IN", kind, text) for text in texts], 30.0

    async def addresses(self, host: str) -> tuple[list[str], float]:
        return [HOSTS[host]] if host in HOSTS else [], 60.0


ROWS: list[tuple[str, dict[tuple[str, str], list[str]], set[str], list[str]]] = [
    ("sip:x.test", NAPTR | SRV, ALL, TLS + TCP + UDP),
    ("sip:x.test", NAPTR | SRV, {"udp"}, UDP),
    ("sip:x.test", SRV, ALL, UDP + TCP + TLS),
    ("sip:x.test", {}, ALL, ["udp 192.0.2.9:5060"]),
    ("sip:x.test:5099", NAPTR | SRV, ALL, ["udp 192.0.2.9:5099"]),
    ("sip:x.test:5099;transport=tcp", NAPTR | SRV, ALL, ["tcp 192.0.2.9:5099"]),
    ("sip:x.test;transport=tcp", NAPTR | SRV, ALL, TCP),
    ("sip:x.test;transport=tcp", {}, ALL, ["tcp 192.0.2.9:5060"]),
    ("sips:x.test", NAPTR | SRV, ALL, TLS),
    ("sips:x.test", SRV, ALL, TLS),
    ("sips:x.test", {}, ALL, ["tls 192.0.2.9:5061"]),
    ("sips:x.test:5099", NAPTR, ALL, ["tls 192.0.2.9:5099"]),
    ("sip:x.test;transport=ws", NAPTR | SRV, ALL, ["ws 192.0.2.9:80"]),
    ("sips:x.test;transport=ws", SRV, ALL, ["wss 192.0.2.9:443"]),
    ("sip:unknown.test", NAPTR | SRV, ALL, []),
    ("sip:x.test", {("_sip._udp.x.test", "SRV"): ["0 0 0 ."]}, ALL, []),
    ("sip:x.test;maddr=a.x.test", {}, ALL, ["udp 192.0.2.1:5060"]),
]


@pytest.mark.req("R3263-4.1-1")
@pytest.mark.req("R3263-4.2-1")
@pytest.mark.parametrize(("uri", "records", "spoken", "expected"), ROWS)
def test_where_a_uri_leads(
    uri: str, records: dict[tuple[str, str], list[str]], spoken: set[str], expected: list[str]
) -> None:
    hop, numeric = next_hop(uri)
    assert numeric is None
    found = asyncio.run(Lookup(Zone(records), spoken).targets(hop))
    targets = ordered(found, lambda: 0.5)
    assert [f"{target.transport} {target.address[0]}:{target.address[1]}" for target in targets] == expected


@pytest.mark.req("R3263-4.1-1")
@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sip:bob@192.0.2.1", Target("udp", ("192.0.2.1", 5060))),
        ("sip:bob@192.0.2.1:5070;transport=TCP", Target("tcp", ("192.0.2.1", 5070))),
        ("sips:bob@[2001:db8::1]", Target("tls", ("2001:db8::1", 5061))),
        ("sip:[::1];transport=tls", Target("tls", ("::1", 5061))),
    ],
)
def test_addresses_need_no_look_up(uri: str, expected: Target) -> None:
    assert next_hop(uri)[1] == expected


def test_an_answer_holds_as_long_as_its_shortest_record() -> None:
    lookup = Lookup(Zone(NAPTR | SRV), ALL)
    asyncio.run(lookup.targets(NextHop("", "x.test", None)))
    assert lookup.ttl == 30.0


@pytest.mark.parametrize(("chance", "first"), [((0.5, 0.5), "heavy"), ((0.001, 0.99), "light")])
def test_equal_servers_share_by_weight(chance: tuple[float, float], first: str) -> None:
    targets = [Target("udp", ("heavy", 1), weight=9), Target("udp", ("light", 1), weight=1)]
    draws = iter(chance)
    assert ordered(targets, lambda: next(draws))[0].address[0] == first


def test_a_server_of_an_earlier_priority_comes_first_whatever_its_weight() -> None:
    targets = [Target("udp", ("later", 1), (0, 2), 100), Target("udp", ("first", 1), (0, 1), 0)]
    assert [target.address[0] for target in ordered(targets, lambda: 0.9)] == ["first", "later"]
