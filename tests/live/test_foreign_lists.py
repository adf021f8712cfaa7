"""HTTP mode against a foreign XCAP server that says whatever it likes."""

from __future__ import annotations

import time

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents, list_notify
from tests.live.rig.foreign_xcap import Answer, ForeignXcap
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import PresenceServer
from tests.live.rig.waiting import eventually


@pytest.fixture
def patience() -> dict[str, str]:
    """With the foreign server: that of all live tests."""
    return {}


@pytest.fixture
def server(foreign: ForeignXcap, start_worker: Start, patience: dict[str, str]) -> ListServer:
    return start_worker(
        RLS_INTEGRATED_XCAP_SERVER="0",
        RLS_XCAP_ROOT=foreign.root,
        RLS_XCAP_POLL="0.2",
        RLS_XCAP_TOKEN="t0ken",
        **patience,
    )


@pytest.fixture
def phone(new_phone: NewPhone, server: ListServer) -> Phone:
    return new_phone(at=server)


def index(domain: str) -> str:
    return f"rls-services/users/sip:alice@{domain}/index"


def friends(domain: str, *names: str) -> str:
    return documents.simple(f"sip:friends@{domain}", (f"sip:{name}@{domain}" for name in names))


def subscribed(foreign: ForeignXcap, phone: Phone, domain: str, *names: str, etag: str = '"1"') -> ListCall:
    foreign.answers[index(domain)] = Answer(friends(domain, *names), etag=etag)
    call = phone.subscribe(f"sip:friends@{domain}")
    assert call.settled().resources == [f"sip:{name}@{domain}" for name in names]
    return call


@pytest.mark.req("R4825-8.3-3")
def test_document_is_asked_for_again_by_its_entity_tag(
    foreign: ForeignXcap, phone: Phone, domain: str
) -> None:
    call = subscribed(foreign, phone, domain, "bob")
    eventually(lambda: len(foreign.asked_for(index(domain))) > 3, "questions")
    assert [asked.status for asked in foreign.asked_for(index(domain))[:3]] == [200, 304, 304]
    assert {asked.headers["Authorization"] for asked in foreign.asked} == {"Bearer t0ken"}
    assert len(call.notifies) == 2
    foreign.answers[index(domain)] = Answer(friends(domain, "bob", "claire"), etag='"2"')
    assert len(call.notify(2).resources) == 2


@pytest.mark.req("R4825-8.3-2", "D22", "R6665-4.2.1.1-1")
@pytest.mark.parametrize(
    ("bad", "patience"),
    [
        (Answer(status=503), {}),
        (Answer(status=401), {}),
        (Answer(status=302, headers=(("Location", "http://127.0.0.1:1/"),)), {}),
        (Answer("<rls-services/>", delay=3600), {"RLS_XCAP_TIMEOUT": "2"}),
        (Answer("x" * 1_100_000), {}),
    ],
    ids=["fails", "refuses", "redirects", "slow", "too-long"],
)
def test_failure_is_no_absence(
    foreign: ForeignXcap, server: ListServer, phone: Phone, domain: str, bad: Answer
) -> None:
    """The list of who has subscribed stays; who subscribes now is told to come back."""
    call = subscribed(foreign, phone, domain, "bob")
    foreign.answers[index(domain)] = bad
    eventually(lambda: "a foreign XCAP server fails" in server.worker.output(), "complaint")
    time.sleep(1.1)  # what was fetched within a second is good for others
    refused = phone.call(f"sip:friends@{domain}").subscribe()
    assert (refused.status, refused["Retry-After"]) == (500, "5")
    assert call.subscribe().status == 200
    assert call.notify(2).resources == [f"sip:bob@{domain}"]
    assert server.worker.output().count("a foreign XCAP server fails") == 1


@pytest.mark.req("D44")
def test_nonsense_is_refused_once_and_changes_no_list(
    foreign: ForeignXcap, server: ListServer, phone: Phone, domain: str
) -> None:
    call = subscribed(foreign, phone, domain, "bob")
    foreign.answers[index(domain)] = Answer("<html><body>Welcome to the captive portal<br></html>")
    eventually(lambda: "a foreign document is no XML" in server.worker.output(), "complaint")
    eventually(lambda: len(foreign.asked_for(index(domain))) > 4, "questions")
    assert phone.call(f"sip:friends@{domain}").subscribe().status == 502
    assert call.subscribe().status == 200
    assert call.notify(2).resources == [f"sip:bob@{domain}"]
    assert server.worker.output().count("a foreign document is no XML") == 1


@pytest.mark.req("R4825-8.3-2")
@pytest.mark.parametrize("patience", [{"RLS_XCAP_ABSENT": "3600"}], ids=[""])
def test_absence_is_believed_for_a_while(
    foreign: ForeignXcap, server: ListServer, phone: Phone, domain: str, presence: PresenceServer
) -> None:
    """Every call to a person would ask for a list else."""
    for _ in range(3):
        response = phone.call(f"sip:nobody@{domain}").subscribe()
        assert (response.status, response.rows("Require")) == (200, [])
    assert [asked.status for asked in foreign.asked_for(index(domain))] == [404]


@pytest.mark.req("R4826-4.1-3", "R4826-4.5-10")
@pytest.mark.parametrize("kind", ["resource-list", "external", "entry-ref"])
def test_nothing_is_fetched_from_elsewhere(
    foreign: ForeignXcap, phone: Phone, domain: str, kind: str
) -> None:
    elsewhere = ForeignXcap()
    try:
        where = f"{elsewhere.root}resource-lists/users/sip:alice@{domain}/index/~~/resource-lists/list"
        content = {
            "resource-list": f"<resource-list>{where}</resource-list>",
            "external": f'<list><rl:external anchor="{where}"/></list>',
            "entry-ref": f'<list><rl:entry-ref ref="{where}"/></list>',
        }[kind]
        uri = f"sip:friends@{domain}"
        foreign.answers[index(domain)] = Answer(documents.rls_services(documents.service(uri, content)))
        assert phone.call(uri).subscribe().status == 502
        assert not elsewhere.asked
    finally:
        elsewhere.close()


@pytest.mark.req("R4826-4.5-7", "R4826-3.1-2", "R4826-4.5-9")
def test_references_below_the_root_are_followed(foreign: ForeignXcap, phone: Phone, domain: str) -> None:
    uri = f"sip:friends@{domain}"
    lists = f"resource-lists/users/sip:alice@{domain}/index"
    others = f"resource-lists/users/sip:bob@{domain}/index"
    foreign.answers[lists] = Answer(
        documents.resource_lists(
            f'<list name="a"><entry uri="sip:a@{domain}"/>'
            f'<external anchor="{foreign.root}{lists}/~~/resource-lists/list%5b2%5d"/></list>'
            f'<list name="b"><entry uri="sip:b@{domain}"/></list>'
        )
    )
    foreign.answers[others] = Answer(
        documents.resource_lists(
            f'<list><entry uri="sip:c@{domain}"><display-name>C</display-name></entry></list>'
        )
    )
    content = (
        f'<list><rl:external anchor="{foreign.root}{lists}/~~/resource-lists/list%5b@name=%22a%22%5d"/>'
        f'<rl:entry-ref ref="{others}/~~/resource-lists/list/entry%5b1%5d"/></list>'
    )
    foreign.answers[index(domain)] = Answer(documents.rls_services(documents.service(uri, content)))
    told = phone.subscribe(uri).settled()
    assert told.resources == [f"sip:{name}@{domain}" for name in "abc"]
    assert b"<name>C</name>" in told.message.body
    circle = f'<list><external anchor="{foreign.root}{lists}/~~/resource-lists/list"/></list>'
    foreign.answers[lists] = Answer(documents.resource_lists(circle))
    time.sleep(1.1)
    assert phone.call(uri).subscribe().status == 502


@pytest.mark.req("R4825-8.3-1", "R4825-6.3-1")
@pytest.mark.parametrize("prefix", ["", "rl:"])
def test_service_of_the_global_index_may_leave_its_namespaces_out(
    foreign: ForeignXcap, start_worker: Start, new_phone: NewPhone, domain: str, prefix: str
) -> None:
    uri = f"sip:friends;x=1@{domain}"
    entry = f'<{prefix}entry uri="sip:bob@{domain}"/>'
    where = f'rls-services/global/index/~~/rls-services/service[@uri="{uri}"]'
    foreign.answers[where] = Answer(f'<service uri="{uri}"><list>{entry}</list></service>')
    server = start_worker(
        RLS_INTEGRATED_XCAP_SERVER="0",
        RLS_XCAP_ROOT=foreign.root,
        RLS_XCAP_LOOKUP="global",
        RLS_LIST_ACCESS="domain",
    )
    call = new_phone(at=server).subscribe(uri)
    assert call.settled().resources == [f"sip:bob@{domain}"]


def test_next_root_is_asked_when_the_first_fails(
    foreign: ForeignXcap, start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    foreign.answers[index(domain)] = Answer(friends(domain, "bob"))
    roots = f"http://127.0.0.1:1/xcap-root/,{foreign.root}"
    server = start_worker(RLS_INTEGRATED_XCAP_SERVER="0", RLS_XCAP_ROOT=roots, RLS_XCAP_FAILURE_CODE="503")
    phone = new_phone(at=server)
    assert phone.subscribe(f"sip:friends@{domain}").settled().resources == [f"sip:bob@{domain}"]
    refused = phone.call(f"sip:others@{domain}").subscribe()
    assert (refused.status, refused["Retry-After"]) == (503, "5")


# -- lists of our own that go on there


@pytest.fixture
def own(foreign: ForeignXcap, start_worker: Start) -> ListServer:
    """A worker with lists of its own."""
    return start_worker(RLS_XCAP_ROOT=foreign.root, RLS_XCAP_POLL="0.2", RLS_XCAP_ABSENT="0")


def store_external(own: ListServer, foreign: ForeignXcap, domain: str) -> str:
    """Alice's list of Bob and of what another server has."""
    uri = f"sip:friends@{domain}"
    anchor = f"{foreign.root}resource-lists/users/sip:zoe@{domain}/index/~~/resource-lists/list"
    entries = documents.entries([f"sip:bob@{domain}"])
    content = f'<list>{entries}<rl:external anchor="{anchor}"/></list>'
    document = documents.rls_services(documents.service(uri, content))
    own.database.store_list(f"alice@{domain}", uri, document)
    return uri


@pytest.mark.req("R4826-4.5-5", "R4826-4.5-10")
def test_external_list_on_an_allowed_server_is_followed(
    foreign: ForeignXcap, own: ListServer, new_phone: NewPhone, domain: str
) -> None:
    uri = store_external(own, foreign, domain)
    phone = new_phone(at=own)
    assert phone.call(uri).subscribe().status == 502
    where = f"resource-lists/users/sip:zoe@{domain}/index"
    zoe, yan = (f'<entry uri="sip:{name}@{domain}"/>' for name in ("zoe", "yan"))
    foreign.answers[where] = Answer(documents.resource_lists(f"<list>{zoe}</list>"), etag='"1"')
    call = phone.subscribe(uri)
    assert call.settled().resources == [f"sip:bob@{domain}", f"sip:zoe@{domain}"]
    foreign.answers[where] = Answer(documents.resource_lists(f"<list>{zoe}{yan}</list>"), etag='"2"')
    assert call.notify(2).resources == [f"sip:{name}@{domain}" for name in ("bob", "zoe", "yan")]
    foreign.answers[where] = Answer(status=500)
    eventually(lambda: "a foreign XCAP server fails" in own.worker.output(), "complaint")
    before = len(call.notifies)
    assert call.subscribe().status == 200
    # The state of the new entry may be told in between.
    eventually(
        lambda: 3 in (len(list_notify.parse(each).resources) for each in call.notifies[before:]), "full state"
    )
    assert phone.call(uri).subscribe().status == 502


@pytest.mark.req("R4826-4.5-8")
def test_what_cannot_be_resolved_is_left_out_where_that_is_wanted(
    foreign: ForeignXcap, start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    lenient = start_worker(RLS_XCAP_ROOT=foreign.root, RLS_UNRESOLVED="omit")
    uri = store_external(lenient, foreign, domain)
    assert new_phone(at=lenient).subscribe(uri).settled().resources == [f"sip:bob@{domain}"]
