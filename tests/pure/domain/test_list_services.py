import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.lists import MalformedDocument, Service, parse_services

DOCUMENT = b"""<?xml version="1.0"?>
<rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">
  <service uri="sip:team@x"><list/>
    <packages><package> presence </package><package>dialog</package></packages></service>
  <service uri="sip:any@x"><resource-list>http://x/a</resource-list></service>
  <service uri="sip:none@x"><list/><packages/></service>
  <service><list/></service>
  <y:service xmlns:y="urn:y" uri="sip:other@x"/>
</rls-services>"""


def service(uri: str) -> Service:
    return next(found for found in parse_services(DOCUMENT) if found.uri == uri)


@pytest.mark.req("R4826-6-1")
def test_all_services_with_a_uri_are_found_and_extensions_are_not() -> None:
    assert [found.uri for found in parse_services(DOCUMENT)] == ["sip:team@x", "sip:any@x", "sip:none@x"]


@pytest.mark.req("R4826-4.5-2")
def test_only_listed_packages_are_allowed() -> None:
    assert service("sip:team@x").packages == frozenset({"presence", "dialog"})
    assert service("sip:team@x").allows("presence")
    assert not service("sip:team@x").allows("presence.winfo")
    assert not service("sip:none@x").allows("presence")


@pytest.mark.req("R4826-4.1-1")
def test_without_packages_all_are_allowed() -> None:
    assert service("sip:any@x").packages is None
    assert service("sip:any@x").allows("dialog")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<service uri='sip:a@b'/>",
        b"<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'/>",
        b"<rls-services xmlns='urn:other'/>",
        b"<!DOCTYPE rls-services><rls-services/>",
        b"<rls-services>",
    ],
)
def test_what_is_no_rls_services_document_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_services(document)


@given(st.binary())
def test_hostile_input_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_services(octets)
