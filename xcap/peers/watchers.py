"""What the table `rls_watchers` tells: who watches lists there now."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from xcap import lookup
from xcap.peers.event import Event
from xcap.peers.tables import PeerDatabase
from xcap.resolution import ResolvedService

COLUMNS: Final = ("presentity_uri", "expires")


def report_watchers(database: PeerDatabase) -> Iterator[Event]:
    """Nothing of it is taken: a dialog belongs to the address and the tags of the server that made it.

    Says when the last one ends, and which watched lists this server does not know.
    """
    now, last = int(time.time()), 0
    watched: Counter[str] = Counter()
    for row in database.rows("rls_watchers", COLUMNS):
        if int(row["expires"] or 0) > now:
            watched[str(row["presentity_uri"])] += 1
            last = max(last, int(row["expires"]))
    if not watched:
        return
    until = datetime.fromtimestamp(last, UTC)
    yield Event(
        "!",
        f"{watched.total()} subscriptions to {len(watched)} lists",
        "their dialogs belong to the old server; each phone subscribes here when it next asks for a new "
        f"one, and the last one expires at {until:%Y-%m-%d %H:%M} UTC",
    )
    uris = sorted(watched)
    found = lookup.resolve(uris)
    for uri in uris:
        if not isinstance(found[uri], ResolvedService):
            yield Event("!", f"{uri}, watched by {watched[uri]}", f"{found[uri] or 'no such list here'}")
