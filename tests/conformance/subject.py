"""What the suite has to know of the server that it is held against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.live.rig import documents
from tests.live.rig.database import Database
from tests.live.rig.list_server import ListServer
from tests.live.rig.message import Address
from tests.live.rig.presence import PresenceServer

DOMAIN = "conformance.test"
USER = f"sip:alice@{DOMAIN}"
MEMBERS = (f"sip:bob@{DOMAIN}", f"sip:claire@{DOMAIN}")
LIST = f"sip:team@{DOMAIN}"
PRESENCE_ONLY = f"sip:presence-only@{DOMAIN}"
BROKEN = f"sip:broken@{DOMAIN}"
LONG = f"sip:long@{DOMAIN}"

OPEN, ALONE, DIGEST, LIMITED = "open", "alone", "digest", "limited"
TAKING_LISTS, ONE_EACH, FULL = "taking lists", "one each", "full"
SETTINGS = {
    OPEN: {"RLS_MAX_EXPIRES": "7200"},
    ALONE: {
        "RLS_PRESENCE_SERVER": "",
        "RLS_MIN_EXPIRES": "7200",
        "RLS_GRUU": "1",
        "RLS_REQUEST_LISTS": "0",
        "RLS_LIST_LIMIT": "3",
    },
    DIGEST: {"RLS_SIP_AUTH": "digest"},
    LIMITED: {"RLS_LIST_LIMIT": "3", "RLS_BACKEND_IN_FLIGHT": "1"},
    TAKING_LISTS: {"RLS_PRESENCE_SERVER": "", "RLS_LIST_LIMIT": "3"},
    ONE_EACH: {"RLS_MAX_USER_SUBSCRIPTIONS": "1"},
    FULL: {"RLS_MAX_SUBSCRIPTIONS": "1"},
}
"""Those in which the servers differ."""


@dataclass(frozen=True)
class Subject:
    """`own` is None where an operator's server is held against the suite."""

    address: Address
    list_uri: str
    user: str
    members: tuple[str, ...]
    own: ListServer | None = None

    @property
    def domain(self) -> str:
        return self.user.rpartition("@")[2]

    def ours(self) -> ListServer:
        """Skips where the server is not ours."""
        if self.own is None:
            pytest.skip("needs a list server of ours: its database is changed")
        return self.own


def address_of(text: str) -> Address:
    """Of HOST:PORT."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def own_subject(
    database: Database, broker_url: str, folder: Path, name: str, back_ends: PresenceServer
) -> Subject:
    """A worker with the settings of that name, and Alice's lists."""
    settings = {
        "RLS_PRESENCE_SERVER": f"sip:{back_ends.address}",
        "RLS_DOMAINS": DOMAIN,
        "RLS_WAITN_TIME": "0.2",
        **SETTINGS[name],
    }
    server = ListServer(database, broker_url, folder, **settings)
    for user in ("alice", "mallory"):
        database.add_subscriber(f"{user}@{DOMAIN}")
    _store_lists(database)
    server.start_worker()
    return Subject(server.sip, LIST, USER, MEMBERS, server)


def with_new_list(subject: Subject, number: int) -> Subject:
    """The same server with a list, a user and members of their own."""
    domain = subject.domain
    user, list_uri = f"sip:user{number}@{domain}", f"sip:list{number}@{domain}"
    members = (f"sip:bob{number}@{domain}", f"sip:claire{number}@{domain}")
    document = documents.simple(list_uri, members)
    subject.ours().database.store_list(user.removeprefix("sip:"), list_uri, document)
    return replace(subject, list_uri=list_uri, user=user, members=members)


def _store_lists(database: Database) -> None:
    """All of them Alice's."""
    many = documents.entries(f"sip:member{number}@{DOMAIN}" for number in range(4))
    friends = f"<list>{documents.entries(MEMBERS)}</list>"
    nowhere = f"http://127.0.0.1/xcap-root/resource-lists/users/{USER}/index/~~/resource-lists/list"
    document = documents.rls_services(
        documents.service(LIST, friends),
        documents.service(PRESENCE_ONLY, friends, ("presence",)),
        documents.service(LONG, f"<list>{many}</list>"),
        documents.service(BROKEN, f"<resource-list>{nowhere}</resource-list>"),
    )
    database.store_list(f"alice@{DOMAIN}", LIST, document, PRESENCE_ONLY, LONG, BROKEN)
