"""SUBSCRIBEs that bring their list along (RFC 5367)."""

from __future__ import annotations

import zlib

from tests.conformance.multiparts import multipart, part
from tests.conformance.situations import Peers, Situation
from tests.live.rig.documents import resource_lists
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall, token

MEDIA_TYPE = "application/resource-lists+xml"
REQUIRE = "Require: recipient-list-subscribe"


def list_of(*uris: str) -> str:
    entries = "".join(f'<entry uri="{uri}"/>' for uri in uris)
    return resource_lists(f"<list>{entries}</list>")


def bringing(
    peers: Peers,
    document: str,
    *,
    require: bool = True,
    kind: str = MEDIA_TYPE,
    coding: str = "",
    disposition: str = "recipient-list",
) -> ListCall:
    """A call whose first SUBSCRIBE brings a list to a URI that is none."""
    call = peers.call(f"sip:adhoc-{token()}@{peers.subject.domain}")
    call.body = document.encode()
    if coding == "deflate":
        call.body = zlib.compress(call.body)
    call.headers = (
        *call.headers,
        *([REQUIRE] if require else []),
        *([f"Content-Type: {kind}"] if document else []),
        *([f"Content-Disposition: {disposition}"] if disposition else []),
        *([f"Content-Encoding: {coding}"] if coding else []),
    )
    return call


def bringing_parts(peers: Peers, *parts: str) -> ListCall:
    """A call whose first SUBSCRIBE brings a list among other things."""
    kind, body = multipart(*parts)
    return bringing(peers, body, kind=kind, disposition="")


def list_part(*uris: str) -> str:
    return part(MEDIA_TYPE, list_of(*uris), "recipient-list")


def refreshing(call: ListCall) -> ListCall:
    """Let its next SUBSCRIBE bring nothing."""
    call.body = b""
    call.headers = call.headers[:2]
    return call


def brought(document: str, *, require: bool = True) -> Situation:
    """`{member}` in the document is a member's URI."""

    def situation(peers: Peers) -> Message:
        return bringing(peers, document.replace("{member}", peers.member), require=require).subscribe()

    return situation


def too_long(peers: Peers) -> Message:
    uris = (f"sip:u{number}@{peers.subject.domain}" for number in range(1001))
    return bringing(peers, list_of(*uris), coding="deflate").subscribe()


def refreshed_with_list(peers: Peers) -> Message:
    """The answer to a refresh that brings a list; the subscription lives."""
    call = bringing(peers, list_of(peers.member))
    assert call.subscribe().status == 200
    call.notify(0)
    call.headers = tuple(header for header in call.headers if not header.startswith("Require"))
    reply = call.subscribe()
    assert refreshing(call).subscribe().status == 200
    return reply
