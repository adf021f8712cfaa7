"""Credentials for whoever challenges: per realm, with a nonce that serves until it is replaced."""

from __future__ import annotations

import re

import pytest

from sipworker.sip.keyring import Keyring
from sipworker.sip.message import Response
from sipworker.sip.parse import parse


def challenged(status: int, *values: str) -> Response:
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    rows = "".join(f"{name}: {value}\r\n" for value in values)
    message = parse(
        f"SIP/2.0 {status} x\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
        f"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 SUBSCRIBE\r\n"
        f"{rows}Content-Length: 0\r\n\r\n".encode()
    )
    assert isinstance(message, Response)
    return message


def digest(realm: str, nonce: str, more: str = "") -> str:
    return f'Digest realm="{realm}", nonce="{nonce}", qop="auth"{more}'


@pytest.fixture
def ring() -> Keyring:
    return Keyring.of_realms({"a.test": ("alice", "1"), "b.test": ("bob", "2")})


def lines(ring: Keyring, place: str = "host") -> list[str]:
    return ring.lines(place, "SUBSCRIBE", "sip:x@y").splitlines()


def test_nobody_gets_credentials_unasked(ring: Keyring) -> None:
    assert lines(ring) == []
    assert not ring.learn("host", challenged(401, digest("evil.test", "n")), set())
    assert lines(ring) == []


def test_nonce_is_counted_and_stays_with_its_place(ring: Keyring) -> None:
    assert ring.learn("host", challenged(401, digest("A.test", "n")), set())
    counts = [re.findall("nc=([0-9a-f]{8})", line) for _ in range(3) for line in lines(ring)]
    assert counts == [["00000001"], ["00000002"], ["00000003"]]
    assert lines(ring, "elsewhere") == []


def test_each_proxy_on_the_way_gets_its_own(ring: Keyring) -> None:
    refused: set[str] = set()
    assert ring.learn("host", challenged(407, digest("a.test", "n")), refused)
    assert ring.learn("host", challenged(401, digest("b.test", "m")), refused)
    first, second = lines(ring)
    assert first.startswith('Proxy-Authorization: Digest username="alice"')
    assert second.startswith('Authorization: Digest username="bob"')


@pytest.mark.req("R3261-22.1-2")
def test_refused_credentials_are_not_tried_again_unless_stale(ring: Keyring) -> None:
    refused: set[str] = set()
    assert ring.learn("host", challenged(401, digest("a.test", "n")), refused)
    assert not ring.learn("host", challenged(401, digest("a.test", "m")), refused)
    assert ring.learn("host", challenged(401, digest("a.test", "m", ", stale=true")), refused)
    assert 'nonce="m"' in lines(ring)[0] and "nc=00000001" in lines(ring)[0].replace("00000002", "00000001")


@pytest.mark.req("R8760-2.4-1")
def test_topmost_supported_challenge_of_a_realm_is_answered(ring: Keyring) -> None:
    offered = [digest("a.test", "n", f", algorithm={name}") for name in ("X-1", "SHA-512-256", "MD5")]
    assert ring.learn("host", challenged(401, *offered), set())
    assert "algorithm=SHA-512-256" in lines(ring)[0]
