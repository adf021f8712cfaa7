"""How many SIP messages one CPU-second parses: `python bench/parse_rate.py`.

Each slice is short and the best of many counts, so that neighbours on the machine do not. The calibration
line (a plain loop) makes figures of different machines comparable.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sipworker.sip.message import Message, Request, parse, response, with_received

SLICES, PER_SLICE = 400, 100

_BODY = b"<presence>" + b"x" * 690


def _message(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


NOTIFY = _message(
    "NOTIFY sip:rls@192.0.2.1:5060 SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK3f2.1a2b3c4d.0",
    "Max-Forwards: 70",
    "From: <sip:bob@example.com>;tag=a6a1c5f60faecf035a1ae5b6e96e979a-a5e4",
    "To: <sip:alice@example.com>;tag=51a5b6c7d8",
    "Call-ID: 0d1f3c5a7b9e2468ace13579bdf02468@192.0.2.1",
    "CSeq: 17 NOTIFY",
    "Contact: <sip:192.0.2.7:5060;transport=udp>",
    "User-Agent: presence server",
    "Event: presence",
    "Subscription-State: active;expires=3540",
    "Content-Type: application/pidf+xml",
    body=_BODY,
)
SUBSCRIBE = _message(
    "SUBSCRIBE sip:friends@example.com SIP/2.0",
    "Via: SIP/2.0/TCP 198.51.100.4:41234;branch=z9hG4bK.Ab3~x9;rport",
    'From: "Alice" <sip:alice@example.com>;tag=Zk3m~Q',
    "To: sip:friends@example.com",
    "CSeq: 20 SUBSCRIBE",
    "Call-ID: d8aXkq2LrV",
    "Max-Forwards: 70",
    "Supported: replaces, outbound, gruu, eventlist",
    "Event: presence",
    "Expires: 600",
    "Accept: multipart/related, application/rlmi+xml, application/pidf+xml",
    'Contact: <sip:alice@198.51.100.4:41234;transport=tcp>;+sip.instance="<urn:uuid:1>"',
    "User-Agent: phone",
)
OK = _message(
    "SIP/2.0 200 OK",
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77;rport=5060;received=192.0.2.1",
    "From: <sip:friends@example.com>;tag=ours",
    "To: <sip:alice@example.com>;tag=theirs",
    "Call-ID: d8aXkq2LrV",
    "CSeq: 4 NOTIFY",
)


def look(message: Message) -> tuple[object, ...]:
    """What matching a message to its dialog and transaction needs."""
    return (
        message.call_id,
        message.cseq,
        message.from_tag,
        message.to_tag,
        message.via.params.get("branch"),
    )


def answer() -> bytes:
    request = parse(NOTIFY)
    assert isinstance(request, Request)
    return response(with_received(request, "192.0.2.7", 5060), 200)


def rate(work: Callable[[], object]) -> float:
    """Calls per CPU-second, the best slice."""
    best = float("inf")
    for _ in range(SLICES):
        start = time.process_time()
        for _ in range(PER_SLICE):
            work()
        best = min(best, time.process_time() - start)
    return PER_SLICE / best


def calibrate() -> None:
    words = {}
    for number in range(100):
        words[f"{number}"] = number


def main() -> None:
    for name, work in {
        "calibration (100 dict stores)": calibrate,
        "NOTIFY, parsed": lambda: parse(NOTIFY),
        "NOTIFY, parsed and matched": lambda: look(parse(NOTIFY)),
        "NOTIFY, parsed and answered": answer,
        "SUBSCRIBE, parsed and matched": lambda: look(parse(SUBSCRIBE)),
        "200, parsed and matched": lambda: look(parse(OK)),
    }.items():
        sys.stdout.write(f"{name:32}{rate(work):10.0f} per CPU-second\n")


if __name__ == "__main__":
    main()
