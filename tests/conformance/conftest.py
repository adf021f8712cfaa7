"""The server under test: workers of ours, or with `--target` the one that an operator names."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.conformance.situations import Peers
from tests.conformance.subject import MEMBERS, OPEN, SETTINGS, Subject, address_of, own_subject, with_new_list
from tests.live.conftest import databases as databases
from tests.live.conftest import trap as trap
from tests.live.rig.database import Databases
from tests.live.rig.phone import Phone
from tests.live.rig.presence import PresenceServer
from tests.live.rig.wire import UdpWire

_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "Hold the conformance suite against another list server")
    group.addoption("--target", metavar="HOST:PORT", help="its SIP address, by UDP")
    group.addoption(
        "--target-list",
        default="sip:list@localhost",
        help="URI of a list of its; each {} is the test's number",
    )
    group.addoption("--target-user", default="sip:alice@localhost", help="whose list it is, believed by From")
    group.addoption("--target-members", default="", help="the list's members: URIs with commas between")
    group.addoption(
        "--target-presence",
        default="127.0.0.1:5090",
        metavar="HOST:PORT",
        help="where the suite plays the presence server: let the target send its SUBSCRIBEs there",
    )


@pytest.fixture(scope="session")
def back_ends(request: pytest.FixtureRequest) -> Iterator[PresenceServer]:
    """The scripted presence server."""
    option = partial(request.config.getoption, default=None)
    host, port = address_of(option("--target-presence")) if option("--target") else ("127.0.0.1", 0)
    server = PresenceServer(host, port)
    yield server
    server.close()


SubjectOf = Callable[[str], Subject]


@pytest.fixture(scope="session")
def subject_of(
    request: pytest.FixtureRequest, back_ends: PresenceServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SubjectOf]:
    """The server with settings of SETTINGS, started when it is first asked for; a target has but one."""
    with ExitStack() as stack:
        running: dict[str, Subject] = {}

        def of(name: str) -> Subject:
            if request.config.getoption("--target", None):
                return _target(request.config, name)
            if name not in running:
                running[name] = _start(name, tmp_path_factory.mktemp(name), stack)
            return running[name]

        def _start(name: str, folder: Path, stack: ExitStack) -> Subject:
            made: Databases = request.getfixturevalue("databases")
            subject = own_subject(
                made.create(), request.getfixturevalue("broker_url"), folder, name, back_ends
            )
            assert subject.own is not None
            stack.callback(subject.own.stop)
            return subject

        yield of


def _target(config: pytest.Config, name: str) -> Subject:
    if name != OPEN:
        pytest.skip(f"needs a list server of ours, set to: {SETTINGS[name]}")
    number = next(_numbers)

    def own(option: str) -> str:
        return str(config.getoption(option)).replace("{}", str(number))

    members = tuple(filter(None, own("--target-members").split(","))) or MEMBERS
    return Subject(address_of(own("--target")), own("--target-list"), own("--target-user"), members)


@pytest.fixture
def subject(subject_of: SubjectOf) -> Subject:
    return subject_of(OPEN)


NewPhone = Callable[..., Phone]


@pytest.fixture
def new_phone() -> Iterator[NewPhone]:
    """Makes phones of a subject's user."""
    with ExitStack() as stack:

        def make(subject: Subject, user: str = "") -> Phone:
            phone = Phone(UdpWire(), user or subject.user, subject.address)
            stack.callback(phone.close)
            return phone

        yield make


@pytest.fixture
def peers(subject: Subject, new_phone: NewPhone, back_ends: PresenceServer) -> Peers:
    """Both sides of the server, and a list and members that no other test uses if it is ours."""
    if subject.own is not None:
        subject = with_new_list(subject, next(_numbers))
    else:
        back_ends.forget(subject.members[0].rpartition("@")[2])
    return Peers(subject, new_phone(subject), back_ends)
