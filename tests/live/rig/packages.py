"""Event packages whose bodies may be pieces, and subscriptions to a list of bob, who has such a state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import BackEndDialog, Domain, Script, State
from tests.live.rig.waiting import eventually


@dataclass(frozen=True)
class Package:
    """Documents in full, which name `one`, and pieces for them, which name something else."""

    event: str
    kind: str
    text: str

    def full(self, version: int) -> State:
        return self._state(version, "full", "one", "")

    def piece(self, version: int, name: str) -> State:
        return self._state(version, "partial", name, ' state="partial"')

    def _state(self, version: int, state: str, name: str, users: str) -> State:
        body = self.text.format(version=version, state=state, id=name, users=users).encode()
        return State(body, content_type=self.kind)


NS = "urn:ietf:params:xml:ns"
WINFO = (
    f'<watcherinfo xmlns="{NS}:watcherinfo" version="{{version}}" state="{{state}}">'
    '<watcher-list resource="sip:b@x" package="presence">'
    '<watcher id="{id}" status="active" event="approved">sip:{id}@x</watcher>'
    "</watcher-list></watcherinfo>"
)
REG = (
    f'<reginfo xmlns="{NS}:reginfo" version="{{version}}" state="{{state}}">'
    '<registration aor="sip:b@x" id="{id}" state="active"/></reginfo>'
)
CONFERENCE = (
    f'<conference-info xmlns="{NS}:conference-info" entity="sip:c@x" version="{{version}}" state="{{state}}">'
    '<users{users}><user entity="{id}" state="full"/></users></conference-info>'
)
DIALOG = (
    f'<dialog-info xmlns="{NS}:dialog-info" entity="sip:b@x" version="{{version}}" state="{{state}}">'
    '<dialog id="{id}"><state>early</state></dialog></dialog-info>'
)

PACKAGES = {
    event: Package(event, f"application/{kind}+xml", text)
    for event, kind, text in (
        ("dialog", "dialog-info", DIALOG),
        ("presence.winfo", "watcherinfo", WINFO),
        ("dialog.winfo", "watcherinfo", WINFO.replace('"presence"', '"dialog"')),
        ("reg", "reginfo", REG),
        ("conference", "conference-info", CONFERENCE),
    )
}

Subscribing = Callable[[str, State], ListCall]


def bobs_watcher(
    phone: Phone, server: ListServer, resources: Domain, domain: str, events: Sequence[str]
) -> Subscribing:
    """Makes subscriptions of Alice to a list of bob; the presence server has them, too."""
    bob, uri = f"sip:bob@{domain}", f"sip:alice-list@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob], events))

    def subscribe(event: str, state: State) -> ListCall:
        resources.scripts[bob] = Script(state=state)
        call = phone.call(uri, event, f"multipart/related, application/rlmi+xml, {state.content_type}")
        assert call.subscribe().status == 200
        eventually(lambda: dialogs_of(resources, event.partition(";")[0]), "back end")
        return call

    return subscribe


def dialogs_of(resources: Domain, event: str) -> list[BackEndDialog]:
    """Those of bob."""
    return [dialog for dialog in resources.dialogs if dialog.event == event]
