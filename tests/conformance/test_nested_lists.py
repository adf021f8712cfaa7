"""Lists whose members are lists (RFC 4662 sections 4, 5.5, 7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message as Part
from typing import cast

import pytest
from lxml import etree

from tests.conformance.situations import Peers
from tests.live.rig import documents
from tests.live.rig.list_notify import RLMI, ListNotify, content, read_rlmi
from tests.live.rig.phone import ListCall, token
from tests.live.rig.presence import pidf

STORE = """
insert into xcap (username, domain, doc, doc_type, etag, source, doc_uri, port)
values (split_part(%s, '@', 1), split_part(%s, '@', 2), %s, 8, %s, 0, 'index', 0)
on conflict (username, domain, doc_type, doc_uri) do update set doc = excluded.doc, etag = excluded.etag
returning id
"""


class Owner:
    """A user with lists, whose names are theirs alone."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._mark = token()[:8]
        self.user = f"sip:owner-{self._mark}@{peers.subject.domain}"

    def list(self, name: str) -> str:
        """Its URI."""
        return f"sip:{name}-{self._mark}@{self._peers.subject.domain}"

    def put(self, packages: Sequence[str] = ("presence", "dialog"), **lists: Sequence[str]) -> None:
        """Store these lists, as an administrator's script would."""
        services = [
            documents.service(self.list(name), f"<list>{documents.entries(members)}</list>", packages)
            for name, members in lists.items()
        ]
        database, user = self._peers.subject.ours().database, self.user.removeprefix("sip:")
        document = documents.rls_services(*services).encode()
        number = database.rows(STORE, user, user, document, token())[0]["id"]
        for name in lists:
            statement = (
                "insert into xcap_service_uris (uri, document_id) values (%s, %s) on conflict do nothing"
            )
            database.rows(statement, self.list(name), number)
        database.rows("select pg_notify('rls_lists', %s)", str(number))

    def subscribe(self, name: str, event: str = "presence") -> ListCall:
        self._peers.phone.user = self.user
        return self._peers.phone.subscribe(self.list(name), event=event)


@pytest.fixture
def owner(peers: Peers) -> Owner:
    return Owner(peers)


def inner(told: ListNotify, resource: str) -> tuple[etree._Element, list[bytes]]:
    """The RLMI of a list in the list and the bodies of its parts."""
    part = told.instance(resource)
    whole = message_from_bytes(f"Content-Type: {part.content_type}\r\n\r\n".encode() + part.body)
    assert whole.get_content_type() == "multipart/related"
    rlmi, *bodies = map(content, cast(list[Part], whole.get_payload()))
    return read_rlmi(rlmi), bodies


def resources(rlmi: etree._Element) -> list[str]:
    return [each.attrib["uri"] for each in rlmi.iterchildren(f"{RLMI}resource")]


@pytest.mark.req("R4662-4-3", "R4662-5.1-3", "R4662-5.5-9", "R4662-5.2-11", "R4662-4.6-2")
def test_list_in_a_list_is_a_list_of_its_own(peers: Peers, owner: Owner) -> None:
    bob, claire = peers.subject.members[:2]
    team = owner.list("inner")
    owner.put(inner=[claire, bob], outer=[bob, team])
    call = owner.subscribe("outer")
    assert call.notify(0).resources == [bob, team]
    told = call.notify(1)
    rlmi, bodies = inner(told, team)
    assert (rlmi.attrib["uri"], rlmi.attrib["fullState"]) == (team, "true")
    assert resources(rlmi) == [claire, bob]
    assert bodies == [pidf(claire.removeprefix("sip:")), pidf(bob.removeprefix("sip:"))]
    assert len(peers.resources.dialogs_of(bob, owner.user)) == 1  # once, however often it is listed
    peers.resources.dialog(claire, owner.user).notify(pidf("claire", "news"))
    told = call.notify(2)
    assert (told.full, told.resources) == (False, [team])
    rlmi, bodies = inner(told, team)
    assert rlmi.attrib["version"] == "2"
    assert bodies[0] == pidf("claire", "news")
    assert call.subscribe(0).status == 200
    assert call.notify(3).resources == [bob, team]


@pytest.mark.req("R4662-7.4-1")
def test_circle_of_lists_ends(peers: Peers, owner: Owner) -> None:
    bob = peers.member
    owner.put(a=[owner.list("b"), bob], b=[owner.list("a"), bob])
    told = owner.subscribe("a").notify(0)
    assert told.resources == [owner.list("b"), bob]
    rlmi, bodies = inner(told, owner.list("b"))
    assert resources(rlmi) == [owner.list("a"), bob]
    instance = rlmi.find(f"{RLMI}resource/{RLMI}instance")
    assert instance is not None
    assert (instance.attrib["state"], instance.attrib["reason"]) == ("terminated", "noresource")
    assert not bodies


@pytest.mark.req("R4662-4.4-1", "R4826-4.5-2")
def test_list_in_a_list_needs_permission_and_package_too(peers: Peers, owner: Owner) -> None:
    other, third = Owner(peers), Owner(peers)
    other.put(private=[peers.member])
    third.put(("presence",), calm=[peers.member])
    owner.put(outer=[other.list("private"), third.list("calm"), peers.member])
    call = owner.subscribe("outer", event="dialog")
    told = call.notify(0)
    assert told.instance(other.list("private")).reason == "rejected"
    assert told.instance(third.list("calm")).reason == "noresource"
    assert not told.instances[peers.member]


def test_list_in_a_list_is_looked_at_again_when_it_changes(peers: Peers, owner: Owner) -> None:
    bob, claire = peers.subject.members[:2]
    team = owner.list("inner")
    owner.put(inner=[bob], outer=[team])
    call = owner.subscribe("outer")
    call.settled()
    owner.put(inner=[bob, claire], outer=[team])
    told = call.notify(2)
    assert told.full
    assert resources(inner(told, team)[0]) == [bob, claire]
    owner.put(inner=[claire], outer=[team])
    peers.phone.inbox.wait(lambda message: call.is_notify(message) and message.cseq > 3)
    assert call.subscribe().status == 200
