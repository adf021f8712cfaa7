"""The phone of the tutorial, with the configuration and behind the proxy that are written there."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from pathlib import Path

from tests.live.conftest import Start
from tests.live.kamailio.server import Kamailio
from tests.live.phones.linphone import Linphone
from tests.live.rig import documents
from tests.live.rig.database import PROJECT
from tests.live.rig.list_server import ListServer
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import address_text

SNIPPETS = PROJECT / "deploy" / "kamailio"
CONFIGURATION = re.compile(r"linphonerc <<'END'\n(.*?)^END$", re.MULTILINE | re.DOTALL)


def trial_proxy(folder: Path, server: ListServer) -> Kamailio:
    """deploy/kamailio/trial.cfg at a free port, before the server."""
    folder.mkdir()
    shutil.copy(SNIPPETS / "rls.cfg", folder)
    written = (SNIPPETS / "trial.cfg").read_text()
    template = folder / "trial.cfg"
    template.write_text(written.replace(":5060", f":{server.sip[1]}").replace("5080", "PORT"))
    return Kamailio(folder, template)


def phone_configuration(proxy: Kamailio, domain: str) -> str:
    found = CONFIGURATION.search((PROJECT / "docs" / "tutorial.md").read_text())
    assert found
    here = found[1].replace("5090", str(free_port())).replace("127.0.0.1:5080", address_text(proxy.address))
    return here.replace("example.test", domain)


def test_phone_shows_the_contacts_of_the_list_and_their_changes(
    start_worker: Start, running: ExitStack, resources: Domain, domain: str, tmp_path: Path
) -> None:
    server = start_worker()
    alice_list, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
    server.database.store_list(f"alice@{domain}", alice_list, documents.simple(alice_list, [bob]))
    proxy = trial_proxy(tmp_path / "proxy", server)
    proxy.start()
    running.callback(proxy.stop)
    phone = Linphone(tmp_path / "phone", phone_configuration(proxy, domain))
    running.callback(phone.stop)
    eventually(lambda: f"<{bob}> is Online" in phone.said(), "the lamp")
    resources.dialog(bob).notify(pidf("bob").replace(b"open", b"closed"))
    eventually(lambda: f"<{bob}> is Offline" in phone.said(), "the lamp that went off")
