"""xcap-diff documents (RFC 5874): what is told in each case."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.pure.xcap.diff.applying import NS, apply, seen
from tests.pure.xcap.diff.test_patch import lists
from xcap.diff.components import Component, component
from xcap.diff.report import Mode, Present, Report, Version, report
from xcap.selectors import parse_node_selector

SEL = "resource-lists/users/sip:alice@example.com/index"
A, B, C = (lists(*names) for names in (["bob"], ["bob", "carol"], ["bob", "carol", "dave"]))
HISTORY = [Version("c", C), Version("b", B), Version("a", A)]
ROOT = "http://xcap.example.com/xcap-root/"


def told(made: Report) -> list[etree._Element]:
    """The children of the document's root."""
    root = etree.fromstring(made.body(ROOT))
    assert (root.tag, dict(root.attrib)) == (f"{{{NS}}}xcap-diff", {"xcap-root": ROOT})
    return list(root)


def attributes(made: Report) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in each.attrib.items()} for each in told(made)]


@pytest.mark.req("X-N1")
def test_full_state_names_what_exists() -> None:
    made = report({}, {SEL: Present("a")}, {})
    assert attributes(made) == [{"sel": SEL, "new-etag": "a"}]
    assert made.known == {SEL: "a"}


@pytest.mark.req("X-N3")
@pytest.mark.parametrize(
    ("known", "present", "expected"),
    [
        ({}, {SEL: Present("a")}, {"sel": SEL, "new-etag": "a"}),
        ({SEL: "a"}, {SEL: Present("b")}, {"sel": SEL, "new-etag": "b", "previous-etag": "a"}),
        ({SEL: "a"}, {}, {"sel": SEL, "previous-etag": "a"}),
    ],
    ids=["created", "changed", "removed"],
)
def test_entity_tags_say_what_happened(
    known: dict[str, str], present: dict[str, Present], expected: dict[str, str]
) -> None:
    made = report(known, present, {})
    assert attributes(made) == [expected]
    assert made.known == {sel: each.etag for sel, each in present.items()}


def test_nothing_new_is_an_empty_report() -> None:
    made = report({SEL: "a"}, {SEL: Present("a")}, {})
    assert (made.items, made.more) == ([], False)


@pytest.mark.req("X-N6")
def test_without_patching_no_patch_is_sent() -> None:
    (document,) = told(report({SEL: "a"}, {SEL: Present("c", HISTORY)}, {}))
    assert len(document) == 0 and document.get("previous-etag") == "a"


@pytest.mark.req("X-N5", "X-N6")
def test_with_patching_every_change_is_told_in_order() -> None:
    made = report({SEL: "a"}, {SEL: Present("c", HISTORY)}, {}, "xcap-patching")
    assert [(each["previous-etag"], each["new-etag"]) for each in attributes(made)] == [
        ("a", "b"),
        ("b", "c"),
    ]
    document = A
    for each, expected in zip(told(made), (B, C), strict=True):
        patched = apply(document, [etree.tostring(operation, encoding="unicode") for operation in each])
        assert seen(patched) == seen(etree.fromstring(expected))
        document = etree.tostring(patched)


@pytest.mark.req("X-N6")
def test_aggregated_changes_are_one_patch() -> None:
    made = report({SEL: "a"}, {SEL: Present("c", HISTORY)}, {}, "aggregate")
    (document,) = told(made)
    assert (document.get("previous-etag"), document.get("new-etag")) == ("a", "c")
    patched = apply(A, [etree.tostring(operation, encoding="unicode") for operation in document])
    assert seen(patched) == seen(etree.fromstring(C))


@pytest.mark.req("X-N2")
@pytest.mark.parametrize("mode", ["xcap-patching", "aggregate"])
def test_a_document_that_says_the_same_has_only_another_entity_tag(mode: Mode) -> None:
    versions = [Version("b", A + b"\n"), Version("a", A)]
    (document,) = told(report({SEL: "a"}, {SEL: Present("b", versions)}, {}, mode))
    assert [child.tag for child in document] == [f"{{{NS}}}body-not-changed"]


def test_removal_and_return_are_told_as_such() -> None:
    versions = [Version("c", C), Version("", None), Version("a", A)]
    made = report({SEL: "a"}, {SEL: Present("c", versions)}, {}, "xcap-patching")
    assert attributes(made) == [{"sel": SEL, "previous-etag": "a"}, {"sel": SEL, "new-etag": "c"}]


@pytest.mark.parametrize(
    "versions",
    [[], HISTORY[:2], [Version("x", A)]],
    ids=["none kept", "the known one forgotten", "written by SQL"],
)
def test_without_the_history_the_entity_tags_alone_are_told(versions: list[Version]) -> None:
    (document,) = told(report({SEL: "a"}, {SEL: Present("c", versions)}, {}, "xcap-patching"))
    assert len(document) == 0 and (document.get("previous-etag"), document.get("new-etag")) == ("a", "c")


def test_a_version_newer_than_what_was_read_waits_for_the_next_report() -> None:
    made = report({SEL: "a"}, {SEL: Present("b", HISTORY)}, {}, "xcap-patching")
    assert [(each["previous-etag"], each["new-etag"]) for each in attributes(made)] == [("a", "b")]


def test_a_patch_longer_than_the_document_is_not_sent() -> None:
    versions = [Version("b", b'<resource-lists xmlns="urn:x"/>'), Version("a", A)]
    (document,) = told(report({SEL: "a"}, {SEL: Present("b", versions)}, {}, "xcap-patching"))
    assert len(document) == 0


def test_a_report_without_room_for_patches_has_entity_tags() -> None:
    made = report({SEL: "a"}, {SEL: Present("c", HISTORY)}, {}, "xcap-patching", room=200)
    (document,) = told(made)
    assert len(document) == 0 and made.known == {SEL: "c"}


def test_what_has_no_room_at_all_is_told_next() -> None:
    present = {f"{SEL}{number}": Present("a") for number in range(10)}
    made = report({}, present, {}, room=400)
    assert made.more and 0 < len(made.items) < 10
    rest = report(made.known, present, {})
    assert not rest.more and len(made.items) + len(rest.items) == 10


# -- elements and attributes

ENTRY = f"{SEL}/~~/resource-lists/list/entry"


def found(path: str, body: bytes | None) -> Component:
    selector = parse_node_selector(path, default_namespace="urn:ietf:params:xml:ns:resource-lists")
    return component(body, selector)


@pytest.mark.req("X-N4")
def test_an_element_is_told_with_its_content_and_namespace() -> None:
    made = report({}, {}, {ENTRY: found("resource-lists/list/entry", A)})
    (element,) = told(made)
    assert (element.tag, element.get("sel"), element.get("exists")) == (f"{{{NS}}}element", ENTRY, None)
    assert element[0].tag == "{urn:ietf:params:xml:ns:resource-lists}entry"
    assert element[0].get("uri") == "sip:bob@example.com"


def test_an_attribute_is_told_with_its_value() -> None:
    sel = f"{ENTRY}/@uri"
    made = report({}, {}, {sel: found("resource-lists/list/entry/@uri", A.replace(b"bob@", b"b&amp;o@"))})
    (attribute,) = told(made)
    assert (attribute.tag, attribute.text) == (f"{{{NS}}}attribute", "sip:b&o@example.com")


@pytest.mark.req("X-N11")
@pytest.mark.parametrize("body", [None, b"<resource-lists/>"], ids=["with its document", "alone"])
@pytest.mark.parametrize(("path", "kind"), [("resource-lists/list/entry", "element"),
                                            ("resource-lists/list/entry/@uri", "attribute")])  # fmt: skip
def test_a_component_that_is_gone_is_told(path: str, kind: str, body: bytes | None) -> None:
    known = report({}, {}, {ENTRY: found(path, A)}).known
    made = report(known, {}, {ENTRY: found(path, body)})
    (element,) = told(made)
    assert element.tag == f"{{{NS}}}{kind}" and element.get("exists") == "false"
    assert made.known == {}


def test_a_component_that_is_missing_or_unchanged_is_not_told() -> None:
    present = found("resource-lists/list/entry", A)
    assert report({}, {}, {ENTRY: found("resource-lists/list/entry", None)}).items == []
    assert report({ENTRY: present.mark or ""}, {}, {ENTRY: present}).items == []


@pytest.mark.req("X-N14")
def test_a_component_without_room_is_told_empty() -> None:
    made = report({}, {}, {ENTRY: found("resource-lists/list/entry", A)}, room=130)
    (element,) = told(made)
    assert len(element) == 0 and element.get("exists") is None
