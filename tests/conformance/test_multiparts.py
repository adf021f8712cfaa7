"""SUBSCRIBEs whose body has several parts (RFC 5621): each is used, left out or refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.conformance.multiparts import FILTERS, OPTIONAL, filter_part, multipart, part
from tests.conformance.recipients import MEDIA_TYPE, bringing_parts, list_part, refreshing
from tests.conformance.situations import Peers
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall

UNKNOWN = {
    "required": part("text/odd", "odd", "render;handling=required"),
    "by default": part("text/odd", "odd"),
    "within": part(*multipart(part("text/odd", "odd", "render"))),
    "of no alternative": part(*multipart(part("text/odd", "1"), OPTIONAL, kind="alternative")),
}
"""Has to be understood."""


def filters_of(subscribe: Message) -> set[str]:
    return (
        {str(name) for name in etree.fromstring(subscribe.body).xpath("//@id")} if subscribe.body else set()
    )


def refreshed(call: ListCall, *parts: str) -> int:
    """The status of a refresh that brings these."""
    kind, body = multipart(*parts)
    refreshing(call).body = body.encode()
    return call.subscribe(3600, [*call.headers, f"Content-Type: {kind}"]).status


@pytest.mark.req("R5621-4.2-1", "R4660-4.1-1", "R4660-4.2-1")
def test_list_and_filter_are_both_used(peers: Peers) -> None:
    call = bringing_parts(peers, list_part(*peers.subject.members), filter_part("first"))
    assert call.subscribe().status == 200
    assert call.settled().resources == list(peers.subject.members)
    dialog = peers.resources.dialog(peers.member)
    assert (dialog.first["Content-Type"], filters_of(dialog.first)) == (FILTERS, {"first"})
    assert refreshed(call, OPTIONAL, filter_part("first").replace("first", "second")) == 488, "for the same"
    assert refreshed(call, OPTIONAL, filter_part("first").replace("p:presence", "p:tuple")) == 200
    assert b"p:tuple" in peers.resources.dialog(peers.member, count=2).first.body


@pytest.mark.req("R5621-4.2-1", "R4660-4.1-1")
def test_filter_in_a_multipart_is_used(peers: Peers) -> None:
    """Also in one that came of a refresh."""
    kind, body = multipart(filter_part("first"))
    call = peers.call()
    call.body = body.encode()
    assert call.subscribe(3600, [*call.headers, f"Content-Type: {kind}"]).status == 200
    assert filters_of(peers.resources.dialog(peers.member).first) == {"first"}
    later = peers.subscribed()
    assert not peers.resources.dialog(peers.member, count=2).first.body
    assert refreshed(later, filter_part("later")) == 200
    assert filters_of(peers.resources.dialog(peers.member, count=3).first) == {"later"}


@pytest.mark.req("R5621-8.4-1")
@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN)
def test_part_that_has_to_be_understood_is_refused(peers: Peers, unknown: str) -> None:
    """Whatever stands beside it."""
    call = bringing_parts(peers, list_part(*peers.subject.members), unknown)
    answer = call.subscribe()
    assert (answer.status, MEDIA_TYPE in answer["Accept"]) == (415, True)
    stored = peers.subscribed()
    assert refreshed(stored, filter_part("first"), unknown) == 415
    assert stored.settled().resources == list(peers.subject.members)
    assert not peers.resources.dialog(peers.member).first.body
    assert not call.notifies


@pytest.mark.req("R5621-4.2-1", "R5363-4.1-1")
def test_part_that_is_optional_is_left_out(peers: Peers) -> None:
    call = bringing_parts(peers, OPTIONAL, list_part(*peers.subject.members))
    assert call.subscribe().status == 200
    assert call.notify(0).resources == list(peers.subject.members)


@pytest.mark.req("R5621-4.2-1")
@pytest.mark.parametrize("kind", ["mixed", "alternative", "related", "odd"])
def test_list_is_found_in_an_inner_multipart(peers: Peers, kind: str) -> None:
    other = OPTIONAL if kind == "mixed" else part("text/uri-list", "sip:x@example.com", "recipient-list")
    parts = [list_part(*peers.subject.members), *([] if kind == "odd" else [other])]
    call = bringing_parts(peers, OPTIONAL, part(*multipart(*parts, kind=kind)))
    assert call.subscribe().status == 200
    assert call.notify(0).resources == list(peers.subject.members)


@pytest.mark.req("R5367-5.1-1")
def test_list_beside_a_filter_is_refused_in_a_dialog(peers: Peers) -> None:
    call = peers.subscribed()
    assert refreshed(call, filter_part("first"), list_part(peers.member)) == 415
    assert refreshed(call, filter_part("first")) == 200


def deep(member: str) -> str:
    inner = list_part(member)
    for _ in range(40):
        inner = part(*multipart(inner))
    return inner


def test_hostile_nesting_is_refused(peers: Peers) -> None:
    assert bringing_parts(peers, deep(peers.member)).subscribe().status == 415
    assert bringing_parts(peers, *[list_part(peers.member)] * 100).subscribe().status == 400
    call = bringing_parts(peers, list_part(peers.member))
    call.body = call.body[: call.body.rindex(b"--")]
    assert call.subscribe().status == 400
    assert not peers.resources.dialogs_of(peers.member)
