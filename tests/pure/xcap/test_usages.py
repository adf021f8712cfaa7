"""What each application usage takes and refuses; the examples are those of clients in the field."""

import base64

import pytest

from tests.pure.xcap.surroundings import accepted, lists, refusal, services
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, USAGES

ALICE = Xui("alice", "example.test")
RULE = """<cr:ruleset xmlns:cr="urn:ietf:params:xml:ns:common-policy"
 xmlns:pr="urn:ietf:params:xml:ns:pres-rules"
 xmlns:ocp="urn:oma:xml:xdm:common-policy" xmlns:op="urn:oma:xml:prs:pres-rules"><cr:rule id="friends">
 <cr:conditions>{conditions}</cr:conditions><cr:actions>{actions}</cr:actions>
 <cr:transformations>{transformations}</cr:transformations></cr:rule></cr:ruleset>"""
ICON = """<content xmlns="urn:oma:xml:prs:pres-content"><mime-type>{type}</mime-type>
 <encoding>{encoding}</encoding><description xml:lang="en">me</description><data>{data}</data></content>"""
PRESENCE = """<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 entity="sip:alice@example.test"><tuple id="a1"><status><basic>{basic}</basic></status>
 <dm:deviceID>x</dm:deviceID>
 <contact priority="0.8">sip:alice@192.0.2.1</contact><timestamp>2026-01-01T00:00:00Z</timestamp></tuple>
 <note xml:lang="en">away</note><dm:person id="p"/></presence>"""


def rule(conditions: str = "", actions: str = "", transformations: str = "") -> bytes:
    return RULE.format(conditions=conditions, actions=actions, transformations=transformations).encode()


def icon(media_type: str = "image/png", encoding: str = "base64", data: str = "iVBORw0KGgo=") -> bytes:
    return ICON.format(type=media_type, encoding=encoding, data=data).encode()


FRIENDS = '<cr:identity><cr:one id="sip:bob@example.test"/><cr:many domain="example.test"/></cr:identity>'
ALLOW = "<pr:sub-handling>allow</pr:sub-handling>"
SHOW = "<pr:provide-services><pr:all-services/></pr:provide-services><pr:provide-mood>true</pr:provide-mood>"
OMA = '<ocp:external-list><ocp:entry anc="http://x.test/xcap-root/resource-lists/users/a/index"/></ocp:external-list>'


@pytest.mark.req("X-I10")
@pytest.mark.parametrize(
    ("auid", "body"),
    [
        ("pres-rules", rule(FRIENDS, ALLOW, SHOW)),
        ("pres-rules", rule()),
        ("org.openmobilealliance.pres-rules", rule(OMA, ALLOW, SHOW)),
        (
            "org.openmobilealliance.pres-rules",
            rule("<ocp:other-identity/>", ALLOW, "<op:provide-willingness/>"),
        ),
        (
            "org.openxcap.dialog-rules",
            rule(FRIENDS, '<d:sub-handling xmlns:d="http://openxcap.org/ns/dialog-rules"/>'),
        ),
        ("pidf-manipulation", PRESENCE.format(basic="open").encode()),
        ("org.openmobilealliance.pres-content", icon()),
    ],
)
def test_documents_of_clients_are_taken(auid: str, body: bytes) -> None:
    assert accepted(body, USAGES[auid]).tag == USAGES[auid].root


@pytest.mark.req("X-C16")
@pytest.mark.parametrize(
    ("auid", "body", "element"),
    [
        ("pres-rules", rule(actions="<pr:sub-handling>perhaps</pr:sub-handling>"), "schema-validation-error"),
        ("pres-rules", rule(transformations="<pr:provide-everything/>"), "schema-validation-error"),
        ("pres-rules", rule("<cr:unknown/>"), "schema-validation-error"),
        ("pres-rules", lists(""), "schema-validation-error"),
        ("org.openmobilealliance.pres-rules", rule("<ocp:list/>"), "schema-validation-error"),
        ("rls-services", lists(""), "schema-validation-error"),
        (
            "rls-services",
            services("<service uri='sip:a@b.c'><list/><rl:unknown/></service>"),
            "schema-validation-error",
        ),
        ("pidf-manipulation", PRESENCE.format(basic="ajar").encode(), "schema-validation-error"),
        ("org.openmobilealliance.pres-content", icon("image/svg+xml"), "constraint-failure"),
        ("org.openmobilealliance.pres-content", icon(encoding="binary"), "constraint-failure"),
        ("org.openmobilealliance.pres-content", icon(data="no base64!"), "constraint-failure"),
        ("org.openmobilealliance.pres-content", icon(data=""), "constraint-failure"),
    ],
)
def test_what_the_usage_does_not_allow_is_refused(auid: str, body: bytes, element: str) -> None:
    assert refusal(body, USAGES[auid]).element == element


def test_icon_has_a_largest_size() -> None:
    usage = USAGES["org.openmobilealliance.pres-content"]
    fits = base64.b64encode(bytes(230_000)).decode()
    assert accepted(icon(data=fits), usage).tag == usage.root
    too_large = refusal(icon(data=fits * 2), usage)
    assert (too_large.element, "310000 bytes" in too_large.phrase) == ("constraint-failure", True)


@pytest.mark.parametrize(
    ("auid", "path", "exists"),
    [
        ("resource-lists", "anything", True),
        ("resource-lists", "a/b", False),
        ("pidf-manipulation", "index", True),
        ("pidf-manipulation", "other", False),
        ("org.openmobilealliance.pres-rules", "pres-rules", True),
        ("org.openmobilealliance.pres-content", "oma_status-icon/photo", True),
        ("org.openmobilealliance.pres-content", "rcs_status_icon/photo", True),
        ("org.openmobilealliance.pres-content", "elsewhere/photo", False),
        ("org.openmobilealliance.pres-content", "oma_status-icon/a/b", False),
        ("org.openmobilealliance.xcap-directory", "directory.xml", True),
        ("org.openmobilealliance.xcap-directory", "directory-xml", False),
        ("xcap-caps", "index", False),
    ],
)
@pytest.mark.req("X-I11")
@pytest.mark.req("X-A11")
def test_usage_says_which_files_a_user_may_have(auid: str, path: str, exists: bool) -> None:
    assert USAGES[auid].names(DocumentSelector(auid, ALICE, path)) is exists


@pytest.mark.req("X-I1")
@pytest.mark.req("X-C7")
def test_two_global_documents_are_computed_and_users_of_some_usages_share_others() -> None:
    indexes = {auid: DocumentSelector(auid, None, "index") for auid in USAGES}
    there = [auid for auid, usage in USAGES.items() if usage.names(indexes[auid])]
    stored = [auid for auid in there if USAGES[auid].stores(indexes[auid])]
    assert [auid for auid in there if auid not in stored] == ["xcap-caps", "rls-services"]
    assert stored == [
        "resource-lists",
        "pres-rules",
        "org.openmobilealliance.pres-rules",
        "org.openxcap.dialog-rules",
    ]


@pytest.mark.req("X-O2")
def test_numbers_are_those_of_opensips_and_openxcap() -> None:
    assert {auid: usage.doc_type for auid, usage in USAGES.items() if usage.doc_type} == {
        "pres-rules": 2,
        "resource-lists": 4,
        "rls-services": 8,
        "pidf-manipulation": 16,
        "org.openmobilealliance.pres-rules": 32,
        "org.openmobilealliance.pres-content": 64,
        "org.openxcap.dialog-rules": 128,
    }


SNOM = """<list name="phone book"><entry><display-name>Bob</display-name>
 <cp:prop xmlns:cp="counterpath:properties" name="number" value="123"/></entry>
 <entry uri="sip:bob@example.test"/></list>"""


def test_lax_usage_takes_what_breaks_the_schema_but_not_what_breaks_the_rules() -> None:
    from dataclasses import replace

    lax = replace(RESOURCE_LISTS, validation="lax")
    assert refusal(lists(SNOM), RESOURCE_LISTS).element == "schema-validation-error"
    assert len(accepted(lists(SNOM), lax)) == 1
    assert refusal(services(""), lax).element == "schema-validation-error"
    assert refusal(b"<resource-lists", lax).element == "not-well-formed"
    twice = lists('<list><entry uri="a"/><entry uri="a"/></list>')
    assert refusal(twice, lax).element == "uniqueness-failure"
    taken = services("<service uri='sip:taken@example.test'/>")
    assert refusal(taken, replace(RLS_SERVICES, validation="lax")).element == "uniqueness-failure"
