"""Documents that nobody puts: xcap-caps, the index of services, the directory of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree
from pytest_django import Settings

from tests.django.xcap.client import XcapClient, path_of
from tests.django.xcap.documents import RL, RS, friends, inline, services

if TYPE_CHECKING:
    from tests.django.xcap.conftest import Put, Subscribe

INDEX = "/xcap-root/rls-services/global/index"
CAPS = "/xcap-root/xcap-caps/global/index"
DIRECTORY = path_of("org.openmobilealliance.xcap-directory", name="directory.xml")
DIR = "urn:oma:xml:xdm:xcap-directory"
pytestmark = pytest.mark.usefixtures("alice")


@pytest.fixture
def rls(subscribe: Subscribe, settings: Settings) -> XcapClient:
    """The list server as an XCAP client, trusted."""
    subscribe("rls@example.test")
    settings.RLS_XCAP_SUPER_USERS = ["rls@example.test"]
    return XcapClient("rls")


@pytest.mark.req("X-I7", "R4826-4.4.9-1")
def test_index_of_services_is_for_super_users(rls: XcapClient) -> None:
    assert XcapClient().get(INDEX).status_code == 403
    assert rls.get(INDEX).status_code == 200


@pytest.mark.req("X-I5")
@pytest.mark.req("X-I6")
@pytest.mark.req("X-G6")
def test_index_holds_the_services_of_all_users_at_every_moment(
    rls: XcapClient, put: Put, subscribe: Subscribe
) -> None:
    subscribe("bob@example.test")
    put("rls-services", services(inline("sip:a@example.test")))
    put("rls-services", services(inline("sip:hidden@example.test")), path="other")
    first = rls.get(INDEX)
    put("rls-services", services(inline("sip:b@example.test")), owner="bob@example.test")
    second = rls.get(INDEX)
    assert _uris(first.content) == ["sip:a@example.test"]
    assert _uris(second.content) == ["sip:a@example.test", "sip:b@example.test"]
    assert first["ETag"] != second["ETag"]
    assert rls.get(INDEX, If_None_Match=second["ETag"]).status_code == 304
    XcapClient("bob").delete(path_of("rls-services", "bob@example.test"))
    third = rls.get(INDEX)
    assert (_uris(third.content), third["ETag"]) == (["sip:a@example.test"], first["ETag"])


@pytest.mark.req("X-I6")
def test_list_server_looks_up_one_service(rls: XcapClient, put: Put) -> None:
    put("rls-services", services(inline("sip:a@example.test", "sip:bob@example.test")))
    target = f'{INDEX}/~~/rls-services/service[@uri="sip:a@example.test"]'
    response = rls.get(target)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xcap-el+xml")
    assert b'uri="sip:bob@example.test"' in response.content


@pytest.mark.req("X-I8")
@pytest.mark.req("X-C16")
def test_index_is_valid_whatever_prefixes_its_sources_have(
    rls: XcapClient, put: Put, subscribe: Subscribe
) -> None:
    from xcap.documents.schema import violation
    from xcap.usages import RLS_SERVICES

    subscribe("bob@example.test")
    put("rls-services", services(inline("sip:a@example.test", "sip:x@example.test")))
    other = f"""<s:rls-services xmlns:s="{RS}" xmlns="{RL}" xmlns:e="urn:e">
     <s:service uri="sip:b@example.test" e:tone="high">
     <s:list><entry uri="sip:y@example.test"/></s:list></s:service></s:rls-services>"""
    put("rls-services", other.encode(), owner="bob@example.test")
    root = etree.fromstring(rls.get(INDEX).content)
    assert violation(root, RLS_SERVICES.schemas) is None
    assert [entry.get("uri") for entry in root.iter(f"{{{RL}}}entry")] == [
        "sip:x@example.test",
        "sip:y@example.test",
    ]
    assert root[1].get("{urn:e}tone") == "high"


@pytest.mark.req("X-P8", "X-C17")
def test_services_stand_in_the_index_as_they_were_written(rls: XcapClient, put: Put) -> None:
    service = (
        "<service  uri='sip:a@example.test' ><!-- mine --><list><rl:entry uri='sip:x@example.test'"
        "></rl:entry ></list>\n<packages  /></service >"
    )
    put("rls-services", f'<rls-services xmlns="{RS}" xmlns:rl="{RL}"> {service} </rls-services>'.encode())
    declared = service.replace("<service", f'<service xmlns:rl="{RL}"')
    assert declared.encode() in rls.get(INDEX).content


def test_document_that_somebody_else_broke_is_left_out(rls: XcapClient, put: Put) -> None:
    from xcap.models import Document

    put("rls-services", services(inline("sip:a@example.test")))
    Document.objects.update(doc=b"<rls-services", etag="changed")
    assert _uris(rls.get(INDEX).content) == []


@pytest.mark.req("X-I1")
@pytest.mark.req("X-C11")
@pytest.mark.parametrize("target", [INDEX, CAPS, DIRECTORY])
def test_nobody_puts_what_is_computed(rls: XcapClient, target: str) -> None:
    for method in ("PUT", "DELETE"):
        response = rls.request(method, target, b"<a/>", content_type="application/xml")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.req("X-I2")
@pytest.mark.req("X-I3")
@pytest.mark.req("X-I4")
def test_everybody_who_is_known_may_ask_what_the_server_can() -> None:
    from xcap.documents.schema import violation
    from xcap.usages import USAGES, XCAP_CAPS

    response = XcapClient().get(CAPS)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xcap-caps+xml")
    root = etree.fromstring(response.content)
    assert violation(root, XCAP_CAPS.schemas) is None
    texts = {etree.QName(part).localname: [each.text for each in part] for part in root}
    assert texts["auids"] == list(USAGES)
    # What Jitsi looks for before it uses lists and rules.
    for name in ("resource-lists", "rls-services", "pres-rules", "xcap-caps"):
        assert f"urn:ietf:params:xml:ns:{name}" in texts["namespaces"]
    assert len(texts["namespaces"]) == len(set(texts["namespaces"]))


@pytest.mark.req("X-C2")
def test_directory_names_the_documents_of_the_user_with_their_tags(put: Put, subscribe: Subscribe) -> None:
    from xcap.documents.schema import violation
    from xcap.usages import XCAP_DIRECTORY

    subscribe("bob@example.test")
    assert (
        XcapClient()
        .get(DIRECTORY)
        .content.endswith(f'<xcap-directory xmlns="{DIR}">\n</xcap-directory>\n'.encode())
    )
    lists = put("resource-lists", friends(), path="my friends")
    put("rls-services", services(inline("sip:a@example.test")))
    put("resource-lists", friends(), owner="bob@example.test")
    response = XcapClient().get(DIRECTORY)
    assert response["Content-Type"] == "application/vnd.oma.xcap-directory+xml"
    root = etree.fromstring(response.content)
    assert violation(root, XCAP_DIRECTORY.schemas) is None
    assert [folder.get("auid") for folder in root] == ["resource-lists", "rls-services"]
    (entry,) = root[0]
    assert (entry.get("etag"), entry.get("size")) == (lists.etag, str(len(friends())))
    uri = entry.get("uri", "")
    assert uri == "http://testserver/xcap-root/resource-lists/users/sip:alice@example.test/my%20friends"
    assert XcapClient().get(uri.removeprefix("http://testserver")).content == friends()


def test_directory_of_one_folder_is_had_by_selector(put: Put) -> None:
    put("resource-lists", friends())
    response = XcapClient().get(f'{DIRECTORY}/~~/xcap-directory/folder[@auid="resource-lists"]')
    assert (response.status_code, response.content.count(b"<entry")) == (200, 1)


def test_directory_is_the_owner_s_and_nobody_has_one_who_is_not_there(
    rls: XcapClient, subscribe: Subscribe
) -> None:
    subscribe("bob@example.test")
    assert XcapClient("bob").get(DIRECTORY).status_code == 403
    assert rls.get(DIRECTORY.replace("alice", "nobody")).status_code == 404


def _uris(document: bytes) -> list[str]:
    return [service.get("uri", "") for service in etree.fromstring(document)]
