import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from rls.domain import multipart, rlmi
from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.rlmi import Name
from tests.pure.domain.mime import parts_by_email_package
from tests.pure.domain.test_rlmi import NAMES, SCHEMA, URIS

PIDF = b"<presence/>"
STATES = st.sampled_from(["active", "pending", "terminated"])
INSTANCES = st.builds(
    InstanceView,
    st.text("abc-@<&"),
    STATES,
    st.sampled_from([None, "rejected"]),
    st.just("application/pidf+xml"),
    st.binary() | st.just(b"\r\n--rls.s1\r\n"),
)
RESOURCES = st.builds(ResourceView, URIS, NAMES, st.lists(INSTANCES, max_size=3))


def view(state: rlmi.State, body: bytes = b"", reason: str | None = None) -> ResourceView:
    instance = InstanceView("i1", state, reason, "application/pidf+xml", body)
    return ResourceView("sip:bob@x", (Name("Bob"),), (instance,))


def composed(*resources: ResourceView, seed: str = "s1") -> tuple[rlmi.ResourceList, list[multipart.Part]]:
    """What a watcher finds: the RLMI, then the other parts."""
    parts = multipart.parse(*compose("sip:team@x", 3, False, (Name("Team"),), resources, "x", seed))
    return rlmi.parse(parts[0].body), parts[1:]


def only_instance(resource: ResourceView) -> rlmi.Instance:
    resource_list, _ = composed(resource)
    return resource_list.resources[0].instances[0]


@pytest.mark.req("R4662-4.5-4")
@pytest.mark.req("R4662-5.1-1")
@pytest.mark.req("R2392-2-1")
def test_the_octets_of_a_list_notify() -> None:
    content_type, body = compose("sip:team@x", 1, False, (), [view("active", PIDF)], "x", "s1")
    assert content_type == 'multipart/related;type="application/rlmi+xml";start="<s1.0@x>";boundary=rls.s1'
    assert body.decode().split("\r\n") == [
        "--rls.s1",
        "Content-Transfer-Encoding: binary",
        "Content-ID: <s1.0@x>",
        'Content-Type: application/rlmi+xml;charset="UTF-8"',
        "",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:team@x" version="1" fullState="false">\n'
        '<resource uri="sip:bob@x"><name>Bob</name>'
        '<instance id="i1" state="active" cid="s1.1@x"/></resource>\n'
        "</list>\n",
        "--rls.s1",
        "Content-Transfer-Encoding: binary",
        "Content-ID: <s1.1@x>",
        "Content-Type: application/pidf+xml",
        "",
        "<presence/>",
        "--rls.s1--",
        "",
    ]


@pytest.mark.req("R4662-5.5-7")
@pytest.mark.req("R4662-5.5-9")
@pytest.mark.req("R4662-5.5-8")
@pytest.mark.req("R2392-2-2")
@given(st.lists(RESOURCES, max_size=5))
def test_every_cid_names_one_part_of_this_multipart_and_every_part_is_named(
    resources: list[ResourceView],
) -> None:
    resource_list, parts = composed(*resources)
    instances = [instance for resource in resource_list.resources for instance in resource.instances]
    cids = [instance.cid for instance in instances if instance.cid]
    assert cids == [part.content_id for part in parts]
    assert len(set(cids)) == len(cids)
    assert all(instance.cid for instance in instances if instance.state == "active")


@pytest.mark.req("R4662-5.5-5")
@given(st.lists(RESOURCES, max_size=5))
def test_the_rlmi_is_valid_and_every_terminated_instance_has_a_reason(resources: list[ResourceView]) -> None:
    body = compose("sip:team@x", 0, True, (), resources, "x", "s1")
    document = multipart.parse(*body)[0].body
    SCHEMA.assertValid(etree.fromstring(document))
    instances = [instance for resource in rlmi.parse(document).resources for instance in resource.instances]
    assert all(instance.reason for instance in instances if instance.state == "terminated")


@given(st.lists(RESOURCES, max_size=3))
def test_an_independent_parser_sees_the_same_parts(resources: list[ResourceView]) -> None:
    content_type, body = compose("sip:team@x", 0, True, (), resources, "x", "s1")
    assert parts_by_email_package(content_type, body) == multipart.parse(content_type, body)


@pytest.mark.req("R2046-5.1.1-1")
def test_a_boundary_that_occurs_in_a_part_is_not_used() -> None:
    hostile = b"<p/>\r\n--rls.s1\r\nContent-Type: text/html\r\n\r\n--rls.s1--\r\n"
    content_type, body = compose("sip:team@x", 0, True, (), [view("active", hostile)], "x", "s1")
    boundary = multipart.media_type(content_type)[1]["boundary"]
    assert boundary.encode() not in hostile
    assert len(boundary) <= 70
    assert [part.body for part in multipart.parse(content_type, body)][1:] == [hostile]


def test_a_nested_list_is_one_part_even_if_its_boundary_begins_with_ours() -> None:
    nested_type, nested = compose("sip:inner@x", 0, True, (), [view("active", PIDF)], "x", "s1.inner")
    outer = ResourceView("sip:inner@x", (), [InstanceView("n", "active", None, nested_type, nested)])
    _, parts = composed(outer)
    assert [(part.content_type, part.body) for part in parts] == [(nested_type, nested)]


@pytest.mark.req("R4662-4.5-10")
def test_a_resource_without_known_state_has_no_instance() -> None:
    resource_list, parts = composed(ResourceView("sip:bob@x"), view("active"))
    assert [resource.instances for resource in resource_list.resources] == [(), ()]
    assert parts == []


@pytest.mark.req("R4662-4.5-5")
def test_a_pending_instance_is_told_with_and_without_a_body() -> None:
    assert only_instance(view("pending")) == rlmi.Instance("i1", "pending")
    assert only_instance(view("pending", PIDF)) == rlmi.Instance("i1", "pending", None, "s1.1@x")


@pytest.mark.req("R4662-4.5-8")
@pytest.mark.req("R4662-5.5-5")
def test_a_terminated_instance_has_a_reason_and_no_body() -> None:
    assert only_instance(view("terminated", PIDF, "rejected")) == rlmi.Instance(
        "i1", "terminated", "rejected"
    )
    assert only_instance(view("terminated")).reason == "giveup"


@pytest.mark.req("R4662-5.5-1")
def test_a_forked_resource_shows_all_its_instances() -> None:
    forks = [
        InstanceView(id, "active", None, "application/dialog-info+xml", id.encode()) for id in ("a", "b")
    ]
    resource_list, parts = composed(ResourceView("sip:bob@x", (), forks))
    assert [instance.id for instance in resource_list.resources[0].instances] == ["a", "b"]
    assert [part.body for part in parts] == [b"a", b"b"]


@pytest.mark.req("R4662-4.5-2")
def test_an_empty_list_is_still_an_rlmi_document() -> None:
    resource_list, parts = composed()
    assert (resource_list.uri, resource_list.version, resource_list.resources) == ("sip:team@x", 3, ())
    assert parts == []


@pytest.mark.req("R4662-5.2-6")
def test_the_same_arguments_give_the_same_octets() -> None:
    resources = [view("active", PIDF)]
    bodies = [compose("sip:team@x", 3, True, (), resources, "x", seed) for seed in ("s1", "s1", "s2")]
    assert bodies[0] == bodies[1] != bodies[2]
