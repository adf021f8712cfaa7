"""Phones with peculiarities are recognised by their User-Agent and told in their own way, on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from tests.live.conftest import NewPhone, NewServer
from tests.live.rig import documents, list_notify
from tests.live.rig.database import Database
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Message
from tests.live.rig.phone import ListCall
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.test_events import DIALOG_INFO

SWITCHES = {
    "content_id": "Content-ID", "brackets": True, "part_length": False, "root_last": False, "named": True,
    "always_full": False, "dialog_child": False, "one_dialog": False, "uri_from_to": False,
    "fold_event": False, "capital_event": False, "list_params": "",
}  # fmt: skip
PROFILES: dict[str, dict[str, object]] = {
    "Simple": {"always_full": True, "named": False},
    "BroadWorks": {"part_length": True, "dialog_child": True, "one_dialog": True},
    "Nameless": {"uri_from_to": True},
    "Rcs": {"list_params": "pres-list"},
    "Last": {"root_last": True},
    "Odd": {"any_accept": True},
}
"""As an operator adds them; User-Agents begin with the name."""


def add_profile(database: Database, name: str, switches: dict[str, object]) -> None:
    row = {**SWITCHES, **switches, "name": name, "position": 1, "enabled": True, "note": ""}
    row["user_agents"] = f"{name}/*"
    columns, values = ", ".join(row), ", ".join(["%s"] * len(row))
    database.rows(f"insert into rls_profiles ({columns}) values ({values})", *row.values())


@pytest.fixture(scope="module")
def server(new_server: NewServer) -> Iterator[ListServer]:
    with new_server() as server:
        for name, switches in PROFILES.items():
            add_profile(server.database, name, switches)
        server.start_worker()
        yield server


Calling = Callable[..., ListCall]


@pytest.fixture
def calling(server: ListServer, new_phone: NewPhone, resources: Domain, domain: str) -> Calling:
    """Alice's phone of some make, about to subscribe to bob, who has a display name, and claire."""

    def make(agent: str, event: str = "presence", uri: str = f"sip:alice-list@{domain}") -> ListCall:
        bob = f'<rl:entry uri="sip:bob@{domain}"><rl:display-name>Bob</rl:display-name></rl:entry>'
        entries = f"<list>{bob}{documents.entries([f'sip:claire@{domain}'])}</list>"
        document = documents.rls_services(documents.service(uri, entries))
        server.database.store_list(f"alice@{domain}", uri, document)
        call = new_phone("alice", server).call(uri, event)
        call.headers = (*call.headers, f"User-Agent: {agent}/1.0")
        return call

    return make


def notify(call: ListCall, number: int) -> Message:
    """As it came; numbers begin with 0."""
    return call.phone.inbox.wait(lambda message: call.is_notify(message) and message.cseq == number + 1)


def parts(message: Message) -> list[bytes]:
    boundary = re.search(r"boundary=([^;]+)", message["Content-Type"])
    assert boundary
    return message.body.split(f"--{boundary[1]}".encode())[1:-1]


def test_other_phones_are_told_as_the_rfcs_say(calling: Calling) -> None:
    call = calling("Other")
    assert call.subscribe().status == 200
    told = list_notify.parse(notify(call, 1))
    assert told.message["Event"] == "presence"
    assert b"<name>Bob</name>" in told.message.body


def test_linphone_is_told_as_its_profile_says(calling: Calling, domain: str) -> None:
    """Shipped: with `Content-Id` without brackets, without names, and a capital Presence."""
    call = calling("Linphonec", "Presence")
    assert call.subscribe().status == 200
    told = notify(call, 1)
    assert told["Event"] == "Presence"
    root, *states = parts(told)
    assert b"<name" not in root
    cids = re.findall(rb'cid="([^"]+)"', root)
    assert [re.findall(rb"\r\nContent-Id: ([^<\r]+)\r\n", state) for state in states] == [
        [cid] for cid in cids
    ]
    assert len(cids) == 2


def test_a_simple_phone_gets_always_full_state_without_names(
    calling: Calling, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    call = calling("Simple")
    assert call.subscribe().status == 200
    call.notify(1)
    resources.dialog(bob).notify(pidf("bob", "new"))
    told = call.notify(2)
    assert (told.full, told.resources) == (True, [bob, claire])
    assert told.body_of(bob) == pidf("bob", "new")
    assert b"<name" not in told.message.body


def test_broadworks_phones_get_one_dialog_and_never_none(
    calling: Calling, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    head = '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full"'
    dialogs = "".join(
        f'<dialog id="{state}"><state>{state}</state></dialog>' for state in ("early", "confirmed")
    )
    for uri, inner in ((bob, dialogs), (claire, "")):
        body = f'{head} entity="{uri}">{inner}</dialog-info>'.encode()
        resources.scripts[uri] = Script(state=State(body, content_type=DIALOG_INFO))
    call = calling("BroadWorks", "dialog")
    assert call.subscribe().status == 200
    told = call.notify(1)
    states = [
        [each.findtext("{*}state") for each in etree.fromstring(told.body_of(uri)).findall("{*}dialog")]
        for uri in (bob, claire)
    ]
    assert states == [["confirmed"], ["terminated"]]
    root, *others = parts(told.message)
    assert b"application/rlmi+xml" in root
    assert all(re.search(rb"\r\nContent-Length: \d+\r\n", part) for part in others)


def test_the_list_may_come_last(calling: Calling) -> None:
    call = calling("Last")
    assert call.subscribe().status == 200
    kinds = [b"application/rlmi+xml" in part.partition(b"\r\n\r\n")[0] for part in parts(notify(call, 1))]
    assert kinds == [False, False, True]


@pytest.mark.parametrize(("agent", "is_list"), [("Nameless", True), ("Other", False)])
def test_to_names_the_list_where_the_request_uri_has_no_user(
    calling: Calling, agent: str, is_list: bool
) -> None:
    call = calling(agent)
    request = call.request(3600).replace(b"SUBSCRIBE sip:alice-list@", b"SUBSCRIBE sip:", 1)
    answer = call.phone.ask(request)
    assert answer.rows("Require") == (["eventlist"] if is_list else [])


def test_a_parameter_names_the_list(calling: Calling, domain: str) -> None:
    call = calling("Rcs", uri=f"sip:alice@{domain};pres-list=rcs")
    call.target += ";transport=udp"
    assert call.subscribe().status == 200
    assert call.notify(1).resources == [f"sip:bob@{domain}", f"sip:claire@{domain}"]


@pytest.mark.parametrize(("agent", "status"), [("Odd", 200), ("Other", 406)])
def test_a_phone_may_leave_lists_out_of_its_accept(calling: Calling, agent: str, status: int) -> None:
    call = calling(agent)
    call.headers = ("Accept: application/pidf+xml", *call.headers[1:])
    assert call.subscribe().status == status
    if status == 200:
        assert len(call.notify(1).resources) == 2
        assert call.subscribe(600).status == 200, "a refresh, too"
