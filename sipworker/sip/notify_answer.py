"""The 200 to a NOTIFY in a dialog, the answer that a list server gives most often."""

from __future__ import annotations

from sipworker.sip.message import Request


def ok(request: Request, contact: str) -> bytes:
    """What response() makes of it, in a fraction of the time.

    The rows come from a parsed message, so they hold no line breaks.
    """
    rows = request.headers
    vias = "\r\nVia: ".join(rows["via"])
    return (
        f"SIP/2.0 200 OK\r\nVia: {vias}\r\n"
        f"From: {rows['from'][0]}\r\nTo: {rows['to'][0]}\r\n"
        f"Call-ID: {request.call_id}\r\nCSeq: {rows['cseq'][0]}\r\n"
        f"Contact: <{contact}>\r\nContent-Length: 0\r\n\r\n"
    ).encode("utf-8", "surrogateescape")
