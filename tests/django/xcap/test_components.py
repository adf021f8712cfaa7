"""Elements, attributes and namespace bindings over HTTP (RFC 4825 sections 7.4 to 7.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from pytest_django import Settings

from rls.domain import xmlinput
from tests.django.xcap.client import XcapClient, media_type_of, path_of
from tests.django.xcap.documents import RL, friends, inline, lists, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put

INDEX = path_of("resource-lists")
LIST = f"{INDEX}/~~/resource-lists/list%5B@name=%22friends%22%5D"
BOB = "sip:bob@example.test"
ENTRY = f"{LIST}/entry%5B@uri=%22{BOB}%22%5D"
pytestmark = pytest.mark.usefixtures("alice")


@pytest.fixture
def document(put: Put) -> bytes:
    """Alice's list, in a hand of its own."""
    body = (
        f"<!-- mine -->\n<resource-lists xmlns='{RL}' xmlns:x='urn:x'>\n\t<list name='friends'>"
        f"\n\t\t<entry uri='{BOB}'  x:y='1'/> <!-- he --></list>\n</resource-lists>\n"
    ).encode()
    put("resource-lists", body)
    return body


def stored() -> bytes:
    return XcapClient().get(INDEX).content


def error_of(response: object) -> etree._Element:
    assert response.status_code == 409, response.content  # type: ignore[attr-defined]
    (error,) = etree.fromstring(response.content)  # type: ignore[attr-defined]
    return error


def conflict(target: str, body: bytes) -> str:
    before = stored()
    name = etree.QName(error_of(XcapClient().put(target, body))).localname
    assert stored() == before
    return name


@pytest.mark.req("X-E8")
@pytest.mark.req("X-E31")
@pytest.mark.req("X-G1")
@pytest.mark.req("X-G2")
@pytest.mark.req("X-C13")
def test_entry_is_created_replaced_read_and_deleted(document: bytes) -> None:
    client, target = XcapClient(), f"{LIST}/entry%5B@uri=%22sip:carol@example.test%22%5D"
    body = b'<entry uri="sip:carol@example.test"><display-name>Carol</display-name></entry>'
    tags = [client.get(INDEX)["ETag"]]
    created = client.put(target, body, If_Match=tags[0])
    assert (created.status_code, created.content) == (201, b"")
    bob = f"<entry uri='{BOB}'  x:y='1'/>".encode()
    assert stored() == document.replace(bob, bob + body)
    read = client.get(target)
    assert (read.status_code, read.content, read["ETag"]) == (200, body, created["ETag"])
    assert read["Content-Type"] == "application/xcap-el+xml"
    again = client.put(target, body, If_Match=created["ETag"])
    assert (again.status_code, again["ETag"]) == (200, created["ETag"])
    other = client.put(f"{LIST}/@name", b'"friends"', If_Match=created["ETag"])
    assert (other.status_code, other["ETag"]) == (200, client.get(INDEX)["ETag"])
    deleted = client.delete(target, If_Match=other["ETag"])
    assert (deleted.status_code, deleted["ETag"]) == (200, client.get(INDEX)["ETag"])
    assert client.delete(target).status_code == client.get(target).status_code == 404
    tags += [created["ETag"], other["ETag"], deleted["ETag"]]
    assert len(set(tags)) == 4
    assert stored() == document.replace(b"'friends'", b'"friends"')


@pytest.mark.req("X-D4")
@pytest.mark.req("X-E7")
@pytest.mark.req("X-E8")
@pytest.mark.req("X-F2")
def test_attribute_is_created_read_and_deleted(document: bytes, settings: Settings) -> None:
    client, target = XcapClient(), f"{ENTRY}/@p:note?xmlns(p=urn:x)"
    assert client.put(target, b'"a &amp; b"').status_code == 201
    assert stored() == document.replace(b"x:y='1'", b"x:y='1' x:note=\"a &amp; b\"")
    read = client.get(target)
    assert (read.content, read["Content-Type"]) == (b"a &amp; b", "application/xcap-att+xml")
    settings.RLS_XCAP_QUOTED_ATTRIBUTES = True
    assert client.get(target).content == b'"a &amp; b"'
    assert client.put(target, b"c").status_code == 200
    assert client.delete(target).status_code == 200
    assert (client.delete(target).status_code, stored()) == (404, document)


@pytest.mark.req("X-D5")
@pytest.mark.req("X-C10")
@pytest.mark.req("X-C11")
def test_namespace_bindings_are_read_and_not_written(document: bytes) -> None:
    client, target = XcapClient(), f"{LIST}/namespace::*"
    read = client.get(target)
    assert (read.status_code, read["Content-Type"]) == (200, "application/xcap-ns+xml")
    assert read.content == f'<list xmlns="{RL}" xmlns:x="urn:x"/>'.encode()
    assert read["ETag"] == client.get(INDEX)["ETag"]
    for method in ("PUT", "DELETE", "POST"):
        refused = client.request(method, target, b"<list/>")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


@pytest.mark.req("X-C1")
@pytest.mark.req("X-C11")
@pytest.mark.parametrize("target", [ENTRY, f"{ENTRY}/@uri", f"{ENTRY}/namespace::*"])
def test_head_of_a_part_has_the_headers_of_its_get(document: bytes, target: str) -> None:
    head, get = XcapClient().request("HEAD", target), XcapClient().get(target)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(get.content))
    assert head["ETag"] == get["ETag"]


@pytest.mark.req("X-C9")
@pytest.mark.req("X-C11")
def test_post_to_a_part_is_not_allowed(document: bytes) -> None:
    response = XcapClient().request("POST", ENTRY, b"<entry/>")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, PUT, DELETE")


@pytest.mark.req("X-D8")
@pytest.mark.req("X-D9")
@pytest.mark.parametrize("target", [ENTRY, f"{ENTRY}/@uri", f"{ENTRY}/namespace::*"])
def test_conditions_of_a_get_are_on_the_tag_of_the_document(document: bytes, target: str) -> None:
    client = XcapClient()
    etag = client.get(INDEX)["ETag"]
    known = client.get(target, If_None_Match=etag)
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", etag)
    assert known["Cache-Control"] == "private, no-cache"
    assert client.get(target, If_Match='"other"').status_code == 412
    assert client.get(target, If_Match=etag).status_code == 200


@pytest.mark.req("X-E27")
@pytest.mark.req("X-E28")
@pytest.mark.req("X-E29")
@pytest.mark.req("X-F7")
@pytest.mark.parametrize(
    "target", [ENTRY, f"{LIST}/entry%5B2%5D", f"{ENTRY}/@uri", f"{ENTRY}/@p:n?xmlns(p=urn:p)"]
)
def test_conditions_of_a_change_are_tested_first(document: bytes, target: str) -> None:
    client = XcapClient()
    bodies = [f"<entry uri='{BOB}'  x:y='1'/>".encode(), b"<<"]
    for headers in ({"If_Match": '"other"'}, {"If_None_Match": "*"}):
        for body in bodies:
            assert client.put(target, body, **headers).status_code == 412
        assert client.delete(target, **headers).status_code == 412
    assert stored() == document


@pytest.mark.req("X-D6")
@pytest.mark.req("X-B18")
@pytest.mark.req("X-B19")
@pytest.mark.req("X-B20")
@pytest.mark.req("X-B21")
@pytest.mark.parametrize(
    ("node", "status"),
    [
        ("resource-lists/list/entry%5B2%5D", 404),
        ("resource-lists/list%5B0%5D", 404),
        ("other", 404),
        ("resource-lists/list/@none", 404),
        ("resource-lists/list/text()", 404),
        ("resource-lists/x:list", 400),
        ("resource-lists/list/@x:y", 400),
        ("resource-lists/list%5B", 400),
        ("", 400),
    ],
)
def test_selector_that_finds_nothing_or_is_none(document: bytes, node: str, status: int) -> None:
    for method in ("GET", "HEAD", "DELETE"):
        assert XcapClient().request(method, f"{INDEX}/~~/{node}").status_code == status


@pytest.mark.req("X-D6")
@pytest.mark.req("X-B9")
def test_several_elements_are_not_found(put: Put) -> None:
    put("resource-lists", friends(BOB, "sip:carol@example.test"))
    assert XcapClient().get(f"{LIST}/entry").status_code == 404
    assert XcapClient().delete(f"{LIST}/entry").status_code == 404
    assert conflict(f"{LIST}/entry", b'<entry uri="sip:new@example.test"/>') == "cannot-insert"
    assert conflict(f"{LIST}/entry/display-name", b"<display-name/>") == "no-parent"


@pytest.mark.req("X-E6")
@pytest.mark.req("X-E7")
@pytest.mark.req("X-P10")
@pytest.mark.parametrize(
    ("target", "media_type", "status"),
    [
        (ENTRY, "application/xcap-el+xml; charset=utf-8", 200),
        (ENTRY, 'Application/XCAP-EL+xml;charset="UTF-8"', 200),
        (ENTRY, "application/xcap-el+xml; charset=iso-8859-1", 409),
        (ENTRY, "application/resource-lists+xml", 415),
        (ENTRY, "application/xcap-att+xml", 415),
        (ENTRY, "", 415),
        (f"{ENTRY}/@uri", "application/xcap-att+xml;charset=utf-8", 200),
        (f"{ENTRY}/@uri", "application/xcap-el+xml", 415),
        (INDEX, "application/xcap-el+xml", 415),
        (INDEX, "application/resource-lists+xml; charset=utf-16", 409),
    ],
)
def test_media_type_is_that_of_the_part(document: bytes, target: str, media_type: str, status: int) -> None:
    body = (
        BOB.encode()
        if "/@" in target.partition("/~~/")[2].rpartition("%5D")[2]
        else f'<entry uri="{BOB}"/>'.encode()
    )
    response = XcapClient().request("PUT", target, body, content_type=media_type)
    assert response.status_code == status, response.content
    assert status != 409 or b"<not-utf-8" in response.content


@pytest.mark.req("X-E10")
@pytest.mark.req("X-E25")
@pytest.mark.req("X-H1")
@pytest.mark.req("X-J1")
@pytest.mark.req("X-J2")
@pytest.mark.req("X-J6")
@pytest.mark.parametrize(
    ("target", "body", "name"),
    [
        (ENTRY, b"<entry", "not-xml-frag"),
        (ENTRY, b"<entry uri='\xe9'/>", "not-utf-8"),
        (f"{ENTRY}/@uri", b"<", "not-xml-att-value"),
        (f"{LIST}/list/entry", b"<entry/>", "no-parent"),
        (ENTRY, b"<entry uri='sip:other@example.test'/>", "cannot-insert"),
        (f"{ENTRY}/@uri", b"sip:other@example.test", "cannot-insert"),
        (f"{LIST}/unknown", b"<unknown/>", "schema-validation-error"),
        (f"{LIST}/entry%5B2%5D", b"<entry/>", "schema-validation-error"),
        (f"{LIST}/@unknown", b"1", "schema-validation-error"),
        (f"{LIST}/entry%5B2%5D", f"<entry uri='{BOB}'/>".encode(), "uniqueness-failure"),
        (f"{INDEX}/~~/*/*%5B2%5D", b"<list name='friends'/>", "uniqueness-failure"),
        (f"{LIST}/entry-ref", b"<entry-ref ref='/absolute'/>", "constraint-failure"),
    ],
)
def test_refused_part_is_reported_and_nothing_stored(
    document: bytes, target: str, body: bytes, name: str
) -> None:
    assert conflict(target, body) == name


@pytest.mark.req("X-H10")
def test_clash_is_pointed_at_in_the_document(document: bytes) -> None:
    response = XcapClient().put(f"{LIST}/entry%5B2%5D", f"<entry uri='{BOB}'/>".encode())
    (exists,) = error_of(response)
    assert exists.get("field") == "resource-lists/list%5B1%5D/entry%5B2%5D/@uri"


@pytest.mark.req("X-F3")
@pytest.mark.req("X-F6")
@pytest.mark.req("X-H6")
@pytest.mark.req("X-H9")
@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("resource-lists", "schema-validation-error"),
        ("resource-lists/list/entry%5B1%5D/@uri", "schema-validation-error"),
        ("resource-lists/list/entry%5B1%5D", "cannot-delete"),
        ("*/*/*%5B1%5D", "cannot-delete"),
    ],
)
def test_refused_delete_is_reported_and_nothing_lost(put: Put, node: str, name: str) -> None:
    body = friends(BOB, "sip:carol@example.test")
    put("resource-lists", body)
    error = error_of(XcapClient().delete(f"{INDEX}/~~/{node}"))
    assert (etree.QName(error).localname, stored()) == (name, body)


@pytest.mark.req("X-E2")
@pytest.mark.req("X-E3")
@pytest.mark.req("X-H5", "R4825-6.3-1")
def test_missing_parent_is_reported_with_a_uri_that_exists(document: bytes) -> None:
    (ancestor,) = error_of(XcapClient().put(f"{ENTRY}/list/entry", b"<entry/>"))
    assert ancestor.text == f"{INDEX}/~~/resource-lists/list%5B1%5D/entry%5B1%5D"
    assert XcapClient().get(ancestor.text).content == XcapClient().get(ENTRY).content
    other = path_of("resource-lists", name="other")
    (ancestor,) = error_of(XcapClient().put(f"{other}/~~/resource-lists/list", b"<list/>"))
    assert ancestor.text == "/xcap-root/resource-lists/users/sip:alice@example.test/"
    assert XcapClient().delete(f"{other}/~~/resource-lists/list").status_code == 404


@pytest.mark.req("X-C3")
@pytest.mark.req("X-C8")
def test_part_of_another_users_document_is_forbidden(document: bytes) -> None:
    target = f"{path_of('resource-lists', 'sip:bob@example.test')}/~~/resource-lists/list"
    for method in ("GET", "PUT", "DELETE"):
        assert XcapClient().request(method, target, b"<list/>").status_code == 403


@pytest.mark.req("X-E32")
def test_root_element_is_replaced_as_a_whole(document: bytes) -> None:
    new = f'<resource-lists xmlns="{RL}"/>'.encode()
    assert XcapClient().put(f"{INDEX}/~~/resource-lists", new).status_code == 200
    assert stored() == b"<!-- mine -->\n" + new + b"\n"


def test_document_does_not_outgrow_the_quota_by_parts(document: bytes, settings: Settings) -> None:
    settings.RLS_XCAP_MAX_DOCUMENT = len(document) + 10
    client = XcapClient()
    before = client.get(INDEX).content
    answer = client.put(f"{LIST}/entry%5B2%5D", b'<entry uri="sip:c@example.test"/>')
    assert answer.status_code == 413
    assert client.get(INDEX).content == before


@pytest.mark.req("X-K1")
@pytest.mark.req("X-K3")
@pytest.mark.req("X-F8")
@pytest.mark.req("X-I6")
def test_services_are_added_found_and_removed_by_parts(put: Put) -> None:
    from xcap.models import ServiceUri

    put("rls-services", services(inline("sip:one@example.test")))
    target = f"{path_of('rls-services')}/~~/rls-services/service%5B@uri=%22sip:two@example.test%22%5D"
    client = XcapClient()
    assert client.put(target, inline("sip:two@example.test").encode()).status_code == 201
    known = ServiceUri.objects.order_by("uri").values_list("uri", flat=True)
    assert list(known) == ["sip:one@example.test", "sip:two@example.test"]
    refused = client.put(f"{path_of('rls-services')}/~~/*/*%5B2%5D/@uri", b"sip:alice@example.test")
    (exists,) = error_of(refused)
    assert exists.get("field") == "rls-services/service%5B2%5D/@uri"
    assert exists[0].text == "sip:alice-2@example.test"
    assert client.delete(target).status_code == 200
    assert list(known.all()) == ["sip:one@example.test"]


@pytest.mark.req("X-D2")
def test_part_of_a_computed_document_is_read_only() -> None:
    target = "/xcap-root/xcap-caps/global/index/~~/xcap-caps/auids/auid%5B1%5D"
    assert XcapClient().get(target).content.startswith(b"<auid>")
    refused = XcapClient().request("PUT", target, b"<auid/>", content_type="application/xcap-el+xml")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


def test_each_state_of_a_document_is_parsed_once(document: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, parsed = xmlinput.parse, []

    def counting(document: bytes) -> etree._Element:
        parsed.append(document)
        return parse(document)

    monkeypatch.setattr(xmlinput, "parse", counting)
    body = f'<entry uri="{BOB}"/>'.encode()
    for method, target, sent, expected in [
        ("GET", ENTRY, b"", 1),
        ("PUT", ENTRY, body, 2),
        ("DELETE", ENTRY, b"", 2),
        ("PUT", INDEX, lists(""), 1),
    ]:
        parsed.clear()
        answer = XcapClient().request(method, target, sent, content_type=media_type_of(target))
        assert (answer.status_code, len(parsed)) == (200, expected)


@pytest.mark.req("X-D10")
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["", " ", "\n<!-- ]]> -->", "<?p x?>"]), st.text("abé<&\"'")), max_size=4
    )
)
def test_any_document_comes_back_as_it_was_put(parts: list[tuple[str, str]]) -> None:
    content = "".join(f"{between}<list name={quoteattr(name)}/>" for between, name in parts)
    names = [name for _, name in parts]
    put = XcapClient().put(INDEX, lists(content))
    if len(set(names)) < len(names):
        assert put.status_code == 409
        return
    assert (put.status_code in (200, 201), stored()) == (True, lists(content))
    for number, (_, name) in enumerate(parts, 1):
        target = f"{INDEX}/~~/resource-lists/list%5B{number}%5D"
        assert XcapClient().get(target).content == f"<list name={quoteattr(name)}/>".encode()
