"""Linphone shows the presence of the contacts of a list: another stack's view of ours."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.phones.linphone import Linphone, Proxy, configuration
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.presence import Domain
from tests.live.rig.waiting import eventually

NewLinphone = Callable[..., Linphone]


@pytest.fixture
def new_linphone(tmp_path: Path, running: ExitStack) -> NewLinphone:
    """Registered with a proxy that hands all else to the server."""

    def make(
        user: str, server: ListServer, *, list_uri: str = "", factory: str = "", friends: tuple[str, ...] = ()
    ) -> Linphone:
        proxy = Proxy(server.sip)
        running.callback(proxy.stop)
        linphone = Linphone(
            tmp_path / "linphone", configuration(user, proxy.wire.local, list_uri, factory, friends)
        )
        running.callback(linphone.stop)
        return linphone

    return make


def stored_list(server: ListServer, domain: str, *members: str) -> str:
    """Its URI leads to the server without DNS."""
    uri = f"sip:friends@{server.address}"
    document = documents.simple(uri, (f"sip:{member}@{domain}" for member in members))
    server.database.store_list(f"alice@{domain}", uri, document)
    return uri


@pytest.mark.req("R4662-4.5-1", "R4662-5.2-3")
def test_contacts_of_a_stored_list_are_shown(
    start_worker: Start, new_linphone: NewLinphone, resources: Domain, domain: str
) -> None:
    """With the profile that is shipped for it."""
    server = start_worker()
    uri = stored_list(server, domain, "bob", "claire")
    linphone = new_linphone(f"sip:alice@{domain}", server, list_uri=uri)
    for friend in ("bob", "claire"):
        shown = f'Friend "{friend}" <sip:{friend}@{domain}> is Online'
        eventually(lambda shown=shown: shown in linphone.said(), shown)  # type: ignore[misc]


@pytest.mark.req("R5367-3-1", "R5367-5-2")
def test_contacts_of_a_list_in_the_request_are_shown(
    start_worker: Start, new_linphone: NewLinphone, resources: Domain, domain: str
) -> None:
    """Nothing is stored: the phone brings its contacts along (RFC 5367)."""
    server = start_worker()
    friends = tuple(f"sip:{name}@{domain}" for name in ("bob", "claire"))
    linphone = new_linphone(
        f"sip:alice@{domain}", server, factory=f"sip:rls@{server.address}", friends=friends
    )
    for friend in friends:
        shown = f"<{friend}> is Online"
        eventually(lambda shown=shown: shown in linphone.said(), shown)  # type: ignore[misc]
