"""One subscription to changes of documents, as the worker that owns it keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from rls.domain.uri import SipUri
from sipworker.engine.rows import storable
from sipworker.sip.incoming_subscription import IncomingSubscription
from xcap.announcing import tree_of
from xcap.diff.watched import Watched, everything, watched
from xcap.models import DocumentWatcher
from xcap.selectors import Xui
from xcap.selectors.root import XcapRoot


class DocumentSubscription:
    """`row` is what is stored. The flags say what the next write has to bring.

    `full`: full state, whether or not anything is new; `dirty`: what is new; `ending`: the last NOTIFY,
    with this reason; `renewing`: the SUBSCRIBE that waits; `answered`: the last NOTIFY need not be kept;
    `over`: delete the row.
    """

    __slots__ = ("answered", "dirty", "ending", "expires", "full", "in_flight", "mode", "over", "renewing",
                 "retries", "root", "row", "sip", "uris", "watched")  # fmt: skip

    def __init__(self, row: DocumentWatcher, sip: IncomingSubscription, root: XcapRoot) -> None:
        self.row = row
        self.sip = sip
        self.root = root
        self.expires = 0
        self.uris: Sequence[str] | None = row.uris
        self.watched: list[Watched] = []
        self.mode = row.mode
        self.full = self.dirty = self.renewing = self.answered = self.over = self.in_flight = False
        self.ending = row.reason
        self.retries = 0
        sip.owner = self
        self.watch(row.uris)

    def watch(self, uris: Sequence[str] | None) -> None:
        """None: everything that the subscriber has."""
        reader = self.reader
        self.uris = uris
        if uris is None:
            self.watched = [everything(reader)]
        else:
            found = (watched(uri, self.root, reader) for uri in uris)
            self.watched = [each for each in found if each is not None]

    @property
    def reader(self) -> Xui:
        return xui_of(self.row.identity)

    @property
    def trees(self) -> set[str]:
        return {tree_of(each.owner) for each in self.watched}


def xui_of(identity: str) -> Xui:
    """The user that a proven identity, a SIP URI, stands for. Raises InvalidUri."""
    uri = SipUri.parse(identity)
    return Xui(storable(uri.user or ""), storable(uri.host.lower()))


def new_row(sip: IncomingSubscription, *, owner: int, identity: str, mode: str) -> DocumentWatcher:
    """What no refresh changes."""
    dialog = sip.dialog
    return DocumentWatcher(
        owner=owner,
        identity=storable(identity),
        mode=mode,
        known={},
        event_id=None if sip.event_id is None else storable(sip.event_id),
        callid=storable(dialog.call_id),
        to_tag=dialog.local_tag,
        from_tag=storable(dialog.remote_tag),
        record_route=storable(", ".join(dialog.route_set)),
        local_contact=sip.local_contact,
        from_header=storable(dialog.remote),
        to_header=storable(dialog.local),
    )
