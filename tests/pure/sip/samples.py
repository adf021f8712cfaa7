"""Messages for the tests: a proper one, with what a test is about changed."""

from __future__ import annotations

from collections.abc import Iterable

HEADERS = {
    "Via": "SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1",
    "Max-Forwards": "70",
    "From": "<sip:bob@example.com>;tag=bob1",
    "To": "<sip:alice@example.com>;tag=alice1",
    "Call-ID": "call1@192.0.2.1",
    "CSeq": "17 NOTIFY",
    "Event": "presence",
}

NOTIFY_LINE = "NOTIFY sip:rls@192.0.2.1:5060 SIP/2.0"


def raw(
    start_line: str = NOTIFY_LINE,
    *,
    change: dict[str, str] | None = None,
    without: Iterable[str] = (),
    extra: Iterable[str] = (),
    body: bytes = b"",
) -> bytes:
    """`change` replaces or adds headers, `extra` are whole lines put behind them."""
    headers = {**HEADERS, **(change or {})}
    lines = [
        start_line,
        *(f"{name}: {value}" for name, value in headers.items() if name not in without),
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body
