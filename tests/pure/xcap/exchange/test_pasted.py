from __future__ import annotations

import pytest

from xcap.exchange.pasted import pasted


@pytest.mark.parametrize(
    ("line", "uri", "name"),
    [
        ("sip:bob@x.test", "sip:bob@x.test", ""),
        ("  Bob Builder <sip:bob@x.test>,", "sip:bob@x.test", "Bob Builder"),
        ('"Builder, Bob" <bob@x.test>', "bob@x.test", "Builder, Bob"),
        ("Bob\tbob@x.test", "bob@x.test", "Bob"),
        ("bob@x.test, Bob", "bob@x.test", "Bob"),
        ("sip:bob@x.test;transport=tcp; Bob", "sip:bob@x.test;transport=tcp", "Bob"),
        ("101", "101", ""),
    ],
)
def test_line_gives_address_and_name(line: str, uri: str, name: str) -> None:
    assert list(pasted(f"\n{line}\r\n\n")) == [(uri, name)]
