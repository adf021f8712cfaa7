"""URI lists of SUBSCRIBEs for xcap-diff (RFC 5875 section 4.4)."""

from __future__ import annotations

import pytest

from xcap.diff.watched import MOST, NoUriList, TooManyUris, Watched, everything, parse_uris, watched
from xcap.selectors import DocumentSelector, Xui
from xcap.selectors.root import XcapRoot

ALICE, BOB = Xui("alice", "example.com"), Xui("bob", "example.com")
ROOT = XcapRoot(lambda host: host == "xcap.example.com", "example.com")
INDEX = DocumentSelector("resource-lists", ALICE, "index")


def body(*uris: str) -> bytes:
    entries = "".join(f'<entry uri="{uri}"/>' for uri in uris)
    opening = '<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>'
    return f"{opening}{entries}</list></resource-lists>".encode()


def of(uri: str) -> Watched | None:
    return watched(uri, ROOT, ALICE)


@pytest.mark.req("X-N7")
def test_the_uris_of_the_body_are_taken_once_each() -> None:
    assert parse_uris(body("a/users/x/index", "b/", "a/users/x/index")) == ["a/users/x/index", "b/"]
    assert parse_uris(body()) == []


@pytest.mark.parametrize("text", [b"", b"<resource-lists/>", b"<x", b"<!DOCTYPE x><x/>"])
def test_another_body_is_refused(text: bytes) -> None:
    with pytest.raises(NoUriList):
        parse_uris(text)


def test_too_many_uris_are_refused() -> None:
    assert len(parse_uris(body(*map(str, range(MOST))))) == MOST
    with pytest.raises(TooManyUris):
        parse_uris(body(*map(str, range(MOST + 1))))


@pytest.mark.req("X-N10")
@pytest.mark.parametrize(
    ("uri", "sel"),
    [
        ("resource-lists/users/sip:alice@example.com/i", None),
        ("resource-lists/users/sip%3Aalice%40example.com/i", None),
        ("resource-lists/users/alice/i", None),
        ("/xcap-root/resource-lists/users/alice/i", "resource-lists/users/alice/i"),
        ("http://xcap.example.com/xcap-root/resource-lists/users/alice/i", "resource-lists/users/alice/i"),
    ],
)  # fmt: skip
def test_a_document_keeps_the_spelling_of_its_uri(uri: str, sel: str | None) -> None:
    found = of(uri)
    assert found is not None and found.covers(DocumentSelector("resource-lists", ALICE, "i"))
    assert (found.sel, found.node) == (sel or uri, None)


@pytest.mark.parametrize(
    ("uri", "yes", "no"),
    [
        ("resource-lists/", [INDEX, DocumentSelector("resource-lists", ALICE, "a/b")],
         [DocumentSelector("pres-rules", ALICE, "index"), DocumentSelector("resource-lists", BOB, "index")]),
        ("resource-lists/users/", [INDEX], [DocumentSelector("resource-lists", BOB, "index")]),
        ("resource-lists/users/bob/", [DocumentSelector("resource-lists", BOB, "index")], [INDEX]),
        ("resource-lists/global/", [DocumentSelector("resource-lists", None, "company")], [INDEX]),
        ("pres-rules/users/alice/folder/", [DocumentSelector("pres-rules", ALICE, "folder/x")],
         [DocumentSelector("pres-rules", ALICE, name) for name in ("folder", "folder2/x")]),
    ],
)  # fmt: skip
def test_a_collection_has_what_is_below(
    uri: str, yes: list[DocumentSelector], no: list[DocumentSelector]
) -> None:
    found = of(uri)
    assert found is not None and found.collection
    assert all(map(found.covers, yes)) and not any(map(found.covers, no))


def test_everything_is_the_subscribers_own() -> None:
    assert everything(ALICE).covers(INDEX)
    assert not everything(ALICE).covers(DocumentSelector("resource-lists", BOB, "index"))


@pytest.mark.req("X-N8")
def test_components_are_watched_with_the_bindings_of_the_query() -> None:
    uri = "resource-lists/users/alice/index/~~/resource-lists/x:list%5b@name=%22a%22%5d?xmlns(x=urn:x)"
    found = of(uri)
    assert found is not None and found.sel == uri and found.node is not None
    assert str(found.node.steps[1].name) == "{urn:x}list"


@pytest.mark.parametrize(
    "uri",
    [
        "", "/", "index", "unknown-usage/users/alice/index", "xcap-caps/global/index", "//",
        "rls-services/global/index", "pidf-manipulation/global/index",
        "resource-lists/users/alice/index/~~/resource-lists/namespace::*",
        "resource-lists/users/alice/index/~~/a[", "resource-lists/users/alice/../index",
        "http://other.example.com/xcap-root/resource-lists/users/alice/index",
        "/elsewhere/resource-lists/users/alice/index", "%ff/users/alice/",
    ],
)  # fmt: skip
def test_what_can_never_be_there_is_ignored(uri: str) -> None:
    assert of(uri) is None
