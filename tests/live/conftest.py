"""Real processes and sockets. One list server serves most tests; each test has a SIP domain of its own."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from tests.conftest import HAS_DATABASE
from tests.live.rig import documents
from tests.live.rig.database import Databases
from tests.live.rig.dns_server import DnsServer
from tests.live.rig.foreign_xcap import ForeignXcap
from tests.live.rig.list_server import ListServer
from tests.live.rig.opensips import OpenSips
from tests.live.rig.phone import Phone
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, PresenceServer
from tests.live.rig.secure import Authority, wire_by

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def databases(postgres: None) -> Iterator[Databases]:
    databases = Databases(os.environ["DATABASE_URL"])
    yield databases
    if HAS_DATABASE:  # else they go with their server
        databases.drop_all()


@pytest.fixture(scope="session")
def presence() -> Iterator[PresenceServer]:
    """The presence server of all list servers."""
    server = PresenceServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who certifies the servers and phones of the tests."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def opensips() -> Iterator[OpenSips]:
    """A presence server that the common list server tells of changed rules."""
    server = OpenSips()
    yield server
    server.close()


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A web server that nobody must ask."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        yield listener


NewServer = Callable[..., AbstractContextManager[ListServer]]


@pytest.fixture(scope="session")
def new_server(
    databases: Databases, broker_url: str, presence: PresenceServer, tmp_path_factory: pytest.TempPathFactory
) -> NewServer:
    """Makes list servers with settings of their own; `with` stops what was started of them."""

    @contextmanager
    def make(**settings: str) -> Iterator[ListServer]:
        settings = {"RLS_PRESENCE_SERVER": f"sip:{presence.address}", **settings}
        server = ListServer(databases.create(), broker_url, tmp_path_factory.mktemp("server"), **settings)
        try:
            yield server
        finally:
            server.stop()

    return make


@pytest.fixture(scope="session")
def server(new_server: NewServer, authority: Authority, opensips: OpenSips) -> Iterator[ListServer]:
    """A list server with all its processes and transports."""
    certificates = authority.certify("localhost", "127.0.0.1", "::1")
    with new_server(
        RLS_MIN_EXPIRES="2",
        RLS_OPENSIPS_MI=opensips.url,
        RLS_TLS_CERTIFICATES=certificates,
        RLS_WORKER_HTTP=f"127.0.0.1:{free_port()}",
    ) as server:
        server.start()
        yield server


@pytest.fixture(scope="session")
def tickless(new_server: NewServer) -> Iterator[ListServer]:
    """A SIP worker that tells only what waits for no tick."""
    with new_server() as server:
        server.start_tickless_worker()
        yield server


Start = Callable[..., ListServer]


@pytest.fixture
def unstarted(new_server: NewServer) -> Iterator[Start]:
    """Makes a list server with settings of its own."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(new_server(**settings))


@pytest.fixture
def start_worker(unstarted: Start) -> Start:
    """Starts a list server that is a SIP worker alone, with settings of its own."""

    def start(**settings: str) -> ListServer:
        server = unstarted(**settings)
        server.start_worker()
        return server

    return start


@pytest.fixture
def domain() -> str:
    """A SIP domain that no other test uses."""
    return f"d{next(_numbers)}.test"


@pytest.fixture
def resources(presence: PresenceServer, domain: str) -> Domain:
    """The domain's resources at the presence server."""
    return presence.domain(domain)


@pytest.fixture
def zone() -> Iterator[DnsServer]:
    """A DNS that knows nothing yet."""
    server = DnsServer()
    yield server
    server.close()


@pytest.fixture
def foreign() -> Iterator[ForeignXcap]:
    """An XCAP server that has nothing yet."""
    foreign = ForeignXcap()
    yield foreign
    foreign.close()


NewPhone = Callable[..., Phone]


@pytest.fixture
def new_phone(server: ListServer, authority: Authority, domain: str) -> Iterator[NewPhone]:
    """Makes phones of the domain's users, at the common server if none is named."""
    with ExitStack() as stack:

        def make(user: str = "alice", at: ListServer | None = None, kind: str = "udp") -> Phone:
            at = at or server
            address = at.sip_by(kind)
            phone = Phone(wire_by(kind, address, authority), f"sip:{user}@{domain}", address)
            stack.callback(phone.close)
            return phone

        yield make


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    """Alice's phone, by UDP."""
    return new_phone()


PutList = Callable[..., str]


@pytest.fixture
def put_list(server: ListServer, domain: str) -> PutList:
    """PUTs the rls-services document of a user: one list of these users; the list's URI."""

    def put(*members: str, user: str = "alice", packages: Sequence[str] = ("presence", "dialog")) -> str:
        uri = f"sip:{user}-list@{domain}"
        document = documents.simple(uri, (f"sip:{member}@{domain}" for member in members), packages)
        assert server.xcap(f"{user}@{domain}").put("rls-services", document) in (200, 201)
        return uri

    return put


StoreList = Callable[..., str]


@pytest.fixture
def store_list(domain: str) -> StoreList:
    """Stores a list of these users in a server's database, where no web process runs; the list's URI."""

    def store(server: ListServer, *members: str, user: str = "alice") -> str:
        uri = f"sip:{user}-list@{domain}"
        document = documents.simple(uri, [f"sip:{member}@{domain}" for member in members])
        server.database.store_list(f"{user}@{domain}", uri, document)
        return uri

    return store
