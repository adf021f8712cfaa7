"""A phone without lists: its contacts come through, of lists it hears what they want."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.phones.baresip import Baresip
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.presence import Domain, Script, State, pidf
from tests.live.rig.waiting import eventually

NewBaresip = Callable[[ListServer, str, str], Baresip]


@pytest.fixture
def new_baresip(tmp_path: Path) -> Iterator[NewBaresip]:
    with ExitStack() as stack:

        def make(server: ListServer, user: str, contact: str) -> Baresip:
            baresip = Baresip(tmp_path / "baresip", user, server.sip, (contact,))
            stack.callback(baresip.stop)
            return baresip

        yield make


@pytest.mark.req("R4662-4.1-6")
def test_its_contacts_are_those_of_the_presence_server(
    server: ListServer, new_baresip: NewBaresip, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(state=State(pidf("bob")))
    baresip = new_baresip(server, f"sip:alice@{domain}", bob)
    assert resources.dialog(bob).answer_to_last().status == 200
    resources.dialog(bob).notify(pidf("bob").replace(b"open", b"closed"))
    shown = f"<{bob}> changed status from Online to Offline"
    eventually(lambda: shown in baresip.said(), shown)


@pytest.mark.req("R4662-4.1-4")
def test_it_hears_that_a_list_wants_an_extension(
    start_worker: Start, new_baresip: NewBaresip, domain: str
) -> None:
    server = start_worker(RLS_PRESENCE_SERVER="")
    friends, alice = f"sip:friends@{domain}", f"sip:alice@{domain}"
    server.database.store_list(f"alice@{domain}", friends, documents.simple(friends, [f"sip:bob@{domain}"]))
    baresip = new_baresip(server, alice, friends)
    eventually(lambda: "421 Extension Required" in baresip.said(), "the refusal")
    assert "Require: eventlist" in baresip.said()
