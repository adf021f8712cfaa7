"""RFC 5922 section 7: whom a certificate speaks for."""

from __future__ import annotations

import pytest

from sipworker.transport.identity import identities, proves

ROWS = [
    ([("DNS", "Example.com"), ("DNS", "sip.example.com")], {"example.com", "sip.example.com"}),
    ([("URI", "sip:example.com"), ("DNS", "host.example.net")], {"example.com"}),
    ([("URI", "sip:alice@example.com"), ("DNS", "example.com")], {"example.com"}),
    ([("URI", "https://example.com"), ("URI", "sips:example.net")], set()),
    ([("IP Address", "192.0.2.1"), ("IP Address", "2001:DB8:0:0:0:0:0:1\n")], {"192.0.2.1", "2001:db8::1"}),
    ([], set()),
]


@pytest.mark.req("R5922-7.2-1")
@pytest.mark.parametrize(("names", "expected"), ROWS)
def test_names_in_a_certificate(names: list[tuple[str, str]], expected: set[str]) -> None:
    subject = ((("commonName", "never.example.com"),),)
    assert identities({"subject": subject, "subjectAltName": tuple(names)}) == expected


@pytest.mark.req("R5922-7.2-1")
@pytest.mark.parametrize("name", ["a.example.com", "ample.com", "com", "example.com.test"])
def test_neither_wildcards_nor_parts_of_names_count(name: str) -> None:
    assert not proves(name, frozenset({"*.example.com", "example.com"}))
    assert proves("Example.COM", frozenset({"example.com"}))


def test_no_certificate_speaks_for_nobody() -> None:
    assert identities(None) == frozenset()
