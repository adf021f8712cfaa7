import pytest

from tests.pure.xcap.surroundings import accepted, refusal, services
from xcap.documents.rls_services import service_uris
from xcap.usages import RLS_SERVICES

LISTS = "http://xcap.example.test/xcap-root/resource-lists/users"
TUTORIAL = b"""<?xml version="1.0" encoding="UTF-8"?>
   <rls-services xmlns="urn:ietf:params:xml:ns:rls-services"
      xmlns:rl="urn:ietf:params:xml:ns:resource-lists"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <service uri="sip:alice-list@opensips.org">
           <list name="alice-list">
              <rl:entry uri="bob@opensips.org"/>
              <rl:entry uri="claire@opensips.org"/>
           </list>
           <packages>
              <package>presence</package>
           </packages>
        </service>
   </rls-services>
"""


def service(content: str, uri: str = "sip:list@example.test") -> bytes:
    return services(f'<service uri="{uri}">{content}</service>')


def test_document_of_the_opensips_tutorial_is_valid() -> None:
    assert service_uris(accepted(TUTORIAL, RLS_SERVICES)) == ["sip:alice-list@opensips.org"]


@pytest.mark.req("X-K5")
@pytest.mark.req("X-K8")
@pytest.mark.parametrize(
    "content",
    [
        "<list/>",
        "<list/><packages/>",
        "<list/><packages><package>presence</package><x:more/><package>dialog</package></packages><x:more/>",
        f"<resource-list>{LISTS}/sip:alice@example.test/index/~~/resource-lists/list%5B1%5D</resource-list>",
        f"<resource-list> {LISTS}/alice/index </resource-list>",
    ],
)
def test_what_the_grammar_allows_is_valid(content: str) -> None:
    assert len(accepted(service(content), RLS_SERVICES)) == 1


@pytest.mark.req("X-K7")
@pytest.mark.parametrize(
    "content",
    ["", "<list/><list/>", "<packages/>", "<packages/><list/>", "<rl:list/>", "<list><rl:entry/></list>"],
)
def test_what_the_grammar_does_not_allow_is_invalid(content: str) -> None:
    assert refusal(service(content), RLS_SERVICES).element == "schema-validation-error"


@pytest.mark.req("X-K4", "R4826-4.4.5-2")
@pytest.mark.req("X-K5")
@pytest.mark.req("X-K6")
@pytest.mark.parametrize(
    "uri",
    [
        f"{LISTS}/sip:bob@example.test/index/~~/resource-lists/list",
        "http://xcap.example.test/xcap-root/rls-services/users/sip:alice@example.test/index",
        "http://xcap.example.test/elsewhere/resource-lists/users/sip:alice@example.test/index",
        "http://foreign.test/xcap-root/resource-lists/users/sip:alice@example.test/index",
        "resource-lists/users/sip:alice@example.test/index",
        "",
    ],
)
def test_resource_list_elsewhere_than_with_the_owner_is_refused(uri: str) -> None:
    assert (
        refusal(service(f"<resource-list>{uri}</resource-list>"), RLS_SERVICES).element
        == "constraint-failure"
    )


@pytest.mark.req("X-J2")
@pytest.mark.req("X-K7")
def test_inline_list_obeys_the_rules_of_lists() -> None:
    error = refusal(service('<list><rl:entry uri="a"/><rl:entry uri="a"/></list>'), RLS_SERVICES)
    assert error.element == "uniqueness-failure"
    field = "rls-services/service%5B1%5D/list%5B1%5D/n1:entry%5B2%5D/@uri"
    assert [exists.field.partition("?")[0] for exists in error.exists] == [field]


@pytest.mark.req("X-K1")
@pytest.mark.req("X-K3")
@pytest.mark.req("X-E26")
def test_taken_service_uri_is_refused_with_free_ones() -> None:
    error = refusal(service("<list/>", "sip:taken@EXAMPLE.test"), RLS_SERVICES)
    (exists,) = error.exists
    assert (error.element, exists.field) == ("uniqueness-failure", "rls-services/service%5B1%5D/@uri")
    assert exists.alternatives[0] == "sip:taken-2@example.test"


@pytest.mark.req("X-K1")
@pytest.mark.req("X-K11")
def test_equal_service_uris_in_one_document_clash() -> None:
    uris = ("sip:l@example.test", "sip:%6c@EXAMPLE.test")
    twice = "".join(f'<service uri="{uri}"><list/></service>' for uri in uris)
    error = refusal(services(twice), RLS_SERVICES)
    assert [exists.field for exists in error.exists] == ["rls-services/service%5B2%5D/@uri"]


@pytest.mark.parametrize("uri", ["tel:+49", "", "sip:"])
def test_service_uri_that_is_no_sip_uri_is_refused(uri: str) -> None:
    assert refusal(service("<list/>", uri), RLS_SERVICES).element == "constraint-failure"
